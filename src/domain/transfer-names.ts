/**
 * What transfers are known by for ever (rule C3): account, TransactionID, and the currency and pool or the exchange and
 * code. After a rename a transfer is known by both names (rule X2), so an id is taken under every name that it has had.
 */
import { type At, KEY_SEPARATOR } from "./records.ts";
import { firstLeft, nameAsOf, namesLeadingTo, namesSince, type Renamed, symbolName, symbolOf } from "./renames.ts";
import type { KnownRecords, State } from "./state.ts";

/** What one transfer is known by. */
export type TransferName =
  | {
      readonly form: "cash";
      readonly accountId: string;
      readonly transactionId: string;
      readonly currency: string;
      readonly pool: string;
    }
  | {
      readonly form: "asset";
      readonly accountId: string;
      readonly transactionId: string;
      readonly exchange: string;
      readonly code: string;
    };

export type TransferForm = TransferName["form"];

/** The id under which a transfer is known by a name. */
export function transferId(name: TransferName): string {
  const { form, accountId, transactionId } = name;
  const what = name.form === "cash" ? [name.currency, name.pool] : [name.exchange, name.code];
  return [form, accountId, transactionId, ...what].join(KEY_SEPARATOR);
}

/** The beginning of the ids of all transfers of a form, or of one account's. */
export function transferPrefix(form: TransferForm, accountId?: string): string {
  return [form, ...(accountId === undefined ? [] : [accountId]), ""].join(KEY_SEPARATOR);
}

/** Reads what `transferId` gave. */
export function transferNameOf(id: string): TransferName {
  const [form, accountId = "", transactionId = "", first = "", second = ""] = id.split(KEY_SEPARATOR);
  return form === "cash"
    ? { form, accountId, transactionId, currency: first, pool: second }
    : { form: "asset", accountId, transactionId, exchange: first, code: second };
}

/** What is known of the transfer that has, or has had, a name. */
export function knownTransfer(state: State, name: TransferName): KnownRecords["transfer"] | undefined {
  const id = idKnownAs(state, name);
  return id === undefined ? undefined : state.known("transfer", id);
}

/** The id under which the transfer was written that has, or has had, a name; undefined when there is none. */
export function idKnownAs(state: State, name: TransferName): string | undefined {
  const id = transferId(name);
  if (state.known("transfer", id) !== undefined) return id;
  for (const earlier of earlierNames(state, name)) {
    const known = state.known("transfer", transferId(earlier));
    if (known !== undefined && hadName(state, earlier, known, name)) return transferId(earlier);
  }
  return undefined;
}

/** What a known transfer is called now. */
export function presentName(state: State, id: string, now: At): TransferName {
  const name = transferNameOf(id);
  const present = (what: Renamed) => {
    const written = nameIn(name, what);
    // Most names were never given up: when it was written need not be read then.
    if (firstLeft(state, what, written, 0) === undefined) return written;
    return nameAsOf(state, what, written, state.known("transfer", id)?.At ?? now, now);
  };
  return withNames(name, present("account"), present(whatIn(name)));
}

/** A transfer's name with another account, currency or symbol in it. */
export function renamedTransfer(name: TransferName, what: Renamed, to: string): TransferName {
  return what === "account" ? withNames(name, to, nameIn(name, whatIn(name))) : withNames(name, name.accountId, to);
}

/** Every name under which a transfer may have been written that has this name now, or had it. */
function earlierNames(state: State, name: TransferName): readonly TransferName[] {
  const accounts = namesLeadingTo(state, "account", name.accountId);
  const others = namesLeadingTo(state, whatIn(name), nameIn(name, whatIn(name)));
  const pairs = [...accounts].flatMap((account) => [...others].map((other) => withNames(name, account, other)));
  return pairs.slice(1);
}

/** Whether a transfer that was written under one name has had another since. */
function hadName(
  state: State,
  written: TransferName,
  { At: at }: KnownRecords["transfer"],
  name: TransferName,
): boolean {
  const spans = (what: Renamed) => {
    const names = namesSince(state, what, nameIn(written, what), at);
    return names
      .map((each, index) => ({ ...each, until: names[index + 1]?.since ?? Number.POSITIVE_INFINITY }))
      .filter((span) => span.name === nameIn(name, what));
  };
  const others = spans(whatIn(name));
  return spans("account").some((account) =>
    others.some((other) => Math.max(account.since, other.since) < Math.min(account.until, other.until)),
  );
}

/** What beside its account a transfer is known by that may be renamed. */
function whatIn({ form }: TransferName): "currency" | "symbol" {
  return form === "cash" ? "currency" : "symbol";
}

/** What a transfer's name says of an account, a currency or a symbol. */
export function nameIn(name: TransferName, what: Renamed): string {
  if (what === "account") return name.accountId;
  return name.form === "cash" ? name.currency : symbolName(name.exchange, name.code);
}

function withNames(name: TransferName, accountId: string, other: string): TransferName {
  return name.form === "cash" ? { ...name, accountId, currency: other } : { ...name, accountId, ...symbolOf(other) };
}

/**
 * Renames of a symbol, a currency or an account (rule X2): everything that is live and carries the name gets the other
 * one, and what has that already is joined.
 */
import { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import type { OrderState } from "../protocol/messages/index.ts";
import type { Balance, Changes } from "./changes.ts";
import { joinHolding } from "./holdings.ts";
import { lastPrices } from "./last-price.ts";
import type { Asset } from "./lines.ts";
import { accountDefined, accountUndefined } from "./metadata.ts";
import { replaceOrder } from "./orders.ts";
import { type Pass, passOver } from "./passes.ts";
import type { Plan } from "./plan.ts";
import { type At, accountPrefix, keyOf } from "./records.ts";
import { knowRename, namesLeadingTo, type Rename, type Renamed, symbolOf } from "./renames.ts";
import { requestCollisionChecks, requests } from "./requests/renaming.ts";
import { addedAmounts } from "./reservation.ts";
import type { State } from "./state.ts";
import {
  idKnownAs,
  nameIn,
  presentName,
  renamedTransfer,
  type TransferForm,
  transferNameOf,
  transferPrefix,
} from "./transfer-names.ts";

/** What carries a name, kind by kind: what is a pass here is renamed, and nothing else. */
const CARRIERS: Readonly<Record<Renamed, (rename: Rename, since: At) => readonly Pass[]>> = {
  symbol: (rename, since) => [
    orders("", (order) => withSymbol(order, rename)),
    holdings("", since, (asset) => withCodeOf(asset, rename)),
    requests(rename, since),
    lastPrices((priced) => withCodeOf(priced, rename)),
  ],
  currency: (rename, since) => {
    const { from, to } = rename;
    return [
      orders("", (order) => (order.Currency === from ? { ...order, Currency: to } : undefined)),
      balances("", (accountId, currency) => (currency === from ? { accountId, currency: to } : undefined)),
      averageCurrencies(from, to),
      requests(rename, since),
      lastPrices((priced) => (priced.currency === from ? { ...priced, currency: to } : undefined)),
      defaultCurrencies(from, to),
    ];
  },
  account: (rename, since) => {
    const { from, to } = rename;
    return [
      orders(accountPrefix(from), (order) => ({ ...order, Account: { ...order.Account, AccountID: to } })),
      balances(accountPrefix(from), (_, currency) => ({ accountId: to, currency })),
      holdings(accountPrefix(from), since, (asset) => ({ ...asset, accountId: to })),
      requests(rename, since),
    ];
  },
};

/** What a rename does. */
export function renamePlan(rename: Rename): Plan {
  const { what, from, to } = rename;
  return {
    checks: (state) => [...collisionChecks(state, rename), ...requestCollisionChecks(state, rename)],
    begin: (changes) => {
      knowRename(
        changes.draft,
        rename,
        changes.context.at,
        what === "account" ? ownCurrency(changes.draft, rename) : undefined,
      );
      if (what === "account") moveDefinition(changes, from, to);
    },
    passes: (since) => CARRIERS[what](rename, since),
  };
}

/** The currency of an account that joins one with another currency, or with none. */
function ownCurrency(state: State, { from, to }: Rename): string | undefined {
  const [own, other] = [from, to].map((accountId) => state.record("account", keyOf.account(accountId)));
  const isAnother = other !== undefined && other.DefaultCurrency !== own?.DefaultCurrency;
  return isAnother ? own?.DefaultCurrency : undefined;
}

// What forbids it.

/** The forms of transfers that are known by what is renamed. */
const FORMS = {
  symbol: ["asset"],
  currency: ["cash"],
  account: ["cash", "asset"],
} as const satisfies Readonly<Record<Renamed, readonly TransferForm[]>>;

/** No two transfers may come to be known by the same (rule C3). */
function collisionChecks(state: State, rename: Rename): readonly Pass[] {
  const { what, from } = rename;
  const accounts = what === "account" ? [...namesLeadingTo(state, what, from)] : [undefined];
  const prefixes = FORMS[what].flatMap((form) => accounts.map((accountId) => transferPrefix(form, accountId)));
  return prefixes.map((prefix) => ({
    after: (known, last) => known.knownIds("transfer", { prefix, after: last }),
    visit({ draft, context }, id) {
      requireNoOther(draft, id, rename, context.at);
      return 0;
    },
  }));
}

/** Throws Refusal `Transaction.Conflict <id>` when a transfer that is renamed would meet another of the same id. */
function requireNoOther(state: State, id: string, { what, from, to }: Rename, now: At): void {
  const written = transferNameOf(id);
  if (!namesLeadingTo(state, what, from).has(nameIn(written, what))) return;
  const present = presentName(state, id, now);
  if (nameIn(present, what) !== from) return;
  const other = idKnownAs(state, renamedTransfer(present, what, to));
  if (other !== undefined && other !== id) throw new Refusal("Transaction.Conflict", written.transactionId);
}

// Kind by kind.

/** What is said of an account goes with it, unless something is said already of the one that it joins. */
function moveDefinition(changes: Changes, from: string, to: string): void {
  const { draft } = changes;
  const details = draft.record("account", keyOf.account(from));
  if (details === undefined) return;
  draft.put("account", keyOf.account(from), undefined);
  changes.defined(accountUndefined(details));
  if (draft.record("account", keyOf.account(to)) !== undefined) return;
  const moved = { ...details, Account: { ...details.Account, AccountID: to } };
  draft.put("account", keyOf.account(to), moved);
  changes.defined(accountDefined(moved));
}

function orders(prefix: string, renamed: (order: OrderState) => OrderState | undefined): Pass {
  return passOver("order", prefix, (changes, order) => {
    const state = renamed(order);
    if (state === undefined) return false;
    replaceOrder(changes, order, {
      orderId: order.OrderID ?? "",
      accountId: state.Account?.AccountID ?? "",
      state,
    });
    return true;
  });
}

function withSymbol(order: OrderState, { from, to }: Rename): OrderState | undefined {
  const { exchange, code } = symbolOf(from);
  if (order.Exchange !== exchange || order.Code !== code) return undefined;
  return { ...order, Code: symbolOf(to).code };
}

/** What names an exchange and a code, with the new code if it is the one that is renamed. */
function withCodeOf<Named extends Pick<Asset, "exchange" | "code">>(named: Named, rename: Rename): Named | undefined {
  const { exchange, code } = symbolOf(rename.from);
  return named.exchange === exchange && named.code === code ? { ...named, ...symbolOf(rename.to) } : undefined;
}

interface Cash {
  readonly accountId: string;
  readonly currency: string;
}

/** Cash adds up, field by field. What orders reserve has moved with them. */
function balances(prefix: string, renamed: (accountId: string, currency: string) => Cash | undefined): Pass {
  return passOver("balance", prefix, (changes, { Account, Currency = "" }) => {
    const accountId = Account?.AccountID ?? "";
    const target = renamed(accountId, Currency);
    if (target === undefined) return false;
    const [moved, there] = [changes.balance(accountId, Currency), changes.balance(target.accountId, target.currency)];
    changes.setBalance(accountId, Currency, NOTHING);
    changes.setBalance(target.accountId, target.currency, {
      Margin: there.Margin.plus(moved.Margin),
      Balance: there.Balance.plus(moved.Balance),
      UnbookedTransactions: there.UnbookedTransactions.plus(moved.UnbookedTransactions),
      UnfilledBuys: there.UnfilledBuys.plus(moved.UnfilledBuys),
      Values: addedAmounts(there.Values, moved.Values),
    });
    return true;
  });
}

const NOTHING = {
  Margin: Decimal.ZERO,
  Balance: Decimal.ZERO,
  UnbookedTransactions: Decimal.ZERO,
  UnfilledBuys: Decimal.ZERO,
  Values: undefined,
} as const satisfies Partial<Balance>;

/** A holding joins as one movement, its quantity at its average; what orders reserve of it has moved with them. */
function holdings(prefix: string, since: At, renamed: (asset: Asset) => Asset | undefined): Pass {
  return passOver("holding", prefix, (changes, { Account, Exchange = "", Code = "" }) => {
    const asset = { accountId: Account?.AccountID ?? "", exchange: Exchange, code: Code };
    const target = renamed(asset);
    if (target === undefined) return false;
    joinHolding(changes, asset, target, since);
    return true;
  });
}

function averageCurrencies(from: string, to: string): Pass {
  return passOver("holding", "", (changes, { Account, Exchange = "", Code = "", Currency }) => {
    if (Currency !== from) return false;
    changes.setHolding(Account?.AccountID ?? "", Exchange, Code, { Currency: to });
    return true;
  });
}

/** Else the next order that names no currency would open anew the balance that was renamed. */
function defaultCurrencies(from: string, to: string): Pass {
  return passOver("account", "", (changes, details, key) => {
    if (details.DefaultCurrency !== from) return false;
    const renamed = { ...details, DefaultCurrency: to };
    changes.draft.put("account", key, renamed);
    changes.defined(accountDefined(renamed));
    return true;
  });
}

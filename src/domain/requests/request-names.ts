/**
 * What requests are known by: an account and a RequestID. When an account is renamed its open requests go with it, and
 * what is known of them says so; those that are closed stay known by the name that they had. Both names keep the id.
 */
import { KEY_SEPARATOR, type Key, keyOf } from "../records.ts";
import { nameAsOf, namesLeadingTo, namesSince } from "../renames.ts";
import type { KnownRecords, State } from "../state.ts";

/** The parts of the key of a request. */
export interface RequestName {
  readonly accountId: string;
  readonly requestId: string;
}

/** Reads what `keyOf.request` gave. */
export function requestNameOf(key: string): RequestName {
  const [accountId = "", requestId = ""] = key.split(KEY_SEPARATOR);
  return { accountId, requestId };
}

/** The key under which a request is known that has, or has had, a name; that name's own when there is none. */
export function presentRequestKey(state: State, accountId: string, requestId: string): Key<"request"> {
  return keyKnownAs(state, { accountId, requestId }) ?? keyOf.request(accountId, requestId);
}

/** The key under which a request is known that has, or has had, a name; undefined when there is none. */
export function keyKnownAs(state: State, { accountId, requestId }: RequestName): Key<"request"> | undefined {
  const key = keyOf.request(accountId, requestId);
  const known = state.known("request", key);
  if (known?.MovedTo !== undefined) return keyKnownAs(state, { accountId: known.MovedTo, requestId });
  if (known !== undefined) return key;
  for (const earlier of namesLeadingTo(state, "account", accountId)) {
    const earlierKey = keyOf.request(earlier, requestId);
    const before = state.known("request", earlierKey);
    if (before !== undefined && hadAccount(state, earlier, before, accountId)) {
      return before.MovedTo === undefined ? earlierKey : keyKnownAs(state, { accountId: before.MovedTo, requestId });
    }
  }
  return undefined;
}

/** What the account of a known request is called now, for one that was closed before it was renamed too. */
export function presentAccount(
  state: State,
  key: string,
  known: KnownRecords["request"],
  now: typeof known.At,
): string {
  return nameAsOf(state, "account", requestNameOf(key).accountId, known.At, now);
}

function hadAccount(state: State, written: string, { At: at }: KnownRecords["request"], accountId: string): boolean {
  return namesSince(state, "account", written, at).some(({ name }) => name === accountId);
}

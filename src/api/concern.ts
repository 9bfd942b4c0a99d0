/** Which Owners' logs a call concerns: those that `owner` and `account` name, joined by OR, or all that it may see. */

import { maySeeOwner } from "../domain/permissions.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SubscriptionTarget } from "../protocol/messages/index.ts";
import { seenOwners } from "./asking.ts";
import type { Call } from "./environment.ts";
import type { Query } from "./parameters.ts";
import type { Concerned } from "./sequences.ts";

export interface Concern extends Concerned {
  /** The caller named them: one that does not exist is refused, and not left out. */
  readonly areNamed: boolean;
  /** The accounts, as `owner/account`, of each Owner that is not concerned as a whole. */
  readonly accountsOf: ReadonlyMap<string, readonly string[]>;
}

/**
 * What a query concerns. Throws Refusal `Field.Invalid` for a name that cannot be one, `Owner.Unknown <owner>` for one
 * that the caller may not see, `Message.TooLarge` for more Owners than one call may ask.
 */
export async function concernIn(call: Call, query: Query): Promise<Concern> {
  const concern = namedConcern(call, query) ?? { ...(await seenOwners(call)), areNamed: false, accountsOf: new Map() };
  if (concern.ownerIds.length > LIMITS.OWNERS_OF_A_CALL) {
    throw new Refusal("Message.TooLarge", `${LIMITS.OWNERS_OF_A_CALL} owners`);
  }
  return concern;
}

function namedConcern(call: Call, query: Query): Concern | undefined {
  const whole = new Set(query.all("owner").map((ownerId) => named(call, "owner", ownerId)));
  const accountsOf = new Map<string, string[]>();
  for (const account of query.all("account")) {
    const slash = account.indexOf("/");
    if (slash === account.length - 1) throw new Refusal("Field.Invalid", "account");
    const ownerId = named(call, "account", account.slice(0, Math.max(slash, 0)));
    if (!whole.has(ownerId)) accountsOf.set(ownerId, [...(accountsOf.get(ownerId) ?? []), account]);
  }
  const ownerIds = [...whole, ...accountsOf.keys()].sort();
  const [only, ...more] = ownerIds;
  if (only === undefined) return undefined;
  return { ownerIds, areNamed: true, accountsOf, ...(more.length === 0 && { only }) };
}

function named(call: Call, parameter: string, ownerId: string): string {
  if (ownerId === "") throw new Refusal("Field.Invalid", parameter);
  if (!maySeeOwner(call.var.caller.permissions, ownerId)) throw new Refusal("Owner.Unknown", ownerId);
  return ownerId;
}

/** The accounts that narrow what is told of an Owner; none when it is concerned as a whole. */
export function targetsOf({ accountsOf }: Concern, ownerId: string): readonly SubscriptionTarget[] {
  const accounts = accountsOf.get(ownerId);
  return accounts === undefined ? [] : [{ Name: "Account", Values: [...new Set(accounts)] }];
}

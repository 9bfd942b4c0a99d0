/** What a client asks to be shown, checked; what a view then shows is the domain's. */
import { isView, type Subscription, VIEWS, valuesOf } from "../domain/views.ts";
import { Refusal } from "../protocol/errors.ts";
import type { SubscriptionDetails } from "../protocol/messages/index.ts";

/** Reads and checks a subscription. Throws Refusal naming the field, or the Owner or Account that is not of this Owner. */
export function readSubscription(details: SubscriptionDetails | undefined, ownerId: string): Subscription {
  const type = details?.Type;
  if (!isView(type)) throw new Refusal("Field.Invalid", "Subscription.Type");
  const targets = details?.Targets ?? [];
  const allowed: readonly string[] = VIEWS[type];
  for (const [index, { Name = "", Values = [] }] of targets.entries()) {
    const path = `Subscription.Targets[${index}]`;
    if (!allowed.includes(Name)) throw new Refusal("Field.Invalid", `${path}.Name`);
    if (Values.length === 0) throw new Refusal("Field.Missing", `${path}.Values`);
    if (Name === "Owner") for (const value of Values) requireOwner(value, ownerId);
    if (Name === "Account") for (const value of Values) requireAccount(value, ownerId, path);
  }
  if (type === "SubscriptionType_Feed" && valuesOf({ type, targets }, "Feed") === undefined) {
    throw new Refusal("Field.Missing", "Subscription.Targets Feed");
  }
  return { type, targets };
}

function requireOwner(named: string, ownerId: string): void {
  if (named !== ownerId) throw new Refusal("Owner.Unknown", named);
}

/** An account is named `owner/account`; what stands after the first slash is the account's own, slashes too. */
function requireAccount(named: string, ownerId: string, path: string): void {
  const slash = named.indexOf("/");
  if (slash < 1 || slash === named.length - 1) throw new Refusal("Field.Invalid", `${path}.Values`);
  requireOwner(named.slice(0, slash), ownerId);
}

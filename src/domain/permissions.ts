/** What a caller may see and do, as pure functions over its Permissions. */
import type { ClientAuthority, Permissions } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";

/** What a token may be allowed beside seeing its Owners. None of them implies another. */
export const FEATURES = ["Admin", "Alter", "Audit", "Operator", "Query"] as const;
export type Feature = (typeof FEATURES)[number];

/** Whether a text is the name of a feature. */
export function isFeature(text: string): text is Feature {
  const names: readonly string[] = FEATURES;
  return names.includes(text);
}

/** Whether the caller was given a feature. */
export function hasFeature({ Features = [] }: Permissions, feature: Feature): boolean {
  return Features.includes(feature);
}

/** Whether the caller was given at least one of these features; true when none is needed. */
export function hasOneOf(permissions: Permissions, features: readonly Feature[]): boolean {
  return features.length === 0 || features.some((feature) => hasFeature(permissions, feature));
}

/** Whether the caller may see every Owner: it names none, and is an Admin or Operator. */
export function seesEveryOwner(permissions: Permissions): boolean {
  const { Owners = [] } = permissions;
  return Owners.length === 0 && (hasFeature(permissions, "Admin") || hasFeature(permissions, "Operator"));
}

/** Whether the caller may see an Owner. */
export function maySeeOwner(permissions: Permissions, ownerId: string): boolean {
  const { Owners = [] } = permissions;
  return isOwnerId(ownerId) && (Owners.includes(ownerId) || seesEveryOwner(permissions));
}

/** The only Owner that the caller may see; undefined when there may be several, or none. */
export function onlyOwner(permissions: Permissions): string | undefined {
  const { Owners = [] } = permissions;
  return Owners.length === 1 ? Owners[0] : undefined;
}

/** Whether the caller may supply a feed. Feeds are always named: no feature stands for all of them. */
export function maySupplyFeed({ Feeds = [] }: Permissions, feed: string): boolean {
  return Feeds.includes(feed);
}

/** On whose authority the caller acts, as transactions and requests record it. */
export function authorityOf({ Type, Identity, Source }: Permissions): ClientAuthority {
  return {
    ...(Type !== undefined && { Type }),
    ...(Identity !== undefined && { Identity }),
    ...(Source !== undefined && { Source }),
  };
}

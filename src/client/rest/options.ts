/** What calls may be told beside what they are about. */
import type { SubscriptionType } from "../../protocol/messages/index.ts";
import { each, given, type Moment, moment, type Parameters } from "./address.ts";

/** Of every call. */
export interface CallOptions {
  /** Ends the call, its retries and its transfer; the signal's reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Of a read of how something stands. */
export interface ReadOptions extends CallOptions {
  /** As at a time, or the state after a position (`{ asx: 7 }`). Without it: now. */
  readonly asAt?: Moment | undefined;
}

/** Of a list: all that the caller may see, or what is one Owner's, or one account's. */
export type Scope =
  | { readonly owner?: undefined; readonly account?: undefined }
  | { readonly owner: string; readonly account?: string | undefined };

/** Of a call that concerns one Owner; it may be left out by a caller that may see only one. */
export interface OwnerOptions extends CallOptions {
  readonly owner?: string | undefined;
}

/** Of a part of the log. */
export interface CountOptions extends CallOptions {
  /** At most so many. What several Owners recorded at the very time of the last is told too. */
  readonly count?: number | undefined;
}

/** One or several names. */
export type Names = string | readonly string[];

/** Whose log is told: without it, that of all Owners that the caller may see. */
export interface LogOptions extends CountOptions {
  readonly owner?: Names | undefined;
}

/** Whose log is told; Owners and accounts are joined by OR. */
export interface AccountLogOptions extends LogOptions {
  /** As `owner/account`. */
  readonly account?: Names | undefined;
}

/** Which events are told. */
export interface EventAuditOptions extends LogOptions {
  /** The views whose events are told; without it, all of them. */
  readonly views?: SubscriptionType | readonly SubscriptionType[] | undefined;
  /** Tells first how each view stood where the events begin. */
  readonly snapshot?: boolean | undefined;
}

/** Which events are told. */
export interface EventOptions extends EventAuditOptions, AccountLogOptions {}

export function asAtOf({ asAt }: ReadOptions): Parameters {
  return moment("asAt", asAt);
}

export function ownerOf({ owner }: OwnerOptions): Parameters {
  return given("owner", owner);
}

/** What narrows a part of the log. */
export function narrowing({ count, owner, account, views, snapshot }: EventOptions): Parameters {
  return [
    ...each("owner", owner),
    ...each("account", account),
    ...each("for", views),
    ...(snapshot === true ? given("snapshot", true) : []),
    ...given("count", count),
  ];
}

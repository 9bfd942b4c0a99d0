/** What is known of accounts and feeds themselves, beside positions: definitions and connection status. */
import { sameContent } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { AccountDetails, FeedDetails, type Operation, type UpdateEvent } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { fromMicroseconds, toMillisecondsCeiling } from "../protocol/timestamp.ts";
import type { Changes } from "./changes.ts";
import { keyOf } from "./records.ts";
import { ownAccountId, required, requiredId } from "./requirements.ts";
import type { Timer } from "./state.ts";

/** Defines an account anew, whole. False when it is so already. */
export function defineAccount(changes: Changes, operation: Operation): boolean {
  const details = required(operation.AccountDetails, "Operation.AccountDetails");
  const key = keyOf.account(ownAccountId(details.Account, "Operation.AccountDetails.Account", changes.context));
  const before = changes.draft.record("account", key);
  if (before !== undefined && sameContent(before, details)) return false;
  changes.draft.put("account", key, ordered(AccountDetails, details));
  return true;
}

/** Forgets an account's metadata; its records stay. False when there is none, or Refusal `Unknown` if it must exist. */
export function undefineAccount(changes: Changes, operation: Operation, mustExist: boolean): boolean {
  const details = required(operation.AccountDetails, "Operation.AccountDetails");
  const accountId = ownAccountId(details.Account, "Operation.AccountDetails.Account", changes.context);
  const key = keyOf.account(accountId);
  if (changes.draft.record("account", key) === undefined) {
    if (mustExist) throw new Refusal("Unknown", `${changes.context.ownerId}/${accountId}`);
    return false;
  }
  changes.draft.put("account", key, undefined);
  return true;
}

/** A feed's status as it is shown, and whether it was not shown so already. */
export interface ShownStatus {
  readonly details: FeedDetails;
  readonly changed: boolean;
}

/** Shows a feed's status. An ExpireAfter sets the timer by which a status that was not renewed expires. */
export function showFeedStatus(changes: Changes, given: FeedDetails | undefined): ShownStatus {
  const status = required(given, "Status");
  const name = requiredId(status.FeedID, "Status.FeedID");
  const details = ordered(FeedDetails, {
    ...status,
    Timestamp: status.Timestamp ?? fromMicroseconds(changes.context.at),
  });
  return { details, changed: replaceFeed(changes, name, details) };
}

/** Takes a feed off the Status view. False when it was not on it. */
export function removeFeed(changes: Changes, given: FeedDetails | undefined): boolean {
  return replaceFeed(changes, required(given?.FeedID, "Status.FeedID"), undefined);
}

function replaceFeed(changes: Changes, name: string, details: FeedDetails | undefined): boolean {
  const key = keyOf.feed(name);
  const before = changes.draft.record("feed", key);
  if (sameContent(before, details)) return false;
  const oldTimer = before && expiryTimer(name, before);
  const newTimer = details && expiryTimer(name, details);
  if (oldTimer !== undefined) changes.draft.cancelTimer(oldTimer);
  if (newTimer !== undefined) changes.draft.setTimer(newTimer);
  changes.draft.put("feed", key, details);
  return true;
}

/**
 * The update by which the OMS itself lets a status expire that was not renewed: a feed that was online counts as
 * disconnected, one that was not is taken off the Status view.
 */
export function expiryOf(details: FeedDetails): UpdateEvent {
  const { FeedID, Status } = details;
  return Status === "CONNECTIONSTATUS_ONLINE"
    ? { Type: "UpdateEventType_Status", Status: { ...(FeedID !== undefined && { FeedID }) } }
    : { Type: "UpdateEventType_Status", UpdateAction: "UpdateAction_Remove", Status: details };
}

/** The timer by which a feed's status expires, if it does. */
export function expiryTimer(name: string, { ExpireAfter }: FeedDetails): Timer | undefined {
  return ExpireAfter === undefined ? undefined : { due: toMillisecondsCeiling(ExpireAfter), kind: "feed", key: name };
}

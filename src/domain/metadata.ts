/** What is known of accounts and feeds themselves, beside positions: definitions and connection status. */
import { sameContent } from "../protocol/codec.ts";
import { AccountDetails, FeedDetails, type UpdateEvent } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { fromMicroseconds, toMillisecondsCeiling } from "../protocol/timestamp.ts";
import type { Changes } from "./changes.ts";
import type { Definable } from "./definable.ts";
import { keyOf } from "./records.ts";
import { ownAccountId, required, requiredId } from "./requirements.ts";
import type { Timer } from "./state.ts";

/** An account's metadata; its positions and orders exist without it, and stay when it goes. */
export const ACCOUNT: Definable<"account"> = {
  kind: "account",
  path: "Operation.AccountDetails",
  details: (operation) => operation.AccountDetails && ordered(AccountDetails, operation.AccountDetails),
  identify: ({ Account }, context) => {
    const accountId = ownAccountId(Account, "Operation.AccountDetails.Account", context);
    return { key: keyOf.account(accountId), name: `${context.ownerId}/${accountId}` };
  },
  check: () => {},
};

/** The event that an account is defined so. */
export function accountDefined(details: AccountDetails): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineAccount", AccountDetails: details },
  };
}

/** The event that an account is not defined any more. */
export function accountUndefined({ Account }: AccountDetails): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_UndefineAccount", AccountDetails: { ...(Account !== undefined && { Account }) } },
  };
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

/** The frames of a streaming socket. */
import {
  choice,
  int64,
  int64Item,
  listOf,
  mapOf,
  message,
  type Of,
  one,
  optionalInt32,
  text,
  textItem,
  time,
} from "../fields.ts";
import { EventMessageType, RequestMessageType, StreamingVersion, SubscriptionType } from "./enums.ts";
import { FeedEvent, FeedRequest } from "./feeds.ts";
import { ClientRequest, ClientRequestResponse } from "./requests.ts";
import { UpdateEvent } from "./updates.ts";

/**
 * Narrows a subscription to the records of some owners, accounts, exchanges or feeds: `Name` is Owner, Account (values
 * `owner/account`), Exchange or Feed. Values of one target are alternatives.
 */
export const SubscriptionTarget = message("SubscriptionTarget", {
  Name: text(1),
  Values: listOf(2, textItem),
});
export type SubscriptionTarget = Of<typeof SubscriptionTarget>;

/** A position for each sequence. In a subscription's `From`, one that is left out counts as 0. */
export const SnapshotPosition = message("SnapshotPosition", {
  Positions: mapOf(1, int64Item),
});
export type SnapshotPosition = Of<typeof SnapshotPosition>;

/** The place of a record in its sequence, and when it was applied. */
export const UpdatePosition = message("UpdatePosition", {
  Sequence: text(1),
  Position: int64(2),
  ExecutedAt: time(9),
});
export type UpdatePosition = Of<typeof UpdatePosition>;

/**
 * What a socket asks to be shown: one view, narrowed by targets. Ours: `From` resumes after these positions instead of
 * with a snapshot; `Window` is how many frames of the stream may be under way that were not acknowledged.
 */
export const SubscriptionDetails = message("SubscriptionDetails", {
  Type: choice(1, SubscriptionType),
  Targets: listOf(10, SubscriptionTarget),
  From: one(1000, SnapshotPosition),
  Window: optionalInt32(1001),
});
export type SubscriptionDetails = Of<typeof SubscriptionDetails>;

/** Which of the socket's requests is answered, and what was wrong with it. */
export const RequestDetails = message("RequestDetails", {
  Type: choice(2, RequestMessageType),
  RequestID: text(3),
  Reference: optionalInt32(9),
  Errors: listOf(10, textItem),
});
export type RequestDetails = Of<typeof RequestDetails>;

/**
 * A frame from a client or an adapter. Type says which of the other fields is meant; `RequestID` is the sender's own
 * and comes back in the answer. Ours: `Received` belongs to an Acknowledge; it is the number of frames of the stream
 * (SnapshotStart, SnapshotFinish, Update, Bookmark) that came on this socket since the first window was agreed to.
 */
export const RequestMessage = message("RequestMessage", {
  Version: choice(1, StreamingVersion),
  Type: choice(2, RequestMessageType),
  RequestID: text(3),
  Subscription: one(10, SubscriptionDetails),
  Request: one(20, ClientRequest),
  Feed: one(29, FeedRequest),
  Received: int64(1000),
});
export type RequestMessage = Of<typeof RequestMessage>;

/**
 * A frame to a client or an adapter. Type says which of the other fields is meant. `Snapshot` is the position of every
 * sequence where a snapshot or a bookmark stands, `Position` that of the last record whose events are in `Updates`.
 */
export const EventMessage = message("EventMessage", {
  Version: choice(1, StreamingVersion),
  Type: choice(2, EventMessageType),
  Request: one(9, RequestDetails),
  Subscription: one(10, SubscriptionDetails),
  Snapshot: one(18, SnapshotPosition),
  Position: one(19, UpdatePosition),
  Updates: listOf(20, UpdateEvent),
  Feed: one(30, FeedEvent),
  RequestResponse: one(40, ClientRequestResponse),
});
export type EventMessage = Of<typeof EventMessage>;

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

export const SubscriptionTarget = message("SubscriptionTarget", {
  Name: text(1),
  Values: listOf(2, textItem),
});
export type SubscriptionTarget = Of<typeof SubscriptionTarget>;

export const SnapshotPosition = message("SnapshotPosition", {
  Positions: mapOf(1, int64Item),
});
export type SnapshotPosition = Of<typeof SnapshotPosition>;

export const UpdatePosition = message("UpdatePosition", {
  Sequence: text(1),
  Position: int64(2),
  ExecutedAt: time(9),
});
export type UpdatePosition = Of<typeof UpdatePosition>;

export const SubscriptionDetails = message("SubscriptionDetails", {
  Type: choice(1, SubscriptionType),
  Targets: listOf(10, SubscriptionTarget),
  From: one(1000, SnapshotPosition),
  Window: optionalInt32(1001),
});
export type SubscriptionDetails = Of<typeof SubscriptionDetails>;

export const RequestDetails = message("RequestDetails", {
  Type: choice(2, RequestMessageType),
  RequestID: text(3),
  Reference: optionalInt32(9),
  Errors: listOf(10, textItem),
});
export type RequestDetails = Of<typeof RequestDetails>;

export const RequestMessage = message("RequestMessage", {
  Version: choice(1, StreamingVersion),
  Type: choice(2, RequestMessageType),
  RequestID: text(3),
  Subscription: one(10, SubscriptionDetails),
  Request: one(20, ClientRequest),
  Feed: one(29, FeedRequest),
});
export type RequestMessage = Of<typeof RequestMessage>;

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

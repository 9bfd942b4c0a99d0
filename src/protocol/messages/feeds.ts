/** The conversation with an adapter. */
import { bytes, choice, int64, listOf, mapOf, message, type Of, one, text, textItem } from "../fields.ts";
import { FeedEventType, FeedRequestType } from "./enums.ts";
import { FeedConfiguration, FeedDetails } from "./feed-status.ts";
import { Operation } from "./operations.ts";
import { ClientRequest, ClientRequestResponse, ClientRequestUpdate } from "./requests.ts";
import { ExternalAction } from "./updates.ts";

/**
 * A place in a feed's sequence. `Position` is the adapter's own upstream number, the same for every instance of it; it
 * grows but may skip.
 */
export const FeedPosition = message("FeedPosition", {
  Sequence: text(1),
  Position: int64(2),
});
export type FeedPosition = Of<typeof FeedPosition>;

/**
 * A question to an adapter that is passed through and not recorded. `Type` says what is asked, `Tag` is for the asker;
 * `QueryData` is opaque.
 */
export const FeedQuery = message("FeedQuery", {
  Type: text(1),
  Tag: text(2),
  Parameters: mapOf(19, textItem),
  QueryData: bytes(20),
});
export type FeedQuery = Of<typeof FeedQuery>;

/** An adapter's answer to a query: the same Type and Tag. What was wrong with it is in `Errors`, in its own words. */
export const FeedResponse = message("FeedResponse", {
  Type: text(1),
  Tag: text(2),
  Errors: listOf(10, textItem),
  Parameters: mapOf(19, textItem),
  QueryData: bytes(20),
});
export type FeedResponse = Of<typeof FeedResponse>;

/**
 * A frame from an adapter about its feed. Type says which of the other fields is meant. `Position` is the frame's place
 * in the feed: one at or before the last that is durable changes nothing. `RequestID` pairs an answer with its request.
 */
export const FeedRequest = message("FeedRequest", {
  Type: choice(1, FeedRequestType),
  RequestID: int64(3),
  Position: one(10, FeedPosition),
  Status: one(11, FeedDetails),
  Configuration: one(19, FeedConfiguration),
  Operation: one(20, Operation),
  Action: one(21, ExternalAction),
  Request: one(22, ClientRequest),
  Update: one(23, ClientRequestUpdate),
  RequestResponse: one(40, ClientRequestResponse),
  QueryResponse: one(41, FeedResponse),
});
export type FeedRequest = Of<typeof FeedRequest>;

/**
 * A frame to an adapter: that it supplies the feed and from which position (Open, Resume), that it must stop (Suspend),
 * what has become durable (Bookmark), or what clients ask of it (Request, Query).
 */
export const FeedEvent = message("FeedEvent", {
  Type: choice(1, FeedEventType),
  RequestID: int64(3),
  Position: one(10, FeedPosition),
  Configuration: one(19, FeedConfiguration),
  Request: one(20, ClientRequest),
  Query: one(21, FeedQuery),
});
export type FeedEvent = Of<typeof FeedEvent>;

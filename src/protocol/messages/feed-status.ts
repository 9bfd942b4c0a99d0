/** Whether a feed is supplied, and by whom. */
import { choice, mapOf, message, type Of, text, textItem, time } from "../fields.ts";
import { ConnectionStatus } from "./enums.ts";

/**
 * Whether a feed is supplied and since when (`Timestamp`), and, where its adapter said so, when that lapses unless it is
 * told again (`ExpireAfter`). `FeedID` is the name of its sequence.
 */
export const FeedDetails = message("FeedDetails", {
  FeedID: text(1),
  Status: choice(2, ConnectionStatus),
  Timestamp: time(3),
  ExpireAfter: time(4),
});
export type FeedDetails = Of<typeof FeedDetails>;

/**
 * What an adapter says of itself when it opens a feed. `Agent` names the instance: the same identity with the same non-
 * empty Agent supersedes its own older socket. `Settings` are for the OMS (`Gapless`) and for the next adapter.
 */
export const FeedConfiguration = message("FeedConfiguration", {
  Name: text(1),
  Agent: text(10),
  Timestamp: time(11),
  Settings: mapOf(19, textItem),
});
export type FeedConfiguration = Of<typeof FeedConfiguration>;

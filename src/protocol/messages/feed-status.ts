/** Whether a feed is supplied. */
import { choice, message, type Of, text, time } from "../fields.ts";
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

/** Whether a feed is supplied. */
import { choice, message, type Of, text, time } from "../fields.ts";
import { ConnectionStatus } from "./enums.ts";

export const FeedDetails = message("FeedDetails", {
  FeedID: text(1),
  Status: choice(2, ConnectionStatus),
  Timestamp: time(3),
  ExpireAfter: time(4),
});
export type FeedDetails = Of<typeof FeedDetails>;

/** The records of a feed as the frames by which its adapter sent them. */
import { parseStoredRecord, type StoredRecord, type Wire, type WireEvent } from "../domain/log-record.ts";
import { FeedRequest } from "../protocol/messages/index.ts";
import { type LineStyle, written } from "./record-lines.ts";
import type { Teller } from "./telling.ts";

/** The frames of a feed, also those that were refused. Of one that could not be read there is the position alone. */
export function feedRequestTeller(style: LineStyle): Teller {
  return ({ text }) => [written(FeedRequest, feedRequest(parseStoredRecord(text), style), style)];
}

function feedRequest(
  { Sequence, Position, Update, Configuration }: StoredRecord,
  { nameOf }: LineStyle,
): Wire<FeedRequest> {
  const place = { Sequence: nameOf(Sequence), Position };
  if (Configuration !== undefined) return { Type: "FeedRequestType_Configure", Position: place, Configuration };
  return Update === undefined ? { Position: place } : requestOf(Update, place);
}

function requestOf(update: WireEvent, Position: Wire<FeedRequest>["Position"]): Wire<FeedRequest> {
  switch (update.Type) {
    case "UpdateEventType_Action":
      return { Type: "FeedRequestType_Action", Position, Action: update.Action };
    case "UpdateEventType_Operation":
      return { Type: "FeedRequestType_Operation", Position, Operation: update.Operation };
    case "UpdateEventType_ClientRequest":
      return { Type: "FeedRequestType_Request", Position, Request: update.ClientRequest };
    case "UpdateEventType_ClientRequestUpdate":
      return { Type: "FeedRequestType_Update", Position, Update: update.ClientRequestUpdate };
    case "UpdateEventType_Status":
      return { Type: "FeedRequestType_Status", Position, Status: update.Status };
    case "UpdateEventType_Holding":
    case "UpdateEventType_Balance":
    case "UpdateEventType_Order":
    case "UpdateEventType_Request":
    case "UpdateEventType_Transaction":
    case "UpdateEventType_Unknown":
    case undefined:
      throw new Error(`no update is of type ${update.Type}`);
  }
}

/** The forms that frames have: JSON, JSON with short enums, protobuf. A socket is sent the one that its client speaks. */
import type { At } from "../domain/records.ts";
import { encodeBinary, written } from "../protocol/binary/codec.ts";
import { messageWriter, tagOf, WIRE } from "../protocol/binary/encoder.ts";
import { encode } from "../protocol/codec.ts";
import { fieldsOf } from "../protocol/declaration.ts";
import { EventMessage } from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import { StreamEvent } from "./stream-event.ts";

/** A frame of a socket. */
export type Frame = string | Uint8Array;

/** What of a record says where it is in the log. */
export interface RecordPlace {
  readonly at: At;
  readonly sequence: string;
  readonly position: number;
}

export interface FrameForm {
  readonly name: "json" | "compact" | "binary";
  /** Several events are about to be sent. */
  prepare(events: readonly StreamEvent[]): void;
  /** What an event takes in a frame: characters of JSON, or bytes. */
  sizeOf(event: StreamEvent): number;
  message(message: EventMessage): Frame;
  /**
   * A frame of type Update. Without a place it is outside the log's order. A replay's frames name no sequence: they do
   * not move the client's position.
   */
  update(events: readonly StreamEvent[], place?: RecordPlace, isReplay?: boolean): Frame;
}

/** The form that somebody wants. */
export function formOf({ isBinary, compact }: { readonly isBinary: boolean; readonly compact: boolean }): FrameForm {
  if (isBinary) return BINARY;
  return compact ? COMPACT : JSON_FORM;
}

const JSON_FORM: FrameForm = {
  name: "json",
  prepare: () => undefined,
  sizeOf: ({ text }) => text.length,
  message: (message) => encode(EventMessage, message),
  update: (events, place, isReplay = false) =>
    updateText(
      events.map(({ text }) => text),
      place,
      { compact: false, isReplay },
    ),
};

const COMPACT: FrameForm = {
  name: "compact",
  prepare: () => undefined,
  sizeOf: ({ compactText }) => compactText.length,
  message: (message) => encode(EventMessage, message, true),
  update: (events, place, isReplay = false) =>
    updateText(
      events.map(({ compactText }) => compactText),
      place,
      { compact: true, isReplay },
    ),
};

const BINARY: FrameForm = {
  name: "binary",
  prepare: (events) => StreamEvent.writeTogether(events),
  sizeOf: ({ bytes }) => bytes.length,
  message: (message) => encodeBinary(EventMessage, message),
  update: (events, place, isReplay = false) => updateBytes(events, place, isReplay),
};

interface TextStyle {
  readonly compact: boolean;
  readonly isReplay?: boolean;
}

/** A frame of type Update, of events that are written already. */
export function updateText(
  texts: readonly string[],
  place: RecordPlace | undefined,
  { compact, isReplay = false }: TextStyle,
): string {
  const type = compact ? "Update" : "EventMessageType_Update";
  if (place === undefined) return `{"Type":"${type}","Updates":[${texts.join(",")}]}`;
  const sequence = isReplay ? "" : `"Sequence":${JSON.stringify(place.sequence)},`;
  const position = `{${sequence}"Position":${place.position},"ExecutedAt":"${fromMicroseconds(place.at)}"}`;
  return `{"Type":"${type}","Position":${position},"Updates":[${texts.join(",")}]}`;
}

const writeMessage = messageWriter(EventMessage);
const UPDATES = tagOf(fieldsOf(EventMessage).get("Updates")?.number ?? 0, WIRE.delimited);

function updateBytes(events: readonly StreamEvent[], place: RecordPlace | undefined, isReplay: boolean): Uint8Array {
  const beginning: EventMessage = {
    Type: "EventMessageType_Update",
    ...(place !== undefined && {
      Position: {
        ...(!isReplay && { Sequence: place.sequence }),
        Position: place.position,
        ExecutedAt: fromMicroseconds(place.at),
      },
    }),
  };
  StreamEvent.writeTogether(events);
  return written((writer) => {
    writeMessage(writer, beginning);
    for (const { bytes } of events) writer.uint32(UPDATES).bytes(bytes);
  });
}

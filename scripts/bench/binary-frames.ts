/** The benchmark's end of a socket that speaks protobuf: of a frame of events it reads no more than where it stands. */
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { decodeBinaryStored, encodeBinary } from "../../src/protocol/binary/codec.ts";
import { decodeText, encode } from "../../src/protocol/codec.ts";
import { fieldsOf } from "../../src/protocol/declaration.ts";
import { EventMessage, EventMessageType, RequestMessage, UpdatePosition } from "../../src/protocol/messages/index.ts";
import type { Frame } from "./updates.ts";

const TYPE = fieldsOf(EventMessage).get("Type")?.number;
const POSITION = fieldsOf(EventMessage).get("Position")?.number;
const UPDATE = EventMessageType.numbers.get("EventMessageType_Update");

/** A message that is known as JSON. */
export function inProtobuf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encodeBinary(RequestMessage, decodeText(RequestMessage, text)));
}

/** Frames of one update each. */
export function binaryFrames(frames: readonly Frame[]): Frame[] {
  return frames.map(({ last, content }) => ({
    last,
    content: typeof content === "string" ? inProtobuf(content) : content,
  }));
}

/** The JSON of a message; of one of type Update, without the updates. */
export function headText(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  const head: { Type?: "EventMessageType_Update"; Position?: UpdatePosition } = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === TYPE && reader.int32() === UPDATE) head.Type = "EventMessageType_Update";
    else if (number === TYPE) break;
    else if (number === POSITION) head.Position = decodeBinaryStored(UpdatePosition, reader.bytes());
    else if (head.Type !== undefined) return encode(EventMessage, head);
    else reader.skip(wireType, number);
  }
  return encode(EventMessage, decodeBinaryStored(EventMessage, bytes));
}

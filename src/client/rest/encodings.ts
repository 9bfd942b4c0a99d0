/** The two ways in which messages travel. Both say the same, exactly. */
import { decodeBinaryStored, encodeBinary } from "../../protocol/binary/codec.ts";
import { decodeStored, encode } from "../../protocol/codec.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { ArrayElements } from "./array-elements.ts";

/** How messages travel: as JSON, or as protobuf. What is no message is JSON or text in any case. */
export type EncodingName = "json" | "binary";

/** A body, with what it is. */
export interface Body {
  readonly type: "application/json" | "application/x-protobuf" | "application/octet-stream";
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** The messages of a list, from the bytes as they come. */
export interface ItemReader<Message> {
  /** The messages that end in a piece. Throws on what is no list of them. */
  take(piece: Uint8Array): readonly Message[];
  /** Whether the list may end here. */
  readonly isWhole: boolean;
}

/** Writes what is sent, and reads what is answered: decimals that the OMS derived may be longer than those it is sent. */
export interface Encoding {
  /** What it asks for. */
  readonly type: Body["type"];
  one<Schema extends MessageSchema>(schema: Schema, message: Of<Schema>): Body;
  many<Schema extends MessageSchema>(schema: Schema, messages: readonly Of<Schema>[]): Body;
  read<Schema extends MessageSchema>(schema: Schema, bytes: Uint8Array): Of<Schema>;
  reader<Schema extends MessageSchema>(schema: Schema): ItemReader<Of<Schema>>;
}

const UTF8 = { fatal: true, ignoreBOM: false } as const;

const JSON_ENCODING: Encoding = {
  type: "application/json",
  one: (schema, message) => jsonBody(encode(schema, message)),
  many: (schema, messages) => jsonBody(`[${messages.map((message) => encode(schema, message)).join(",")}]`),
  read: (schema, bytes) => decodeStored(schema, new TextDecoder("utf-8", UTF8).decode(bytes)),
  reader: (schema) => new JsonItems(schema),
};

const BINARY_ENCODING: Encoding = {
  type: "application/x-protobuf",
  one: (schema, message) => binaryBody([encodeBinary(schema, message)]),
  many: (schema, messages) => binaryBody(messages.flatMap((message) => withLength(encodeBinary(schema, message)))),
  read: (schema, bytes) => decodeBinaryStored(schema, bytes),
  reader: (schema) => new BinaryItems(schema),
};

export const ENCODINGS: Readonly<Record<EncodingName, Encoding>> = { json: JSON_ENCODING, binary: BINARY_ENCODING };

/** A body of JSON. */
export function jsonBody(content: string): Body {
  return { type: "application/json", content };
}

function binaryBody(parts: readonly Uint8Array[]): Body {
  return { type: "application/x-protobuf", content: joined(parts) };
}

/** A message of a run: its length, and itself. */
function withLength(message: Uint8Array): readonly Uint8Array[] {
  const digits: number[] = [];
  for (let left = message.length; ; left >>>= 7) {
    if (left < 0x80) return [Uint8Array.from([...digits, left]), message];
    digits.push((left & 0x7f) | 0x80);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes;
}

class JsonItems<Schema extends MessageSchema> implements ItemReader<Of<Schema>> {
  readonly #schema: Schema;
  readonly #decoder = new TextDecoder("utf-8", UTF8);
  readonly #elements = new ArrayElements();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  take(piece: Uint8Array): readonly Of<Schema>[] {
    const texts = this.#elements.take(this.#decoder.decode(piece, { stream: true }));
    return texts.map((text) => decodeStored(this.#schema, text));
  }

  get isWhole(): boolean {
    return this.#elements.isWhole;
  }
}

/** The most digits that a length has: a longer one is none. */
const LENGTH_DIGITS = 4;

/** A run of messages, each with its length before it. Where the run ends, only the transfer tells. */
class BinaryItems<Schema extends MessageSchema> implements ItemReader<Of<Schema>> {
  readonly #schema: Schema;
  /** What has come of a message, or of its length. */
  #held: Uint8Array[] = [];
  #heldLength = 0;
  /** How much must have come before it is worth looking. */
  #wanted = 1;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  take(piece: Uint8Array): readonly Of<Schema>[] {
    if (piece.length === 0) return [];
    this.#held.push(piece);
    this.#heldLength += piece.length;
    if (this.#heldLength < this.#wanted) return [];
    const bytes = joined(this.#held);
    const messages: Of<Schema>[] = [];
    let start = 0;
    while (start < bytes.length) {
      const end = endOfMessage(bytes, start);
      if (end === undefined) break;
      this.#wanted = end.message - start;
      if (end.message > bytes.length) break;
      messages.push(decodeBinaryStored(this.#schema, bytes.subarray(end.length, end.message)));
      start = end.message;
      this.#wanted = 1;
    }
    this.#held = start < bytes.length ? [bytes.slice(start)] : [];
    this.#heldLength = bytes.length - start;
    return messages;
  }

  get isWhole(): boolean {
    return this.#heldLength === 0;
  }
}

/** Where the length that begins at a place ends, and where its message does; undefined when not all of it has come. */
function endOfMessage(bytes: Uint8Array, start: number): { length: number; message: number } | undefined {
  let length = 0;
  for (let digit = 0; digit < LENGTH_DIGITS; digit++) {
    const byte = bytes[start + digit];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * digit);
    if (byte < 0x80) return { length: start + digit + 1, message: start + digit + 1 + length };
  }
  throw new RangeError("a message cannot be as long as that");
}

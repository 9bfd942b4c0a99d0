/** The binary codec: protobuf into normalised messages, and back. They are the very messages that the JSON codec gives. */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type * as z from "zod";
import type { MessageSchema } from "../declaration.ts";
import { Misfit, type Origin } from "../decoder.ts";
import { Refusal } from "../errors.ts";
import { MessageBytes, messageReader, Torn } from "./decoder.ts";
import { messageWriter } from "./encoder.ts";

/** Writes a normalised message. */
export function encodeBinary<Schema extends MessageSchema>(schema: Schema, message: z.output<Schema>): Uint8Array {
  return encodeWritten(schema, message);
}

/**
 * Writes a message whose decimals are in memory, or as the system itself wrote them in JSON: so what is kept as JSON need
 * only be parsed. Enums must be in full.
 */
export function encodeWritten(schema: MessageSchema, message: object): Uint8Array {
  return written((writer) => messageWriter(schema)(writer, message));
}

/** Writes a message that is known as the JSON text that the system itself wrote. */
export function encodeText(schema: MessageSchema, json: string): Uint8Array {
  return encodeWritten(schema, JSON.parse(json));
}

/**
 * Reads a message. Throws Refusal `Message.Unreadable` when it is not protobuf, `Field.Unknown <path>.<number>`,
 * `Field.Invalid <path>`.
 */
export function decodeBinary<Schema extends MessageSchema>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  return decodeFrom("caller", schema, bytes);
}

/** Reads a message that the system itself wrote, whose derived decimals may be longer than a caller's. */
export function decodeBinaryStored<Schema extends MessageSchema>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  return decodeFrom("storage", schema, bytes);
}

function decodeFrom<Schema extends MessageSchema>(origin: Origin, schema: Schema, bytes: Uint8Array): z.output<Schema> {
  return readable(() => {
    // The reader was compiled from this very schema, and a property test holds them together.
    return messageReader(origin, schema)(new MessageBytes(bytes), bytes.length) as z.output<Schema>;
  });
}

/** Does something with bytes that a caller sent. Throws Refusal when they are not what they should be. */
export function readable<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Misfit) throw new Refusal(error.code, error.path);
    if (isTorn(error)) throw new Refusal("Message.Unreadable", "not protobuf");
    throw error;
  }
}

/** BinaryReader says it in errors of no class of its own. */
function isTorn(error: unknown): boolean {
  return (
    error instanceof Torn || error instanceof RangeError || (error instanceof Error && error.constructor === Error)
  );
}

/** A buffer of so many bytes is not kept for the next message. */
const KEPT_BYTES = 1024 * 1024;

const idle: BinaryWriter[] = [];

/** What is written. Writers are used again: their buffers have grown to what messages take. */
export function written(write: (writer: BinaryWriter) => void): Uint8Array {
  // Whoever writes meanwhile takes another, and one that has failed is not taken up again.
  const writer = idle.pop() ?? new BinaryWriter();
  write(writer);
  const bytes = writer.finish();
  if (bytes.length < KEPT_BYTES) idle.push(writer);
  return bytes;
}

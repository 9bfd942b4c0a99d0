/** The JSON codec: texts and values into normalised messages, and back. */
import type * as z from "zod";
import { shortener } from "./compact.ts";
import { Decimal } from "./decimal.ts";
import type { MessageSchema } from "./declaration.ts";
import { Misfit, messageDecoder, type Origin } from "./decoder.ts";
import { Refusal } from "./errors.ts";
import { parseExactly } from "./exact-json.ts";

/**
 * Decodes a value that `parseExactly` gave into a normalised message.
 * Throws Refusal `Field.Unknown <path>` or `Field.Invalid <path>`.
 */
export function decode<Schema extends MessageSchema>(schema: Schema, value: unknown): z.output<Schema> {
  return decodeFrom("caller", schema, value);
}

/** Decodes a JSON text that the system itself wrote. */
export function decodeStored<Schema extends MessageSchema>(schema: Schema, text: string): z.output<Schema> {
  return decodeFrom("storage", schema, parseExactly(text));
}

/** Decodes a JSON text of one message. Throws Refusal `Message.Unreadable` when it is not JSON. */
export function decodeText<Schema extends MessageSchema>(schema: Schema, text: string): z.output<Schema> {
  return decode(schema, readJson(text));
}

/** Parses a text exactly. Throws Refusal `Message.Unreadable` with the parser's reason. */
export function readJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    throw new Refusal("Message.Unreadable", error instanceof SyntaxError ? "not JSON" : "nested too deeply");
  }
}

/** Writes a normalised message. Enums are written in full; `compact` writes them short. */
export function encode<Schema extends MessageSchema>(schema: Schema, value: z.output<Schema>, compact = false): string {
  return JSON.stringify(compact ? shortener(schema)(value) : value);
}

/** A text of one message that the system itself wrote, with its enums in their short spelling and nothing else changed. */
export function shortened(schema: MessageSchema, text: string): string {
  return JSON.stringify(shortener(schema)(JSON.parse(text)));
}

/** Whether two normalised values have the same content. What is undefined counts as absent. */
export function sameContent(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (!isContainer(left) || !isContainer(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  if (left instanceof Decimal || right instanceof Decimal) {
    return left instanceof Decimal && right instanceof Decimal && left.equals(right);
  }
  // All that is in the one is in the other, and they hold as much: so they hold the same.
  let surplus = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    if (!sameContent(left[key], right[key])) return false;
    surplus++;
  }
  for (const key in right) {
    if (right[key] !== undefined) surplus--;
  }
  return surplus === 0;
}

function isContainer(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}

function decodeFrom<Schema extends MessageSchema>(origin: Origin, schema: Schema, value: unknown): z.output<Schema> {
  try {
    // The decoder was compiled from this very schema, and the property test holds the two together.
    return messageDecoder(origin, schema)(value) as z.output<Schema>;
  } catch (error) {
    if (error instanceof Misfit) throw new Refusal(error.code, error.path);
    throw error;
  }
}

/** Messages are kept as JSON, which is longer than protobuf: what fits in the one may be too long in the other. */
import type * as z from "zod";
import { encode } from "../codec.ts";
import type { MessageSchema } from "../declaration.ts";

/** Characters of JSON that come of one byte of protobuf at most: a test holds it to what is declared. */
export const MOST_EXPANSION = 32;

const encoder = new TextEncoder();

/** Whether messages that were read from so many bytes take no more than so many as JSON. */
export function fitAsText<Schema extends MessageSchema>(
  schema: Schema,
  messages: readonly z.output<Schema>[],
  read: number,
  most: number,
): boolean {
  if (read * MOST_EXPANSION <= most) return true;
  let left = most;
  for (const message of messages) left -= encoder.encode(encode(schema, message)).length;
  return left >= 0;
}

/** Messages are kept as JSON, which is longer than protobuf: what fits in the one may be too long in the other. */
import type * as z from "zod";
import { encode } from "../codec.ts";
import type { MessageSchema } from "../declaration.ts";
import { LIMITS } from "../limits.ts";

/** Characters of JSON that come of one byte of protobuf at most: a test holds it to what is declared. */
export const MOST_EXPANSION = 32;

const encoder = new TextEncoder();

/** Whether a message that was read from so many bytes is not longer, as JSON, than an update may be. */
export function fitsAsText<Schema extends MessageSchema>(
  schema: Schema,
  message: z.output<Schema>,
  bytes: number,
): boolean {
  if (bytes * MOST_EXPANSION <= LIMITS.UPDATE_BYTES) return true;
  return encoder.encode(encode(schema, message)).length <= LIMITS.UPDATE_BYTES;
}

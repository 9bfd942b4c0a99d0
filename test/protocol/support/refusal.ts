import { decodeText } from "../../../src/protocol/codec.ts";
import type { MessageSchema } from "../../../src/protocol/declaration.ts";
import { Refusal } from "../../../src/protocol/errors.ts";

/** The refusal that a text meets, as it travels; `taken` when it meets none. */
export function refusalOf(schema: MessageSchema, text: string): string {
  try {
    decodeText(schema, text);
  } catch (error) {
    if (error instanceof Refusal) return error.text;
    throw error;
  }
  return "taken";
}

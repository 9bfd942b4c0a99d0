/** JSON as the server takes it, with enumerations short and every digit of a decimal written out. */
import { shortener } from "../../protocol/compact.ts";
import { Decimal } from "../../protocol/decimal.ts";
import type { MessageSchema } from "../../protocol/declaration.ts";

/**
 * A message, or a list or map of messages, as JSON. A decimal is a JSON number with all its digits; the server takes it
 * back as it is. A reader that makes doubles of numbers should read `--output csv` instead.
 */
export function exactJson(content: unknown, schema: MessageSchema | undefined, indent = 0): string {
  return JSON.stringify(schema === undefined ? content : shortened(content, schema), withDigits, indent);
}

function shortened(content: unknown, schema: MessageSchema): unknown {
  return Array.isArray(content) ? content.map(shortener(schema)) : shortener(schema)(content);
}

/** Decimal's own notation would give a long one as an object; what a replacer is shown has been through it already. */
function withDigits(this: unknown, key: string, value: unknown): unknown {
  const original = typeof this === "object" && this !== null ? Reflect.get(this, key) : undefined;
  return original instanceof Decimal ? JSON.rawJSON(original.toString()) : value;
}

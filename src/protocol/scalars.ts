/** How single values are read from JSON: the readers that both zod's schemas and the codec are built from. */

import { Decimal } from "./decimal.ts";
import type { IntegerKind } from "./declaration.ts";
import { NumberLiteral } from "./exact-json.ts";

/** What a text may not hold. The `u` flag keeps surrogate pairs together: it finds the lone ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/u;

/** Text travels as UTF-8 and is shown to people: no lone surrogates, and no control characters but tab and line ends. */
export function isReadableText(text: string): boolean {
  return !UNREADABLE.test(text);
}

/** Whether a text may be the key of a map. `__proto__` is not a key in every language that reads our messages. */
export function isMapKey(key: string): boolean {
  return key !== "__proto__" && isReadableText(key);
}

/** Padded, and with zeros in the bits that carry nothing, so that the same bytes are always the same text. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** Whether a text is base64 as bytes travel in JSON: padded, canonical. */
export function isBase64(text: string): boolean {
  return BASE64.test(text);
}

/** The least and the greatest of each integer type. 64 bits are held to what a double carries. */
export const INTEGER_RANGES: Readonly<Record<IntegerKind, readonly [least: number, most: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  sint32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

/** Reads an integer that a double carries exactly, from a number or (protobuf's JSON form of 64 bits) a text. */
export function readInteger(value: unknown, kind: IntegerKind): number | undefined {
  const number = typeof value === "number" ? value : readIntegerLiteral(value);
  const [least, most] = INTEGER_RANGES[kind];
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
}

function readIntegerLiteral(value: unknown): number {
  const literal = value instanceof NumberLiteral ? value.text : value;
  return typeof literal === "string" && /^-?\d{1,16}$/.test(literal) ? Number(literal) : Number.NaN;
}

/** Reads a decimal that is spelled as a number or as a text; the object form is a message of its own. */
export function readDecimal(value: unknown): Decimal | undefined {
  if (typeof value === "number") return Decimal.readNumber(value);
  if (typeof value === "string") return Decimal.read(value);
  return value instanceof NumberLiteral ? Decimal.read(value.text) : undefined;
}

/** Decimals, moments and 64-bit integers as protobuf writes them. */
import { type BinaryReader, type BinaryWriter, base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { type BigNumberObject, Decimal } from "../decimal.ts";
import type { Origin } from "../decoder.ts";
import type { Timestamp } from "../timestamp.ts";

/** The tags of BigNumber: Scale and IsNegative are varints, Value is bytes. */
export const BIG_NUMBER = { scale: 8, isNegative: 16, value: 26 } as const;
/** The tags of TimestampWithTimeZone: all of them are varints. */
export const MOMENT = { seconds: 8, nanoseconds: 16, offset: 24 } as const;

/** A coefficient of so many bytes is a whole number that a double carries. */
const DOUBLE_BYTES = 6;
const DOUBLE_LIMIT = 2 ** (8 * DOUBLE_BYTES);
const UINT32_LIMIT = 2 ** 32;
/** With so few bytes, a decimal of at most such a scale is within the limits of what a caller may send. */
const HARMLESS_SCALE = 30;
/** More bytes than any decimal within the limits has. */
const LONGEST_VALUE = 256;

/** Writes the content of a BigNumber, without trailing zeros. Value is the magnitude, its least significant byte first. */
export function writeDecimal(writer: BinaryWriter, decimal: Decimal): void {
  let { scale } = decimal;
  let magnitude = Number(decimal.coefficient);
  const isNegative = magnitude < 0;
  if (isNegative) magnitude = -magnitude;
  if (magnitude >= DOUBLE_LIMIT) {
    writeLongDecimal(writer, decimal);
    return;
  }
  if (magnitude === 0) return;
  for (; scale > 0 && magnitude % 10 === 0; scale--) magnitude /= 10;
  if (scale > 0) writer.uint32(BIG_NUMBER.scale).uint32(scale);
  if (isNegative) writer.uint32(BIG_NUMBER.isNegative).bool(true);
  writer.uint32(BIG_NUMBER.value).bytes(littleEndian(magnitude));
}

/** Bytes to write, by their number: the writer copies them, so they are filled anew each time. */
const SCRATCH = Array.from({ length: DOUBLE_BYTES + 1 }, (_, length) => new Uint8Array(length));

function littleEndian(magnitude: number): Uint8Array {
  let length = 1;
  for (let limit = 256; magnitude >= limit; limit *= 256) length++;
  const bytes = SCRATCH[length] ?? new Uint8Array(length);
  let rest = magnitude;
  for (let place = 0; place < length; place++) {
    bytes[place] = rest;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function writeLongDecimal(writer: BinaryWriter, decimal: Decimal): void {
  const { Scale = 0, IsNegative = false, Value = "" } = decimal.toObject();
  if (Scale > 0) writer.uint32(BIG_NUMBER.scale).uint32(Scale);
  if (IsNegative) writer.uint32(BIG_NUMBER.isNegative).bool(true);
  writer.uint32(BIG_NUMBER.value).bytes(base64Decode(Value));
}

/** The fields of a BigNumber. Its Value lies between two places of what is read: most need no array of their own. */
export interface BigNumberFields {
  readonly scale: number;
  readonly isNegative: boolean;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The decimal that a BigNumber is. Undefined when it is longer than its origin may write. */
export function decimalOf(origin: Origin, fields: BigNumberFields): Decimal | undefined {
  const { scale, isNegative, bytes, start, end } = fields;
  const length = end - start;
  if (length <= DOUBLE_BYTES && scale <= HARMLESS_SCALE) {
    let magnitude = 0;
    for (let place = end - 1; place >= start; place--) magnitude = magnitude * 256 + (bytes[place] ?? 0);
    return new Decimal(BigInt(isNegative ? -magnitude : magnitude), scale);
  }
  if (origin === "caller" && length > LONGEST_VALUE) return undefined;
  const Value = base64Encode(bytes.subarray(start, end));
  const object: BigNumberObject = { Scale: scale, IsNegative: isNegative, Value };
  return origin === "caller" ? Decimal.readObject(object) : Decimal.readStoredObject(object);
}

/** Writes the content of a TimestampWithTimeZone, in UTC. */
export function writeMoment(writer: BinaryWriter, moment: Timestamp): void {
  const seconds = secondsOf(moment.slice(0, 19));
  const fraction = Number(moment.slice(20, 26));
  if (seconds > 0) writeWhole(writer.uint32(MOMENT.seconds), seconds);
  if (fraction > 0) writer.uint32(MOMENT.nanoseconds).uint32(fraction * 1000);
}

let lastWhole = "";
let lastSeconds = 0;

/** Seconds since 1970. Moments that are written one after another are often of the same second. */
function secondsOf(whole: string): number {
  if (whole !== lastWhole) {
    lastWhole = whole;
    lastSeconds = Date.parse(`${whole}Z`) / 1000;
  }
  return lastSeconds;
}

/** Writes a whole number that a double carries, as int64 and uint64 are written. */
export function writeWhole(writer: BinaryWriter, value: number): void {
  // The same bytes, without a bigint on the way.
  if (value >= 0 && value < UINT32_LIMIT) writer.uint32(value);
  else writer.int64(value);
}

/** Reads an int64 that a double carries; undefined for any other. */
export function readInt64(reader: BinaryReader): number | undefined {
  return exactly(reader.int64());
}

/** Reads a uint64 that a double carries; undefined for any other. */
export function readUint64(reader: BinaryReader): number | undefined {
  return exactly(reader.uint64());
}

function exactly(value: bigint | string): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

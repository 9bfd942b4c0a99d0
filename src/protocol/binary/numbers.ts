/** Decimals, moments and 64-bit integers as protobuf writes them. */
import { type BinaryReader, type BinaryWriter, base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { type BigNumberObject, Decimal } from "../decimal.ts";
import type { Origin } from "../decoder.ts";
import type { Timestamp, TimestampObject } from "../timestamp.ts";

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

/**
 * Bytes to write, by their number. The writer copies them, so they are filled anew each time: one call for all of a small
 * message, in place of one for each of its fields.
 */
const SCRATCH = Array.from({ length: 16 }, (_, length) => new Uint8Array(length));

/** Writes a BigNumber with its length, without trailing zeros. Value is the magnitude, its least significant byte first. */
export function writeDecimal(writer: BinaryWriter, decimal: Decimal): void {
  let { scale } = decimal;
  let magnitude = Number(decimal.coefficient);
  const isNegative = magnitude < 0;
  if (isNegative) magnitude = -magnitude;
  if (magnitude >= DOUBLE_LIMIT || scale > HARMLESS_SCALE) {
    writeLongDecimal(writer, decimal);
    return;
  }
  if (magnitude === 0) {
    writer.uint32(0);
    return;
  }
  for (; scale > 0 && magnitude % 10 === 0; scale--) magnitude /= 10;
  const valueBytes = bytesIn(magnitude);
  const bytes = scratch(2 + valueBytes + (scale > 0 ? 2 : 0) + (isNegative ? 2 : 0));
  let place = 0;
  if (scale > 0) {
    bytes[place++] = BIG_NUMBER.scale;
    bytes[place++] = scale;
  }
  if (isNegative) {
    bytes[place++] = BIG_NUMBER.isNegative;
    bytes[place++] = 1;
  }
  bytes[place++] = BIG_NUMBER.value;
  bytes[place++] = valueBytes;
  for (let rest = magnitude; place < bytes.length; rest = Math.floor(rest / 256)) bytes[place++] = rest % 256;
  writer.bytes(bytes);
}

function scratch(length: number): Uint8Array {
  return SCRATCH[length] ?? new Uint8Array(length);
}

function bytesIn(magnitude: number): number {
  let length = 1;
  for (let limit = 256; magnitude >= limit; limit *= 256) length++;
  return length;
}

function writeLongDecimal(writer: BinaryWriter, decimal: Decimal): void {
  const { Scale = 0, IsNegative = false, Value = "" } = decimal.toObject();
  writer.fork();
  if (Scale > 0) writer.uint32(BIG_NUMBER.scale).uint32(Scale);
  if (IsNegative) writer.uint32(BIG_NUMBER.isNegative).bool(true);
  if (Value !== "") writer.uint32(BIG_NUMBER.value).bytes(base64Decode(Value));
  writer.join();
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

/** Writes a TimestampWithTimeZone with its length, in UTC. */
export function writeMoment(writer: BinaryWriter, moment: Timestamp): void {
  const { Seconds = 0, Nanoseconds = 0 } = momentObject(moment);
  const bytes = scratch(
    varintSize(Seconds) + varintSize(Nanoseconds) + (Seconds > 0 ? 1 : 0) + (Nanoseconds > 0 ? 1 : 0),
  );
  const place = putVarint(bytes, 0, MOMENT.seconds, Seconds);
  putVarint(bytes, place, MOMENT.nanoseconds, Nanoseconds);
  writer.bytes(bytes);
}

/** The fields of a TimestampWithTimeZone, in UTC. */
export function momentObject(moment: Timestamp): TimestampObject {
  return { Seconds: secondsOf(moment.slice(0, 19)), Nanoseconds: Number(moment.slice(20, 26)) * 1000 };
}

/** Bytes of a varint; none of one that is left out because it is zero. */
function varintSize(value: number): number {
  if (value === 0) return 0;
  let size = 1;
  for (let limit = 128; value >= limit; limit *= 128) size++;
  return size;
}

/** Puts a field that is a varint, unless it is zero; gives the place after it. */
function putVarint(bytes: Uint8Array, start: number, tag: number, value: number): number {
  if (value === 0) return start;
  let place = start;
  bytes[place++] = tag;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[place++] = (rest % 128) | 128;
  bytes[place++] = rest;
  return place;
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

/** Between our messages and those of protobufjs, by rules of its own: no code of the binary codec has a part in it. */
import { Decimal } from "../../../src/protocol/decimal.ts";
import { type Field, fieldsOf, type MessageSchema, type WireType } from "../../../src/protocol/declaration.ts";
import { EPOCH, readTimestampObject, type Timestamp } from "../../../src/protocol/timestamp.ts";

type Plain = { readonly [name: string]: unknown };

/** Which fields, and which values of enumerations, are meant: by their numbers. */
export type Wanted = (number: number) => boolean;

/** A normalised message as protobufjs takes it: enums as numbers, bytes, decimals and moments as their messages. */
export function toPlain(schema: MessageSchema, message: object, isWanted: Wanted): Plain {
  return changed(schema, message, isWanted, itemToPlain);
}

/** What protobufjs gives, as a normalised message. */
export function fromPlain(schema: MessageSchema, plain: object, isWanted: Wanted): Plain {
  return changed(schema, plain, isWanted, itemFromPlain);
}

type Change = (type: WireType, value: unknown, isWanted: Wanted) => unknown;

function changed(schema: MessageSchema, from: object, isWanted: Wanted, change: Change): Plain {
  const given: Plain = { ...from };
  const entries = [...fieldsOf(schema)].flatMap(([name, field]) =>
    given[name] === undefined || !isWanted(numberIn(field, given[name]))
      ? []
      : [[name, changedField(field, given[name], isWanted, change)]],
  );
  return Object.fromEntries(entries);
}

/** The number by which a field is wanted: its own, or that of the value that it has. */
function numberIn({ number, type }: Field, value: unknown): number {
  if (type.kind !== "enum") return number;
  return Math.max(number, typeof value === "number" ? value : (type.of.numbers.get(String(value)) ?? 0));
}

function changedField({ label, type }: Field, value: unknown, isWanted: Wanted, change: Change): unknown {
  if (label === "list" && Array.isArray(value)) return value.map((element) => change(type, element, isWanted));
  if (label !== "map" || typeof value !== "object" || value === null) return change(type, value, isWanted);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, element]) => [key, change(type, element, isWanted)]));
}

function itemToPlain(type: WireType, value: unknown, isWanted: Wanted): unknown {
  if (type.kind === "enum") return type.of.numbers.get(String(value));
  if (type.kind === "bytes") return Buffer.from(String(value), "base64");
  if (type.kind === "decimal" && value instanceof Decimal) return bigNumberOf(value);
  if (type.kind === "time") return momentOf(String(value));
  return type.kind === "message" && isObject(value) ? toPlain(type.of, value, isWanted) : value;
}

function itemFromPlain(type: WireType, value: unknown, isWanted: Wanted): unknown {
  if (type.kind === "enum") return type.of.names.get(Number(value));
  if (type.kind === "bytes" && value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (type.kind === "decimal" && isObject(value)) return decimalOf(value);
  if (type.kind === "time" && isObject(value)) return timestampOf(value);
  return type.kind === "message" && isObject(value) ? fromPlain(type.of, value, isWanted) : value;
}

function bigNumberOf({ coefficient, scale }: Decimal): Plain {
  const bytes: number[] = [];
  for (let rest = coefficient < 0n ? -coefficient : coefficient; rest > 0n; rest /= 256n)
    bytes.push(Number(rest % 256n));
  return { Scale: scale, IsNegative: coefficient < 0n, Value: Uint8Array.from(bytes) };
}

function decimalOf({ Scale = 0, IsNegative = false, Value }: Plain): Decimal {
  const bytes = Value instanceof Uint8Array ? [...Value] : [];
  const magnitude = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return new Decimal(IsNegative === true ? -magnitude : magnitude, Number(Scale));
}

function momentOf(iso: string): Plain {
  return { Seconds: Math.floor(Date.parse(iso) / 1000), Nanoseconds: Number(iso.slice(20, 26)) * 1000 };
}

function timestampOf({ Seconds = 0, Nanoseconds = 0 }: Plain): Timestamp {
  return readTimestampObject({ Seconds: Number(Seconds), Nanoseconds: Number(Nanoseconds) }) ?? EPOCH;
}

function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null;
}

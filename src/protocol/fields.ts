/**
 * The vocabulary in which messages are declared: zod schemas that carry their protobuf field number. From one
 * declaration come the type, the JSON codec (`codec.ts`), the binary codec (`binary/`), and the OpenAPI schema.
 *
 * In memory a message is normalised: a field with protobuf's default value is absent, except where the contract marks
 * it optional (then its presence means something), maps are in key order, enums are full names, decimals are Decimal,
 * moments are canonical texts. So two messages have the same content exactly when their JSON is the same text.
 */
import * as z from "zod";
import { Decimal } from "./decimal.ts";
import { declare, type IntegerKind, type MessageSchema, message, type WireType } from "./declaration.ts";
import type { Enumeration } from "./enumeration.ts";
import { NumberLiteral } from "./exact-json.ts";
import { isBase64, isMapKey, isReadableText, readDecimal, readInteger } from "./scalars.ts";
import { readTimestamp, readTimestampObject, type Timestamp } from "./timestamp.ts";

export { type MessageSchema, message, type Of } from "./declaration.ts";
export { isReadableText } from "./scalars.ts";

// Texts, bytes and booleans.

const readable = z.string().refine(isReadableText);
const base64 = z.string().refine(isBase64);

/** A text; empty when absent. */
export const text = (number: number) =>
  declare(unlessDefault(readable, isEmpty), { number, label: "plain", type: { kind: "string" } });
/** A text that may be absent: an empty one means something else. */
export const optionalText = (number: number) =>
  declare(readable.optional(), { number, label: "explicit", type: { kind: "string" } });
/** Bytes, in base64; empty when absent. */
export const bytes = (number: number) =>
  declare(unlessDefault(base64, isEmpty), { number, label: "plain", type: { kind: "bytes" } });
/** True or false; false when absent. */
export const bool = (number: number) =>
  declare(
    unlessDefault(z.boolean(), (value) => !value),
    { number, label: "plain", type: { kind: "bool" } },
  );

// Integers.

const numeral = z.union([z.number(), z.string(), z.instanceof(NumberLiteral)]);
const integer = (kind: IntegerKind) =>
  numeral.transform((value, context) => readInteger(value, kind) ?? invalid(context));
const plainInteger = (number: number, kind: IntegerKind) =>
  declare(
    unlessDefault(integer(kind), (value) => value === 0),
    { number, label: "plain", type: { kind } },
  );

/** A whole number from 0 to 2^32 − 1; 0 when absent. */
export const uint32 = (number: number) => plainInteger(number, "uint32");
/** A whole number of 32 bits; 0 when absent. */
export const sint32 = (number: number) => plainInteger(number, "sint32");
/** A whole number that a double carries; 0 when absent. */
export const int64 = (number: number) => plainInteger(number, "int64");
/** A whole number from 0 that a double carries; 0 when absent. */
export const uint64 = (number: number) => plainInteger(number, "uint64");
/** A whole number of 32 bits that may be absent: 0 means something else. */
export const optionalInt32 = (number: number) =>
  declare(integer("int32").optional(), { number, label: "explicit", type: { kind: "int32" } });

// Decimals and moments are messages on the wire: their presence means something, whatever their value.

/** The object form of a decimal: (−1 if IsNegative) × Value × 10^−Scale. */
export const BigNumber = message("BigNumber", {
  Scale: uint32(1),
  IsNegative: bool(2),
  Value: bytes(3),
});

/** The object form of a moment, in seconds since 1970 in UTC; TzOffset only tells where it was written. */
export const TimestampWithTimeZone = message("TimestampWithTimeZone", {
  Seconds: uint64(1),
  Nanoseconds: uint32(2),
  TzOffset: sint32(3),
});

const exactly = numeral.transform((value, context): Decimal => readDecimal(value) ?? invalid(context));
const decimalSchema = z.union([
  exactly,
  BigNumber.transform((value, context): Decimal => Decimal.readObject(value) ?? invalid(context)),
]);
const timeSchema = z.union([
  z.string().transform((value, context): Timestamp => readTimestamp(value) ?? invalid(context)),
  TimestampWithTimeZone.transform((value, context): Timestamp => readTimestampObject(value) ?? invalid(context)),
]);

/** An exact decimal. Zero is present, and not the same as absent. */
export const decimal = (number: number) =>
  declare(decimalSchema.optional(), { number, label: "explicit", type: { kind: "decimal" } });
/** A moment. The epoch is present, and not the same as absent. */
export const time = (number: number) =>
  declare(timeSchema.optional(), { number, label: "explicit", type: { kind: "time" } });

// Enumerations and messages.

interface Choice<Name extends string> extends Enumeration {
  readonly schema: z.ZodType<Name>;
}

/** A value of an enumeration; the one whose number is 0 when absent. */
export const choice = <Name extends string>(number: number, of: Choice<Name>) =>
  declare(
    unlessDefault(of.schema, (name) => of.numbers.get(name) === 0),
    { number, label: "plain", type: { kind: "enum", of } },
  );

/** A message. An empty one is present, and not the same as absent. */
export const one = <Schema extends MessageSchema>(number: number, of: Schema) =>
  declare(of.optional(), { number, label: "explicit", type: { kind: "message", of } });

// Lists and maps.

interface Item<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly type: WireType;
}
/** Texts, as elements of a list or a map. */
export const textItem: Item<typeof readable> = { schema: readable, type: { kind: "string" } };
/** Whole numbers, as elements of a list or a map. */
export const int64Item: Item<ReturnType<typeof integer>> = { schema: integer("int64"), type: { kind: "int64" } };
/** Decimals, as elements of a list or a map. */
export const decimalItem: Item<typeof decimalSchema> = { schema: decimalSchema, type: { kind: "decimal" } };

/** A list of messages or items, in their order; empty when absent. */
export function listOf<Schema extends z.ZodType>(number: number, of: Schema | Item<Schema>) {
  const { schema, type } = itemOf(of);
  return declare(unlessDefault(z.array(schema), isEmpty), { number, label: "list", type });
}

/** A map from text keys, kept in key order; empty when absent. */
export function mapOf<Schema extends z.ZodType>(number: number, of: Schema | Item<Schema>) {
  const { schema, type } = itemOf(of);
  const inOrder = (map: Record<string, z.output<Schema>>) =>
    Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
  return declare(
    // zod's record passes over the key `__proto__` in silence, so the keys are looked at before it.
    z
      .custom<Record<string, unknown>>((value) => isPlainObject(value) && Object.keys(value).every(isMapKey))
      .pipe(z.record(z.string(), schema))
      .transform((map) => (Object.keys(map).length === 0 ? undefined : inOrder(map)))
      .optional(),
    { number, label: "map", type },
  );
}

function itemOf<Schema extends z.ZodType>(item: Schema | Item<Schema>): Item<Schema> {
  if ("type" in item && "schema" in item) return item;
  if (!(item instanceof z.ZodObject)) throw new Error("an item is a message or a declared item");
  return { schema: item, type: { kind: "message", of: item } };
}

function unlessDefault<Value>(schema: z.ZodType<Value>, isDefault: (value: Value) => boolean) {
  return schema.transform((value) => (isDefault(value) ? undefined : value)).optional();
}

function isEmpty(value: string | readonly unknown[]): boolean {
  return value.length === 0;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}

function invalid(context: z.RefinementCtx): never {
  context.addIssue({ code: "custom", message: "Field.Invalid" });
  return z.NEVER;
}

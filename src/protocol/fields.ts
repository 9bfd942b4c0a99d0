/**
 * The vocabulary in which messages are declared: zod schemas that carry their protobuf field number. From one
 * declaration come the type, the JSON codec (`codec.ts`), and later the binary codec and the OpenAPI schema.
 *
 * In memory a message is normalised: a field with protobuf's default value is absent, except where the contract marks
 * it optional (then its presence means something), maps are in key order, enums are full names, decimals are Decimal,
 * moments are canonical texts. So two messages have the same content exactly when their JSON is the same text.
 */
import * as z from "zod";
import { Decimal } from "./decimal.ts";
import { NumberLiteral } from "./exact-json.ts";
import { readTimestamp, readTimestampObject, type Timestamp } from "./timestamp.ts";

/** What a field holds on the wire. */
export type WireType =
  | { readonly kind: "string" | "bool" | "bytes" | "int32" | "int64" | "uint32" | "decimal" | "time" }
  | { readonly kind: "enum"; readonly of: Enumeration }
  | { readonly kind: "message"; readonly of: MessageSchema };

/** How a field is declared on the wire. Explicit: its presence survives even when its value is the default. */
export interface Field {
  readonly number: number;
  readonly label: "plain" | "explicit" | "list" | "map";
  readonly type: WireType;
}

/** An enumeration of the contract: its full names and their numbers. */
export interface Enumeration {
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
  /** From every accepted spelling (full, short) to the full name. */
  readonly spellings: ReadonlyMap<string, string>;
}

export type MessageSchema = z.ZodObject;

/** The type of a message in memory. */
export type Of<Schema extends z.ZodType> = z.output<Schema>;

// Not zod's own registry: its types expand what they hold, and these hold schemas.
const fields = new WeakMap<z.ZodType, Field>();
const messageNames = new WeakMap<z.ZodType, string>();

/** A message of the contract. An unknown field is refused. */
export function message<Shape extends z.ZodRawShape>(name: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const schema = z.strictObject(shape);
  messageNames.set(schema, name);
  return schema;
}

/** The declared name of a message. */
export function nameOf(schema: MessageSchema): string {
  const declared = messageNames.get(schema);
  if (declared === undefined) throw new Error("not a message of the contract");
  return declared;
}

/** The fields of a message by name, in the order in which they are declared and written. */
export function fieldsOf(schema: MessageSchema): ReadonlyMap<string, Field> {
  return new Map(
    Object.entries(schema.shape).map(([name, declared]) => {
      const field = declared instanceof z.ZodType ? fields.get(declared) : undefined;
      if (field === undefined) throw new Error(`${name} was not declared with a field number`);
      return [name, field];
    }),
  );
}

function declare<Schema extends z.ZodType>(schema: Schema, field: Field): Schema {
  fields.set(schema, field);
  return schema;
}

/** Declares an enumeration; its type is the union of its full names. */
export function enumeration<const Numbers extends Record<string, number>>(name: string, numbers: Numbers) {
  const entries = Object.entries(numbers);
  return {
    name,
    numbers: new Map(entries),
    names: new Map(entries.map(([full, number]) => [number, full])),
    spellings: new Map(entries.flatMap(([full]) => [[full, full] as const, [shortNameOf(full), full] as const])),
    schema: z
      .union([z.int(), z.string()])
      .transform((value, context) => readEnum<Extract<keyof Numbers, string>>(numbers, value) ?? invalid(context)),
  };
}

/** The union of an enumeration's full names. */
export type NameOf<Enum extends { readonly schema: z.ZodType }> = z.output<Enum["schema"]>;

/** The short spelling of an enum's full name: what follows its first underscore. */
export function shortNameOf(full: string): string {
  return full.slice(full.indexOf("_") + 1);
}

function readEnum<Name extends string>(numbers: Record<string, number>, value: string | number): Name | undefined {
  const isName = (full: string): full is Name => Object.hasOwn(numbers, full);
  return Object.keys(numbers)
    .filter(isName)
    .find((full) => full === value || shortNameOf(full) === value || numbers[full] === value);
}

function invalid(context: z.RefinementCtx): never {
  context.addIssue({ code: "custom", message: "Field.Invalid" });
  return z.NEVER;
}

/** Text travels as UTF-8 and is shown to people: no lone surrogates, and no control characters but tab and line ends. */
export function isReadableText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text is base64 with padding, as bytes travel in JSON. */
export function isBase64(text: string): boolean {
  return BASE64.test(text);
}

/** Reads an integer that a double carries exactly, from a number or (protobuf's JSON form of 64 bits) a text. */
export function readInteger(value: unknown, least: number, most: number): number | undefined {
  const literal = value instanceof NumberLiteral ? value.text : typeof value === "string" ? value : undefined;
  if (literal !== undefined && !/^-?\d{1,16}$/.test(literal)) return undefined;
  const number = literal === undefined ? value : Number(literal);
  return typeof number === "number" && Number.isSafeInteger(number) && number >= least && number <= most
    ? number + 0
    : undefined;
}

/** The least and the greatest of each integer type. 64 bits are held to what a double carries. */
export const INTEGER_RANGES = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

function integer(kind: keyof typeof INTEGER_RANGES) {
  const [least, most] = INTEGER_RANGES[kind];
  return z
    .union([z.number(), z.string(), z.instanceof(NumberLiteral)])
    .transform((value, context) => readInteger(value, least, most) ?? invalid(context));
}

const readable = z.string().refine(isReadableText);
const base64 = z.string().refine(isBase64);

const bigNumberObject = z.strictObject({
  Scale: z.int().min(0).max(2 ** 32 - 1).optional(),
  IsNegative: z.boolean().optional(),
  Value: base64.optional(),
});

const decimalSchema = z
  .union([z.number(), z.string(), z.instanceof(NumberLiteral), bigNumberObject])
  .transform((value, context): Decimal => readDecimal(value) ?? invalid(context));

const timestampObject = z.strictObject({
  Seconds: z.int().optional(),
  Nanoseconds: z.int().optional(),
  TzOffset: z.int().optional(),
});

const timeSchema = z
  .union([z.string(), timestampObject])
  .transform(
    (value, context): Timestamp =>
      (typeof value === "string" ? readTimestamp(value) : readTimestampObject(value)) ?? invalid(context),
  );

/** Reads a decimal in one of its three spellings, once it is known to be one of their types. */
function readDecimal(value: number | string | NumberLiteral | z.output<typeof bigNumberObject>): Decimal | undefined {
  if (typeof value === "number") return Decimal.read(String(value));
  if (typeof value === "string") return Decimal.read(value);
  if (value instanceof NumberLiteral) return Decimal.read(value.text);
  return Decimal.readObject(value);
}

function unlessDefault<Value>(schema: z.ZodType<Value>, isDefault: (value: Value) => boolean) {
  return schema.transform((value) => (isDefault(value) ? undefined : value)).optional();
}
const isEmpty = (value: string | readonly unknown[]): boolean => value.length === 0;

export const text = (number: number) =>
  declare(unlessDefault(readable, isEmpty), { number, label: "plain", type: { kind: "string" } });
export const optionalText = (number: number) =>
  declare(readable.optional(), { number, label: "explicit", type: { kind: "string" } });
export const bytes = (number: number) =>
  declare(unlessDefault(base64, isEmpty), { number, label: "plain", type: { kind: "bytes" } });
export const bool = (number: number) =>
  declare(unlessDefault(z.boolean(), (value) => !value), { number, label: "plain", type: { kind: "bool" } });
export const int64 = (number: number) =>
  declare(unlessDefault(integer("int64"), (value) => value === 0), { number, label: "plain", type: { kind: "int64" } });
export const optionalInt32 = (number: number) =>
  declare(integer("int32").optional(), { number, label: "explicit", type: { kind: "int32" } });
/** Decimals and moments are messages on the wire: their presence means something, whatever their value. */
export const decimal = (number: number) =>
  declare(decimalSchema.optional(), { number, label: "explicit", type: { kind: "decimal" } });
export const time = (number: number) =>
  declare(timeSchema.optional(), { number, label: "explicit", type: { kind: "time" } });

interface Choice<Name extends string> extends Enumeration {
  readonly schema: z.ZodType<Name>;
}
export const choice = <Name extends string>(number: number, of: Choice<Name>) =>
  declare(
    unlessDefault(of.schema, (name) => of.numbers.get(name) === 0),
    { number, label: "plain", type: { kind: "enum", of } },
  );

export const one = <Schema extends MessageSchema>(number: number, of: Schema) =>
  declare(of.optional(), { number, label: "explicit", type: { kind: "message", of } });

interface Item<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly type: WireType;
}
export const textItem: Item<typeof readable> = { schema: readable, type: { kind: "string" } };
export const int64Item: Item<ReturnType<typeof integer>> = { schema: integer("int64"), type: { kind: "int64" } };
export const decimalItem: Item<typeof decimalSchema> = { schema: decimalSchema, type: { kind: "decimal" } };

function itemOf<Schema extends z.ZodType>(item: Schema | Item<Schema>): Item<Schema> {
  if ("type" in item && "schema" in item) return item;
  if (!(item instanceof z.ZodObject)) throw new Error("an item is a message or a declared item");
  return { schema: item, type: { kind: "message", of: item } };
}

export function listOf<Schema extends z.ZodType>(number: number, of: Schema | Item<Schema>) {
  const { schema, type } = itemOf(of);
  return declare(unlessDefault(z.array(schema), isEmpty), { number, label: "list", type });
}

/** A map from text keys, kept in key order. `__proto__` is refused as a key. */
export function mapOf<Schema extends z.ZodType>(number: number, of: Schema | Item<Schema>) {
  const { schema, type } = itemOf(of);
  const inOrder = (map: Record<string, z.output<Schema>>) =>
    Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
  return declare(
    z
      .record(z.string().refine(isMapKey), schema)
      .transform((map) => (Object.keys(map).length === 0 ? undefined : inOrder(map)))
      .optional(),
    { number, label: "map", type },
  );
}

/** Whether a text may be the key of a map. */
export function isMapKey(key: string): boolean {
  return key !== "__proto__" && isReadableText(key);
}

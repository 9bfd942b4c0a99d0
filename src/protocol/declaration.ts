/**
 * What a declared message is: a strict zod object whose fields carry, beside their schema, what the wire must know of
 * them. `fields.ts` is the vocabulary in which messages are written down; the codecs read what is kept here.
 */
import * as z from "zod";
import type { Enumeration } from "./enumeration.ts";

/** What a field holds on the wire. */
export type WireType =
  | { readonly kind: "string" | "bool" | "bytes" | IntegerKind | "decimal" | "time" }
  | { readonly kind: "enum"; readonly of: Enumeration }
  | { readonly kind: "message"; readonly of: MessageSchema };

export type IntegerKind = "int32" | "sint32" | "uint32" | "int64" | "uint64";

/** How a field is declared on the wire. Explicit: its presence survives even when its value is the default. */
export interface Field {
  readonly number: number;
  readonly label: "plain" | "explicit" | "list" | "map";
  readonly type: WireType;
}

export type MessageSchema = z.ZodObject;

/** The type of a message in memory. */
export type Of<Schema extends z.ZodType> = z.output<Schema>;

// Not zod's own registry: its types expand what they hold, and these hold schemas.
const fields = new WeakMap<z.ZodType, Field>();
const messageNames = new WeakMap<z.ZodType, string>();
const fieldsOfMessages = new WeakMap<z.ZodType, ReadonlyMap<string, Field>>();

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
  const known = fieldsOfMessages.get(schema);
  if (known !== undefined) return known;
  const declared = new Map(Object.entries(schema.shape).map(([name, field]) => [name, declarationOf(name, field)]));
  fieldsOfMessages.set(schema, declared);
  return declared;
}

function declarationOf(name: string, schema: unknown): Field {
  const field = schema instanceof z.ZodType ? fields.get(schema) : undefined;
  if (field === undefined) throw new Error(`${name} was not declared with a field number`);
  return field;
}

/** Attaches to a field's schema what the wire must know of it. */
export function declare<Schema extends z.ZodType>(schema: Schema, field: Field): Schema {
  fields.set(schema, field);
  return schema;
}

import type * as z from "zod";
import { fieldsOf, type MessageSchema } from "./declaration.ts";

/** A copy with its fields in the order of the contract and without absent ones: how a decoded message looks. */
export function ordered<Schema extends MessageSchema>(schema: Schema, message: z.output<Schema>): z.output<Schema> {
  const given: Readonly<Record<string, unknown>> = message;
  const copy: Record<string, unknown> = {};
  for (const name of fieldsOf(schema).keys()) {
    if (given[name] !== undefined) copy[name] = given[name];
  }
  // The same fields as the message that was given, which has this type.
  return copy as z.output<Schema>;
}

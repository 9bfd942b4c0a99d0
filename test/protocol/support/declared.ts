/** Everything that the contract declares, found rather than listed. */
import * as z from "zod";
import { type MessageSchema, nameOf } from "../../../src/protocol/declaration.ts";
import type { Enumeration } from "../../../src/protocol/enumeration.ts";
import { BigNumber, TimestampWithTimeZone } from "../../../src/protocol/fields.ts";
import * as declared from "../../../src/protocol/messages/index.ts";

const values: readonly unknown[] = Object.values(declared);

export const messages: readonly MessageSchema[] = [
  BigNumber,
  TimestampWithTimeZone,
  ...values.filter((value): value is MessageSchema => value instanceof z.ZodObject),
];

export const enumerations: readonly Enumeration[] = values.filter(
  (value): value is Enumeration => typeof value === "object" && value !== null && "spellings" in value,
);

/** Messages as a table of test cases, by name. */
export const messageCases = messages.map((schema) => [nameOf(schema), schema] as const);

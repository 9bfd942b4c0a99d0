/** The contract as a `.proto` file, for whoever generates a client from it: written from the declarations themselves. */
import * as z from "zod";
import { type Field, fieldsOf, type MessageSchema, nameOf, type WireType } from "./declaration.ts";
import type { Enumeration } from "./enumeration.ts";
import { BigNumber, TimestampWithTimeZone } from "./fields.ts";
import * as declared from "./messages/index.ts";

/** The package that the messages are in. */
export const PACKAGE = "oms";

const HEADER = `// Edge OMS: every message of the wire contract. Fields from 1000 up, and the messages that hold nothing else of
// the reference system's, are this system's own.
//
// A BigNumber is (-1 if IsNegative) * Value * 10^-Scale; Value is the magnitude, its least significant byte first.
// A frame of a socket is one message: a client sends RequestMessage and receives EventMessage. In the body of a call,
// and in its answer, an array is a run of messages, each with its length before it as a varint.
syntax = "proto3";

package ${PACKAGE};
`;

/** The text of the file: messages and enumerations in the order of their names. */
export function protoText(): string {
  const values: readonly unknown[] = Object.values(declared);
  const messages = [BigNumber, TimestampWithTimeZone, ...values.filter(isMessage)].map(messageText);
  const enumerations = values.filter(isEnumeration).map(enumerationText);
  return [HEADER, ...[...messages, ...enumerations].sort(byName).map(({ text }) => text)].join("\n");
}

interface Definition {
  readonly name: string;
  readonly text: string;
}

function byName(left: Definition, right: Definition): number {
  return left.name < right.name ? -1 : 1;
}

function isMessage(value: unknown): value is MessageSchema {
  return value instanceof z.ZodObject;
}

function isEnumeration(value: unknown): value is Enumeration {
  return typeof value === "object" && value !== null && "spellings" in value;
}

function messageText(schema: MessageSchema): Definition {
  const name = nameOf(schema);
  const fields = [...fieldsOf(schema)].map(([field, declaration]) => `  ${fieldText(field, declaration)};\n`);
  return { name, text: `message ${name} {\n${fields.join("")}}\n` };
}

function fieldText(name: string, { number, label, type }: Field): string {
  const value = typeName(type);
  switch (label) {
    case "plain":
      return `${value} ${name} = ${number}`;
    case "explicit":
      // That a message is there can be seen without a word for it.
      return isWhole(type) ? `${value} ${name} = ${number}` : `optional ${value} ${name} = ${number}`;
    case "list":
      return `repeated ${value} ${name} = ${number}`;
    case "map":
      return `map<string, ${value}> ${name} = ${number}`;
  }
}

function isWhole({ kind }: WireType): boolean {
  return kind === "message" || kind === "decimal" || kind === "time";
}

function typeName(type: WireType): string {
  switch (type.kind) {
    case "decimal":
      return nameOf(BigNumber);
    case "time":
      return nameOf(TimestampWithTimeZone);
    case "enum":
      return type.of.name;
    case "message":
      return nameOf(type.of);
    default:
      return type.kind;
  }
}

function enumerationText({ name, numbers }: Enumeration): Definition {
  const values = [...numbers].sort(([, left], [, right]) => left - right);
  return { name, text: `enum ${name} {\n${values.map(([value, number]) => `  ${value} = ${number};\n`).join("")}}\n` };
}

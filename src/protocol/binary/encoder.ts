/** Writes normalised messages as protobuf by walking their declarations. */
import { type BinaryWriter, base64Decode } from "@bufbuild/protobuf/wire";
import { type BigNumberObject, Decimal } from "../decimal.ts";
import { type Field, fieldsOf, type MessageSchema, type WireType } from "../declaration.ts";
import type { Timestamp } from "../timestamp.ts";
import { writeDecimal, writeMoment, writeWhole } from "./numbers.ts";

/** Writes one value; a field's writer begins with the tag. */
type Write = (writer: BinaryWriter, value: never) => void;

/** Writes a message of any schema. Its decimals may be as in memory, or as JSON has them. */
export type MessageWriter = (writer: BinaryWriter, message: object) => void;

export const WIRE = { varint: 0, delimited: 2 } as const;

/** Messages of one schema are held by many others: what they are in protobuf is asked for, because it may be known. */
export interface Sharing {
  readonly schema: MessageSchema;
  readonly bytesOf: (message: object) => Uint8Array;
}

const compiled = new Map<MessageSchema, MessageWriter>();

/** The writer of a message's content, compiled at its first use. */
export function messageWriter(schema: MessageSchema): MessageWriter {
  let writer = compiled.get(schema);
  if (writer === undefined) {
    writer = compileWriter(schema);
    compiled.set(schema, writer);
  }
  return writer;
}

/** A writer of its own of a message's content, by which those that it holds of another schema are shared. */
export function compileWriter(schema: MessageSchema, sharing?: Sharing): MessageWriter {
  const fields = new Map([...fieldsOf(schema)].map(([name, field]) => [name, fieldWriter(field, sharing)]));
  return (writer, message) => {
    for (const name in message) {
      // What the loop gives is a key of it.
      const value = message[name as keyof typeof message];
      if (value !== undefined) fields.get(name)?.(writer, value);
    }
  };
}

function fieldWriter({ number, label, type }: Field, sharing: Sharing | undefined): Write {
  switch (label) {
    case "plain":
    case "explicit":
      return itemWriter(number, type, sharing);
    case "list":
      return isPacked(type) ? packedWriter(number, type) : listWriter(itemWriter(number, type, sharing));
    case "map":
      return mapWriter(number, itemWriter(2, type, sharing));
  }
}

/** Whether the elements of a list are written in one run. */
export function isPacked({ kind }: WireType): boolean {
  switch (kind) {
    case "string":
    case "bytes":
    case "decimal":
    case "time":
    case "message":
      return false;
    case "bool":
    case "enum":
    case "int32":
    case "sint32":
    case "uint32":
    case "int64":
    case "uint64":
      return true;
  }
}

function listWriter(item: Write): Write {
  return (writer, list: readonly never[]) => {
    for (const element of list) item(writer, element);
  };
}

function packedWriter(number: number, type: WireType): Write {
  const tag = tagOf(number, WIRE.delimited);
  const item = varintWriter(type);
  return (writer, list: readonly never[]) => {
    writer.uint32(tag).fork();
    for (const element of list) item(writer, element);
    writer.join();
  };
}

function mapWriter(number: number, item: Write): Write {
  const tag = tagOf(number, WIRE.delimited);
  const keyTag = tagOf(1, WIRE.delimited);
  return (writer, map: Readonly<Record<string, never>>) => {
    for (const key in map) {
      writer.uint32(tag).fork().uint32(keyTag).string(key);
      item(writer, map[key] as never);
      writer.join();
    }
  };
}

function itemWriter(number: number, type: WireType, sharing: Sharing | undefined): Write {
  const delimited = tagOf(number, WIRE.delimited);
  switch (type.kind) {
    case "string":
      return (writer, text: string) => void writer.uint32(delimited).string(text);
    case "bytes":
      return (writer, base64: string) => void writer.uint32(delimited).bytes(base64Decode(base64));
    case "decimal":
      return (writer, decimal: Decimal | number | BigNumberObject) => {
        writer.uint32(delimited).fork();
        writeDecimal(writer, decimal instanceof Decimal ? decimal : writtenDecimal(decimal));
        writer.join();
      };
    case "time":
      return (writer, moment: Timestamp) => {
        writer.uint32(delimited).fork();
        writeMoment(writer, moment);
        writer.join();
      };
    case "message": {
      if (type.of === sharing?.schema) {
        const { bytesOf } = sharing;
        return (writer, message: object) => void writer.uint32(delimited).bytes(bytesOf(message));
      }
      const write = sharing === undefined ? messageWriter(type.of) : compileWriter(type.of, sharing);
      return (writer, message: object) => {
        writer.uint32(delimited).fork();
        write(writer, message);
        writer.join();
      };
    }
    case "bool":
    case "enum":
    case "int32":
    case "sint32":
    case "uint32":
    case "int64":
    case "uint64": {
      const tag = tagOf(number, WIRE.varint);
      const write = varintWriter(type);
      return (writer, value) => write(writer.uint32(tag), value);
    }
  }
}

function varintWriter(type: WireType): Write {
  switch (type.kind) {
    case "bool":
      return (writer, value: boolean) => void writer.bool(value);
    case "enum": {
      const { numbers, name: enumeration } = type.of;
      return (writer, name: string) => {
        const number = numbers.get(name);
        if (number === undefined) throw new Error(`${name} is no ${enumeration}`);
        writer.int32(number);
      };
    }
    case "int32":
      return (writer, value: number) => void writer.int32(value);
    case "sint32":
      return (writer, value: number) => void writer.sint32(value);
    case "uint32":
      return (writer, value: number) => void writer.uint32(value);
    case "int64":
    case "uint64":
      return writeWhole;
    case "string":
    case "bytes":
    case "decimal":
    case "time":
    case "message":
      throw new Error(`${type.kind} is no varint`);
  }
}

/** A decimal as the system itself wrote it in JSON: a number whose shortest notation has all its digits, or the object. */
function writtenDecimal(written: number | BigNumberObject): Decimal {
  const decimal = typeof written === "number" ? Decimal.readNumber(written) : Decimal.readStoredObject(written);
  if (decimal === undefined) throw new Error(`not a written decimal: ${written}`);
  return decimal;
}

/** What stands before a field's content. */
export function tagOf(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

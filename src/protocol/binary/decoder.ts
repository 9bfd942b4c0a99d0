/**
 * Reads protobuf into the normalised messages that the JSON decoder gives, by walking the same declarations, and as
 * strictly: a field that is not declared is refused. No declared message holds itself, so what is read is never nested
 * deeper than they are.
 */
import { BinaryReader, base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import type { Decimal } from "../decimal.ts";
import { type Field, fieldsOf, type MessageSchema, type WireType } from "../declaration.ts";
import { defaultOf, Misfit, type Origin } from "../decoder.ts";
import { BigNumber, TimestampWithTimeZone } from "../fields.ts";
import { ordered } from "../ordered.ts";
import { isMapKey, isReadableText } from "../scalars.ts";
import { readTimestampObject, type Timestamp } from "../timestamp.ts";
import { isPacked, WIRE } from "./encoder.ts";
import { coalesced } from "./merging.ts";
import { BIG_NUMBER, decimalOf, MOMENT, readInt64, readUint64 } from "./numbers.ts";

type Message = Record<string, unknown>;

/** Bytes of the longest tag that a declared field has. */
const SHORT_TAG = 2;

/** A reader that can look back at what it reads. */
export class MessageBytes extends BinaryReader {
  readonly bytesRead: Uint8Array;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.bytesRead = bytes;
  }

  /** The next tag: a field's number, eight times, and how its value is written. */
  tagBits(): number {
    const start = this.pos;
    const bits = this.uint32();
    if (this.pos - start <= SHORT_TAG && bits >= 8) return bits;
    // It is none, or that of a field that nobody has: which is said by the reader that looks closely.
    this.pos = start;
    const [number, wireType] = this.tag();
    return ((number << 3) | wireType) >>> 0;
  }
}

/** Reads a message that ends at a place. Throws Misfit, Torn, or what BinaryReader throws. */
export type MessageReader = (reader: MessageBytes, end: number) => Message;

/** Reads one value of what ends at a place. */
type Read = (reader: MessageBytes, end: number) => unknown;

/** What was read does not even keep to the form of protobuf. */
export class Torn extends Error {}

interface FieldReader {
  readonly name: string;
  readonly place: number;
  /** Several of it in one message are pieces of one. */
  readonly isMerged: boolean;
  readonly isMap: boolean;
  /** Adds a value to the message. */
  readonly take: (message: Message, wireType: number, reader: MessageBytes, end: number) => void;
}

const compiled = { caller: new Map<MessageSchema, MessageReader>(), storage: new Map<MessageSchema, MessageReader>() };

/** The reader of a message's content, compiled at its first use. */
export function messageReader(origin: Origin, schema: MessageSchema): MessageReader {
  const known = compiled[origin].get(schema);
  if (known !== undefined) return known;
  const fields = new Map(
    [...fieldsOf(schema)].map(([name, field], place) => [field.number, fieldReader(origin, name, place, field)]),
  );
  const merged = new Set([...fields].filter(([, { isMerged }]) => isMerged).map(([number]) => number));
  const read: MessageReader = (reader, end) => {
    const start = reader.pos;
    const message: Message = {};
    let inOrder = true;
    let last = -1;
    let maps: string[] | undefined;
    let step = "";
    try {
      while (reader.pos < end) {
        const bits = reader.tagBits();
        const field = fields.get(bits >>> 3);
        if (field === undefined) {
          step = String(bits >>> 3);
          throw new Misfit("Field.Unknown");
        }
        const { name, place } = field;
        step = name;
        if (field.isMerged && message[name] !== undefined) {
          step = "";
          const whole = coalesced(reader.bytesRead.subarray(start, end), merged);
          const again = read(new MessageBytes(whole), whole.length);
          reader.pos = end;
          return again;
        }
        if (field.isMap && message[name] === undefined) maps = [...(maps ?? []), name];
        field.take(message, bits & 7, reader, end);
        inOrder &&= place >= last;
        last = place;
      }
    } catch (error) {
      throw step !== "" && error instanceof Misfit ? error.within(step) : error;
    }
    if (reader.pos !== end) throw new Torn();
    for (const name of maps ?? []) message[name] = inKeyOrder(message[name]);
    return inOrder ? message : ordered(schema, message);
  };
  compiled[origin].set(schema, read);
  return read;
}

function fieldReader(origin: Origin, name: string, place: number, { label, type }: Field): FieldReader {
  const read = itemReader(origin, type);
  const wireType = wireTypeOf(type);
  const isMerged = label === "explicit" && isMessage(type);
  const common = { name, place, isMerged, isMap: label === "map" };
  switch (label) {
    case "explicit":
      return {
        ...common,
        take(message, given, reader, end) {
          if (given !== wireType) throw new Misfit("Field.Invalid");
          message[name] = read(reader, end);
        },
      };
    case "plain":
      return { ...common, take: plainTaker(name, type, read, wireType) };
    case "list":
      return { ...common, take: listTaker(name, type, read, wireType) };
    case "map":
      return { ...common, take: mapTaker(name, type, read, wireType) };
  }
}

function plainTaker(name: string, type: WireType, read: Read, wireType: number): FieldReader["take"] {
  const byDefault = defaultOf(type);
  return (message, given, reader, end) => {
    if (given !== wireType) throw new Misfit("Field.Invalid");
    const value = read(reader, end);
    if (value !== byDefault) message[name] = value;
    // The last one counts, also when it says what absence says.
    else if (message[name] !== undefined) delete message[name];
  };
}

/** Elements of a list come one by one or, if they may be packed, in runs too. */
function listTaker(name: string, type: WireType, read: Read, wireType: number): FieldReader["take"] {
  const isRun = (given: number) => given === WIRE.delimited && isPacked(type);
  return (message, given, reader, end) => {
    if (given !== wireType && !isRun(given)) throw new Misfit("Field.Invalid");
    // Nobody else writes to this field.
    const list = (message[name] ?? []) as unknown[];
    try {
      if (given === wireType) list.push(read(reader, end));
      else for (const stop = stopOf(reader, end); reader.pos < stop; ) list.push(read(reader, stop));
    } catch (error) {
      throw error instanceof Misfit ? error.within(list.length) : error;
    }
    if (list.length > 0) message[name] = list;
  };
}

const VALUE: ReadonlySet<number> = new Set([2]);
/** A value of no length. */
const EMPTY = new Uint8Array(1);

function mapTaker(name: string, type: WireType, read: Read, wireType: number): FieldReader["take"] {
  const byDefault = isMessage(type) ? () => contentless(read) : () => defaultOf(type);
  const readEntry = (map: Message, reader: MessageBytes, end: number): void => {
    const start = reader.pos;
    let key = "";
    let value: unknown;
    while (reader.pos < end) {
      const [number, given] = reader.tag();
      if (number > 2) throw new Misfit("Field.Unknown").within(String(number));
      if (given !== (number === 1 ? WIRE.delimited : wireType)) throw new Misfit("Field.Invalid").within(key);
      if (number === 1) key = readText(reader);
      else if (value !== undefined && isMessage(type)) {
        const whole = coalesced(reader.bytesRead.subarray(start, end), VALUE);
        readEntry(map, new MessageBytes(whole), whole.length);
        reader.pos = end;
        return;
      } else value = located(read, reader, end, key);
    }
    if (reader.pos !== end) throw new Torn();
    if (!isMapKey(key)) throw new Misfit("Field.Invalid").within(key);
    map[key] = value ?? byDefault();
  };
  return (message, given, reader, end) => {
    if (given !== WIRE.delimited) throw new Misfit("Field.Invalid");
    // Nobody else writes to this field.
    const map = (message[name] ?? {}) as Message;
    readEntry(map, reader, stopOf(reader, end));
    message[name] = map;
  };
}

function located(read: Read, reader: MessageBytes, end: number, step: string): unknown {
  try {
    return read(reader, end);
  } catch (error) {
    throw error instanceof Misfit ? error.within(step) : error;
  }
}

/** What a message is of which there is nothing but that it is there. */
function contentless(read: Read): unknown {
  return read(new MessageBytes(EMPTY), EMPTY.length);
}

function inKeyOrder(map: unknown): unknown {
  // What is sorted here is what `mapTaker` made.
  const given = map as Message;
  const keys = Object.keys(given);
  if (keys.length < 2) return given;
  return Object.fromEntries(keys.sort().map((key) => [key, given[key]]));
}

function isMessage({ kind }: WireType): boolean {
  return kind === "message" || kind === "decimal" || kind === "time";
}

function wireTypeOf(type: WireType): number {
  return isPacked(type) ? WIRE.varint : WIRE.delimited;
}

/** Reads a length, and gives where what has it ends. */
function stopOf(reader: MessageBytes, end: number): number {
  const length = reader.uint32();
  const stop = reader.pos + length;
  if (stop > end) throw new Torn();
  return stop;
}

function itemReader(origin: Origin, type: WireType): Read {
  switch (type.kind) {
    case "string":
      return (reader) => {
        const text = readText(reader);
        return isReadableText(text) ? text : misfit();
      };
    case "bytes":
      return (reader) => base64Encode(reader.bytes());
    case "bool":
      return (reader) => reader.bool();
    case "int32":
      return (reader) => reader.int32();
    case "sint32":
      return (reader) => reader.sint32();
    case "uint32":
      return (reader) => reader.uint32();
    case "int64":
      return (reader) => readInt64(reader) ?? misfit();
    case "uint64":
      return (reader) => readUint64(reader) ?? misfit();
    case "enum": {
      const { names } = type.of;
      return (reader) => names.get(reader.int32()) ?? misfit();
    }
    case "decimal":
      return delimited(decimalReader(origin));
    case "time":
      return delimited(momentReader());
    case "message":
      return delimited(messageReader(origin, type.of));
  }
}

function delimited(read: Read): Read {
  return (reader, end) => read(reader, stopOf(reader, end));
}

function readText(reader: MessageBytes): string {
  try {
    return reader.string(true);
  } catch (error) {
    // It is not UTF-8.
    throw error instanceof TypeError ? new Misfit("Field.Invalid") : error;
  }
}

/** Reads the fields that are expected; for anything else, the reader that every message has says what is wrong. */
function decimalReader(origin: Origin): Read {
  const readObject = messageReader("caller", BigNumber);
  return (reader, end): Decimal => {
    const start = reader.pos;
    let scale = 0;
    let isNegative = false;
    let valueStart = 0;
    let valueEnd = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === BIG_NUMBER.value) {
        valueEnd = stopOf(reader, end);
        valueStart = reader.pos;
        reader.pos = valueEnd;
      } else if (tag === BIG_NUMBER.scale) scale = reader.uint32();
      else if (tag === BIG_NUMBER.isNegative) isNegative = reader.bool();
      else return decimalIn(again(readObject, reader, start, end));
    }
    if (reader.pos !== end) throw new Torn();
    const value = { bytes: reader.bytesRead, start: valueStart, end: valueEnd };
    return decimalOf(origin, { scale, isNegative, ...value }) ?? misfit();
  };

  function decimalIn({ Scale, IsNegative, Value }: Message): Decimal {
    const bytes = base64Decode(typeof Value === "string" ? Value : "");
    const value = { bytes, start: 0, end: bytes.length };
    return decimalOf(origin, { scale: Number(Scale ?? 0), isNegative: IsNegative === true, ...value }) ?? misfit();
  }
}

function momentReader(): Read {
  const readObject = messageReader("caller", TimestampWithTimeZone);
  return (reader, end): Timestamp => {
    const start = reader.pos;
    let Seconds = 0;
    let Nanoseconds = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === MOMENT.seconds) Seconds = readUint64(reader) ?? misfit("Seconds");
      else if (tag === MOMENT.nanoseconds) Nanoseconds = reader.uint32();
      else if (tag === MOMENT.offset) reader.sint32();
      else return readTimestampObject(again(readObject, reader, start, end)) ?? misfit();
    }
    if (reader.pos !== end) throw new Torn();
    return readTimestampObject({ Seconds, Nanoseconds }) ?? misfit();
  };
}

function again(read: MessageReader, reader: MessageBytes, start: number, end: number): Message {
  reader.pos = start;
  return read(reader, end);
}

function misfit(step?: string): never {
  const error = new Misfit("Field.Invalid");
  throw step === undefined ? error : error.within(step);
}

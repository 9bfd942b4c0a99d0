/** Random messages of any declared schema, in every spelling that the contract accepts, and ways to spoil them. */
import fc from "fast-check";
import {
  type Field,
  fieldsOf,
  type IntegerKind,
  type MessageSchema,
  type WireType,
} from "../../../src/protocol/declaration.ts";
import type { Enumeration } from "../../../src/protocol/enumeration.ts";
import { shortNameOf } from "../../../src/protocol/enumeration.ts";
import { changedAt, type Json, list, literal, object, sizeOf, string } from "./json.ts";

/** Texts that travel: no control characters but tab and line ends, no lone surrogates. */
const readableText = fc.oneof(
  fc.constantFrom(
    "",
    "A",
    "BHP",
    "owner/account",
    "tab\tline\nend",
    "žlutý 株式 😀",
    "__proto__",
    "constructor",
    "1e5",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text)),
);
const mapKey = readableText.filter((key) => key !== "__proto__");

/** A decimal literal within the limits, as JSON allows it to be written as a number. */
export const numberLiteral = fc.oneof(
  fc.constantFrom("0", "-0", "0.0", "1e2", "12E-3", "0.30000000000000004", "12345678901234567890.123456789", "1e-30"),
  fc.integer().map(String),
  fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map((number) => number.toFixed(9)),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), fc.integer({ min: -10, max: 30 }))
    .map(([coefficient, scale]) => `${coefficient}e${-scale}`),
);

const bigNumberObject = fc
  .tuple(fc.nat(20), fc.boolean(), fc.uint8Array({ maxLength: 12 }), fc.boolean())
  .map(([scale, negative, bytes, whole]) =>
    object([
      ...(whole || scale > 0 ? [["Scale", literal(String(scale))] as const] : []),
      ...(whole || negative ? [["IsNegative", literal(String(negative))] as const] : []),
      ...(whole || bytes.length > 0 ? [["Value", string(Buffer.from(bytes).toString("base64"))] as const] : []),
    ]),
  );

const timeText = fc
  .tuple(
    fc.date({ min: new Date(86_400_000), max: new Date("9999-12-30T00:00:00Z"), noInvalidDate: true }),
    fc.constantFrom("", "Z", "+10", "-09:30", "+0530"),
    fc.constantFrom("", ".1", ".123456", ",123456789"),
    fc.constantFrom("extended", "basic", "date"),
  )
  .map(([date, offset, fraction, form]) => {
    const extended = date.toISOString().slice(0, 19);
    if (form === "date") return extended.slice(0, 10);
    return (form === "basic" ? extended.replaceAll(/[-:]/g, "") : extended) + fraction + offset;
  });

const timeObject = fc
  .tuple(fc.nat({ max: 4_000_000_000 }), fc.nat({ max: 999_999_999 }), fc.integer({ min: -720, max: 840 }))
  .map(([seconds, nanoseconds, offset]) =>
    object([
      ["Seconds", literal(String(seconds))],
      ["Nanoseconds", literal(String(nanoseconds))],
      ["TzOffset", literal(String(offset))],
    ]),
  );

const WHOLE: Readonly<Record<IntegerKind, fc.Arbitrary<number>>> = {
  int32: fc.integer(),
  sint32: fc.integer(),
  uint32: fc.nat(),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
};

function enumText({ numbers }: Enumeration): fc.Arbitrary<Json> {
  return fc
    .tuple(fc.constantFrom(...numbers), fc.constantFrom("number", "full", "short"))
    .map(([[full, number], spelling]) =>
      spelling === "number" ? literal(String(number)) : string(spelling === "full" ? full : shortNameOf(full)),
    );
}

function itemText(type: WireType): fc.Arbitrary<Json> {
  switch (type.kind) {
    case "string":
      return readableText.map(string);
    case "bytes":
      return fc.uint8Array({ maxLength: 9 }).map((bytes) => string(Buffer.from(bytes).toString("base64")));
    case "bool":
      return fc.boolean().map((value) => literal(String(value)));
    case "int32":
    case "sint32":
    case "uint32":
    case "int64":
    case "uint64":
      return fc
        .tuple(WHOLE[type.kind], fc.boolean())
        .map(([number, quoted]) => (quoted ? string(String(number)) : literal(String(number))));
    case "decimal":
      return fc.oneof(numberLiteral.map(literal), numberLiteral.map(string), bigNumberObject);
    case "time":
      return fc.oneof(timeText.map(string), timeObject);
    case "enum":
      return enumText(type.of);
    case "message":
      return messageText(type.of);
  }
}

function fieldText({ label, type }: Field): fc.Arbitrary<Json> {
  const item = itemText(type);
  if (label === "list") return fc.array(item, { maxLength: 3 }).map(list);
  if (label !== "map") return item;
  return fc.uniqueArray(fc.tuple(mapKey, item), { maxLength: 3, selector: ([key]) => key }).map(object);
}

const made = new Map<MessageSchema, fc.Arbitrary<Json>>();

/** A valid message as JSON: any of its fields, in any order. */
export function messageText(schema: MessageSchema): fc.Arbitrary<Json> {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const fields = [...fieldsOf(schema)].map(([name, field]) =>
    fc.tuple(fc.constant(name), fc.option(fieldText(field), { freq: 2, nil: undefined })),
  );
  const arbitrary = fc.tuple(fc.tuple(...fields), fc.nat(fields.length)).map(([entries, turn]) => {
    const given = entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    return object([...given.slice(turn), ...given.slice(0, turn)]);
  });
  made.set(schema, arbitrary);
  return arbitrary;
}

/** Values that are wrong somewhere, if not everywhere. */
const hostileValue: fc.Arbitrary<Json> = fc
  .constantFrom(
    ...["null", "true", "-1", "1.5", "1e400", "-1e-400", "9007199254740993", "1e3", '""', '"\\ud800"', '"\\u0000"'],
    ...[
      '"2026-02-30"',
      '"2026-01-01T25:00:00Z"',
      '"NaN"',
      '" 1"',
      '"0x1F"',
      '"SIDE_NONE"',
      '"QQ="',
      '"QR=="',
      "[]",
      "{}",
    ],
    ...["[[]]", '{"text":"1"}', '{"Scale":-1}', '{"Scale":99}', '{"Value":"!"}', '{"Seconds":-1}', '{"Seconds":1e12}'],
    "9".repeat(61),
  )
  .map(literal);

const hostileKey = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "text",
  "",
  "\ud800",
  "\u0007",
);

/** A message that is changed in one place: a value replaced, a key added or repeated. */
export function spoiltText(schema: MessageSchema): fc.Arbitrary<Json> {
  const change = fc.oneof(
    hostileValue.map((value) => () => value),
    fc.tuple(hostileKey, hostileValue).map(([key, value]) => (json: Json) => {
      return json.kind === "object" ? object([...json.entries, [key, value]]) : list([json]);
    }),
    hostileValue.map((value) => (json: Json) => {
      if (json.kind !== "object" || json.entries.length === 0) return value;
      return object([...json.entries, ...json.entries.slice(0, 1).map(([key]) => [key, value] as const)]);
    }),
  );
  return fc
    .tuple(messageText(schema), fc.nat(), change)
    .map(([json, place, changed]) => changedAt(json, place % sizeOf(json), changed));
}

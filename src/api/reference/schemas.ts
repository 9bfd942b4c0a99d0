/**
 * JSON Schemas of the messages, made by walking their declarations: one of what is accepted, one of what is written.
 * Where a message is written as it is accepted, it has one schema for both.
 */
import { Decimal } from "../../protocol/decimal.ts";
import { type Field, fieldsOf, type MessageSchema, nameOf, type WireType } from "../../protocol/declaration.ts";
import { type Enumeration, shortNameOf } from "../../protocol/enumeration.ts";
import { BigNumber, TimestampWithTimeZone } from "../../protocol/fields.ts";
import { INTEGER_RANGES } from "../../protocol/scalars.ts";
import { type Direction, FIELD_TEXTS, REQUIRED } from "./fields.ts";
import type { Json, JsonObject } from "./json.ts";

/** What is said of messages and enumerations, by their names. */
export type Texts = ReadonlyMap<string, string>;

const PREFIX = "#/components/schemas/";
const INPUT = "Input";

const DECIMAL_TEXT = "^[+-]?(?=\\.?\\d)\\d*(?:\\.\\d*)?(?:[eE][+-]?\\d{1,6})?$";
const TIME_TEXT =
  "^\\d{4}(-?)\\d\\d\\1\\d\\d(?:[Tt ]\\d\\d(:?)\\d\\d(?:\\2\\d\\d(?:[.,]\\d{1,9})?)?(?:[Zz]|[+-]\\d\\d(?::?\\d\\d)?)?)?$";
const INTEGER_TEXT = "^-?\\d{1,16}$";

/** The schemas that a document refers to, gathered as it does so. */
export class Schemas {
  readonly #texts: Texts;
  readonly #components = new Map<string, JsonObject>();

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** A reference to the schema of a message. */
  message(schema: MessageSchema, direction: Direction): JsonObject {
    const name = nameOf(schema);
    return this.#component(componentName(schema, direction), () => this.#messageSchema(name, schema, direction));
  }

  /** Everything that was referred to, by name. */
  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #component(name: string, make: () => JsonObject): JsonObject {
    if (!this.#components.has(name)) {
      // Its place is taken first, so that a message that held itself would still end.
      this.#components.set(name, {});
      this.#components.set(name, make());
    }
    return { $ref: PREFIX + name };
  }

  #messageSchema(name: string, schema: MessageSchema, direction: Direction): JsonObject {
    const required = REQUIRED[direction][name];
    const properties = [...fieldsOf(schema)].map(([field, declared]): [string, Json] => {
      const text = FIELD_TEXTS[`${name}.${field}`];
      return [field, { ...this.#field(declared, direction), ...(text !== undefined && { description: text }) }];
    });
    return {
      type: "object",
      description: this.#textOf(name),
      properties: Object.fromEntries(properties),
      ...(required !== undefined && { required: [...required] }),
      // What is accepted is refused with an unknown field; what is written may have more of them one day.
      ...(direction === "accepted" && { additionalProperties: false }),
    };
  }

  #field({ label, type }: Field, direction: Direction): JsonObject {
    const item = this.#item(type, direction);
    if (label === "list") return { type: "array", items: item };
    return label === "map" ? { type: "object", additionalProperties: item } : item;
  }

  #item(type: WireType, direction: Direction): JsonObject {
    switch (type.kind) {
      case "string":
        return { type: "string" };
      case "bool":
        return { type: "boolean" };
      case "bytes":
        return { type: "string", contentEncoding: "base64" };
      case "int32":
      case "sint32":
      case "uint32":
      case "int64":
      case "uint64": {
        const [minimum, maximum] = INTEGER_RANGES[type.kind];
        const integer = { type: "integer", minimum, maximum };
        return direction === "written" ? integer : { anyOf: [integer, { type: "string", pattern: INTEGER_TEXT }] };
      }
      case "decimal":
        return direction === "written" ? this.#decimal() : this.#decimalInput();
      case "time":
        return direction === "written" ? this.moment() : this.#timestampInput();
      case "enum":
        return direction === "written" ? this.#enumeration(type.of) : this.#enumerationInput(type.of);
      case "message":
        return this.message(type.of, direction);
    }
  }

  #decimal(): JsonObject {
    return this.#component("Decimal", () => ({
      description:
        "An exact decimal: a JSON number when a double carries every digit of it, else the object. Read the number's " +
        "digits as they are written, and the object by its own rule.",
      oneOf: [{ type: "number" }, this.message(BigNumber, "written")],
      examples: [45.12, { ...Decimal.of("12345678901234567890.123").toObject() }],
    }));
  }

  #decimalInput(): JsonObject {
    return this.#component(`Decimal${INPUT}`, () => ({
      description:
        "An exact decimal, as a JSON number, a text or the object. Every digit counts: at most 60 significant ones, 40 " +
        "before the point and 30 after it. A text is the safest, because many programs round long JSON numbers.",
      anyOf: [{ type: "number" }, { type: "string", pattern: DECIMAL_TEXT }, this.message(BigNumber, "accepted")],
      examples: ["45.12", 45.12, { ...Decimal.of("45.12").toObject() }],
    }));
  }

  /** A reference to the schema of a moment as it is written. */
  moment(): JsonObject {
    return this.#component("Timestamp", () => ({
      type: "string",
      format: "date-time",
      pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$",
      description: "A moment: ISO 8601 in UTC with six decimals, so that texts are in the order of time.",
      examples: ["2026-11-22T09:30:00.123456Z"],
    }));
  }

  #timestampInput(): JsonObject {
    return this.#component(`Timestamp${INPUT}`, () => ({
      description:
        "A moment from 1970 to 9999: ISO 8601, extended or basic, with any offset (none means UTC) and up to nine " +
        "decimals, of which six are kept; or the object. An empty object is the epoch, which is not the same as absent.",
      anyOf: [{ type: "string", pattern: TIME_TEXT }, this.message(TimestampWithTimeZone, "accepted")],
      examples: ["2026-11-22T09:30:00Z", "20261122T203000+1100", { Seconds: 1_795_339_800 }],
    }));
  }

  #enumeration(of: Enumeration): JsonObject {
    return this.#component(of.name, () => ({
      type: "string",
      description: `${this.#textOf(of.name)} Absent means ${of.names.get(0)}.`,
      enum: [...of.numbers.keys()],
    }));
  }

  #enumerationInput(of: Enumeration): JsonObject {
    return this.#component(of.name + INPUT, () => ({
      description: `${of.name} by its full name, its short one or its number.`,
      anyOf: [
        this.#enumeration(of),
        { type: "string", enum: [...of.numbers.keys()].map(shortNameOf) },
        { type: "integer", enum: [...of.names.keys()] },
      ],
    }));
  }

  #textOf(name: string): string {
    return this.#texts.get(name) ?? "";
  }
}

/** What the schema of a message is called in a document. */
export function componentName(schema: MessageSchema, direction: Direction): string {
  const name = nameOf(schema);
  return direction === "accepted" && isSpelledTwice(schema) ? name + INPUT : name;
}

const spelledTwice = new WeakMap<MessageSchema, boolean>();

/** Whether a message is accepted in other ways than the one in which it is written. */
function isSpelledTwice(schema: MessageSchema): boolean {
  const known = spelledTwice.get(schema);
  if (known !== undefined) return known;
  const { accepted, written } = REQUIRED;
  const name = nameOf(schema);
  const differs =
    accepted[name] !== written[name] || [...fieldsOf(schema).values()].some(({ type }) => hasSpellings(type));
  spelledTwice.set(schema, differs);
  return differs;
}

function hasSpellings(type: WireType): boolean {
  switch (type.kind) {
    case "string":
    case "bool":
    case "bytes":
      return false;
    case "message":
      return isSpelledTwice(type.of);
    default:
      return true;
  }
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Direction } from "../../../src/api/reference/fields.ts";
import type { Json, JsonObject } from "../../../src/api/reference/json.ts";
import { componentName, Schemas } from "../../../src/api/reference/schemas.ts";
import { decode, encode } from "../../../src/protocol/codec.ts";
import { fieldsOf, type MessageSchema, nameOf } from "../../../src/protocol/declaration.ts";
import { Refusal } from "../../../src/protocol/errors.ts";
import { parseExactly } from "../../../src/protocol/exact-json.ts";
import { OrderState } from "../../../src/protocol/messages/index.ts";
import { messageText, spoiltText } from "../../protocol/support/arbitraries.ts";
import { messageCases, messages } from "../../protocol/support/declared.ts";
import { print } from "../../protocol/support/json.ts";
import { objectIn, Validators, withoutFurtherFields, withoutRequired } from "./documents.ts";

const schemas = new Schemas(new Map());
for (const schema of messages) {
  schemas.message(schema, "accepted");
  schemas.message(schema, "written");
}
const document: JsonObject = { components: { schemas: schemas.components() } };
const lenient = new Validators(withoutRequired(document));
const strict = new Validators(withoutFurtherFields(withoutRequired(document)));

const validates = (validators: Validators, schema: MessageSchema, direction: Direction, value: unknown): boolean =>
  validators.at("components", "schemas", componentName(schema, direction))(value);

/** What became of a text: the message, or undefined when it was refused. */
function decoded(schema: MessageSchema, text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return decode(schema, parseExactly(text));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

describe("the schema of what is accepted", () => {
  it.each(messageCases)("holds every spelling of a %s that the codec takes", (_, schema) => {
    return fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        expect(decoded(schema, text)).toBeDefined();
        expect(validates(lenient, schema, "accepted", JSON.parse(text))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it.each(messageCases)("refuses of a spoilt %s nothing that the codec takes", (_, schema) => {
    return fc.assert(
      fc.property(spoiltText(schema).map(print), (text) => {
        if (decoded(schema, text) !== undefined)
          expect(validates(lenient, schema, "accepted", JSON.parse(text))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, Json]>([
    ["an unknown field", { Prise: 1 }],
    ["a number for a text", { OrderID: 1 }],
    ["null for a field", { Price: null }],
    ["a text that is no decimal", { Price: "12,5" }],
    ["a decimal in hexadecimal", { Price: "0x1F" }],
    ["an unknown field of the object form", { Price: { Scale: 1, Sign: true } }],
    ["a text that is no moment", { Created: "yesterday" }],
    ["a moment of mixed forms", { Created: "2026-1122T093000Z" }],
    ["a name that the enumeration has not", { Side: "SIDE_NONE" }],
    ["a number that the enumeration has not", { Side: 99 }],
    ["a text for a flag", { IsCompleted: "true" }],
    ["an object for a list", { Errors: {} }],
    ["a list for a map", { Properties: [] }],
    ["a number in a map of texts", { Properties: { A: 1 } }],
    ["a list for the message", []],
  ])("refuses, as the codec does, %s", (_, value) => {
    expect(decoded(OrderState, JSON.stringify(value))).toBeUndefined();
    expect(validates(lenient, OrderState, "accepted", value)).toBe(false);
  });
});

describe("the schema of what is written", () => {
  it.each(messageCases)("holds every %s as it is written, and says all of its fields", (_, schema) => {
    return fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        const written: unknown = JSON.parse(encode(schema, decoded(schema, text) ?? {}));
        expect(validates(strict, schema, "written", written)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("has one spelling of each value: what is accepted beside it is not written", () => {
    for (const other of [{ Side: "BUY" }, { Side: 1 }, { Price: "12.5" }, { Created: "2026-11-22T09:30:00Z" }]) {
      expect(validates(lenient, OrderState, "accepted", other)).toBe(true);
      expect(validates(strict, OrderState, "written", other)).toBe(false);
    }
  });
});

it("a message has the fields of its declaration, in their order, in both schemas", () => {
  for (const schema of messages) {
    for (const direction of ["accepted", "written"] as const) {
      const properties = objectIn(document, "components", "schemas", componentName(schema, direction), "properties");
      expect([nameOf(schema), ...Object.keys(properties)]).toEqual([nameOf(schema), ...fieldsOf(schema).keys()]);
    }
  }
});

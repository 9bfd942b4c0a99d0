import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, decodeStored, decodeText, encode, sameContent, shortened } from "../../src/protocol/codec.ts";
import { fieldsOf, type MessageSchema } from "../../src/protocol/declaration.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { parseExactly } from "../../src/protocol/exact-json.ts";
import { messageText, spoiltText } from "./support/arbitraries.ts";
import { messageCases } from "./support/declared.ts";
import { print } from "./support/json.ts";

/** What became of a text: the JSON of the message, or undefined when it was refused. */
function decoded(schema: MessageSchema, text: string): string | undefined {
  try {
    return JSON.stringify(decode(schema, parseExactly(text)));
  } catch (error) {
    if (error instanceof Refusal && error.code.startsWith("Field.")) return undefined;
    throw error;
  }
}

function parsedByZod(schema: MessageSchema, text: string): string | undefined {
  const { success, data } = schema.safeParse(parseExactly(text));
  // zod writes keys in declared order, and undefined for a default: JSON shows neither difference.
  return success ? JSON.stringify(data) : undefined;
}

describe("the decoder and zod's parser, from one declaration", () => {
  it.each(messageCases)("accept every valid %s and make the same of it", (_, schema) => {
    fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        const json = decoded(schema, text);
        expect(json).toBeDefined();
        expect(json).toBe(parsedByZod(schema, text));
      }),
      { numRuns: 60 },
    );
  });

  it.each(messageCases)("take or refuse a spoilt %s alike", (_, schema) => {
    fc.assert(
      fc.property(spoiltText(schema).map(print), (text) => {
        expect(decoded(schema, text)).toBe(parsedByZod(schema, text));
      }),
      { numRuns: 150 },
    );
  });

  it("see spoilt messages of both sorts: some are still valid, most are not", () => {
    const outcomes = messageCases.flatMap(([, schema]) =>
      fc.sample(spoiltText(schema).map(print), { numRuns: 20, seed: 1 }).map((text) => decoded(schema, text)),
    );
    const refused = outcomes.filter((outcome) => outcome === undefined).length;
    expect(refused).toBeGreaterThan(outcomes.length / 4);
    expect(outcomes.length - refused).toBeGreaterThan(outcomes.length / 20);
  });
});

describe("a decoded message", () => {
  it.each(messageCases)("%s is written in one way: decoding what was written changes nothing", (_, schema) => {
    fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        const message = decodeText(schema, text);
        const written = encode(schema, message);
        const again = decodeText(schema, written);
        expect(encode(schema, again)).toBe(written);
        expect(sameContent(again, message)).toBe(true);
        expect(encode(schema, decodeStored(schema, written))).toBe(written);
        expect(encode(schema, decodeText(schema, encode(schema, message, true)))).toBe(written);
        expect(shortened(schema, written)).toBe(encode(schema, message, true));
      }),
      { numRuns: 30 },
    );
  });

  it.each(messageCases)("%s has its fields in the order of the declaration", (_, schema) => {
    const order = [...fieldsOf(schema).keys()];
    fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        const keys = Object.keys(decodeText(schema, text));
        expect(keys).toEqual(order.filter((name) => keys.includes(name)));
      }),
      { numRuns: 20 },
    );
  });
});

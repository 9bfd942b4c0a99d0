import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBinary, decodeBinaryStored, encodeBinary, encodeText } from "../../../src/protocol/binary/codec.ts";
import { decodeText, encode, sameContent } from "../../../src/protocol/codec.ts";
import { fieldsOf, type MessageSchema } from "../../../src/protocol/declaration.ts";
import { Refusal } from "../../../src/protocol/errors.ts";
import { messageText } from "../support/arbitraries.ts";
import { messageCases } from "../support/declared.ts";
import { print } from "../support/json.ts";

/** What became of bytes: the message, or the code of the refusal. Anything else is thrown. */
function outcomeOf(schema: MessageSchema, bytes: Uint8Array): unknown {
  try {
    return decodeBinary(schema, bytes);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe("the binary codec and the JSON codec, from one declaration", () => {
  it.each(messageCases)("make the same of every %s, also of what is kept as JSON", (_, schema) => {
    return fc.assert(
      fc.property(messageText(schema).map(print), (text) => {
        const message = decodeText(schema, text);
        const bytes = encodeBinary(schema, message);
        const again = decodeBinary(schema, bytes);
        expect(encode(schema, again)).toBe(encode(schema, message));
        expect(Object.keys(again)).toEqual(Object.keys(message));
        expect(sameContent(again, message)).toBe(true);
        expect(encodeBinary(schema, again)).toEqual(bytes);
        expect(encodeText(schema, encode(schema, message))).toEqual(bytes);
        expect(encode(schema, decodeBinaryStored(schema, bytes))).toBe(encode(schema, message));
      }),
      { numRuns: 60 },
    );
  });

  it.each(messageCases)(
    "refuse or read a %s of which a byte is changed, and never throw anything else",
    (_, schema) => {
      return fc.assert(
        fc.property(messageText(schema).map(print), fc.nat(), fc.nat(255), fc.boolean(), (text, place, byte, isCut) => {
          const bytes = encodeBinary(schema, decodeText(schema, text));
          const at = bytes.length === 0 ? 0 : place % bytes.length;
          const spoilt = isCut
            ? bytes.subarray(0, at)
            : Uint8Array.from(bytes, (old, index) => (index === at ? byte : old));
          const outcome = outcomeOf(schema, spoilt);
          if (typeof outcome === "string") expect(outcome).toMatch(/^(Field\.(Unknown|Invalid)|Message\.Unreadable)$/);
          // What is read is a message like any other.
          else expect(decodeText(schema, encode(schema, outcome as never))).toBeDefined();
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each(messageCases)("refuse or read any bytes as a %s", (_, schema) => {
    return fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(outcomeOf(schema, bytes)).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });
});

describe("what a message can hold", () => {
  it("is never nested deeper than the declarations are, because none of them holds itself", () => {
    const depthOf = (schema: MessageSchema, above: readonly MessageSchema[]): number => {
      expect(above).not.toContain(schema);
      const held = [...fieldsOf(schema).values()].flatMap(({ type }) => (type.kind === "message" ? [type.of] : []));
      return 1 + Math.max(0, ...held.map((each) => depthOf(each, [...above, schema])));
    };
    const depths = messageCases.map(([, schema]) => depthOf(schema, []));
    expect(Math.max(...depths)).toBeLessThan(12);
  });
});

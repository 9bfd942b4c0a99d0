import { describe, expect, it } from "vitest";
import { decodeBinary, encodeBinary } from "../../../src/protocol/binary/codec.ts";
import { fitAsText, MOST_EXPANSION } from "../../../src/protocol/binary/text-length.ts";
import { encode } from "../../../src/protocol/codec.ts";
import { type Field, fieldsOf, type WireType } from "../../../src/protocol/declaration.ts";
import { LIMITS } from "../../../src/protocol/limits.ts";
import { OrderState } from "../../../src/protocol/messages/index.ts";
import { messages } from "../support/declared.ts";

/** The longest JSON of a value that takes one byte, or that has only a length. */
function longestValue(type: WireType): number {
  switch (type.kind) {
    case "time":
      return '"1970-01-01T00:00:00.000000Z"'.length;
    case "enum":
      return Math.max(...[...type.of.numbers.keys()].map((name) => name.length + 2));
    case "bool":
      return "false".length;
    case "decimal":
    case "message":
    case "string":
    case "bytes":
      return 2;
    default:
      return 4;
  }
}

function expansionOf(name: string, { number, label, type }: Field): number {
  const tagBytes = number < 16 ? 1 : 2;
  // An element of a list bears no name, and an entry has its own.
  const named = label === "list" || label === "map" ? 0 : name.length + 3;
  return (named + longestValue(type) + 1) / (tagBytes + 1);
}

describe("how much longer JSON is than protobuf", () => {
  it("is bounded, whatever is declared", () => {
    const expansions = messages.flatMap((schema) =>
      [...fieldsOf(schema)].map(([name, field]) => expansionOf(name, field)),
    );
    expect(Math.max(...expansions)).toBeLessThanOrEqual(MOST_EXPANSION);
  });

  it("is counted where it might matter: what is short in protobuf can be too long to be kept", () => {
    const withIds = (count: number) => ({ IDs: Array.from({ length: count }, () => ({})) });
    const fits = (count: number): boolean => {
      const bytes = encodeBinary(OrderState, withIds(count));
      return fitAsText(OrderState, [decodeBinary(OrderState, bytes)], bytes.length, LIMITS.UPDATE_BYTES);
    };
    // Three bytes each in both forms, and `{"IDs":[]}` without a last comma.
    const most = Math.floor((LIMITS.UPDATE_BYTES - encode(OrderState, {}).length - '"IDs":[]'.length + 1) / 3);
    expect(encode(OrderState, withIds(most)).length).toBeLessThanOrEqual(LIMITS.UPDATE_BYTES);
    expect(fits(most)).toBe(true);
    expect(fits(most + 1)).toBe(false);
  });
});

import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { arrays, objects } from "../../src/storage/parameters.ts";

describe("the parameters of bulk statements", () => {
  it("are none when there is nothing", () => {
    expect([...arrays([])]).toEqual([]);
    expect([...objects([])]).toEqual([]);
  });

  it("hold elements and members as they are", () => {
    expect([...arrays(['"a"', "[1,2]"])].map((text) => JSON.parse(text))).toEqual([["a", [1, 2]]]);
    const members = [
      ['k\u001f"', '"\u{1F600}"'],
      ["__proto__", "null"],
    ] as const;
    expect([...objects(members)].flatMap((text) => Object.entries(JSON.parse(text)))).toEqual([
      ['k\u001f"', "\u{1F600}"],
      ["__proto__", null],
    ]);
  });

  it.each([
    ["below the limit", -1, 1],
    ["at the limit", 0, 1],
    ["above the limit", 1, 2],
  ])("%s of bytes", (_, more, parameters) => {
    const [first, second] = [JSON.stringify("é".repeat(100)), JSON.stringify("x".repeat(50))];
    const limit = Buffer.byteLength(`[${first},${second}]`) - more;
    const texts = [...arrays([first, second], limit)];
    expect(texts).toHaveLength(parameters);
    expect(texts.flatMap((text) => JSON.parse(text))).toEqual([JSON.parse(first), JSON.parse(second)]);
  });

  it("stay within STATEMENT_BYTES, but for an element that is longer alone", () => {
    const elements = Array.from({ length: 3000 }, (_, index) => JSON.stringify(`é${"x".repeat(1000)}${index}`));
    const long = JSON.stringify("x".repeat(LIMITS.STATEMENT_BYTES));
    const texts = [...arrays([...elements, long, "1"])];
    expect(texts.map((text) => Buffer.byteLength(text) > LIMITS.STATEMENT_BYTES)).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(texts.flatMap((text) => JSON.parse(text))).toHaveLength(3002);
  });
});

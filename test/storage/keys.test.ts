import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys, isInRange } from "../../src/domain/keys.ts";
import { endOf, firstOf, successorOf } from "../../src/storage/keys.ts";

const text = fc.string({ unit: "binary", maxLength: 6 });
const settings = { seed: 20261122, numRuns: 2000 };

describe("the order of keys", () => {
  it("is that of their UTF-8 bytes, as in SQLite", () => {
    return fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
      settings,
    );
  });

  it("has nothing between a key and its successor", () => {
    return fc.assert(
      fc.property(text, text, (key, other) => {
        expect(compareKeys(other, successorOf(key)) < 0).toBe(compareKeys(other, key) <= 0);
      }),
      settings,
    );
  });

  it.each(["A1\u001f", "A", "\uD7FF", "\uFFFF", "A\u{10FFFF}", "é\u{1F600}"])(
    "has all that begins with %j before the end of it, and the rest not",
    (prefix) => {
      const end = endOf(prefix) ?? "";
      expect(end).not.toBe("");
      for (const key of [prefix, `${prefix}\0`, `${prefix}\u{10FFFF}\u{10FFFF}`]) {
        expect(compareKeys(key, end)).toBeLessThan(0);
      }
      return fc.assert(
        fc.property(text, (key) => {
          const inside = compareKeys(key, prefix) >= 0 && compareKeys(key, end) < 0;
          expect(inside).toBe(key.startsWith(prefix));
        }),
        settings,
      );
    },
  );

  it("has no end after every key, and after the greatest character", () => {
    expect(endOf("")).toBeUndefined();
    expect(endOf("\u{10FFFF}\u{10FFFF}")).toBeUndefined();
  });

  it("begins a range at its first key", () => {
    return fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), text, (prefix, after, key) => {
        const range = after === undefined ? { prefix } : { prefix, after };
        const fits = key.startsWith(prefix) && compareKeys(key, firstOf(range)) >= 0;
        expect(isInRange(key, range)).toBe(fits);
      }),
      settings,
    );
  });
});

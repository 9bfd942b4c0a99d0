import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { chainHash, joinRecords, partsOf, recordsOf } from "../../src/storage/commit-body.ts";
import { line } from "./samples.ts";

describe("the body of a commit", () => {
  it("gives its records back, with their At", () => {
    const records = [line(10), line(11, [], "asx", '\n\u2028 {"At":99}'), line(400)];
    expect([...recordsOf(joinRecords(records))]).toEqual(records);
    expect([...recordsOf("")]).toEqual([]);
  });

  it.each([
    ["a short one is one part", "x", 10, 1],
    ["at the limit it is one part", "x".repeat(10), 10, 1],
    ["above the limit it is two", "x".repeat(11), 10, 2],
    ["bytes count, not characters", "é".repeat(10), 10, 2],
    ["no character is cut", `x${"\u{1F600}".repeat(9)}`, 10, 5],
  ])("is cut into parts within a limit: %s", (_, body, most, count) => {
    const parts = partsOf(body, most);
    expect(parts).toHaveLength(count);
    expect(parts.join("")).toBe(body);
    for (const part of parts) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(most);
      expect(part.isWellFormed()).toBe(true);
    }
  });

  it("is cut at COMMIT_PART_BYTES", () => {
    const body = "€".repeat(LIMITS.COMMIT_PART_BYTES);
    const bytes = partsOf(body).map((part) => Buffer.byteLength(part));
    expect(bytes.slice(0, -1).every((length) => length > LIMITS.COMMIT_PART_BYTES - 4)).toBe(true);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(LIMITS.COMMIT_PART_BYTES);
  });

  it("is chained by SHA-256 over the previous hash and the body", () => {
    // By sha256sum of "abc", and of that hash in hex followed by "def".
    const first = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(chainHash("", "abc")).toBe(first);
    expect(chainHash(first, "def")).toBe("8d9ae3d56a95b886bb453febf5c515b8634d9b990ff4de14f42d120b5d00ce16");
  });
});

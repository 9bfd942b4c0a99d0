import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address, isPath, moment, path } from "../../src/client/rest/address.ts";

/** Names with all that a URL gives a meaning to. */
const anyName = fc.string({
  unit: fc.constantFrom(..."aZ9/%?#&+= .~@é中".split(""), "🙂"),
  minLength: 1,
  maxLength: 8,
});

describe("paths and queries", () => {
  test("a name in a path comes through a URL as it was, or is found to be impossible", () => {
    return fc.assert(
      fc.property(anyName, anyName, (owner, account) => {
        const route = path`/balance/for/${owner}/${account}/x`;
        const impossible = [owner, account].some((name) => name === "." || name === "..");
        expect(isPath(route)).toBe(!impossible);
        if (impossible) return;
        const parts = new URL(route, "http://oms.test").pathname.split("/");
        expect(parts.slice(3, 5).map(decodeURIComponent)).toEqual([owner, account]);
        expect(parts).toHaveLength(6);
      }),
    );
  });

  test.each(["", ".", "..", "\ud800"])("the name %j can be in no path", (name) => {
    expect(isPath(path`/owner/byid/${name}`)).toBe(false);
  });

  test("what is said in a query comes through a URL as it was", () => {
    return fc.assert(
      fc.property(fc.array(fc.tuple(anyName, anyName)), (parameters) => {
        const { searchParams } = new URL(address("/audit", parameters), "http://oms.test");
        expect([...searchParams]).toEqual(parameters);
      }),
    );
  });

  test("a moment is a time, or a position of each sequence", () => {
    expect(moment("asAt", "2026-01-01")).toEqual([["asAt", "2026-01-01"]]);
    expect(moment("asAt", new Date(0))).toEqual([["asAt", "1970-01-01T00:00:00.000Z"]]);
    expect(moment("from", { asx: 7, "XS/oms": 3 })).toEqual([
      ["from[asx]", "7"],
      ["from[XS/oms]", "3"],
    ]);
    expect(moment("to", undefined)).toEqual([]);
  });
});

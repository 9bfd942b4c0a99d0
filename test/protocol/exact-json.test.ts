import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberLiteral, parseExactly } from "../../src/protocol/exact-json.ts";

/** A number literal of any length, as JSON allows it. */
const literals = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.bigInt({ min: 1n, max: 10n ** 30n }).map(String), fc.nat().map(String)),
    fc.oneof(
      fc.constant(""),
      fc.nat().map((digits) => `.${digits}`),
      fc.bigInt({ min: 0n, max: 10n ** 25n }).map((d) => `.${d}`),
    ),
    fc.oneof(
      fc.constant(""),
      fc.tuple(fc.constantFrom("e", "E", "e+", "e-", "E-"), fc.nat(400)).map(([sign, power]) => `${sign}${power}`),
    ),
  )
  .map((parts) => parts.join(""));

const spaces = fc.constantFrom("", " ", "\n", "\t", "\r\n ");

/** The digits that count: neither sign, point, exponent nor zeros at either end. */
function digitsOf(literal: string): string {
  return literal
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
}

function exponentOf(literal: string): number {
  return Number(literal.toLowerCase().split("e")[1] ?? 0);
}

describe("parsing without losing digits", () => {
  it("gives a double only where its shortest notation has all the digits of the literal", () => {
    fc.assert(
      fc.property(literals, spaces, (literal, space) => {
        const text = `{"a":[1,${space}${literal}${space}]}`;
        const parsed = parseExactly(text);
        const value = Reflect.get(Object(parsed), "a")[1];
        if (value instanceof NumberLiteral) {
          expect(value.text).toBe(literal);
        } else if (Number.isFinite(value)) {
          expect(digitsOf(String(value))).toBe(digitsOf(literal));
        } else {
          expect(Math.abs(value)).toBe(Number.POSITIVE_INFINITY);
          expect(exponentOf(literal)).toBeGreaterThan(250);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("makes the same of a literal whatever stands beside it", () => {
    fc.assert(
      fc.property(literals, (literal) => {
        const alone = parseExactly(`[${literal}]`);
        const beside = parseExactly(`[${literal},0.12345678901234567890]`);
        expect([Reflect.get(Object(beside), 0)]).toEqual(alone);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds a long number at any place", () => {
    for (let place = 0; place < 40; place++) {
      for (const long of ["1234567890123456", "-0.12345678901234567", "1e-324"]) {
        for (const before of ["x".repeat(place), `${"x".repeat(place)}1`]) {
          expect(parseExactly(`["${before}",${long}]`)).toEqual([before, new NumberLiteral(long)]);
        }
      }
    }
    expect(parseExactly("12345678901234567890")).toEqual(new NumberLiteral("12345678901234567890"));
    expect(parseExactly('{"a":12345678901234567890}')).toEqual({ a: new NumberLiteral("12345678901234567890") });
  });

  it("is JSON.parse for everything else", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const plain = JSON.parse(text);
        const parsed = parseExactly(text);
        expect(
          JSON.stringify(parsed, (_, value) => (value instanceof NumberLiteral ? Number(value.text) : value)),
        ).toBe(JSON.stringify(plain));
      }),
    );
  });

  it.each([
    '"12345678901234567890"',
    '"see: 12345678901234567890, and more"',
    '"trade-123e-456"',
    '"\\"12345678901234567890,"',
  ])("leaves the digits within the text %s alone", (text) => {
    expect(parseExactly(`[${text},1]`)).toEqual(JSON.parse(`[${text},1]`));
  });

  it("takes time in proportion to a text of digits", () => {
    const digits = "1".repeat(1_000_000);
    expect(parseExactly(`["${digits}"]`)).toEqual([digits]);
  });

  it("throws SyntaxError on what is not JSON", () => {
    for (const text of ["", "{", "[1,]", "NaN", "{'a':1}", "01234567890123456789", "[1]]", "\ufeff{}"]) {
      expect(() => parseExactly(text)).toThrow(SyntaxError);
    }
  });
});

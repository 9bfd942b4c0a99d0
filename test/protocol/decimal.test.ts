import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atLeastZero, Decimal, QUOTIENT_SCALE } from "../../src/protocol/decimal.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { numberLiteral } from "./support/arbitraries.ts";
import { Rational } from "./support/rational.ts";

const { DECIMAL_DIGITS, DECIMAL_SCALE, DECIMAL_INTEGER_DIGITS } = LIMITS;
const of = Decimal.of;

/** Decimals of every length within the limits, and some that derive from them. */
const decimals = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(40))
    .map(([coefficient, scale]) => new Decimal(coefficient, scale)),
  fc
    .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(6))
    .map(([coefficient, scale]) => new Decimal(BigInt(coefficient), scale)),
);
const nonZero = decimals.filter((decimal) => !decimal.isZero);

function equal(decimal: Decimal, exact: Rational): boolean {
  return Rational.of(decimal).compare(exact) === 0;
}

describe("arithmetic", () => {
  it("adds, subtracts and multiplies without rounding", () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const [l, r] = [Rational.of(left), Rational.of(right)];
        expect(equal(left.plus(right), l.plus(r))).toBe(true);
        expect(equal(left.minus(right), l.plus(r.negated()))).toBe(true);
        expect(equal(left.times(right), l.times(r))).toBe(true);
      }),
    );
  });

  it("compares by value, whatever the scales", () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const expected = Rational.of(left).compare(Rational.of(right));
        expect(Math.sign(left.compare(right))).toBe(expected);
        expect(left.equals(right)).toBe(expected === 0);
        expect(left.sign).toBe(Rational.of(left).compare(new Rational(0n)));
        expect(left.isZero).toBe(left.sign === 0);
      }),
    );
    expect(of("1.50").equals(new Decimal(15000n, 4))).toBe(true);
  });

  it("negates, and takes what is negative for its absolute or for zero", () => {
    fc.assert(
      fc.property(decimals, (decimal) => {
        expect(equal(decimal.negated(), Rational.of(decimal).negated())).toBe(true);
        expect(equal(decimal.absolute(), Rational.of(decimal).absolute())).toBe(true);
        expect(equal(atLeastZero(decimal), decimal.sign < 0 ? new Rational(0n) : Rational.of(decimal))).toBe(true);
      }),
    );
  });
});

describe("division rounds half-even to 10 decimals, once", () => {
  it("gives the nearest multiple of 10^-10, and of two equally near the even one", () => {
    const half = new Rational(1n, 2n * 10n ** BigInt(QUOTIENT_SCALE));
    fc.assert(
      fc.property(decimals, nonZero, (dividend, divisor) => {
        const quotient = dividend.dividedBy(divisor);
        const exact = Rational.of(dividend).over(Rational.of(divisor));
        const error = exact.plus(Rational.of(quotient).negated()).absolute().compare(half);
        expect(quotient.scale).toBe(QUOTIENT_SCALE);
        expect(error).toBeLessThanOrEqual(0);
        if (error === 0) expect(quotient.coefficient % 2n).toBe(0n);
      }),
      { numRuns: 500 },
    );
  });

  it("meets ties of both signs, and each goes to the even side", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.boolean(), (count, negative) => {
        // (2·count + 1) halves of 10^-10: exactly between two multiples.
        const tie = new Decimal(2n * count + 1n, QUOTIENT_SCALE);
        const { coefficient } = tie.dividedBy(of(negative ? -2 : 2));
        const expected = count % 2n === 0n ? count : count + 1n;
        expect(coefficient).toBe(negative ? -expected : expected);
      }),
    );
  });

  it.each([
    ["1", "3", "0.3333333333"],
    ["2", "3", "0.6666666667"],
    ["-2", "3", "-0.6666666667"],
    ["2", "-3", "-0.6666666667"],
    ["-2", "-3", "0.6666666667"],
    ["0.00000000005", "1", "0"],
    ["0.00000000015", "1", "0.0000000002"],
    ["0.00000000025", "1", "0.0000000002"],
    ["-0.00000000005", "1", "0"],
    ["-0.00000000015", "1", "-0.0000000002"],
    ["0.000000000050000000000000000001", "1", "0.0000000001"],
    ["0.000000000049999999999999999999", "1", "0"],
    ["0", "7", "0"],
    ["1", "0.000000000000000000000000000001", "1000000000000000000000000000000"],
    ["4517.15", "100", "45.1715"],
  ])("%s / %s = %s", (dividend, divisor, quotient) => {
    expect(of(dividend).dividedBy(of(divisor)).toString()).toBe(quotient);
  });

  it("throws on a division by zero: the rules never ask for one", () => {
    expect(() => of(1).dividedBy(Decimal.ZERO)).toThrow(RangeError);
  });
});

describe("reading a literal", () => {
  it("keeps its exact value, whatever its length and spelling", () => {
    fc.assert(
      fc.property(numberLiteral, (literal) => {
        const decimal = Decimal.read(literal);
        expect(decimal).toBeDefined();
        if (decimal !== undefined) expect(equal(decimal, Rational.read(literal))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every digit that a number shows", () => {
    const shown = fc.double({ noNaN: true, min: -1e39, max: 1e39 }).filter((number) => Math.abs(number) > 1e-14);
    fc.assert(
      fc.property(shown, (number) => {
        const decimal = Decimal.readNumber(number);
        expect(decimal).toBeDefined();
        if (decimal !== undefined) expect(equal(decimal, Rational.read(String(number)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["0.000", "0"],
    ["0e999999", "0"],
    ["-0.0e-5", "0"],
    ["12.50", "12.5"],
    ["+12.5", "12.5"],
    ["-12.5", "-12.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["007", "7"],
    ["1e3", "1000"],
    ["1E+3", "1000"],
    ["1.25e1", "12.5"],
    ["1e-7", "0.0000001"],
    ["1000e-30", "0.000000000000000000000000001"],
    ["1e21", "1000000000000000000000"],
    ["12345678901234567890.123456789", "12345678901234567890.123456789"],
    ["0.1000000000000000055511151231", "0.1000000000000000055511151231"],
    ["9007199254740993", "9007199254740993"],
  ])("%s is %s", (literal, text) => {
    expect(Decimal.read(literal)?.toString()).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["a sign alone", "-"],
    ["a point alone", "."],
    ["an exponent alone", "e5"],
    ["a missing exponent", "1e"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["-Infinity", "-Infinity"],
    ["hex", "0x1F"],
    ["binary", "0b1"],
    ["a leading space", " 1"],
    ["a trailing space", "1 "],
    ["a line end", "1\n"],
    ["a space within", "1 000"],
    ["a thousands separator", "1,000"],
    ["an underscore", "1_000"],
    ["two points", "1.2.3"],
    ["two signs", "--1"],
    ["a bigint's suffix", "1n"],
    ["other digits", "١٢"],
    ["a currency", "$1"],
    ["text", "one"],
    ["an exponent that overflows", "1e999"],
    ["an exponent that underflows", "1e-400"],
    ["an exponent of many digits", "1e9999999"],
    ["10,000 digits", "9".repeat(10_000)],
    ["10,000 zeros and a one", `${"0".repeat(10_000)}1`],
  ])("refuses %s", (_, literal) => {
    expect(Decimal.read(literal)).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, Number.MIN_VALUE])(
    "refuses the number %s",
    (number) => expect(Decimal.readNumber(number)).toBeUndefined(),
  );

  it("throws when the program itself writes what is no decimal", () => {
    expect(() => Decimal.of("1,5")).toThrow("not a decimal: 1,5");
  });
});

describe("limits of what a caller may send", () => {
  const nines = (count: number): string => "9".repeat(count);

  it.each([
    ["digits", (most: number) => `${nines(most - DECIMAL_SCALE)}.${nines(DECIMAL_SCALE)}`, DECIMAL_DIGITS],
    ["decimals", (most: number) => `0.${"0".repeat(most - 1)}1`, DECIMAL_SCALE],
    ["digits before the point", nines, DECIMAL_INTEGER_DIGITS],
  ])("%s: one less and as many are read, one more is refused", (_, literalOf, limit) => {
    for (const literal of [literalOf(limit - 1), literalOf(limit)]) {
      expect(Decimal.read(literal)?.toString()).toBe(literal);
      expect(Decimal.readObject(of(literal).toObject())?.toString()).toBe(literal);
    }
    expect(Decimal.read(literalOf(limit + 1))).toBeUndefined();
  });

  it("hold for the object form too", () => {
    expect(Decimal.readObject(new Decimal(10n ** 40n - 1n, 0).toObject())).toBeDefined();
    expect(Decimal.readObject(new Decimal(10n ** 40n, 0).toObject())).toBeUndefined();
    expect(Decimal.readObject(new Decimal(1n, 30).toObject())).toBeDefined();
    expect(Decimal.readObject(new Decimal(1n, 31).toObject())).toBeUndefined();
    expect(Decimal.readObject({ Scale: 2 ** 32 - 1, Value: "AQ==" })).toBeUndefined();
    expect(Decimal.readObject({ Value: "//8=".repeat(100_000) })).toBeUndefined();
  });

  it("count what a decimal is, not zeros around it", () => {
    expect(Decimal.read(`${"0".repeat(100)}1.${"0".repeat(100)}`)?.toString()).toBe("1");
    expect(Decimal.readObject({ Scale: 40, Value: new Decimal(10n ** 40n, 0).toObject().Value ?? "" })).toEqual(
      expect.objectContaining({ coefficient: 10n ** 40n }),
    );
  });

  it("do not hold for what is derived, which survives our own storage", () => {
    const long = of(`${nines(30)}.${nines(30)}`);
    const product = long.times(long).times(long);
    expect(Decimal.readStoredObject(product.toObject()).equals(product)).toBe(true);
    expect(Decimal.readObject(product.toObject())).toBeUndefined();
  });
});

describe("writing", () => {
  it("prints the exact value, plainly and without trailing zeros", () => {
    fc.assert(
      fc.property(decimals, (decimal) => {
        const text = decimal.toString();
        expect(text).toMatch(/^(?:0|-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?)$/);
        expect(equal(decimal, Rational.read(text))).toBe(true);
        expect(Decimal.stored(text).equals(decimal)).toBe(true);
      }),
    );
  });

  it("writes a JSON number exactly when a double shows every digit, else the object", () => {
    fc.assert(
      fc.property(
        decimals.filter((decimal) => Decimal.read(decimal.toString()) !== undefined),
        (decimal) => {
          const json = decimal.toJSON();
          const double = Number(decimal.toString());
          if (equal(decimal, Rational.read(String(double)))) {
            expect(json).toBe(double);
          } else {
            expect(json).toEqual(decimal.toObject());
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("reads back from JSON what it wrote, and equal decimals are the same text", () => {
    fc.assert(
      fc.property(decimals, fc.nat(10), (decimal, zeros) => {
        const json = decimal.toJSON();
        const read = typeof json === "number" ? Decimal.readNumber(json) : Decimal.readStoredObject(json);
        expect(read?.equals(decimal)).toBe(true);
        const padded = new Decimal(decimal.coefficient * 10n ** BigInt(zeros), decimal.scale + zeros);
        expect(JSON.stringify(padded)).toBe(JSON.stringify(decimal));
      }),
    );
  });

  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["45.12", "45.12"],
    ["-0.000001", "-0.000001"],
    ["1e-7", "1e-7"],
    ["1e21", "1e+21"],
    ["123456789012345", "123456789012345"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["9007199254740993", '{"Value":"AQAAAAAAIA=="}'],
    ["-0.1234567890123456789", '{"Scale":19,"IsNegative":true,"Value":"FYHpffQQIhE="}'],
    ["12345678901234567890.123456789", '{"Scale":9,"Value":"FYE5brHJvkYyG+Qn"}'],
  ])("%s is written %s", (literal, json) => {
    expect(JSON.stringify(of(literal))).toBe(json);
  });

  it("keeps the sum of 0.1 and 0.2 exact", () => {
    expect(JSON.stringify(of("0.1").plus(of("0.2")))).toBe("0.3");
  });
});

describe("BigNumber.Value is the magnitude, least significant byte first", () => {
  it.each([
    ["1", [1]],
    ["256", [0, 1]],
    ["258", [2, 1]],
    ["65536", [0, 0, 1]],
    ["255", [255]],
  ])("%s is the bytes %j", (literal, bytes) => {
    expect(of(literal).toObject()).toEqual({ Value: Buffer.from(bytes).toString("base64") });
    expect(Decimal.readObject({ Value: Buffer.from(bytes).toString("base64") })?.toString()).toBe(literal);
  });

  it("may have zero bytes above, as a signed writer adds them", () => {
    expect(Decimal.readObject({ Value: Buffer.from([255, 0]).toString("base64") })?.toString()).toBe("255");
  });

  it("is absent for zero, and an empty object is zero", () => {
    expect(Decimal.ZERO.toObject()).toEqual({});
    expect(Decimal.readObject({})?.isZero).toBe(true);
    expect(JSON.stringify(Decimal.readObject({ IsNegative: true, Scale: 5 }))).toBe("0");
  });
});

/** Exact fractions over bigint: a slow and obvious arithmetic to hold the decimals against. */
import type { Decimal } from "../../../src/protocol/decimal.ts";

export class Rational {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;

  constructor(numerator: bigint, denominator = 1n) {
    this.numerator = denominator < 0n ? -numerator : numerator;
    this.denominator = denominator < 0n ? -denominator : denominator;
  }

  static of(decimal: Decimal): Rational {
    return new Rational(decimal.coefficient, 10n ** BigInt(decimal.scale));
  }

  /** Reads `-12.50e-3` digit by digit. */
  static read(literal: string): Rational {
    const [mantissa = "", exponent = "0"] = literal.toLowerCase().split("e");
    const [integer = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".");
    const magnitude = BigInt(integer + fraction);
    const tens = Number(exponent) - fraction.length;
    const value = mantissa.startsWith("-") ? -magnitude : magnitude;
    return tens < 0 ? new Rational(value, 10n ** BigInt(-tens)) : new Rational(value * 10n ** BigInt(tens));
  }

  plus(other: Rational): Rational {
    return new Rational(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  times(other: Rational): Rational {
    return new Rational(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  over(other: Rational): Rational {
    return new Rational(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  absolute(): Rational {
    return this.numerator < 0n ? this.negated() : this;
  }

  /** Negative, zero or positive as this is less than, equal to or greater than the other. */
  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
}

/** Exact fractions, for models that must share no arithmetic with what they check. */

export class Rational {
  static readonly ZERO = new Rational(0n, 1n);

  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /** Reads a plain decimal such as `-12.50`. */
  static of(literal: string | number): Rational {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(literal));
    if (match === null) throw new Error(`not a plain decimal: ${literal}`);
    const [, sign, whole = "", fraction = ""] = match;
    const magnitude = BigInt(whole + fraction);
    return new Rational(sign === "-" ? -magnitude : magnitude, 10n ** BigInt(fraction.length)).reduced();
  }

  static sum(terms: Iterable<Rational>): Rational {
    let total = Rational.ZERO;
    for (const term of terms) total = total.plus(term);
    return total;
  }

  plus({ numerator, denominator }: Rational): Rational {
    return new Rational(
      this.numerator * denominator + numerator * this.denominator,
      this.denominator * denominator,
    ).reduced();
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  times({ numerator, denominator }: Rational): Rational {
    return new Rational(this.numerator * numerator, this.denominator * denominator).reduced();
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  /** The quotient, rounded to ten decimals; a half goes to the even neighbour. */
  quotientToTenDecimals(divisor: Rational): Rational {
    const exactly = new Rational(this.numerator * divisor.denominator, this.denominator * divisor.numerator).reduced();
    const scaled = exactly.times(new Rational(10n ** 10n, 1n));
    const below = floor(scaled);
    const above = below + 1n;
    const distance = scaled.minus(new Rational(below, 1n)).compare(new Rational(1n, 2n));
    const nearest = distance < 0 ? below : distance > 0 ? above : below % 2n === 0n ? below : above;
    return new Rational(nearest, 10n ** 10n).reduced();
  }

  /** −1, 0 or 1 as this is less than, equal to or greater than the other. */
  compare(other: Rational): -1 | 0 | 1 {
    return this.minus(other).sign;
  }

  get sign(): -1 | 0 | 1 {
    return this.numerator < 0n ? -1 : this.numerator > 0n ? 1 : 0;
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  /** The plain decimal without trailing zeros. Throws when there is none. */
  toString(): string {
    let { numerator, denominator } = this;
    let decimals = 0;
    for (; denominator !== 1n; decimals++) {
      if (decimals > 1000) throw new Error("not a finite decimal");
      numerator *= 10n;
      const common = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
      numerator /= common;
      denominator /= common;
    }
    const digits = (numerator < 0n ? -numerator : numerator).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = digits.slice(digits.length - decimals);
    return `${numerator < 0n ? "-" : ""}${whole}${decimals === 0 ? "" : `.${fraction}`}`;
  }

  reduced(): Rational {
    const sign = this.denominator < 0n ? -1n : 1n;
    const magnitude = this.numerator < 0n ? -this.numerator : this.numerator;
    const common = greatestCommonDivisor(magnitude, sign * this.denominator);
    return new Rational((sign * this.numerator) / common, (sign * this.denominator) / common);
  }
}

/** The greater of a fraction and zero. */
export function orZero(value: Rational): Rational {
  return value.sign < 0 ? Rational.ZERO : value;
}

function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}

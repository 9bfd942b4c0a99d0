/**
 * Exact decimals: an integer coefficient and a scale, as the wire's BigNumber. No operation but division rounds.
 */
import { LIMITS } from "./limits.ts";

/**
 * The wire's object form of a decimal. `Value` is the magnitude as bytes in base64, the least significant byte first:
 * the order in which .NET's BigInteger, from which the reference system makes this message, writes its bytes. A high
 * zero byte (which a signed writer needs when the top bit is set) is accepted and not written.
 */
export interface BigNumberObject {
  readonly Scale?: number;
  readonly IsNegative?: boolean;
  readonly Value?: string;
}

/** Decimals of a quotient: every rule that divides rounds half-even to this many, once, right after the division. */
export const QUOTIENT_SCALE = 10;

const LITERAL = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Beyond these the object form cannot be within the limits, even with trailing zeros: not worth reading. */
const LONGEST_SCALE = 4 * LIMITS.DECIMAL_DIGITS;
const LONGEST_VALUE = 4 * LIMITS.DECIMAL_DIGITS;

/** Powers of ten that a double carries exactly. Dividing one such number by another is correctly rounded. */
const DOUBLE_POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Two decimals of so many digits are never the same double: such a decimal may pass through one and back. */
const DOUBLE_DIGITS = 15;
const DOUBLE_LIMIT = 10 ** DOUBLE_DIGITS;
/** Decimals of a number that are looked for in a double before its digits are printed and read. */
const COMMON_SCALE = 8;

const POWERS: bigint[] = [1n];
function powerOfTen(exponent: number): bigint {
  for (let next = POWERS.length; next <= exponent; next++) POWERS.push((POWERS[next - 1] ?? 1n) * 10n);
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

export class Decimal {
  static readonly ZERO = new Decimal(0n, 0);

  /** The value is coefficient × 10^−scale. */
  readonly coefficient: bigint;
  readonly scale: number;

  constructor(coefficient: bigint, scale: number) {
    this.coefficient = coefficient;
    this.scale = scale;
  }

  /** Reads `12.50`, `-3`, `1.2e-7`. Undefined for anything else and for more digits than LIMITS allow. */
  static read(literal: string): Decimal | undefined {
    if (literal.length > 4 * LIMITS.DECIMAL_DIGITS) return undefined;
    const match = LITERAL.exec(literal);
    if (match === null) return undefined;
    const [, sign = "", integer = "", fraction = "", exponent] = match;
    if (exponent === undefined && literal.length <= DOUBLE_DIGITS) {
      const decimal = ofShortNumber(Number(literal));
      if (decimal !== undefined) return decimal;
    }
    const digits = (integer + fraction).replace(/^0+/, "");
    const significant = digits.replace(/0+$/, "");
    if (significant === "") return Decimal.ZERO;
    const scale = fraction.length - Number(exponent ?? 0) - (digits.length - significant.length);
    if (!withinLimits(significant.length, scale)) return undefined;
    const magnitude = scale < 0 ? BigInt(significant) * powerOfTen(-scale) : BigInt(significant);
    return new Decimal(sign === "-" ? -magnitude : magnitude, Math.max(scale, 0));
  }

  /**
   * Reads a number as its shortest notation, which is the literal it was parsed from if that had at most 15 digits.
   * Undefined for what is not finite and for more digits than LIMITS allow.
   */
  static readNumber(number: number): Decimal | undefined {
    return ofShortNumber(number) ?? Decimal.read(String(number));
  }

  /** A decimal written in the program. Throws on anything that `read` would not take. */
  static of(literal: string | number | bigint): Decimal {
    const decimal = Decimal.read(String(literal));
    if (decimal === undefined) throw new Error(`not a decimal: ${literal}`);
    return decimal;
  }

  /** Reads a plain notation that the system itself wrote, of any length. */
  static stored(text: string): Decimal {
    const point = text.indexOf(".");
    return point < 0
      ? new Decimal(BigInt(text), 0)
      : new Decimal(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
  }

  /** Reads the wire's object form. An empty object is zero. Undefined when it is longer than LIMITS allow. */
  static readObject(object: BigNumberObject): Decimal | undefined {
    const { Scale = 0, Value = "" } = object;
    if (Scale > LONGEST_SCALE || Value.length > LONGEST_VALUE) return undefined;
    const text = Decimal.readStoredObject(object).toString();
    const digits = text.replace(/[-.]/g, "").replace(/^0+/, "").length;
    const scale = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
    return withinLimits(digits, scale) ? Decimal.readStoredObject(object) : undefined;
  }

  /** Reads the object form of a decimal that the system itself wrote, of any length. */
  static readStoredObject({ Scale = 0, IsNegative = false, Value = "" }: BigNumberObject): Decimal {
    const magnitude = magnitudeOf(Value);
    return new Decimal(IsNegative ? -magnitude : magnitude, Scale);
  }

  plus(other: Decimal): Decimal {
    if (this.scale === other.scale) return new Decimal(this.coefficient + other.coefficient, this.scale);
    return this.scale > other.scale
      ? new Decimal(this.coefficient + other.coefficient * powerOfTen(this.scale - other.scale), this.scale)
      : new Decimal(this.coefficient * powerOfTen(other.scale - this.scale) + other.coefficient, other.scale);
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated());
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.coefficient * other.coefficient, this.scale + other.scale);
  }

  /** The quotient, rounded half-even to QUOTIENT_SCALE decimals. Throws on division by zero. */
  dividedBy(divisor: Decimal): Decimal {
    const shift = QUOTIENT_SCALE + divisor.scale - this.scale;
    const numerator = shift >= 0 ? this.coefficient * powerOfTen(shift) : this.coefficient;
    const denominator = shift >= 0 ? divisor.coefficient : divisor.coefficient * powerOfTen(-shift);
    return new Decimal(dividedHalfEven(numerator, denominator), QUOTIENT_SCALE);
  }

  negated(): Decimal {
    return new Decimal(-this.coefficient, this.scale);
  }

  absolute(): Decimal {
    return this.coefficient < 0n ? this.negated() : this;
  }

  /** Negative, zero or positive as this is less than, equal to or greater than the other. */
  compare(other: Decimal): number {
    return this.minus(other).sign;
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  /** −1, 0 or 1. */
  get sign(): -1 | 0 | 1 {
    return this.coefficient < 0n ? -1 : this.coefficient > 0n ? 1 : 0;
  }

  get isZero(): boolean {
    return this.coefficient === 0n;
  }

  /** The shortest plain notation: `-12.5`, `0`, never an exponent and no trailing zeros. */
  toString(): string {
    if (this.coefficient === 0n) return "0";
    if (this.scale === 0) return this.coefficient.toString();
    const sign = this.coefficient < 0n ? "-" : "";
    const digits = (this.coefficient < 0n ? -this.coefficient : this.coefficient)
      .toString()
      .padStart(this.scale + 1, "0");
    let end = digits.length;
    const point = end - this.scale;
    while (end > point && digits.charCodeAt(end - 1) === 48) end--;
    return end === point
      ? sign + digits.slice(0, point)
      : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
  }

  /** The wire form in JSON: a number when a double carries every digit, else the object. */
  toJSON(): number | BigNumberObject {
    const coefficient = Number(this.coefficient);
    const power = DOUBLE_POWERS[this.scale];
    if (power !== undefined && Math.abs(coefficient) < DOUBLE_LIMIT) return coefficient / power;
    const double = Number(this.toString());
    return Decimal.read(String(double))?.equals(this) === true ? double : this.toObject();
  }

  /** The wire's object form, without trailing zeros. */
  toObject(): BigNumberObject {
    const text = this.toString();
    const point = text.indexOf(".");
    const scale = point < 0 ? 0 : text.length - point - 1;
    const magnitude = BigInt(text.replace(/[-.]/g, ""));
    return {
      ...(scale > 0 && { Scale: scale }),
      ...(this.sign < 0 && { IsNegative: true }),
      ...(magnitude > 0n && { Value: base64Of(magnitude) }),
    };
  }
}

/** The greater of a decimal and zero. */
export function atLeastZero(value: Decimal): Decimal {
  return value.sign < 0 ? Decimal.ZERO : value;
}

/** Whether a caller may send a decimal of so many significant digits and such a scale. */
export function withinLimits(digits: number, scale: number): boolean {
  return (
    digits <= LIMITS.DECIMAL_DIGITS && scale <= LIMITS.DECIMAL_SCALE && digits - scale <= LIMITS.DECIMAL_INTEGER_DIGITS
  );
}

/** The decimal of a number that has few digits, and at most COMMON_SCALE of them after the point. */
function ofShortNumber(number: number): Decimal | undefined {
  for (let scale = 0; scale <= COMMON_SCALE; scale++) {
    const power = DOUBLE_POWERS[scale] ?? Number.NaN;
    const coefficient = Math.round(number * power);
    if (coefficient / power === number && Math.abs(coefficient) < DOUBLE_LIMIT) {
      return new Decimal(BigInt(coefficient), scale);
    }
  }
  return undefined;
}

function dividedHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  const size = denominator < 0n ? -denominator : denominator;
  if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

function magnitudeOf(base64: string): bigint {
  const bytes = atob(base64);
  let hex = "";
  for (let index = bytes.length - 1; index >= 0; index--) hex += bytes.charCodeAt(index).toString(16).padStart(2, "0");
  return hex === "" ? 0n : BigInt(`0x${hex}`);
}

function base64Of(magnitude: bigint): string {
  const digits = magnitude.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  let bytes = "";
  for (let end = hex.length; end > 0; end -= 2)
    bytes += String.fromCharCode(Number.parseInt(hex.slice(end - 2, end), 16));
  return btoa(bytes);
}

/**
 * Decimals as whole numbers of 10⁻²⁴, for books that share no arithmetic with what they check. What a simulation deals in
 * has few enough decimals that every product is exact.
 */
const DECIMALS = 24;
const ONE = 10n ** BigInt(DECIMALS);
const TEN_DECIMALS = 10n ** 14n;

/** A decimal as it is on the wire in JSON. */
export type Written =
  | number
  | string
  | { readonly Scale?: number; readonly IsNegative?: boolean; readonly Value?: string };

/** Reads a decimal; one that is left out is zero. */
export function fixed(written: Written | undefined): bigint {
  if (written === undefined) return 0n;
  if (typeof written === "object") return ofObject(written);
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(written));
  if (match === null) throw new Error(`not a decimal: ${written}`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const magnitude = scaled(BigInt(whole + fraction), fraction.length - Number(exponent));
  return sign === "-" ? -magnitude : magnitude;
}

/** The magnitude's bytes, the least significant first. */
function ofObject({ Scale = 0, IsNegative = false, Value = "" }: Exclude<Written, number | string>): bigint {
  const hex = Buffer.from(Value, "base64").reverse().toString("hex");
  const magnitude = scaled(hex === "" ? 0n : BigInt(`0x${hex}`), Scale);
  return IsNegative ? -magnitude : magnitude;
}

function scaled(digits: bigint, decimals: number): bigint {
  if (decimals > DECIMALS) throw new Error("more decimals than a simulation deals in");
  return digits * 10n ** BigInt(DECIMALS - decimals);
}

export function times(left: bigint, right: bigint): bigint {
  const product = left * right;
  if (product % ONE !== 0n) throw new Error("more decimals than a simulation deals in");
  return product / ONE;
}

/** The quotient to ten decimals; a half goes to the even neighbour. */
export function quotient(dividend: bigint, divisor: bigint): bigint {
  const sign = dividend < 0n === divisor < 0n ? 1n : -1n;
  const [numerator, denominator] = [magnitudeOf(dividend) * 10n ** 10n, magnitudeOf(divisor)];
  const below = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const isUp = twice > denominator || (twice === denominator && below % 2n === 1n);
  return sign * (below + (isUp ? 1n : 0n)) * TEN_DECIMALS;
}

export function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}

export function signOf(value: bigint): -1 | 0 | 1 {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

export function sumOf(values: Iterable<Written>): bigint {
  let sum = 0n;
  for (const value of values) sum += fixed(value);
  return sum;
}

/** The plain decimal without trailing zeros. */
export function written(value: bigint): string {
  const digits = magnitudeOf(value)
    .toString()
    .padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -DECIMALS)}${fraction === "" ? "" : `.${fraction}`}`;
}

function magnitudeOf(value: bigint): bigint {
  return value < 0n ? -value : value;
}

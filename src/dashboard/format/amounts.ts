/** Amounts as they are shown: every digit that there is, none that there is not. */
import { Decimal } from "../../protocol/decimal.ts";

/**
 * An amount with thousands separators and at least so many decimals. Nothing is rounded: what has more decimals shows
 * them all.
 */
export function amountText(amount: Decimal, leastDecimals = 0): string {
  const [whole = "", fraction = ""] = amount.absolute().toString().split(".");
  const decimals = fraction.padEnd(leastDecimals, "0");
  const sign = amount.sign < 0 ? "-" : "";
  return `${sign}${grouped(whole)}${decimals === "" ? "" : `.${decimals}`}`;
}

/** A difference: as an amount, with its sign also when it is positive. */
export function differenceText(difference: Decimal, leastDecimals = 0): string {
  return `${difference.sign > 0 ? "+" : ""}${amountText(difference, leastDecimals)}`;
}

/** How near to a number a chart can draw it. Never for a figure that is read. */
export function pixelValue(amount: Decimal): number {
  return Number(amount.toString());
}

export function orZero(amount: Decimal | undefined): Decimal {
  return amount ?? Decimal.ZERO;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

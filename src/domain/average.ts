/** The average price of a holding: one step function, folded over movements (rules H1-H3). */
import { Decimal } from "../protocol/decimal.ts";
import type { Average, NamedCurrency, Position, Step } from "./state.ts";

/** No quantity, no average. */
export const FLAT: Position = { quantity: Decimal.ZERO, average: { basis: "flat" } };

/**
 * Which currency two currencies are, by the name that it had at the later of the two times; undefined when they were not
 * one by then.
 */
export type CommonCurrency = (left: NamedCurrency, right: NamedCurrency) => NamedCurrency | undefined;

/** The position after a movement. Funds stay out of it. */
export function step(position: Position, movement: Step, common: CommonCurrency): Position {
  const quantity = position.quantity.plus(movement.quantity);
  if (quantity.isZero) return FLAT;
  if (position.quantity.isZero) return { quantity, average: opened(movement) };
  const sameDirection = position.quantity.sign === movement.quantity.sign;
  if (sameDirection) return { quantity, average: extended(position, movement, quantity, common) };
  const throughZero = position.quantity.sign !== quantity.sign;
  return { quantity, average: throughZero ? opened(movement) : position.average };
}

/** The movement by which a whole position joins another (rule X2); undefined when there is nothing to join. */
export function joining({ quantity, average }: Position): Step | undefined {
  switch (average.basis) {
    case "flat":
      return undefined;
    case "unpriced":
      return { quantity };
    case "mixed":
      return { quantity, isMixed: true };
    case "priced": {
      const { price, currency } = average;
      return { quantity, price, ...(currency !== undefined && { currency }) };
    }
  }
}

/** Whether two positions are the same in everything that a later step depends on. */
export function samePosition(left: Position, right: Position): boolean {
  return left.quantity.equals(right.quantity) && sameAverage(left.average, right.average);
}

function sameAverage(left: Average, right: Average): boolean {
  if (left.basis !== "priced" || right.basis !== "priced") return left.basis === right.basis;
  return left.price.equals(right.price) && sameName(left.currency, right.currency);
}

function sameName(left: NamedCurrency | undefined, right: NamedCurrency | undefined): boolean {
  return left?.name === right?.name && left?.at === right?.at;
}

function opened({ price, currency, isMixed }: Step): Average {
  if (isMixed === true) return { basis: "mixed" };
  return price === undefined ? { basis: "unpriced" } : { basis: "priced", price, currency };
}

function extended({ quantity, average }: Position, movement: Step, total: Decimal, common: CommonCurrency): Average {
  const { price } = movement;
  if (average.basis === "mixed" || movement.isMixed === true) return { basis: "mixed" };
  if (price === undefined) return average;
  if (average.basis !== "priced") return opened(movement);
  const [ours, theirs] = [average.currency, movement.currency];
  const currency = ours !== undefined && theirs !== undefined ? common(ours, theirs) : (ours ?? theirs);
  if (currency === undefined && ours !== undefined) return { basis: "mixed" };
  const value = quantity.times(average.price).plus(movement.quantity.times(price));
  return { basis: "priced", price: value.dividedBy(total), currency };
}

/** The average price of a holding: one step function, folded over movements (rules H1-H3). */
import { Decimal } from "../protocol/decimal.ts";
import type { Average, Position } from "./state.ts";

/** No quantity, no average. */
export const FLAT: Position = { quantity: Decimal.ZERO, average: { basis: "flat" } };

/** A change of quantity. Without a price it is an unpriced transfer; without a currency it is of the holding's own. */
export interface Step {
  readonly quantity: Decimal;
  readonly price?: Decimal;
  readonly currency?: string;
}

/** The position after a movement. Funds stay out of it. */
export function step(position: Position, movement: Step): Position {
  const quantity = position.quantity.plus(movement.quantity);
  if (quantity.isZero) return FLAT;
  if (position.quantity.isZero) return { quantity, average: opened(movement) };
  const sameDirection = position.quantity.sign === movement.quantity.sign;
  if (sameDirection) return { quantity, average: extended(position, movement, quantity) };
  const throughZero = position.quantity.sign !== quantity.sign;
  return { quantity, average: throughZero ? opened(movement) : position.average };
}

/** Whether two positions are the same in everything that a later step depends on. */
export function samePosition(left: Position, right: Position): boolean {
  return left.quantity.equals(right.quantity) && sameAverage(left.average, right.average);
}

function sameAverage(left: Average, right: Average): boolean {
  if (left.basis !== "priced" || right.basis !== "priced") return left.basis === right.basis;
  return left.price.equals(right.price) && left.currency === right.currency;
}

function opened({ price, currency }: Step): Average {
  return price === undefined ? { basis: "unpriced" } : { basis: "priced", price, currency };
}

function extended({ quantity, average }: Position, movement: Step, total: Decimal): Average {
  const { price, currency } = movement;
  if (price === undefined || average.basis === "mixed") return average;
  if (average.basis !== "priced") return opened(movement);
  if (average.currency !== undefined && currency !== undefined && average.currency !== currency)
    return { basis: "mixed" };
  const value = quantity.times(average.price).plus(movement.quantity.times(price));
  return { basis: "priced", price: value.dividedBy(total), currency: average.currency ?? currency };
}

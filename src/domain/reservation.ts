/** What an open order holds back, and what is left to spend (rules O3, O4). */
import { atLeastZero, Decimal } from "../protocol/decimal.ts";
import type { CashPosition, OrderState, Side } from "../protocol/messages/index.ts";

/** What a side moves: cash out and assets in, the reverse, or nothing (AS_DEFINED, OPPOSITE). */
export type Direction = "buy" | "sell" | "none";

/** The direction of a side. */
export function directionOf(side: Side): Direction {
  switch (side) {
    case "SIDE_BUY":
      return "buy";
    case "SIDE_SELL":
    case "SIDE_SHORTSELL":
    case "SIDE_SHORTSELL_EXEMPT":
      return "sell";
    case "SIDE_AS_DEFINED":
    case "SIDE_OPPOSITE":
    case "SIDE_UNKNOWN":
      return "none";
  }
}

/** What is left to execute: never negative, whatever the adapter reports. */
export function leavesOf(order: OrderState): Decimal {
  return atLeastZero((order.Quantity ?? Decimal.ZERO).minus(order.ExecutedQuantity ?? Decimal.ZERO));
}

/** The sum of a map of funds. */
export function sumOf(funds: Readonly<Record<string, Decimal>> | undefined): Decimal {
  return Object.values(funds ?? {}).reduce((sum, amount) => sum.plus(amount), Decimal.ZERO);
}

/** An amount of a map whose names a caller chose: a name that every object has is none of its own. */
export function amountIn(amounts: Readonly<Record<string, Decimal>> | undefined, name: string): Decimal {
  const amount = amounts !== undefined && Object.hasOwn(amounts, name) ? amounts[name] : undefined;
  return amount ?? Decimal.ZERO;
}

/** The amounts of two maps, added up by name in the order of the names; undefined when none is left (rule C2). */
export function addedAmounts(
  left: Readonly<Record<string, Decimal>> | undefined,
  right: Readonly<Record<string, Decimal>> | undefined,
): Readonly<Record<string, Decimal>> | undefined {
  const names = [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])].sort();
  const sums = names.map((name) => [name, amountIn(left, name).plus(amountIn(right, name))] as const);
  const amounts = sums.filter(([, amount]) => !amount.isZero);
  return amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

/** What an order reserves: cash of its currency for a buy, quantity of its asset for a sell. Zero when it is done. */
export interface Reservation {
  readonly unfilledBuys: Decimal;
  readonly unfilledSells: Decimal;
}

const NOTHING: Reservation = { unfilledBuys: Decimal.ZERO, unfilledSells: Decimal.ZERO };

/** Rule O3. */
export function reservationOf(order: OrderState): Reservation {
  const leaves = leavesOf(order);
  if (order.IsCompleted === true || leaves.isZero) return NOTHING;
  switch (directionOf(order.Side ?? "SIDE_UNKNOWN")) {
    case "buy":
      return {
        ...NOTHING,
        unfilledBuys: atLeastZero(leaves.times(order.Price ?? Decimal.ZERO)).plus(unusedFunds(order)),
      };
    case "sell":
      return { ...NOTHING, unfilledSells: leaves };
    case "none":
      return NOTHING;
  }
}

function unusedFunds({ AdditionalFunds = {}, ExecutedAdditionalFunds }: OrderState): Decimal {
  return Object.entries(AdditionalFunds).reduce((sum, [name, amount]) => {
    const used = atLeastZero(amountIn(ExecutedAdditionalFunds, name));
    return sum.plus(atLeastZero(amount.minus(used)));
  }, Decimal.ZERO);
}

/** What a client may still spend (rule O4). */
export function availableCash(balance: CashPosition): Decimal {
  const { Balance, UnbookedTransactions, UnfilledBuys, Margin } = balance;
  return [Balance, UnbookedTransactions, UnfilledBuys?.negated(), Margin].reduce<Decimal>(
    (sum, figure) => (figure === undefined ? sum : sum.plus(figure)),
    Decimal.ZERO,
  );
}

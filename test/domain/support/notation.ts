/**
 * The short notation in which tests state what an Owner holds, that of the acceptance examples:
 * B Balance, U UnbookedTransactions, R UnfilledBuys, M Margin, S UnfilledSells, `quantity@average`; zeros left out.
 * What belongs to account A1, exchange ASX and currency AUD is written without naming them.
 */
import type { Records } from "../../../src/domain/records.ts";
import type { Timer } from "../../../src/domain/state.ts";
import { atLeastZero, Decimal } from "../../../src/protocol/decimal.ts";
import type { Account, AssetPosition, CashPosition, OrderState } from "../../../src/protocol/messages/index.ts";

export const DEFAULTS = { Owner: "XS", Account: "A1", Currency: "AUD", Exchange: "ASX", Code: "BHP" } as const;

/** What an Owner holds: `AUD`, `A2/USD` a balance; `BHP`, `A2/XLON:VOD` a holding; `O1`, `A2/O1` an order. */
export type Notation = Readonly<Record<string, string>>;

type Listing = { readonly [K in "balance" | "holding" | "order"]: ReadonlyMap<string, Records[K]> };

/** Writes what an Owner holds; orders only when asked. */
export function notationOf({ balance, holding, order }: Listing, withOrders: boolean): Notation {
  const lines: [string, string][] = [
    ...[...balance.values()].map((position): [string, string] => [nameOfBalance(position), ofBalance(position)]),
    ...[...holding.values()].map((position): [string, string] => [nameOfHolding(position), ofHolding(position)]),
    ...(withOrders ? [...order.values()].map((state): [string, string] => [nameOfOrder(state), ofOrder(state)]) : []),
  ];
  return Object.fromEntries(lines.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** An expectation in the same spelling as what `notationOf` writes: `U -4.950` is `U -4.95`. */
export function normalised(expected: Notation): Notation {
  return Object.fromEntries(
    Object.entries(expected)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, text]) => [name, text.replaceAll(/-?\d+(?:\.\d+)?/g, (figure) => Decimal.of(figure).toString())]),
  );
}

/** Quantity − ExecutedQuantity, not below zero (rule O3); nothing is left of a completed order. */
export function leavesOf({
  Quantity = Decimal.ZERO,
  ExecutedQuantity = Decimal.ZERO,
  IsCompleted,
}: OrderState): Decimal {
  return IsCompleted === true ? Decimal.ZERO : atLeastZero(Quantity.minus(ExecutedQuantity));
}

export function nameOfBalance({ Account, Currency = "" }: CashPosition): string {
  return withAccount(Account, Currency);
}

export function nameOfHolding({ Account, Exchange = "", Code = "" }: AssetPosition): string {
  return withAccount(Account, Exchange === DEFAULTS.Exchange ? Code : `${Exchange}:${Code}`);
}

export function nameOfOrder({ Account, OrderID = "" }: OrderState): string {
  return withAccount(Account, OrderID);
}

/** What each timer is for, and when it is due in ISO 8601. */
export function timersInShort(timers: ReadonlyMap<string, Timer>): readonly string[] {
  return [...timers.values()].map(({ kind, key, due }) => `${kind} ${key} ${new Date(due).toISOString()}`).sort();
}

function withAccount(account: Account | undefined, name: string): string {
  return account?.AccountID === DEFAULTS.Account ? name : `${account?.AccountID}/${name}`;
}

function ofBalance({ Balance, UnbookedTransactions, UnfilledBuys, Margin, Values = {} }: CashPosition): string {
  return listed([
    ["B", Balance],
    ["U", UnbookedTransactions],
    ["R", UnfilledBuys],
    ["M", Margin],
    ...Object.entries(Values),
  ]);
}

function ofHolding({ Quantity = Decimal.ZERO, AveragePrice, Currency, UnfilledSells }: AssetPosition): string {
  const parts: string[] = [];
  if (!Quantity.isZero) parts.push(`${Quantity}@${ofAverage(AveragePrice, Currency)}`);
  else if (AveragePrice !== undefined || Currency !== undefined) parts.push(`0@${ofAverage(AveragePrice, Currency)}`);
  const sells = listed([["S", UnfilledSells]]);
  if (sells !== "") parts.push(sells);
  return parts.join(", ");
}

function ofAverage(price: Decimal | undefined, currency: string | undefined): string {
  if (price === undefined) return currency === undefined ? "unknown" : `unknown ${currency}`;
  return currency === DEFAULTS.Currency ? price.toString() : `${price} ${currency ?? "of no currency"}`;
}

function ofOrder(order: OrderState): string {
  const { Quantity, ExecutedQuantity = Decimal.ZERO, Status } = order;
  return `${Quantity ?? "?"}/${ExecutedQuantity}/${leavesOf(order)}${Status === undefined ? "" : ` ${Status}`}`;
}

function listed(figures: readonly (readonly [string, Decimal | undefined])[]): string {
  return figures
    .filter(([, figure]) => figure !== undefined && !figure.isZero)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(", ");
}

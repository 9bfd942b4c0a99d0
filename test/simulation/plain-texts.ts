/** How records of the state are written for comparison: the plain books on one side, events and the store on the other. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { fixed, type Written, written } from "./fixed.ts";

export type WireAction = NonNullable<WireEvent["Action"]>;
export type WireOrder = NonNullable<WireEvent["Order"]>;
export type WireBalance = NonNullable<WireEvent["Balance"]>;
export type WireHolding = NonNullable<WireEvent["Holding"]>;

/** Names a record of the state. */
export const nameOf = {
  order: (account: string, id: string) => `order ${account} ${id}`,
  balance: (account: string, currency: string) => `balance ${account} ${currency}`,
  holding: (account: string, exchange: string, code: string) => `holding ${account} ${exchange} ${code}`,
} as const;

/** Figures that are not zero, by name. */
export function figuresText(figures: Iterable<readonly [name: string, value: bigint]>): string {
  return [...figures]
    .filter(([, value]) => value !== 0n)
    .map(([name, value]) => `${name} ${written(value)}`)
    .sort()
    .join(", ");
}

export function balanceText(position: WireBalance): string {
  const { Balance, UnbookedTransactions, UnfilledBuys, Margin, Values = {} } = position;
  const figures = Object.entries({ Balance, UnbookedTransactions, UnfilledBuys, Margin, ...pools(Values) });
  return figuresText(figures.map(([name, value]) => [name, fixed(value)]));
}

function pools(values: Readonly<Record<string, Written>>): Readonly<Record<string, Written>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`Values.${name}`, value]));
}

export function holdingText({ Quantity, AveragePrice, Currency, UnfilledSells }: WireHolding): string {
  const quantity = fixed(Quantity);
  const average =
    AveragePrice === undefined ? "unknown" : `${written(fixed(AveragePrice))} ${Currency ?? "of no currency"}`;
  return holdingTextOf(quantity === 0n ? "" : `${written(quantity)}@${average}`, fixed(UnfilledSells));
}

export function holdingTextOf(position: string, unfilledSells: bigint): string {
  return [position, figuresText([["UnfilledSells", unfilledSells]])].filter((text) => text !== "").join(", ");
}

/** All fields in order of their names, decimals in one spelling. */
export function contentText(value: unknown): string {
  return JSON.stringify(normal(value));
}

function normal(value: unknown): unknown {
  if (typeof value === "number") return written(fixed(value));
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, of]) => of !== undefined);
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, of]) => [name, normal(of)]),
  );
}

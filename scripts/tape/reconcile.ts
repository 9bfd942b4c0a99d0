/** Compares what a server answers to the books that were worked out independently, and adds up what must cancel out. */
import type { AssetPosition, CashPosition, OrderState } from "../../src/protocol/messages/index.ts";
import { amountOf, amountText, type Books } from "./books.ts";

export interface ServerState {
  readonly balances: readonly CashPosition[];
  readonly holdings: readonly AssetPosition[];
  readonly orders: readonly OrderState[];
}

/** What must cancel out, whatever was traded. */
export interface Sums {
  readonly cash: bigint;
  readonly fees: bigint;
  /** Per exchange and code: Σ of all accounts' quantities. */
  readonly holdings: ReadonlyMap<string, bigint>;
}

/** How the server's state differs from the books; empty when every figure agrees. */
export function differences(books: Books, { balances, holdings, orders }: ServerState): string[] {
  return [
    ...compared(cashTexts(books), balanceTexts(balances)),
    ...compared(holdingTexts(books), assetTexts(holdings)),
    ...compared(
      new Map([...books.orders].map((id) => [`order ${id}`, "there"])),
      new Map(orders.map(({ OrderID }) => [`order ${OrderID}`, "there"])),
    ),
  ];
}

/** The sums over the server's own answers; the fees are the books', because no position shows them. */
export function sumsOf(books: Books, { balances, holdings }: ServerState): Sums {
  const bySymbol = new Map<string, bigint>();
  for (const { Exchange, Code, Quantity } of holdings) {
    const symbol = `${Exchange}:${Code}`;
    bySymbol.set(symbol, (bySymbol.get(symbol) ?? 0n) + figure(Quantity));
  }
  const cash = balances.reduce((sum, balance) => sum + cashOf(balance), 0n);
  return { cash, fees: books.fees, holdings: bySymbol };
}

/** Whether Σ cash = −Σ fees, and Σ holdings = 0 for each symbol. */
export function cancelsOut({ cash, fees, holdings }: Sums): boolean {
  return cash === -fees && [...holdings.values()].every((quantity) => quantity === 0n);
}

function cashTexts({ cash }: Books): Map<string, string> {
  return new Map(
    [...cash.values()].map(({ account, currency, cash: amount, unfilledBuys }) => [
      `cash ${account} ${currency}`,
      `${amountText(amount)} with ${amountText(unfilledBuys)} in unfilled buys`,
    ]),
  );
}

function balanceTexts(balances: readonly CashPosition[]): Map<string, string> {
  return new Map(
    balances
      .filter((balance) => cashOf(balance) !== 0n || figure(balance.UnfilledBuys) !== 0n)
      .map((balance) => [
        `cash ${balance.Account?.AccountID} ${balance.Currency}`,
        `${amountText(cashOf(balance))} with ${amountText(figure(balance.UnfilledBuys))} in unfilled buys`,
      ]),
  );
}

function holdingTexts({ holdings }: Books): Map<string, string> {
  return new Map(
    [...holdings.values()].map(({ account, exchange, code, quantity, unfilledSells, average }) => [
      `holding ${account} ${exchange} ${code}`,
      holdingText(quantity, average, unfilledSells),
    ]),
  );
}

function assetTexts(holdings: readonly AssetPosition[]): Map<string, string> {
  return new Map(
    holdings
      .filter(({ Quantity, UnfilledSells }) => figure(Quantity) !== 0n || figure(UnfilledSells) !== 0n)
      .map(({ Account, Exchange, Code, Quantity, UnfilledSells, AveragePrice }) => [
        `holding ${Account?.AccountID} ${Exchange} ${Code}`,
        holdingText(
          figure(Quantity),
          AveragePrice === undefined ? undefined : figure(AveragePrice),
          figure(UnfilledSells),
        ),
      ]),
  );
}

function holdingText(quantity: bigint, average: bigint | undefined, unfilledSells: bigint): string {
  const price = average === undefined ? "" : ` at ${amountText(average)}`;
  return `${amountText(quantity)}${price} with ${amountText(unfilledSells)} in unfilled sells`;
}

function cashOf({ Balance, UnbookedTransactions }: CashPosition): bigint {
  return figure(Balance) + figure(UnbookedTransactions);
}

function figure(value: { toString(): string } | undefined): bigint {
  return value === undefined ? 0n : amountOf(value.toString());
}

function compared(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names]
    .filter((name) => expected.get(name) !== actual.get(name))
    .map(
      (name) => `${name}: expected ${expected.get(name) ?? "nothing"}, the server has ${actual.get(name) ?? "nothing"}`,
    );
}

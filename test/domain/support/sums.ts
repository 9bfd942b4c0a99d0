/** Sums by position and figure, and what a cash movement adds to them. */
import type { CashAdjustment, CashTransfer } from "../../../src/protocol/messages/index.ts";
import { Rational } from "./rational.ts";

/** By position, then by figure. */
export type Sums = Map<string, Map<string, Rational>>;

/** Figures as plain decimals, zeros left out; by account and currency, or account, exchange and code. */
export type Figures = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Names a position: an account and a currency, or an account, an exchange and a code. */
export function positionKey(parts: readonly (string | undefined)[]): string {
  return parts.join(" ");
}

export function add(sums: Sums, key: string, name: string, value: Rational): void {
  const figures = sums.get(key) ?? new Map<string, Rational>();
  sums.set(key, figures.set(name, (figures.get(name) ?? Rational.ZERO).plus(value)));
}

export function addCash(sums: Sums, key: string, cash: CashTransfer | CashAdjustment): void {
  for (const [name, value] of cashEffects(cash)) add(sums, key, name, value);
}

/** Rules C1 and C2: which figures change by how much. An adjustment is a transfer without funds. */
function cashEffects(cash: CashTransfer | CashAdjustment): readonly (readonly [figure: string, value: Rational])[] {
  const value = figure(cash.Value);
  const effect = value.minus("AdditionalFunds" in cash ? total(cash.AdditionalFunds) : Rational.ZERO);
  const pool = cash.Pool ?? "";
  if (pool !== "") return [[pool === "Margin" ? "Margin" : `Values.${pool}`, effect]];
  switch (cash.Settlement) {
    case "SettlementStatus_Unbooked":
      return [["UnbookedTransactions", effect]];
    case "SettlementStatus_Settle":
      return [
        ["UnbookedTransactions", value.negated()],
        ["Balance", effect],
      ];
    case "SettlementStatus_Reverse":
      return [
        ["UnbookedTransactions", value],
        ["Balance", effect.negated()],
      ];
    default:
      return [["Balance", effect]];
  }
}

/** A figure as a fraction; an omitted one is zero. */
export function figure(value: { toString(): string } | undefined): Rational {
  return value === undefined ? Rational.ZERO : Rational.of(value.toString());
}

/** The sum of a map of funds. */
export function total(funds: Readonly<Record<string, { toString(): string }>> = {}): Rational {
  return Rational.sum(Object.values(funds).map(figure));
}

/** Rule H4: a position whose every figure is zero does not exist. */
export function withoutZeros(sums: Sums): Figures {
  const positions = [...sums].map(([key, figures]) => {
    const shown = [...figures].filter(([, value]) => !value.isZero).map(([name, value]) => [name, value.toString()]);
    return [key, Object.fromEntries(shown)] as const;
  });
  return Object.fromEntries(positions.filter(([, figures]) => Object.keys(figures).length > 0));
}

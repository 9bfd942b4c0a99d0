import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelAsset, levelCash } from "../../src/cli/positions/levelling.ts";
import { type CommonCurrency, step } from "../../src/domain/average.ts";
import type { NamedCurrency, Position } from "../../src/domain/state.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { AssetPosition, CashPosition, CashTransferRequest } from "../../src/protocol/messages/index.ts";
import { atOf } from "../domain/support/book.ts";

const Account = { OwnerID: "XS", AccountID: "A1" };
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(8))
  .map(([coefficient, scale]) => new Decimal(coefficient, scale));
const figure = fc.oneof(fc.constant(Decimal.ZERO), amount);

/** What rules C1 and C2 make of a balance. */
function transferred(balance: CashPosition, { Transfer = {} }: CashTransferRequest): CashPosition {
  const { Balance, UnbookedTransactions, Margin, Values = {} } = balance;
  const { Pool, Value, Settlement } = Transfer;
  const plus = (left: Decimal | undefined): Decimal => (left ?? Decimal.ZERO).plus(Value ?? Decimal.ZERO);
  if (Pool === "Margin") return { ...balance, Margin: plus(Margin) };
  if (Pool !== undefined) return { ...balance, Values: { ...Values, [Pool]: plus(Values[Pool]) } };
  if (Settlement === "SettlementStatus_Unbooked") {
    return { ...balance, UnbookedTransactions: plus(UnbookedTransactions) };
  }
  return { ...balance, Balance: plus(Balance) };
}

const cash: fc.Arbitrary<CashPosition> = fc
  .record({
    Balance: figure,
    UnbookedTransactions: figure,
    Margin: figure,
    Values: fc.dictionary(fc.constantFrom("Bonus", "Held", "Tax"), amount),
  })
  .map((figures) => ({ Account, Currency: "AUD", ...figures }));

function figuresOf({ Balance, UnbookedTransactions, Margin, Values = {} }: CashPosition) {
  const pools = Object.entries(Values).filter(([, value]) => !value.isZero);
  pools.sort(([left], [right]) => (left < right ? -1 : 1));
  return [Balance, UnbookedTransactions, Margin, ...pools.flat()].map((figure) => String(figure ?? 0));
}

describe("levelling cash", () => {
  it("brings any figures to any others, and does nothing when they are the same", () =>
    fc.assert(
      fc.property(cash, cash, (from, to) => {
        const transfers = levelCash(from, to, "id");
        expect(figuresOf(transfers.reduce(transferred, from))).toEqual(figuresOf(to));
        expect(levelCash(to, to, "id")).toEqual([]);
      }),
    ));

  it("never uses an id twice for what is known by currency and pool", () =>
    fc.assert(
      fc.property(cash, cash, (from, to) => {
        const keys = levelCash(from, to, "id").map(({ Transaction, Transfer }) =>
          JSON.stringify([Transaction?.TransactionID, Transfer?.Currency, Transfer?.Pool]),
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    ));
});

/** Nothing is renamed here: the time at which a name was used does not matter. */
const named = (name: string): NamedCurrency => ({ name, at: atOf(1) });
const sameName: CommonCurrency = (left, right) => (left.name === right.name ? right : undefined);

describe("levelling assets", () => {
  const holding = fc
    .record({ Quantity: figure, AveragePrice: fc.option(amount, { nil: undefined }) })
    .map(({ Quantity, AveragePrice }): AssetPosition => {
      const isPriced = !Quantity.isZero && AveragePrice !== undefined;
      return { Account, Exchange: "ASX", Code: "BHP", Quantity, ...(isPriced && { AveragePrice, Currency: "AUD" }) };
    });
  const positionOf = ({ Quantity = Decimal.ZERO, AveragePrice, Currency }: AssetPosition): Position => ({
    quantity: Quantity,
    average: Quantity.isZero
      ? { basis: "flat" }
      : AveragePrice === undefined
        ? { basis: "unpriced" }
        : { basis: "priced", price: AveragePrice, currency: Currency === undefined ? undefined : named(Currency) },
  });

  it("gives a holding exactly the quantity and the average price that it should have (rules H1, H2)", () =>
    fc.assert(
      fc.property(holding, holding, (from, to) => {
        const levelled = levelAsset(from, to, "id").reduce((position, { Transaction, Transfer }) => {
          const price = Transaction?.Values?.Price;
          const currency = Transaction?.Properties?.Currency;
          const movement = {
            quantity: Transfer?.Value ?? Decimal.ZERO,
            ...(price !== undefined && { price }),
            ...(currency !== undefined && { currency: named(currency) }),
          };
          return step(position, movement, sameName);
        }, positionOf(from));
        const shown = ({ quantity, average }: Position) => {
          const priced = average.basis === "priced" ? [String(average.price), average.currency?.name] : [];
          return [String(quantity), average.basis, ...priced];
        };
        expect(shown(levelled)).toEqual(shown(positionOf(to)));
        expect(levelAsset(to, to, "id")).toEqual([]);
      }),
    ));
});

/** Average prices, and positions that come and go (rules H1 to H4). */
import { describe, expect, test } from "vitest";
import { type CommonCurrency, FLAT, step } from "../../src/domain/average.ts";
import type { Position } from "../../src/domain/state.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { scenario } from "./given.ts";
import { atOf } from "./support/book.ts";

/** Movements as `quantity@price currency`, folded into the position that they lead to. */
function folded(...movements: readonly string[]): string {
  return shown(movements.reduce<Position>((position, movement) => step(position, stepOf(movement), sameName), FLAT));
}

function stepOf(movement: string): Parameters<typeof step>[1] {
  const [, quantity = "", price, currency] = /^(\S+?)(?:@(\S+))?(?: (\S+))?$/.exec(movement) ?? [];
  return {
    quantity: Decimal.of(quantity),
    ...(price !== undefined && { price: Decimal.of(price) }),
    ...(currency !== undefined && { currency: { name: currency, at: atOf(1) } }),
  };
}

const sameName: CommonCurrency = (left, right) => (left.name === right.name ? left : undefined);

function shown({ quantity, average }: Position): string {
  if (average.basis !== "priced") return `${quantity}@${average.basis}`;
  return `${quantity}@${average.price}${average.currency === undefined ? "" : ` ${average.currency.name}`}`;
}

describe("H1: the average of a signed quantity", () => {
  const cases: readonly (readonly [title: string, movements: readonly string[], position: string])[] = [
    ["flat takes the movement's price", ["10@5"], "10@5"],
    ["flat takes the movement's price, selling", ["-10@5"], "-10@5"],
    ["the same direction weighs both", ["10@5", "30@6"], "40@5.75"],
    ["the same direction weighs both, short", ["-10@5", "-30@6"], "-40@5.75"],
    ["a reduction keeps it", ["10@5", "-4@9"], "6@5"],
    ["a reduction keeps it, short", ["-10@5", "4@9"], "-6@5"],
    ["exactly flat has none", ["10@5", "-10@9"], "0@flat"],
    ["exactly flat has none, short", ["-10@5", "10@9"], "0@flat"],
    ["through zero takes the movement's price", ["10@5", "-14@9"], "-4@9"],
    ["through zero takes the movement's price, short", ["-10@5", "14@9"], "4@9"],
    ["after flat it starts anew", ["10@5", "-10@9", "3@2"], "3@2"],
    ["a price of zero is a price", ["10@0", "10@1"], "20@0.5"],
    ["negative prices weigh like others", ["10@-5", "30@1"], "40@-0.5"],
    ["fractions", ["0.1@0.3", "0.2@0.6"], "0.3@0.5"],
    ["it rounds to ten decimals", ["1@1", "2@0"], "3@0.3333333333"],
    ["it rounds up to ten decimals", ["2@1", "1@0"], "3@0.6666666667"],
    ["an exact half goes to the even neighbour below", ["1@0.0000000001", "1@0"], "2@0"],
    ["an exact half goes to the even neighbour above", ["1@0.0000000003", "1@0"], "2@0.0000000002"],
    ["a negative half goes to the even neighbour too", ["1@-0.0000000003", "1@0"], "2@-0.0000000002"],
    ["a short's half goes to the even neighbour too", ["-1@0.0000000001", "-1@0.0000000002"], "-2@0.0000000002"],
    [
      "a price of more than ten decimals is taken as it is until something is divided",
      ["3@0.123456789012"],
      "3@0.123456789012",
    ],
    ["the rounded value is the state", ["1@1", "2@0", "3@0"], "6@0.1666666666"],
    ["a movement of nothing changes nothing", ["10@5", "0@9"], "10@5"],
    ["a movement of nothing opens nothing", ["0@9"], "0@flat"],
  ];
  for (const [title, movements, position] of cases) {
    test(`H1: ${title}`, () => {
      expect(folded(...movements)).toBe(position);
    });
  }

  scenario("H1: funds stay out of it", ({ trade, now }) => {
    trade("T1", { Quantity: 10, Price: 5, AdditionalFunds: 25 }, { Side: "BUY" });
    trade("T2", { Quantity: 10, Price: 6, AdditionalFunds: -25 });
    now({ AUD: "U -110", BHP: "20@5.5" });
  });
});

describe("H2: movements without a price", () => {
  const cases: readonly (readonly [title: string, movements: readonly string[], position: string])[] = [
    ["into a flat position: unknown", ["10"], "10@unpriced"],
    ["into an unknown average: it stays unknown", ["10", "5"], "15@unpriced"],
    ["into a known one: it stays as it is", ["10@5 AUD", "5"], "15@5 AUD"],
    ["reducing a known one: it stays as it is", ["10@5 AUD", "-5"], "5@5 AUD"],
    ["reducing an unknown one: it stays unknown", ["10", "-5"], "5@unpriced"],
    ["through zero: unknown", ["10@5 AUD", "-15"], "-5@unpriced"],
    ["to flat and beyond: nothing is remembered", ["10", "-10", "3@2 AUD"], "3@2 AUD"],
    ["the first priced one in the same direction sets it for the whole", ["10", "5@7 AUD"], "15@7 AUD"],
    ["so it does for a short", ["-10", "-5@7 AUD"], "-15@7 AUD"],
    ["one in the other direction does not", ["10", "-5@7 AUD"], "5@unpriced"],
    ["one in the other direction does, through zero", ["10", "-15@7 AUD"], "-5@7 AUD"],
    ["after it is set, the next one weighs", ["10", "10@7 AUD", "20@8 AUD"], "40@7.5 AUD"],
  ];
  for (const [title, movements, position] of cases) {
    test(`H2: ${title}`, () => {
      expect(folded(...movements)).toBe(position);
    });
  }

  scenario("H2: an asset transfer is a movement at Transaction.Values.Price, or unpriced", ({ asset, trade, now }) => {
    asset(10, { Price: 5 });
    asset(10, { Price: 6 });
    now({ BHP: "20@5.5 of no currency" });
    asset(-4);
    now({ BHP: "16@5.5 of no currency" });
    trade("T1", { Quantity: 4, Price: 8 }, { Side: "BUY" });
    now({ AUD: "U -32", BHP: "20@6" });
    asset(-30);
    now({ AUD: "U -32", BHP: "-10@unknown" });
    asset(-10, { Price: 3 });
    now({ AUD: "U -32", BHP: "-20@3 of no currency" });
  });

  scenario(
    "H2: a transfer's price is of the currency it names, else of the account's [ours]",
    ({ asset, defineAccount, now }) => {
      defineAccount({ DefaultCurrency: "NZD" });
      asset(10, { Price: 5 });
      asset(10, { Code: "RIO", Price: 5, Properties: { Currency: "USD" } });
      now({ BHP: "10@5 NZD", RIO: "10@5 USD" });
    },
  );

  scenario(
    "H2: a transfer among trades counts at its place when an earlier trade is corrected",
    ({ asset, trade, correction, now }) => {
      trade("T1", { Quantity: 10, Price: 5 }, { Side: "BUY" });
      asset(-4);
      asset(14, { Price: 10 });
      now({ AUD: "U -50", BHP: "20@8.5" });
      correction("T1", { Quantity: 4, Price: 5 });
      now({ AUD: "U -20", BHP: "14@10 of no currency" });
      correction("T1", { Quantity: 3, Price: 5 });
      now({ AUD: "U -15", BHP: "13@10 of no currency" });
    },
  );
});

describe("H3: movements in another currency", () => {
  const cases: readonly (readonly [title: string, movements: readonly string[], position: string])[] = [
    ["in the same direction: unknown", ["10@5 AUD", "10@4 USD"], "20@mixed"],
    ["unknown it stays, whatever comes in the same direction", ["10@5 AUD", "10@4 USD", "10@5 AUD", "10"], "40@mixed"],
    ["a reduction keeps it unknown", ["10@5 AUD", "10@4 USD", "-5@4 USD"], "15@mixed"],
    ["until flat", ["10@5 AUD", "10@4 USD", "-20@4 USD", "3@2 USD"], "3@2 USD"],
    ["until through zero", ["10@5 AUD", "10@4 USD", "-30@6 USD"], "-10@6 USD"],
    [
      "through zero without a price it is unknown for that, and can be set again",
      ["10@5 AUD", "10@4 USD", "-30", "-10@6 USD"],
      "-20@6 USD",
    ],
    ["a reduction in another currency keeps average and currency", ["10@5 AUD", "-4@9 USD"], "6@5 AUD"],
    ["through zero takes the other currency with the price", ["10@5 AUD", "-14@9 USD"], "-4@9 USD"],
    ["the first priced one brings its currency to an unpriced holding", ["10", "5@7 USD"], "15@7 USD"],
    ["an unpriced one is of no other currency", ["10@5 AUD", "5", "5@4 USD"], "20@mixed"],
  ];
  for (const [title, movements, position] of cases) {
    test(`H3: ${title}`, () => {
      expect(folded(...movements)).toBe(position);
    });
  }

  scenario(
    "H3: a correction into the holding's currency makes the average known again",
    ({ trade, correction, now }) => {
      trade("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Side: "BUY" });
      trade("T2", { Quantity: 10, Price: 4 }, { OrderID: "O2", Side: "BUY", Currency: "USD" });
      trade("T3", { Quantity: 10, Price: 6 }, { OrderID: "O1" });
      now({ AUD: "U -110", USD: "U -40", BHP: "30@unknown" });
      correction("T2", { Quantity: 10, Price: 4 }, { OrderID: "O2", Currency: "AUD" });
      now({ AUD: "U -150", BHP: "30@5" });
      correction("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Currency: "NZD" });
      now({ AUD: "U -100", NZD: "U -50", BHP: "30@unknown" });
    },
  );
});

describe("H4: a position whose every figure is zero is removed", () => {
  scenario("H4: a balance, and it comes back when there is something again", ({ deposit, events, raised, now }) => {
    deposit(100);
    deposit(-100);
    expect(events()).toEqual(["Updates CashTransfer", "Balances AUD removed", expect.stringContaining("Transactions")]);
    expect(JSON.parse(JSON.stringify(raised()[1]?.Balance))).toEqual({
      ...{ Account: { AccountID: "A1", OwnerID: "XS" }, Currency: "AUD" },
      ...{ Balance: 0, Margin: 0, UnbookedTransactions: 0, UnfilledBuys: 0 },
    });
    now({});
    deposit(1);
    now({ AUD: "B 1" });
  });

  scenario("H4: not while any figure is left: opposite figures do not cancel out", ({ deposit, cash, order, now }) => {
    deposit(100);
    cash({ Value: -100, Settlement: "Unbooked" });
    now({ AUD: "B 100, U -100" });
    deposit(-100);
    cash({ Value: 100, Settlement: "Unbooked" });
    now({});
    cash({ Value: 5, Pool: "Collateral" });
    order({ Side: "BUY", Quantity: 1, Price: 5 });
    cash({ Value: -5, Pool: "Collateral" });
    now({ AUD: "R 5" });
    order({ IsCompleted: true });
    now({});
  });

  scenario("H4: a holding, flat and with nothing left to sell", ({ order, trade, asset, events, now }) => {
    asset(10, { Price: 5 });
    order({ Side: "SELL", Quantity: 12 });
    now({ BHP: "10@5 of no currency, S 12" });
    trade("T1", { Quantity: 10, Price: 6 });
    now({ AUD: "U 60", BHP: "S 2" });
    order({ IsCompleted: true });
    expect(events()).toEqual(["Updates Update", "Orders O1", "Holdings BHP removed"]);
    now({ AUD: "U 60" });
  });

  scenario(
    "H4: a holding that was removed has forgotten its average, and a correction brings it back",
    ({ trade, correction, now }) => {
      trade("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Side: "BUY" });
      trade("T2", { Quantity: 10, Price: 6 }, { OrderID: "O2", Side: "SELL" });
      now({ AUD: "U 10" });
      correction("T2", { Quantity: 8, Price: 6 }, { OrderID: "O2" });
      now({ AUD: "U -2", BHP: "2@5" });
    },
  );
});

/** What open orders reserve (rules O3 and O4). */
import { describe, expect, test } from "vitest";
import { availableCash } from "../../src/domain/reservation.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { scenario } from "./given.ts";
import type { OrderFields } from "./support/adapter.ts";

describe("O3: what an open order reserves", () => {
  const fees = { Fee: 5, Tax: 2 };
  const cases: readonly {
    readonly title: string;
    readonly state: OrderFields;
    readonly now: Record<string, string>;
  }[] = [
    {
      title: "a buy: leaves × price and its funds",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: fees },
      now: { AUD: "R 77" },
    },
    {
      title: "a buy without a price: its funds alone",
      state: { Side: "BUY", Quantity: 10, AdditionalFunds: fees },
      now: { AUD: "R 7" },
    },
    {
      title: "a buy at a negative price: its funds alone",
      state: { Side: "BUY", Quantity: 10, Price: -7, AdditionalFunds: fees },
      now: { AUD: "R 7" },
    },
    {
      title: "negative funds reserve nothing and offset nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: { Fee: 5, Rebate: -2 } },
      now: { AUD: "R 75" },
    },
    {
      title: "funds are used up by name",
      state: {
        Side: "BUY",
        Quantity: 10,
        Price: 7,
        AdditionalFunds: fees,
        ExecutedAdditionalFunds: { Fee: 6, Tax: 1.5 },
      },
      now: { AUD: "R 70.5" },
    },
    {
      title: "a refund executed frees nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: fees, ExecutedAdditionalFunds: { Fee: -3 } },
      now: { AUD: "R 77" },
    },
    {
      title: "executed funds that were not announced count for nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedAdditionalFunds: { Levy: 1 } },
      now: { AUD: "R 70" },
    },
    {
      title: "the executed quantity is taken off",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 4 },
      now: { AUD: "R 42" },
    },
    {
      title: "nothing when all is executed, the funds included",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 10, AdditionalFunds: fees },
      now: {},
    },
    {
      title: "nothing when more is executed than ordered",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 12, AdditionalFunds: fees },
      now: {},
    },
    {
      title: "nothing when completed",
      state: { Side: "BUY", Quantity: 10, Price: 7, IsCompleted: true, AdditionalFunds: fees },
      now: {},
    },
    { title: "nothing without a quantity", state: { Side: "BUY", Price: 7, AdditionalFunds: fees }, now: {} },
    {
      title: "exactly, in fractions",
      state: { Side: "BUY", Quantity: "0.3", Price: "0.1", AdditionalFunds: "0.0000000001" },
      now: { AUD: "R 0.0300000001" },
    },
    {
      title: "exactly, beyond what a double carries",
      state: { Side: "BUY", Quantity: "12345678901234567890.123456789", Price: "1.000000001" },
      now: { AUD: "R 12345678913580246791.358024679123456789" },
    },
    {
      title: "a sell: leaves, without funds",
      state: { Side: "SELL", Quantity: 10, Price: 7, AdditionalFunds: fees, ExecutedQuantity: 4 },
      now: { BHP: "S 6" },
    },
    { title: "a short sell: leaves", state: { Side: "SHORTSELL", Quantity: "0.5" }, now: { BHP: "S 0.5" } },
    { title: "an exempt short sell: leaves", state: { Side: "SHORTSELL_EXEMPT", Quantity: 10 }, now: { BHP: "S 10" } },
    { title: "a completed sell: nothing", state: { Side: "SELL", Quantity: 10, IsCompleted: true }, now: {} },
    {
      title: "AS_DEFINED: nothing",
      state: { Side: "AS_DEFINED", Quantity: 10, Price: 7, AdditionalFunds: fees },
      now: {},
    },
    {
      title: "OPPOSITE: nothing",
      state: { Side: "OPPOSITE", Quantity: 10, Price: 7, AdditionalFunds: fees },
      now: {},
    },
  ];
  for (const { title, state, now: expected } of cases) {
    scenario(`O3: ${title}`, ({ order, now }) => {
      order(state);
      now(expected);
    });
  }

  for (const Side of ["AS_DEFINED", "OPPOSITE"]) {
    scenario(
      `O3: a trade on a side of ${Side} moves nothing, and is known`,
      ({ order, trade, correction, cancel, refuses, now, events }) => {
        order({ Side, Quantity: 10, Price: 7 });
        trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 });
        expect(events()).toEqual(["Updates Trade", "Orders O1"]);
        correction("T1", { Quantity: 5, Price: 7 });
        refuses("Trade.Duplicate T1", () => trade("T1", { Quantity: 6, Price: 7 }));
        now({ O1: "10/5/5" });
        cancel("T1");
        now({ O1: "10/0/10" });
      },
    );
  }
});

describe("O4: reservations are totals over the open orders", () => {
  scenario("O4: several orders of an account add up, each currency and asset by itself", ({ order, now }) => {
    order({ OrderID: "O1", Side: "BUY", Quantity: 10, Price: 7 });
    order({ OrderID: "O2", Side: "BUY", Quantity: 1, Price: "0.01" });
    order({ OrderID: "O3", Side: "BUY", Quantity: 5, Price: 2, Currency: "USD" });
    order({ OrderID: "O4", Side: "SELL", Quantity: 8 });
    order({ OrderID: "O5", Side: "SHORTSELL", Quantity: 4 });
    order({ OrderID: "O6", Side: "SELL", Quantity: 3, Code: "RIO" });
    now({ AUD: "R 70.01", USD: "R 10", BHP: "S 12", RIO: "S 3" });
    order({ OrderID: "O1", IsCompleted: true });
    order({ OrderID: "O5", RemoveAfter: {} });
    now({ AUD: "R 0.01", USD: "R 10", BHP: "S 8", RIO: "S 3" });
  });

  scenario("O4: what was reserved in full is released in full", ({ order, trade, now }) => {
    order({ Side: "BUY", Quantity: 3, Price: "0.1", AdditionalFunds: "0.2" });
    trade("T1", { Quantity: 1, Price: "0.1", AdditionalFunds: "0.3" });
    now({ AUD: "U -0.4, R 0.2", BHP: "1@0.1" });
    order({ IsCompleted: true });
    now({ AUD: "U -0.4", BHP: "1@0.1" });
  });

  test("O4: available cash is Balance + UnbookedTransactions − UnfilledBuys + Margin", () => {
    const [Balance, UnbookedTransactions, UnfilledBuys, Margin] = ["1000.5", "-200.25", "300", "50"].map(Decimal.of);
    expect(availableCash({ Balance, UnbookedTransactions, UnfilledBuys, Margin }).toString()).toBe("550.25");
    expect(availableCash({}).toString()).toBe("0");
  });
});

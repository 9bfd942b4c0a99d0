/** Orders: their states, what they reserve, and how they move and go (rules O1 to O8). */
import { describe, expect, test } from "vitest";
import { removalOf } from "../../src/domain/orders.ts";
import { availableCash } from "../../src/domain/reservation.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { type Given, scenario } from "./given.ts";
import type { OrderFields } from "./support/adapter.ts";

describe("O1: an Action replaces the whole state of its order", () => {
  scenario("O1: what the new state leaves out is gone", ({ order, orderState, then }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: 3, Status: "Open" });
    then({ AUD: "R 73" });
    order({ Price: undefined, Status: undefined });
    then({ AUD: "R 3" });
    expect(orderState()).not.toHaveProperty("Price");
    expect(orderState()).not.toHaveProperty("Status");
  });

  scenario("O1: Created is kept from first sight, or as the adapter says", ({ order, orderState }) => {
    order({ Side: "BUY", Quantity: 10 });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:00.000000Z");
    order({ Quantity: 11 });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:00.000000Z");
    order({ Created: "2025-12-31T10:00:00Z" });
    order({ Created: undefined });
    expect(orderState()?.Created).toBe("2025-12-31T10:00:00.000000Z");
  });

  scenario("O1: Created starts anew for an order that was removed", ({ order, orderState }) => {
    order({ Side: "BUY", Quantity: 10 });
    order({ RemoveAfter: {} });
    order({ RemoveAfter: undefined });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:02.000000Z");
  });

  scenario("O1: Lifetime and ExpiryDate trigger nothing by themselves", ({ order, timers, then }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, Lifetime: "GOOD_TILL_DATE", ExpiryDate: "2020-01-01" });
    expect(timers()).toEqual([]);
    then({ AUD: "R 70" });
  });

  scenario(
    "O1: status is recorded, not inferred: what is filled stays open until the adapter says",
    ({ order, trade, orderState }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
      trade("T1", { Quantity: 10, Price: 7 });
      expect(orderState()?.Status).toBe("Open");
      expect(orderState()).not.toHaveProperty("IsCompleted");
    },
  );

  for (const kind of [
    { Action: "Update", Type: "Update" },
    { Action: "Update", Type: "Restate", Reason: "Restated" },
    { Action: "Replace", Type: "Update", Reason: "Replace" },
  ] as const) {
    scenario(`O1: ${kind.Action} of type ${kind.Type} is an update like any other`, ({ order, recorded, then }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      order({ Quantity: 20 }, kind);
      then({ AUD: "R 140", O1: "20/0/20" });
      expect(recorded().Action?.Update?.Type).toBe(`OrderUpdateType_${kind.Type}`);
    });
  }

  scenario("O1: an OrderID is unique within the Owner, whatever the account", ({ order, then }) => {
    order({ Account: "A1", Side: "BUY", Quantity: 10, Price: 7 });
    order({ Account: "A2", Quantity: 20 });
    then({ "A2/AUD": "R 140", "A2/O1": "20/0/20" });
  });
});

describe("O2: a new state releases the old reservation where it was, and reserves its own", () => {
  const first: OrderFields = { Side: "BUY", Quantity: 10, Price: 7 };
  const steps: readonly { readonly of: string; readonly fields: OrderFields; readonly then: Record<string, string> }[] =
    [
      { of: "currency", fields: { Currency: "USD" }, then: { USD: "R 70" } },
      { of: "side", fields: { Side: "SELL" }, then: { BHP: "S 10" } },
      { of: "account", fields: { Account: "A2" }, then: { "A2/AUD": "R 70" } },
      { of: "quantity and price", fields: { Quantity: 3, Price: 1.5 }, then: { AUD: "R 4.5" } },
      {
        of: "account, side and currency at once",
        fields: { Account: "A2", Side: "SHORTSELL", Currency: "USD" },
        then: { "A2/BHP": "S 10" },
      },
    ];
  for (const { of, fields, then: expected } of steps) {
    scenario(`O2: another ${of}, and back`, ({ order, then }) => {
      order(first);
      order(fields);
      then(expected);
      order({ Account: "A1", Currency: "AUD", ...first });
      then({ AUD: "R 70" });
    });
  }

  scenario("O2: another exchange and code of a sell", ({ order, then }) => {
    order({ Side: "SELL", Quantity: 10 });
    order({ Exchange: "XLON" });
    then({ "XLON:BHP": "S 10" });
    order({ Code: "VOD" });
    then({ "XLON:VOD": "S 10" });
  });
});

describe("O3: what an open order reserves", () => {
  const fees = { Fee: 5, Tax: 2 };
  const cases: readonly {
    readonly title: string;
    readonly state: OrderFields;
    readonly then: Record<string, string>;
  }[] = [
    {
      title: "a buy: leaves × price and its funds",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: fees },
      then: { AUD: "R 77" },
    },
    {
      title: "a buy without a price: its funds alone",
      state: { Side: "BUY", Quantity: 10, AdditionalFunds: fees },
      then: { AUD: "R 7" },
    },
    {
      title: "a buy at a negative price: its funds alone",
      state: { Side: "BUY", Quantity: 10, Price: -7, AdditionalFunds: fees },
      then: { AUD: "R 7" },
    },
    {
      title: "negative funds reserve nothing and offset nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: { Fee: 5, Rebate: -2 } },
      then: { AUD: "R 75" },
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
      then: { AUD: "R 70.5" },
    },
    {
      title: "a refund executed frees nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: fees, ExecutedAdditionalFunds: { Fee: -3 } },
      then: { AUD: "R 77" },
    },
    {
      title: "executed funds that were not announced count for nothing",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedAdditionalFunds: { Levy: 1 } },
      then: { AUD: "R 70" },
    },
    {
      title: "the executed quantity is taken off",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 4 },
      then: { AUD: "R 42" },
    },
    {
      title: "nothing when all is executed, the funds included",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 10, AdditionalFunds: fees },
      then: {},
    },
    {
      title: "nothing when more is executed than ordered",
      state: { Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 12, AdditionalFunds: fees },
      then: {},
    },
    {
      title: "nothing when completed",
      state: { Side: "BUY", Quantity: 10, Price: 7, IsCompleted: true, AdditionalFunds: fees },
      then: {},
    },
    { title: "nothing without a quantity", state: { Side: "BUY", Price: 7, AdditionalFunds: fees }, then: {} },
    {
      title: "exactly, in fractions",
      state: { Side: "BUY", Quantity: "0.3", Price: "0.1", AdditionalFunds: "0.0000000001" },
      then: { AUD: "R 0.0300000001" },
    },
    {
      title: "exactly, beyond what a double carries",
      state: { Side: "BUY", Quantity: "12345678901234567890.123456789", Price: "1.000000001" },
      then: { AUD: "R 12345678913580246791.358024679123456789" },
    },
    {
      title: "a sell: leaves, without funds",
      state: { Side: "SELL", Quantity: 10, Price: 7, AdditionalFunds: fees, ExecutedQuantity: 4 },
      then: { BHP: "S 6" },
    },
    { title: "a short sell: leaves", state: { Side: "SHORTSELL", Quantity: "0.5" }, then: { BHP: "S 0.5" } },
    { title: "an exempt short sell: leaves", state: { Side: "SHORTSELL_EXEMPT", Quantity: 10 }, then: { BHP: "S 10" } },
    { title: "a completed sell: nothing", state: { Side: "SELL", Quantity: 10, IsCompleted: true }, then: {} },
    {
      title: "AS_DEFINED: nothing",
      state: { Side: "AS_DEFINED", Quantity: 10, Price: 7, AdditionalFunds: fees },
      then: {},
    },
    {
      title: "OPPOSITE: nothing",
      state: { Side: "OPPOSITE", Quantity: 10, Price: 7, AdditionalFunds: fees },
      then: {},
    },
  ];
  for (const { title, state, then: expected } of cases) {
    scenario(`O3: ${title}`, ({ order, then }) => {
      order(state);
      then(expected);
    });
  }

  for (const Side of ["AS_DEFINED", "OPPOSITE"]) {
    scenario(
      `O3: a trade on a side of ${Side} moves nothing, and is known`,
      ({ order, trade, correction, cancel, refuses, then, events }) => {
        order({ Side, Quantity: 10, Price: 7 });
        trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 });
        expect(events()).toEqual(["Updates Trade", "Orders O1"]);
        correction("T1", { Quantity: 5, Price: 7 });
        refuses("Trade.Duplicate T1", () => trade("T1", { Quantity: 6, Price: 7 }));
        then({ O1: "10/5/5" });
        cancel("T1");
        then({ O1: "10/0/10" });
      },
    );
  }
});

describe("O4: reservations are totals over the open orders", () => {
  scenario("O4: several orders of an account add up, each currency and asset by itself", ({ order, then }) => {
    order({ OrderID: "O1", Side: "BUY", Quantity: 10, Price: 7 });
    order({ OrderID: "O2", Side: "BUY", Quantity: 1, Price: "0.01" });
    order({ OrderID: "O3", Side: "BUY", Quantity: 5, Price: 2, Currency: "USD" });
    order({ OrderID: "O4", Side: "SELL", Quantity: 8 });
    order({ OrderID: "O5", Side: "SHORTSELL", Quantity: 4 });
    order({ OrderID: "O6", Side: "SELL", Quantity: 3, Code: "RIO" });
    then({ AUD: "R 70.01", USD: "R 10", BHP: "S 12", RIO: "S 3" });
    order({ OrderID: "O1", IsCompleted: true });
    order({ OrderID: "O5", RemoveAfter: {} });
    then({ AUD: "R 0.01", USD: "R 10", BHP: "S 8", RIO: "S 3" });
  });

  scenario("O4: what was reserved in full is released in full", ({ order, trade, then }) => {
    order({ Side: "BUY", Quantity: 3, Price: "0.1", AdditionalFunds: "0.2" });
    trade("T1", { Quantity: 1, Price: "0.1", AdditionalFunds: "0.3" });
    then({ AUD: "U -0.4, R 0.2", BHP: "1@0.1" });
    order({ IsCompleted: true });
    then({ AUD: "U -0.4", BHP: "1@0.1" });
  });

  test("O4: available cash is Balance + UnbookedTransactions − UnfilledBuys + Margin", () => {
    const [Balance, UnbookedTransactions, UnfilledBuys, Margin] = ["1000.5", "-200.25", "300", "50"].map(Decimal.of);
    expect(availableCash({ Balance, UnbookedTransactions, UnfilledBuys, Margin }).toString()).toBe("550.25");
    expect(availableCash({}).toString()).toBe("0");
  });
});

describe("O5: an order moves when its state names another account", () => {
  scenario(
    "O5: its reservation moves; Remove under the old account, Update under the new",
    ({ order, events, raised, then }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
      order({ Account: "A2", Status: "Moved" }, { PreviousAccount: "A1" });
      expect(events()).toEqual([
        "Updates Update",
        "Orders O1 removed",
        "Orders A2/O1",
        "Balances AUD removed",
        "Balances A2/AUD",
      ]);
      expect(raised().map(({ Order }) => Order?.Status)).toEqual([undefined, "Open", "Moved", undefined, undefined]);
      then({ "A2/O1": "10/0/10 Moved", "A2/AUD": "R 70" });
    },
  );

  scenario("O5: it moves by its state alone, whether PreviousAccount says so or not", ({ order, then }) => {
    order({ Side: "SELL", Quantity: 10 });
    order({ Account: "A2" });
    then({ "A2/O1": "10/0/10", "A2/BHP": "S 10" });
    order({ Quantity: 20 }, { PreviousAccount: "A1" });
    then({ "A2/O1": "20/0/20", "A2/BHP": "S 20" });
  });

  scenario(
    "O5: fills stay where they were booked; each moves with its own correction",
    ({ order, trade, correction, cancel, then }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      trade("T1", { Quantity: 2, Price: 7 });
      trade("T2", { Quantity: 3, Price: 6 });
      order({ Account: "A2" });
      then({ AUD: "U -32", BHP: "5@6.4", "A2/AUD": "R 35" });
      correction("T1", { Quantity: 2, Price: 7.5 });
      then({ AUD: "U -18", BHP: "3@6", "A2/AUD": "U -15, R 35", "A2/BHP": "2@7.5" });
      cancel("T2");
      then({ "A2/AUD": "U -15, R 56", "A2/BHP": "2@7.5" });
    },
  );

  scenario("O5: its timer goes with it", ({ order, timers }) => {
    order({ Side: "BUY", Quantity: 10, RemoveAfter: "2026-02-01T00:00:00Z" });
    order({ Account: "A2" });
    expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
  });
});

describe("O6: an order goes when its RemoveAfter passes", () => {
  for (const [spelling, RemoveAfter] of [
    ["the epoch", "1970-01-01T00:00:00Z"],
    ["an empty object", {}],
  ] as const) {
    scenario(
      `O6: ${spelling} means at once, with one Remove event that carries the final state`,
      ({ order, events, raised, timers, then }) => {
        order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
        order({ RemoveAfter, Status: "Gone" });
        expect(events()).toEqual(["Updates Update", "Orders O1 removed", "Balances AUD removed"]);
        expect(raised()[1]?.Order).toMatchObject({ Status: "Gone", RemoveAfter: "1970-01-01T00:00:00.000000Z" });
        expect(timers()).toEqual([]);
        then({});
      },
    );
  }

  scenario("O6: a last fill and the removal in one record", ({ order, trade, events, then }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    trade("T1", { Quantity: 10, Price: 7 }, { IsCompleted: true, RemoveAfter: {} });
    expect(events()).toEqual([
      "Updates Trade",
      "Orders O1 removed",
      "Balances AUD",
      "Holdings BHP",
      "Transactions Trade T1",
    ]);
    then({ AUD: "U -70", BHP: "10@7" });
  });

  scenario("O6: an order that comes and goes in its first record is shown as it goes", ({ order, events, then }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, RemoveAfter: {} });
    expect(events()).toEqual(["Updates Update", "Orders O1 removed"]);
    then({});
  });

  scenario(
    "O6: omitted means never, any other time sets a timer, and a new state moves or cancels it",
    ({ order, timers }) => {
      order({ Side: "BUY", Quantity: 10 });
      expect(timers()).toEqual([]);
      order({ RemoveAfter: "2026-02-01T00:00:00Z" });
      expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
      order({ Quantity: 11 });
      expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
      order({ RemoveAfter: "2026-03-01T00:00:00.000001Z" });
      expect(timers()).toEqual(["order O1 2026-03-01T00:00:00.001Z"]);
      order({ RemoveAfter: undefined });
      expect(timers()).toEqual([]);
      order({ RemoveAfter: "2026-02-01T00:00:00Z" });
      order({ RemoveAfter: {} });
      expect(timers()).toEqual([]);
    },
  );

  scenario("O6: a time that has passed already goes by the timer too", ({ order, timers, then }) => {
    order({ Side: "SELL", Quantity: 10, RemoveAfter: "1970-01-01T00:00:00.000001Z" });
    expect(timers()).toEqual(["order O1 1970-01-01T00:00:00.001Z"]);
    then({ BHP: "S 10", O1: "10/0/10" });
  });

  scenario("O6: when the timer is due the OMS removes the order, and with it what it reserved", (given) => {
    given.order({ Side: "BUY", Quantity: 10, Price: 7, RemoveAfter: "2026-02-01T00:00:00Z" });
    given.trade("T1", { Quantity: 4, Price: 7 });
    removeByTimer(given);
    expect(given.events()).toEqual(["Updates Update", "Orders O1 removed", "Balances AUD"]);
    expect(given.timers()).toEqual([]);
    given.then({ AUD: "U -28", BHP: "4@7" });
  });

  scenario(
    "O6: what is told of an order after it went makes it known again; its trades were never forgotten",
    (given) => {
      given.order({ Side: "BUY", Quantity: 10, Price: 7 });
      given.trade("T1", { Quantity: 4, Price: 7 });
      given.order({ RemoveAfter: {} });
      given.refuses("Trade.Duplicate T1", () => given.trade("T1", { Quantity: 5, Price: 7 }));
      given.correction("T1", { Quantity: 5, Price: 7 }, { RemoveAfter: undefined });
      given.then({ AUD: "U -35, R 35", BHP: "5@7", O1: "10/5/5" });
    },
  );
});

function removeByTimer({ orderState, update }: Given): void {
  const state = orderState();
  if (state === undefined) throw new Error("there is no order to remove");
  update(removalOf(state));
}

describe("O7: applied, not refused", () => {
  scenario("O7: an order of an account that nobody defined", ({ order, then }) => {
    order({ Account: "XS/never/seen", Side: "BUY", Quantity: 10, Price: 7 });
    then({ "never/seen/AUD": "R 70", "never/seen/O1": "10/0/10" });
  });

  scenario("O7: a fill as the first that is heard of an order", ({ trade, then }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7 });
    then({ AUD: "U -28, R 42", BHP: "4@7", O1: "10/4/6" });
  });

  scenario("O7: fills on a completed and on a cancelled order", ({ order, trade, then }) => {
    order({ Side: "SELL", Quantity: 10, Status: "Cancelled", IsCompleted: true });
    trade("T1", { Quantity: 4, Price: 7 });
    trade("T2", { Quantity: 6, Price: 8 }, { Status: "Filled" });
    then({ AUD: "U 76", BHP: "-10@7.6", O1: "10/10/0 Filled" });
  });

  scenario("O7: more executed than ordered", ({ order, trade, then }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    trade("T1", { Quantity: 9, Price: 7 });
    trade("T2", { Quantity: 2, Price: 7 });
    then({ AUD: "U -77", BHP: "11@7", O1: "10/11/0" });
  });

  scenario(
    "O7: an ExecutedQuantity that disagrees with the trades: reservation from the one, cash and holding from the others",
    ({ order, trade, then }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 9 });
      then({ AUD: "R 7" });
      trade("T1", { Quantity: 4, Price: 7 }, { ExecutedQuantity: 1 });
      then({ AUD: "U -28, R 63", BHP: "4@7" });
    },
  );
});

describe("O8: refused, and nothing changes", () => {
  const good: OrderFields = { Side: "BUY", Quantity: 10, Price: 7 };

  scenario("O8: an Action without an order", ({ refuses, update }) => {
    for (const Type of ["Update", "Replace", "Trade"]) {
      refuses("Field.Missing Action.Order", () => update({ Type: "Action", Action: { Type } }));
    }
  });

  scenario("O8: no OrderID, no account, no AccountID, no OwnerID", ({ refuses, order, update }) => {
    refuses("Field.Missing Action.Order.OrderID", () => order({ ...good, OrderID: undefined }));
    refuses("Field.Missing Action.Order.Account", () => order({ ...good, Account: undefined }));
    refuses("Field.Missing Action.Order.Account.AccountID", () => order({ ...good, Account: "XS/" }));
    const Order = { OrderID: "O1", Account: { AccountID: "A1" }, Side: "BUY", Currency: "AUD" };
    refuses("Field.Missing Action.Order.Account.OwnerID", () =>
      update({ Type: "Action", Action: { Type: "Update", Order } }),
    );
  });

  scenario("O8: an account of another Owner, for a known order too", ({ refuses, order, then }) => {
    refuses("Account YT/A1", () => order({ ...good, Account: "YT/A1" }));
    order(good);
    refuses("Account YT/A1", () => order({ Account: "YT/A1" }));
    then({ AUD: "R 70", O1: "10/0/10" });
  });

  scenario("O8: no side", ({ refuses, order }) => {
    refuses("Side Action.Order.Side", () => order({ Quantity: 10 }));
    refuses("Side Action.Order.Side", () => order({ Side: "UNKNOWN", Quantity: 10 }));
  });

  scenario(
    "O8: a trade or correction without a price, or with a quantity that is not positive",
    ({ order, trade, correction, refuses, then }) => {
      order(good);
      trade("T1", { Quantity: 4, Price: 7 });
      for (const step of [trade, correction]) {
        for (const id of ["T1", "T2"]) {
          refuses("Field.Missing Action.Trade.Price", () => step(id, { Quantity: 4 }));
          refuses("Field.Missing Action.Trade.Quantity", () => step(id, { Price: 7 }));
          refuses("Field.Invalid Action.Trade.Quantity", () => step(id, { Quantity: 0, Price: 7 }));
          refuses("Field.Invalid Action.Trade.Quantity", () => step(id, { Quantity: -4, Price: 7 }));
        }
      }
      then({ AUD: "U -28, R 42", BHP: "4@7", O1: "10/4/6" });
    },
  );

  scenario("O8: a price of zero or below is a price", ({ order, trade, then }) => {
    order({ ...good, Price: -1 });
    trade("T1", { Quantity: 4, Price: 0 });
    trade("T2", { Quantity: 4, Price: -1 });
    then({ AUD: "U 4", BHP: "8@-0.5" });
  });

  scenario("O8: a trade without itself, its id or its type", ({ order, trade, update, refuses }) => {
    order(good);
    refuses("Field.Missing Action.Trade.TradeID", () => trade("", { Quantity: 4, Price: 7 }));
    const Order = { OrderID: "O1", Account: { AccountID: "A1", OwnerID: "XS" }, Side: "BUY", Currency: "AUD" };
    refuses("Field.Missing Action.Trade", () => update({ Type: "Action", Action: { Type: "Trade", Order } }));
    const Trade = { TradeID: "T1", Price: 7, Quantity: 1 };
    refuses("Field.Missing Action.Trade.Type", () =>
      update({ Type: "Action", Action: { Type: "Trade", Order, Trade } }),
    );
  });

  scenario(
    "O8: no currency, unless the account has one by default, which is then stored",
    ({ order, trade, defineAccount, refuses, recorded, then }) => {
      refuses("Field.Missing Action.Order.Currency", () => order({ ...good, Currency: undefined }));
      defineAccount({ DefaultCurrency: "" });
      refuses("Field.Missing Action.Order.Currency", () => order({ ...good, Currency: undefined }));
      defineAccount({ DefaultCurrency: "NZD" });
      order({ ...good, Currency: undefined });
      expect(recorded().Action?.Order?.Currency).toBe("NZD");
      then({ NZD: "R 70" });
      defineAccount({ DefaultCurrency: "EUR" });
      trade("T1", { Quantity: 4, Price: 7 });
      then({ EUR: "U -28, R 42", BHP: "4@7 EUR" });
      order({ Currency: "AUD" });
      then({ AUD: "R 42", EUR: "U -28", BHP: "4@7 EUR" });
    },
  );

  scenario("O8: the default currency is that of the account that the state names", ({ order, defineAccount, then }) => {
    defineAccount({ Account: "A1", DefaultCurrency: "NZD" });
    defineAccount({ Account: "A2", DefaultCurrency: "USD" });
    order({ ...good, Currency: undefined });
    order({ Account: "A2" });
    then({ "A2/USD": "R 70" });
  });

  scenario(
    "O8: a changed order that must exist already, under the account it names",
    ({ order, update, refuses, then }) => {
      const change = (AccountID: string) => () =>
        update(
          {
            Type: "Action",
            Action: {
              Type: "Replace",
              Order: {
                OrderID: "O1",
                Account: { AccountID, OwnerID: "XS" },
                Side: "SELL",
                Quantity: 2,
                Currency: "AUD",
                Exchange: "ASX",
                Code: "BHP",
              },
            },
          },
          { mustExist: true },
        );
      refuses("Unknown O1", change("A1"));
      order(good);
      refuses("Unknown O1", change("A2"));
      change("A1")();
      then({ BHP: "S 2" });
    },
  );
});

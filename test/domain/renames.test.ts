/** Renames of symbols, currencies and accounts (rule X2), and what they mean for what is known for ever (T2, T6, C3). */
import { describe, expect } from "vitest";
import { scenario } from "./given.ts";
import type { OrderFields } from "./support/adapter.ts";

const buy = (OrderID: string, Code: string, fields: OrderFields = {}): OrderFields => ({
  OrderID,
  Code,
  Side: "BUY",
  Quantity: 1000,
  Price: 10,
  IsCompleted: true,
  ...fields,
});
const sell = (OrderID: string, Code: string, fields: OrderFields = {}): OrderFields => ({
  ...buy(OrderID, Code, fields),
  Side: "SELL",
});

describe("renaming a symbol", () => {
  scenario("takes its orders along, with what they reserve", ({ order, renameSymbol, now, events }) => {
    order({ OrderID: "O1", Code: "X", Side: "SELL", Quantity: 10, Price: 5 });
    order({ OrderID: "O2", Code: "X", Side: "BUY", Quantity: 10, Price: 5, Account: "A2" });
    order({ OrderID: "O3", Code: "Y", Side: "SELL", Quantity: 7, Price: 5 });
    order({ OrderID: "O4", Code: "X", Exchange: "XLON", Side: "SELL", Quantity: 3, Price: 5 });
    now({ X: "S 10", Y: "S 7", "XLON:X": "S 3", "A2/AUD": "R 50" });
    renameSymbol("X", "Y");
    now({ Y: "S 17", "XLON:X": "S 3", "A2/AUD": "R 50" });
    expect(events()).toEqual(["Orders O1", "Orders A2/O2", "Holdings X removed", "Holdings Y"]);
  });

  scenario("gives a holding that is not there yet the very figures", ({ asset, trade, renameSymbol, now }) => {
    asset(10, { Code: "X" });
    asset(10, { Code: "Z", Price: 4 });
    trade("T1", { Quantity: 10, Price: 5 }, buy("O1", "W"));
    trade("T1", { Quantity: 10, Price: 7 }, buy("O2", "W", { Currency: "USD" }));
    const cash = { AUD: "U -50", USD: "U -70" };
    now({ ...cash, X: "10@unknown", Z: "10@4 of no currency", W: "20@unknown" });
    for (const code of ["X", "Z", "W"]) renameSymbol(code, `${code}2`);
    now({ ...cash, X2: "10@unknown", Z2: "10@4 of no currency", W2: "20@unknown" });
    // What was unpriced takes the first price for the whole (H2); what is of two currencies has none until flat (H3).
    for (const [index, Code] of ["X2", "W2"].entries()) {
      trade("T1", { Quantity: 10, Price: 2 }, buy(`P${index}`, Code));
    }
    now({ AUD: "U -90", USD: "U -70", X2: "20@2", Z2: "10@4 of no currency", W2: "30@unknown" });
  });

  const joins: readonly (readonly [title: string, x: readonly Move[], y: readonly Move[], expected: string])[] = [
    ["in the same direction both are weighed", [[100, 10]], [[50, 16]], "150@12"],
    ["a smaller one the other way reduces", [[-20, 10]], [[50, 16]], "30@16"],
    ["a greater one the other way takes over with its average", [[-80, 10]], [[50, 16]], "-30@10"],
    ["an unpriced one leaves a known average as it is", [[10, undefined]], [[50, 16]], "60@16"],
    ["an unpriced one takes the average of the one that joins", [[50, 16]], [[10, undefined]], "60@16"],
    ["an unpriced one through zero is unknown", [[-60, undefined]], [[50, 16]], "-10@unknown"],
    [
      "one that is flat brings nothing",
      [
        [5, 1],
        [-5, 1],
      ],
      [[50, 16]],
      "50@16",
    ],
  ];
  for (const [title, x, y, expected] of joins) {
    scenario(`onto another, ${title}`, ({ asset, renameSymbol, now }) => {
      const move = (Code: string, moves: readonly Move[]) => {
        for (const [quantity, Price] of moves) asset(quantity, { Code, Price, Properties: { Currency: "AUD" } });
      };
      move("X", x);
      move("Y", y);
      renameSymbol("X", "Y");
      now({ Y: expected });
    });
  }

  scenario("onto another, one of two currencies makes the whole so", ({ asset, renameSymbol, now }) => {
    const priced = (quantity: number, Code: string, Currency: string) =>
      asset(quantity, { Code, Price: 5, Properties: { Currency } });
    priced(10, "X", "AUD");
    priced(10, "X", "USD");
    priced(10, "Y", "AUD");
    asset(10, { Code: "Z" });
    renameSymbol("X", "Y");
    now({ Y: "30@unknown", Z: "10@unknown" });
    renameSymbol("Z", "Y");
    priced(10, "Y", "AUD");
    now({ Y: "50@unknown" });
  });

  scenario("onto another that flattens it leaves nothing", ({ asset, renameSymbol, now, events }) => {
    asset(10, { Code: "X" });
    asset(-10, { Code: "Y" });
    renameSymbol("X", "Y");
    now({});
    expect(events()).toEqual(["Holdings X removed", "Holdings Y removed"]);
  });

  scenario(
    "of which there is nothing changes nothing, and is known",
    ({ renameSymbol, trade, correction, now, events }) => {
      renameSymbol("X", "Y");
      expect(events()).toEqual([]);
      // The name is free for another.
      trade("T1", { Quantity: 1, Price: 5 }, buy("O1", "X"));
      correction("T1", { Quantity: 2, Price: 5 }, buy("O1", "X"));
      now({ AUD: "U -10", X: "2@5" });
    },
  );
});

type Move = readonly [quantity: number, price: number | undefined];

describe("renaming a currency", () => {
  scenario("adds balances up, field by field", ({ deposit, cash, order, renameCurrency, now, events }) => {
    for (const [Currency, value] of [
      ["AUD", 100],
      ["USD", 7],
    ] as const) {
      deposit(value, { Currency });
      cash({ Currency, Value: value + 1, Settlement: "Unbooked" });
      cash({ Currency, Value: value + 2, Pool: "Margin" });
      cash({ Currency, Value: value + 3, Pool: "Collateral" });
      order({ OrderID: `in ${Currency}`, Currency, Side: "BUY", Quantity: 1, Price: value + 4 });
    }
    cash({ Currency: "AUD", Value: 5, Pool: "Alone" });
    cash({ Currency: "AUD", Value: -10, Pool: "Gone" });
    cash({ Currency: "USD", Value: 10, Pool: "Gone" });
    renameCurrency("AUD", "USD");
    now({ USD: "B 107, U 109, R 115, M 111, Alone 5, Collateral 113" });
    expect(events()).toEqual(["Orders in AUD", "Balances AUD removed", "Balances USD"]);
  });

  scenario("renames the currency of averages, and the default of accounts", (given) => {
    const { defineAccount, trade, renameCurrency, order, now, events, account } = given;
    defineAccount({ DefaultCurrency: "AUD", Name: "first" });
    defineAccount({ Account: "A2", DefaultCurrency: "USD" });
    trade("T1", { Quantity: 2, Price: 5 }, buy("O1", "X"));
    renameCurrency("AUD", "EUR");
    now({ EUR: "U -10", X: "2@5 EUR" });
    expect(events()).toEqual([
      "Orders O1",
      "Balances AUD removed",
      "Balances EUR",
      "Holdings X",
      "Metadata DefineAccount A1",
    ]);
    expect(account()).toMatchObject({ DefaultCurrency: "EUR", Name: "first" });
    order({ OrderID: "O2", Side: "BUY", Quantity: 1, Price: 3, Currency: undefined });
    now({ EUR: "U -10, R 3", X: "2@5 EUR" });
  });

  scenario("leaves an average unknown that two currencies met in before they were one (H3)", (given) => {
    const { trade, correction, renameCurrency, now } = given;
    trade("T1", { Quantity: 10, Price: 5 }, buy("O1", "X"));
    trade("T1", { Quantity: 10, Price: 7 }, buy("O2", "X", { Currency: "USD" }));
    renameCurrency("AUD", "USD");
    now({ USD: "U -120", X: "20@unknown" });
    // A correction that says the same changes nothing of that.
    correction("T1", { Quantity: 10, Price: 5 }, buy("O1", "X", { Currency: "USD" }));
    now({ USD: "U -120", X: "20@unknown" });
    trade("T1", { Quantity: 20, Price: 7 }, sell("O3", "X", { Currency: "USD" }));
    trade("T1", { Quantity: 1, Price: 9 }, buy("O4", "X", { Currency: "USD" }));
    now({ USD: "U 11", X: "1@9 USD" });
  });

  scenario("frees the old name for another currency", ({ trade, renameCurrency, now }) => {
    trade("T1", { Quantity: 10, Price: 5 }, buy("O1", "X"));
    renameCurrency("AUD", "USD");
    trade("T1", { Quantity: 10, Price: 5 }, buy("O2", "X"));
    now({ AUD: "U -50", USD: "U -50", X: "20@unknown" });
  });
});

describe("renaming an account", () => {
  scenario("takes along what is said of it, its orders, its cash and its holdings", (given) => {
    const { defineAccount, deposit, order, trade, renameAccount, now, events, account, orderState } = given;
    defineAccount({ Name: "first" });
    deposit(100);
    order({ OrderID: "O1", Side: "SELL", Quantity: 3, Price: 5, RemoveAfter: "2026-03-01T00:00:00Z" });
    trade("T1", { Quantity: 2, Price: 5 }, buy("O2", "X"));
    now({ AUD: "B 100, U -10", BHP: "S 3", X: "2@5" });
    renameAccount("A1", "B1");
    now({ "B1/AUD": "B 100, U -10", "B1/BHP": "S 3", "B1/X": "2@5" });
    expect(events()).toEqual([
      ...["Orders O1 removed", "Orders O2 removed", "Orders B1/O1", "Orders B1/O2"],
      ...["Balances AUD removed", "Balances B1/AUD"],
      ...["Holdings BHP removed", "Holdings X removed", "Holdings B1/BHP", "Holdings B1/X"],
      ...["Metadata UndefineAccount A1", "Metadata DefineAccount B1"],
    ]);
    expect(account()).toBeUndefined();
    expect(account("B1")).toMatchObject({ Account: { AccountID: "B1", OwnerID: "XS" }, Name: "first" });
    expect(orderState("O1")?.Account).toEqual({ AccountID: "B1", OwnerID: "XS" });
  });

  scenario("onto another keeps what is said of that one, and adds up the rest", (given) => {
    const { defineAccount, deposit, asset, renameAccount, now, events, account } = given;
    defineAccount({ Name: "first" });
    defineAccount({ Account: "B1", Name: "second" });
    for (const Account of ["A1", "B1"]) {
      deposit(100, { Account });
      asset(10, { Account, Price: 5 });
    }
    renameAccount("A1", "B1");
    now({ "B1/AUD": "B 200", "B1/BHP": "20@5 of no currency" });
    expect(events().filter((event) => event.startsWith("Metadata"))).toEqual(["Metadata UndefineAccount A1"]);
    expect(account("B1")).toMatchObject({ Name: "second" });
  });

  scenario("leaves accounts alone whose name only begins so", ({ deposit, renameAccount, now }) => {
    deposit(1);
    deposit(2, { Account: "A11" });
    renameAccount("A1", "B1");
    now({ "B1/AUD": "B 1", "A11/AUD": "B 2" });
  });
});

describe("a trade from before a rename (T2, T6)", () => {
  scenario("is corrected where it was booked, and what joined is set right", (given) => {
    const { trade, correction, renameSymbol, now } = given;
    trade("T1", { Quantity: 100, Price: 10 }, buy("O1", "X"));
    trade("T1", { Quantity: 40, Price: 11 }, sell("O2", "X"));
    trade("T1", { Quantity: 40, Price: 16 }, buy("O3", "Y"));
    renameSymbol("X", "Y");
    now({ AUD: "U -1200", Y: "100@12.4" });
    trade("T1", { Quantity: 50, Price: 20 }, sell("O4", "Y"));
    trade("T1", { Quantity: 50, Price: 20 }, buy("O5", "Y"));
    now({ AUD: "U -1200", Y: "100@16.2" });
    correction("T1", { Quantity: 100, Price: 20 }, buy("O1", "Y"));
    // 60@20 joined 40@16 at 18.4; half of that was sold and bought back at 20.
    now({ AUD: "U -2200", Y: "100@19.2" });
  });

  scenario("is cancelled, also when what it was in had gone when it was renamed", (given) => {
    const { trade, cancel, correction, renameSymbol, now } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    trade("T1", { Quantity: 10, Price: 12 }, sell("O2", "X"));
    renameSymbol("X", "Y");
    now({ AUD: "U 20" });
    correction("T1", { Quantity: 13, Price: 10 }, buy("O1", "Y"));
    now({ AUD: "U -10", Y: "3@10" });
    cancel("T1", buy("O1", "Y"));
    now({ AUD: "U 120", Y: "-10@12" });
    cancel("T1", sell("O2", "Y"));
    now({});
  });

  scenario("is followed through a chain of renames, of its account and its currency too", (given) => {
    const { trade, correction, asset, renameSymbol, renameAccount, renameCurrency, now, transactions } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    renameSymbol("X", "Y");
    renameAccount("A1", "A2");
    asset(10, { Account: "A3", Code: "Y", Price: 20, Properties: { Currency: "AUD" } });
    renameCurrency("AUD", "USD");
    renameAccount("A2", "A3");
    renameSymbol("Y", "Z");
    now({ "A3/USD": "U -100", "A3/Z": "20@15 USD" });
    correction("T1", { Quantity: 30, Price: 10 }, buy("O1", "Z", { Account: "A3", Currency: "USD" }));
    now({ "A3/USD": "U -300", "A3/Z": "40@12.5 USD" });
    expect(transactions()).toMatchObject([
      {
        Details: { Account: { AccountID: "A3" } },
        AssetAdjustment: { Code: "Z", Value: 20 },
        CashAdjustment: { Currency: "USD", Value: -200 },
      },
    ]);
  });

  scenario("comes under the name that its order says now: an old one means another thing by now", (given) => {
    const { trade, correction, renameSymbol, now } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    renameSymbol("X", "Y");
    correction("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    now({ AUD: "U -100", X: "10@10" });
    trade("T1", { Quantity: 10, Price: 20 }, buy("O2", "X"));
    now({ AUD: "U -300", X: "20@15" });
    correction("T1", { Quantity: 10, Price: 30 }, buy("O1", "X"));
    now({ AUD: "U -500", X: "20@25" });
    renameSymbol("X", "Y");
    correction("T1", { Quantity: 10, Price: 10 }, buy("O1", "Y"));
    now({ AUD: "U -300", Y: "20@15" });
  });

  scenario("that is put right into a renamed symbol lies with what then had the name, or got it", (given) => {
    const { trade, correction, renameSymbol, now } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    trade("T1", { Quantity: 10, Price: 20 }, buy("O2", "WRONG"));
    trade("T1", { Quantity: 10, Price: 30 }, sell("O3", "X"));
    renameSymbol("X", "Y");
    now({ WRONG: "10@20" });
    correction("T1", { Quantity: 10, Price: 20 }, buy("O2", "Y"));
    // Had it been in X at its place: 20@15, of which half was sold.
    now({ Y: "10@15" });
  });

  scenario("that is put right into a symbol that others joined later lies in it, not with them", (given) => {
    const { trade, correction, renameSymbol, now } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    trade("T1", { Quantity: 10, Price: 40 }, buy("O2", "Y"));
    trade("T1", { Quantity: 10, Price: 20 }, buy("O3", "WRONG"));
    trade("T1", { Quantity: 10, Price: 40 }, sell("O4", "Y"));
    renameSymbol("X", "Y");
    now({ AUD: "U -300", WRONG: "10@20", Y: "10@10" });
    correction("T1", { Quantity: 10, Price: 20 }, buy("O3", "Y"));
    // 20@30 in Y, of which half was sold, and 10@10 that joined.
    now({ AUD: "U -300", Y: "20@20" });
  });

  scenario("in a currency that was renamed after the trade is one of that currency", (given) => {
    const { trade, correction, renameSymbol, renameCurrency, now } = given;
    trade("T1", { Quantity: 10, Price: 10 }, buy("O1", "X"));
    trade("T1", { Quantity: 10, Price: 20 }, buy("O2", "Y", { Currency: "USD" }));
    renameCurrency("AUD", "USD");
    renameSymbol("X", "Y");
    now({ USD: "U -300", Y: "20@15 USD" });
    correction("T1", { Quantity: 20, Price: 10 }, buy("O1", "Y", { Currency: "USD" }));
    now({ USD: "U -400", Y: "30@13.3333333333 USD" });
  });
});

describe("a transfer from before a rename (C3)", () => {
  const CASH = { TransactionID: "X1", Value: 100 } as const;

  scenario(
    "is known by both names",
    ({ cash, asset, renameCurrency, renameSymbol, renameAccount, repeats, refuses, now }) => {
      cash({ ...CASH, Currency: "AUD" });
      asset(10, { TransactionID: "X1", Code: "X" });
      renameCurrency("AUD", "USD");
      renameSymbol("X", "Y");
      renameAccount("A1", "A2");
      for (const [Account, Currency] of [
        ["A1", "AUD"],
        ["A1", "USD"],
        ["A2", "USD"],
      ]) {
        repeats(() => cash({ ...CASH, Account, Currency }));
        refuses("Transaction.Conflict X1", () => cash({ ...CASH, Account, Currency, Value: 101 }));
      }
      for (const [Account, Code] of [
        ["A1", "X"],
        ["A1", "Y"],
        ["A2", "Y"],
      ]) {
        repeats(() => asset(10, { TransactionID: "X1", Account, Code }));
        refuses("Transaction.Conflict X1", () => asset(11, { TransactionID: "X1", Account, Code }));
      }
      now({ "A2/USD": "B 100", "A2/Y": "10@unknown" });
      // It was never known by these together.
      cash({ ...CASH, Account: "A2", Currency: "AUD" });
      now({ "A2/USD": "B 100", "A2/AUD": "B 100", "A2/Y": "10@unknown" });
    },
  );

  scenario("refuses a rename under which another is known already, before anything changes", (given) => {
    const { cash, asset, renameCurrency, renameSymbol, renameAccount, refuses } = given;
    cash({ ...CASH, Currency: "AUD" });
    cash({ ...CASH, Currency: "USD" });
    asset(10, { TransactionID: "X2", Code: "X" });
    asset(10, { TransactionID: "X2", Code: "Y" });
    cash({ ...CASH, Account: "A2", TransactionID: "X3" });
    cash({ ...CASH, TransactionID: "X3" });
    refuses("Transaction.Conflict X1", () => renameCurrency("AUD", "USD"));
    refuses("Transaction.Conflict X2", () => renameSymbol("X", "Y"));
    refuses("Transaction.Conflict X3", () => renameAccount("A1", "A2"));
    refuses("Transaction.Conflict X3", () => renameAccount("A2", "A1"));
    renameCurrency("AUD", "NZD");
  });

  scenario("may share its id with one in another pool, of another exchange or account", (given) => {
    const { cash, asset, renameCurrency, renameSymbol, now } = given;
    cash({ ...CASH, Currency: "AUD", Pool: "One" });
    cash({ ...CASH, Currency: "USD", Pool: "Two" });
    cash({ ...CASH, Currency: "USD", Account: "A2", Pool: "One" });
    asset(1, { TransactionID: "X1", Code: "X" });
    asset(1, { TransactionID: "X1", Code: "Y", Exchange: "XLON" });
    renameCurrency("AUD", "USD");
    renameSymbol("X", "Y");
    now({ USD: "One 100, Two 100", "A2/USD": "One 100", Y: "1@unknown", "XLON:Y": "1@unknown" });
  });

  scenario("keeps an id under a name that it left, also when it comes back to it", (given) => {
    const { cash, renameCurrency, repeats, refuses, now } = given;
    cash({ ...CASH, Currency: "AUD" });
    renameCurrency("AUD", "USD");
    refuses("Transaction.Conflict X1", () => cash({ ...CASH, Currency: "AUD", Value: 5 }));
    renameCurrency("USD", "AUD");
    repeats(() => cash({ ...CASH, Currency: "USD" }));
    now({ AUD: "B 100" });
    cash({ ...CASH, TransactionID: "X2", Currency: "USD" });
    renameCurrency("USD", "NZD");
    cash({ ...CASH, TransactionID: "X2", Currency: "AUD" });
    refuses("Transaction.Conflict X2", () => renameCurrency("AUD", "USD"));
  });
});

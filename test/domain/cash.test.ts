/** Cash transfers, settlements, and transfers that are known already (rules C1 to C4). */
import { describe, expect } from "vitest";
import { Decimal } from "../../src/protocol/decimal.ts";
import { scenario } from "./given.ts";
import type { CashFields } from "./support/adapter.ts";

describe("C1: a cash transfer's effect is its Value less its funds", () => {
  const cases: readonly (readonly [title: string, transfer: CashFields, balance: string])[] = [
    ["Booked goes to Balance", { Value: 100, AdditionalFunds: 5 }, "B 95"],
    ["Booked is what an omitted settlement means", { Value: 100, Settlement: "Booked" }, "B 100"],
    ["Unbooked goes to UnbookedTransactions", { Value: 100, AdditionalFunds: 5, Settlement: "Unbooked" }, "U 95"],
    [
      "Settle: Value out of what is unbooked, the effect to Balance",
      { Value: 100, AdditionalFunds: 5, Settlement: "Settle" },
      "B 95, U -100",
    ],
    ["Reverse is the inverse of Settle", { Value: 100, AdditionalFunds: 5, Settlement: "Reverse" }, "B -95, U 100"],
    ["a withdrawal with a fee", { Value: -100, AdditionalFunds: 5 }, "B -105"],
    ["a withdrawal settled with a fee", { Value: -100, AdditionalFunds: 5, Settlement: "Settle" }, "B -105, U 100"],
    ["a refund", { Value: 100, AdditionalFunds: { Fee: 5, Rebate: -7.5 } }, "B 102.5"],
    ["funds alone", { Value: 0, AdditionalFunds: 5, Settlement: "Settle" }, "B -5"],
  ];
  for (const [title, transfer, balance] of cases) {
    scenario(`C1: ${title}`, ({ cash, now }) => {
      cash(transfer);
      now({ AUD: balance });
    });
  }

  scenario("C1: settling more than is unbooked is allowed", ({ cash, settle, now }) => {
    cash({ Value: 100, Settlement: "Unbooked" });
    settle(150);
    now({ AUD: "B 150, U -50" });
  });

  scenario("C1: exactly, with more digits than a double carries", ({ deposit, now }) => {
    deposit("12345678901234567890.123456789");
    deposit("0.000000000000000000000000000001");
    now({ AUD: "B 12345678901234567890.123456789000000000000000000001" });
    deposit("-12345678901234567890.123456789");
    now({ AUD: "B 0.000000000000000000000000000001" });
  });

  scenario("C1: each account and currency by itself", ({ deposit, now }) => {
    deposit(1);
    deposit(2, { Currency: "USD" });
    deposit(3, { Account: "A2" });
    now({ AUD: "B 1", USD: "B 2", "A2/AUD": "B 3" });
  });

  scenario(
    "C1: a transfer without account, currency or value is refused, and one of another Owner",
    ({ cash, asset, refuses }) => {
      refuses("Field.Missing Action.Transaction.Account.AccountID", () => cash({ Account: "XS/", Value: 1 }));
      refuses("Field.Missing Action.CashTransfer.Currency", () => cash({ Currency: "", Value: 1 }));
      refuses("Field.Missing Action.CashTransfer.Value", () => cash({}));
      refuses("Account YT/A1", () => cash({ Account: "YT/A1", Value: 1 }));
      refuses("Account YT/A1", () => asset(1, { Account: "YT/A1" }));
      refuses("Field.Missing Action.AssetTransfer.Code", () => asset(1, { Code: "" }));
      refuses("Field.Missing Action.AssetTransfer.Exchange", () => asset(1, { Exchange: "" }));
    },
  );
});

describe("C2: pools", () => {
  scenario("C2: a transfer with a Pool goes to Values, whatever it says of booking", ({ cash, now }) => {
    cash({ Value: 100, AdditionalFunds: 5, Pool: "Collateral" });
    cash({ Value: 10, Pool: "Collateral", Settlement: "Unbooked" });
    cash({ Value: 7, Pool: "Vault" });
    now({ AUD: "Collateral 105, Vault 7" });
  });

  scenario("C2: pools are kept in the order of their names", ({ cash, raised, now }) => {
    cash({ Value: 7, Pool: "Vault" });
    cash({ Value: 5, Pool: "Collateral" });
    expect(Object.keys(raised()[1]?.Balance?.Values ?? {})).toEqual(["Collateral", "Vault"]);
    cash({ Value: 1, Pool: "Deposit" });
    now({ AUD: "Collateral 5, Deposit 1, Vault 7" });
  });

  scenario("C2: the pool Margin is the field Margin [ours]", ({ cash, now }) => {
    cash({ Value: 100, AdditionalFunds: 5, Pool: "Margin" });
    now({ AUD: "M 95" });
    cash({ Value: -95, Pool: "Margin" });
    now({});
  });

  scenario("C2: a pool at zero disappears", ({ deposit, cash, now }) => {
    deposit(1);
    cash({ Value: 100, Pool: "Collateral" });
    cash({ Value: 50, Pool: "Vault" });
    cash({ Value: -100, Pool: "Collateral" });
    now({ AUD: "B 1, Vault 50" });
    cash({ Value: -50, Pool: "Vault" });
    now({ AUD: "B 1" });
  });

  for (const Settlement of ["Settle", "Reverse"] as const) {
    for (const Pool of ["Collateral", "Margin"]) {
      scenario(`C2: ${Settlement} with the pool ${Pool} is refused`, ({ cash, refuses, now }) => {
        refuses(`Settlement ${Pool}`, () => cash({ Value: 100, Pool, Settlement }));
        now({});
      });
    }
  }
});

describe("C3: a transfer is known for ever", () => {
  const first: CashFields = { TransactionID: "X1", Value: 100, AdditionalFunds: 5, Timestamp: "2026-01-01T00:00:00Z" };

  scenario(
    "C3: the same content again succeeds and changes nothing, whoever sends it and whenever",
    ({ cash, repeats, now }) => {
      cash({ ...first, Authorities: { Broker: { Identity: "User:1" } } });
      repeats(() => cash(first));
      repeats(() =>
        cash({ ...first, Timestamp: "2026-02-02T00:00:00Z", Authorities: { Broker: { Identity: "User:2" } } }),
      );
      repeats(() => cash({ ...first, Timestamp: undefined, Value: "100.00" }));
      now({ AUD: "B 95" });
    },
  );

  scenario("C3: other content is refused", ({ cash, refuses, now }) => {
    cash(first);
    const others: readonly CashFields[] = [
      ...[{ Value: 101 }, { AdditionalFunds: 6 }, { AdditionalFunds: undefined }, { Settlement: "Unbooked" } as const],
      { Properties: { Note: "again" } },
    ];
    for (const other of others) refuses("Transaction.Conflict X1", () => cash({ ...first, ...other }));
    now({ AUD: "B 95" });
  });

  scenario("C3: legs of one transaction may share its id: by account, currency, pool, exchange and code", (given) => {
    const { cash, asset, repeats, refuses, now } = given;
    const legs = [
      () => cash({ TransactionID: "X1", Value: 1 }),
      () => cash({ TransactionID: "X1", Value: 2, Currency: "USD" }),
      () => cash({ TransactionID: "X1", Value: 3, Pool: "Collateral" }),
      () => cash({ TransactionID: "X1", Value: 4, Account: "A2" }),
      () => asset(5, { TransactionID: "X1" }),
      () => asset(6, { TransactionID: "X1", Code: "RIO" }),
      () => asset(7, { TransactionID: "X1", Exchange: "XLON" }),
      () => asset(8, { TransactionID: "X1", Account: "A2" }),
    ];
    for (const leg of legs) leg();
    for (const leg of legs) repeats(leg);
    refuses("Transaction.Conflict X1", () => asset(9, { TransactionID: "X1" }));
    refuses("Transaction.Conflict X1", () => asset(5, { TransactionID: "X1", Price: 1 }));
    now({
      ...{ AUD: "B 1, Collateral 3", USD: "B 2", BHP: "5@unknown", RIO: "6@unknown", "XLON:BHP": "7@unknown" },
      ...{ "A2/AUD": "B 4", "A2/BHP": "8@unknown" },
    });
  });

  scenario("C3: an empty id is generated, and recorded", ({ deposit, asset, recorded, transactions, now }) => {
    deposit(1, { TransactionID: "" });
    expect(recorded().Action?.Transaction?.TransactionID).toBe("generated-1");
    expect(transactions()).toMatchObject([{ Details: { TransactionID: "generated-1" } }]);
    deposit(1, { TransactionID: "" });
    expect(recorded().Action?.Transaction?.TransactionID).toBe("generated-2");
    asset(1, { TransactionID: "" });
    expect(recorded().Action?.Transaction?.TransactionID).toBe("generated-3");
    now({ AUD: "B 2", BHP: "1@unknown" });
  });

  scenario("C3: a generated id is known like any other", ({ deposit, repeats, refuses }) => {
    deposit(1, { TransactionID: "" });
    repeats(() => deposit(1, { TransactionID: "generated-1" }));
    refuses("Transaction.Conflict generated-1", () => deposit(2, { TransactionID: "generated-1" }));
  });

  scenario("C3: what was refused is not known", ({ cash, refuses, now }) => {
    refuses("Settlement.Balance 0", () => cash({ TransactionID: "X1", Value: 1 }, { expectedBalance: Decimal.of(5) }));
    cash({ TransactionID: "X1", Value: 2 });
    now({ AUD: "B 2" });
  });

  scenario("C3: the id is checked before ExpectedBalance", ({ settle, refuses, repeats, now }) => {
    settle(-10, { TransactionID: "S1/A1/AUD" }, 0);
    repeats(() => settle(-10, { TransactionID: "S1/A1/AUD" }, 0));
    repeats(() => settle(-10, { TransactionID: "S1/A1/AUD" }, 999));
    refuses("Transaction.Conflict S1/A1/AUD", () => settle(-11, { TransactionID: "S1/A1/AUD" }, -10));
    now({ AUD: "B -10, U 10" });
  });
});

describe("C4: settlements", () => {
  scenario(
    "C4: ExpectedBalance must equal Balance; the refusal says what that is",
    ({ deposit, settle, refuses, now }) => {
      deposit("100.50");
      refuses("Settlement.Balance 100.5", () => settle(-10, {}, 100));
      refuses("Settlement.Balance 0", () => settle(-10, { Currency: "USD" }, 100));
      settle(-10, {}, "100.500");
      now({ AUD: "B 90.5, U 10" });
    },
  );

  scenario("C4: only Balance counts, not what is unbooked or reserved", ({ cash, order, settle, now }) => {
    cash({ Value: 50, Settlement: "Unbooked" });
    order({ Side: "BUY", Quantity: 1, Price: 7 });
    settle(50, {}, 0);
    now({ AUD: "B 50, R 7" });
  });

  scenario("C4: later items of a batch see earlier ones", ({ batch, deposit, settle, events, now }) => {
    batch(() => {
      deposit(100);
      settle(-30, {}, 100);
      settle(-20, {}, 70);
    });
    expect(events().filter((event) => event.startsWith("Balances"))).toEqual([
      "Balances AUD",
      "Balances AUD",
      "Balances AUD",
    ]);
    now({ AUD: "B 50, U 50" });
  });

  scenario(
    "C4: a batch is all or none, and leaves no id known when it is refused",
    ({ batch, deposit, settle, refuses, now }) => {
      deposit(100);
      refuses("Settlement.Balance 90", () =>
        batch(() => {
          settle(-10, { TransactionID: "S1/A1/AUD" }, 100);
          settle(-20, { TransactionID: "S2/A1/AUD" }, 100);
        }),
      );
      now({ AUD: "B 100" });
      settle(-15, { TransactionID: "S1/A1/AUD" }, 100);
      now({ AUD: "B 85, U 15" });
    },
  );

  scenario(
    "C4: an item that repeats an earlier one of its batch changes nothing, one that contradicts it refuses all",
    (given) => {
      const { batch, settle, refuses, now } = given;
      const settlement = { TransactionID: "S1/A1/AUD" };
      batch(() => {
        settle(-10, settlement, 0);
        settle(-10, settlement, 0);
      });
      now({ AUD: "B -10, U 10" });
      refuses("Transaction.Conflict S2/A1/AUD", () =>
        batch(() => {
          settle(-1, { TransactionID: "S2/A1/AUD" });
          settle(-2, { TransactionID: "S2/A1/AUD" });
        }),
      );
      now({ AUD: "B -10, U 10" });
    },
  );

  scenario(
    "C4: a batch of transfers, orders and trades of several accounts",
    ({ batch, deposit, order, trade, now }) => {
      batch(() => {
        deposit(100, { Account: "A1" });
        deposit(200, { Account: "A2" });
        order({ OrderID: "O1", Side: "BUY", Quantity: 10, Price: 7 });
        trade("T1", { Quantity: 4, Price: 7 }, { OrderID: "O2", Account: "A2", Side: "SELL", Quantity: 10 });
      });
      now({ AUD: "B 100, R 70", "A2/AUD": "B 200, U 28", "A2/BHP": "-4@7, S 6" });
    },
  );
});

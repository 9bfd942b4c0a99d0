/** What clients are shown: transactions, and the events of a record (rules E1 and E2). */
import { describe, expect } from "vitest";
import { scenario } from "./given.ts";

const ACCOUNT = { AccountID: "A1", OwnerID: "XS" };
const OTHER_ACCOUNT = { AccountID: "A2", OwnerID: "XS" };
const UNBOOKED = "SettlementStatus_Unbooked";

describe("E1: a trade is shown as a transaction of type Trade", () => {
  scenario("E1: a buy: the consideration out, the funds as given, the quantity in", ({ trade, transactions }) => {
    trade(
      "T1",
      { Quantity: 4, Price: 7, AdditionalFunds: { Fee: 1, Rebate: -0.5 }, ExDestination: "dark" },
      { Side: "BUY", Quantity: 10, Timestamp: "2026-01-04T23:59:59.5Z" },
    );
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_Trade",
        Details: {
          TransactionID: "T1",
          Account: ACCOUNT,
          Values: { Price: 7 },
          Timestamp: "2026-01-04T23:59:59.500000Z",
        },
        CashTransfer: { Currency: "AUD", AdditionalFunds: { Fee: 1, Rebate: -0.5 }, Value: -28, Settlement: UNBOOKED },
        AssetTransfer: { OrderID: "O1", Code: "BHP", Exchange: "ASX", Value: 4, ExDestination: "dark" },
      },
    ]);
  });

  scenario(
    "E1: a sell: the consideration in, the quantity out; dated by its record when the order has no Timestamp",
    ({ trade, transactions }) => {
      trade("T1", { Quantity: 4, Price: 7 }, { Side: "SHORTSELL", Quantity: 10 });
      expect(transactions()).toEqual([
        {
          Type: "ClientTransactionType_Trade",
          Details: {
            TransactionID: "T1",
            Account: ACCOUNT,
            Values: { Price: 7 },
            Timestamp: "2026-01-05T00:00:00.000000Z",
          },
          CashTransfer: { Currency: "AUD", Value: 28, Settlement: UNBOOKED },
          AssetTransfer: { OrderID: "O1", Code: "BHP", Exchange: "ASX", Value: -4 },
        },
      ]);
    },
  );

  scenario("E1: order states alone raise none", ({ order, transactions }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 4 });
    expect(transactions()).toEqual([]);
  });
});

describe("E1: a correction or cancel is shown as an adjustment by the difference, with a Reason", () => {
  const details = { TransactionID: "T1", Account: ACCOUNT, Timestamp: "2026-01-05T00:00:01.000000Z" };

  scenario(
    "E1: Adjustment when cash and quantity changed; the cash with its funds",
    ({ trade, correction, transactions }) => {
      trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 }, { Side: "BUY", Quantity: 10 });
      correction("T1", { Quantity: 5, Price: 8, AdditionalFunds: 3 });
      expect(transactions()).toEqual([
        {
          Type: "ClientTransactionType_Adjustment",
          Details: details,
          AssetAdjustment: { Code: "BHP", Exchange: "ASX", Value: 1, Reason: "Correction of T1" },
          CashAdjustment: { Currency: "AUD", Value: -14, Reason: "Correction of T1", Settlement: UNBOOKED },
        },
      ]);
    },
  );

  scenario("E1: CashAdjustment when only cash changed", ({ trade, correction, transactions }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10 });
    correction("T1", { Quantity: 4, Price: 6 });
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_CashAdjustment",
        Details: details,
        CashAdjustment: { Currency: "AUD", Value: 4, Reason: "Correction of T1", Settlement: UNBOOKED },
      },
    ]);
  });

  scenario("E1: AssetAdjustment when only the quantity changed", ({ trade, correction, transactions }) => {
    trade("T1", { Quantity: 4, Price: 6 }, { Side: "SELL", Quantity: 10 });
    correction("T1", { Quantity: 6, Price: 4 });
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_AssetAdjustment",
        Details: details,
        AssetAdjustment: { Code: "BHP", Exchange: "ASX", Value: -2, Reason: "Correction of T1" },
      },
    ]);
  });

  scenario("E1: a correction that changes nothing raises no transaction", ({ trade, correction, events }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10 });
    correction("T1", { Quantity: 4, Price: 7 });
    expect(events()).toEqual(["Updates Trade"]);
  });

  scenario("E1: a Cancel takes the current content back", ({ trade, correction, cancel, transactions }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "SELL", Quantity: 10 });
    correction("T1", { Quantity: 5, Price: 8, AdditionalFunds: 3 });
    cancel("T1");
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_Adjustment",
        Details: { ...details, Timestamp: "2026-01-05T00:00:02.000000Z" },
        AssetAdjustment: { Code: "BHP", Exchange: "ASX", Value: 5, Reason: "Cancel of T1" },
        CashAdjustment: { Currency: "AUD", Value: -37, Reason: "Cancel of T1", Settlement: UNBOOKED },
      },
    ]);
  });

  scenario("E1: one for each account when a correction moves the trade", ({ trade, correction, transactions }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10 });
    correction("T1", { Quantity: 5, Price: 7 }, { Account: "A2" });
    const Reason = "Correction of T1";
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_Adjustment",
        Details: details,
        AssetAdjustment: { Code: "BHP", Exchange: "ASX", Value: -4, Reason },
        CashAdjustment: { Currency: "AUD", Value: 28, Reason, Settlement: UNBOOKED },
      },
      {
        Type: "ClientTransactionType_Adjustment",
        Details: { ...details, Account: OTHER_ACCOUNT },
        AssetAdjustment: { Code: "BHP", Exchange: "ASX", Value: 5, Reason },
        CashAdjustment: { Currency: "AUD", Value: -35, Reason, Settlement: UNBOOKED },
      },
    ]);
  });

  scenario(
    "E1: one for each currency and asset, where one transaction cannot say it",
    ({ trade, correction, events }) => {
      trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10 });
      correction("T1", { Quantity: 4, Price: 7 }, { Currency: "USD" });
      expect(events().filter((event) => event.startsWith("Transactions"))).toEqual([
        ...["Transactions CashAdjustment T1", "Transactions CashAdjustment T1"],
      ]);
      correction("T1", { Quantity: 4, Price: 7 }, { Code: "RIO" });
      expect(events().filter((event) => event.startsWith("Transactions"))).toEqual([
        ...["Transactions AssetAdjustment T1", "Transactions AssetAdjustment T1"],
      ]);
      correction("T1", { Quantity: 4, Price: 7 }, { Code: "BHP", Currency: "AUD" });
      expect(events().filter((event) => event.startsWith("Transactions"))).toEqual([
        ...["Transactions Adjustment T1", "Transactions Adjustment T1"],
      ]);
    },
  );
});

describe("E1: transfers and settlements are shown as they came", () => {
  scenario("E1: a cash transfer", ({ settle, transactions }) => {
    settle(-10, { TransactionID: "S1/A1/AUD", AdditionalFunds: 2, Timestamp: "2026-01-01T00:00:00Z" });
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_CashTransfer",
        Details: { TransactionID: "S1/A1/AUD", Account: ACCOUNT, Timestamp: "2026-01-01T00:00:00.000000Z" },
        CashTransfer: {
          Currency: "AUD",
          AdditionalFunds: { Fee: 2 },
          Value: -10,
          Settlement: "SettlementStatus_Settle",
        },
      },
    ]);
  });

  scenario("E1: an asset transfer", ({ asset, transactions }) => {
    asset(10, { TransactionID: "X1", Price: 5, Authorities: { Broker: { Identity: "User:1" } } });
    expect(transactions()).toEqual([
      {
        Type: "ClientTransactionType_AssetTransfer",
        Details: {
          TransactionID: "X1",
          Account: ACCOUNT,
          Authorities: { Broker: { Identity: "User:1" } },
          Values: { Price: 5 },
        },
        AssetTransfer: { Code: "BHP", Exchange: "ASX", Value: 10 },
      },
    ]);
  });
});

describe("E2: the events of a record", () => {
  scenario("E2: Updates, Orders with Remove before Update, Balances and Holdings by key, Transactions", (given) => {
    const { trade, correction, events, raised, recorded, orderState } = given;
    trade("T1", { Quantity: 4, Price: 7 }, { Account: "A2", Side: "BUY", Quantity: 10, Price: 7, Code: "RIO" });
    expect(events()).toEqual([
      "Updates Trade",
      "Orders A2/O1",
      "Balances A2/AUD",
      "Holdings A2/RIO",
      "Transactions Trade T1",
    ]);
    expect(raised()[0]).toEqual(recorded());
    expect(raised()[1]?.Order).toEqual(orderState());
    correction("T1", { Quantity: 4, Price: 8 }, { Account: "A1", Side: "SELL", Currency: "NZD", Code: "BHP" });
    expect(events()).toEqual([
      ...["Updates Trade", "Orders A2/O1 removed", "Orders O1"],
      ...["Balances NZD", "Balances A2/AUD removed", "Holdings BHP", "Holdings A2/RIO removed"],
      ...["Transactions Adjustment T1", "Transactions Adjustment T1"],
    ]);
  });

  scenario("E2: keys are compared as texts, account first", ({ order, trade, correction, events }) => {
    order({ Side: "SELL", Quantity: 10, Account: "B", Exchange: "XLON", Code: "AAA" });
    trade("T1", { Quantity: 1, Price: 1 }, { Account: "B", Currency: "USD" });
    correction("T1", { Quantity: 1, Price: 1 }, { Account: "Ba", Currency: "AUD" });
    expect(events().filter((event) => /^(?:Balances|Holdings)/.test(event))).toEqual([
      ...["Balances B/USD removed", "Balances Ba/AUD", "Holdings B/XLON:AAA removed", "Holdings Ba/XLON:AAA"],
    ]);
  });

  scenario(
    "E2: a record that did not change raises no event: reservation and cash of an update that only changes a status",
    ({ order, trade, events }) => {
      trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7 });
      order({ Status: "Suspended" });
      expect(events()).toEqual(["Updates Update", "Orders O1"]);
      order({ Status: "Suspended" });
      expect(events()).toEqual(["Updates Update"]);
    },
  );

  scenario("E2: released and reserved alike is no change", ({ order, events }) => {
    order({ Side: "BUY", Quantity: 10, Price: 6 });
    order({ Quantity: 12, Price: 5 });
    expect(events()).toEqual(["Updates Update", "Orders O1"]);
  });

  scenario("E2: a trade of no value changes no balance", ({ trade, events }) => {
    trade("T1", { Quantity: 4, Price: 0 }, { Side: "BUY", Quantity: 4 });
    expect(events()).toEqual(["Updates Trade", "Orders O1", "Holdings BHP", "Transactions Trade T1"]);
  });

  scenario("E2: each event carries the whole record, every figure of a position shown", ({ order, trade, raised }) => {
    order({ Side: "SELL", Quantity: 10, Price: 7 });
    trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 });
    const [, , balance, holding] = raised();
    expect(JSON.parse(JSON.stringify(balance))).toEqual({
      Type: "UpdateEventType_Balance",
      Balance: { Account: ACCOUNT, Currency: "AUD", Balance: 0, Margin: 0, UnbookedTransactions: 27, UnfilledBuys: 0 },
    });
    expect(JSON.parse(JSON.stringify(holding))).toEqual({
      Type: "UpdateEventType_Holding",
      Holding: {
        Account: ACCOUNT,
        Code: "BHP",
        Exchange: "ASX",
        Quantity: -4,
        UnfilledSells: 6,
        AveragePrice: 7,
        Currency: "AUD",
      },
    });
  });
});

/** Vetting: what an account's Attributes ask for, each check below, at and above its bound, and what holds it back. */
import { describe, expect, test } from "vitest";
import { accountOnTheWire } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { BUY, Desk, deskScenario } from "../support/desk.ts";

const FUNDS = { "Vetting.Funds": "true" };
const HOLDINGS = { "Vetting.Holdings": "true" };
const SALE = { Side: "SELL" };

function deskWith(attributes: Readonly<Record<string, string>>): Desk {
  const desk = new Desk(new WarmBook());
  desk.account(attributes);
  return desk;
}

describe("Funds: a buy needs what it would reserve (rules O3, O4)", () => {
  test.each<readonly [number, readonly string[]]>([
    [1000, []],
    [1000.01, []],
    [999.99, ["TotalValue.Balance 999.99"]],
    [0, ["TotalValue.Balance 0"]],
    [-5, ["TotalValue.Balance -5"]],
  ])("100@10 with %d: %j", (cash, errors) => {
    const desk = deskWith(FUNDS);
    if (cash !== 0) desk.deposit(cash);
    expect(desk.askNew("R1").Errors).toEqual(errors);
  });

  test.each<readonly [string, readonly string[], object]>([
    ["funds are added to the consideration", ["TotalValue.Balance 1000"], { Values: { Fee: "0.01" } }],
    ["each fund that is negative counts as none", ["TotalValue.Balance 1000"], { Values: { Fee: 1, Rebate: -5 } }],
    ["a rebate alone frees nothing", [], { Values: { Rebate: -5 } }],
    ["a reserve price is no fund", [], { Values: { ReservePrice: 999 } }],
    [
      "a currency that is named is the one that is looked at",
      ["TotalValue.Balance 0"],
      { Properties: { Currency: "USD" } },
    ],
  ])("%s: %j", (_, errors, fields) => {
    const desk = deskWith(FUNDS);
    desk.deposit(1000);
    expect(desk.askNew("R1", {}, fields).Errors).toEqual(errors);
  });

  test.each<readonly [string, readonly string[], object]>([
    ["no price at all", ["LimitPrice.Missing"], {}],
    ["a price to reserve at that is enough", [], { Values: { ReservePrice: 10 } }],
    ["a price to reserve at that is too much", ["TotalValue.Balance 1000"], { Values: { ReservePrice: "10.0001" } }],
    ["a price to reserve at of nothing", ["LimitPrice.Missing"], { Values: { ReservePrice: 0 } }],
    ["a negative price to reserve at", ["LimitPrice.Missing"], { Values: { ReservePrice: -10 } }],
  ])("an unpriced buy with %s: %j", (_, errors, fields) => {
    const desk = deskWith(FUNDS);
    desk.deposit(1000);
    expect(desk.askNew("R1", { OrderType: "MARKET", Price: undefined }, fields).Errors).toEqual(errors);
  });

  test("an unpriced buy needs no price to reserve at where funds are not vetted, nor does an unpriced sale", () => {
    const unpriced = { OrderType: "MARKET", Price: undefined };
    expect(deskWith({ "Vetting.Funds": "false" }).askNew("R1", unpriced).Errors).toEqual([]);
    expect(deskWith(FUNDS).askNew("R1", { ...unpriced, ...SALE }).Errors).toEqual([]);
  });

  test("an account without a currency cannot be vetted, unless the request names one", () => {
    const desk = new Desk(new WarmBook());
    const AccountDetails = { Account: accountOnTheWire("A1"), Attributes: FUNDS };
    desk.operation("DefineAccount", { AccountDetails }, {});
    desk.deposit(1000);
    expect(desk.askNew("R1").Errors).toEqual(["Field.Missing ClientRequest.Properties.Currency"]);
    expect(desk.askNew("R2", {}, { Properties: { Currency: "AUD" } }).Errors).toEqual([]);
  });

  test("margin and unbooked cash count, reserved cash does not (rule O4)", () => {
    const desk = deskWith(FUNDS);
    desk.submit({
      Type: "Action",
      Action: {
        Type: "CashTransfer",
        Transaction: { TransactionID: "M", Account: accountOnTheWire("A1") },
        CashTransfer: { Currency: "AUD", Pool: "Margin", Value: 300 },
      },
    });
    desk.deposit(1500);
    desk.order({ Side: "BUY", Quantity: 10, Price: 80 });
    expect(desk.askNew("R1", { Quantity: 101 }).Errors).toEqual(["TotalValue.Balance 1000"]);
    expect(desk.askNew("R2").Errors).toEqual([]);
  });

  test("two requests race for the same money: one wins", () => {
    const desk = deskWith(FUNDS);
    desk.deposit(1000);
    expect(desk.askNew("R1", { Quantity: 60 }).Errors).toEqual([]);
    expect(desk.askNew("R2", { Quantity: 60 }).Errors).toEqual(["TotalValue.Balance 400"]);
    expect(desk.askNew("R3", { Quantity: 40 }).Errors).toEqual([]);
    expect(desk.askNew("R4", { Quantity: "0.0001" }).Errors).toEqual(["TotalValue.Balance 0"]);
  });

  test("money is not vetted across accounts and currencies", () => {
    const desk = deskWith(FUNDS);
    desk.account(FUNDS, "A2");
    desk.deposit(1000);
    desk.deposit(1000, "A2");
    expect(desk.askNew("R1").Errors).toEqual([]);
    expect(desk.askNew("R1", {}, { Account: accountOnTheWire("A2") }).Errors).toEqual([]);
    expect(desk.askNew("R2", {}, { Properties: { Currency: "USD" } }).Errors).toEqual(["TotalValue.Balance 0"]);
  });
});

describe("What requests hold, and for how long", () => {
  /** What the account may still spend, as a rejection tells it. */
  const free = (desk: Desk, id: string): string => desk.askNew(id, { Quantity: 1_000_000 }).Errors.join();

  deskScenario("a pending and a queued request hold as much as a submitted one", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("Q", { Quantity: 10 }, { Queue: { QueueID: "desk" } });
    desk.supplied.clear();
    desk.askNew("P", { Quantity: 20 });
    desk.supplied.add("ASX");
    desk.askNew("S", { Quantity: 30 });
    expect(["Q", "P", "S"].map((id) => desk.statusOf(id))).toEqual(["Queued", "Pending", "Submitted"]);
    expect(free(desk, "X")).toBe("TotalValue.Balance 400");
  });

  deskScenario("until the first state of the order that names the request: then the order reserves", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", { Quantity: 30 });
    desk.order({ Side: "BUY", Quantity: 30, Price: 10, RequestID: "R1" });
    expect(free(desk, "X1")).toBe("TotalValue.Balance 700");
    desk.order({ Status: "Open" });
    expect(free(desk, "X2")).toBe("TotalValue.Balance 700");
    expect(desk.open("R1")).toMatchObject({ Status: "Submitted", OrderID: "O1" });
  });

  deskScenario("or of the order that the adapter said it would become, whichever comes first", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", { Quantity: 30 });
    desk.askNew("R2", { Quantity: 30 });
    desk.tell("R1", { OrderID: "O1", Status: "Working" });
    expect(free(desk, "X1")).toBe("TotalValue.Balance 400");
    desk.order({ OrderID: "O1", Side: "BUY", Quantity: 30, Price: 10 });
    expect(free(desk, "X2")).toBe("TotalValue.Balance 400");
    desk.order({ OrderID: "O2", Side: "BUY", Quantity: 30, Price: 10 });
    expect(free(desk, "X3")).toBe("TotalValue.Balance 100");
    desk.tell("R2", { OrderID: "O2", Status: "Working" });
    expect(free(desk, "X4")).toBe("TotalValue.Balance 400");
  });

  deskScenario("an order of another account does not end it, even under the OrderID that was told", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", { Quantity: 30 });
    desk.tell("R1", { OrderID: "O1", Status: "Working" });
    desk.order({ Account: "A2", Side: "BUY", Quantity: 30, Price: 10, RequestID: "R1" });
    expect(free(desk, "X")).toBe("TotalValue.Balance 700");
  });

  deskScenario("a rejection frees what was held", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1");
    desk.tell("R1", { Errors: ["Symbol"] });
    expect(free(desk, "X")).toBe("TotalValue.Balance 1000");
  });

  deskScenario("a cancel holds nothing, and frees nothing until it is confirmed", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    desk.askCancel("R1", { OrderID: "O1" });
    expect(free(desk, "X1")).toBe("TotalValue.Balance 700");
    desk.order({ IsCompleted: true, RequestID: "R1" });
    expect(free(desk, "X2")).toBe("TotalValue.Balance 1000");
  });

  deskScenario(
    "of several amends of one order the largest counts, and one that asks for less needs nothing",
    (desk) => {
      desk.account(FUNDS);
      desk.deposit(1000);
      desk.order({ Side: "BUY", Quantity: 30, Price: 10, AdditionalFunds: 5 });
      expect(desk.askAmend("R1", { OrderID: "O1", Quantity: 50 }).Errors).toEqual([]);
      expect(free(desk, "X1")).toBe("TotalValue.Balance 495");
      expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 80 }).Errors).toEqual([]);
      expect(free(desk, "X2")).toBe("TotalValue.Balance 195");
      expect(desk.askAmend("R3", { OrderID: "O1", Quantity: 40 }).Errors).toEqual([]);
      expect(free(desk, "X3")).toBe("TotalValue.Balance 195");
      expect(desk.askAmend("R4", { OrderID: "O1", Quantity: 100 }).Errors).toEqual(["TotalValue.Balance 195"]);
      desk.tell("R2", { Errors: ["Retry"] });
      expect(free(desk, "X4")).toBe("TotalValue.Balance 495");
      expect(desk.askAmend("R5", { OrderID: "O1", Quantity: 60 }, { Values: { Fee: "400.01" } }).Errors).toEqual([
        "TotalValue.Balance 495",
      ]);
      expect(desk.askAmend("R6", { OrderID: "O1", Quantity: 60 }, { Values: { Fee: 400 } }).Errors).toEqual([]);
    },
  );

  test("an amend that asks for less is taken from an account that has nothing left", () => {
    const desk = deskWith(FUNDS);
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    expect(desk.askAmend("R1", { OrderID: "O1", Quantity: 29 }).Errors).toEqual([]);
    expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 30 }).Errors).toEqual([]);
    expect(desk.askAmend("R3", { OrderID: "O1", Quantity: 31 }).Errors).toEqual(["TotalValue.Balance -300"]);
  });

  test("an amend of what is executed in part needs what is left of it, whatever was executed", () => {
    const desk = deskWith(FUNDS);
    desk.deposit(300);
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    desk.trade("T1", { Quantity: 20, Price: 10 });
    expect(desk.askAmend("R1", { OrderID: "O1", Quantity: 20 }).Errors).toEqual([]);
    expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 15, Price: 900 }).Errors).toEqual([]);
    expect(desk.askAmend("R3", { OrderID: "O1", Quantity: 25, Price: 20 }).Errors).toEqual([]);
    expect(desk.askAmend("R4", { OrderID: "O1", Quantity: 25, Price: "20.01" }).Errors).toEqual([
      "TotalValue.Balance 0",
    ]);
  });

  deskScenario(
    "an amend of a request goes on holding when that request has become an order and is completed",
    (desk) => {
      desk.account(FUNDS);
      desk.deposit(1000);
      desk.status("Working", { CanAmend: true });
      desk.askNew("R1", { Quantity: 10, Price: 10 });
      desk.tell("R1", { Status: "Working" });
      expect(desk.askAmend("R2", { PrevRequestID: "R1", Quantity: 80, Price: 10 }).Errors).toEqual([]);
      expect(desk.askNew("R3", { Quantity: 21, Price: 10 }).Errors).toEqual(["TotalValue.Balance 200"]);
      desk.order({ Side: "BUY", Quantity: 10, Price: 10, RequestID: "R1" });
      expect(desk.askNew("R4", { Quantity: 21, Price: 10 }).Errors).toEqual(["TotalValue.Balance 200"]);
      desk.tell("R1", { Status: "Completed" });
      expect(desk.askNew("R5", { Quantity: 21, Price: 10 }).Errors).toEqual(["TotalValue.Balance 200"]);
      // It is the same order, by whichever name amends are about it.
      expect(desk.askAmend("R6", { OrderID: "O1", Quantity: 90, Price: 10 }).Errors).toEqual([]);
      expect(desk.askNew("R7", { Quantity: 11, Price: 10 }).Errors).toEqual(["TotalValue.Balance 100"]);
      desk.order({ Quantity: 80, RequestID: "R2" });
      expect(desk.askNew("R8", { Quantity: 11, Price: 10 }).Errors).toEqual(["TotalValue.Balance 100"]);
    },
  );

  deskScenario("a move holds the order's reservation in the account that it is to come to", (desk) => {
    desk.account(FUNDS, "A2");
    desk.deposit(500, "A2");
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    expect(desk.askMove("M1", "A2", { OrderID: "O1" }).Errors).toEqual([]);
    const other = { Account: accountOnTheWire("A2") };
    expect(desk.askNew("X1", { Quantity: 21 }, other).Errors).toEqual(["TotalValue.Balance 200"]);
    desk.order({ Account: "A2" });
    expect(desk.askNew("X2", { Quantity: 21 }, other).Errors).toEqual(["TotalValue.Balance 200"]);
    expect(desk.askNew("X3", { Quantity: 20 }, other).Errors).toEqual([]);
  });

  test("a move to an account that cannot afford the order: the figure is that account's", () => {
    const desk = deskWith({});
    desk.account(FUNDS, "A2");
    desk.deposit(299, "A2");
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    expect(desk.askMove("M1", "A2", { OrderID: "O1" }).Errors).toEqual(["TotalValue.Balance 299"]);
  });

  deskScenario("cash that is to be taken out is held until that is done; cash put in needs nothing", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    expect(desk.askTransfer("W1", "-1000.01").Errors).toEqual(["TotalValue.Balance 1000"]);
    expect(desk.askTransfer("W2", -600).Errors).toEqual([]);
    expect(desk.askTransfer("W3", "-400.01").Errors).toEqual(["TotalValue.Balance 400"]);
    expect(desk.askTransfer("W4", -400).Errors).toEqual([]);
    expect(desk.askTransfer("W5", 5000).Errors).toEqual([]);
    expect(free(desk, "X")).toBe("TotalValue.Balance 0");
  });
});

describe("Holdings: a sale needs what is held and not reserved", () => {
  test.each<readonly [number, readonly string[]]>([
    [100, []],
    [101, []],
    [99, ["TotalQuantity.Holdings 99"]],
    [-1, ["TotalQuantity.Holdings -1"]],
  ])("100 with %d: %j", (held, errors) => {
    const desk = deskWith(HOLDINGS);
    desk.asset(held);
    expect(desk.askNew("R1", SALE).Errors).toEqual(errors);
  });

  test("nothing is held where there never was any", () => {
    expect(deskWith(HOLDINGS).askNew("R1", SALE).Errors).toEqual(["TotalQuantity.Holdings 0"]);
  });

  deskScenario("what other orders and requests sell is not there any more, short sales among them", (desk) => {
    desk.account(HOLDINGS);
    desk.asset(100);
    desk.order({ Side: "SELL", Quantity: 10, Price: 10 });
    expect(desk.askNew("R1", { ...SALE, Quantity: 20 }).Errors).toEqual([]);
    expect(desk.askNew("R2", { Side: "SHORTSELL", Quantity: 500 }).Errors).toEqual([]);
    expect(desk.askNew("R3", { ...SALE, Quantity: 1 }).Errors).toEqual(["TotalQuantity.Holdings -430"]);
    desk.tell("R2", { Errors: ["Retry"] });
    expect(desk.askNew("R4", { ...SALE, Quantity: 71 }).Errors).toEqual(["TotalQuantity.Holdings 70"]);
    expect(desk.askNew("R5", { ...SALE, Quantity: 70 }).Errors).toEqual([]);
  });

  test("an amend of a sale needs what it adds", () => {
    const desk = deskWith(HOLDINGS);
    desk.asset(100);
    desk.order({ Side: "SELL", Quantity: 60, Price: 10 });
    expect(desk.askAmend("R1", { OrderID: "O1", Quantity: 101 }).Errors).toEqual(["TotalQuantity.Holdings 40"]);
    expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 100 }).Errors).toEqual([]);
  });

  test("a move of a sale needs the whole of it in the other account, a move of a short sale nothing", () => {
    const desk = deskWith({});
    desk.account(HOLDINGS, "A2");
    desk.asset(59, "A2");
    desk.order({ Side: "SELL", Quantity: 60, Price: 10 });
    desk.order({ OrderID: "O2", Side: "SHORTSELL", Quantity: 60, Price: 10 });
    expect(desk.askMove("M1", "A2", { OrderID: "O1" }).Errors).toEqual(["TotalQuantity.Holdings 59"]);
    expect(desk.askMove("M2", "A2", { OrderID: "O2" }).Errors).toEqual([]);
  });

  test("a buy is no sale, and cash is no holding", () => {
    expect(deskWith(HOLDINGS).askNew("R1").Errors).toEqual([]);
    expect(deskWith(FUNDS).askNew("R1", SALE).Errors).toEqual([]);
  });
});

describe("Limits of one order", () => {
  const ask = (desk: Desk, terms: object, fields?: object) => desk.askNew("R1", terms, fields).Errors;

  test.each<readonly [string, readonly string[]]>([
    ["99.9999", []],
    ["100", []],
    ["100.0001", ["TotalQuantity.Maximum 100"]],
  ])("the most of a quantity is 100: %s gives %j", (Quantity, errors) => {
    const desk = deskWith({ "Vetting.MaxOrderQuantity": "100" });
    desk.order({ Side: "SELL", Quantity: 1, Price: 10 });
    expect(ask(desk, { Quantity })).toEqual(errors);
    expect(desk.askAmend("R2", { OrderID: "O1", Quantity }).Errors).toEqual(errors);
  });

  test.each<readonly [string, readonly string[]]>([
    ["9.9999", []],
    ["10", []],
    ["10.0001", ["TotalValue.Maximum 1000"]],
  ])("the most of a value is 1000: 100@%s gives %j", (Price, errors) => {
    const desk = deskWith({ "Vetting.MaxOrderValue": "1000" });
    desk.order({ Side: "SELL", Quantity: 1, Price: 10 });
    expect(ask(desk, { Price })).toEqual(errors);
    expect(desk.askAmend("R2", { OrderID: "O1", Price }).Errors).toEqual(errors);
  });

  test("what has no price has no value, unless it says at what it reserves", () => {
    const desk = deskWith({ "Vetting.MaxOrderValue": "1000" });
    const unpriced = { OrderType: "MARKET", Price: undefined, Quantity: 1_000_000 };
    expect(desk.askNew("R1", unpriced).Errors).toEqual([]);
    expect(desk.askNew("R2", unpriced, { Values: { ReservePrice: "0.0011" } }).Errors).toEqual([
      "TotalValue.Maximum 1000",
    ]);
  });

  test.each<readonly [string, readonly string[]]>([
    ["8.9999", ["LimitPrice.Distance 10"]],
    ["9", []],
    ["10", []],
    ["11", []],
    ["11.0001", ["LimitPrice.Distance 10"]],
  ])("a band of 10 %% around a last trade at 10: %s gives %j", (Price, errors) => {
    const desk = deskWith({ "Vetting.PriceBand": "0.1" });
    desk.order({ Side: "SELL", Quantity: 10, Price: 10 });
    desk.trade("T1", { Quantity: 1, Price: 10 });
    expect(ask(desk, { Price })).toEqual(errors);
    expect(ask(desk, { Price, ...SALE, Quantity: 5 }, { RequestID: "R2" })).toEqual(errors);
    expect(desk.askAmend("R3", { OrderID: "O1", Price }).Errors).toEqual(errors);
  });

  test("a band of nothing lets the last price through alone", () => {
    const desk = deskWith({ "Vetting.PriceBand": "0" });
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    desk.trade("T1", { Quantity: 1, Price: 10 });
    expect(ask(desk, { Price: "10.0001" })).toEqual(["LimitPrice.Distance 10"]);
    expect(desk.askNew("R2", { Price: 10 }).Errors).toEqual([]);
  });

  test("the last trade is that of the exchange, code and currency, of whichever account; with none every price passes", () => {
    const desk = deskWith({ "Vetting.PriceBand": "0.1" });
    desk.exchange({}, "XNAS");
    expect(desk.askNew("R1", { Price: 1 }).Errors).toEqual([]);
    desk.order({ Account: "A2", Side: "BUY", Quantity: 10, Price: 10 });
    desk.trade("T1", { Quantity: 1, Price: 10 });
    desk.trade("T2", { Quantity: 1, Price: 20 });
    expect(desk.askNew("R2", { Price: 10 }).Errors).toEqual(["LimitPrice.Distance 20"]);
    expect(desk.askNew("R3", { Price: 20 }).Errors).toEqual([]);
    expect(desk.askNew("R4", { Price: 1, Code: "RIO" }).Errors).toEqual([]);
    expect(desk.askNew("R5", { Price: 1, Exchange: "XNAS" }).Errors).toEqual([]);
    expect(desk.askNew("R6", { Price: 1 }, { Properties: { Currency: "USD" } }).Errors).toEqual([]);
  });

  test("a price that is not given is in every band", () => {
    const desk = deskWith({ "Vetting.PriceBand": "0.1" });
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    desk.trade("T1", { Quantity: 1, Price: 10 });
    const fields = { Values: { ReservePrice: 500 } };
    expect(desk.askNew("R1", { OrderType: "MARKET", Price: undefined }, fields).Errors).toEqual([]);
  });

  test("every limit that is passed is told, with the balance", () => {
    const desk = deskWith({ ...FUNDS, "Vetting.MaxOrderValue": "10", "Vetting.MaxOrderQuantity": "5" });
    expect(desk.askNew("R1").Errors).toEqual([
      "TotalQuantity.Maximum 5",
      "TotalValue.Maximum 10",
      "TotalValue.Balance 0",
    ]);
  });

  test("a move has no terms of its own to be limited", () => {
    const desk = deskWith({});
    desk.account({ "Vetting.MaxOrderValue": "1", "Vetting.MaxOrderQuantity": "1", "Vetting.PriceBand": "0" }, "A2");
    desk.order({ Side: "BUY", Quantity: 30, Price: 10 });
    expect(desk.askMove("M1", "A2", { OrderID: "O1" }).Errors).toEqual([]);
  });
});

describe("An attribute that cannot be read refuses everything that is vetted", () => {
  test.each([
    ["Vetting.Funds", "yes"],
    ["Vetting.Funds", ""],
    ["Vetting.Holdings", "TRUE"],
    ["Vetting.MaxOrderValue", "much"],
    ["Vetting.MaxOrderValue", "-1"],
    ["Vetting.MaxOrderQuantity", ""],
    ["Vetting.PriceBand", "10%"],
  ])("%s: %j", (name, value) => {
    const desk = deskWith({ [name]: value });
    desk.deposit(1000);
    desk.order({ Side: "BUY", Quantity: 1, Price: 1 });
    const error = `Field.Invalid ${name}`;
    expect(desk.askNew("R1").Errors).toEqual([error]);
    expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 1, Price: 1 }).Errors).toEqual([error]);
    expect(desk.askMove("R3", "A1", { OrderID: "O1" }).Errors).toEqual([error]);
    expect(desk.askTransfer("R4", -5).Errors).toEqual([error]);
    expect(desk.askCancel("R5", { OrderID: "O1" }).Errors).toEqual([]);
    expect(desk.askTransfer("R6", 5).Errors).toEqual([]);
  });

  test.each(["0", "1000", "0.1", "1e3", "99999999999999999999.99999"])("%s is a decimal", (value) => {
    const desk = deskWith({ "Vetting.MaxOrderValue": value });
    expect(desk.askTransfer("R2", -5).Errors).toEqual([]);
  });

  test("attributes of other names are the owner's own words", () => {
    expect(deskWith({ Vetting: "yes", "Vetting.Other": "x", vetting: "" }).askNew("R1").Errors).toEqual([]);
  });
});

test("what failed a check is not vetted: what is wrong in itself has no figures", () => {
  const desk = deskWith(FUNDS);
  expect(desk.askNew("R1", { ...BUY, Code: undefined }).Errors).toEqual(["Symbol"]);
});

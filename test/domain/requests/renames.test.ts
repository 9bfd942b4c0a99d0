/** Requests through renames of what they name (rule X2): where they wait, what they hold, and what they are known by. */
import { describe, expect } from "vitest";
import { accountOnTheWire } from "../support/adapter.ts";
import { type Desk, deskScenario } from "../support/desk.ts";

const Queue = { QueueID: "desk" };
const QUEUED = { Queue };
const FUNDS = { "Vetting.Funds": "true" };
const HOLDINGS = { "Vetting.Holdings": "true" };

const transform = (desk: Desk, Transform: object): void => desk.operation("Transform", { Transform }, {});
const renameSymbol = (desk: Desk, Code: string, newCode: string): void =>
  transform(desk, { TransformType: "RENAME_SYMBOL", Exchange: "ASX", Code, Parameters: { newCode } });
const renameCurrency = (desk: Desk, Code: string, newCode: string): void =>
  transform(desk, { TransformType: "RENAME_CURRENCY", Code, Parameters: { newCode } });
const accountRename = (account: string, newAccount: string) => ({
  AccountTransform: { Type: "Rename", Account: accountOnTheWire(account), Parameters: { newAccount } },
});
const renameAccount = (desk: Desk, account: string, newAccount: string): void =>
  desk.operation("TransformAccount", accountRename(account, newAccount), {});
const of = (account: string) => ({ Account: accountOnTheWire(account) });

describe("Renaming a symbol", () => {
  deskScenario("renames what is asked of it, and what that holds", (desk) => {
    desk.account(HOLDINGS);
    desk.asset(10);
    expect(desk.askNew("R1", { Side: "SELL", Quantity: 6 }, QUEUED).Status).toBe("Queued");
    expect(desk.askNew("R2", { Code: "RIO", Side: "BUY" }, QUEUED).Status).toBe("Queued");
    renameSymbol(desk, "BHP", "BHP2");
    expect(desk.events()).toEqual(["Holding removed", "Holding", "Request R1 Queued"]);
    expect(desk.open("R1")?.Request?.New).toMatchObject({ Code: "BHP2", Exchange: "ASX", Side: "SIDE_SELL" });
    expect(desk.open("R2")?.Request?.New?.Code).toBe("RIO");
    expect(desk.askNew("R3", { Code: "BHP2", Side: "SELL", Quantity: 5 }).Errors).toEqual(["TotalQuantity.Holdings 4"]);
    expect(desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" }).Status).toBe("Completed");
    expect(desk.deliveries()[0]?.request.New?.Code).toBe("BHP2");
  });

  deskScenario("takes the last price along, and what a correction or a cancel says of it", (desk) => {
    desk.account({ "Vetting.PriceBand": "0.1" });
    desk.order({ OrderID: "O1", Side: "BUY", Quantity: 10, Price: 10 });
    desk.trade("T1", { Quantity: 1, Price: 10 }, { OrderID: "O1" });
    renameSymbol(desk, "BHP", "BHP2");
    expect(desk.askNew("R1", { Code: "BHP2", Price: 20 }).Errors).toEqual(["LimitPrice.Distance 10"]);
    expect(desk.askNew("R2", { Code: "BHP", Price: 20 }).Errors).toEqual([]);
    renameCurrency(desk, "AUD", "EUR");
    expect(desk.askNew("R3", { Code: "BHP2", Price: 20 }).Errors).toEqual(["LimitPrice.Distance 10"]);
    desk.correction("T1", { Quantity: 1, Price: 20 }, { OrderID: "O1", Code: "BHP2", Currency: "EUR" });
    expect(desk.askNew("R4", { Code: "BHP2", Price: 20 }).Errors).toEqual([]);
    desk.bust("T1", { OrderID: "O1" });
    expect(desk.askNew("R5", { Code: "BHP2", Price: 99 }).Errors).toEqual([]);
  });

  deskScenario("leaves the last price of the one that it joins", (desk) => {
    desk.account({ "Vetting.PriceBand": "0.1" });
    for (const [Code, Price] of [
      ["X", 10],
      ["Y", 30],
    ] as const) {
      desk.order({ OrderID: Code, Code, Side: "BUY", Quantity: 10, Price });
      desk.trade("T1", { Quantity: 1, Price }, { OrderID: Code });
    }
    renameSymbol(desk, "X", "Y");
    expect(desk.askNew("R1", { Code: "Y", Price: 10 }).Errors).toEqual(["LimitPrice.Distance 30"]);
  });
});

describe("Renaming a currency", () => {
  deskScenario("renames transfers that wait, and the currency that an order is asked for in", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    expect(desk.askTransfer("R1", -300, {}, QUEUED).Status).toBe("Queued");
    expect(desk.askNew("R2", { Quantity: 10 }, { ...QUEUED, Properties: { Currency: "AUD" } }).Status).toBe("Queued");
    expect(desk.askNew("R3", { Quantity: 20 }, QUEUED).Status).toBe("Queued");
    renameCurrency(desk, "AUD", "EUR");
    expect(desk.open("R1")?.Request?.CashTransfer?.Currency).toBe("EUR");
    expect(desk.open("R2")?.Request?.Properties).toEqual({ Currency: "EUR" });
    expect(desk.askTransfer("R4", -401, { Currency: "EUR" }).Errors).toEqual(["TotalValue.Balance 400"]);
    expect(desk.askTransfer("R5", -1, { Currency: "AUD" }).Errors).toEqual(["TotalValue.Balance 0"]);
  });
});

describe("Renaming an account", () => {
  deskScenario("takes its open requests along, with their timers and what is known of them", (desk) => {
    desk.supplied.clear();
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", { Quantity: 40 }, {}, { requester: { SessionID: "s1", RequestID: "q1" } });
    desk.askNew("R2", { Quantity: 10 }, { Queue: { ...Queue, ExpireAfter: "2026-02-01T00:00:00Z" } });
    const [timers, known] = [desk.timers(), desk.known("R1")];
    renameAccount(desk, "A1", "B1");
    expect(desk.events()).toEqual([
      ...["Balance removed", "Balance"],
      ...["Request R1 Pending removed", "Request R1 Pending", "Request R2 Queued removed", "Request R2 Queued"],
      ...["Operation", "Operation"],
    ]);
    expect(desk.timers()).toEqual(timers.map((timer) => timer.replace("A1", "B1")));
    expect(desk.known("R1", "B1")).toEqual(known);
    expect(desk.open("R1")).toBeUndefined();
    expect(desk.open("R1", "B1")?.Request?.Account).toEqual({ AccountID: "B1", OwnerID: "XS" });
    expect(desk.effects().moved).toEqual([
      { from: "A1\u001fR1", to: "B1\u001fR1" },
      { from: "A1\u001fR2", to: "B1\u001fR2" },
    ]);
    expect(desk.askNew("R3", { Quantity: 60 }, of("B1")).Errors).toEqual(["TotalValue.Balance 500"]);
    const timer = desk.timer("R1", "B1");
    if (timer === undefined) throw new Error("it has a timer");
    expect(desk.heed(timer)).toMatchObject({ due: "update" });
    expect(desk.answers()).toMatchObject([
      { requester: { SessionID: "s1", RequestID: "q1" }, response: { Status: "Rejected", Errors: ["Timeout ASX"] } },
    ]);
  });

  deskScenario("leaves them known by both names, those too that are closed", (desk) => {
    desk.askNew("open", { Quantity: 1 });
    desk.askNew("closed", { Quantity: 2 });
    desk.tell("closed", { Status: "Completed" });
    renameAccount(desk, "A1", "B1");
    renameAccount(desk, "B1", "C1");
    for (const account of ["A1", "B1"]) desk.account({}, account);
    for (const account of ["A1", "B1", "C1"]) {
      expect(desk.askNew("open", { Quantity: 1 }, of(account))).toMatchObject({
        Status: "Submitted",
        isRecorded: false,
      });
      expect(desk.askNew("closed", { Quantity: 2 }, of(account))).toMatchObject({
        Status: "Completed",
        isRecorded: false,
      });
      for (const id of ["open", "closed"]) {
        expect(desk.askNew(id, { Quantity: 3 }, of(account)).refused).toBe(`Request.Conflict ${id}`);
      }
    }
  });

  deskScenario("lets an adapter answer by the name that it was sent", (desk) => {
    desk.askNew("R1");
    desk.askNew("R2");
    renameAccount(desk, "A1", "B1");
    expect(desk.tell("R1", { OrderID: "O1" })).toBeUndefined();
    expect(desk.open("R1", "B1")?.OrderID).toBe("O1");
    expect(desk.tell("R1", { Status: "Completed", ...of("B1") })).toBeUndefined();
    expect(desk.statusOf("R1", "B1")).toBe("Completed");
    desk.order({ OrderID: "O2", Side: "BUY", Quantity: 100, Price: 10, RequestID: "R2" });
    expect(desk.known("R2", "B1")?.IsBooked).toBe(true);
    expect(desk.askUpdate("U1", { RequestID: "R2", Status: "Rejected" }, of("B1")).Status).toBe("Completed");
    expect(desk.statusOf("R2", "B1")).toBe("Rejected");
  });

  deskScenario("renames the account that an order is to be moved from", (desk) => {
    desk.account({}, "A2");
    desk.order({ OrderID: "O1", Side: "BUY", Quantity: 1, Price: 1 });
    expect(desk.askMove("R1", "A2", { OrderID: "O1" }).Status).toBe("Submitted");
    renameAccount(desk, "A1", "B1");
    expect(desk.open("R1", "A2")?.Request?.Move?.PrevAccount).toEqual({ AccountID: "B1", OwnerID: "XS" });
    renameAccount(desk, "A2", "B2");
    expect(desk.open("R1", "B2")?.Request).toMatchObject({
      Account: { AccountID: "B2" },
      Move: { PrevAccount: { AccountID: "B1" } },
    });
  });

  deskScenario("is refused when both have used the same RequestID, before anything changes", (desk) => {
    desk.account({}, "A2");
    desk.askNew("R1");
    desk.askNew("R2");
    desk.tell("R2", { Status: "Completed" });
    desk.askNew("R1", {}, of("A2"));
    const refused = (from: string, to: string) =>
      desk.submit({ Type: "Operation", Operation: { Type: "TransformAccount", ...accountRename(from, to) } });
    expect(refused("A1", "A2")).toBe("Request.Conflict R1");
    expect(refused("A2", "A1")).toBe("Request.Conflict R1");
    desk.account({}, "A3");
    desk.askNew("R2", {}, of("A3"));
    expect(refused("A3", "A1")).toBe("Request.Conflict R2");
    renameAccount(desk, "A3", "B3");
    expect(refused("A1", "A3")).toBe("Request.Conflict R2");
    expect(refused("A1", "B3")).toBe("Request.Conflict R2");
    renameAccount(desk, "A2", "B3");
    renameAccount(desk, "A1", "B1");
  });
});

describe("Renaming an account to one with another currency", () => {
  deskScenario("keeps what its requests hold in the currency that they were asked in", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    const AccountDetails = { ...of("A2"), DefaultCurrency: "USD", Attributes: FUNDS };
    desk.operation("DefineAccount", { AccountDetails }, {});
    expect(desk.askNew("R1", { Quantity: 50 }).Errors).toEqual([]);
    expect(desk.askNew("R2", { Quantity: 10 }, { Properties: { Currency: "AUD", note: "n" } }).Errors).toEqual([]);
    renameAccount(desk, "A1", "A2");
    expect(desk.open("R1", "A2")?.Request?.Properties).toEqual({ Currency: "AUD" });
    expect(desk.open("R2", "A2")?.Request?.Properties).toEqual({ Currency: "AUD", note: "n" });
    const inAud = { ...of("A2"), Properties: { Currency: "AUD" } };
    expect(desk.askNew("R3", { Quantity: 41 }, inAud).Errors).toEqual(["TotalValue.Balance 400"]);
    renameCurrency(desk, "AUD", "NZD");
    const inNzd = { ...of("A2"), Properties: { Currency: "NZD" } };
    expect(desk.askNew("R4", { Quantity: 41 }, inNzd).Errors).toEqual(["TotalValue.Balance 400"]);
  });

  deskScenario("to one with the same, or to a new name, says nothing that was not said", (desk) => {
    desk.account({}, "A2");
    desk.askNew("R1");
    renameAccount(desk, "A1", "A2");
    expect(desk.open("R1", "A2")?.Request?.Properties).toBeUndefined();
    renameAccount(desk, "A2", "A3");
    expect(desk.open("R1", "A3")?.Request?.Properties).toBeUndefined();
  });
});

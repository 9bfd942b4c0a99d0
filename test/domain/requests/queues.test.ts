/** Requests that wait in a queue: amended, cancelled, released, rejected, changed, replaced and expired. */
import { describe, expect, test } from "vitest";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { accountOnTheWire } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { BUY, Desk, deskScenario } from "../support/desk.ts";

const Queue = { QueueID: "desk", Reason: "large" };
const QUEUED = { Queue };
const FUNDS = { "Vetting.Funds": "true" };

function deskWithQueued(attributes: Readonly<Record<string, string>> = {}): Desk {
  const desk = new Desk(new WarmBook());
  desk.account(attributes);
  desk.deposit(1000);
  expect(desk.askNew("R1", { Quantity: 40 }, QUEUED).Status).toBe("Queued");
  return desk;
}

const content = (desk: Desk, id = "R1"): object => JSON.parse(JSON.stringify(desk.open(id)?.Request ?? {}));

describe("A request with a queue", () => {
  deskScenario("waits in it, routed already and vetted, and is answered at once", (desk) => {
    const reply = desk.askNew("R1", {}, QUEUED, { requester: { SessionID: "s1" } });
    expect(reply).toMatchObject({ Status: "Queued", Errors: [] });
    expect(desk.effects().isAwaited).toBe(false);
    expect(desk.open("R1")).toMatchObject({ Status: "Queued", Route: "ASX" });
    // Who is told what becomes of it when it is released.
    expect(desk.known("R1")?.Requester).toEqual({ SessionID: "s1" });
    expect(desk.deliveries()).toEqual([]);
    expect(desk.timers()).toEqual([]);
  });

  test("a queue without a name is a queue, and one that is only an expiry is none", () => {
    const desk = new Desk(new WarmBook());
    expect(desk.askNew("R1", {}, { Queue: { QueueID: "" } }).Status).toBe("Queued");
    expect(desk.askNew("R2", {}, { Queue: { ExpireAfter: "2099-01-01T00:00:00Z" } }).Status).toBe("Submitted");
  });

  test("is checked and vetted when it comes in", () => {
    const desk = new Desk(new WarmBook());
    desk.account(FUNDS);
    expect(desk.askNew("R1", { Code: undefined }, QUEUED).Errors).toEqual(["Symbol"]);
    expect(desk.askNew("R2", {}, QUEUED).Errors).toEqual(["TotalValue.Balance 0"]);
  });

  deskScenario("expires when its queue says, whoever minds it", (desk) => {
    const ExpireAfter = "2026-02-01T00:00:00.000000Z";
    desk.askNew("R1", {}, { Queue: { ...Queue, ExpireAfter } });
    expect(desk.timers()).toEqual(["request A1\u001fR1 2026-02-01T00:00:00.000Z"]);
    const timer = desk.timer("R1");
    if (timer === undefined) throw new Error("it has a timer");
    desk.heed(timer);
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Rejected removed"]);
    expect(desk.raised()[1]?.Request?.Errors).toEqual(["Timeout desk"]);
  });

  test("any request that a feed carries out may be queued", () => {
    const desk = new Desk(new WarmBook());
    desk.account({}, "A2");
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    expect(desk.askAmend("R1", { OrderID: "O1" }, QUEUED).Status).toBe("Queued");
    expect(desk.askCancel("R2", { OrderID: "O1" }, QUEUED).Status).toBe("Queued");
    expect(desk.askMove("R3", "A2", { OrderID: "O1" }, QUEUED).Status).toBe("Queued");
    expect(desk.askTransfer("R4", -5, {}, QUEUED).Status).toBe("Queued");
  });
});

describe("A cancel of a request that waits", () => {
  deskScenario("ends both at once, in one record", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    expect(desk.askCancel("R2", { PrevRequestID: "R1" })).toMatchObject({ Status: "Completed", Errors: [] });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Rejected removed", "Request R2 Completed removed"]);
    expect(desk.raised()[1]?.Request?.Text).toBe("Cancelled");
    expect(desk.recorded().ClientRequest?.Cancel).toMatchObject({ Code: "BHP", Exchange: "ASX", Side: "SIDE_BUY" });
    expect(desk.deliveries()).toEqual([]);
    expect(desk.askNew("R1", {}, QUEUED)).toMatchObject({ Status: "Rejected", isRecorded: false });
  });

  test("takes its timer away, and what it held", () => {
    const desk = new Desk(new WarmBook());
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", {}, { Queue: { ...Queue, ExpireAfter: "2099-01-01T00:00:00Z" } });
    desk.askCancel("R2", { PrevRequestID: "R1" });
    expect(desk.timers()).toEqual([]);
    expect(desk.askNew("R3").Errors).toEqual([]);
  });

  test("may be of whatever waits, of its own account", () => {
    const desk = new Desk(new WarmBook());
    desk.account({}, "A2");
    desk.askTransfer("R1", -5, {}, QUEUED);
    expect(desk.askCancel("R2", { PrevRequestID: "R1" }, { Account: accountOnTheWire("A2") }).Errors).toEqual([
      "Order R1",
    ]);
    expect(desk.askCancel("R2", { PrevRequestID: "R1" }).Errors).toEqual([]);
  });

  test("that names an order is about the order, whichever request it names beside", () => {
    const desk = new Desk(new WarmBook());
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    desk.askNew("R1", {}, QUEUED);
    expect(desk.askCancel("R2", { OrderID: "O1", PrevRequestID: "R1" }).Status).toBe("Submitted");
    expect(desk.open("R1")?.Status).toBe("Queued");
  });
});

describe("An amend of a request that waits", () => {
  deskScenario("replaces its terms and leaves the rest", (desk) => {
    const first = { CfiCode: "ESVUFR", ExDestination: "LIT", FeeCodes: { desk: "a" } };
    desk.exchange({ Destinations: [{ ExDestination: "LIT" }] });
    desk.askNew("R1", first, { ...QUEUED, Values: { Fee: 5 }, Properties: { Note: "x" } });
    const reply = desk.askAmend("R2", { PrevRequestID: "R1", Quantity: 7, Price: 9, Lifetime: "GOOD_TILL_CANCEL" });
    expect(reply).toMatchObject({ Status: "Completed", Errors: [] });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Queued", "Request R2 Completed removed"]);
    expect(content(desk)).toMatchObject({
      New: { ...first, Code: "BHP", Side: "SIDE_BUY", Quantity: 7, Price: 9, Lifetime: "LIFETIME_GOOD_TILL_CANCEL" },
      Values: { Fee: 5 },
      Properties: { Note: "x" },
    });
  });

  test("takes away what a full replacement does not name: a price, a date", () => {
    const desk = new Desk(new WarmBook());
    const ExpiryDate = "2099-01-01T00:00:00.000000Z";
    desk.askNew("R1", { Lifetime: "GOOD_TILL_DATE", ExpiryDate }, QUEUED);
    const Amend = { PrevRequestID: "R1", OrderType: "MARKET", Price: undefined };
    expect(desk.askAmend("R2", Amend).Errors).toEqual([]);
    expect(content(desk)).toMatchObject({ New: { OrderType: "ORDERTYPE_MARKET", Lifetime: "LIFETIME_DAY" } });
    expect(Object.keys(desk.open("R1")?.Request?.New ?? {})).not.toContain("Price");
    expect(Object.keys(desk.open("R1")?.Request?.New ?? {})).not.toContain("ExpiryDate");
  });

  test("of an amend that waits: the order stays the same", () => {
    const desk = new Desk(new WarmBook());
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    desk.askAmend("R1", { OrderID: "O1", Quantity: 20 }, QUEUED);
    expect(desk.askAmend("R2", { PrevRequestID: "R1", Quantity: 30 }).Errors).toEqual([]);
    expect(content(desk)).toMatchObject({ Amend: { OrderID: "O1", Quantity: 30 } });
  });

  test.each<readonly [string, readonly string[], object]>([
    ["another code", ["Symbol"], { Code: "RIO" }],
    ["another exchange", ["Exchange XNAS"], { Exchange: "XNAS" }],
    ["another side", ["Side"], { Side: "SELL" }],
    ["terms that are wrong", ["TotalQuantity"], { Quantity: 0 }],
    ["a destination that is not the exchange's", ["Route.Market MID"], { ExDestination: "MID" }],
    ["more than the account can afford", ["TotalValue.Balance 1000"], { Quantity: 101 }],
  ])("with %s is rejected, and leaves the other as it was: %j", (_, errors, amend) => {
    const desk = deskWithQueued(FUNDS);
    const before = content(desk);
    expect(desk.askAmend("R2", { PrevRequestID: "R1", ...amend })).toMatchObject({
      Status: "Rejected",
      Errors: errors,
    });
    expect(content(desk)).toEqual(before);
  });

  test("is vetted without what the other holds itself", () => {
    const desk = deskWithQueued(FUNDS);
    expect(desk.askAmend("R2", { PrevRequestID: "R1", Quantity: 100 }).Errors).toEqual([]);
    expect(desk.askNew("R3", { Quantity: 1 }).Errors).toEqual(["TotalValue.Balance 0"]);
  });

  test("of what has no terms is about no order", () => {
    const desk = new Desk(new WarmBook());
    desk.askTransfer("R1", -5, {}, QUEUED);
    expect(desk.askAmend("R2", { PrevRequestID: "R1" }).Errors).toEqual(["Order R1"]);
  });

  test("a repetition of the first request is still the first request", () => {
    const desk = deskWithQueued();
    desk.askAmend("R2", { PrevRequestID: "R1", Quantity: 7 });
    expect(desk.askNew("R1", { Quantity: 40 }, QUEUED)).toMatchObject({ Status: "Queued", isRecorded: false });
  });
});

describe("An Operator's Update", () => {
  deskScenario("releases what waits: it is sent when its feed is supplied", (desk) => {
    desk.askNew("R1", {}, { Queue: { ...Queue, ExpireAfter: "2099-01-01T00:00:00Z" } });
    expect(desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" })).toMatchObject({
      Status: "Completed",
      Errors: [],
    });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Submitted", "Request U1 Completed removed"]);
    expect(desk.deliveries()).toMatchObject([{ route: "ASX", request: { RequestID: "R1" } }]);
    expect(desk.known("R1")?.Deliveries).toBe(1);
    expect(desk.open("R1")?.Timestamp).toBe(fromMicroseconds(desk.at()));
    expect(desk.timers()).toHaveLength(1);
  });

  deskScenario("releases what waits: it waits for its feed when nobody supplies it", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    desk.supplied.clear();
    desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Pending", "Request U1 Completed removed"]);
    expect(desk.deliveries()).toEqual([]);
    expect(desk.timers()).toHaveLength(1);
  });

  test("releases it to where its exchange routes it by now", () => {
    const desk = deskWithQueued();
    desk.exchange({ Destinations: [{ ExDestination: "LIT", Route: "lit" }] });
    desk.askNew("R2", { ExDestination: "LIT" }, QUEUED);
    desk.exchange({ Destinations: [{ ExDestination: "LIT", Route: "lit2" }] });
    desk.supplied.add("lit2");
    desk.askUpdate("U1", { RequestID: "R2", Status: "Pending" });
    expect(desk.deliveries()).toMatchObject([{ route: "lit2" }]);
  });

  test.each<readonly [string, readonly string[], (desk: Desk) => void]>([
    ["its account may not spend so much any more", ["TotalValue.Balance 399"], (desk) => desk.deposit(-601)],
    ["its exchange is not known any more", ["Exchange ASX"], (desk) => desk.undefineExchange()],
    ["its account is not defined any more", ["Account XS/A1"], (desk) => desk.undefineAccount("A1")],
  ])("does not release it when %s: %j", (_, errors, happens) => {
    const desk = deskWithQueued(FUNDS);
    desk.account({}, "A2");
    happens(desk);
    const Account = accountOnTheWire("A1");
    const reply = desk.askUpdate(
      "U1",
      { RequestID: "R1", Account, Status: "Pending" },
      { Account: accountOnTheWire("A2") },
    );
    expect(reply).toMatchObject({ Status: "Rejected", Errors: errors });
    expect(desk.open("R1")?.Status).toBe("Queued");
  });

  deskScenario("rejects it, with its words", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    desk.askUpdate("U1", {
      RequestID: "R1",
      Status: "Rejected",
      Errors: ["TotalQuantity.Maximum 5"],
      Text: "too large",
    });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Rejected removed", "Request U1 Completed removed"]);
    expect(desk.raised()[1]?.Request).toMatchObject({ Errors: ["TotalQuantity.Maximum 5"], Text: "too large" });
    expect(desk.askNew("R1", {}, QUEUED).Errors).toEqual(["TotalQuantity.Maximum 5"]);
  });

  deskScenario("changes where, how long and why it waits; what it does not name stays", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    const ExpireAfter = "2026-03-01T00:00:00.000000Z";
    expect(desk.askUpdate("U1", { RequestID: "R1", Target: { ExpireAfter } }).Errors).toEqual([]);
    expect(content(desk)).toMatchObject({ Queue: { ...Queue, ExpireAfter } });
    expect(desk.timers()).toEqual(["request A1\u001fR1 2026-03-01T00:00:00.000Z"]);
    desk.askUpdate("U2", { RequestID: "R1", Status: "Queued", Target: { QueueID: "risk", Reason: "odd" } });
    expect(content(desk)).toMatchObject({ Queue: { QueueID: "risk", Reason: "odd", ExpireAfter } });
    desk.askUpdate("U3", { RequestID: "R1", Target: { ExpireAfter: "2026-04-01T00:00:00Z" } });
    expect(desk.timers()).toEqual(["request A1\u001fR1 2026-04-01T00:00:00.000Z"]);
    expect(desk.open("R1")?.Status).toBe("Queued");
  });

  test("that says nothing of what is to become of it is rejected", () => {
    const desk = deskWithQueued();
    expect(desk.askUpdate("U1", { RequestID: "R1" }).Errors).toEqual([
      "Field.Missing ClientRequest.Update.Update.Target",
    ]);
    expect(desk.askUpdate("U2", { RequestID: "R1", Status: "Submitted" }).Errors).toEqual([
      "Field.Invalid ClientRequest.Update.Update.Status",
    ]);
    expect(desk.askUpdate("U3", { RequestID: "R9" }).Errors).toEqual(["Request.Unknown R9"]);
  });

  deskScenario("replaces what is asked for by what it carries, of the same type", (desk) => {
    desk.account(FUNDS);
    desk.deposit(1000);
    desk.askNew("R1", {}, { ...QUEUED, Properties: { Note: "x" } });
    const New = { ...BUY, Code: "RIO", Quantity: 90, Price: 11 };
    const reply = desk.askUpdate("U1", { RequestID: "R1" }, { New, Values: { Fee: 10 } }, "Replace");
    expect(reply).toMatchObject({ Status: "Completed", Errors: [] });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Queued", "Request U1 Completed removed"]);
    expect(content(desk)).toMatchObject({
      Type: "ClientRequestType_New",
      RequestID: "R1",
      Queue,
      New: { Code: "RIO", Quantity: 90 },
      Values: { Fee: 10 },
      Properties: { Note: "x" },
    });
    expect(desk.askNew("R2", { Quantity: 1 }).Errors).toEqual(["TotalValue.Balance 0"]);
  });

  test.each<readonly [string, readonly string[], object]>([
    ["content of another type", ["Field.Missing ClientRequest.New"], { Cancel: { OrderID: "O1" } }],
    ["no content", ["Field.Missing ClientRequest.New"], {}],
    ["content that is wrong", ["Symbol"], { New: { ...BUY, Code: undefined } }],
    ["what the account cannot afford", ["TotalValue.Balance 1000"], { New: { ...BUY, Quantity: 101 } }],
  ])("does not replace it by %s: %j", (_, errors, fields) => {
    const desk = deskWithQueued(FUNDS);
    const before = content(desk);
    expect(desk.askUpdate("U1", { RequestID: "R1" }, fields, "Replace").Errors).toEqual(errors);
    expect(content(desk)).toEqual(before);
  });

  test("an amend that waits is not replaced by one of a request that waits itself, nor of itself", () => {
    const desk = new Desk(new WarmBook());
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    desk.askNew("R1", {}, QUEUED);
    desk.askAmend("R2", { OrderID: "O1" }, QUEUED);
    const { Code: _, Exchange: __, Side: ___, ...terms } = BUY;
    for (const [index, PrevRequestID] of ["R1", "R2"].entries()) {
      const fields = { Amend: { ...terms, PrevRequestID } };
      expect(desk.askUpdate(`U${index}`, { RequestID: "R2" }, fields, "Replace").Errors).toEqual([
        "Order.Status Queued",
      ]);
    }
  });

  test("of a request on an exchange that is not the Operator's is refused, as is putting one there", () => {
    const desk = deskWithQueued();
    desk.exchange({}, "XNAS");
    const asker = { features: ["Operator"], exchanges: ["XNAS"] };
    const update = (Type: string, Update: object, content: object = {}) =>
      desk.ask({ Type: "Update", Update: { Type, Update: { RequestID: "R1", ...Update } }, ...content }, asker);
    expect(update("Update", { Status: "Pending" }).refused).toBe("Authority ASX");
    expect(update("Update", { Status: "Rejected" }).refused).toBe("Authority ASX");
    expect(update("Update", { Target: { QueueID: "other" } }).refused).toBe("Authority ASX");
    expect(update("Replace", {}, { New: { ...BUY, Exchange: "XNAS" } }).refused).toBe("Authority ASX");
    expect(desk.statusOf("R1")).toBe("Queued");
    desk.askNew("R2", { Exchange: "XNAS" }, QUEUED);
    expect(update("Update", { RequestID: "R2", Status: "Rejected" }).Status).toBe("Completed");
  });

  test("may be of another account of the Owner", () => {
    const desk = deskWithQueued();
    desk.account({}, "A2");
    const elsewhere = { Account: accountOnTheWire("A2") };
    expect(desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" }, elsewhere).Errors).toEqual([
      "Request.Unknown R1",
    ]);
    const update = { RequestID: "R1", Account: accountOnTheWire("A1"), Status: "Pending" };
    expect(desk.askUpdate("U2", update, elsewhere).Errors).toEqual([]);
  });

  deskScenario("is not made twice", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" });
    expect(desk.askUpdate("U1", { RequestID: "R1", Status: "Pending" })).toMatchObject({
      Status: "Completed",
      isRecorded: false,
    });
    expect(desk.deliveries()).toEqual([]);
  });

  deskScenario("may be validated, and then changes nothing", (desk) => {
    desk.askNew("R1", {}, QUEUED);
    const release = { RequestID: "R1", Status: "Pending" };
    expect(desk.askUpdate("U1", release, { IsValidate: true })).toMatchObject({ Errors: [], isRecorded: false });
    expect(desk.open("R1")?.Status).toBe("Queued");
  });
});

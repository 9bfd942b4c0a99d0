/** The life of a request: routed, sent once, answered, told again, overdue; and who hears of it. */
import { describe, expect, test } from "vitest";
import { changesOf } from "../../../src/domain/event-records.ts";
import {
  type Due,
  isOverdue,
  submissionOf,
  timeoutOf,
  updateOfResponse,
  waitingFor,
} from "../../../src/domain/requests/outstanding.ts";
import type { Timer } from "../../../src/domain/state.ts";
import { LIMITS } from "../../../src/protocol/limits.ts";
import type { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { accountOnTheWire } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { BUY, Desk, deskScenario } from "../support/desk.ts";

const ANN = { SessionID: "s1", RequestID: "m1" };
const DESTINATIONS = [{ ExDestination: "LIT", Route: "lit" }, { ExDestination: "DARK" }];

/** When the timer of something that has just happened is due. */
const timeoutAfter = (desk: Desk): number => desk.at() / 1000 + LIMITS.REQUEST_TIMEOUT_MS;

function timerOf(desk: Desk, id: string): Timer {
  const timer = desk.timer(id);
  if (timer === undefined) throw new Error(`${id} has no timer`);
  return timer;
}

/** What the OMS itself does about a request that waits. */
function own(desk: Desk, step: (request: NonNullable<ReturnType<Desk["open"]>>) => UpdateEvent, id = "R1") {
  const request = desk.open(id);
  if (request === undefined) throw new Error(`${id} is not open`);
  return desk.submit(JSON.parse(JSON.stringify(step(request))), { teller: "oms" });
}

describe("Where a request goes", () => {
  test.each<readonly [string, string, object]>([
    ["the exchange's own code", "ASX", {}],
    ["the route of its destination", "lit", { ExDestination: "LIT" }],
    ["the exchange's own code, when its destination has no route", "ASX", { ExDestination: "DARK" }],
  ])("a new order: %s", (_, route, terms) => {
    const desk = new Desk(new WarmBook());
    desk.exchange({ Destinations: DESTINATIONS });
    desk.supplied.add("lit");
    desk.askNew("R1", terms);
    expect(desk.open("R1")?.Route).toBe(route);
    expect(desk.deliveries()).toMatchObject([{ route, request: { RequestID: "R1" } }]);
  });

  test("an operation on an order goes where the order went, whatever destination it names", () => {
    const desk = new Desk(new WarmBook());
    desk.exchange({ Destinations: DESTINATIONS });
    desk.account({}, "A2");
    for (const feed of ["lit", "ASX"]) desk.supplied.add(feed);
    const order = { Side: "BUY", Quantity: 10, Price: 10, ExDestination: "LIT" };
    desk.order(order);
    desk.askAmend("R1", { OrderID: "O1", ExDestination: "DARK" });
    desk.askCancel("R2", { OrderID: "O1" });
    desk.askMove("R3", "A2", { OrderID: "O1" });
    expect([desk.open("R1"), desk.open("R2"), desk.open("R3", "A2")].map((state) => state?.Route)).toEqual([
      "lit",
      "lit",
      "lit",
    ]);
  });

  test("by the Owner's own exchange, where it has one", () => {
    const desk = new Desk(new WarmBook());
    desk.exchange({ Destinations: DESTINATIONS });
    const Destinations = [{ ExDestination: "LIT", Route: "own" }];
    desk.operation("DefineExchange", { ExchangeDetails: { Exchange: "ASX", Destinations } }, {});
    desk.askNew("R1", { ExDestination: "LIT" });
    expect(desk.open("R1")?.Route).toBe("own");
  });

  test("a transfer: the route of its destination, or the OwnerID", () => {
    const desk = new Desk(new WarmBook());
    desk.operation("DefineOwner", {
      OwnerDetails: { OwnerID: "XS", Destinations: [{ ExDestination: "bank", Route: "swift" }] },
    });
    desk.askTransfer("R1", -5, { ExDestination: "bank" });
    desk.askTransfer("R2", -5);
    expect([desk.open("R1")?.Route, desk.open("R2")?.Route]).toEqual(["swift", "XS"]);
  });
});

describe("A request that comes in", () => {
  deskScenario("is sent once, in the record that says so, when its feed is supplied", (desk) => {
    const reply = desk.askNew("R1", {}, {}, { requester: ANN });
    expect(reply).toMatchObject({ Status: "Submitted", Errors: [] });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Submitted"]);
    expect(desk.effects().isAwaited).toBe(true);
    expect(desk.deliveries()).toHaveLength(1);
    expect(desk.known("R1")).toMatchObject({ Deliveries: 1, Requester: ANN });
    expect(timerOf(desk, "R1").due).toBe(timeoutAfter(desk));
  });

  deskScenario("waits for its feed when nobody supplies it", (desk) => {
    desk.supplied.clear();
    expect(desk.askNew("R1", {}, {}, { requester: ANN }).Status).toBe("Pending");
    expect(desk.deliveries()).toEqual([]);
    expect(desk.effects().isAwaited).toBe(true);
    expect(desk.known("R1")?.Deliveries).toBeUndefined();
    expect(timerOf(desk, "R1").due).toBe(timeoutAfter(desk));
  });

  deskScenario("is given an id when it has none", (desk) => {
    const reply = desk.ask({ Type: "New", New: BUY });
    const id = reply.response?.RequestID ?? "";
    expect(id).not.toBe("");
    expect(desk.recorded().ClientRequest?.RequestID).toBe(id);
    expect(desk.open(id)?.Status).toBe("Submitted");
  });

  deskScenario("carries the caller's authority under no name, beside what the caller says of others", (desk) => {
    const mine = { Type: "Operator", Identity: "User:ann", Source: "test" };
    const Authorities = { "": { Identity: "somebody else" }, desk: { Identity: "bob" } };
    desk.askNew("R1", {}, { Authorities });
    expect(JSON.parse(JSON.stringify(desk.open("R1")?.Request?.Authorities))).toEqual({
      "": { ...mine, Type: "IdentityType_Operator" },
      desk: { Identity: "bob" },
    });
  });

  deskScenario("is dated when it is not", (desk) => {
    desk.askNew("R1");
    expect(desk.open("R1")?.Request?.Timestamp).toBe(fromMicroseconds(desk.at()));
    const Timestamp = "2025-12-31T00:00:00.000000Z";
    desk.askNew("R2", {}, { Timestamp });
    expect(desk.open("R2")?.Request?.Timestamp).toBe(Timestamp);
    expect(desk.open("R2")?.Timestamp).toBe(fromMicroseconds(desk.at()));
  });

  deskScenario("names the order that it is about in its state and its answer", (desk) => {
    desk.order({ Side: "BUY", Quantity: 10, Price: 10 });
    expect(desk.askCancel("R1", { OrderID: "O1" }).response).toMatchObject({ OrderID: "O1" });
    expect(desk.open("R1")?.OrderID).toBe("O1");
  });

  test("is answered with its type, id and account", () => {
    const { response } = new Desk(new WarmBook()).askNew("R1");
    expect(JSON.stringify(response)).toBe(
      '{"Type":"ClientRequestType_New","RequestID":"R1","Account":{"AccountID":"A1","OwnerID":"XS"},"Status":"Submitted"}',
    );
  });
});

describe("The same request again", () => {
  deskScenario("is told the outcome so far, at every step, and is not recorded", (desk) => {
    const again = () => desk.askNew("R1", {}, { Timestamp: "2026-01-01T00:00:00Z" });
    desk.supplied.clear();
    desk.askNew("R1", {}, {}, { requester: ANN });
    expect(again()).toMatchObject({ Status: "Pending", isRecorded: false });
    expect(desk.effects().isAwaited).toBe(false);
    own(desk, submissionOf);
    expect(again()).toMatchObject({ Status: "Submitted", isRecorded: false });
    desk.order({ Side: "BUY", Quantity: 100, Price: 10, RequestID: "R1" });
    expect(again().response).toMatchObject({ Status: "Submitted", OrderID: "O1" });
    desk.tell("R1", { Status: "Completed" });
    expect(again().response).toMatchObject({ Status: "Completed", OrderID: "O1" });
    expect(desk.deliveries()).toEqual([]);
  });

  test.each<readonly [string, object]>([
    ["on another authority", { Authorities: { desk: { Identity: "bob" } } }],
    ["of another time", { Timestamp: "2026-01-01T00:00:00Z" }],
    ["in other words", { New: { ...BUY, Price: "10.00", Side: "SIDE_BUY" } }],
  ])("%s", (_, fields) => {
    const desk = new Desk(new WarmBook());
    desk.ask({ Type: "New", RequestID: "R1", New: BUY });
    expect(desk.ask({ Type: "New", RequestID: "R1", New: BUY, ...fields }).isRecorded).toBe(false);
  });

  test.each<readonly [string, object]>([
    ["terms", { New: { ...BUY, Price: 11 } }],
    ["queue", { Queue: { QueueID: "desk" } }],
    ["values", { Values: { Fee: 1 } }],
    ["properties", { Properties: { Note: "x" } }],
    ["ids", { IDs: [{ Name: "x" }] }],
  ])("with another content (%s) is a conflict, also when the first was completed", (_, fields) => {
    const desk = new Desk(new WarmBook());
    const request = { Type: "New", RequestID: "R1", New: BUY };
    desk.ask(request);
    expect(desk.ask({ ...request, ...fields }).refused).toBe("Request.Conflict R1");
    desk.tell("R1", { Status: "Completed" });
    expect(desk.ask({ ...request, ...fields }).refused).toBe("Request.Conflict R1");
  });

  test("of another account is another request", () => {
    const desk = new Desk(new WarmBook());
    desk.account({}, "A2");
    desk.askNew("R1");
    expect(desk.askNew("R1", { Price: 11 }, { Account: accountOnTheWire("A2") }).Status).toBe("Submitted");
  });
});

describe("An adapter's word", () => {
  deskScenario("completes the request, which is shown once more as it goes; whoever waits is answered", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    expect(desk.tell("R1", { OrderID: "O1", ExternalID: "E1", Status: "Completed", Text: "done" })).toBeUndefined();
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Completed removed"]);
    expect(desk.raised()[1]?.Request).toMatchObject({
      OrderID: "O1",
      ExternalID: "E1",
      Text: "done",
      IsCompleted: true,
    });
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Completed", OrderID: "O1" } }]);
    expect(desk.timers()).toEqual([]);
    expect(desk.open("R1")).toBeUndefined();
    expect(desk.known("R1")?.Requester).toBeUndefined();
  });

  deskScenario("errors alone reject it", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    desk.tell("R1", { Errors: ["Symbol", "Side"] });
    expect(desk.answers()).toMatchObject([
      { requester: ANN, response: { Status: "Rejected", Errors: ["Symbol", "Side"] } },
    ]);
  });

  deskScenario("a status that metadata knows as completed completes it, and so does IsCompleted", (desk) => {
    desk.status("Done", { IsCompleted: true });
    for (const [index, told] of [
      { Status: "Done" },
      { Status: "Odd", IsCompleted: true },
      { IsCompleted: true },
    ].entries()) {
      desk.askNew(`R${index}`);
      desk.tell(`R${index}`, told);
      expect(desk.open(`R${index}`)).toBeUndefined();
    }
    expect(["R0", "R1", "R2"].map((id) => desk.statusOf(id))).toEqual(["Done", "Odd", "Completed"]);
  });

  deskScenario("another status leaves it open, and is an answer; while it is open, more may follow", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    desk.tell("R1", { Status: "Working", ExternalID: "E1" });
    expect(desk.open("R1")).toMatchObject({
      Status: "Working",
      ExternalID: "E1",
      Timestamp: fromMicroseconds(desk.at()),
    });
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Working" } }]);
    expect(desk.timers()).toEqual([]);
    desk.tell("R1", { Status: "Completed" });
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Completed" } }]);
    expect(desk.known("R1")?.Requester).toBeUndefined();
  });

  deskScenario("what changes nothing else answers nobody, unless it is the answer to the delivery", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    desk.tell("R1", { ExternalID: "E1" });
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Submitted"]);
    expect(desk.answers()).toEqual([]);
    desk.tell("R1", { ExternalID: "E1" });
    expect(desk.events()).toEqual([]);
    desk.tell("R1", { ExternalID: "E1" }, { feed: "ASX", isResponse: true });
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Submitted" } }]);
    desk.tell("R1", { ExternalID: "" });
    expect(desk.open("R1")?.ExternalID).toBeUndefined();
  });

  test.each<readonly [string, object, string]>([
    ["nothing", {}, "Completed"],
    ["errors", { Errors: ["Symbol"] }, "Rejected"],
    ["a status", { Status: "Working" }, "Working"],
    ["a status and errors", { Status: "Completed", Errors: ["Retry"] }, "Completed"],
  ])("an answer that says %s beside the order", (_, said, status) => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1", {}, {}, { requester: ANN });
    const update = updateOfResponse({
      RequestID: "R1",
      Account: { AccountID: "A1", OwnerID: "XS" },
      OrderID: "O1",
      ...said,
    });
    expect(desk.submit(update, { teller: { feed: "ASX", isResponse: true } })).toBeUndefined();
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: status, OrderID: "O1" } }]);
  });

  test.each<readonly [string, string, object]>([
    ["no account", "Field.Missing ClientRequestUpdate.Account", { Account: undefined }],
    ["an account of another Owner", "Account YT/A1", { Account: accountOnTheWire("YT/A1") }],
    ["no request", "Field.Missing ClientRequestUpdate.RequestID", { RequestID: undefined }],
    ["a request that is not known", "Request.Unknown R9", { RequestID: "R9" }],
    ["a request of another account", "Request.Unknown R1", { Account: accountOnTheWire("A2") }],
    ["an empty status", "Field.Invalid ClientRequestUpdate.Status", { Status: "" }],
    ["a queue", "Field.Invalid ClientRequestUpdate.Target", { Target: { QueueID: "x" } }],
    ["another route", "Field.Invalid ClientRequestUpdate.Route", { Route: "lit" }],
    ["that it waits again", "Order.Status Submitted", { Status: "Pending" }],
    ["that it is queued", "Order.Status Submitted", { Status: "Queued" }],
    [
      "an OrderID that is too long",
      "Field.Invalid ClientRequestUpdate.OrderID",
      { OrderID: "x".repeat(LIMITS.ID_CHARACTERS + 1) },
    ],
  ])("%s is refused: %s", (_, text, fields) => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1");
    expect(desk.tell("R1", { Status: "Completed", ...fields })).toBe(text);
    expect(desk.statusOf("R1")).toBe("Submitted");
  });

  test("of a request that is completed, that is another feed's, or that was not sent yet, is refused", () => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1");
    expect(desk.tell("R1", { Status: "Completed" }, { feed: "lit" })).toBe("Request.Unknown R1");
    desk.tell("R1", { Status: "Completed" });
    expect(desk.tell("R1", { Status: "Completed" })).toBe("Request.Unknown R1");
    desk.askNew("R2", {}, { Queue: { QueueID: "desk" } });
    expect(desk.tell("R2", { Status: "Rejected" })).toBe("Order.Status Queued");
    desk.supplied.clear();
    desk.askNew("R3");
    expect(desk.tell("R3", { Status: "Completed" })).toBe("Order.Status Pending");
  });
});

describe("A request that its feed never received", () => {
  const NOT_RECEIVED = { Errors: ["Request.Unknown R1"] };

  deskScenario("is sent once more, in a record of its own, and rejected when that does not help", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    const first = timerOf(desk, "R1").due;
    expect(desk.tell("R1", NOT_RECEIVED)).toBeUndefined();
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Submitted"]);
    expect(desk.deliveries()).toMatchObject([{ route: "ASX", request: { RequestID: "R1" } }]);
    expect(desk.answers()).toEqual([]);
    expect(desk.known("R1")).toMatchObject({ Deliveries: LIMITS.REQUEST_DELIVERIES, Requester: ANN });
    expect(timerOf(desk, "R1").due).toBe(timeoutAfter(desk));
    expect(timerOf(desk, "R1").due).toBeGreaterThan(first);
    expect(desk.tell("R1", NOT_RECEIVED)).toBeUndefined();
    expect(desk.deliveries()).toEqual([]);
    expect(desk.answers()).toMatchObject([{ response: { Status: "Rejected", ...NOT_RECEIVED } }]);
  });

  test.each<readonly [string, object]>([
    ["in its bare code", { Errors: ["Request.Unknown"] }],
    ["with a status", { Errors: ["Request.Unknown"], Status: "Rejected" }],
    ["among other errors", { Errors: ["Retry", "Request.Unknown R1"] }],
  ])("however that is said: %s", (_, told) => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1");
    desk.tell("R1", told, { feed: "ASX", isResponse: true });
    expect(desk.deliveries()).toHaveLength(1);
    expect(desk.answers()).toEqual([]);
  });

  test("is not sent again by another word, nor when the feed had it in hand", () => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1");
    desk.tell("R1", { Errors: ["Request.UnknownX"] });
    expect(desk.deliveries()).toEqual([]);
    desk.askNew("R2");
    desk.tell("R2", { Status: "Working" });
    desk.tell("R2", { Errors: ["Request.Unknown R2"] });
    expect(desk.deliveries()).toEqual([]);
    expect(desk.statusOf("R2")).toBe("Rejected");
  });
});

describe("A request that waits for its feed", () => {
  deskScenario("goes out when somebody supplies it, in the order in which requests came", (desk) => {
    desk.supplied.clear();
    for (const id of ["R2", "R10", "R1"]) desk.askNew(id, {}, {}, { requester: ANN });
    desk.exchange({}, "XNAS");
    desk.askNew("R0", { Exchange: "XNAS" });
    desk.supplied.add("ASX");
    expect(waitingFor(desk.book, "ASX").map(({ Request }) => Request?.RequestID)).toEqual(["R2", "R10", "R1"]);
    expect(own(desk, submissionOf)).toBeUndefined();
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Submitted"]);
    expect(desk.deliveries()).toMatchObject([{ route: "ASX", request: { RequestID: "R1" } }]);
    expect(desk.answers()).toEqual([]);
    expect(desk.known("R1")).toMatchObject({ Deliveries: 1, Requester: ANN });
    expect(waitingFor(desk.book, "ASX")).toHaveLength(2);
    expect(own(desk, submissionOf), "it is not sent twice").toBeUndefined();
    expect(desk.deliveries()).toEqual([]);
  });

  test("is overdue from the very millisecond of its timer", () => {
    const desk = new Desk(new WarmBook());
    desk.supplied.clear();
    desk.askNew("R1");
    const { due } = timerOf(desk, "R1");
    const [request] = waitingFor(desk.book, "ASX");
    expect([due - 1, due, due + 1].map((now) => isOverdue(request ?? {}, now))).toEqual([false, true, true]);
  });

  deskScenario("is rejected when it is overdue, and its feed never sees it", (desk) => {
    desk.supplied.clear();
    desk.askNew("R1", {}, {}, { requester: ANN });
    desk.heed(timerOf(desk, "R1"));
    expect(desk.events()).toEqual(["ClientRequestUpdate", "Request R1 Rejected removed"]);
    expect(desk.answers()).toMatchObject([
      { requester: ANN, response: { Status: "Rejected", Errors: ["Timeout ASX"] } },
    ]);
    expect(waitingFor(desk.book, "ASX")).toEqual([]);
    expect(desk.timers()).toEqual([]);
  });

  deskScenario("may be found overdue when its feed opens", (desk) => {
    desk.supplied.clear();
    desk.askNew("R1", {}, {}, { requester: ANN });
    expect(own(desk, timeoutOf)).toBeUndefined();
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Errors: ["Timeout ASX"] } }]);
  });
});

describe("A request that was sent and is not answered in time", () => {
  deskScenario("stays open, and whoever asked is told that it was sent, and told again of what follows", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    const due = desk.heed(timerOf(desk, "R1"));
    expect(due).toMatchObject({
      due: "answer",
      answer: {
        requester: ANN,
        response: { Type: "ClientRequestType_New", RequestID: "R1", Status: "Submitted", Errors: ["Submitted ASX"] },
      },
    });
    expect(desk.open("R1")?.Status).toBe("Submitted");
    // Nothing was recorded, so nothing else has changed.
    expect(desk.askNew("R1")).toMatchObject({ Status: "Submitted", Errors: [] });
    expect(desk.timers()).toEqual([]);
    desk.tell("R1", { Status: "Completed" });
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Completed" } }]);
    expect(desk.askNew("R1")).toMatchObject({ Status: "Completed", Errors: [] });
  });

  deskScenario("has no timer any more that a later word could set anew", (desk) => {
    desk.askNew("R1");
    desk.heed(timerOf(desk, "R1"));
    desk.tell("R1", { ExternalID: "E1" });
    expect(desk.timers()).toEqual([]);
  });

  deskScenario("a timer that something else has overtaken asks for nothing", (desk) => {
    const nothing: Due = { due: "nothing" };
    desk.askNew("R1");
    const first = timerOf(desk, "R1");
    desk.tell("R1", { Errors: ["Request.Unknown"] });
    expect(desk.heed(first)).toEqual(nothing);
    expect(desk.timers()).toHaveLength(1);
    const second = timerOf(desk, "R1");
    desk.tell("R1", { Status: "Completed" });
    expect(desk.heed(second)).toEqual(nothing);
  });

  deskScenario("an Operator may say what became of it", (desk) => {
    desk.askNew("R1", {}, {}, { requester: ANN });
    expect(desk.askUpdate("U1", { RequestID: "R1", Status: "Completed", OrderID: "O7", Text: "by phone" }).Status).toBe(
      "Completed",
    );
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Completed removed", "Request U1 Completed removed"]);
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status: "Completed", OrderID: "O7" } }]);
  });
});

test("renaming an Owner renames its open requests, and their answers name it anew", () => {
  const desk = new Desk(new WarmBook());
  desk.account({}, "A2");
  desk.operation("DefineOwner", { OwnerDetails: { OwnerID: "XS" } });
  desk.order({ Side: "BUY", Quantity: 100, Price: 10 });
  desk.askMove("R1", "A2", { OrderID: "O1" });
  desk.operation("TransformOwner", { OwnerTransform: { OwnerID: "XS", Parameters: { newOwner: "YT" } } });
  const state = desk.open("R1", "A2");
  expect(state?.Request?.Account).toEqual({ AccountID: "A2", OwnerID: "YT" });
  expect(state?.Request?.Move?.PrevAccount).toEqual({ AccountID: "A1", OwnerID: "YT" });
  const [told] = desk.raised().filter(({ Type }) => Type === "UpdateEventType_Request");
  expect(told?.Request).toEqual(state);
});

test("a request's event is its state, or its end, to whoever reads the log", () => {
  const Request = { Request: { RequestID: "R1", Account: { AccountID: "A1" } }, Status: "Submitted" };
  const line = (events: readonly object[]) =>
    JSON.parse(JSON.stringify({ At: 1, Sequence: "oms", Position: 1, Events: events }));
  const event = { Type: "UpdateEventType_Request", Request };
  expect([...changesOf(line([event]))]).toEqual([
    { kind: "request", key: "A1\u001fR1", state: JSON.stringify(Request) },
  ]);
  expect([...changesOf(line([{ ...event, UpdateAction: "UpdateAction_Remove" }]))]).toEqual([
    { kind: "request", key: "A1\u001fR1", state: null },
  ]);
});

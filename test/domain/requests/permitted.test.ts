/** Every status of the default metadata, with every operation that may be asked for in it. */
import { describe, expect, test } from "vitest";
import { BUILT_IN_STATUSES } from "../../../src/domain/request-statuses.ts";
import { mayFollow } from "../../../src/domain/requests/request-states.ts";
import type { OrderFields } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { Desk } from "../support/desk.ts";

/** The usual statuses of an exchange's orders: what may be done to an order in each. */
const ORDER_STATUSES = {
  Pending: { IsNormal: true, IsTransition: true },
  Open: { IsNormal: true, CanAmend: true, CanCancel: true, CanMove: true, CanTrade: true },
  PartiallyFilled: { IsNormal: true, CanAmend: true, CanCancel: true, CanTrade: true },
  PendingAmend: { IsNormal: true, IsTransition: true, CanCancel: true, CanTrade: true },
  PendingCancel: { IsNormal: true, IsTransition: true, CanTrade: true },
  Held: { IsManual: true, CanAmend: true, CanCancel: true, CanMove: true },
  Filled: { IsNormal: true, IsCompleted: true, CanMove: true },
  Cancelled: { IsNormal: true, IsCompleted: true },
  Expired: { IsCompleted: true },
  Rejected: { IsCompleted: true },
} as const;

type Flags = Readonly<Partial<Record<string, boolean>>>;

const OrderStatuses = Object.entries(ORDER_STATUSES).map(([Code, flags]) => ({ Code, ...flags }));

const OPERATIONS = ["CanAmend", "CanCancel", "CanMove"] as const;
type Operation = (typeof OPERATIONS)[number];

function deskWithOrder(order: OrderFields, exchange: object = { OrderStatuses }): Desk {
  const desk = new Desk(new WarmBook());
  desk.exchange(exchange);
  desk.account({}, "A2");
  desk.order({ Side: "BUY", Quantity: 10, Price: 10, ...order });
  return desk;
}

/** Asks for an operation on the order O1. */
function errorsOf(desk: Desk, operation: Operation): readonly string[] {
  switch (operation) {
    case "CanAmend":
      return desk.askAmend("R9", { OrderID: "O1" }).Errors;
    case "CanCancel":
      return desk.askCancel("R9", { OrderID: "O1" }).Errors;
    case "CanMove":
      return desk.askMove("R9", "A2", { OrderID: "O1" }).Errors;
  }
}

const CASES = Object.entries<Flags>(ORDER_STATUSES).flatMap(([status, flags]) =>
  OPERATIONS.map((operation) => ({ status, operation, isPermitted: flags[operation] === true })),
);

describe("An order's status permits an operation, or forbids it", () => {
  test.each(CASES)(
    "$operation of an open order that is $status: $isPermitted",
    ({ status, operation, isPermitted }) => {
      const errors = errorsOf(deskWithOrder({ Status: status }), operation);
      expect(errors).toEqual(isPermitted ? [] : [`Order.Status ${status}`]);
    },
  );

  test.each(CASES)("$operation of a completed order that is $status: never", ({ status, operation }) => {
    const errors = errorsOf(deskWithOrder({ Status: status, IsCompleted: true }), operation);
    expect(errors).toEqual([`Order.Status ${status}`]);
  });

  test.each(OPERATIONS)("%s of an order whose status has no metadata: unless it is completed", (operation) => {
    for (const exchange of [{}, { OrderStatuses }]) {
      expect(errorsOf(deskWithOrder({ Status: "Odd" }, exchange), operation)).toEqual([]);
      expect(errorsOf(deskWithOrder({}, exchange), operation)).toEqual([]);
      const completed = deskWithOrder({ Status: "Odd", IsCompleted: true }, exchange);
      expect(errorsOf(completed, operation)).toEqual(["Order.Status Odd"]);
      expect(errorsOf(deskWithOrder({ IsCompleted: true }, exchange), operation)).toEqual(["Order.Status"]);
    }
  });

  test.each(OPERATIONS)("%s by the metadata that is in effect: the Owner's own lies over the System's", (operation) => {
    const desk = deskWithOrder({ Status: "Open" });
    const forbidding = { Exchange: "ASX", OrderStatuses: [{ Code: "Open" }] };
    desk.operation("DefineExchange", { ExchangeDetails: forbidding }, {});
    expect(errorsOf(desk, operation)).toEqual(["Order.Status Open"]);
  });
});

/** A request R1 in a status, which it comes to as requests do. */
function deskWithRequest(status: string): Desk {
  const desk = new Desk(new WarmBook());
  if (status === "Queued") desk.askNew("R1", {}, { Queue: { QueueID: "desk" } });
  else if (status === "Pending") {
    desk.supplied.clear();
    desk.askNew("R1");
  } else {
    desk.askNew("R1");
    if (status !== "Submitted") desk.tell("R1", { Status: status });
  }
  return desk;
}

const REQUEST_OPERATIONS = ["Amend", "Cancel", "Release", "Reject", "Complete", "Requeue", "Replace"] as const;

/** What is done to the request R1 by its RequestID. */
function operate(desk: Desk, operation: (typeof REQUEST_OPERATIONS)[number]) {
  switch (operation) {
    case "Amend":
      return desk.askAmend("R9", { PrevRequestID: "R1", Quantity: 5 });
    case "Cancel":
      return desk.askCancel("R9", { PrevRequestID: "R1" });
    case "Release":
      return desk.askUpdate("R9", { RequestID: "R1", Status: "Pending" });
    case "Reject":
      return desk.askUpdate("R9", { RequestID: "R1", Status: "Rejected" });
    case "Complete":
      return desk.askUpdate("R9", { RequestID: "R1", Status: "Completed" });
    case "Requeue":
      return desk.askUpdate("R9", { RequestID: "R1", Target: { QueueID: "other" } });
    case "Replace":
      return desk.askUpdate("R9", { RequestID: "R1" }, { New: { Code: "BHP" } }, "Replace");
  }
}

describe("A request's status permits an operation, or forbids it", () => {
  const unknownOrder = "Order R1";
  const unknown = "Request.Unknown R1";
  const COMPLETED = {
    Amend: unknownOrder,
    Cancel: unknownOrder,
    Release: unknown,
    Reject: unknown,
    Complete: unknown,
    Requeue: unknown,
    Replace: unknown,
  };
  const forbidden = (status: string) => `Order.Status ${status}`;
  /** Null: it is permitted. */
  const TABLE: Readonly<Record<string, Readonly<Record<(typeof REQUEST_OPERATIONS)[number], string | null>>>> = {
    Pending: {
      Amend: forbidden("Pending"),
      Cancel: forbidden("Pending"),
      Release: forbidden("Pending"),
      Reject: null,
      Complete: forbidden("Pending"),
      Requeue: forbidden("Pending"),
      Replace: forbidden("Pending"),
    },
    Queued: {
      Amend: null,
      Cancel: null,
      Release: null,
      Reject: null,
      Complete: forbidden("Queued"),
      Requeue: null,
      Replace: null,
    },
    Submitted: {
      Amend: forbidden("Submitted"),
      Cancel: forbidden("Submitted"),
      Release: forbidden("Submitted"),
      Reject: null,
      Complete: null,
      Requeue: forbidden("Submitted"),
      Replace: forbidden("Submitted"),
    },
    Rejected: COMPLETED,
    Completed: COMPLETED,
  };

  test("the table has every status that is built in", () => {
    expect(Object.keys(TABLE).sort()).toEqual(BUILT_IN_STATUSES.map(({ Code }) => Code).sort());
  });

  const cases = Object.entries(TABLE).flatMap(([status, row]) =>
    REQUEST_OPERATIONS.map((operation) => ({ status, operation, error: row[operation] })),
  );
  test.each(cases)("$operation of a request that is $status: $error", ({ status, operation, error }) => {
    const desk = deskWithRequest(status);
    expect(desk.statusOf("R1")).toBe(status);
    const before = JSON.stringify(desk.open("R1"));
    const reply = operate(desk, operation);
    if (error === null) {
      // A replacement that says little is wrong in itself; that it is looked at shows that it is permitted.
      if (operation === "Replace") expect(reply.Errors).toContain("Exchange");
      else expect(reply).toMatchObject({ Status: "Completed", Errors: [] });
      return;
    }
    expect(reply).toMatchObject({ Status: "Rejected", Errors: [error] });
    expect(JSON.stringify(desk.open("R1")), "the request stays as it was").toBe(before);
  });

  test("by the metadata that was handed down", () => {
    const desk = deskWithRequest("Queued");
    desk.status("Queued", { CanAmend: false, CanCancel: true });
    expect(operate(desk, "Amend").Errors).toEqual(["Order.Status Queued"]);
    expect(desk.askCancel("R8", { PrevRequestID: "R1" }).Errors).toEqual([]);
  });

  test("in a status that an adapter named and that has no metadata: neither amend nor cancel", () => {
    const desk = deskWithRequest("Working");
    expect(operate(desk, "Amend").Errors).toEqual(["Order.Status Working"]);
    expect(desk.askCancel("R8", { PrevRequestID: "R1" }).Errors).toEqual(["Order.Status Working"]);
  });

  test("in a status of an adapter whose metadata permits it, the operation goes to the feed that has the request", () => {
    const desk = deskWithRequest("Working");
    desk.status("Working", { CanAmend: true, CanCancel: true });
    expect(operate(desk, "Amend")).toMatchObject({ Status: "Submitted", Errors: [] });
    expect(desk.deliveries()).toMatchObject([{ route: "ASX", request: { RequestID: "R9", Amend: { Code: "BHP" } } }]);
    expect(desk.askCancel("R8", { PrevRequestID: "R1" }).Status).toBe("Submitted");
  });
});

describe("Which status of a request may follow which", () => {
  const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
    Pending: ["Submitted", "Rejected"],
    Queued: ["Pending", "Submitted", "Rejected"],
    Submitted: ["Submitted", "Completed", "Rejected", "Working"],
    Working: ["Submitted", "Completed", "Rejected", "Working"],
  };
  const ALL = ["Pending", "Queued", "Submitted", "Completed", "Rejected", "Working"];
  const pairs = Object.keys(LEADS_TO).flatMap((before) => ALL.map((next) => [before, next] as const));
  test.each(pairs)("%s, then %s", (before, next) => {
    expect(mayFollow(before, next)).toBe(LEADS_TO[before]?.includes(next));
  });
});

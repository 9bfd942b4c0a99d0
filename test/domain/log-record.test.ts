import { describe, expect, it } from "vitest";
import { abbreviate, expand, parseStoredRecord, REFERENCE, type WireEvent } from "../../src/domain/log-record.ts";
import type { At, LogRecord } from "../../src/domain/records.ts";

const order: NonNullable<WireEvent["Order"]> = {
  OrderID: "O1",
  Account: { AccountID: "A1", OwnerID: "XS" },
  Price: 45.12,
  Quantity: { Scale: 9, Value: "/////////w==" },
  Properties: { "10": "ten", "2": "two" },
};
const action: WireEvent = {
  Type: "UpdateEventType_Action",
  Action: { Type: "ExternalActionType_Update", Order: order },
};
const updated: WireEvent = { Type: "UpdateEventType_Order", Order: order };
const removed: WireEvent = { Type: "UpdateEventType_Order", UpdateAction: "UpdateAction_Remove", Order: order };
const balance: WireEvent = { Type: "UpdateEventType_Balance", Balance: { Currency: "AUD", Balance: 1e21 } };

function record(rest: Partial<LogRecord<WireEvent>>): LogRecord<WireEvent> {
  return { At: 10 as At, Sequence: "asx", Position: 7, Events: [], ...rest };
}

describe("a line of the log", () => {
  it("refers to its update for the events that equal a part of it", () => {
    const events = [action, removed, updated, balance];
    const stored = abbreviate(record({ Update: action, Events: events }));
    expect(stored.Events).toEqual([REFERENCE.update, REFERENCE.orderRemoved, REFERENCE.order, balance]);
    expect(REFERENCE).toEqual({ update: "Update", order: "Order", orderRemoved: "Order.Remove" });
  });

  it("keeps an event that differs from the update in anything", () => {
    const other: WireEvent = { ...updated, Order: { ...order, Quantity: 100 } };
    const elsewhere: WireEvent = { ...removed, Order: { ...order, Account: { AccountID: "A2", OwnerID: "XS" } } };
    expect(abbreviate(record({ Update: action, Events: [other, elsewhere] })).Events).toEqual([other, elsewhere]);
    expect(abbreviate(record({ Update: balance, Events: [updated] })).Events).toEqual([updated]);
  });

  it("gives back what was raised, text for text", () => {
    const raised = record({
      Update: action,
      Events: [action, removed, updated, balance],
      Errors: ["Trade.Duplicate T1"],
    });
    const stored = JSON.stringify(abbreviate(raised));
    expect(JSON.stringify(expand(parseStoredRecord(stored)))).toBe(JSON.stringify(raised));
  });

  it("without an update is kept as it is", () => {
    const unreadable = record({ Unreadable: "{", Errors: ["Message.Unreadable"] });
    expect(expand(abbreviate(unreadable))).toEqual(unreadable);
  });

  it("that refers to what its update does not have cannot be read", () => {
    expect(() => expand({ ...record({}), Events: ["Update"] })).toThrow("an update");
    expect(() => expand({ ...record({ Update: balance }), Events: ["Order"] })).toThrow("an order");
  });
});

/**
 * How a line of the log is kept. Events are kept as they were raised, so that a later version of the program cannot
 * rewrite what subscribers saw; one that equals a part of its update is kept as a reference to that part.
 */
import type { BigNumberObject, Decimal } from "../protocol/decimal.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";
import type { LogRecord } from "./records.ts";

/** A message as it is on the wire in JSON: only decimals look different from what is in memory. */
export type Wire<Value> = Value extends Decimal
  ? number | BigNumberObject
  : Value extends string | number | boolean | undefined
    ? Value
    : Value extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : { readonly [Name in keyof Value]: Wire<Value[Name]> };

export type WireEvent = Wire<UpdateEvent>;

/** What stands for an event that equals a part of its record's update. */
export const REFERENCE = {
  /** The update itself. */
  update: "Update",
  /** An event of type Order with the update's order. */
  order: "Order",
  /** The same, as a removal. */
  orderRemoved: "Order.Remove",
} as const;

type Reference = (typeof REFERENCE)[keyof typeof REFERENCE];

/** A line of the log as it is kept; its JSON is `RecordText.text`. */
export type StoredRecord = Omit<LogRecord<WireEvent>, "Events"> & {
  readonly Events: readonly (Reference | WireEvent)[];
};

/** Reads a line of the log as it is kept. */
export function parseStoredRecord(text: string): StoredRecord {
  // The system wrote it. Plain parsing is exact: what a double cannot carry was written as an object.
  return JSON.parse(text) as StoredRecord;
}

/** Puts references where an event equals a part of the update. */
export function abbreviate(record: LogRecord<WireEvent>): StoredRecord {
  const update = record.Update;
  if (update === undefined) return record;
  const references = new Map<string, Reference>();
  const order = update.Action?.Order;
  if (order !== undefined) {
    references.set(JSON.stringify(orderRemoved(order)), REFERENCE.orderRemoved);
    references.set(JSON.stringify(orderUpdated(order)), REFERENCE.order);
  }
  references.set(JSON.stringify(update), REFERENCE.update);
  return { ...record, Events: record.Events.map((event) => references.get(JSON.stringify(event)) ?? event) };
}

/** Gives back the events as they were raised; their JSON is the same text. */
export function expand(record: StoredRecord): LogRecord<WireEvent> {
  return { ...record, Events: record.Events.map((event) => (typeof event === "string" ? part(record, event) : event)) };
}

function part(record: StoredRecord, reference: Reference): WireEvent {
  const update = record.Update;
  if (update === undefined) throw new Error(`record ${record.At} refers to an update that it does not have`);
  if (reference === REFERENCE.update) return update;
  const order = update.Action?.Order;
  if (order === undefined) throw new Error(`record ${record.At} refers to an order that its update does not have`);
  switch (reference) {
    case REFERENCE.order:
      return orderUpdated(order);
    case REFERENCE.orderRemoved:
      return orderRemoved(order);
  }
}

type WireOrder = NonNullable<WireEvent["Order"]>;

function orderUpdated(order: WireOrder): WireEvent {
  return { Type: "UpdateEventType_Order", Order: order };
}

function orderRemoved(order: WireOrder): WireEvent {
  return { Type: "UpdateEventType_Order", UpdateAction: "UpdateAction_Remove", Order: order };
}

/**
 * What a record of the log does to the state: events carry the whole new state of one record, or remove it, so the
 * state inside a commit is the state before it with these laid over. No rule is applied again.
 */
import { expand, type StoredRecord, type WireEvent } from "./log-record.ts";
import { type Key, type Kind, keyOf } from "./records.ts";

/** What one record is after an event. `state` is wire-ready JSON; null = removed. */
export interface RecordChange {
  readonly kind: Kind;
  readonly key: Key;
  readonly state: string | null;
}

/** What a line of the log did to the state, in order. */
export function* changesOf(record: StoredRecord): Iterable<RecordChange> {
  if (record.Configuration !== undefined) {
    const { Configuration } = record;
    yield {
      kind: "configuration",
      key: keyOf.configuration(record.Sequence),
      state: JSON.stringify(Configuration),
    };
  }
  for (const event of expand(record).Events) {
    const change = changeOf(event);
    if (change !== undefined) yield change;
  }
}

/** The record that an event tells of; undefined for an event that is no state: an update, a transaction. */
export function changeOf(event: WireEvent): RecordChange | undefined {
  const removed = event.UpdateAction === "UpdateAction_Remove";
  switch (event.Type) {
    case "UpdateEventType_Balance": {
      const { Account, Currency } = carried(event.Balance);
      return change("balance", keyOf.balance(Account?.AccountID ?? "", Currency ?? ""), removed, event.Balance);
    }
    case "UpdateEventType_Holding": {
      const { Account, Exchange, Code } = carried(event.Holding);
      const key = keyOf.holding(Account?.AccountID ?? "", Exchange ?? "", Code ?? "");
      return change("holding", key, removed, event.Holding);
    }
    case "UpdateEventType_Order": {
      const { Account, OrderID } = carried(event.Order);
      return change("order", keyOf.order(Account?.AccountID ?? "", OrderID ?? ""), removed, event.Order);
    }
    case "UpdateEventType_Status":
      return change("feed", keyOf.feed(carried(event.Status).FeedID ?? ""), removed, event.Status);
    case "UpdateEventType_Operation":
      return accountChange(carried(event.Operation));
    case "UpdateEventType_Action":
    case "UpdateEventType_ClientRequest":
    case "UpdateEventType_ClientRequestUpdate":
    case "UpdateEventType_Request":
    case "UpdateEventType_Transaction":
    case "UpdateEventType_Unknown":
    case undefined:
      return undefined;
  }
}

function accountChange(operation: NonNullable<WireEvent["Operation"]>): RecordChange | undefined {
  const defined = operation.Type === "OperationType_DefineAccount";
  if (!defined && operation.Type !== "OperationType_UndefineAccount") return undefined;
  const details = carried(operation.AccountDetails);
  return change("account", keyOf.account(details.Account?.AccountID ?? ""), !defined, details);
}

function change(kind: Kind, key: Key, removed: boolean, state: unknown): RecordChange {
  return { kind, key, state: removed ? null : JSON.stringify(state) };
}

function carried<State>(state: State | undefined): State {
  if (state === undefined) throw new Error("an event does not carry what its type says");
  return state;
}

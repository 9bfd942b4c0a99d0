/**
 * What a record of the log does to the state: events carry the whole new state of one record, or remove it, so the
 * state inside a commit is the state before it with these laid over. No rule is applied again. Only of exchanges do
 * events tell less than the state: what is in effect, not what lies under it.
 */
import { expand, type StoredRecord, type WireEvent } from "./log-record.ts";
import { type Key, type Kind, keyOf, SYSTEM_SEQUENCE } from "./records.ts";

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
  const exchange = exchangeChange(record);
  if (exchange !== undefined) yield exchange;
}

/**
 * The record that an event tells of; undefined for one that is no state (an update, a transaction), or is not enough
 * to say it (an exchange).
 */
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
      return operationChange(carried(event.Operation));
    case "UpdateEventType_Request": {
      const { Account, RequestID } = carried(carried(event.Request).Request);
      return change("request", keyOf.request(Account?.AccountID ?? "", RequestID ?? ""), removed, event.Request);
    }
    case "UpdateEventType_Action":
    case "UpdateEventType_ClientRequest":
    case "UpdateEventType_ClientRequestUpdate":
    case "UpdateEventType_Transaction":
    case "UpdateEventType_Unknown":
    case undefined:
      return undefined;
  }
}

type WireOperation = NonNullable<WireEvent["Operation"]>;

function operationChange(operation: WireOperation): RecordChange | undefined {
  const { Type } = operation;
  switch (Type) {
    case "OperationType_DefineAccount":
    case "OperationType_UndefineAccount": {
      const details = carried(operation.AccountDetails);
      const key = keyOf.account(details.Account?.AccountID ?? "");
      return change("account", key, Type === "OperationType_UndefineAccount", details);
    }
    case "OperationType_DefineOwner":
    case "OperationType_UndefineOwner": {
      const details = carried(operation.OwnerDetails);
      return change("owner", keyOf.owner(details.OwnerID ?? ""), Type === "OperationType_UndefineOwner", details);
    }
    case "OperationType_TransformOwner":
      // An event of its own defines the new name.
      return change("owner", keyOf.owner(carried(operation.OwnerTransform).OwnerID ?? ""), true, undefined);
    case "OperationType_DefineRequestStatus":
    case "OperationType_UndefineRequestStatus": {
      const details = carried(operation.RequestStatus);
      const key = keyOf.status(details.Code ?? "");
      return change("status", key, Type === "OperationType_UndefineRequestStatus", details);
    }
    case "OperationType_DefineIdentitySource":
    case "OperationType_UndefineIdentitySource": {
      const details = carried(operation.IdentitySource);
      const key = keyOf.source(details.Code ?? "");
      return change("source", key, Type === "OperationType_UndefineIdentitySource", details);
    }
    case "OperationType_DefinePermissions":
    case "OperationType_UndefinePermissions": {
      const details = carried(operation.Permissions);
      const key = keyOf.identity(details.Source ?? "", details.Identity ?? "");
      return change("identity", key, Type === "OperationType_UndefinePermissions", details);
    }
    case "OperationType_DefineExchange":
    case "OperationType_UndefineExchange":
    case "OperationType_Transform":
    case "OperationType_TransformAccount":
    case "OperationType_Unknown":
    case undefined:
      return undefined;
  }
}

/** What a record did to an exchange: its update says it, and its sequence whether it was handed down. */
function exchangeChange({ Sequence, Update, Errors }: StoredRecord): RecordChange | undefined {
  const type = Update?.Operation?.Type;
  const isDefined = type === "OperationType_DefineExchange";
  if (Errors !== undefined || (!isDefined && type !== "OperationType_UndefineExchange")) return undefined;
  const details = carried(Update?.Operation?.ExchangeDetails);
  const exchange = details.Exchange ?? "";
  return Sequence === SYSTEM_SEQUENCE
    ? change("exchange", keyOf.exchange(exchange), !isDefined, details)
    : change("ownExchange", keyOf.ownExchange(exchange), !isDefined, details);
}

function change(kind: Kind, key: Key, removed: boolean, state: unknown): RecordChange {
  return { kind, key, state: removed ? null : JSON.stringify(state) };
}

function carried<State>(state: State | undefined): State {
  if (state === undefined) throw new Error("an event does not carry what its type says");
  return state;
}

/**
 * The fold of events: which record an event tells of, and what that record is afterwards. An event carries the whole
 * new state of one record, or removes it, so that a client has the state with nothing but this. The server's own looking
 * back, the SDK, the dashboard and the tests all fold by it.
 */

import type { UpdateEvent } from "../protocol/messages/index.ts";
import type { WireEvent } from "./log-record.ts";
import { type Key, type Kind, keyOf, type Records } from "./records.ts";

export { KEY_SEPARATOR, keyOf } from "./records.ts";
export * from "./views.ts";

/** An event as it is in memory, or as it came over the wire. */
export type AnyEvent = UpdateEvent | WireEvent;

/** The kinds of record that events tell of. Of exchanges, those that are in effect. */
export type FoldedKind = Exclude<Kind, "configuration" | "ownExchange">;

/** The state of a kind of record. */
export type FoldedState<K extends FoldedKind> = Records[K];

type Part<Event extends AnyEvent, Field extends keyof UpdateEvent> = NonNullable<Event[Field]>;
type OperationPart<Event extends AnyEvent, Field extends keyof NonNullable<UpdateEvent["Operation"]>> = NonNullable<
  NonNullable<Event["Operation"]>[Field]
>;

/** How the state of each kind looks in an event. */
interface StateIn<Event extends AnyEvent> {
  readonly balance: Part<Event, "Balance">;
  readonly holding: Part<Event, "Holding">;
  readonly order: Part<Event, "Order">;
  readonly request: Part<Event, "Request">;
  readonly feed: Part<Event, "Status">;
  readonly account: OperationPart<Event, "AccountDetails">;
  readonly owner: OperationPart<Event, "OwnerDetails">;
  readonly exchange: OperationPart<Event, "ExchangeDetails">;
  readonly status: OperationPart<Event, "RequestStatus">;
  readonly source: OperationPart<Event, "IdentitySource">;
  readonly identity: OperationPart<Event, "Permissions">;
}

/** What one record is after an event; without a state it is gone. */
export type Folded<Event extends AnyEvent = UpdateEvent> = {
  readonly [K in FoldedKind]: {
    readonly kind: K;
    readonly key: Key<K>;
    readonly state: StateIn<Event>[K] | undefined;
  };
}[FoldedKind];

/** The record that an event tells of; undefined for one that tells of none: an update, a transaction. */
export function folded(event: UpdateEvent): Folded<UpdateEvent> | undefined;
export function folded(event: WireEvent): Folded<WireEvent> | undefined;
export function folded(event: AnyEvent): Folded<AnyEvent> | undefined;
export function folded(event: AnyEvent): Folded<AnyEvent> | undefined {
  const isGone = event.UpdateAction === "UpdateAction_Remove";
  switch (event.Type) {
    case "UpdateEventType_Balance": {
      const told = carried(event.Balance);
      const key = keyOf.balance(told.Account?.AccountID ?? "", told.Currency ?? "");
      return { kind: "balance", key, state: isGone ? undefined : told };
    }
    case "UpdateEventType_Holding": {
      const told = carried(event.Holding);
      const key = keyOf.holding(told.Account?.AccountID ?? "", told.Exchange ?? "", told.Code ?? "");
      return { kind: "holding", key, state: isGone ? undefined : told };
    }
    case "UpdateEventType_Order": {
      const told = carried(event.Order);
      const key = keyOf.order(told.Account?.AccountID ?? "", told.OrderID ?? "");
      return { kind: "order", key, state: isGone ? undefined : told };
    }
    case "UpdateEventType_Request": {
      const told = carried(event.Request);
      const { Account, RequestID } = carried(told.Request);
      const key = keyOf.request(Account?.AccountID ?? "", RequestID ?? "");
      return { kind: "request", key, state: isGone ? undefined : told };
    }
    case "UpdateEventType_Status": {
      const told = carried(event.Status);
      return { kind: "feed", key: keyOf.feed(told.FeedID ?? ""), state: isGone ? undefined : told };
    }
    case "UpdateEventType_Operation":
      return operationFolded(carried(event.Operation));
    case "UpdateEventType_Action":
    case "UpdateEventType_ClientRequest":
    case "UpdateEventType_ClientRequestUpdate":
    case "UpdateEventType_Transaction":
    case "UpdateEventType_Unknown":
    case undefined:
      return undefined;
  }
}

function operationFolded(operation: Part<AnyEvent, "Operation">): Folded<AnyEvent> | undefined {
  const { Type } = operation;
  switch (Type) {
    case "OperationType_DefineAccount":
    case "OperationType_UndefineAccount": {
      const told = carried(operation.AccountDetails);
      const state = Type === "OperationType_DefineAccount" ? told : undefined;
      return { kind: "account", key: keyOf.account(told.Account?.AccountID ?? ""), state };
    }
    case "OperationType_DefineOwner":
    case "OperationType_UndefineOwner": {
      const told = carried(operation.OwnerDetails);
      const state = Type === "OperationType_DefineOwner" ? told : undefined;
      return { kind: "owner", key: keyOf.owner(told.OwnerID ?? ""), state };
    }
    case "OperationType_TransformOwner": {
      // An event of its own defines the new name.
      const key = keyOf.owner(carried(operation.OwnerTransform).OwnerID ?? "");
      return { kind: "owner", key, state: undefined };
    }
    case "OperationType_DefineExchange":
    case "OperationType_UndefineExchange": {
      const told = carried(operation.ExchangeDetails);
      const state = Type === "OperationType_DefineExchange" ? told : undefined;
      return { kind: "exchange", key: keyOf.exchange(told.Exchange ?? ""), state };
    }
    case "OperationType_DefineRequestStatus":
    case "OperationType_UndefineRequestStatus": {
      const told = carried(operation.RequestStatus);
      const state = Type === "OperationType_DefineRequestStatus" ? told : undefined;
      return { kind: "status", key: keyOf.status(told.Code ?? ""), state };
    }
    case "OperationType_DefineIdentitySource":
    case "OperationType_UndefineIdentitySource": {
      const told = carried(operation.IdentitySource);
      const state = Type === "OperationType_DefineIdentitySource" ? told : undefined;
      return { kind: "source", key: keyOf.source(told.Code ?? ""), state };
    }
    case "OperationType_DefinePermissions":
    case "OperationType_UndefinePermissions": {
      const told = carried(operation.Permissions);
      const state = Type === "OperationType_DefinePermissions" ? told : undefined;
      return { kind: "identity", key: keyOf.identity(told.Source ?? "", told.Identity ?? ""), state };
    }
    case "OperationType_Transform":
    case "OperationType_TransformAccount":
    case "OperationType_Unknown":
    case undefined:
      return undefined;
  }
}

function carried<State>(state: State | undefined): State {
  if (state === undefined) throw new Error("an event does not carry what its type says");
  return state;
}

/**
 * A client that knows nothing of accounting: it takes the events in and replaces by key. That is all it takes to have
 * the state, and rule E2 says in which order the events of one record come.
 */
import type { WireEvent } from "../../../src/domain/log-record.ts";
import { type Kind, keyOf } from "../../../src/domain/records.ts";
import type { Account, Operation, UpdateEvent } from "../../../src/protocol/messages/index.ts";
import type { Book } from "./book.ts";
import { expectEqual } from "./equal.ts";

/** The kinds of record that events tell of. Of exchanges, those that are in effect. */
export type ReplicatedKind = Exclude<Kind, "configuration" | "ownExchange">;

/** An event as it is in memory, or as it came over the wire. */
type AnyEvent = UpdateEvent | WireEvent;
type AnyOperation = Operation | NonNullable<WireEvent["Operation"]>;
type Change = { readonly kind: ReplicatedKind; readonly key: string; readonly content: string | undefined };

export class Replica {
  readonly #records = new Map<string, string>();

  /** Begins with what there is. */
  begin(book: Book): void {
    for (const [name, content] of statesOf(book)) this.#records.set(name, content);
  }

  /** Takes over the events of one record. An event that changes nothing should not have been raised (rule E2). */
  fold(events: readonly AnyEvent[]): void {
    for (const event of events) {
      const change = changeOf(event);
      if (change === undefined) continue;
      const name = `${change.kind} ${change.key}`;
      if (change.content === undefined) {
        // What came and went in one record is only shown as it went: an order (rule O6), or a request.
        const isExpected = change.kind === "order" || change.kind === "request" || this.#records.has(name);
        expectEqual(isExpected, true, `${name} existed before it was removed`);
        this.#records.delete(name);
      } else {
        const changed = change.content !== this.#records.get(name);
        expectEqual(changed, true, `${name} changed, since it raised an event`);
        this.#records.set(name, change.content);
      }
    }
  }

  /** The state of each record, as JSON, by its kind and key. */
  get records(): ReadonlyMap<string, string> {
    return this.#records;
  }

  /** What was folded is the state, no more and no less. */
  expectToEqual(book: Book): void {
    expectEqual(sorted(this.#records), sorted(statesOf(book)), "what the events add up to is the state");
  }
}

function statesOf(book: Book): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const kind of REPLICATED) {
    for (const [key, value] of book.all(kind)) state.set(`${kind} ${key}`, JSON.stringify(value));
  }
  // An Owner's own exchange is in effect, whatever was handed down.
  for (const [key, value] of book.all("ownExchange")) state.set(`exchange ${key}`, JSON.stringify(value));
  return state;
}

export const REPLICATED: readonly ReplicatedKind[] = [
  "account",
  "balance",
  "holding",
  "order",
  "feed",
  "owner",
  "exchange",
  "status",
  "source",
  "identity",
  "request",
];

/** Rule E2: Updates, Orders (Remove before Update), Balances and Holdings by key, Transactions, Metadata, Status. */
export function expectOrderOfEvents(events: readonly UpdateEvent[]): void {
  const places = events.map(placeOf);
  const inOrder = [...places].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  expectEqual(places, inOrder, "rule E2: the order of the events");
}

function accountId({ Account }: { readonly Account?: Account | undefined }): string {
  return Account?.AccountID ?? "";
}

function changeOf(event: AnyEvent): Change | undefined {
  const change = (kind: ReplicatedKind, key: string, record: unknown): Change => ({
    kind,
    key,
    content: event.UpdateAction === "UpdateAction_Remove" ? undefined : JSON.stringify(record),
  });
  const { Type, Balance, Holding, Order, Request, Status, Operation } = event;
  switch (Type) {
    case "UpdateEventType_Balance":
      return change("balance", keyOf.balance(accountId(Balance ?? {}), Balance?.Currency ?? ""), Balance);
    case "UpdateEventType_Holding":
      return change(
        "holding",
        keyOf.holding(accountId(Holding ?? {}), Holding?.Exchange ?? "", Holding?.Code ?? ""),
        Holding,
      );
    case "UpdateEventType_Order":
      return change("order", keyOf.order(accountId(Order ?? {}), Order?.OrderID ?? ""), Order);
    case "UpdateEventType_Request": {
      const { Account, RequestID = "" } = Request?.Request ?? {};
      return change("request", keyOf.request(Account?.AccountID ?? "", RequestID), Request);
    }
    case "UpdateEventType_Status":
      return change("feed", keyOf.feed(Status?.FeedID ?? ""), Status);
    case "UpdateEventType_Operation":
      return operationChange(Operation ?? {});
    default:
      return undefined;
  }
}

function operationChange(operation: AnyOperation): Change {
  const { Type = "", AccountDetails, OwnerDetails, OwnerTransform, ExchangeDetails, RequestStatus } = operation;
  const { IdentitySource, Permissions } = operation;
  const change = (kind: ReplicatedKind, key: string, details: unknown): Change => ({
    kind,
    key,
    content: Type.startsWith("OperationType_Define") ? JSON.stringify(details) : undefined,
  });
  switch (Type.replace(/^OperationType_(Define|Undefine|Transform)/, "")) {
    case "Account":
      return change("account", keyOf.account(accountId(AccountDetails ?? {})), AccountDetails);
    case "Owner":
      return change("owner", keyOf.owner((OwnerDetails ?? OwnerTransform)?.OwnerID ?? ""), OwnerDetails);
    case "Exchange":
      return change("exchange", keyOf.exchange(ExchangeDetails?.Exchange ?? ""), ExchangeDetails);
    case "RequestStatus":
      return change("status", keyOf.status(RequestStatus?.Code ?? ""), RequestStatus);
    case "IdentitySource":
      return change("source", keyOf.source(IdentitySource?.Code ?? ""), IdentitySource);
    case "Permissions": {
      const { Source = "", Identity = "" } = Permissions ?? {};
      return change("identity", keyOf.identity(Source, Identity), Permissions);
    }
    default:
      throw new Error(`not an operation that events tell of: ${Type}`);
  }
}

/** Where an event belongs among those of its record, as a text that sorts. */
function placeOf(event: UpdateEvent): string {
  switch (event.Type) {
    case "UpdateEventType_Action":
    case "UpdateEventType_ClientRequest":
    case "UpdateEventType_ClientRequestUpdate":
      return "1 Updates";
    case "UpdateEventType_Order":
      return event.UpdateAction === "UpdateAction_Remove" ? "2 Orders: Remove" : "3 Orders: Update";
    case "UpdateEventType_Balance":
      return `4 Balances: ${changeOf(event)?.key}`;
    case "UpdateEventType_Holding":
      return `5 Holdings: ${changeOf(event)?.key}`;
    case "UpdateEventType_Transaction":
      return "6 Transactions";
    case "UpdateEventType_Request":
      return "7 Requests";
    case "UpdateEventType_Operation":
      return "8 Metadata";
    case "UpdateEventType_Status":
      return "9 Status";
    default:
      throw new Error(`not an event: ${event.Type}`);
  }
}

function sorted(entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));
}

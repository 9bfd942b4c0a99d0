/** What a view's snapshot shows: the live records of some kinds, kind by kind, each as the event that tells of it. */
import { type At, accountPrefix, type Key, keyOf } from "../domain/records.ts";
import { accountsOf, type EventShape, matcherOf, type Subscription, type View } from "../domain/views.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Operation, OperationType } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { orderRouter, recordsOf } from "./exchanges.ts";
import type { ReadableKind } from "./rpc.ts";
import { StreamEvent } from "./stream-event.ts";

type SnapshotKind = Exclude<ReadableKind, "source" | "identity">;

/** Records of one kind: those of an account, or all of them. They are shown in key order. */
export interface SnapshotPart {
  readonly kind: SnapshotKind;
  readonly accountId: string | undefined;
}

/** Which kinds of record each view shows, in this order. */
const KINDS_OF: { readonly [V in View]: readonly SnapshotKind[] } = {
  SubscriptionType_Balances: ["balance"],
  SubscriptionType_Holdings: ["holding"],
  SubscriptionType_Orders: ["order"],
  SubscriptionType_Requests: ["request"],
  SubscriptionType_Updates: ["order"],
  SubscriptionType_Feed: ["order", "request"],
  SubscriptionType_Status: ["feed"],
  SubscriptionType_Metadata: ["owner", "status", "exchange", "account"],
  SubscriptionType_Transactions: [],
};

/** Kinds whose records belong to an account. */
const KINDS_OF_ACCOUNTS: ReadonlySet<SnapshotKind> = new Set(["account", "balance", "holding", "order", "request"]);

/** Whether a view has live records to show. */
export function hasSnapshot(view: View): boolean {
  return KINDS_OF[view].length > 0;
}

/** The parts of a subscription's snapshot, in order: always the same, so that a number says how far it has come. */
export function snapshotParts(subscription: Subscription): readonly SnapshotPart[] {
  const accounts = accountsOf(subscription);
  return KINDS_OF[subscription.type].flatMap((kind): SnapshotPart[] =>
    accounts === undefined || !KINDS_OF_ACCOUNTS.has(kind)
      ? [{ kind, accountId: undefined }]
      : accounts.map((accountId) => ({ kind, accountId })),
  );
}

/** What one frame shows of a part, and how far in it that is. */
export interface SnapshotPiece {
  readonly events: readonly StreamEvent[];
  /** Characters that were read. */
  readonly read: number;
  /** The key of the last record that was looked at. */
  readonly after: string;
  /** The part has nothing more. */
  readonly isDone: boolean;
}

/**
 * The events of one frame: what a subscription receives of the records of a part after a key, now or as at a moment.
 * `most` is how many characters it has, but for its last record.
 */
export function snapshotPiece(
  store: Store,
  subscription: Subscription,
  { part, after }: { readonly part: SnapshotPart; readonly after: string },
  asAt: At | undefined,
  most: number = LIMITS.EVENT_FRAME_BYTES,
): SnapshotPiece {
  const routeOf = orderRouter(store, asAt);
  const matches = matcherOf(subscription, routeOf);
  const events: StreamEvent[] = [];
  let read = 0;
  let last = after;
  for (const { key, body } of partRecords(store, part, after, asAt)) {
    const event = snapshotEvent(subscription.type, part.kind, body);
    last = key;
    read += event.length;
    const shape = shapeOf(event);
    // A live order is shown as coming from the feed that executes it.
    if (matches(shape, routeOf(shape.Action?.Order))) events.push(new StreamEvent(shape, () => event));
    if (read >= most) return { events, read, after: last, isDone: false };
  }
  return { events, read, after: last, isDone: true };
}

function shapeOf(event: string): EventShape {
  // The system wrote it. Plain parsing is exact: what a double cannot carry was written as an object.
  return JSON.parse(event) as EventShape;
}

/** The records of a part after a key (empty: from its beginning), now or as at a moment, in key order. */
function partRecords(
  store: Store,
  { kind, accountId }: SnapshotPart,
  after: string,
  asAt: At | undefined,
): Iterable<{ readonly key: Key; readonly body: string }> {
  if (kind === "account" && accountId !== undefined) return after === "" ? oneAccount(store, accountId, asAt) : [];
  const range = {
    ...(accountId !== undefined && { prefix: accountPrefix(accountId) }),
    ...(after !== "" && { after }),
  };
  return recordsOf(store, kind, range, asAt);
}

function oneAccount(store: Store, accountId: string, asAt: At | undefined) {
  const key = keyOf.account(accountId);
  const body = store.version("account", key, asAt);
  return body === undefined ? [] : [{ key, body }];
}

/** The event that shows a live record in a view's snapshot, given its state as wire-ready JSON (rule E3). */
function snapshotEvent(view: View, kind: SnapshotKind, body: string): string {
  switch (kind) {
    case "balance":
      return `{"Type":"UpdateEventType_Balance","Balance":${body}}`;
    case "holding":
      return `{"Type":"UpdateEventType_Holding","Holding":${body}}`;
    case "order":
      return view === "SubscriptionType_Updates"
        ? `{"Type":"UpdateEventType_Action","Action":{"Type":"ExternalActionType_Replace","Order":${body}}}`
        : `{"Type":"UpdateEventType_Order","Order":${body}}`;
    case "request":
      return `{"Type":"UpdateEventType_Request","Request":${body}}`;
    case "feed":
      return `{"Type":"UpdateEventType_Status","Status":${body}}`;
    case "owner":
      return defining("OperationType_DefineOwner", "OwnerDetails", body);
    case "status":
      return defining("OperationType_DefineRequestStatus", "RequestStatus", body);
    case "exchange":
      return defining("OperationType_DefineExchange", "ExchangeDetails", body);
    case "account":
      return defining("OperationType_DefineAccount", "AccountDetails", body);
  }
}

function defining(type: OperationType, field: keyof Operation, body: string): string {
  return `{"Type":"UpdateEventType_Operation","Operation":{"Type":"${type}","${field}":${body}}}`;
}

/**
 * A replica: the fold of events by key. Update replaces a record, Remove deletes it; nothing else needs to be known of
 * the business. It also keeps a digest of every event in order, so that two replicas can be told apart exactly.
 */
import { createHash, type Hash } from "node:crypto";
import type {
  AssetPosition,
  CashPosition,
  OrderState,
  SubscriptionType,
  UpdateEvent,
} from "../../src/protocol/messages/index.ts";

/** The key of a record within its kind; account, then what it is. */
export function keyOfRecord(...parts: readonly (string | undefined)[]): string {
  return parts.map((part) => part ?? "").join("\u001f");
}

export function balanceKey({ Account, Currency }: CashPosition): string {
  return keyOfRecord(Account?.AccountID, Currency);
}

export function holdingKey({ Account, Exchange, Code }: AssetPosition): string {
  return keyOfRecord(Account?.AccountID, Exchange, Code);
}

export function orderKey({ Account, OrderID }: OrderState): string {
  return keyOfRecord(Account?.AccountID, OrderID);
}

export class Replica {
  readonly balances = new Map<string, CashPosition>();
  readonly holdings = new Map<string, AssetPosition>();
  readonly orders = new Map<string, OrderState>();
  readonly #digest: Hash = createHash("sha256");
  #events = 0;

  /** How many events were folded, apart from snapshots. */
  get events(): number {
    return this.#events;
  }

  /** A digest of the folded events, in order. */
  get digest(): string {
    return this.#digest.copy().digest("hex");
  }

  /** Folds an event of the log. */
  fold(event: UpdateEvent): void {
    this.#events++;
    this.#digest.update(JSON.stringify(event));
    this.#change(event);
  }

  /** Replaces what a subscription covers by a snapshot of it. */
  restore(type: SubscriptionType, snapshot: readonly UpdateEvent[]): void {
    if (type === "SubscriptionType_Balances") this.balances.clear();
    if (type === "SubscriptionType_Holdings") this.holdings.clear();
    if (type === "SubscriptionType_Orders") this.orders.clear();
    for (const event of snapshot) this.#change(event);
  }

  #change({ UpdateAction, Balance, Holding, Order }: UpdateEvent): void {
    const removed = UpdateAction === "UpdateAction_Remove";
    if (Balance !== undefined) put(this.balances, balanceKey(Balance), Balance, removed);
    if (Holding !== undefined) put(this.holdings, holdingKey(Holding), Holding, removed);
    if (Order !== undefined) put(this.orders, orderKey(Order), Order, removed);
  }
}

function put<Value>(records: Map<string, Value>, key: string, value: Value, removed: boolean): void {
  if (removed) records.delete(key);
  else records.set(key, value);
}

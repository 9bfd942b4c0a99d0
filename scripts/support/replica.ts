/**
 * A replica: the fold of events by key. It also keeps a digest of every event in order, so that two replicas can be told
 * apart exactly.
 */
import { createHash, type Hash } from "node:crypto";
import type { Change, ViewName } from "../../src/client/index.ts";
import { type Folded, folded } from "../../src/domain/fold.ts";
import type { AssetPosition, CashPosition, OrderState, UpdateEvent } from "../../src/protocol/messages/index.ts";

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
    this.#take(folded(event));
  }

  /** Takes over what a snapshot changed in a view. */
  restore(view: ViewName, { key, event }: Change): void {
    if (event !== undefined) this.#take(folded(event));
    else if (view === "Balances") this.balances.delete(key);
    else if (view === "Holdings") this.holdings.delete(key);
    else if (view === "Orders") this.orders.delete(key);
  }

  #take(change: Folded | undefined): void {
    switch (change?.kind) {
      case "balance":
        put(this.balances, change.key, change.state);
        return;
      case "holding":
        put(this.holdings, change.key, change.state);
        return;
      case "order":
        put(this.orders, change.key, change.state);
        return;
      default:
    }
  }
}

function put<Value>(records: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) records.delete(key);
  else records.set(key, value);
}

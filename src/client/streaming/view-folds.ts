/** What each view makes of an event: the record that it shows, by key; or, for the views that keep nothing, the event. */
import { type FoldedKind, folded, KEY_SEPARATOR, type View } from "../../domain/fold.ts";
import type { UpdateEvent } from "../../protocol/messages/index.ts";
import type { RecordOf, ViewName } from "./views.ts";

/** A record of a view after an event; without one it is gone. */
export interface Told<Name extends ViewName> {
  readonly key: string;
  readonly record: RecordOf<Name> | undefined;
}

type Fold<Name extends ViewName> = (event: UpdateEvent) => Told<Name> | undefined;

/** How each view folds an event; undefined for an event that it does not show. */
export const VIEW_FOLDS: { readonly [Name in ViewName]: Fold<Name> } = {
  Balances: (event) => {
    const change = folded(event);
    return change?.kind === "balance" ? { key: change.key, record: change.state } : undefined;
  },
  Holdings: (event) => {
    const change = folded(event);
    return change?.kind === "holding" ? { key: change.key, record: change.state } : undefined;
  },
  Orders: (event) => {
    const change = folded(event);
    return change?.kind === "order" ? { key: change.key, record: change.state } : undefined;
  },
  Requests: (event) => {
    const change = folded(event);
    return change?.kind === "request" ? { key: change.key, record: change.state } : undefined;
  },
  Status: (event) => {
    const change = folded(event);
    return change?.kind === "feed" ? { key: change.key, record: change.state } : undefined;
  },
  Metadata: (event) => {
    const change = folded(event);
    switch (change?.kind) {
      case "owner":
        return { key: taggedKey(change), record: tagged("owner", change.state) };
      case "account":
        return { key: taggedKey(change), record: tagged("account", change.state) };
      case "exchange":
        return { key: taggedKey(change), record: tagged("exchange", change.state) };
      case "status":
        return { key: taggedKey(change), record: tagged("status", change.state) };
      default:
        return undefined;
    }
  },
  Feed: (event) => {
    const change = folded(event);
    switch (change?.kind) {
      case "order":
        return { key: taggedKey(change), record: tagged("order", change.state) };
      case "request":
        return { key: taggedKey(change), record: tagged("request", change.state) };
      default:
        return undefined;
    }
  },
  Transactions: ({ Transaction }) => (Transaction === undefined ? undefined : { key: "", record: Transaction }),
  Updates: (event) => ({ key: "", record: event }),
};

/** Whether a view keeps records by key. */
export function hasRecords(name: ViewName): boolean {
  return name !== "Transactions" && name !== "Updates";
}

/** The views that show orders. Of an order's event it cannot be told by which feed the order is executed. */
export function showsOrders(view: View): boolean {
  return view === "SubscriptionType_Orders" || view === "SubscriptionType_Feed";
}

function taggedKey({ kind, key }: { readonly kind: FoldedKind; readonly key: string }): string {
  return `${kind}${KEY_SEPARATOR}${key}`;
}

function tagged<K extends FoldedKind, State>(kind: K, state: State | undefined) {
  return state === undefined ? undefined : { kind, state };
}

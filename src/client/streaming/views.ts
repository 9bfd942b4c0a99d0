/** The views that can be subscribed to, and what their replicas hold. */
import type { FoldedKind, FoldedState, View } from "../../domain/fold.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  ClientTransaction,
  FeedDetails,
  OrderState,
  UpdateEvent,
} from "../../protocol/messages/index.ts";

/** A record of a view that shows several kinds: `state` is what its kind says. */
export type Tagged<Kind extends FoldedKind> = {
  readonly [K in Kind]: { readonly kind: K; readonly state: FoldedState<K> };
}[Kind];

/** What is shown by the views that show states: a record of each key. */
export interface StateViews {
  readonly Balances: CashPosition;
  readonly Holdings: AssetPosition;
  readonly Orders: OrderState;
  readonly Requests: ClientRequestState;
  readonly Status: FeedDetails;
  readonly Metadata: Tagged<"owner" | "account" | "exchange" | "status">;
  /** What concerns one adapter: the orders and requests of its feed. */
  readonly Feed: Tagged<"order" | "request">;
}

/** What is shown by the views that tell what happened, and keep nothing. */
export interface StreamViews {
  readonly Transactions: ClientTransaction;
  /** Actions, client requests and their updates. Its snapshot shows each live order as an Action of type Replace. */
  readonly Updates: UpdateEvent;
}

export type StateViewName = keyof StateViews;
export type StreamViewName = keyof StreamViews;
export type ViewName = StateViewName | StreamViewName;

/** The record that a view shows. */
export type RecordOf<Name extends ViewName> = Name extends StateViewName
  ? StateViews[Name]
  : Name extends StreamViewName
    ? StreamViews[Name]
    : never;

/** Narrows a view. What is left out does not narrow it. */
export interface Targets {
  /** Accounts of the session's Owner, by their AccountID. */
  readonly accounts?: readonly string[];
  readonly exchanges?: readonly string[];
  /** Feeds, for the views Requests, Updates, Status and Feed; the last must name some. */
  readonly feeds?: readonly string[];
}

/** The view's name on the wire. */
export function wireName(name: ViewName): View {
  return `SubscriptionType_${name}`;
}

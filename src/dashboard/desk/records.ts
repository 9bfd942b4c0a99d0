/** The records that the desk shows: their keys, and what is computed from them. */
import type { Decimal } from "../../protocol/decimal.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  FeedDetails,
  OrderState,
} from "../../protocol/messages/index.ts";
import { orZero } from "../format/amounts.ts";

/** Everything of an Owner, or of one account, at one moment. */
export interface Tables {
  readonly balances: readonly CashPosition[];
  readonly holdings: readonly AssetPosition[];
  readonly orders: readonly OrderState[];
  readonly requests: readonly ClientRequestState[];
  /** Absent for a past moment: how feeds were is not kept to be read. */
  readonly feeds?: readonly FeedDetails[];
}

export const NO_TABLES: Tables = { balances: [], holdings: [], orders: [], requests: [], feeds: [] };

/** Unique among all records of all kinds. */
export const keyOf = {
  balance: ({ Account, Currency }: CashPosition) => joined("balance", Account?.AccountID, Currency),
  holding: ({ Account, Exchange, Code }: AssetPosition) => joined("holding", Account?.AccountID, Exchange, Code),
  order: ({ Account, OrderID }: OrderState) => joined("order", Account?.AccountID, OrderID),
  request: ({ Request }: ClientRequestState) => joined("request", Request?.Account?.AccountID, Request?.RequestID),
  feed: ({ FeedID }: FeedDetails) => joined("feed", FeedID),
} as const;

/** What may be spent (rule O4): Balance + UnbookedTransactions − UnfilledBuys + Margin. */
export function availableCash({ Balance, UnbookedTransactions, UnfilledBuys, Margin }: CashPosition): Decimal {
  return orZero(Balance).plus(orZero(UnbookedTransactions)).minus(orZero(UnfilledBuys)).plus(orZero(Margin));
}

/** What may be sold: Quantity − UnfilledSells. */
export function availableQuantity({ Quantity, UnfilledSells }: AssetPosition): Decimal {
  return orZero(Quantity).minus(orZero(UnfilledSells));
}

/** What is left to trade of an order. */
export function leaves({ Quantity, ExecutedQuantity }: OrderState): Decimal {
  return orZero(Quantity).minus(orZero(ExecutedQuantity));
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.map((part = "") => encodeURIComponent(part)).join("/");
}

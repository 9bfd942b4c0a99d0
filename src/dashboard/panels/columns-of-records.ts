/** The columns of each panel. Where there is little room, those that matter most. */
import type { Decimal } from "../../protocol/decimal.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  FeedDetails,
  OrderState,
} from "../../protocol/messages/index.ts";
import type { ListedEvent } from "../desk/event-log.ts";
import { availableCash, availableQuantity } from "../desk/records.ts";
import { feedStatus } from "../desk/told.ts";
import { amountText, orZero } from "../format/amounts.ts";
import { clockText, millisecondsOf, momentText, secondsText } from "../format/times.ts";
import { wordsOf } from "../format/words.ts";
import type { Column } from "../table/columns.ts";

type Amount = Decimal | undefined;

/** A column of amounts, which sorts by what they are and not by how they are written. */
function amount<Row>(
  name: string,
  title: string,
  of: (row: Row) => Amount,
  { decimals = 0, ...rest }: { readonly decimals?: number } & Partial<Column<Row>> = {},
): Column<Row> {
  return {
    name,
    title,
    isNumeric: true,
    text: (row) => {
      const value = of(row);
      return value === undefined ? "" : amountText(value, decimals);
    },
    compare: (left, right) => orZero(of(left)).compare(orZero(of(right))),
    tone: (row) => (orZero(of(row)).sign < 0 ? "negative" : undefined),
    ...rest,
  };
}

const CASH = { decimals: 2 } as const;

export const BALANCE_COLUMNS: readonly Column<CashPosition>[] = [
  { name: "account", title: "Account", text: ({ Account }) => Account?.AccountID ?? "" },
  { name: "currency", title: "Cash", text: ({ Currency }) => Currency ?? "" },
  amount("available", "Available", availableCash, { ...CASH }),
  amount("balance", "Balance", ({ Balance }) => orZero(Balance), CASH),
  amount("unbooked", "Unbooked", ({ UnbookedTransactions }) => orZero(UnbookedTransactions), {
    ...CASH,
    isMinor: true,
  }),
  amount("reserved", "Reserved", ({ UnfilledBuys }) => orZero(UnfilledBuys), { ...CASH, isMinor: true }),
];

export const HOLDING_COLUMNS: readonly Column<AssetPosition>[] = [
  { name: "account", title: "Account", text: ({ Account }) => Account?.AccountID ?? "" },
  { name: "code", title: "Code", text: ({ Code }) => Code ?? "" },
  { name: "exchange", title: "Market", isMinor: true, text: ({ Exchange }) => Exchange ?? "" },
  amount("quantity", "Quantity", ({ Quantity }) => orZero(Quantity)),
  amount("selling", "For sale", ({ UnfilledSells }) => orZero(UnfilledSells), { isMinor: true }),
  amount("available", "Available", availableQuantity, { isMinor: true }),
  amount("average", "Average", ({ AveragePrice }) => AveragePrice, { decimals: 2 }),
];

export const ORDER_COLUMNS: readonly Column<OrderState>[] = [
  {
    name: "created",
    title: "Entered",
    isMinor: true,
    text: ({ Created }) => (Created === undefined ? "" : secondsText(millisecondsOf(Created))),
    compare: (left, right) => ((left.Created ?? "") < (right.Created ?? "") ? -1 : 1),
  },
  { name: "order", title: "Order", most: 24, isMinor: true, text: ({ OrderID }) => OrderID ?? "" },
  { name: "account", title: "Account", text: ({ Account }) => Account?.AccountID ?? "" },
  { name: "side", title: "Side", text: ({ Side }) => wordsOf(Side), tone: ({ Side }) => sideTone(Side) },
  { name: "code", title: "Code", text: ({ Code }) => Code ?? "" },
  amount("quantity", "Quantity", ({ Quantity }) => orZero(Quantity)),
  amount("price", "Price", ({ Price }) => Price, { decimals: 2 }),
  amount("executed", "Done", ({ ExecutedQuantity }) => orZero(ExecutedQuantity), { isMinor: true }),
  { name: "status", title: "Status", isMinor: true, text: ({ Status }) => Status ?? "" },
];

export const REQUEST_COLUMNS: readonly Column<ClientRequestState>[] = [
  { name: "account", title: "Account", text: ({ Request }) => Request?.Account?.AccountID ?? "" },
  { name: "request", title: "Request", text: ({ Request }) => Request?.RequestID ?? "" },
  { name: "type", title: "Type", text: ({ Request }) => wordsOf(Request?.Type) },
  { name: "status", title: "Status", text: ({ Status }) => Status ?? "" },
  { name: "route", title: "Sent to", isMinor: true, text: ({ Route }) => Route ?? "" },
  { name: "errors", title: "Errors", isMinor: true, text: ({ Errors = [] }) => Errors.join(", ") },
];

export const FEED_COLUMNS: readonly Column<FeedDetails>[] = [
  { name: "feed", title: "Feed", text: ({ FeedID }) => FeedID ?? "" },
  {
    name: "status",
    title: "Status",
    text: ({ Status }) => feedStatus(Status),
    tone: ({ Status }) => (Status === "CONNECTIONSTATUS_ONLINE" ? "up" : "down"),
  },
  {
    name: "since",
    title: "Since",
    text: ({ Timestamp }) => (Timestamp === undefined ? "" : momentText(millisecondsOf(Timestamp))),
    compare: (left, right) => ((left.Timestamp ?? "") < (right.Timestamp ?? "") ? -1 : 1),
  },
];

export const EVENT_COLUMNS: readonly Column<ListedEvent>[] = [
  { name: "at", title: "Time", text: ({ at }) => clockText(at) },
  { name: "view", title: "What", isMinor: true, text: ({ view }) => EVENT_NAMES[view] },
  { name: "account", title: "Account", isMinor: true, text: ({ account }) => account },
  { name: "text", title: "Event", most: 46, text: ({ text, isGone }) => (isGone ? `Gone: ${text}` : text) },
  { name: "place", title: "Position", isMinor: true, text: ({ place }) => place },
];

/** What an event of each view is about. */
export const EVENT_NAMES = {
  Balances: "Balance",
  Holdings: "Holding",
  Orders: "Order",
  Requests: "Request",
  Transactions: "Transaction",
  Status: "Feed",
} as const satisfies Record<ListedEvent["view"], string>;

function sideTone(side: OrderState["Side"]): string | undefined {
  switch (side) {
    case "SIDE_BUY":
      return "buy";
    case "SIDE_SELL":
    case "SIDE_SHORTSELL":
    case "SIDE_SHORTSELL_EXEMPT":
      return "sell";
    default:
      return undefined;
  }
}

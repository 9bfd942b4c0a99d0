/** Every kind of record that is shown, exported or imported. */
import { Decimal } from "../../protocol/decimal.ts";
import {
  AccountDetails,
  AssetPosition,
  AssetTransferRequest,
  AuditRecord,
  CashPosition,
  CashSettlementRecord,
  CashTransferRequest,
  ClientRequestResponse,
  ClientRequestState,
  ClientTransaction,
  EventMessage,
  ExchangeDetails,
  FeedDetails,
  FeedRequest,
  FeedResponse,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RecordedAction,
  RecordedState,
  RequestStatusDetails,
  UpdateEvent,
} from "../../protocol/messages/index.ts";
import { exactJson } from "../output/json.ts";
import { recordKind } from "./kind.ts";

export const ACCOUNTS = recordKind("accounts", AccountDetails, [
  "Account",
  "Name",
  "Classification",
  ["DefaultCurrency", "Currency"],
  "Categories",
  "Attributes",
]);

/** Rule O4. */
export function availableCash({ Balance, UnbookedTransactions, UnfilledBuys, Margin }: CashPosition): Decimal {
  const zero = Decimal.ZERO;
  return (Balance ?? zero)
    .plus(UnbookedTransactions ?? zero)
    .minus(UnfilledBuys ?? zero)
    .plus(Margin ?? zero);
}

export const BALANCES = recordKind("balances", CashPosition, [
  "Account",
  "Currency",
  "Balance",
  ["UnbookedTransactions", "Unbooked"],
  ["UnfilledBuys", "Reserved"],
  "Margin",
  { title: "Available", figure: availableCash },
  ["Values", "Pools"],
]);

export const HOLDINGS = recordKind("holdings", AssetPosition, [
  "Account",
  "Exchange",
  "Code",
  "Quantity",
  ["UnfilledSells", "For sale"],
  ["AveragePrice", "Average"],
  "Currency",
  "Values",
]);

export const ORDERS = recordKind("orders", OrderState, [
  "Account",
  ["OrderID", "Order"],
  "Exchange",
  "Code",
  "Side",
  ["OrderType", "Type"],
  "Quantity",
  "Price",
  ["ExecutedQuantity", "Executed"],
  "Status",
]);

export const REQUESTS = recordKind(
  "requests",
  ClientRequestState,
  [
    "Request.Account",
    ["Request.RequestID", "Request"],
    "Request.Type",
    "Status",
    ["OrderID", "Order"],
    "Route",
    ["Request.Queue", "Queue"],
    "Errors",
    "Text",
    ["Timestamp", "Since"],
  ],
  ["Request"],
);

export const OUTCOMES = recordKind("outcomes", ClientRequestResponse, [
  "Account",
  ["RequestID", "Request"],
  "Type",
  ["OrderID", "Order"],
  "Status",
  "Errors",
  "Values",
  "Parameters",
]);

export const CASH_TRANSFERS = recordKind(
  "transfers",
  CashTransferRequest,
  ["Transaction.TransactionID", "Transaction.Account", "Transfer.Currency", "Transfer.Value"],
  ["Transaction", "Transfer"],
);

export const ASSET_TRANSFERS = recordKind(
  "transfers",
  AssetTransferRequest,
  ["Transaction.TransactionID", "Transaction.Account", "Transfer.Exchange", "Transfer.Code", "Transfer.Value"],
  ["Transaction", "Transfer"],
);

export const SETTLEMENTS = recordKind("settlements", CashSettlementRecord, [
  "Owner",
  "Account",
  "Currency",
  "ExpectedBalance",
  "Settle",
]);

export const OWNERS = recordKind("owners", OwnerDetails, [["OwnerID", "Owner"], "Name", "Destinations", "Metadata"]);

export const EXCHANGES = recordKind("exchanges", ExchangeDetails, [
  "Exchange",
  "Destinations",
  "Metadata",
  { title: "Statuses", figure: ({ OrderStatuses }) => OrderStatuses?.length ?? 0 },
]);

export const STATUSES = recordKind("statuses", RequestStatusDetails, [
  "Code",
  "Name",
  ["IsNormal", "Normal"],
  ["IsManual", "Manual"],
  ["IsTransition", "Transition"],
  ["IsCompleted", "Completed"],
  ["CanAmend", "Amend"],
  ["CanCancel", "Cancel"],
]);

export const IDENTITIES = recordKind("identities", Permissions, [
  "Source",
  "Identity",
  "Type",
  "Owners",
  "Features",
  "Feeds",
  "Exchanges",
]);

export const SOURCES = recordKind("identity sources", IdentitySource, ["Code", "Name", "Authentication", "Parameters"]);

export const FEEDS = recordKind("feeds", FeedDetails, [
  ["FeedID", "Feed"],
  "Status",
  ["Timestamp", "Since"],
  "ExpireAfter",
]);

export const FEED_UPDATES = recordKind(
  "updates",
  FeedRequest,
  [["Position.Position", "Position"], "Type", "Action", "Operation", "Request", "Update", "Status"],
  ["Position"],
);

export const ANSWERS = recordKind("answers", FeedResponse, ["Type", "Tag", "Errors", "Parameters", "QueryData"]);

/** What a history, a log or the trades are told in: the update that was applied, and what there is of it. */
export const TRADES = recordKind(
  "trades",
  RecordedAction,
  [
    ["Position.ExecutedAt", "Time"],
    ["Order.Account", "Account"],
    ["Order.OrderID", "Order"],
    ["Trade.TradeID", "Trade"],
    ["Trade.Type", "Type"],
    ["Order.Exchange", "Exchange"],
    ["Order.Code", "Code"],
    ["Order.Side", "Side"],
    ["Trade.Quantity", "Quantity"],
    ["Trade.Price", "Price"],
    ["Trade.AdditionalFunds", "Fees"],
  ],
  ["Position", "Order", "Trade"],
);

/** What an update says, whichever kind it is. */
function whatOf({ Update, Unreadable = "" }: AuditRecord): string {
  const { Type: _type, UpdateAction: _action, ...content } = Update ?? {};
  const said = Object.values(content).find((part) => part !== undefined);
  if (said === undefined || Update === undefined) return Unreadable;
  const json = exactJson(Update, UpdateEvent);
  return json.slice(json.indexOf(":{") + 1, -1);
}

export const AUDIT_RECORDS = recordKind(
  "records",
  AuditRecord,
  [["Timestamp", "Time"], "Sequence", ["ID", "Position"], "Update.Type", "Errors", { title: "What", text: whatOf }],
  ["Update"],
);

const RECORDED = [["At", "Time"], "Sequence", "Position", ["Update.Type", "Update"]] as const;

export const BALANCE_STATES = recordKind(
  "states",
  RecordedState,
  [
    ...RECORDED,
    ["Event.UpdateAction", "Action"],
    ["Event.Balance.Balance", "Balance"],
    ["Event.Balance.UnbookedTransactions", "Unbooked"],
    ["Event.Balance.UnfilledBuys", "Reserved"],
    ["Event.Balance.Margin", "Margin"],
    ["Event.Balance.Values", "Pools"],
  ],
  ["Update", "Event", "Event.Balance"],
);

export const HOLDING_STATES = recordKind(
  "states",
  RecordedState,
  [
    ...RECORDED,
    ["Event.UpdateAction", "Action"],
    ["Event.Holding.Quantity", "Quantity"],
    ["Event.Holding.UnfilledSells", "For sale"],
    ["Event.Holding.AveragePrice", "Average"],
    ["Event.Holding.Currency", "Currency"],
  ],
  ["Update", "Event", "Event.Holding"],
);

export const ORDER_STATES = recordKind(
  "states",
  RecordedState,
  [
    ...RECORDED,
    ["Event.UpdateAction", "Action"],
    ["Event.Order.Account", "Account"],
    ["Event.Order.Quantity", "Quantity"],
    ["Event.Order.Price", "Price"],
    ["Event.Order.ExecutedQuantity", "Executed"],
    ["Event.Order.Status", "Status"],
  ],
  ["Update", "Event", "Event.Order"],
);

export const EVENTS = recordKind(
  "events",
  EventMessage,
  [
    ["Position.ExecutedAt", "Time"],
    ["Position.Sequence", "Sequence"],
    ["Position.Position", "Position"],
    "Type",
    "Updates",
  ],
  ["Position"],
);

export const TRANSACTIONS = recordKind(
  "transactions",
  ClientTransaction,
  [
    ["Details.Timestamp", "Time"],
    ["Details.Account", "Account"],
    ["Details.TransactionID", "Transaction"],
    "Type",
    ["CashTransfer.Currency", "Currency"],
    ["CashTransfer.Pool", "Pool"],
    ["CashTransfer.Value", "Cash"],
    ["CashAdjustment.Value", "Cash adjusted"],
    ["AssetTransfer.Code", "Code"],
    ["AssetTransfer.Value", "Assets"],
    ["AssetAdjustment.Value", "Assets adjusted"],
  ],
  ["Details", "CashTransfer", "AssetTransfer", "AssetAdjustment", "CashAdjustment"],
);

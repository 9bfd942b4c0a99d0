/** Updates and events in one line each. */
import type { Decimal } from "../../protocol/decimal.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  ClientTransaction,
  ExternalAction,
  FeedDetails,
  Operation,
  OrderState,
  OrderTrade,
  UpdateEvent,
} from "../../protocol/messages/index.ts";
import { amountText, differenceText, orZero } from "../format/amounts.ts";
import { wordsOf } from "../format/words.ts";
import { availableCash } from "./records.ts";

/** What an update did: `Bought 40 BHP at 45.10 (trade T1 of order O1)`. */
export function updateText(update: UpdateEvent | undefined): string {
  switch (update?.Type) {
    case "UpdateEventType_Action":
      return actionText(update.Action ?? {});
    case "UpdateEventType_ClientRequest":
      return `Request ${update.ClientRequest?.RequestID ?? ""}: ${wordsOf(update.ClientRequest?.Type)}`;
    case "UpdateEventType_ClientRequestUpdate":
      return `Request ${update.ClientRequestUpdate?.RequestID ?? ""} became ${update.ClientRequestUpdate?.Status ?? "?"}`;
    case "UpdateEventType_Operation":
      return operationText(update.Operation ?? {});
    case "UpdateEventType_Status":
      return feedText(update.Status ?? {});
    default:
      return "The OMS itself, by a timer";
  }
}

export function orderText({ Side, Quantity, Code, Price, ExecutedQuantity, Status }: OrderState): string {
  const price = Price === undefined ? "at any price" : `at ${amountText(Price, 2)}`;
  const executed = orZero(ExecutedQuantity).isZero ? "" : `, ${amountText(orZero(ExecutedQuantity))} done`;
  return `${wordsOf(Side)} ${amountText(orZero(Quantity))} ${Code ?? ""} ${price}: ${Status ?? ""}${executed}`;
}

export function balanceText(balance: CashPosition): string {
  const { Currency, Balance } = balance;
  return `${Currency ?? ""} ${amountText(availableCash(balance), 2)} available, balance ${amountText(orZero(Balance), 2)}`;
}

export function holdingText({ Code, Quantity, AveragePrice }: AssetPosition): string {
  const average = AveragePrice === undefined ? "" : `, average ${amountText(AveragePrice, 2)}`;
  return `${amountText(orZero(Quantity))} ${Code ?? ""}${average}`;
}

export function requestText({ Request, Status, Errors = [] }: ClientRequestState): string {
  const errors = Errors.length === 0 ? "" : ` (${Errors.join(", ")})`;
  return `${wordsOf(Request?.Type)} ${Request?.RequestID ?? ""}: ${Status ?? ""}${errors}`;
}

export function feedText({ FeedID, Status }: FeedDetails): string {
  return `Feed ${FeedID ?? ""} is ${feedStatus(Status)}`;
}

/** An absent status is the first of its list: disconnected. */
export function feedStatus(status: FeedDetails["Status"]): string {
  return wordsOf(status ?? "CONNECTIONSTATUS_DISCONNECTED").toLowerCase();
}

export function transactionText(transaction: ClientTransaction): string {
  const { Type, CashTransfer, AssetTransfer, CashAdjustment, AssetAdjustment, Details } = transaction;
  const moved = [
    ...amountOf(CashTransfer?.Value ?? CashAdjustment?.Value, CashTransfer?.Currency ?? CashAdjustment?.Currency, 2),
    ...amountOf(AssetTransfer?.Value ?? AssetAdjustment?.Value, AssetTransfer?.Code ?? AssetAdjustment?.Code, 0),
  ];
  return `${wordsOf(Type)} ${Details?.TransactionID ?? ""}: ${moved.join(", ")}`;
}

function amountOf(value: Decimal | undefined, unit: string | undefined, decimals: number): readonly string[] {
  return value === undefined ? [] : [`${differenceText(value, decimals)} ${unit ?? ""}`];
}

function actionText({ Type, Order, Update, Trade, Transaction, CashTransfer, AssetTransfer }: ExternalAction): string {
  switch (Type) {
    case "ExternalActionType_Trade":
      return tradeText(Trade ?? {}, Order ?? {});
    case "ExternalActionType_Update":
    case "ExternalActionType_Replace": {
      const reason = Update?.Reason === undefined ? "" : ` (${wordsOf(Update.Reason).toLowerCase()})`;
      return `Order ${Order?.OrderID ?? ""}${reason}: ${orderText(Order ?? {})}`;
    }
    case "ExternalActionType_CashTransfer": {
      const value = amountOf(CashTransfer?.Value, CashTransfer?.Currency, 2).join("");
      return `Cash transfer ${Transaction?.TransactionID ?? ""}: ${value}`;
    }
    case "ExternalActionType_AssetTransfer": {
      const value = amountOf(AssetTransfer?.Value, AssetTransfer?.Code, 0).join("");
      return `Asset transfer ${Transaction?.TransactionID ?? ""}: ${value}`;
    }
    default:
      return wordsOf(Type);
  }
}

const VERBS: Readonly<Record<string, string>> = { SIDE_BUY: "Bought" };

function tradeText({ TradeID, Type, Price, Quantity }: OrderTrade, { OrderID, Side, Code }: OrderState): string {
  const fill = `${amountText(orZero(Quantity))} ${Code ?? ""} at ${amountText(orZero(Price), 2)}`;
  const ids = `(trade ${TradeID ?? ""} of order ${OrderID ?? ""})`;
  switch (Type) {
    case "OrderTradeType_Cancel":
      return `Trade taken back ${ids}`;
    case "OrderTradeType_Correction":
      return `Corrected to ${fill} ${ids}`;
    default:
      return `${VERBS[Side ?? ""] ?? "Sold"} ${fill} ${ids}`;
  }
}

function operationText({ Type, AccountDetails, AccountTransform, Transform }: Operation): string {
  const subject = AccountDetails?.Account ?? AccountTransform?.Account;
  const about = subject?.AccountID ?? Transform?.Code ?? "";
  return `${wordsOf(Type)} ${about}`.trim();
}

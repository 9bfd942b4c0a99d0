/** What every code of a refusal means to whoever gets it. */
import { ERRORS, type ErrorCode } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";

export const ERROR_TEXTS: Readonly<Record<ErrorCode, string>> = {
  "Message.Unreadable": "It is not JSON, not UTF-8, nested too deeply, or empty.",
  "Message.TooLarge": `It is larger than it may be: an update ${LIMITS.UPDATE_BYTES} bytes, a body or frame ${LIMITS.BODY_BYTES} bytes, an array ${LIMITS.BULK_ITEMS} items.`,
  "Message.MediaType": "Its media type is not one that is taken here, or it is compressed.",
  "Message.Method": "The path has other methods; they are in the header Allow.",
  "Message.Upgrade": "Only a WebSocket can be opened here.",
  "Field.Unknown": "There is no such field or parameter; the detail names it.",
  "Field.Invalid": "A field or parameter has a wrong type or a content that it cannot have; the detail is its path.",
  "Field.Missing": "A field or parameter that is needed here was left out; the detail is its path.",
  Unauthenticated: "There is no valid token: none, an expired one, or one of nobody who is known.",
  Authority: "The caller lacks a feature, or may not see the Owner, or may not do this to it.",
  "Owner.Unknown": "There is no such Owner, or the caller may not see it.",
  "Owner.Occupied": "The Owner has balances, holdings or orders, and is undefined only with `force=true`.",
  "Owner.Taken": "Another Owner has that name.",
  Unknown: "There is no such record, feed or path.",
  "Account.OtherOwner": "An account cannot be given to another Owner.",
  Account: "The account is missing, or is another's than the rest says.",
  Order: "There is no such order, or it cannot be what is asked for.",
  Side: "The side is missing, or is not the order's.",
  Exchange: "There is no such exchange, or it is not the order's.",
  Operation: "The operation is not possible here, or not for this caller.",
  "Trade.Duplicate": "The trade is known with other content.",
  "Trade.Unknown": "There is no such trade to be corrected or cancelled.",
  "Trade.Cancelled": "The trade has been cancelled already.",
  "Transaction.Conflict": "Another transaction of the account has this id.",
  "Transform.Conflict": "Another transform has this id.",
  "Settlement.Balance": "The Balance is not what was expected; the detail is what it is.",
  Settlement: "A batch settles the same cash twice, or a settlement is not one.",
  Symbol: "The code is missing, or is not the order's.",
  "Route.Market": "No feed is known that this request could go to.",
  "Order.Status": "The order, or request, is in a status that does not allow it.",
  OrderType: "The type of order is not one that the exchange takes.",
  Validity: "The lifetime is not one that the exchange takes.",
  ExpiryDate: "The expiry date is missing, past, or given where none belongs.",
  LimitPrice: "The price is not one that the exchange takes.",
  "LimitPrice.Missing": "A price is needed here.",
  "LimitPrice.Given": "This type of order has no price.",
  "LimitPrice.Distance": "The price is too far from the last trade.",
  TotalQuantity: "The quantity is missing, or is not one that the exchange takes.",
  "TotalQuantity.Maximum": "The quantity is more than one order may have.",
  "TotalQuantity.Holdings": "The account does not hold as much.",
  "TotalValue.Maximum": "The value is more than one order may have.",
  "TotalValue.Balance": "The account does not have as much cash.",
  "Request.Conflict": "Another request of the account has this id.",
  "Request.Unknown": "There is no such request.",
  Submitted:
    "It was sent to the feed and has not been answered in time: what became of it is not known, and the same request made again tells.",
  Feed: "There is no such sequence here, or the frame's feed is not one.",
  "Feed.Suspended": "This socket does not supply the feed.",
  "Feed.Gap": "The position skips others, and the feed was opened as gapless.",
  "Feed.Offline": "Nobody supplies the feed, and nobody was asked.",
  "Feed.Lost": "Whoever supplied the feed went before it had answered: what it did is not known.",
  Timeout:
    "Nobody took the request in time and nobody will; or the adapter did not answer the question in time, and what it did is not known.",
  "Query.Unknown":
    "The answer is to a question that was not asked, was answered before, or is not waited for any more.",
  "Subscription.TooLarge": "The socket's subscriptions, feeds and permissions are too large together.",
  "Subscription.Unknown": "The socket has no such subscription.",
  "History.Archived": "That part of the log has been archived.",
  "Storage.Full": "The Owner's storage is full: reads go on, updates do not.",
  "Storage.Failed": "The storage failed, and nothing was changed.",
  Retry: "It could not be done just now, or it is not known whether it was: ids make it harmless to send it again.",
  Unhealthy: "The installation is configured so that nobody can be let in.",
  Internal: "A mistake in the program: it is logged, and it cost only this.",
};

/** What is said of refusals as a list: a line for each code. */
export function errorLines(codes: readonly ErrorCode[]): string {
  return codes.map((code) => `- \`${code}\`: ${ERROR_TEXTS[code]}`).join("\n");
}

/** The codes by the status that answers them, each status once, in order. */
export function byStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, readonly ErrorCode[]> {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return new Map([...statuses].sort(([left], [right]) => left - right));
}

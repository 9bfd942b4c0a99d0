/** Updates as an adapter sends them, with short defaults: account A, AUD, exchange ASX, code BHP. */

/** An account of an Owner. */
export function account(ownerId: string, accountId = "A") {
  return { OwnerID: ownerId, AccountID: accountId };
}

/** The state of an order to buy 100 at 10, changed as said. */
export function order(
  ownerId: string,
  orderId: string,
  change: { readonly AccountID?: string; readonly [field: string]: unknown } = {},
) {
  const { AccountID = "A", ...state } = change;
  return {
    OrderID: orderId,
    Account: account(ownerId, AccountID),
    Code: "BHP",
    Exchange: "ASX",
    Currency: "AUD",
    Side: "BUY",
    Price: 10,
    Quantity: 100,
    ...state,
  };
}

/** An action that replaces an order's state. */
export function update(ownerId: string, orderId: string, change = {}) {
  return { Action: { Type: "Update", Order: order(ownerId, orderId, change) } };
}

/** An action that reports a trade of an order. */
export function trade(ownerId: string, orderId: string, tradeId: string, quantity: number, price: number, change = {}) {
  return {
    Action: {
      Type: "Trade",
      Order: order(ownerId, orderId, change),
      Trade: { TradeID: tradeId, Type: "Trade", Price: price, Quantity: quantity },
    },
  };
}

/** An action that moves cash. */
export function deposit(ownerId: string, transactionId: string, value: number | string, accountId = "A") {
  return {
    Action: {
      Type: "CashTransfer",
      Transaction: { TransactionID: transactionId, Account: account(ownerId, accountId) },
      CashTransfer: { Currency: "AUD", Value: value },
    },
  };
}

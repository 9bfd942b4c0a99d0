/** The work that every store does: the benchmark's trades, with what they change worked out beforehand. */
import { actionAt, framesOf } from "../updates.ts";

/** One update: it is appended, and an order, a balance and a holding are brought up to date, all or nothing. */
export interface Change {
  readonly position: number;
  /** The update, exactly as Edge OMS gets it. */
  readonly update: string;
  readonly orderId: string;
  /** The order's whole state. */
  readonly order: string;
  readonly account: string;
  readonly code: string;
  /** What the account's cash rises by, in cents; less than 0 for a purchase. */
  readonly cents: number;
  /** What the holding rises by. */
  readonly quantity: number;
}

/** What a store holds of an Owner. */
export interface Kept {
  readonly updates: number;
  /** Orders, balances and holdings. */
  readonly states: number;
}

export function changesOf(owner: string, count: number): Change[] {
  return framesOf((position) => actionAt(owner, position), 1, count, 1).map(({ last: position, content }) => {
    const { Order, Trade } = actionAt(owner, position);
    const sign = Order.Side === "BUY" ? 1 : -1;
    const value = Math.round(Trade.Price * 100) * Trade.Quantity;
    return {
      position,
      update: String(content),
      orderId: Order.OrderID,
      order: JSON.stringify(Order),
      account: Order.Account.AccountID,
      code: Order.Code,
      cents: -sign * value - Math.round(Trade.AdditionalFunds.Fee * 100),
      quantity: sign * Trade.Quantity,
    };
  });
}

/** What a store must hold when all is done. */
export function keptOf(changes: readonly Change[]): Kept {
  const keys = changes.flatMap(({ orderId, account, code }) => [orderId, account, `${account} ${code}`]);
  return { updates: changes.length, states: new Set(keys).size };
}

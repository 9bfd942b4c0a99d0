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
  readonly isOpen: boolean;
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
      isOpen: Order.IsCompleted !== true,
      account: Order.Account.AccountID,
      code: Order.Code,
      cents: -sign * value - Math.round(Trade.AdditionalFunds.Fee * 100),
      quantity: sign * Trade.Quantity,
    };
  });
}

/** What a store must hold when all is done; `withoutFlat` if it forgets holdings of nothing for which no order is open. */
export function keptOf(changes: readonly Change[], { withoutFlat = false } = {}): Kept {
  const orders = new Set(changes.map(({ orderId }) => orderId));
  const accounts = new Set(changes.map(({ account }) => account));
  const holdings = new Map<string, number>();
  for (const { account, code, quantity } of changes) {
    const holding = `${account} ${code}`;
    holdings.set(holding, (holdings.get(holding) ?? 0) + quantity);
  }
  const open = new Map(changes.map(({ orderId, account, code, isOpen }) => [orderId, isOpen && `${account} ${code}`]));
  const reserved = new Set(open.values());
  const held = [...holdings].filter(([holding, quantity]) => quantity !== 0 || reserved.has(holding) || !withoutFlat);
  return { updates: changes.length, states: orders.size + accounts.size + held.length };
}

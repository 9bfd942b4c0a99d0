/** Order states: replacement, reservation, move and removal (rules O1-O8). */
import { sameContent } from "../protocol/codec.ts";
import type { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import { OrderState, type Side, type UpdateEvent } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { EPOCH, fromMicroseconds, toMillisecondsCeiling } from "../protocol/timestamp.ts";
import type { Changes } from "./changes.ts";
import { keyOf } from "./records.ts";
import { checkedId, ownAccountId, required, requiredId } from "./requirements.ts";
import { reservationOf } from "./reservation.ts";
import type { State, Timer } from "./state.ts";

/** An order state that names what rule O8 asks for, with its currency resolved and its creation dated. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly exchange: string;
  readonly code: string;
  readonly side: Side;
  readonly state: OrderState;
}

/** The order of that id as it was before, wherever it lives. */
export function findOrder(state: State, orderId: string): OrderState | undefined {
  const home = state.known("order", orderId);
  return home?.AccountID === undefined ? undefined : state.record("order", keyOf.order(home.AccountID, orderId));
}

/** Checks an incoming order state and completes it (rules O1, O8). */
export function placeOrder(
  changes: Changes,
  given: OrderState | undefined,
  previous: OrderState | undefined,
): PlacedOrder {
  const order = required(given, "Action.Order");
  const orderId = requiredId(order.OrderID, "Action.Order.OrderID");
  const accountId = ownAccountId(order.Account, "Action.Order.Account", changes.context);
  const side = order.Side;
  if (side === undefined || side === "SIDE_UNKNOWN") throw new Refusal("Side", "Action.Order.Side");
  const currency = order.Currency ?? changes.draft.record("account", keyOf.account(accountId))?.DefaultCurrency;
  if (currency === undefined || currency === "") throw new Refusal("Field.Missing", "Action.Order.Currency");
  checkedId(currency, "Action.Order.Currency");
  const created = order.Created ?? previous?.Created ?? fromMicroseconds(changes.context.at);
  const exchange = checkedId(order.Exchange ?? "", "Action.Order.Exchange");
  const code = checkedId(order.Code ?? "", "Action.Order.Code");
  const isComplete = order.Currency === currency && order.Created === created;
  const state = isComplete ? order : ordered(OrderState, { ...order, Currency: currency, Created: created });
  return { orderId, accountId, currency, exchange, code, side, state };
}

/** Replaces the order's whole state: releases the old reservation, reserves the new, dates its removal. */
export function replaceOrder(
  changes: Changes,
  previous: OrderState | undefined,
  { orderId, accountId, state }: Pick<PlacedOrder, "orderId" | "accountId" | "state">,
): void {
  const { draft } = changes;
  const key = keyOf.order(accountId, orderId);
  const previousAccountId = previous?.Account?.AccountID;
  const goesAtOnce = state.RemoveAfter === EPOCH;
  const moves = previous !== undefined && previousAccountId !== accountId;
  if (previous !== undefined) {
    reserve(changes, previous, -1);
    const timer = removalTimer(orderId, previous);
    if (timer !== undefined) draft.cancelTimer(timer);
  }
  if (moves) {
    draft.put("order", keyOf.order(previousAccountId ?? "", orderId), undefined);
    changes.orderRemoved(previous);
  }
  if (goesAtOnce) {
    draft.put("order", key, undefined);
    draft.know("order", orderId, undefined);
    changes.orderRemoved(state);
    return;
  }
  reserve(changes, state, 1);
  const timer = removalTimer(orderId, state);
  if (timer !== undefined) draft.setTimer(timer);
  if (previous === undefined || moves) draft.know("order", orderId, { AccountID: accountId });
  if (previous !== undefined && sameContent(previous, state)) return;
  draft.putOrder(key, state, changes.context.at);
  changes.orderUpdated(state);
}

/** The timer that removes an order, if its state asks for one (rule O6). */
export function removalTimer(orderId: string, { RemoveAfter }: OrderState): Timer | undefined {
  if (RemoveAfter === undefined || RemoveAfter === EPOCH) return undefined;
  return { due: toMillisecondsCeiling(RemoveAfter), kind: "order", key: orderId };
}

/** The update by which the OMS itself removes an order whose time has come: its state with a RemoveAfter of zero. */
export function removalOf(order: OrderState): UpdateEvent {
  return {
    Type: "UpdateEventType_Action",
    Action: {
      Type: "ExternalActionType_Update",
      Order: { ...order, RemoveAfter: EPOCH },
      Update: { Type: "OrderUpdateType_Update", Reason: "OrderUpdateReason_Status" },
    },
  };
}

function reserve(changes: Changes, order: OrderState, factor: 1 | -1): void {
  const { unfilledBuys, unfilledSells } = reservationOf(order);
  const accountId = order.Account?.AccountID ?? "";
  const { Currency = "", Exchange = "", Code = "" } = order;
  if (!unfilledBuys.isZero) {
    const { UnfilledBuys } = changes.balance(accountId, Currency);
    changes.setBalance(accountId, Currency, { UnfilledBuys: added(UnfilledBuys, unfilledBuys, factor) });
  }
  if (!unfilledSells.isZero) {
    const { UnfilledSells } = changes.holding(accountId, Exchange, Code);
    changes.setHolding(accountId, Exchange, Code, { UnfilledSells: added(UnfilledSells, unfilledSells, factor) });
  }
}

function added(total: Decimal, amount: Decimal, factor: 1 | -1): Decimal {
  return factor === 1 ? total.plus(amount) : total.minus(amount);
}

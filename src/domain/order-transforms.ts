/** Orders that are removed or restated many at a time (rule X1). */
import { sameContent } from "../protocol/codec.ts";
import { OrderState, type Transform } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { EPOCH, toMicroseconds } from "../protocol/timestamp.ts";
import { exchangeInEffect } from "./exchanges.ts";
import { replaceOrder } from "./orders.ts";
import { passOver } from "./passes.ts";
import type { Plan } from "./plan.ts";
import type { Key } from "./records.ts";
import type { State } from "./state.ts";

/** Takes away the orders that a transform chooses, each as if its time had come (rule O6). */
export function removalPlan(transform: Transform): Plan {
  const { OrderStatus } = transform;
  return planOver(transform, {
    chooses: ({ Status }) => OrderStatus === undefined || Status === OrderStatus,
    becomes: (_, order) => ({ ...order, RemoveAfter: EPOCH }),
  });
}

/**
 * Gives the orders that a transform chooses another status, and what that status means by the metadata of their
 * exchange; where nothing is said of it, whether they are completed stays as it is.
 */
export function restatementPlan(transform: Transform): Plan {
  const { OrderStatus: Status, RemoveAfter, Parameters } = transform;
  // In a map an empty text stays, but it says as little as none.
  const from = Parameters?.FromStatus || undefined;
  return planOver(transform, {
    chooses: (order) => (from === undefined ? order.IsCompleted !== true : order.Status === from),
    becomes: (state, order) => {
      const { OrderStatuses = [] } = exchangeInEffect(state, order.Exchange ?? "") ?? {};
      const known = OrderStatuses.find(({ Code }) => Code === Status);
      return {
        ...order,
        Status,
        IsCompleted: known === undefined ? order.IsCompleted : known.IsCompleted,
        ...(RemoveAfter !== undefined && { RemoveAfter }),
      };
    },
  });
}

interface OrderChange {
  readonly chooses: (order: OrderState) => boolean;
  readonly becomes: (state: State, order: OrderState) => OrderState;
}

function planOver(transform: Transform, { chooses, becomes }: OrderChange): Plan {
  const orders = passOver("order", "", (changes, order, key) => {
    const { draft } = changes;
    if (!isPlaced(order, transform) || !chooses(order) || isExempt(draft, order, key, transform)) return false;
    const state = ordered(OrderState, becomes(draft, order));
    if (sameContent(order, state)) return false;
    replaceOrder(changes, order, {
      orderId: order.OrderID ?? "",
      accountId: order.Account?.AccountID ?? "",
      state,
    });
    return true;
  });
  return { checks: () => [], begin: () => undefined, passes: () => [orders] };
}

/** Whether an order is where a transform says; what it does not say is meant to be anywhere. */
function isPlaced(order: OrderState, { Exchange, Group, Code }: Transform): boolean {
  return (
    (Exchange === undefined || order.Exchange === Exchange) &&
    (Group === undefined || order.Group === Group) &&
    (Code === undefined || order.Code === Code)
  );
}

/** Whether an order's state is later than those that a transform is about. */
function isExempt(state: State, { Timestamp }: OrderState, key: Key<"order">, { NotAfter }: Transform): boolean {
  if (NotAfter === undefined) return false;
  return Timestamp === undefined ? state.isOrderMadeAfter(key, toMicroseconds(NotAfter)) : Timestamp > NotAfter;
}

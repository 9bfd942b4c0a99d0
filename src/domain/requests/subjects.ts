/** What an amend, a cancel or a move is about: an order, or an open request that has not become one. */
import type { ErrorText } from "../../protocol/errors.ts";
import type { ClientRequestState, OrderState } from "../../protocol/messages/index.ts";
import { findOrder } from "../orders.ts";
import type { State } from "../state.ts";
import { errorText } from "./order-terms.ts";
import { presentRequestKey } from "./request-names.ts";
import { openRequest } from "./request-states.ts";

/** How a request names what it is about. */
export interface Naming {
  readonly OrderID?: string;
  readonly PrevRequestID?: string;
}

export type Subject =
  | { readonly is: "order"; readonly order: OrderState }
  | { readonly is: "request"; readonly request: ClientRequestState }
  | { readonly is: "unknown"; readonly error: ErrorText };

/** The order of that id, if it lives under that account. */
export function orderOf(state: State, accountId: string, orderId: string): OrderState | undefined {
  const order = findOrder(state, orderId);
  return order?.Account?.AccountID === accountId ? order : undefined;
}

/** What a request of an account is about: the order of its OrderID, or else the open request of its PrevRequestID. */
export function subjectOf(state: State, accountId: string, { OrderID, PrevRequestID }: Naming): Subject {
  if (OrderID !== undefined) {
    const order = orderOf(state, accountId, OrderID);
    return order === undefined ? unknown(OrderID) : { is: "order", order };
  }
  if (PrevRequestID === undefined) return unknown("");
  const request = openRequest(state, presentRequestKey(state, accountId, PrevRequestID));
  return request === undefined ? unknown(PrevRequestID) : { is: "request", request };
}

function unknown(id: string): Subject {
  return { is: "unknown", error: errorText("Order", id) };
}

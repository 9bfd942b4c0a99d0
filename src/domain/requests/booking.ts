/**
 * How requests become orders: the first state of an order that tells of a request ends what the request holds, because
 * from then on the order reserves. It tells of it by the RequestID, or by the OrderID that the adapter said a new order
 * would have. The adapter must tell of the order before it completes the request: a completed one holds nothing.
 */
import { ClientRequestState, type OrderState } from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import type { Changes } from "../changes.ts";
import type { PlacedOrder } from "../orders.ts";
import { presentRequestKey } from "./request-names.ts";
import { keyOfState, openRequest, outcomeSoFar } from "./request-states.ts";
import { orderOf } from "./subjects.ts";

/**
 * Books the open requests that an order's new state tells of. `promised` is the RequestID of the open request that was
 * said to become the order, for an order that is seen for the first time.
 */
export function bookRequests(
  changes: Changes,
  { accountId, orderId, state: { RequestID } }: PlacedOrder,
  previous: OrderState | undefined,
  promised: string | undefined,
): void {
  // What the last state told of has been booked: most states of an order name the request that it came from.
  const isTold = previous?.RequestID === RequestID && previous?.Account?.AccountID === accountId;
  if (RequestID !== undefined && !isTold) book(changes, accountId, RequestID, orderId);
  if (promised !== undefined && promised !== RequestID) book(changes, accountId, promised, orderId);
}

function book(changes: Changes, accountId: string, requestId: string, orderId: string): void {
  const { draft } = changes;
  const key = presentRequestKey(draft, accountId, requestId);
  const before = openRequest(draft, key);
  const known = before && draft.known("request", key);
  if (before === undefined || known === undefined) return;
  const isNamed = before.OrderID !== undefined;
  if (known.IsBooked === true && isNamed) return;
  const after = isNamed ? before : ordered(ClientRequestState, { ...before, OrderID: orderId });
  draft.know("request", key, { ...known, IsBooked: true, Response: { ...known.Response, ...outcomeSoFar(after) } });
  if (isNamed) return;
  draft.put("request", key, after);
  changes.requestChanged(after);
}

/**
 * Follows what is told of the order that a request for a new one becomes: if that order is there, it is booked; if not,
 * its first state will tell.
 */
export function followOrder({ draft }: Changes, before: ClientRequestState, after: ClientRequestState): void {
  const { Request, OrderID, IsCompleted } = after;
  if (Request?.New === undefined) return;
  const { RequestID = "" } = Request;
  const isOpen = IsCompleted !== true;
  if (before.OrderID !== undefined && (before.OrderID !== OrderID || !isOpen)) {
    const promised = draft.known("order", before.OrderID);
    if (promised?.AccountID === undefined && promised?.RequestID === RequestID) {
      draft.know("order", before.OrderID, undefined);
    }
  }
  if (OrderID === undefined || !isOpen) return;
  const key = keyOfState(after);
  const known = draft.known("request", key);
  if (known === undefined || known.IsBooked === true) return;
  if (orderOf(draft, Request.Account?.AccountID ?? "", OrderID) !== undefined) {
    draft.know("request", key, { ...known, IsBooked: true });
  } else if (draft.known("order", OrderID)?.AccountID === undefined) {
    draft.know("order", OrderID, { RequestID });
  }
}

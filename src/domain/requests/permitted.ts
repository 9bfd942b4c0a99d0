/** Whether the status of an order, or of a request, permits that it be amended, cancelled or moved. */
import type { ExchangeDetails, OrderState, RequestStatusDetails } from "../../protocol/messages/index.ts";
import { keyOf } from "../records.ts";
import { BUILT_IN_STATUSES } from "../request-statuses.ts";
import type { State } from "../state.ts";
import { COMPLETED, REJECTED } from "./statuses.ts";

/** What may be done to an order. */
export type OrderOperation = "CanAmend" | "CanCancel" | "CanMove";

/** What may be done to a request that waits. */
export type RequestOperation = "CanAmend" | "CanCancel";

/** Whether an order may be operated on. One whose status has no metadata may, unless it is completed. */
export function orderPermits(
  { Status, IsCompleted }: OrderState,
  exchange: ExchangeDetails | undefined,
  operation: OrderOperation,
): boolean {
  if (IsCompleted === true) return false;
  const details = exchange?.OrderStatuses?.find(({ Code }) => Code === Status);
  return details === undefined || details[operation] === true;
}

/** Whether an open request may be operated on. Only metadata says so: what it does not know of, it does not permit. */
export function requestPermits(state: State, status: string, operation: RequestOperation): boolean {
  return requestStatus(state, status)?.[operation] === true;
}

/** Whether a request in that status is completed, by its metadata. The two last states of the OMS itself always are. */
export function isLastStatus(state: State, status: string): boolean {
  return status === REJECTED || status === COMPLETED || requestStatus(state, status)?.IsCompleted === true;
}

/** What a status means: as it was handed down, else as it is built in. */
function requestStatus(state: State, status: string): RequestStatusDetails | undefined {
  return state.record("status", keyOf.status(status)) ?? BUILT_IN_STATUSES.find(({ Code }) => Code === status);
}

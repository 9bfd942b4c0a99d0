/**
 * What the OMS itself does with requests that wait: the engine asks here when a feed is opened and when a timer is due,
 * and applies the updates that it is given with `{ teller: "oms" }`, each in a record of the sequence `oms`.
 *
 * When somebody has become the supplier of a feed, for each of `waitingFor(state, feed)` in turn: `timeoutOf` when it is
 * overdue by the clock, `submissionOf` otherwise; the outcome of the latter holds the delivery. When a timer of kind
 * `request` is due (and has been cancelled in the draft): `heedRequestTimer`, and what it says.
 */
import {
  type ClientRequestResponse,
  type ClientRequestState,
  ClientRequestUpdate,
  type UpdateEvent,
} from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import { KEY_SEPARATOR, type Key } from "../records.ts";
import type { State, Timer } from "../state.ts";
import type { RequestAnswer } from "./effects.ts";
import { keyOfState, openRequest, outcomeSoFar, requestKey, requestTimer, responseOf } from "./request-states.ts";
import { COMPLETED, PENDING, QUEUED, REJECTED, SUBMITTED } from "./statuses.ts";

/** The requests that wait for a feed to be supplied, in the order in which they came to wait. */
export function waitingFor(state: State, feed: string): readonly ClientRequestState[] {
  const waiting: ClientRequestState[] = [];
  for (const key of state.keys("request")) {
    const request = state.record("request", key);
    if (request?.Status === PENDING && request.Route === feed) waiting.push(request);
  }
  return waiting.sort((left, right) => compare(placeOf(left), placeOf(right)));
}

/** Whether a request has waited too long, at a time in milliseconds since 1970. */
export function isOverdue(request: ClientRequestState, now: number): boolean {
  const timer = requestTimer(request);
  return timer !== undefined && timer.due <= now;
}

/** The update by which a request that waited is sent to its feed. */
export function submissionOf(request: ClientRequestState): UpdateEvent {
  return ownUpdate(request, { Status: SUBMITTED });
}

/** The update by which a request ends that nobody has dealt with in time: its feed, or whoever minds its queue. */
export function timeoutOf(request: ClientRequestState): UpdateEvent {
  const waitedFor = request.Status === QUEUED ? request.Request?.Queue?.QueueID : request.Route;
  return ownUpdate(request, { Status: REJECTED, Errors: [`Timeout ${waitedFor ?? ""}`.trimEnd()] });
}

/**
 * The update that an adapter's answer to a delivery becomes, to be applied with `{ teller: { feed, isResponse: true } }`
 * in the sequence `oms`. Without a status of its own, an answer with errors rejects, and one without completes.
 */
export function updateOfResponse(response: ClientRequestResponse): UpdateEvent {
  const { RequestID, Account, OrderID, Errors } = response;
  const Status = response.Status ?? (Errors === undefined ? COMPLETED : REJECTED);
  return {
    Type: "UpdateEventType_ClientRequestUpdate",
    ClientRequestUpdate: ordered(ClientRequestUpdate, { RequestID, Account, OrderID, Status, Errors }),
  };
}

/** What a due timer asks for. */
export type Due =
  | { readonly due: "nothing" }
  /** An update of the OMS itself, to be applied and recorded. */
  | { readonly due: "update"; readonly update: UpdateEvent }
  /** A requester to be told; nothing is recorded. */
  | { readonly due: "answer"; readonly answer: RequestAnswer };

/** What the request is known by that a timer of kind `request` was set for. */
export function requestOfTimer({ key }: Timer): Key<"request"> {
  const [accountId = "", requestId = ""] = key.split(KEY_SEPARATOR);
  return requestKey(accountId, requestId);
}

/** What is to be done about a request whose timer is due. A requester that is told now is told again of what follows. */
export function heedRequestTimer(state: State, timer: Timer): Due {
  const key = requestOfTimer(timer);
  const request = openRequest(state, key);
  // It may have come to another status since, or its queue to another time.
  if (request === undefined || requestTimer(request)?.due !== timer.due) return { due: "nothing" };
  if (request.Status !== SUBMITTED) return { due: "update", update: timeoutOf(request) };
  const known = state.known("request", key);
  if (known === undefined) return { due: "nothing" };
  return { due: "answer", answer: { key, requester: known.Requester, response: unansweredResponse(request) } };
}

/** What is told of a request that was sent and has not been answered in time: that its outcome is not known. */
export function unansweredResponse(state: ClientRequestState): ClientRequestResponse {
  const { Request = {}, Route = "" } = state;
  const soFar = { ...outcomeSoFar(state), Errors: [`Submitted ${Route}`.trimEnd()] };
  return responseOf(Request, Request.Account ?? {}, soFar);
}

function ownUpdate({ Request }: ClientRequestState, content: ClientRequestUpdate): UpdateEvent {
  const { RequestID, Account } = Request ?? {};
  return {
    Type: "UpdateEventType_ClientRequestUpdate",
    ClientRequestUpdate: ordered(ClientRequestUpdate, { ...content, RequestID, Account }),
  };
}

/** When it came to wait; requests of one record are in the order of their ids. */
function placeOf(request: ClientRequestState): string {
  return `${request.Timestamp ?? ""} ${keyOfState(request)}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The states of client requests: what they are known by, what is answered of them, and when each is overdue. */
import { LIMITS } from "../../protocol/limits.ts";
import {
  type Account,
  ClientRequestResponse,
  ClientRequestState,
  type ClientRequestUpdate,
} from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import { type Timestamp, toMillisecondsCeiling } from "../../protocol/timestamp.ts";
import { type Key, keyOf } from "../records.ts";
import type { State, Timer } from "../state.ts";
import { isLastStatus } from "./permitted.ts";
import { PENDING, QUEUED, REJECTED, SUBMITTED } from "./statuses.ts";

/** What a request is known by for ever: the key of its record, and of its timer, too. */
export function requestKey(accountId: string, requestId: string): Key<"request"> {
  return keyOf.request(accountId, requestId);
}

/** The key of a request's own state. */
export function keyOfState({ Request }: ClientRequestState): Key<"request"> {
  return requestKey(Request?.Account?.AccountID ?? "", Request?.RequestID ?? "");
}

/** The open request that is known by a key. */
export function openRequest(state: State, key: Key<"request">): ClientRequestState | undefined {
  return state.record("request", key);
}

/** What is answered of a request in a state, without what names it: what is kept for a repetition. */
export function outcomeSoFar({ OrderID, Status, Errors }: ClientRequestState): ClientRequestResponse {
  return ordered(ClientRequestResponse, { OrderID, Status, Errors });
}

/** The answer to a request, given what is kept of it. The account is named as it is called now. */
export function responseOf(
  { Type, RequestID }: ClientRequestResponse,
  Account: Account,
  soFar: ClientRequestResponse | undefined,
): ClientRequestResponse {
  return ordered(ClientRequestResponse, { ...soFar, Type, RequestID, Account });
}

/**
 * Whether a status may come after another. A request that is completed has none after it. What a feed has in hand never
 * waits again.
 */
export function mayFollow(before: string, next: string): boolean {
  switch (before) {
    case PENDING:
      return next === SUBMITTED || next === REJECTED;
    case QUEUED:
      return next === PENDING || next === SUBMITTED || next === REJECTED;
    default:
      return next !== PENDING && next !== QUEUED;
  }
}

/** The state of a request after what is told of it at a moment. A text that is told empty is taken away. */
export function stateAfter(
  state: State,
  before: ClientRequestState,
  told: ClientRequestUpdate & { readonly Status: string },
  now: Timestamp,
): ClientRequestState {
  const { Status, Errors, IsCompleted } = told;
  return ordered(ClientRequestState, {
    ...before,
    ExternalID: textAfter(before.ExternalID, told.ExternalID),
    OrderID: textAfter(before.OrderID, told.OrderID),
    Timestamp: Status === before.Status ? before.Timestamp : now,
    Status,
    Errors,
    Text: textAfter(before.Text, told.Text),
    IsCompleted: IsCompleted === true || isLastStatus(state, Status) ? true : undefined,
  });
}

function textAfter(before: string | undefined, told: string | undefined): string | undefined {
  if (told === undefined) return before;
  return told === "" ? undefined : told;
}

/**
 * The timer of a request in a state, if it has one: a queued one expires when its queue says, a pending one when nobody
 * has supplied its feed in time, and of a submitted one the requester is told when it has not been answered in time.
 */
export function requestTimer(state: ClientRequestState): Timer | undefined {
  const due = dueOf(state);
  return due === undefined ? undefined : { due, kind: "request", key: keyOfState(state) };
}

function dueOf({ Status, Timestamp, Request }: ClientRequestState): number | undefined {
  switch (Status) {
    case QUEUED: {
      const expiry = Request?.Queue?.ExpireAfter;
      return expiry === undefined ? undefined : toMillisecondsCeiling(expiry);
    }
    case PENDING:
    case SUBMITTED:
      return Timestamp === undefined ? undefined : toMillisecondsCeiling(Timestamp) + LIMITS.REQUEST_TIMEOUT_MS;
    default:
      return undefined;
  }
}

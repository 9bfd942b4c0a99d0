/**
 * What becomes of a client request, as its adapter or the OMS itself tells it. What the engine does with the outcome:
 * `update` and `events` are recorded, an adapter's FeedRequest Update in its own sequence at its own position, its
 * RequestResponse (`updateOfResponse`) and what the OMS tells (outstanding.ts) in `oms`. Once that is durable, each of
 * `requests.deliveries` is sent to its feed once, and each of `requests.answers` is given to whoever waits.
 * A Refusal is recorded with its Errors where the frame has a position, and answered where it came as a response.
 * `repeated`: it says nothing new; a frame with a position takes it all the same.
 */
import { type ErrorCode, Refusal } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ClientRequestState, ClientRequestUpdate, UpdateEvent } from "../../protocol/messages/index.ts";
import { fromMicroseconds } from "../../protocol/timestamp.ts";
import type { Changes } from "../changes.ts";
import type { Outcome } from "../outcome.ts";
import { checkedId, ownAccountId, requiredId } from "../requirements.ts";
import type { Teller } from "./effects.ts";
import { advance, type Following, type Step } from "./lifecycle.ts";
import { presentRequestKey } from "./request-names.ts";
import { keyOfState, mayFollow, openRequest, stateAfter } from "./request-states.ts";
import { COMPLETED, PENDING, QUEUED, REJECTED, SUBMITTED } from "./statuses.ts";

/** The error by which an adapter says that it was never sent a request: the only leave to send it again. */
const NEVER_RECEIVED = "Request.Unknown" satisfies ErrorCode;

/**
 * Applies an update of an open request. Throws Refusal: `Request.Unknown <id>` when there is no such one, or it is
 * another feed's; `Order.Status <status>` when what is told cannot follow; or one that names the field that is wrong.
 */
export function applyRequestUpdate(changes: Changes, update: ClientRequestUpdate, teller: Teller): Outcome {
  const before = requestOf(changes, update, teller);
  const following: Following = { answers: [], deliveries: [] };
  const repeated = !advance(changes, following, stepOf(changes, before, update, teller));
  const recorded: UpdateEvent = { Type: "UpdateEventType_ClientRequestUpdate", ClientRequestUpdate: update };
  return { update: recorded, events: repeated ? [] : changes.finish(recorded), repeated, requests: following };
}

function requestOf({ draft, context }: Changes, update: ClientRequestUpdate, teller: Teller): ClientRequestState {
  const accountId = ownAccountId(update.Account, "ClientRequestUpdate.Account", context);
  const requestId = requiredId(update.RequestID, "ClientRequestUpdate.RequestID");
  checkedId(update.OrderID ?? "", "ClientRequestUpdate.OrderID");
  checkedId(update.Status ?? "", "ClientRequestUpdate.Status");
  const before = openRequest(draft, presentRequestKey(draft, accountId, requestId));
  // What was never routed to a feed does not exist for it.
  if (before === undefined || (teller !== "oms" && teller.feed !== before.Route)) {
    throw new Refusal("Request.Unknown", requestId);
  }
  requireUnrouted(update, before);
  return before;
}

/** Where a request goes and waits is not for its adapter to say. */
function requireUnrouted({ Target, Route }: ClientRequestUpdate, before: ClientRequestState): void {
  if (Target !== undefined) throw new Refusal("Field.Invalid", "ClientRequestUpdate.Target");
  if (Route !== undefined && Route !== before.Route) throw new Refusal("Field.Invalid", "ClientRequestUpdate.Route");
}

function stepOf(changes: Changes, before: ClientRequestState, update: ClientRequestUpdate, teller: Teller): Step {
  const { draft, context } = changes;
  const now = fromMicroseconds(context.at);
  const isWaiting = before.Status === PENDING || before.Status === QUEUED;
  // It was not sent yet, so no adapter can know of it.
  if (teller !== "oms" && isWaiting) throw new Refusal("Order.Status", before.Status);
  const isNotReceived = teller !== "oms" && before.Status === SUBMITTED && saysNotReceived(update);
  if (isNotReceived && mayBeSentAgain(changes, before)) {
    return { before, after: { ...before, Timestamp: now }, isSent: true };
  }
  const Status = isNotReceived ? REJECTED : statusOf(update, before);
  if (!mayFollow(before.Status ?? "", Status)) throw new Refusal("Order.Status", before.Status);
  return {
    before,
    after: stateAfter(draft, before, { ...update, Status }, now),
    isSent: isWaiting && Status === SUBMITTED,
    isAnswered: teller !== "oms" && teller.isResponse === true,
  };
}

function saysNotReceived({ Errors = [] }: ClientRequestUpdate): boolean {
  return Errors.some((text) => text === NEVER_RECEIVED || text.startsWith(`${NEVER_RECEIVED} `));
}

function mayBeSentAgain({ draft }: Changes, before: ClientRequestState): boolean {
  const { Deliveries = 0 } = draft.known("request", keyOfState(before)) ?? {};
  return Deliveries < LIMITS.REQUEST_DELIVERIES;
}

/** The status that is told, or that follows from what is told. */
function statusOf({ Status, Errors, IsCompleted }: ClientRequestUpdate, before: ClientRequestState): string {
  if (Status === "") throw new Refusal("Field.Invalid", "ClientRequestUpdate.Status");
  if (Status !== undefined) return Status;
  if (Errors !== undefined) return REJECTED;
  return IsCompleted === true ? COMPLETED : (before.Status ?? "");
}

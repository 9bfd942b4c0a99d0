/** How a request comes to be, and from one state to the next: its record, its timer, its event, and who is told. */
import { sameContent } from "../../protocol/codec.ts";
import type { ClientRequestState } from "../../protocol/messages/index.ts";
import type { Changes } from "../changes.ts";
import type { KnownRequest } from "../state.ts";
import { followOrder } from "./booking.ts";
import type { RequestAnswer, RequestDelivery } from "./effects.ts";
import { keyOfState, outcomeSoFar, requestTimer, responseOf } from "./request-states.ts";
import { PENDING, SUBMITTED } from "./statuses.ts";

/** What follows from an update, as it is collected. */
export interface Following {
  readonly answers: RequestAnswer[];
  readonly deliveries: RequestDelivery[];
}

/** How a request comes to its next state. */
export interface Step {
  readonly before: ClientRequestState;
  readonly after: ClientRequestState;
  /** It goes to its feed. */
  readonly isSent?: boolean;
  /** The requester is told whatever has become of it. */
  readonly isAnswered?: boolean;
}

/** Whether the outcome of a request in that status is yet to come, so that whoever asked waits. */
export function isAwaited({ Status, IsCompleted }: ClientRequestState): boolean {
  return IsCompleted !== true && (Status === PENDING || Status === SUBMITTED);
}

/** Takes up a request in its first state, which may be its last. */
export function admit(
  changes: Changes,
  following: Following,
  state: ClientRequestState,
  asked: Pick<KnownRequest, "Digest" | "Requester">,
): void {
  const { draft, context } = changes;
  const key = keyOfState(state);
  const isSent = state.Status === SUBMITTED;
  draft.know("request", key, {
    Digest: asked.Digest,
    Response: outcomeSoFar(state),
    ...(state.IsCompleted !== true && asked.Requester !== undefined && { Requester: asked.Requester }),
    ...(isSent && { Deliveries: 1 }),
    At: context.at,
  });
  show(changes, undefined, state);
  if (isSent) send(following, state);
}

/** Brings an open request to its next state. False when that is the state it is in, and nobody was to be told. */
export function advance(changes: Changes, following: Following, step: Step): boolean {
  const { before, after, isSent = false } = step;
  const key = keyOfState(after);
  const known = changes.draft.known("request", key);
  if (known === undefined) throw new Error(`an open request that is not known: ${key}`);
  const isChanged = !sameContent(before, after);
  const isNews = after.Status !== before.Status || after.IsCompleted === true;
  const isAnswered = step.isAnswered === true || (isNews && !isAwaited(after));
  if (!isChanged && !isSent && !isAnswered) return false;
  const { Requester, Deliveries = 0, ...rest } = known;
  const soFar = outcomeSoFar(after);
  const deliveries = isSent ? Deliveries + 1 : Deliveries;
  changes.draft.know("request", key, {
    ...rest,
    Response: soFar,
    ...(Requester !== undefined && after.IsCompleted !== true && { Requester }),
    ...(deliveries > 0 && { Deliveries: deliveries }),
  });
  if (isChanged) show(changes, before, after);
  if (isChanged) followOrder(changes, before, after);
  if (isSent) send(following, after);
  if (isAnswered) {
    const { Request = {} } = after;
    following.answers.push({ key, requester: Requester, response: responseOf(Request, Request.Account ?? {}, soFar) });
  }
  return true;
}

function show(changes: Changes, before: ClientRequestState | undefined, after: ClientRequestState): void {
  const { draft } = changes;
  const isOpen = after.IsCompleted !== true;
  const [old, next] = [before && requestTimer(before), isOpen ? requestTimer(after) : undefined];
  // One that was due already must not be set anew by a state that says the same of it.
  if (old?.due !== next?.due) {
    if (old !== undefined) draft.cancelTimer(old);
    if (next !== undefined) draft.setTimer(next);
  }
  if (isOpen || before !== undefined) draft.put("request", keyOfState(after), isOpen ? after : undefined);
  changes.requestChanged(after);
}

function send({ deliveries }: Following, { Route = "", Request = {} }: ClientRequestState): void {
  deliveries.push({ route: Route, request: Request });
}

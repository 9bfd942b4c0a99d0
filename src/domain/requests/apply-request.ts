/**
 * A client request as it comes in. What the engine does with the outcome:
 * - It throws Refusal when nothing is to be recorded (unreadable, no account of this Owner, not permitted, another
 *   request of that id): the caller is answered with its text, as the only error.
 * - `repeated`: nothing is recorded (a repetition, or a validation); `requests.response` is the answer.
 * - Otherwise `update` and `events` are recorded in the sequence `oms`, also when the request was rejected. The
 *   deliveries are sent once the record is durable. The caller is answered with `requests.response`, unless
 *   `requests.isAwaited` and a requester was named: then it hears of an answer of a later update or timer.
 */
import type { ErrorText } from "../../protocol/errors.ts";
import { Refusal } from "../../protocol/errors.ts";
import {
  type Account,
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  type Permissions,
  type UpdateEvent,
} from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import { fromMicroseconds } from "../../protocol/timestamp.ts";
import type { Changes } from "../changes.ts";
import type { Outcome } from "../outcome.ts";
import { authorityOf, hasFeature, maySeeOwner } from "../permissions.ts";
import { type Key, keyOf } from "../records.ts";
import { checkedId, ownAccountId } from "../requirements.ts";
import type { State } from "../state.ts";
import { orderIdOf, requireContent, requireNames } from "./contents.ts";
import type { Asking } from "./effects.ts";
import { examine, exchangeOf, withNames } from "./examining.ts";
import { admit, advance, type Following, isAwaited } from "./lifecycle.ts";
import { type Intervention, operatorUpdate, queuedOperation, queuedSubject } from "./queues.ts";
import { presentRequestKey } from "./request-names.ts";
import { outcomeSoFar, responseOf } from "./request-states.ts";
import { COMPLETED, PENDING, QUEUED, REJECTED, SUBMITTED } from "./statuses.ts";
import { vet } from "./vetting.ts";

/** A request that may be made, with what it is known by. */
interface Asked {
  /** As it was asked, with its id, its time and on whose authority. */
  readonly request: ClientRequest;
  readonly account: Account;
  readonly key: Key<"request">;
  readonly digest: string;
}

/** What is to be done with a request. */
interface Plan {
  /** Completed by what the server fills in. */
  readonly request: ClientRequest;
  /** Everything that speaks against it. */
  readonly errors: readonly ErrorText[];
  /** What a validation tells. */
  readonly figures: NonNullable<ClientRequestResponse["Values"]>;
  /** The feed that carries it out; absent for what the OMS does itself. */
  readonly route?: string;
  /** What the OMS does itself. */
  readonly does?: Intervention;
}

/** Checks, vets, routes and applies a client request. Throws Refusal when nothing is to be recorded. */
export function applyRequest(changes: Changes, given: ClientRequest, asking: Asking): Outcome {
  const asked = readRequest(changes, given, asking);
  const { request, account, key, digest } = asked;
  const known = changes.draft.known("request", key);
  if (known !== undefined && known.Digest !== digest) throw new Refusal("Request.Conflict", request.RequestID);
  if (known !== undefined && given.IsValidate !== true) {
    return answered(request, responseOf(request, account, known.Response));
  }
  requireAccount(changes.draft, account);
  const plan = planOf(changes, request, asking);
  for (const concerned of concernedBy(plan)) requireExchange(asking.permissions, concerned);
  if (given.IsValidate === true) return validated(asked, plan);

  const following: Following = { answers: [], deliveries: [] };
  if (plan.does?.change !== undefined) {
    const { before, after } = plan.does.change;
    advance(changes, following, { before, after, isSent: before.Status === QUEUED && after.Status === SUBMITTED });
  }
  const state = firstState(changes, plan, asking);
  const { requester } = asking;
  admit(changes, following, state, { Digest: digest, ...(requester !== undefined && { Requester: requester }) });
  const update: UpdateEvent = { Type: "UpdateEventType_ClientRequest", ClientRequest: plan.request };
  return {
    update,
    events: changes.finish(update),
    repeated: false,
    requests: {
      response: responseOf(plan.request, account, outcomeSoFar(state)),
      isAwaited: isAwaited(state),
      ...following,
    },
  };
}

function readRequest(changes: Changes, given: ClientRequest, { permissions }: Asking): Asked {
  const { draft, context } = changes;
  requireContent(given);
  requireNames(given);
  const accountId = ownAccountId(given.Account, "ClientRequest.Account", context);
  const account = { AccountID: accountId, OwnerID: context.ownerId };
  requirePermission(permissions, given, context.ownerId);
  const isNamed = given.RequestID !== undefined || given.IsValidate === true;
  const requestId = checkedId(isNamed ? (given.RequestID ?? "") : context.newId(), "ClientRequest.RequestID");
  // What names it need not be compared, and what the server fills in must not be.
  const { Timestamp, Authorities, RequestID: _, Account: __, IsValidate: ___, ...content } = given;
  return {
    request: ordered(ClientRequest, {
      ...given,
      RequestID: requestId === "" ? undefined : requestId,
      Timestamp: Timestamp ?? fromMicroseconds(context.at),
      // In key order, in which the empty one is the first.
      Authorities: { "": authorityOf(permissions), ...withoutOwn(Authorities) },
    }),
    account,
    key: presentRequestKey(draft, accountId, requestId),
    digest: context.digest(JSON.stringify(content)),
  };
}

function withoutOwn({ "": _, ...others }: NonNullable<ClientRequest["Authorities"]> = {}) {
  return others;
}

function requirePermission(permissions: Permissions, { Type }: ClientRequest, ownerId: string): void {
  const isPermitted = Type !== "ClientRequestType_Update" || hasFeature(permissions, "Operator");
  if (!isPermitted || !maySeeOwner(permissions, ownerId)) throw new Refusal("Authority");
}

/** Asked only of what is new: what was asked before is known by the name of an account that it no longer has, too. */
function requireAccount(state: State, { OwnerID = "", AccountID = "" }: Account): void {
  const isKnown = state.record("account", keyOf.account(AccountID)) !== undefined;
  if (!isKnown) throw new Refusal("Account", `${OwnerID}/${AccountID}`);
}

/** Who is named exchanges may ask for nothing on others. */
function requireExchange({ Exchanges = [] }: Permissions, request: ClientRequest): void {
  const exchange = exchangeOf(request);
  if (exchange === undefined || Exchanges.length === 0 || Exchanges.includes(exchange)) return;
  throw new Refusal("Authority", exchange);
}

/** The requests that a plan is about: itself, and the one that it changes as it was and as it would be. */
function concernedBy({ request, does }: Plan): readonly ClientRequest[] {
  const { before, after } = does?.change ?? {};
  return [request, before?.Request ?? {}, after?.Request ?? {}];
}

function planOf({ draft, context }: Changes, asked: ClientRequest, { isSupplied }: Asking): Plan {
  const scene = { state: draft, context };
  if (asked.Type === "ClientRequestType_Update") {
    const does = operatorUpdate(scene, asked, isSupplied);
    return { request: asked, errors: does.errors, figures: {}, does };
  }
  const queued = queuedSubject(draft, asked);
  if (queued !== undefined) {
    const does = queuedOperation(scene, asked, queued);
    return { request: withNames(asked, queued.Request ?? {}), errors: does.errors, figures: {}, does };
  }
  const { request, errors, route } = examine(scene, asked);
  // What an order would cost can only be told of one that is right.
  if (errors.length > 0) return { request, errors, figures: {}, route };
  const vetted = vet(draft, request);
  return { request, errors: vetted.errors, figures: vetted.figures, route };
}

/** The state that a request comes to at once: rejected, done by the OMS itself, queued, sent, or waiting for its feed. */
function firstState({ context }: Changes, plan: Plan, { isSupplied }: Asking): ClientRequestState {
  const { request, errors, route, does } = plan;
  const asked = { Request: request, OrderID: orderIdOf(request), Timestamp: fromMicroseconds(context.at) };
  if (errors.length > 0) {
    return ordered(ClientRequestState, { ...asked, Status: REJECTED, Errors: [...errors], IsCompleted: true });
  }
  if (does !== undefined) return ordered(ClientRequestState, { ...asked, Status: COMPLETED, IsCompleted: true });
  return ordered(ClientRequestState, { ...asked, Status: waitingStatus(request, route, isSupplied), Route: route });
}

function waitingStatus({ Queue }: ClientRequest, route = "", isSupplied: Asking["isSupplied"]): string {
  if (Queue?.QueueID !== undefined) return QUEUED;
  return isSupplied(route) ? SUBMITTED : PENDING;
}

/** Every check was made; nothing has changed. */
function validated({ request, account }: Asked, { errors, figures }: Plan): Outcome {
  const found = ordered(ClientRequestResponse, {
    Errors: errors.length === 0 ? undefined : [...errors],
    Values: Object.keys(figures).length === 0 ? undefined : figures,
  });
  return answered(request, responseOf(request, account, found));
}

/** Nothing is recorded, and the caller is answered at once. */
function answered(request: ClientRequest, response: ClientRequestResponse): Outcome {
  const update: UpdateEvent = { Type: "UpdateEventType_ClientRequest", ClientRequest: request };
  return {
    update,
    events: [],
    repeated: true,
    requests: { response, isAwaited: false, answers: [], deliveries: [] },
  };
}

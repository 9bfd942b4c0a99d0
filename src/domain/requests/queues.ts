/**
 * What the OMS itself does with requests at a caller's word, and completes at once: an amend or a cancel of a request
 * that waits in a queue, and the Updates of Operators, who release, reject, change and replace what waits, and say what
 * became of a request that nobody has answered. Here it is only worked out; nothing is changed.
 */
import { type ErrorText, Refusal } from "../../protocol/errors.ts";
import {
  ClientQueue,
  ClientRequest,
  ClientRequestState,
  type ClientRequestUpdate,
  OrderAmend,
  type OrderCancel,
  OrderNew,
} from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import { fromMicroseconds } from "../../protocol/timestamp.ts";
import { keyOf } from "../records.ts";
import { ownAccountId, required, requiredId } from "../requirements.ts";
import type { State } from "../state.ts";
import { contentName } from "./contents.ts";
import { contradictions, examine, type Scene, subjectNamesOf } from "./examining.ts";
import { errorText } from "./order-terms.ts";
import { isLastStatus, requestPermits } from "./permitted.ts";
import { presentRequestKey } from "./request-names.ts";
import { mayFollow, openRequest, stateAfter } from "./request-states.ts";
import { PENDING, QUEUED, REJECTED, SUBMITTED } from "./statuses.ts";
import { subjectOf } from "./subjects.ts";
import { vet } from "./vetting.ts";

/** What is to become of another request, or everything that speaks against it. */
export type Intervention =
  | { readonly errors: readonly ErrorText[]; readonly change?: undefined }
  | { readonly errors: readonly []; readonly change: Change };

/** Another request's state, and its next one. */
export interface Change {
  readonly before: ClientRequestState;
  readonly after: ClientRequestState;
}

/** Whether somebody supplies a feed now. */
type Supplied = (route: string) => boolean;

/** The request that waits in a queue which an amend or a cancel is about, if it is about such a one. */
export function queuedSubject(state: State, { Amend, Cancel, Account }: ClientRequest): ClientRequestState | undefined {
  const operation = Amend ?? Cancel;
  const subject = operation && subjectOf(state, Account?.AccountID ?? "", operation);
  return subject?.is === "request" && subject.request.Status === QUEUED ? subject.request : undefined;
}

/** What an amend or a cancel does to a request that waits in a queue. */
export function queuedOperation(scene: Scene, request: ClientRequest, queued: ClientRequestState): Intervention {
  const { Amend, Cancel = {} } = request;
  if (!requestPermits(scene.state, QUEUED, Amend === undefined ? "CanCancel" : "CanAmend"))
    return statusForbids(QUEUED);
  return Amend === undefined ? cancelled(scene, queued, Cancel) : amended(scene, queued, request, Amend);
}

/** The terms of a request that waits are replaced, and checked and vetted as those of a request that comes in. */
function amended(scene: Scene, before: ClientRequestState, request: ClientRequest, amend: OrderAmend): Intervention {
  const { New, Amend } = before.Request ?? {};
  const content = New ?? Amend;
  if (content === undefined) return against([errorText("Order", amend.PrevRequestID)]);
  const errors = contradictions(amend, content);
  const { OrderType, Price, Quantity, Lifetime, ExpiryDate, CfiCode, ExDestination, FeeCodes } = amend;
  const terms = {
    ...{ OrderType, Price, Quantity, Lifetime, ExpiryDate },
    CfiCode: CfiCode ?? content.CfiCode,
    ExDestination: ExDestination ?? content.ExDestination,
    FeeCodes: FeeCodes ?? content.FeeCodes,
  };
  const replaced =
    New === undefined
      ? { Amend: ordered(OrderAmend, { ...Amend, ...terms }) }
      : { New: ordered(OrderNew, { ...New, ...terms }) };
  return changed(scene, before, withContent(before, request, replaced), errors);
}

function cancelled({ context }: Scene, before: ClientRequestState, cancel: OrderCancel): Intervention {
  const errors = contradictions(cancel, subjectNamesOf(before.Request ?? {}));
  if (errors.length > 0) return against(errors);
  const after = ordered(ClientRequestState, {
    ...before,
    Timestamp: fromMicroseconds(context.at),
    Status: REJECTED,
    Text: "Cancelled",
    IsCompleted: true,
  });
  return { errors: [], change: { before, after } };
}

/**
 * What an Operator's Update does to another request. Throws Refusal when it does not say which one, or what is to become
 * of it.
 */
export function operatorUpdate(scene: Scene, request: ClientRequest, isSupplied: Supplied): Intervention {
  const { state, context } = scene;
  const queueUpdate = required(request.Update, "ClientRequest.Update");
  const update = required(queueUpdate.Update, "ClientRequest.Update.Update");
  const path = "ClientRequest.Update.Update";
  const accountId = ownAccountId(update.Account ?? request.Account, `${path}.Account`, context);
  const requestId = requiredId(update.RequestID, `${path}.RequestID`);
  const before = openRequest(state, presentRequestKey(state, accountId, requestId));
  if (before === undefined) return against([errorText("Request.Unknown", requestId)]);
  switch (required(queueUpdate.Type, "ClientRequest.Update.Type")) {
    case "ClientQueueUpdateType_Replace":
      return replacement(scene, before, request);
    case "ClientQueueUpdateType_Update":
      return decision(scene, before, update, isSupplied);
    case "ClientQueueUpdateType_Unknown":
      throw new Refusal("Field.Invalid", "ClientRequest.Update.Type");
  }
}

/** The content of a request that waits is replaced by that which the Update carries, of the same type. */
function replacement(scene: Scene, before: ClientRequestState, request: ClientRequest): Intervention {
  if (before.Status !== QUEUED) return statusForbids(before.Status);
  const name = contentName(before.Request?.Type);
  const content = name && request[name];
  if (content === undefined) return against([errorText("Field.Missing", `ClientRequest.${name}`)]);
  return changed(scene, before, withContent(before, request, { [name ?? ""]: content }), []);
}

function decision(
  scene: Scene,
  before: ClientRequestState,
  update: ClientRequestUpdate,
  isSupplied: Supplied,
): Intervention {
  const { Status } = update;
  if (Status === undefined || Status === QUEUED) return requeued(before, update);
  if (!mayFollow(before.Status ?? "", Status)) return statusForbids(before.Status);
  if (Status === PENDING) return released(scene, before, isSupplied);
  if (!isLastStatus(scene.state, Status)) return against(["Field.Invalid ClientRequest.Update.Update.Status"]);
  const now = fromMicroseconds(scene.context.at);
  return { errors: [], change: { before, after: stateAfter(scene.state, before, { ...update, Status }, now) } };
}

/** It waits elsewhere, for another time or reason; what is not named stays. */
function requeued(before: ClientRequestState, { Target }: ClientRequestUpdate): Intervention {
  if (before.Status !== QUEUED) return statusForbids(before.Status);
  if (Target === undefined) return against(["Field.Missing ClientRequest.Update.Update.Target"]);
  const Queue = ordered(ClientQueue, { ...before.Request?.Queue, ...Target });
  const Request = ordered(ClientRequest, { ...before.Request, Queue });
  return { errors: [], change: { before, after: { ...before, Request } } };
}

/** It goes on its way, if it still may: what it was checked and vetted by may have changed since. */
function released(scene: Scene, before: ClientRequestState, isSupplied: Supplied): Intervention {
  const examined = changed(scene, before, before.Request ?? {}, []);
  if (examined.change === undefined) return examined;
  const { after } = examined.change;
  const Status = isSupplied(after.Route ?? "") ? SUBMITTED : PENDING;
  const Timestamp = fromMicroseconds(scene.context.at);
  return { errors: [], change: { before, after: ordered(ClientRequestState, { ...after, Timestamp, Status }) } };
}

/** A request that waits becomes another one, if that one is right. */
function changed(
  scene: Scene,
  before: ClientRequestState,
  becoming: ClientRequest,
  alsoWrong: readonly ErrorText[],
): Intervention {
  const { state } = scene;
  const { AccountID = "", OwnerID = "" } = becoming.Account ?? {};
  if (state.record("account", keyOf.account(AccountID)) === undefined) {
    return against([errorText("Account", `${OwnerID}/${AccountID}`)]);
  }
  const { request, errors, route } = examine(scene, becoming);
  const wrong = [...alsoWrong, ...errors];
  const found = wrong.length > 0 ? wrong : vet(state, request).errors;
  if (found.length > 0) return against(found);
  const after = ordered(ClientRequestState, { ...before, Request: request, Route: route });
  return { errors: [], change: { before, after } };
}

/** A request with other content. What belongs to the content comes with it, where it is given. */
function withContent(
  { Request }: ClientRequestState,
  { Values, Properties, IDs }: ClientRequest,
  content: Partial<ClientRequest>,
): ClientRequest {
  return ordered(ClientRequest, {
    ...Request,
    ...content,
    Values: Values ?? Request?.Values,
    Properties: Properties ?? Request?.Properties,
    IDs: IDs ?? Request?.IDs,
  });
}

function statusForbids(status: string | undefined): Intervention {
  return against([errorText("Order.Status", status)]);
}

function against(errors: readonly ErrorText[]): Intervention {
  return { errors };
}

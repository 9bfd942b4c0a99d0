/**
 * Client requests on their way through an Owner: from who asks to the adapter that supplies their feed, and what becomes
 * of them back to who asked. What they mean is the domain's; here is who is sent what, and when: once it is durable.
 *
 * A delivery is sent before anybody is shown that the request was submitted, so that an adapter that is shown on the
 * same socket a submitted request which it does not know was never sent it there.
 */
import type { Conditions, Outcome } from "../domain/apply.ts";
import type { RequestMove } from "../domain/changes.ts";
import { type Key, OMS_SEQUENCE } from "../domain/records.ts";
import type { RequestAnswer, RequestDelivery, Teller } from "../domain/requests/effects.ts";
import { isAwaited } from "../domain/requests/lifecycle.ts";
import {
  heedRequestTimer,
  requestOfTimer,
  unansweredResponse,
  updateOfResponse,
} from "../domain/requests/outstanding.ts";
import { presentRequestKey } from "../domain/requests/request-names.ts";
import { openRequest } from "../domain/requests/request-states.ts";
import { PENDING, SUBMITTED } from "../domain/requests/statuses.ts";
import { required } from "../domain/requirements.ts";
import type { Requester, State, Timer } from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import {
  ClientRequest,
  type ClientRequestResponse,
  type ClientRequestState,
  Permissions,
  type RequestMessage,
  type UpdateEvent,
} from "../protocol/messages/index.ts";
import type { Head } from "../storage/store.ts";
import type { Entry } from "./inbox.ts";
import type { Outbox } from "./outbox.ts";
import { type RequestCaller, RequestCallers, tellCaller } from "./request-callers.ts";
import type { OwnerAddress, RequestCall } from "./rpc.ts";
import type { Seat } from "./seats.ts";
import type { Session } from "./session.ts";
import { isMeant } from "./standing.ts";
import { WaitingRequests } from "./waiting-requests.ts";
import type { Work } from "./work.ts";

/** What requests need of the engine. */
export interface RequestsContext {
  readonly outbox: Outbox;
  /** Queues an entry. */
  add(entry: Entry): void;
  /** The seat of a feed, as of the last commit. */
  seat(feed: string): Seat;
  head(): Head;
}

/** Who asks, and who is told when the outcome is not known at once. */
interface Asker {
  readonly permissions: Permissions;
  readonly requester?: Requester;
}

/** What came of asking. */
interface Asked {
  readonly key: Key<"request">;
  readonly response: ClientRequestResponse;
  /** The outcome is not known yet: a requester that was named is told of it. */
  readonly isAwaited: boolean;
}

export class Requests {
  readonly #context: RequestsContext;
  readonly #callers = new RequestCallers();
  readonly #waiting: WaitingRequests;

  constructor(context: RequestsContext) {
    this.#context = context;
    this.#waiting = new WaitingRequests({
      add: (entry) => context.add(entry),
      seat: (feed) => context.seat(feed),
      tell: (work, update) => this.#tell(work, update, "oms"),
    });
  }

  /** A client's message. Throws Refusal when nothing is to be recorded. */
  askBySocket(work: Work, session: Session, message: RequestMessage): void {
    const request = required(message.Request, "Request");
    const layer = work.layer();
    const outcome = layer.recordOwn(
      { Type: "UpdateEventType_ClientRequest", ClientRequest: request },
      this.conditionsOf(layer, session, message),
    );
    this.follow(layer, outcome);
    this.answerAsker(layer, outcome, session, message);
    layer.mergeInto(work);
  }

  /** A call over REST: the caller waits until the outcome is known, or known to be unknown. */
  callEntry(address: OwnerAddress, { request, permissions }: RequestCall, caller: RequestCaller): Entry {
    const refuse = (work: Work, refusal: Refusal) => {
      work.effects.push(() => caller.settle({ errors: [refusal.text] }));
    };
    return {
      source: "rest",
      bytes: request.length,
      records: 1,
      apply: (work) => {
        // What was true when the call came in need not be true any more.
        if (!isMeant(work.standing, address)) {
          refuse(work, new Refusal("Owner.Unknown"));
          return;
        }
        try {
          this.#askByCall(work, decodeStored(ClientRequest, request), decodeStored(Permissions, permissions), caller);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(work, error);
        }
      },
      refuse,
      fail(work, refusal) {
        work.record(OMS_SEQUENCE, work.position(OMS_SEQUENCE) + 1, { Errors: [refusal.text] });
        refuse(work, refusal);
      },
    };
  }

  #askByCall(work: Work, request: ClientRequest, permissions: Permissions, caller: RequestCaller): void {
    const layer = work.layer();
    const update: UpdateEvent = { Type: "UpdateEventType_ClientRequest", ClientRequest: request };
    const outcome = layer.recordOwn(update, this.#asking(layer, { permissions }));
    this.follow(layer, outcome);
    layer.mergeInto(work);
    const { key, response } = askedOf(work, outcome);
    const at = work.lastAt;
    const waits = request.IsValidate !== true && isToBeAnswered(work, key);
    work.effects.push(() => {
      if (waits) this.#callers.wait(key, caller);
      else tellCaller(caller, at, response);
    });
  }

  /** What the requests and updates of requests that come in frames of a session are applied under. */
  conditionsOf(work: Work, session: Session, { RequestID, Feed }: RequestMessage): Conditions {
    const requester = { SessionID: session.id, ...(RequestID !== undefined && { RequestID }) };
    const feed = Feed?.Position?.Sequence;
    return {
      ...this.#asking(work, { permissions: session.permissions, requester }),
      ...(feed !== undefined && { teller: { feed } }),
    };
  }

  #asking(work: Work, asker: Asker): Conditions {
    return { asking: { ...asker, isSupplied: (route) => this.#isSupplied(work, route) } };
  }

  /** Whether a request can be sent at once: to who has been told that it supplies the feed, and behind nothing else. */
  #isSupplied(work: Work, route: string): boolean {
    return this.#hasSettledSupplier(work, route) && !this.#waiting.isUnderWay(route);
  }

  #hasSettledSupplier(work: Work, feed: string): boolean {
    const { supplier } = work.seat(feed);
    return supplier !== undefined && supplier.sessionId === this.#context.seat(feed).supplier?.sessionId;
  }

  /** Answers who asked in a frame, unless the outcome is not known yet. */
  answerAsker(work: Work, outcome: Outcome, session: Session, { RequestID }: RequestMessage): void {
    if (outcome.requests?.response === undefined) return;
    const asked = askedOf(work, outcome);
    if (!asked.isAwaited) work.effects.push(() => this.#context.outbox.answer(session.id, RequestID, asked.response));
  }

  /** An adapter's answer to a delivery. Throws Refusal when it is about no open request of its feed. */
  answeredByAdapter(work: Work, feed: string, response: ClientRequestResponse | undefined): void {
    const given = required(response, "Feed.RequestResponse");
    required(given.Account, "Feed.RequestResponse.Account");
    required(given.RequestID, "Feed.RequestResponse.RequestID");
    this.#tell(work, updateOfResponse(given), { feed, isResponse: true });
  }

  /** A timer that was set for a request is due. */
  heedTimer(work: Work, timer: Timer): void {
    const due = heedRequestTimer(work.state, timer);
    switch (due.due) {
      case "nothing":
        return;
      case "update":
        this.#tell(work, due.update, "oms");
        return;
      case "answer":
        work.effects.push(() => this.#answer(due.answer));
    }
  }

  /** What a timer asks for could not be recorded: nobody is left to wait for it. */
  timerFailed({ key }: Timer, refusal: Refusal): void {
    this.#callers.refuse(key, refusal);
  }

  /**
   * On waking: what was on its way out to a feed whose supplier is still there goes on. `timers` are those of the
   * requests that wait, and may be others too; when not all of them could be given, `feeds` are all that are supplied.
   */
  takeUp(timers: readonly Timer[], state: State, feeds: Iterable<string>): void {
    const found = timers.flatMap((timer) => {
      const request = timer.kind === "request" ? openRequest(state, requestOfTimer(timer)) : undefined;
      return request?.Status === PENDING ? [request.Route ?? ""] : [];
    });
    for (const feed of new Set([...found, ...feeds])) this.#waiting.send(feed);
  }

  /** Somebody may have come to supply a feed: what waits for it goes out. */
  sendWaiting(feed: string): void {
    this.#waiting.send(feed);
  }

  /** A request is known by another key from now on: who waits for it is told under that one. */
  moved(move: RequestMove): void {
    this.#callers.move(move);
  }

  /** The Owner is not known any more by the name under which callers asked. */
  abandonCallers(): void {
    this.#callers.refuseAll(new Refusal("Owner.Unknown"));
  }

  #tell(work: Work, update: UpdateEvent, teller: Teller): void {
    const layer = work.layer();
    this.follow(layer, layer.recordOwn(update, { teller }));
    layer.mergeInto(work);
  }

  /** Sees to what follows from an update that has just been recorded. */
  follow(work: Work, { requests, events }: Outcome): void {
    if (requests === undefined) return;
    for (const delivery of requests.deliveries) this.#deliver(work, delivery);
    for (const answer of requests.answers) work.effects.push(() => this.#answer(answer));
    for (const { Request } of events) if (Request?.Status === PENDING) this.#awaitSupply(work, Request);
  }

  /** One that could not be sent at once although somebody supplies its feed must not be forgotten. */
  #awaitSupply(work: Work, { Route = "" }: ClientRequestState): void {
    work.effects.push(() => this.#waiting.send(Route));
  }

  /** Sends a request once, to who supplies its feed now. One whose socket is lost meanwhile is as one lost on the way. */
  #deliver(work: Work, { route, request }: RequestDelivery): void {
    const { supplier } = work.seat(route);
    if (supplier === undefined) return;
    // A number that was never given before and is told apart for ever: the At of the record that says it was sent.
    const RequestID = work.lastAt;
    const send = () =>
      void this.#context.outbox.tellFeed(supplier.sessionId, {
        Type: "FeedEventType_Request",
        RequestID,
        Position: { Sequence: route },
        Request: request,
      });
    // Who has yet to be told that it supplies the feed is told that first.
    if (this.#hasSettledSupplier(work, route)) work.deliveries.push(send);
    else work.effects.push(send);
  }

  #answer({ key, requester, response }: RequestAnswer): void {
    this.#callers.answer(key, this.#context.head().at, response);
    const { SessionID, RequestID } = requester ?? {};
    if (SessionID !== undefined) this.#context.outbox.answer(SessionID, RequestID, response);
  }
}

/** What came of asking. The outcome so far of one that was not answered in time is that it is not known. */
function askedOf(work: Work, { requests, repeated }: Outcome): Asked {
  const { response, isAwaited: awaited = false } = requests ?? {};
  if (response === undefined) throw new Error("a client request was applied without an answer");
  const key = presentRequestKey(work.state, response.Account?.AccountID ?? "", response.RequestID ?? "");
  const state = openRequest(work.state, key);
  const isUnanswered = repeated && state?.Status === SUBMITTED && response.Status === SUBMITTED;
  if (!isUnanswered || work.hasTimer("request", key)) return { key, response, isAwaited: awaited };
  return { key, response: unansweredResponse(state), isAwaited: awaited };
}

/** Whether an answer is yet to come to who asked for a request: of its adapter, or of its timer. */
function isToBeAnswered(work: Work, key: Key<"request">): boolean {
  const state = openRequest(work.state, key);
  return state !== undefined && isAwaited(state) && work.hasTimer("request", key);
}

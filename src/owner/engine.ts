/**
 * An Owner's engine: the commit loop, its feeds and its subscribers, on a store and on sockets that it knows only as
 * interfaces. It runs the same inside a Durable Object and in a test.
 */

import { exchangeInEffect } from "../domain/exchanges.ts";
import type { At } from "../domain/records.ts";
import { routeOf as routeOfOrder } from "../domain/routing.ts";
import type { Timer } from "../domain/state.ts";
import type { OrderRouter } from "../domain/views.ts";
import type { Tell } from "../operations/log.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FeedDetails, type RequestMessage } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { Admission } from "./admission.ts";
import { Alarm } from "./alarm.ts";
import { CatchUp } from "./catch-up.ts";
import { CommitLoop } from "./commit-loop.ts";
import {
  abandonedEntry,
  type EntryContext,
  lostEntry,
  messageEntry,
  overflowEntry,
  submissionEntry,
  timerEntry,
  unreadableEntry,
} from "./entries.ts";
import { FeedConversation } from "./feed-conversation.ts";
import { type Incoming, readFrame } from "./frames.ts";
import { deliveryEntry, type HandingDown, retirementEntry } from "./handed-down.ts";
import { committedRecord } from "./log-reading.ts";
import { Figures } from "./metrics.ts";
import { momentOf } from "./moments.ts";
import { Monitor } from "./monitor.ts";
import { Outbox } from "./outbox.ts";
import { Past } from "./past.ts";
import { Publisher } from "./publisher.ts";
import { Queries, queryEntry } from "./queries.ts";
import { readList, readRecord } from "./reading.ts";
import { feedRole, seatsOf } from "./remembered-seats.ts";
import { Requests } from "./requests.ts";
import type {
  Delivery,
  FeedAnswer,
  FeedQuestion,
  Instruction,
  ListQuestion,
  OwnerAddress,
  RecordQuestion,
  RequestCall,
  RequestOutcome,
  Retirement,
  Submitted,
} from "./rpc.ts";
import { type Seat, sessionsOf } from "./seats.ts";
import { Session, type SessionState, type SocketCaller } from "./session.ts";
import { CLOSE, LOST, type Socket } from "./socket.ts";
import { requireAddress } from "./standing.ts";
import { subscribe, unsubscribe } from "./subscribing.ts";
import type { Surroundings, Work } from "./work.ts";

/** What the engine needs of the object that it runs in. */
export interface Host extends Surroundings {
  later(milliseconds: number, action: () => void): void;
  /**
   * Calls back after so many milliseconds, unless what it gives is called before. While it waits the object cannot
   * hibernate.
   */
  timeout(milliseconds: number, action: () => void): () => void;
  /** Sets the single alarm, in milliseconds since 1970. */
  setAlarm(due: number): void;
  abort(reason: string): void;
  report(error: unknown): void;
  /** Where lines of the log go; absent: nowhere. */
  readonly tell?: Tell;
}

/** A socket that outlived the object's memory, with its attachment. */
export interface SurvivingSocket {
  readonly socket: Socket;
  readonly state: SessionState;
  readonly isOpen: boolean;
}

/** How often the attachment of a supplier that is watched is refreshed, in milliseconds. */
const HEARD_PRECISION_MS = 1000;

export class Engine {
  readonly #store: Store;
  readonly #host: Host;
  readonly #loop: CommitLoop;
  readonly #sessions = new Map<string, Session>();
  readonly #outbox: Outbox;
  readonly #publisher: Publisher;
  readonly #catchUp: CatchUp;
  readonly #entries: EntryContext;
  readonly #alarm: Alarm;
  readonly #monitor: Monitor;
  /** Who is let in by a socket, and who may stay. */
  readonly admission: Admission;
  /** What was, and what happened. */
  readonly past: Past;
  /** What operators see of it. */
  readonly figures: Figures;
  /** What adapters are being asked. */
  readonly queries: Queries;
  readonly #requests: Requests;
  readonly #handingDown: HandingDown;

  constructor(store: Store, host: Host) {
    this.#store = store;
    this.#host = host;
    this.past = new Past(store, () => this.ownerId);
    this.#alarm = new Alarm({ store, setAlarm: (due) => host.setAlarm(due) });
    const monitor = new Monitor({ ownerId: () => this.ownerId, store, host });
    this.#monitor = monitor;
    const admission = new Admission({
      alarm: this.#alarm,
      ownerId: () => this.ownerId,
      now: () => host.now(),
      sessions: () => this.#sessions.values(),
      disconnect: (session, code, reason) => this.#disconnect(session, code, reason),
      guard: (effect) => this.#guard(effect),
    });
    this.admission = admission;
    this.#handingDown = {
      enforce: (change, position) => admission.enforceOnce(change, position),
      expelAll: () => {
        admission.expelAll();
        this.#requests.abandonCallers();
      },
    };
    this.#loop = new CommitLoop(store, host, {
      nextTurn: (action) => host.later(0, action),
      committed: (work) => this.#committed(work),
      abort: (reason) => host.abort(reason),
      jobDone: () => this.#recordAbandoned(),
      report: (error) => this.#report(error),
    });
    const sessions = () => this.#sessions.values();
    this.figures = new Figures({ store, loop: this.#loop, monitor, now: host.now, sessions });
    this.#outbox = new Outbox({
      session: (id) => this.#sessions.get(id),
      head: () => this.#loop.head,
      disconnect: (session, code, reason) => this.#disconnect(session, code, reason),
      refused: (errors) => monitor.refused(errors),
    });
    this.queries = new Queries({
      now: () => host.now(),
      timeout: (milliseconds, action) => host.timeout(milliseconds, action),
      outbox: this.#outbox,
    });
    this.#requests = new Requests({
      outbox: this.#outbox,
      add: (entry) => this.#loop.add(entry),
      seat: (feed) => this.#loop.seat(feed),
      head: () => this.#loop.head,
    });
    const failed = (session: Session, error: unknown) => this.#giveUp(session, error);
    const routeOf: OrderRouter = (order) =>
      routeOfOrder(order, exchangeInEffect(this.#loop.state, order?.Exchange ?? ""));
    this.#publisher = new Publisher(this.#outbox, routeOf, failed);
    const later = (milliseconds: number, action: () => void) => host.later(milliseconds, action);
    const head = () => this.#loop.head;
    const catchingUp = { store, head, now: () => host.now(), later, failed };
    this.#catchUp = new CatchUp(catchingUp, this.#outbox, this.#publisher);
    this.#entries = {
      conversation: new FeedConversation(this.#outbox, this.queries, this.#requests),
      outbox: this.#outbox,
      requests: this.#requests,
      changeSubscriptions: (session, message) => this.#changeSubscriptions(session, message),
    };
  }

  /** The Owner that this is; empty before it is told. */
  get ownerId(): string {
    return this.#loop.standing?.ownerId ?? "";
  }

  /** Whatever is recorded from now on is recorded after this, for as long as the object is in memory. */
  settle(): At {
    return this.#loop.settle();
  }

  /** Throws Refusal `Owner.Unknown` when it is not the Owner that is meant. */
  requireAddress(address: OwnerAddress): void {
    requireAddress(this.#loop.standing, address);
  }

  /** Takes up the sockets that outlived the object's memory, and records what did not. */
  wake(sockets: Iterable<SurvivingSocket>): void {
    const closing: string[] = [];
    for (const { socket, state, isOpen } of sockets) {
      this.#sessions.set(state.id, new Session(socket, state));
      if (!isOpen) closing.push(state.id);
    }
    const seats = seatsOf([...this.#sessions.values()]);
    for (const [feed, seat] of seats) this.#loop.restoreSeat(feed, seat);
    this.#monitor.wake(seats, this.#loop.job);
    if (seats.size > 0) this.#takeUpRequests(seats.keys());
    this.#recordAbandoned();
    for (const sessionId of closing) this.lose(sessionId);
    this.admission.takeStock();
    this.admission.closeExpired();
    for (const session of this.#sessions.values()) if (!session.stream.isLive) this.#catchUp.serve(session);
    this.#alarm.restore(this.#host.now());
    this.#loop.goOn();
  }

  /** Feeds may be online in the records although nobody supplies them: a restart, or the end of a job, tells so. */
  #recordAbandoned(): void {
    for (const { body } of this.#store.list("feed", {})) {
      const { FeedID = "", Status } = decodeStored(FeedDetails, body);
      const isAbandoned = Status === "CONNECTIONSTATUS_ONLINE" && this.#loop.seat(FeedID).supplier === undefined;
      if (isAbandoned) this.#loop.add(abandonedEntry(this.#entries, FeedID));
    }
  }

  /** What was on its way out to feeds that are still supplied goes on. */
  #takeUpRequests(feeds: Iterable<string>): void {
    const most = LIMITS.COMMIT_RECORDS;
    // None waits that came after the head of the log: which may be ahead of the clock.
    const last = Math.ceil(this.#loop.head.at / 1000) + LIMITS.REQUEST_TIMEOUT_MS;
    const timers = this.#store.dueTimers(last, most);
    this.#requests.takeUp(timers, this.#loop.state, timers.length < most ? [] : feeds);
  }

  /**
   * A new socket. Gives the session's id, which the socket must be known by from now on. Throws Refusal; then it has not
   * been accepted: `Retry` when there are too many, or when the caller's permissions have just been taken away,
   * `Unauthenticated` when its token has expired, `Subscription.TooLarge` when its permissions do not fit an attachment.
   */
  connect(caller: SocketCaller, accept: () => Socket): string {
    if (this.#sessions.size >= LIMITS.SOCKETS) throw new Refusal("Retry");
    const state = Session.opened(this.#host.newId(), this.admission.admitted(caller), this.#host.now());
    const session = new Session(accept(), state);
    this.#sessions.set(session.id, session);
    session.keep();
    this.#alarm.add(session.expires);
    this.#monitor.socketOpened(session.id, this.#sessions.size);
    return session.id;
  }

  /** A frame of a socket. */
  receive(sessionId: string, frame: string | ArrayBuffer): void {
    this.admission.closeExpired();
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.isGone || session.badFrames >= LIMITS.BAD_FRAMES) return;
    session.hear(typeof frame !== "string");
    this.#takeFrames(session, readFrame(frame));
    this.#goOn(session);
  }

  #takeFrames(session: Session, frames: readonly Incoming[]): void {
    for (const incoming of frames) {
      if (incoming.isReadable && incoming.message.Type === "RequestMessageType_Acknowledge") {
        session.badFrames = 0;
        this.#acknowledged(session, incoming.message);
        continue;
      }
      if (!this.#loop.hasRoomFor(incoming.bytes)) {
        this.#overflow(session);
        return;
      }
      if (incoming.isReadable) {
        session.badFrames = 0;
        this.#loop.add(messageEntry(this.#entries, session, incoming.message, incoming.bytes));
        continue;
      }
      const isLast = ++session.badFrames === LIMITS.BAD_FRAMES;
      const expel = () => this.#disconnect(session, CLOSE.policy, "too many unreadable frames");
      this.#loop.add(unreadableEntry(this.#entries, session, incoming, isLast ? expel : undefined));
      if (isLast) return;
    }
  }

  /** Acknowledgements do not wait in the inbox: nothing is recorded of them, and one must never be lost. */
  #acknowledged(session: Session, message: RequestMessage): void {
    try {
      session.acknowledge(message.Received);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#outbox.respond(session, message, [error.text]);
    }
  }

  /** A session that waited for an acknowledgement is served what it has room for now. */
  #goOn(session: Session): void {
    if (!session.stream.isLive) this.#catchUp.serve(session);
    this.#guard(() => session.keepIfNecessary());
  }

  /** There is no room for a frame. One answer serves for all that find none before it is sent. */
  #overflow(session: Session): void {
    if (session.isOverflowing) return;
    session.isOverflowing = true;
    this.#loop.add(overflowEntry(this.#entries, session));
  }

  /** A socket has closed with a code, or is known to be dead. */
  lose(sessionId: string, code = LOST): void {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) this.#forget(session, code);
  }

  /** Applies a caller's instructions: all of them, durably, or none. */
  submit(address: OwnerAddress, instructions: readonly Instruction[]): Promise<Submitted> {
    const bytes = instructions.reduce((sum, { update }) => sum + update.length, 0);
    if (!this.#loop.hasRoomFor(bytes)) return Promise.resolve({ errors: [new Refusal("Retry").text], item: 0 });
    return new Promise((resolve) =>
      this.#loop.add(submissionEntry(address, instructions, this.#monitor.noting(resolve))),
    );
  }

  /** Makes a client request, and waits for its outcome. Never rejects. */
  request(address: OwnerAddress, call: RequestCall): Promise<RequestOutcome> {
    return new Promise((settle) => {
      const caller = { compact: call.compact === true, settle: this.#monitor.noting(settle) };
      if (this.#loop.hasRoomFor(call.request.length)) this.#loop.add(this.#requests.callEntry(address, call, caller));
      else caller.settle({ errors: [new Refusal("Retry").text] });
    });
  }

  /** Asks the adapter that supplies a feed, in turn with everything else that comes in. Never rejects. */
  query(address: OwnerAddress, question: FeedQuestion): Promise<FeedAnswer> {
    return new Promise((resolve) => {
      const requestId = this.#loop.hasRoomFor(question.query.length) ? this.queries.take(question, resolve) : undefined;
      if (requestId === undefined) resolve({ errors: [new Refusal("Retry").text] });
      else this.#loop.add(queryEntry(this.queries, address, question, requestId));
    });
  }

  /** Takes metadata that the System hands down; resolves with the position up to which it is durable. */
  async handDown(delivery: Delivery): Promise<number> {
    try {
      return await this.#take(delivery);
    } catch (error) {
      const isInternal = error instanceof Refusal && error.code === "Internal";
      if (!isInternal || delivery.items.length < 2) throw error;
      // One by one, so that what cannot be applied holds nothing else back.
      for (const item of delivery.items) await this.#take({ after: 0, items: [item], upTo: item.position });
      return await this.#take({ after: 0, items: [], upTo: delivery.upTo });
    }
  }

  #take(delivery: Delivery): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#loop.add(deliveryEntry(this.#handingDown, delivery, { resolve, reject })),
    );
  }

  /** Ends the Owner for good, unless it is occupied and is not forced. */
  retire(address: OwnerAddress, force: boolean): Promise<Retirement> {
    return new Promise((resolve, reject) =>
      this.#loop.add(retirementEntry(this.#handingDown, address, force, { resolve, reject })),
    );
  }

  /** Does what is due, and resolves when it is durable. */
  async alarm(): Promise<void> {
    this.admission.closeExpired();
    if (this.#loop.hasJob) {
      // Nothing else is done before its end, and the next alarm finds what is due then.
      this.#loop.goOn();
      this.#alarm.set(this.#host.now() + LIMITS.TIMER_RETRY_MS);
      return;
    }
    const due = this.#store.dueTimers(this.#host.now(), LIMITS.COMMIT_RECORDS);
    await Promise.all(due.map((timer) => this.#deal(timer)));
    const [first] = due;
    const isStuck = first !== undefined && this.#store.timerOf(first.kind, first.key) === first.due;
    if (isStuck) this.#monitor.alarmRetried(first.kind);
    this.#alarm.set(isStuck ? this.#host.now() + LIMITS.TIMER_RETRY_MS : 0);
  }

  #deal(timer: Timer): Promise<void> {
    return new Promise((settled) => {
      const lastSign = (sessionId: string) => this.#lastSign(sessionId);
      this.#loop.add(timerEntry(this.#entries, timer, lastSign, settled));
    });
  }

  /** One record's JSON. Throws Refusal `History.Archived`. */
  record(question: RecordQuestion): { readonly at: At; readonly body: string | undefined } {
    const at = momentOf(this.#store, question.asAt);
    return { at, body: readRecord(this.#store, question, at) };
  }

  /** A list's JSON, in pieces. Throws Refusal `History.Archived`. */
  list(question: ListQuestion): { readonly at: At; readonly pieces: Iterator<string, void> } {
    const at = momentOf(this.#store, question.asAt);
    return { at, pieces: readList(this.#store, question, at) };
  }

  #committed(work: Work): void {
    this.#monitor.committed(work);
    for (const [feed, seat] of work.seats) this.#guard(() => this.#rememberSeat(feed, seat));
    // The alarm may be late: nobody is shown what happened after its token expired.
    this.#guard(() => this.admission.closeExpired());
    for (const move of work.requestsMoved) this.#guard(() => this.#requests.moved(move));
    for (const deliver of work.deliveries) this.#guard(deliver);
    this.#guard(() => this.#publisher.publish(this.#sessions.values(), work.records.map(committedRecord)));
    for (const effect of work.effects) this.#guard(effect);
    for (const feed of work.acknowledged) this.#guard(() => this.#acknowledge(feed));
    for (const answer of work.answers) this.#guard(answer);
    if (work.state.timers.size > 0) this.#guard(() => this.#alarm.set());
  }

  #acknowledge(feed: string): void {
    const { supplier, standby } = this.#loop.seat(feed);
    const session = supplier && this.#sessions.get(supplier.sessionId);
    if (session === undefined) return;
    this.#outbox.bookmarkFeed(session, feed);
    const now = this.#host.now();
    if (standby.length > 0 && now - session.heardKept >= HEARD_PRECISION_MS) {
      session.heardKept = now;
      session.keep();
    }
  }

  #rememberSeat(feed: string, seat: Seat): void {
    const concerned = new Set(sessionsOf(seat));
    for (const session of this.#sessions.values()) {
      if (!concerned.has(session.id) && !Object.hasOwn(session.feeds, feed)) continue;
      const { [feed]: _, ...others } = session.feeds;
      const role = feedRole(seat, session);
      session.feeds = role === undefined ? others : { ...others, [feed]: role };
      session.keep();
    }
  }

  #changeSubscriptions(session: Session, message: RequestMessage): void {
    if (session.isGone) return;
    try {
      if (message.Type === "RequestMessageType_Subscribe") subscribe(session, this.#store, this.ownerId, message);
      else unsubscribe(session, message.Subscription);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#outbox.respond(session, message, [error.text]);
      return;
    }
    this.#outbox.respond(session, message, []);
    session.keep();
    if (!session.stream.isLive) this.#catchUp.serve(session);
  }

  #disconnect(session: Session, code: number, reason: string): void {
    // It counts as lost in any case: what it held must pass on.
    this.#guard(() => session.close(code, reason));
    this.#forget(session, code);
  }

  /** A session that could not be served has a gap: its client must resume. */
  #giveUp(session: Session, error: unknown): void {
    this.#report(error);
    this.#disconnect(session, CLOSE.failed, "it could not be served");
  }

  #forget(session: Session, code: number): void {
    if (!this.#sessions.delete(session.id)) return;
    this.#monitor.socketClosed(session.id, code, this.#sessions.size);
    session.isGone = true;
    this.#guard(() => session.socket.keep(null));
    if (Object.keys(session.feeds).length > 0 || this.#mayBeOpening(session)) {
      this.#loop.add(lostEntry(this.#entries, session));
    }
  }

  /** A session that is allowed to supply may have an Open in the inbox. */
  #mayBeOpening({ permissions }: Session): boolean {
    return (permissions.Feeds?.length ?? 0) > 0;
  }

  #lastSign(sessionId: string): number | undefined {
    const session = this.#sessions.get(sessionId);
    const ping = session?.socket.lastPing();
    return session === undefined || ping === undefined ? undefined : Math.max(ping, session.lastHeard);
  }

  /** What follows a commit must not undo it: an effect that throws is reported, and costs only itself. */
  #guard(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#monitor.failed();
    this.#host.report(error);
  }
}

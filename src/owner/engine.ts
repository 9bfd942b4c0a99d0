/**
 * An Owner's engine: the commit loop, its feeds and its subscribers, on a store and on sockets that it knows only as
 * interfaces. It runs the same inside a Durable Object and in a test.
 */
import type { At } from "../domain/records.ts";
import type { Timer } from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FeedDetails, type Permissions, type RequestMessage } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
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
import { readFrame } from "./frames.ts";
import { committedRecord } from "./log-reading.ts";
import { Outbox } from "./outbox.ts";
import { Publisher } from "./publisher.ts";
import { readList, readRecord } from "./reading.ts";
import type { Health, Instruction, ListQuestion, RecordQuestion, Submitted } from "./rpc.ts";
import { type Occupant, roleOf, type Seat, sessionsOf } from "./seats.ts";
import { type FeedRole, Session, type SessionState } from "./session.ts";
import { CLOSE, type Socket } from "./socket.ts";
import { subscribe, unsubscribe } from "./subscribing.ts";
import type { Surroundings, Work } from "./work.ts";

/** What the engine needs of the object that it runs in. */
export interface Host extends Surroundings {
  later(milliseconds: number, action: () => void): void;
  /** Sets the single alarm, in milliseconds since 1970. */
  setAlarm(due: number): void;
  abort(reason: string): void;
  report(error: unknown): void;
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

  constructor(store: Store, host: Host) {
    this.#store = store;
    this.#host = host;
    this.#loop = new CommitLoop(store, host, {
      nextTurn: (action) => host.later(0, action),
      committed: (work) => this.#committed(work),
      abort: (reason) => host.abort(reason),
      report: (error) => host.report(error),
    });
    this.#outbox = new Outbox({
      session: (id) => this.#sessions.get(id),
      head: () => this.#loop.head,
      disconnect: (session, code, reason) => this.#disconnect(session, code, reason),
    });
    const failed = (session: Session, error: unknown) => this.#giveUp(session, error);
    this.#publisher = new Publisher(this.#outbox, failed);
    const later = (milliseconds: number, action: () => void) => host.later(milliseconds, action);
    const head = () => this.#loop.head;
    this.#catchUp = new CatchUp({ store, head, now: () => host.now(), later, failed }, this.#outbox, this.#publisher);
    this.#entries = {
      conversation: new FeedConversation(this.#outbox),
      outbox: this.#outbox,
      changeSubscriptions: (session, message) => this.#changeSubscriptions(session, message),
    };
  }

  /** Takes up the sockets that outlived the object's memory, and records what did not. */
  wake(sockets: Iterable<SurvivingSocket>): void {
    const closing: string[] = [];
    for (const { socket, state, isOpen } of sockets) {
      this.#sessions.set(state.id, new Session(socket, state));
      if (!isOpen) closing.push(state.id);
    }
    for (const [feed, seat] of seatsOf([...this.#sessions.values()])) this.#loop.restoreSeat(feed, seat);
    for (const { body } of this.#store.list("feed", {})) {
      const { FeedID = "", Status } = decodeStored(FeedDetails, body);
      const isAbandoned = Status === "CONNECTIONSTATUS_ONLINE" && this.#loop.seat(FeedID).supplier === undefined;
      if (isAbandoned) this.#loop.add(abandonedEntry(this.#entries, FeedID));
    }
    for (const sessionId of closing) this.lose(sessionId);
    for (const session of this.#sessions.values()) if (!session.stream.isLive) this.#catchUp.serve(session);
    // The platform gives an alarm up that failed too often: one that is overdue might never go off.
    const next = this.#store.nextTimer();
    if (next !== undefined && next <= this.#host.now()) this.#host.setAlarm(next);
  }

  /**
   * A new socket. Gives the session's id, which the socket must be known by from now on. Throws Refusal `Retry` when
   * there are too many, `Subscription.TooLarge` when the caller's permissions do not fit an attachment.
   */
  connect(socket: Socket, permissions: Permissions, compact: boolean): string {
    if (this.#sessions.size >= LIMITS.SOCKETS) throw new Refusal("Retry");
    const state = Session.opened(this.#host.newId(), permissions, compact, this.#host.now());
    const session = new Session(socket, state);
    this.#sessions.set(session.id, session);
    session.keep();
    return session.id;
  }

  /** A frame of a socket. */
  receive(sessionId: string, frame: string | ArrayBuffer): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.isGone || session.badFrames >= LIMITS.BAD_FRAMES) return;
    for (const incoming of readFrame(frame)) {
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

  /** There is no room for a frame. One answer serves for all that find none before it is sent. */
  #overflow(session: Session): void {
    if (session.isOverflowing) return;
    session.isOverflowing = true;
    this.#loop.add(overflowEntry(this.#entries, session));
  }

  /** A socket has closed, or is known to be dead. */
  lose(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) this.#forget(session);
  }

  /** Applies a caller's instructions: all of them, durably, or none. */
  submit(source: string, instructions: readonly Instruction[]): Promise<Submitted> {
    const bytes = instructions.reduce((sum, { update }) => sum + update.length, 0);
    if (!this.#loop.hasRoomFor(bytes)) return Promise.resolve({ errors: [new Refusal("Retry").text], item: 0 });
    return new Promise((resolve) => this.#loop.add(submissionEntry(source, instructions, resolve)));
  }

  /** Does what is due, and resolves when it is durable. */
  async alarm(): Promise<void> {
    const due = this.#store.dueTimers(this.#host.now(), LIMITS.COMMIT_RECORDS);
    await Promise.all(due.map((timer) => this.#deal(timer)));
    const [first] = due;
    const isStuck = first !== undefined && this.#store.timerOf(first.kind, first.key) === first.due;
    this.#setAlarm(isStuck ? this.#host.now() + LIMITS.TIMER_RETRY_MS : 0);
  }

  #deal(timer: Timer): Promise<void> {
    return new Promise((settled) => {
      const lastSign = (sessionId: string) => this.#lastSign(sessionId);
      this.#loop.add(timerEntry(this.#entries, timer, lastSign, settled));
    });
  }

  /** One record's JSON. */
  record(question: RecordQuestion): { readonly at: At; readonly body: string | undefined } {
    return { at: this.#loop.head.at, body: readRecord(this.#store, question) };
  }

  /** A list's JSON, in pieces. */
  list(question: ListQuestion): { readonly at: At; readonly pieces: Iterator<string, void> } {
    const { at } = this.#loop.head;
    return { at, pieces: readList(this.#store, question, at) };
  }

  health(): Health {
    const bytesUsed = this.#store.bytesUsed();
    const isDegraded = bytesUsed >= LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES;
    return { status: isDegraded ? "Degraded" : "Healthy", bytesUsed, head: this.#loop.head.at };
  }

  #committed(work: Work): void {
    for (const [feed, seat] of work.seats) this.#guard(() => this.#rememberSeat(feed, seat));
    this.#guard(() => this.#publisher.publish(this.#sessions.values(), work.records.map(committedRecord)));
    for (const effect of work.effects) this.#guard(effect);
    for (const feed of work.acknowledged) this.#guard(() => this.#acknowledge(feed));
    for (const answer of work.answers) this.#guard(answer);
    if (work.state.timers.size > 0) this.#guard(() => this.#setAlarm());
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
      if (message.Type === "RequestMessageType_Subscribe") subscribe(session, this.#store, this.#host.ownerId, message);
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
    this.#forget(session);
  }

  /** A session that could not be served has a gap: its client must resume. */
  #giveUp(session: Session, error: unknown): void {
    this.#host.report(error);
    this.#disconnect(session, CLOSE.failed, "it could not be served");
  }

  #forget(session: Session): void {
    if (!this.#sessions.delete(session.id)) return;
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

  #setAlarm(notBefore = 0): void {
    const next = this.#store.nextTimer();
    if (next !== undefined) this.#host.setAlarm(Math.max(next, notBefore));
  }

  /** What follows a commit must not undo it: an effect that throws is reported, and costs only itself. */
  #guard(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#host.report(error);
    }
  }
}

function feedRole(seat: Seat, session: Session): FeedRole | undefined {
  const role = roleOf(seat, session.id);
  if (role === "none") return undefined;
  const order = seat.standby.findIndex(({ sessionId }) => sessionId === session.id);
  const occupant = role === "supplier" ? seat.supplier : seat.standby[order];
  const { identity } = session;
  return {
    role,
    order: Math.max(order, 0),
    identity,
    agent: occupant?.agent ?? "",
    gapless: occupant?.gapless ?? false,
  };
}

/** The seats of all feeds, as sessions remember their roles. */
function seatsOf(sessions: readonly Session[]): ReadonlyMap<string, Seat> {
  const feeds = new Set(sessions.flatMap((session) => Object.keys(session.feeds)));
  return new Map([...feeds].map((feed) => [feed, seatOf(feed, sessions)]));
}

function seatOf(feed: string, sessions: readonly Session[]): Seat {
  const roles = sessions
    .flatMap((session) => {
      const role = Object.hasOwn(session.feeds, feed) ? session.feeds[feed] : undefined;
      return role === undefined ? [] : [{ ...role, sessionId: session.id }];
    })
    .sort((left, right) => left.order - right.order);
  const withRole = (wanted: FeedRole["role"]) => roles.filter(({ role }) => role === wanted);
  return {
    supplier: withRole("supplier").map(occupantOf)[0],
    standby: withRole("standby").map(occupantOf),
    ended: withRole("ended").map(({ sessionId }) => sessionId),
  };
}

function occupantOf({ sessionId, identity, agent, gapless }: Occupant): Occupant {
  return { sessionId, identity, agent, gapless };
}

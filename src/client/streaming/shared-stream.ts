/**
 * The subscriptions of a session share one socket, and the socket has one cursor. They are taken up one after another,
 * so that it is always known whom a snapshot or a replay is for; from then on every event is for all who show it. What
 * no position covers yet is held back, so that nothing is folded twice when a record is cut in its middle.
 */

import { sameContent } from "../../protocol/codec.ts";
import type { EventMessage, SnapshotPosition, UpdateEvent, UpdatePosition } from "../../protocol/messages/index.ts";
import type { OmsError } from "../errors.ts";
import { Acknowledgements, type CountedFrame } from "./acknowledgements.ts";
import type { Connection } from "./connection.ts";
import { brokenError, refusedError } from "./errors.ts";
import type { ServedSubscription, Unit } from "./live-subscription.ts";
import type { Place } from "./subscription.ts";

/** A subscription that is being taken up. */
interface TakingUp {
  readonly subscription: ServedSubscription;
  readonly requestId: string;
  /** It is the first on its socket and resumes: the stream begins with what it missed. */
  isFirst: boolean;
  /** What is replayed to it alone, or came for it since: folded when it is up to date. */
  held: Unit[];
  isReplaying: boolean;
}

/** A snapshot that is being sent. */
interface Snapshot {
  readonly subscription: ServedSubscription;
  readonly positions: readonly (readonly [sequence: string, position: number])[];
  readonly events: UpdateEvent[];
}

export class SharedStream {
  readonly #subscriptions = new Set<ServedSubscription>();
  #connection: Connection | undefined;
  #acknowledgements = new Acknowledgements(() => undefined);
  /** No subscription has been accepted on the present connection. */
  #isFresh = true;
  /** Those that the stream's events are for. */
  #live = new Set<ServedSubscription>();
  /** Those that the server shows anew because it has forgotten where they were. */
  #stale = new Set<ServedSubscription>();
  #queue: ServedSubscription[] = [];
  #taking: TakingUp | undefined;
  /** Requests of subscriptions that were closed before they were up to date. */
  #abandoned = new Set<string>();
  #snapshot: Snapshot | undefined;
  /** The last position of each sequence that the present connection has served. */
  #cursor = new Map<string, number>();
  /** The beginning of a record whose position is yet to come. */
  #parts: UpdateEvent[] = [];

  get subscriptions(): Iterable<ServedSubscription> {
    return this.#subscriptions;
  }

  /** There is a connection: everything is taken up on it. */
  connected(connection: Connection): void {
    this.#connection = connection;
    this.#acknowledgements = new Acknowledgements((Received) =>
      connection.send({ Type: "RequestMessageType_Acknowledge", Received }),
    );
    this.#queue = [...this.#subscriptions];
    this.#takeUpNext();
  }

  /** The connection is gone. */
  lost(): void {
    this.#connection = undefined;
    this.#acknowledgements = new Acknowledgements(() => undefined);
    this.#isFresh = true;
    this.#live = new Set();
    this.#stale = new Set();
    this.#queue = [];
    this.#taking = undefined;
    this.#abandoned = new Set();
    this.#snapshot = undefined;
    this.#cursor = new Map();
    this.#parts = [];
    for (const subscription of this.#subscriptions) subscription.isBehind();
  }

  /** Ends all subscriptions. */
  end(why: OmsError | undefined): void {
    for (const subscription of this.#subscriptions) subscription.end(why);
    this.#subscriptions.clear();
    this.lost();
  }

  add(subscription: ServedSubscription): void {
    this.#subscriptions.add(subscription);
    if (this.#connection === undefined) return;
    this.#queue.push(subscription);
    this.#takeUpNext();
  }

  /** A subscription was closed by its consumer. */
  remove(subscription: ServedSubscription): void {
    this.#subscriptions.delete(subscription);
    this.#live.delete(subscription);
    this.#stale.delete(subscription);
    const wasQueued = this.#queue.includes(subscription);
    this.#queue = this.#queue.filter((each) => each !== subscription);
    if (wasQueued || this.#connection === undefined) return;
    // The server ends all that are alike: while another is open, this one is ended here alone.
    const isShared = [...this.#subscriptions].some(({ details }) => sameContent(details, subscription.details));
    if (isShared) return;
    this.#connection.ask({ Type: "RequestMessageType_Unsubscribe", Subscription: subscription.details }, () => {
      if (this.#snapshot?.subscription === subscription) this.#snapshot = undefined;
      if (this.#taking?.subscription !== subscription) return;
      this.#abandoned.add(this.#taking.requestId);
      this.#done();
    });
  }

  /** An event of the connection. Throws OmsError when it breaks a promise of the protocol. */
  received({ Type, Request, Subscription, Snapshot, Position, Updates = [] }: EventMessage): void {
    switch (Type) {
      case "EventMessageType_SnapshotStart":
        this.#counted(() => this.#snapshotStarts(Snapshot, Request?.RequestID, Subscription));
        return;
      case "EventMessageType_SnapshotFinish":
        this.#counted((frame) => this.#snapshotFinishes(frame));
        return;
      case "EventMessageType_Update":
        this.#counted((frame) => this.#updated(Updates, Position, frame));
        return;
      case "EventMessageType_Bookmark":
        this.#counted((frame) => this.#bookmarked(Snapshot, Request?.RequestID, frame));
        return;
      case "EventMessageType_Response":
      case "EventMessageType_Feed":
      case "EventMessageType_Unknown":
      case undefined:
    }
  }

  #counted(handle: (frame: CountedFrame) => void): void {
    const frame = this.#acknowledgements.came();
    handle(frame);
    frame.release();
  }

  #takeUpNext(): void {
    const connection = this.#connection;
    if (this.#taking !== undefined || connection === undefined) return;
    const subscription = this.#queue.shift();
    if (subscription === undefined) return;
    const { positions, window, details } = subscription;
    const requestId = connection.ask(
      {
        Type: "RequestMessageType_Subscribe",
        Subscription: {
          ...details,
          ...(positions !== undefined && { From: { Positions: positions } }),
          ...(window !== undefined && { Window: window }),
        },
      },
      (errors) => this.#answered(subscription, errors),
    );
    this.#taking = { subscription, requestId, isFirst: false, held: [], isReplaying: false };
  }

  #answered(subscription: ServedSubscription, errors: readonly string[]): void {
    const taking = this.#taking;
    if (taking?.subscription !== subscription) return;
    if (errors.length === 0) {
      const { positions, window } = subscription;
      if (window !== undefined) this.#acknowledgements.agreed(window);
      taking.isFirst = this.#isFresh && positions !== undefined;
      if (taking.isFirst) this.#cursor = new Map(Object.entries(positions ?? {}));
      this.#isFresh = false;
      return;
    }
    const why = refusedError(`The subscription to ${subscription.view}`, errors);
    if (why.isRetryable) {
      this.#connection?.drop(why.message);
      return;
    }
    this.#subscriptions.delete(subscription);
    subscription.end(why);
    this.#done();
  }

  #done(): void {
    this.#taking = undefined;
    this.#takeUpNext();
  }

  #snapshotStarts(
    { Positions = {} }: SnapshotPosition = {},
    requestId: string | undefined,
    details: EventMessage["Subscription"],
  ): void {
    if (this.#snapshot !== undefined) throw brokenError("a snapshot in the middle of another");
    const positions = Object.entries(Positions);
    const subscription = this.#shownBy(requestId, details);
    if (subscription === undefined) throw brokenError("a snapshot that nobody asked for");
    if (this.#taking?.isFirst === true && this.#taking.subscription === subscription) {
      // The server does not know the positions that it was to resume from: they count no more.
      this.#taking.isFirst = false;
      this.#cursor = new Map();
    }
    this.#serveUpTo(positions);
    this.#parts = [];
    this.#snapshot = { subscription, positions, events: [] };
  }

  /** Whom a snapshot is for: who is being taken up, or, one by one, those whose place the server has forgotten. */
  #shownBy(requestId: string | undefined, details: EventMessage["Subscription"]): ServedSubscription | undefined {
    if (this.#taking !== undefined && requestId === this.#taking.requestId) return this.#taking.subscription;
    if (requestId !== undefined || !this.#isWindowed) return undefined;
    if (this.#stale.size === 0) {
      this.#stale = this.#live;
      this.#live = new Set();
    }
    for (const subscription of this.#stale) {
      if (sameContent(subscription.details, details)) return subscription;
    }
    return undefined;
  }

  /** Only who makes the server wait can be so far behind that the server forgets. */
  get #isWindowed(): boolean {
    return [...this.#subscriptions].some(({ window }) => window !== undefined);
  }

  #snapshotFinishes(frame: CountedFrame): void {
    const { subscription, positions, events } = this.#snapshot ?? {};
    if (subscription === undefined || positions === undefined || events === undefined) {
      throw brokenError("the end of a snapshot that did not begin");
    }
    this.#snapshot = undefined;
    this.#stale.delete(subscription);
    if (!subscription.isClosed) {
      subscription.restore(events, positions, frame.hold());
      this.#live.add(subscription);
      subscription.isUpToDate();
    }
    if (this.#taking?.subscription === subscription) this.#done();
  }

  #updated(updates: readonly UpdateEvent[], position: UpdatePosition | undefined, frame: CountedFrame): void {
    if (position === undefined) {
      if (this.#snapshot !== undefined) this.#snapshot.events.push(...updates);
      else this.#parts.push(...updates);
      return;
    }
    const { Sequence, Position = 0, ExecutedAt } = position;
    if (this.#snapshot !== undefined) throw brokenError("a record in the middle of a snapshot");
    const events = this.#parts.length === 0 ? updates : [...this.#parts, ...updates];
    this.#parts = [];
    const place: Place = {
      ...(Sequence !== undefined && { sequence: Sequence }),
      position: Position,
      ...(ExecutedAt !== undefined && { executedAt: ExecutedAt }),
    };
    if (Sequence === undefined) this.#replayed({ events, place });
    else this.#streamed({ events, place }, Sequence, Position, frame);
  }

  #replayed(unit: Unit): void {
    const taking = this.#taking;
    if (taking === undefined || taking.isFirst || taking.subscription.positions === undefined) {
      throw brokenError("a replay that nobody asked for");
    }
    // What came for it before its replay began is replayed, too.
    if (!taking.isReplaying) taking.held = [];
    taking.isReplaying = true;
    taking.held.push(unit);
  }

  #streamed({ events, place }: Unit, sequence: string, position: number, frame: CountedFrame): void {
    const known = this.#cursor.get(sequence) ?? 0;
    if (position <= known) throw brokenError(`${sequence} ${position} came after ${known}`);
    this.#cursor.set(sequence, position);
    const reached = [[sequence, position] as const];
    for (const subscription of this.#served()) {
      const shown = events.filter((event) => subscription.shows(event, sequence));
      subscription.apply({ events: shown, place }, frame.hold());
      subscription.advance(reached);
    }
    this.#holdForTaking({ events, place }, sequence, position);
  }

  /** What comes for who is being taken up, beside its replay. */
  #holdForTaking({ events, place }: Unit, sequence: string, position: number): void {
    const { subscription, isFirst, held } = this.#taking ?? {};
    if (subscription?.positions === undefined || held === undefined || isFirst) return;
    const shown = events.filter((event) => subscription.shows(event, sequence));
    const isNew = position > (subscription.positions[sequence] ?? 0);
    if (isNew && shown.length > 0) held.push({ events: shown, place });
  }

  *#served(): Iterable<ServedSubscription> {
    yield* this.#live;
    if (this.#taking?.isFirst === true && !this.#taking.subscription.isClosed) yield this.#taking.subscription;
  }

  /** The whole position vector. One that answers a Subscribe also says that its subscription is up to date. */
  #bookmarked({ Positions = {} }: SnapshotPosition = {}, requestId: string | undefined, frame: CountedFrame): void {
    if (this.#snapshot !== undefined) throw brokenError("a bookmark in the middle of a snapshot");
    if (this.#parts.length > 0) throw brokenError("a record without a position");
    const positions = Object.entries(Positions);
    this.#serveUpTo(positions);
    if (requestId !== undefined) this.#caughtUp(requestId, positions, frame);
  }

  #caughtUp(
    requestId: string,
    positions: readonly (readonly [sequence: string, position: number])[],
    frame: CountedFrame,
  ): void {
    const taking = this.#taking;
    if (taking?.requestId !== requestId) {
      if (this.#abandoned.delete(requestId)) return;
      throw brokenError("a bookmark that nobody asked for");
    }
    const { subscription, held } = taking;
    if (!subscription.isClosed) {
      for (const unit of held) subscription.apply(unit, frame.hold());
      subscription.advance(positions);
      this.#live.add(subscription);
      subscription.isUpToDate();
    }
    this.#done();
  }

  /** The socket has been served up to these positions, and so have all who are live. */
  #serveUpTo(positions: readonly (readonly [sequence: string, position: number])[]): void {
    for (const [sequence, position] of positions) {
      const known = this.#cursor.get(sequence) ?? 0;
      if (position < known) throw brokenError(`${sequence} went back from ${known} to ${position}`);
      this.#cursor.set(sequence, position);
    }
    for (const subscription of this.#served()) subscription.advance(positions);
  }
}

/**
 * Everything that a socket is sent before it is live: snapshots, replays, and the records it missed. Paced: so many
 * bytes a turn and a second for the whole Owner, because nobody can say how much of it a slow reader has left unread.
 * A socket whose window is exhausted is not served until its client has acknowledged some of it: until then it costs
 * nothing.
 */
import type { At } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SnapshotPosition } from "../protocol/messages/index.ts";
import type { Head, Store } from "../storage/store.ts";
import { type FrameStyle, framesOf, type RecordFilter, type StreamPlace } from "./events.ts";
import { LogPiece } from "./log-reading.ts";
import { type Outbox, requestDetails } from "./outbox.ts";
import type { Publisher } from "./publisher.ts";
import {
  type ActiveSubscription,
  detailsOf,
  type Progress,
  type Session,
  type StreamState,
  type Task,
} from "./session.ts";
import { snapshotParts, snapshotPiece } from "./snapshots.ts";

/** Size of one frame of a snapshot and of one reading of the log. */
const PIECE = LIMITS.EVENT_FRAME_BYTES;

/** What serving needs of its owner. */
export interface CatchUpContext {
  readonly store: Store;
  head(): Head;
  now(): number;
  /** Calls back after so many milliseconds; 0 = in the next turn of the event loop. */
  later(milliseconds: number, action: () => void): void;
  /** A session could not be served: it must not go on, and nobody else is to wait for it. */
  failed(session: Session, error: unknown): void;
}

export class CatchUp {
  readonly #context: CatchUpContext;
  readonly #outbox: Outbox;
  readonly #publisher: Publisher;
  readonly #behind = new Set<Session>();
  #isScheduled = false;
  #second = 0;
  #sentThisSecond = 0;

  constructor(context: CatchUpContext, outbox: Outbox, publisher: Publisher) {
    this.#context = context;
    this.#outbox = outbox;
    this.#publisher = publisher;
  }

  /** Begins to serve a session that is not live, in this turn as far as its share and its window go. */
  serve(session: Session): void {
    if (session.room < 1) return;
    this.#behind.add(session);
    if (!this.#isScheduled) this.#turn();
  }

  #turn(): void {
    let left = Math.min(LIMITS.SNAPSHOT_TURN_BYTES, this.#leftThisSecond());
    for (const session of [...this.#behind]) {
      if (left <= 0) break;
      const sent = this.#tryToServe(session, left);
      left -= sent;
      this.#sentThisSecond += sent;
      this.#behind.delete(session);
      // Behind the others: sessions take turns.
      if (!session.isGone && !session.stream.isLive && session.room > 0) this.#behind.add(session);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#behind.size === 0) return;
    this.#isScheduled = true;
    const delay = this.#leftThisSecond() > 0 ? 0 : 1000 - (this.#context.now() % 1000);
    this.#context.later(delay, () => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  #leftThisSecond(): number {
    const second = Math.floor(this.#context.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#sentThisSecond = 0;
    }
    return LIMITS.CATCH_UP_BYTES_PER_SECOND - this.#sentThisSecond;
  }

  #tryToServe(session: Session, share: number): number {
    try {
      return this.#serveUpTo(session, share);
    } catch (error) {
      this.#context.failed(session, error);
      return 0;
    }
  }

  /** Serves one session until it is live, has had its share, or has no more room; gives what it cost. */
  #serveUpTo(session: Session, share: number): number {
    let cost = 0;
    while (cost < share && !session.isGone && !session.stream.isLive && session.room > 0) {
      const { progress, cursor = 0 as At, tasks } = session.stream;
      const [task] = tasks;
      if (oldestNeeded(session.stream) < this.#context.head().keptFrom) this.#beginAnew(session);
      else if (progress !== undefined) cost += this.#continue(session, progress, cursor);
      else if (cursor < this.#context.head().at) cost += this.#sendMissed(session, cursor);
      else if (task !== undefined) this.#begin(session, task, cursor);
      else this.#finish(session);
    }
    session.keep();
    return cost;
  }

  /** It has been served up to the head: from now on it is published to. */
  #finish(session: Session): void {
    const subscriptions = session.stream.subscriptions.map((each) => ({ ...each, positions: undefined }));
    session.advance({ isLive: true, subscriptions });
    this.#publisher.bookmarkIfDue(session);
  }

  #sendMissed(session: Session, cursor: At): number {
    const filter = this.#publisher.filterOf(session.stream.subscriptions);
    const from = { upTo: cursor, part: session.stream.part };
    const { place, size, skipped } = this.#sendRecords(session, from, this.#context.head().at, filter);
    session.advance({ cursor: place.upTo, part: place.part });
    session.recordsSkipped = skipped === 0 ? 0 : session.recordsSkipped + skipped;
    return size;
  }

  /** Sends one piece of the log, as far as there is room; gives how far that was, what it cost, and how many records in vain. */
  #sendRecords(
    session: Session,
    from: StreamPlace,
    upTo: At,
    filter: RecordFilter,
    style: Pick<FrameStyle, "isReplay"> = {},
  ): { readonly place: StreamPlace; readonly size: number; readonly skipped: number } {
    const piece = new LogPiece(this.#context.store.records(from.upTo, upTo), upTo, PIECE);
    let isTold = false;
    for (const { frame, place } of framesOf(piece, filter, { ...style, form: session.form }, from.part)) {
      isTold = true;
      session.sendStream(frame);
      if (session.room < 1) return { place, size: piece.size, skipped: 0 };
    }
    return { place: { upTo: piece.upTo, part: 0 }, size: piece.size, skipped: isTold ? 0 : piece.records };
  }

  /** What it has yet to be told has been archived: all of its subscriptions are shown where they are now. */
  #beginAnew(session: Session): void {
    const { subscriptions, tasks } = session.stream;
    session.advance({
      cursor: this.#context.head().at,
      part: 0,
      progress: undefined,
      subscriptions: subscriptions.map((each) => ({ ...each, isActive: false, positions: undefined })),
      tasks: subscriptions.map(
        ({ id }): Task => ({ type: "snapshot", subscription: id, requestId: requestOf(tasks, id) }),
      ),
    });
  }

  #begin(session: Session, task: Task, cursor: At): void {
    switch (task.type) {
      case "bookmark":
        this.#outbox.bookmark(session, subscribeRequest(task));
        session.recordsSkipped = 0;
        this.#complete(session);
        return;
      case "replay":
        this.#activate(session, task.subscription, { type: "replay", task, served: { upTo: task.from, part: 0 } });
        return;
      case "snapshot": {
        const subscription = findSubscription(session, task.subscription);
        if (subscription === undefined) {
          this.#complete(session);
          return;
        }
        this.#outbox.stream(session, {
          Type: "EventMessageType_SnapshotStart",
          Request: requestDetails(subscribeRequest(task)),
          Subscription: detailsOf(subscription),
          Snapshot: positionsOf(this.#context.head()),
        });
        session.recordsSkipped = 0;
        session.advance({ cursor });
        this.#activate(session, task.subscription, { type: "snapshot", task, step: 0, after: "" });
      }
    }
  }

  #activate(session: Session, id: number, progress: Progress): void {
    const subscriptions = session.stream.subscriptions.map((each) =>
      each.id === id ? { ...each, isActive: true } : each,
    );
    session.advance({ subscriptions, progress });
  }

  #complete(session: Session): void {
    session.advance({ progress: undefined, tasks: session.stream.tasks.slice(1) });
  }

  #continue(session: Session, progress: Progress, cursor: At): number {
    const subscription = findSubscription(session, progress.task.subscription);
    if (subscription === undefined) {
      this.#complete(session);
      return 0;
    }
    return progress.type === "snapshot"
      ? this.#continueSnapshot(session, subscription, progress, cursor)
      : this.#continueReplay(session, subscription, progress, cursor);
  }

  /** The missed events of one subscription alone, up to the cursor, in frames that do not move the position. */
  #continueReplay(
    session: Session,
    subscription: ActiveSubscription,
    progress: Extract<Progress, { type: "replay" }>,
    cursor: At,
  ): number {
    const { task, served } = progress;
    const filter = this.#publisher.filterOf([{ ...subscription, positions: task.positions }]);
    const { place, size } = this.#sendRecords(session, served, cursor, filter, { isReplay: true });
    session.advance({ progress: { ...progress, served: place } });
    if (place.upTo >= cursor) {
      // The bookmark tells the head of the log: what came meanwhile must have been sent before it.
      const bookmark: Task = { type: "bookmark", requestId: task.requestId };
      session.advance({ progress: undefined, tasks: [bookmark, ...session.stream.tasks.slice(1)] });
    }
    return size;
  }

  /** One frame of the live records of a view, as at the cursor, part by part, in key order. */
  #continueSnapshot(
    session: Session,
    subscription: ActiveSubscription,
    progress: Extract<Progress, { type: "snapshot" }>,
    cursor: At,
  ): number {
    const part = snapshotParts(subscription)[progress.step];
    if (part === undefined) {
      this.#finishSnapshot(session, subscription, progress);
      return 0;
    }
    const asAt = cursor === this.#context.head().at ? undefined : cursor;
    const from = { part, after: progress.after };
    const { events, read, after, isDone } = snapshotPiece(this.#context.store, subscription, from, asAt);
    if (events.length > 0) session.sendStream(session.form.update(events));
    session.advance({ progress: { ...progress, ...(isDone ? { step: progress.step + 1, after: "" } : { after }) } });
    return read;
  }

  #finishSnapshot(
    session: Session,
    subscription: ActiveSubscription,
    { task }: Extract<Progress, { type: "snapshot" }>,
  ): void {
    this.#outbox.stream(session, {
      Type: "EventMessageType_SnapshotFinish",
      Request: requestDetails(subscribeRequest(task)),
      Subscription: detailsOf(subscription),
    });
    this.#complete(session);
  }
}

function findSubscription(session: Session, id: number): ActiveSubscription | undefined {
  return session.stream.subscriptions.find((each) => each.id === id);
}

/** The oldest place in the log from which a session that is behind has yet to be told something. */
function oldestNeeded({ cursor = 0 as At, progress }: StreamState): At {
  return progress?.type === "replay" && progress.served.upTo < cursor ? progress.served.upTo : cursor;
}

function requestOf(tasks: readonly Task[], subscription: number): string | undefined {
  return tasks.find((task) => task.type !== "bookmark" && task.subscription === subscription)?.requestId;
}

function subscribeRequest({ requestId }: Task) {
  return { Type: "RequestMessageType_Subscribe", ...(requestId !== undefined && { RequestID: requestId }) } as const;
}

function positionsOf({ positions }: Head): SnapshotPosition {
  return { Positions: Object.fromEntries(positions) };
}

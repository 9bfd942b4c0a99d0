/**
 * Everything that a socket is sent before it is live: snapshots, replays, and the records it missed. Paced: so many
 * bytes a turn and a second for the whole Owner, because nobody can say how much of it a slow reader has left unread.
 */
import type { At } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SnapshotPosition } from "../protocol/messages/index.ts";
import type { Head, Store } from "../storage/store.ts";
import { framesOf, shown, snapshotFrame } from "./events.ts";
import { readPiece } from "./log-reading.ts";
import { type Outbox, requestDetails } from "./outbox.ts";
import type { Publisher } from "./publisher.ts";
import { type ActiveSubscription, detailsOf, type Progress, type Session, type Task } from "./session.ts";
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

  /** Begins to serve a session that is not live, in this turn as far as its share goes. */
  serve(session: Session): void {
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
      if (!session.isGone && !session.stream.isLive) this.#behind.add(session);
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

  /** Serves one session until it is live or has had its share; gives what it cost. */
  #serveUpTo(session: Session, share: number): number {
    let cost = 0;
    while (cost < share && !session.isGone && !session.stream.isLive) {
      const { progress, cursor = 0 as At, tasks } = session.stream;
      const [task] = tasks;
      if (progress !== undefined) cost += this.#continue(session, progress, cursor);
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
    session.recordsSkipped = 0;
  }

  #sendMissed(session: Session, cursor: At): number {
    const head = this.#context.head().at;
    const { records, size, upTo } = readPiece(this.#context.store.records(cursor, head), head, PIECE);
    const filter = this.#publisher.filterOf(session.stream.subscriptions);
    const frames = framesOf(records, filter, { compact: session.compact });
    for (const frame of frames) session.socket.send(frame);
    session.advance({ cursor: upTo });
    return size;
  }

  #begin(session: Session, task: Task, cursor: At): void {
    switch (task.type) {
      case "bookmark":
        this.#outbox.bookmark(session, subscribeRequest(task));
        this.#complete(session);
        return;
      case "replay":
        this.#activate(session, task.subscription, { type: "replay", task, served: task.from });
        return;
      case "snapshot": {
        const subscription = findSubscription(session, task.subscription);
        if (subscription === undefined) {
          this.#complete(session);
          return;
        }
        this.#outbox.send(session, {
          Type: "EventMessageType_SnapshotStart",
          Request: requestDetails(subscribeRequest(task)),
          Subscription: detailsOf(subscription),
          Snapshot: positionsOf(this.#context.head()),
        });
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
    const { records, size, upTo } = readPiece(this.#context.store.records(served, cursor), cursor, PIECE);
    const filter = this.#publisher.filterOf([{ ...subscription, positions: task.positions }]);
    for (const frame of framesOf(records, filter, { compact: session.compact, isReplay: true }))
      session.socket.send(frame);
    session.advance({ progress: { ...progress, served: upTo } });
    if (upTo >= cursor) {
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
    const { texts, read, after, isDone } = snapshotPiece(this.#context.store, subscription, from, asAt);
    const events = texts.map((text) => shown(text, session.compact));
    if (events.length > 0) session.socket.send(snapshotFrame(events, session.compact));
    session.advance({ progress: { ...progress, ...(isDone ? { step: progress.step + 1, after: "" } : { after }) } });
    return read;
  }

  #finishSnapshot(
    session: Session,
    subscription: ActiveSubscription,
    { task }: Extract<Progress, { type: "snapshot" }>,
  ): void {
    this.#outbox.send(session, {
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

function subscribeRequest({ requestId }: Task) {
  return { Type: "RequestMessageType_Subscribe", ...(requestId !== undefined && { RequestID: requestId }) } as const;
}

function positionsOf({ positions }: Head): SnapshotPosition {
  return { Positions: Object.fromEntries(positions) };
}

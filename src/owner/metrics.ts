/** An object's figures, as operators ask for them, and how it is. */
import type { At } from "../domain/records.ts";
import { OMS_SEQUENCE, SYSTEM_SEQUENCE } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Store } from "../storage/store.ts";
import type { CommitLoop } from "./commit-loop.ts";
import { placeOf } from "./log-reading.ts";
import { type Monitor, storageStateOf } from "./monitor.ts";
import type { FeedFigures, Health, HealthReason, ObjectMetrics, OwnerMetrics } from "./rpc.ts";
import type { Session } from "./session.ts";

/** An object that figures are asked of. */
export interface Measured {
  readonly store: Store;
  readonly loop: CommitLoop;
  readonly monitor: Monitor;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What figures need of the engine. */
export interface FiguresContext extends Omit<Measured, "now"> {
  /** Milliseconds since 1970. */
  now(): number;
  sessions(): Iterable<Session>;
}

/** The figures that every object has. */
export function objectMetrics({ store, loop, monitor, now }: Measured): ObjectMetrics {
  return {
    counts: monitor.counts(),
    queuedBytes: loop.queuedBytes,
    storageBytes: store.bytesUsed(),
    timerLag: timerLag(store, now),
  };
}

/** The figures of an Owner's object, whenever they are asked for. */
export class Figures {
  readonly #context: FiguresContext;

  constructor(context: FiguresContext) {
    this.#context = context;
  }

  metrics(): OwnerMetrics {
    return ownerMetrics(this.#measured(), this.#context.sessions());
  }

  health(): Health {
    return healthOf(this.#measured());
  }

  #measured(): Measured {
    const { store, loop, monitor, now } = this.#context;
    return { store, loop, monitor, now: now() };
  }
}

function ownerMetrics(measured: Measured, sessions: Iterable<Session>): OwnerMetrics {
  const { loop } = measured;
  const figures = { sockets: 0, subscriptions: 0, socketsBehind: 0, socketsStalled: 0 };
  for (const { stream, room } of sessions) {
    figures.sockets++;
    figures.subscriptions += stream.subscriptions.length;
    if (!stream.isLive) figures.socketsBehind++;
    if (!stream.isLive && room < 1) figures.socketsStalled++;
  }
  const since = loop.job?.progress.since;
  return {
    ...objectMetrics(measured),
    ...figures,
    ...(since !== undefined && { jobSince: Math.floor(since / 1000) }),
    feeds: feedsOf(measured),
  };
}

/**
 * How an object is: Degraded when its storage fills up, when a job of steps keeps updates waiting, or when what was due
 * has not been dealt with for a while.
 */
export function healthOf({ store, loop, now }: Omit<Measured, "monitor">): Health {
  const bytesUsed = store.bytesUsed();
  const state = storageStateOf(bytesUsed);
  const reasons: HealthReason[] = [];
  if (state !== "roomy") reasons.push(state === "full" ? "Storage.Full" : "Storage.Degraded");
  if (loop.hasJob) reasons.push("Job");
  if (timerLag(store, now) >= LIMITS.TIMER_LAG_DEGRADED_MS) reasons.push("Timers");
  return { status: reasons.length === 0 ? "Healthy" : "Degraded", bytesUsed, head: store.head().at, reasons };
}

/** Milliseconds for which something has been due; 0 when nothing is. */
function timerLag(store: Store, now: number): number {
  return Math.max(0, now - (store.nextTimer() ?? now));
}

function feedsOf({ store, loop, monitor }: Measured): readonly FeedFigures[] {
  const feeds = [...loop.head.positions].filter(([name]) => name !== OMS_SEQUENCE && name !== SYSTEM_SEQUENCE);
  return feeds.map(([feed, position]) => {
    const { supplier, standby } = loop.seat(feed);
    const moved = monitor.movedAt(feed) ?? lastMove(store, feed, position);
    return {
      feed,
      position,
      isSupplied: supplier !== undefined,
      standby: standby.length,
      ...(moved !== undefined && { lastUpdate: Math.floor(moved / 1000) }),
    };
  });
}

/**
 * When a sequence came to its last position, found in the log: when that record was made or, where a bookmark took it
 * there, which has none, not before this. Undefined when it has been archived.
 */
function lastMove(store: Store, sequence: string, position: number): At | undefined {
  const place = store.placeAfter(sequence, position - 1);
  if (place === undefined) return undefined;
  let looked = 0;
  for (const { at, text } of store.records(place, store.head().at)) {
    const record = placeOf(text);
    if (record.sequence === sequence && record.position === position) return at;
    // It moved in the commit that follows the place.
    if (++looked === LIMITS.COMMIT_RECORDS) break;
  }
  return place;
}

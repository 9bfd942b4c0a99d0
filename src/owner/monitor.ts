/**
 * What operators see of an object's life: counters, which begin anew with its memory, and lines of the log. It watches
 * and decides nothing.
 */
import type { At } from "../domain/records.ts";
import type { Tell } from "../operations/log.ts";
import { Tally } from "../operations/tally.ts";
import { codeOf, type ErrorCode, type ErrorText } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Store } from "../storage/store.ts";
import type { Job } from "./job.ts";
import type { Counts } from "./rpc.ts";
import type { Occupant, Seat } from "./seats.ts";
import type { Work } from "./work.ts";

/** What the monitor needs of its object. */
export interface MonitorContext {
  /** The Owner; empty before the object is told, `system` in the System's. */
  ownerId(): string;
  readonly store: Pick<Store, "bytesUsed">;
  readonly host: {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Where lines of the log go; absent: nowhere. */
    readonly tell?: Tell;
  };
}

/** How full an object's storage is. */
export type StorageState = "roomy" | "degraded" | "full";

/** How full storage is with so many bytes in use. */
export function storageStateOf(bytes: number): StorageState {
  if (bytes >= LIMITS.STORAGE_FULL * LIMITS.STORAGE_BYTES) return "full";
  return bytes >= LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES ? "degraded" : "roomy";
}

export class Monitor {
  readonly #context: MonitorContext;
  readonly #tell: Tell;
  readonly #since: number;
  #commits = 0;
  #updates = 0;
  #events = 0;
  #failures = 0;
  #alarmsRetried = 0;
  #socketsOpened = 0;
  readonly #socketsClosed = new Map<number, number>();
  readonly #refusals = new Map<ErrorCode, number>();
  readonly #refused: Tally<ErrorCode>;
  /** When each sequence last moved, as far as that was seen. */
  readonly #moved = new Map<string, At>();
  readonly #suppliers = new Map<string, Occupant>();
  #jobSince: At | undefined;
  #storage: StorageState = "roomy";

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#tell = context.host.tell ?? (() => undefined);
    this.#since = context.host.now();
    this.#refused = new Tally((code, count) =>
      this.#tell("info", "messages.refused", { owner: this.#owner, code, count }),
    );
  }

  get #owner(): string {
    return this.#context.ownerId();
  }

  /** The object goes on where its memory was lost. */
  wake(seats: Iterable<readonly [feed: string, Seat]>, job: Job | undefined): void {
    for (const [feed, { supplier }] of seats) if (supplier !== undefined) this.#suppliers.set(feed, supplier);
    if (job === undefined) return;
    this.#jobSince = job.progress.since;
    this.#tell("info", "job.resumed", { owner: this.#owner, since: Math.floor(job.progress.since / 1000) });
  }

  /** What has been counted since the object came into memory. */
  counts(): Counts {
    return {
      since: this.#since,
      commits: this.#commits,
      updates: this.#updates,
      events: this.#events,
      failures: this.#failures,
      alarmsRetried: this.#alarmsRetried,
      refusals: Object.fromEntries(this.#refusals),
      socketsOpened: this.#socketsOpened,
      socketsClosed: Object.fromEntries(this.#socketsClosed),
    };
  }

  /** When a sequence last moved; undefined when it has not since the object came into memory. */
  movedAt(sequence: string): At | undefined {
    return this.#moved.get(sequence);
  }

  /** A commit has become durable; nothing was written when the work is empty. */
  committed(work: Work): void {
    if (work.isEmpty) return;
    this.#commits++;
    this.#updates += work.records.length;
    for (const { Events } of work.records) this.#events += Events.length;
    const at = (this.#context.host.now() * 1000) as At;
    for (const sequence of work.positions.keys()) this.#moved.set(sequence, at);
    for (const [feed, seat] of work.seats) this.#seatTaken(feed, seat);
    if (work.job !== undefined) this.#jobWent(work.job.is, at);
    this.#lookAtStorage();
  }

  /** Somebody was refused something. */
  refused(errors: readonly ErrorText[]): void {
    for (const text of errors) {
      const code = codeOf(text);
      this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
      this.#refused.add(code, this.#context.host.now());
    }
  }

  /** Settles a call, and takes note of what it was refused. */
  noting<Answer extends { readonly errors?: readonly ErrorText[] } | object>(
    settle: (answer: Answer) => void,
  ): (answer: Answer) => void {
    return (answer) => {
      if ("errors" in answer && answer.errors !== undefined) this.refused(answer.errors);
      settle(answer);
    };
  }

  /** A programmer's error was met. */
  failed(): void {
    this.#failures++;
  }

  /** Something that was due could not be dealt with. */
  alarmRetried(kind: string): void {
    this.#alarmsRetried++;
    this.#tell("warn", "alarm.retried", { owner: this.#owner, kind });
  }

  /** An Owner could not be handed metadata down, and is tried again after so many milliseconds. */
  deliveryFailed(owner: string, retryMilliseconds: number): void {
    this.#tell("warn", "delivery.failed", { owner, retryMilliseconds });
  }

  /** A socket was opened; so many there are now. */
  socketOpened(session: string, sockets: number): void {
    this.#socketsOpened++;
    this.#tell("debug", "socket.opened", { owner: this.#owner, session, sockets });
  }

  /** A socket has gone, closed with a code by either side; so many there are now. */
  socketClosed(session: string, code: number, sockets: number): void {
    this.#socketsClosed.set(code, (this.#socketsClosed.get(code) ?? 0) + 1);
    this.#tell("debug", "socket.closed", { owner: this.#owner, session, code, sockets });
  }

  #seatTaken(feed: string, { supplier, standby, ended }: Seat): void {
    const before = this.#suppliers.get(feed);
    if (before?.sessionId === supplier?.sessionId) return;
    const fields = { owner: this.#owner, feed, standby: standby.length };
    if (before !== undefined && ended.includes(before.sessionId)) this.#tell("warn", "feed.suspended", fields);
    if (supplier === undefined) {
      this.#suppliers.delete(feed);
      this.#tell("info", "feed.vacant", fields);
      return;
    }
    this.#suppliers.set(feed, supplier);
    if (before === undefined) this.#tell("info", "feed.supplied", fields);
    else this.#tell("info", isSameAdapter(before, supplier) ? "feed.superseded" : "feed.passed", fields);
  }

  #jobWent(job: Job | undefined, at: At): void {
    const since = this.#jobSince;
    this.#jobSince = job?.progress.since;
    if (job !== undefined && since === undefined) {
      this.#tell("info", "job.begun", { owner: this.#owner, job: job.update.Operation?.Type ?? "" });
    }
    if (job === undefined && since !== undefined) {
      this.#tell("info", "job.finished", { owner: this.#owner, milliseconds: Math.floor((at - since) / 1000) });
    }
  }

  #lookAtStorage(): void {
    const bytes = this.#context.store.bytesUsed();
    const state = storageStateOf(bytes);
    if (state === this.#storage) return;
    this.#storage = state;
    this.#tell(state === "roomy" ? "info" : "warn", "storage.threshold", { owner: this.#owner, state, bytes });
  }
}

function isSameAdapter(one: Occupant, other: Occupant): boolean {
  return one.agent !== "" && one.identity === other.identity && one.agent === other.agent;
}

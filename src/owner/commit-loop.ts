/**
 * The commit loop: the inbox is drained a batch at a time, each batch one durable commit. Nothing in memory changes
 * until the store has returned; then everything does, in the same turn, and only then is anybody told.
 */
import type { Place } from "../domain/progress.ts";
import type { At } from "../domain/records.ts";
import type { TimerKind } from "../domain/state.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Head, Store } from "../storage/store.ts";
import { commitOf } from "./commit.ts";
import { type Entry, Inbox } from "./inbox.ts";
import { type Job, readJob } from "./job.ts";
import { EMPTY_SEAT, type Seat } from "./seats.ts";
import { readStanding, type Standing } from "./standing.ts";
import { StoredState } from "./stored-state.ts";
import { type Ground, LookedInto, type Surroundings, Work } from "./work.ts";

/** What the loop needs of its owner. */
export interface CommitLoopContext {
  /** Calls back in the next turn of the event loop, so that what arrives meanwhile shares the commit. */
  nextTurn(action: () => void): void;
  /** A commit has become durable and memory agrees with it: publishes, answers, sets the alarm. Must not throw. */
  committed(work: Work): void;
  /** Memory and disk may disagree: gives the object up, so that everyone resumes. */
  abort(reason: string): void;
  /** The job of steps has come to its end: what waited for that is taken up again. */
  jobDone(): void;
  /** A programmer's error was met. */
  report(error: unknown): void;
}

/** An entry that is being looked into, over several turns, before it is applied. */
interface LookingInto {
  readonly entry: Entry;
  readonly place: Place;
}

export class CommitLoop implements Ground {
  readonly state: StoredState;
  readonly #store: Store;
  readonly #surroundings: Surroundings;
  readonly #context: CommitLoopContext;
  readonly #inbox = new Inbox(LIMITS.INBOX_BYTES);
  readonly #seats = new Map<string, Seat>();
  #head: Head;
  #settled = 0 as At;
  #standing: Standing | undefined;
  #job: Job | undefined;
  #lookingInto: LookingInto | undefined;
  #isScheduled = false;

  constructor(store: Store, surroundings: Surroundings, context: CommitLoopContext) {
    this.#store = store;
    this.#surroundings = surroundings;
    this.#context = context;
    this.state = new StoredState(store);
    this.#head = store.head();
    this.#standing = readStanding(store.property("owner"));
    this.#job = readJob(store.property("job"));
  }

  /** Whether a job of steps goes on: until it has come to its end no other update is taken. */
  get hasJob(): boolean {
    return this.#job !== undefined;
  }

  /** The job of steps that is under way. */
  get job(): Job | undefined {
    return this.#job;
  }

  /** Bytes that wait in the inbox. */
  get queuedBytes(): number {
    return this.#inbox.bytes;
  }

  /** Goes on with the job of steps, if there is one: on waking, and when a step could not be taken. */
  goOn(): void {
    if (this.hasJob) this.#schedule();
  }

  /** The end of the log, as of the last commit. */
  get head(): Head {
    return this.#head;
  }

  get lastAt(): At {
    return this.#head.at;
  }

  get settled(): At {
    return this.#settled;
  }

  /** A time up to which nothing is recorded from now on, also when the clock goes back. */
  settle(): At {
    this.#settled = Math.max(this.#settled, this.#head.at, this.#surroundings.now() * 1000 - 1) as At;
    return this.#settled;
  }

  get standing(): Standing | undefined {
    return this.#standing;
  }

  position(sequence: string): number {
    return this.#head.positions.get(sequence) ?? 0;
  }

  seat(feed: string): Seat {
    return this.#seats.get(feed) ?? EMPTY_SEAT;
  }

  hasTimer(kind: TimerKind, key: string): boolean {
    return this.#store.timerOf(kind, key) !== undefined;
  }

  /** Puts a feed's seat back as hibernating sockets remember it. */
  restoreSeat(feed: string, seat: Seat): void {
    this.#seats.set(feed, seat);
  }

  /** Whether an entry of that size may be added. */
  hasRoomFor(bytes: number): boolean {
    return this.#inbox.hasRoomFor(bytes);
  }

  /** Queues an entry. What is over the inbox's bounds must be turned away by the caller first. */
  add(entry: Entry): void {
    this.#inbox.add(entry);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#context.nextTurn(() => {
      this.#isScheduled = false;
      this.#drain();
    });
  }

  #drain(): void {
    if (this.#job !== undefined) {
      this.#turnAway();
      if (this.#step(this.#job)) this.#schedule();
      return;
    }
    const { entry, place } = this.#lookingInto ?? {};
    this.#lookingInto = undefined;
    const batch = entry === undefined ? this.#inbox.take(BATCH) : [entry];
    if (batch.length > 0) this.#commit(batch, place);
    if (!this.#inbox.isEmpty || this.hasJob || this.#lookingInto !== undefined) this.#schedule();
  }

  /** While a job goes on nothing is recorded beside it. */
  #turnAway(): void {
    for (const entry of this.#inbox.take(BATCH, ({ duringJob }) => duringJob !== "waits")) {
      if (entry.duringJob === "applied") this.#commit([entry]);
      else this.#settle((work) => entry.refuse(work, new Refusal("Retry")));
    }
  }

  /** Takes the next step of the job. False when it could not be taken: the alarm comes back to it. */
  #step(job: Job): boolean {
    const work = new Work(this, this.#surroundings);
    try {
      work.goOn(job);
      this.#write(work);
    } catch (error) {
      if (!(error instanceof Refusal)) this.#context.report(error);
      return false;
    }
    this.#adopt(work);
    if (!this.hasJob) this.#context.jobDone();
    return true;
  }

  #commit(batch: readonly Entry[], lookedInto?: Place): void {
    const work = new Work(this, this.#surroundings, lookedInto);
    try {
      this.state.foresee(batch.flatMap(({ foreseen = {} }) => foreseen));
      for (const entry of batch) entry.apply(work);
      this.#write(work);
    } catch (error) {
      this.#recover(batch, error);
      return;
    }
    this.#adopt(work);
  }

  #write(work: Work): void {
    if (!work.isEmpty) this.#store.commit(commitOf(work, this.state));
  }

  #adopt(work: Work): void {
    this.#head = this.#store.head();
    this.#standing = work.standing;
    if (work.job !== undefined) this.#job = work.job.is;
    this.state.adopt(work.state);
    for (const [feed, seat] of work.seats) this.#seats.set(feed, seat);
    this.#context.committed(work);
  }

  /** Each entry is tried alone, so that one that cannot be written costs nobody else anything. */
  #recover(batch: readonly Entry[], error: unknown): void {
    if (batch.length > 1) {
      // Each will say what is wrong with it, if it is wrong alone; what fails only together is worth knowing too.
      if (!(error instanceof Refusal) && !(error instanceof LookedInto)) this.#context.report(error);
      for (const entry of batch) this.#commit([entry]);
      return;
    }
    for (const entry of batch) {
      if (error instanceof LookedInto) this.#lookingInto = { entry, place: error.place };
      else if (error instanceof Refusal) this.#settle((work) => entry.refuse(work, error));
      else this.#fail(entry, error);
    }
  }

  #fail(entry: Entry, error: unknown): void {
    this.#context.report(error);
    const code = isDatabaseError(error) ? "Storage.Failed" : "Internal";
    this.#settle((work) => entry.fail(work, new Refusal(code)));
  }

  #settle(act: (work: Work) => void): void {
    const work = new Work(this, this.#surroundings);
    try {
      act(work);
      this.#write(work);
    } catch (error) {
      this.#context.report(error);
      this.#context.abort("a failure could not be recorded");
      return;
    }
    this.#adopt(work);
  }
}

/** What is taken out of the inbox at once. */
const BATCH = { records: LIMITS.COMMIT_RECORDS, bytes: LIMITS.COMMIT_BYTES } as const;

/** SQLite's errors name themselves; anything else was thrown by the program. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && /SQLITE|constraint|database|disk/i.test(error.message);
}

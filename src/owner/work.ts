/**
 * A commit in the making, as a layer over what is committed. Each entry of the inbox works on a layer of its own that
 * is merged when it is accepted and dropped when it is refused; nothing else changes until the commit is durable.
 */
import { applyUpdate, type Conditions, type Context, continueTransform, type Outcome } from "../domain/apply.ts";
import type { RequestMove } from "../domain/changes.ts";
import { Draft } from "../domain/draft.ts";
import type { Place } from "../domain/progress.ts";
import { type At, type LogRecord, OMS_SEQUENCE } from "../domain/records.ts";
import type { State, TimerKind } from "../domain/state.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";
import { type Job, jobTimer, STEP } from "./job.ts";
import type { Seat } from "./seats.ts";
import type { Standing } from "./standing.ts";

/** What a layer stands on: the committed Owner, or the layer below. */
export interface Ground {
  readonly state: State;
  /** The At of the last record. */
  readonly lastAt: At;
  /** Somebody was told that nothing is recorded up to here any more. */
  readonly settled: At;
  /** Who the object is; undefined before it is told, and in the System. */
  readonly standing: Standing | undefined;
  /** The last position of a sequence; 0 before its first. */
  position(sequence: string): number;
  seat(feed: string): Seat;
  /** Whether a timer of that kind and key is set. */
  hasTimer(kind: TimerKind, key: string): boolean;
}

/** What the world passes in. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly digest: Context["digest"];
  readonly newId: Context["newId"];
}

/** The content of a record beside where and when it stands. */
export type NewRecord = Pick<LogRecord, "Update" | "Configuration" | "Authority" | "Unreadable" | "Errors"> & {
  readonly Events?: LogRecord["Events"];
};

/** Thrown out of an entry's `apply`: there is more to look into first. It must be applied anew, on work from this place. */
export class LookedInto extends Error {
  override readonly name = "LookedInto";
  readonly place: Place;

  constructor(place: Place) {
    super("there is more to look into");
    this.place = place;
  }
}

export class Work implements Ground {
  readonly records: LogRecord[] = [];
  readonly positions = new Map<string, number>();
  readonly seats = new Map<string, Seat>();
  /** Feeds whose supplier is told the last durable position. */
  readonly acknowledged = new Set<string>();
  /** What adapters are sent once the commit is durable, before anybody is shown it, in order. */
  readonly deliveries: (() => void)[] = [];
  /** What is done once the commit is durable, in order. */
  readonly effects: (() => void)[] = [];
  /** What is done last, when everything else that followed has been sent. */
  readonly answers: (() => void)[] = [];
  /** The client requests that are known by another key than before. */
  readonly requestsMoved: RequestMove[] = [];
  readonly state: Draft;
  readonly #ground: Ground;
  readonly #surroundings: Surroundings;
  readonly #lookedInto: Place | undefined;
  #lastAt: At;
  #became: Standing | undefined;
  #job: { readonly is: Job | undefined } | undefined;
  /** The At of the record that is being made: an update is applied at the At at which it is recorded. */
  #recordAt: At | undefined;

  /** `lookedInto` is how far the update has been looked into that is to be applied. */
  constructor(ground: Ground, surroundings: Surroundings, lookedInto?: Place) {
    this.#ground = ground;
    this.#surroundings = surroundings;
    this.#lookedInto = lookedInto;
    this.state = new Draft(ground.state);
    this.#lastAt = ground.lastAt;
  }

  get lastAt(): At {
    return this.#lastAt;
  }

  get settled(): At {
    return this.#ground.settled;
  }

  get standing(): Standing | undefined {
    return this.#became ?? this.#ground.standing;
  }

  /** What the Owner has become in this commit; undefined when that has not changed. */
  get became(): Standing | undefined {
    return this.#became;
  }

  /** Makes the object another Owner's, or nobody's. A record of it must be written too. */
  become(standing: Standing): void {
    this.#became = standing;
  }

  get now(): number {
    return this.#surroundings.now();
  }

  /** A layer of its own for one entry. */
  layer(): Work {
    return new Work(this, this.#surroundings, this.#lookedInto);
  }

  position(sequence: string): number {
    return this.positions.get(sequence) ?? this.#ground.position(sequence);
  }

  seat(feed: string): Seat {
    return this.seats.get(feed) ?? this.#ground.seat(feed);
  }

  hasTimer(kind: TimerKind, key: string): boolean {
    const touched = [...this.state.timers.values()].filter(({ timer }) => timer.kind === kind && timer.key === key);
    if (touched.length > 0) return touched.some(({ set }) => set);
    return this.#ground.hasTimer(kind, key);
  }

  /** Whether anything would be written. */
  get isEmpty(): boolean {
    return this.records.length === 0 && this.positions.size === 0 && this.state.timers.size === 0;
  }

  /** What has become of the job of steps in this commit: begun, or gone on; undefined = nothing. */
  get job(): { readonly is: Job | undefined } | undefined {
    return this.#job;
  }

  /**
   * Applies an update by the rules. Throws Refusal, or LookedInto; then this layer may hold half of it and must be
   * dropped. What is too much for one record begins a job: nothing else may be applied in this commit then.
   */
  apply(update: UpdateEvent, conditions?: Conditions): Outcome {
    const lookedInto = this.#lookedInto;
    const all = lookedInto === undefined ? conditions : { ...conditions, lookedInto };
    const outcome = applyUpdate(this.state, update, this.#context(), all);
    if (outcome.lookedInto !== undefined) throw new LookedInto(outcome.lookedInto);
    this.requestsMoved.push(...(outcome.requests?.moved ?? []));
    if (outcome.rest !== undefined) {
      const job = { update: outcome.update, progress: outcome.rest, whenDone: [] };
      this.state.setTimer(jobTimer(job));
      this.#job = { is: job };
    }
    return outcome;
  }

  /** Takes the next step of a job, and records it unless there was nothing to change. */
  goOn(job: Job): void {
    const { update, events, rest, repeated, requests } = continueTransform(
      this.state,
      job.update,
      job.progress,
      this.#context(),
    );
    this.requestsMoved.push(...(requests?.moved ?? []));
    if (!repeated) this.record(OMS_SEQUENCE, this.position(OMS_SEQUENCE) + 1, { Update: update, Events: events });
    this.#job = { is: rest && { ...job, progress: rest } };
    if (rest !== undefined) return;
    this.state.cancelTimer(jobTimer(job));
    const at = this.lastAt;
    this.effects.push(...job.whenDone.map((action) => () => action(at)));
  }

  /** Does something with the At of the last record that there is then, once all of what was applied here is durable. */
  whenDone(action: (at: At) => void): void {
    const job = this.#job?.is;
    const at = this.lastAt;
    if (job === undefined) this.effects.push(() => action(at));
    else this.#job = { is: { ...job, whenDone: [...job.whenDone, action] } };
  }

  #context(): Context {
    const { digest, newId } = this.#surroundings;
    return { ownerId: this.standing?.ownerId ?? "", at: this.#nextAt(), digest, newId, budget: STEP };
  }

  /** Writes the record of what was applied, at the At that it was applied at. */
  record(sequence: string, position: number, content: NewRecord): void {
    this.#lastAt = this.#nextAt();
    this.#recordAt = undefined;
    this.records.push({ At: this.#lastAt, Sequence: sequence, Position: position, Events: [], ...content });
    this.positions.set(sequence, position);
  }

  /** Applies and records an update of the OMS itself, or one that came by REST. */
  recordOwn(update: UpdateEvent, conditions?: Conditions): Outcome {
    const outcome = this.apply(update, conditions);
    if (!outcome.repeated) {
      const position = this.position(OMS_SEQUENCE) + 1;
      this.record(OMS_SEQUENCE, position, { Update: outcome.update, Events: outcome.events });
    }
    return outcome;
  }

  /** Lays this layer over the one below, which is then as if everything had been done on it. */
  mergeInto(target: Work): void {
    this.state.mergeInto(target.state);
    target.records.push(...this.records);
    for (const [sequence, position] of this.positions) target.positions.set(sequence, position);
    for (const [feed, seat] of this.seats) target.seats.set(feed, seat);
    target.#became = this.#became ?? target.#became;
    target.#job = this.#job ?? target.#job;
    target.requestsMoved.push(...this.requestsMoved);
    for (const feed of this.acknowledged) target.acknowledged.add(feed);
    target.deliveries.push(...this.deliveries);
    target.effects.push(...this.effects);
    target.answers.push(...this.answers);
    target.#lastAt = this.#lastAt;
    target.#recordAt = undefined;
  }

  #nextAt(): At {
    // Strictly increasing, whatever the clock does: it orders, pages and dates at once.
    const last = Math.max(this.#lastAt, this.settled);
    this.#recordAt ??= Math.max(last + 1, this.#surroundings.now() * 1000) as At;
    return this.#recordAt;
  }
}

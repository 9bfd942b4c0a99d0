/**
 * A commit in the making, as a layer over what is committed. Each entry of the inbox works on a layer of its own that
 * is merged when it is accepted and dropped when it is refused; nothing else changes until the commit is durable.
 */
import { applyUpdate, type Conditions, type Context, type Outcome } from "../domain/apply.ts";
import { Draft } from "../domain/draft.ts";
import { type At, type LogRecord, OMS_SEQUENCE } from "../domain/records.ts";
import type { State, TimerKind } from "../domain/state.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";
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
  readonly state: Draft;
  readonly #ground: Ground;
  readonly #surroundings: Surroundings;
  #lastAt: At;
  #became: Standing | undefined;
  /** The At of the record that is being made: an update is applied at the At at which it is recorded. */
  #recordAt: At | undefined;

  constructor(ground: Ground, surroundings: Surroundings) {
    this.#ground = ground;
    this.#surroundings = surroundings;
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
    return new Work(this, this.#surroundings);
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

  /** Applies an update by the rules. Throws Refusal; then this layer may hold half of it and must be dropped. */
  apply(update: UpdateEvent, conditions?: Conditions): Outcome {
    const { digest, newId } = this.#surroundings;
    const context = { ownerId: this.standing?.ownerId ?? "", at: this.#nextAt(), digest, newId };
    return applyUpdate(this.state, update, context, conditions);
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

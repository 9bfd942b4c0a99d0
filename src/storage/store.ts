/**
 * The port to where an Owner's log and state are kept. It is synchronous: a Durable Object's SQLite answers in the
 * same turn, and a commit must never be interleaved with anything. Texts are wire-ready JSON; this layer does not
 * interpret states. One contract suite runs on every implementation.
 */
import type { KeyRange } from "../domain/keys.ts";
import type { At, Key, Kind } from "../domain/records.ts";
import type { KnownKind, Timer, TimerKind } from "../domain/state.ts";

export type { KeyRange } from "../domain/keys.ts";

/** The end of the log. */
export interface Head {
  /** The At of the last record; 0 for an empty log. */
  readonly at: At;
  /** The hash of the last commit, in hex; empty for an empty log. */
  readonly hash: string;
  /** The last durable position of each sequence that has one. */
  readonly positions: ReadonlyMap<string, number>;
  /** All that is after this moment is here; what is older has been archived. 0 = nothing has been. */
  readonly keptFrom: At;
}

/** A single fact about the Owner: who it is, and which job of steps is under way. */
export type PropertyName = "owner" | "job";

/**
 * One line of the log as it is kept: `text` is the LogRecord in JSON, with its events already abbreviated. It begins
 * with the At (`{"At":…`) and holds no line end, as JSON.stringify of a LogRecord does.
 */
export interface RecordText {
  readonly at: At;
  readonly text: string;
}

/** A movement as it is kept: decimals are text, `after` is the position after it and what that rests on, as JSON. */
export interface MovementRow {
  readonly holding: Key<"holding">;
  readonly at: At;
  readonly quantity: string;
  readonly price: string | null;
  readonly currency: string | null;
  readonly after: string;
}

/** Everything that becomes durable together. Each touched key occurs once. */
export interface Commit {
  /** In order of `at`, all after the head. Empty when only positions, timers or properties change. */
  readonly records: readonly RecordText[];
  /** The last position of each sequence that moved. */
  readonly positions: ReadonlyMap<string, number>;
  /**
   * `before` says whether the record existed before this commit; `body` null = it does not exist after it. With neither
   * it came and went within the commit.
   */
  readonly versions: readonly {
    readonly kind: Kind;
    readonly key: Key;
    readonly body: string | null;
    readonly before: boolean;
  }[];
  /** `body` null = forgotten. `at` is the record that first told of it. */
  readonly ids: readonly {
    readonly kind: KnownKind;
    readonly id: string;
    readonly at: At;
    readonly body: string | null;
  }[];
  readonly movements: readonly MovementRow[];
  readonly movementsRemoved: readonly { readonly holding: Key<"holding">; readonly at: At }[];
  /** One timer for each kind and key: setting it again moves it. Cancelled are taken out before others are set. */
  readonly timersSet: readonly Timer[];
  readonly timersCancelled: readonly Timer[];
  readonly properties?: ReadonlyMap<PropertyName, string>;
}

/** Something known, as it is kept. */
export interface KnownRow {
  /** The record that first told of it. */
  readonly at: At;
  readonly body: string;
}

/** A commit as the store keeps it. */
export interface KeptCommit {
  /** The At of its first record, by which it is kept. */
  readonly id: At;
  readonly last: At;
  /**
   * The hash of the commit that is kept before it, empty for the first. Where one is missing between them, that is not
   * what this one was chained to: whoever walks the chain finds it by making each hash anew from the one before.
   */
  readonly previous: string;
  /** Its own hash, as it is kept. */
  readonly hash: string;
  /** Its records, one to a line. */
  readonly body: string;
  /**
   * Whether what is kept beside the body agrees with it: that it begins and ends with the commit's first and last record
   * and after the commit before, that it is text and has all its parts and no more, and that the texts written with it
   * are its own. Whether the body is what was written, only its hash says.
   */
  readonly isIntact: boolean;
}

/** Reading as at, or the log after, a moment before `keptFrom` throws Refusal `History.Archived`. */
export interface Store {
  head(): Head;

  property(name: PropertyName): string | undefined;

  /** The state of one record, now or as at a moment; undefined if it did not exist then. */
  version(kind: Kind, key: Key, asAt?: At): string | undefined;

  /**
   * The records of a kind that exist, now or as at a moment, in key order. Read lazily: a caller that stops early
   * pays for what it took. The store must not change while an iteration is open.
   */
  list(kind: Kind, range: KeyRange, asAt?: At): Iterable<{ readonly key: Key; readonly body: string }>;

  /** What is known by an id. */
  known(kind: KnownKind, id: string): KnownRow | undefined;

  /** The ids by which something is known, in key order. Read lazily, as `list` is. */
  knownIds(kind: KnownKind, range: KeyRange): Iterable<string>;

  /** What is known by each of these ids, in one reading; an id that is not known is left out. */
  knownAmong(kind: KnownKind, ids: Iterable<string>): ReadonlyMap<string, KnownRow>;

  movementBefore(holding: Key<"holding">, at: At): MovementRow | undefined;
  movementsFrom(holding: Key<"holding">, at: At): Iterable<MovementRow>;

  /**
   * Makes a commit durable: all of it or nothing. Throws Refusal `Storage.Full` when there is no room, and any other
   * error as the database gave it.
   */
  commit(commit: Commit): void;

  /** The records of the log after one moment, up to and including another, in order, as they were raised. */
  records(after: At, upTo: At): Iterable<RecordText>;

  /**
   * A place in the log before which nothing of a sequence lies beyond a position: reading the records after it visits
   * every record of the sequence with a greater position. Undefined when there is none, or when it has been archived.
   */
  placeAfter(sequence: string, position: number): At | undefined;

  /**
   * A place in the log after which nothing of a sequence lies up to a position: the end of the commit in which the
   * sequence goes beyond it, or of the next one where a bookmark alone takes it there; the head when nothing is beyond.
   */
  placeThrough(sequence: string, position: number): At;

  /**
   * The last position of each sequence as at a moment, as at the end of the log those of the head. A position that no
   * record has, because a bookmark moved the sequence there, counts once the commit in which it moved has ended, or the
   * next one if it moved between two. A sequence that has moved nowhere yet is left out.
   */
  positionsAt(at: At): ReadonlyMap<string, number>;

  /**
   * The records after one moment, up to and including another, of those commits that changed a record of the state, in
   * order: all that changed it are among them, also those of a record that came and went within one commit.
   */
  recordsTouching(kind: Kind, key: Key, after: At, upTo: At): Iterable<RecordText>;

  /** The commits after one (0: from the first), in order, as they are kept: nothing of them is believed. */
  commitsAfter(id: At): Iterable<KeptCommit>;

  /** Timers that are due, the earliest first. */
  dueTimers(now: number, limit: number): readonly Timer[];
  /** When the next timer is due. */
  nextTimer(): number | undefined;
  /** When the timer of one kind and key is due, if there is one. */
  timerOf(kind: TimerKind, key: string): number | undefined;

  /** Bytes in use. */
  bytesUsed(): number;
}

/**
 * What an Owner's log says of the state: folded twice, record by record. Once as the store does it that has to look
 * inside a commit, once as a client does it that knows nothing but events.
 */
import { changesOf } from "../../../src/domain/event-records.ts";
import { expand, parseStoredRecord, type WireEvent } from "../../../src/domain/log-record.ts";
import type { At, Key, Kind, LogRecord } from "../../../src/domain/records.ts";
import type { Store } from "../../../src/storage/store.ts";
import { Replica } from "../../domain/support/replica.ts";

/** The state of each record, as JSON, by its kind and key. */
export type FoldedState = ReadonlyMap<string, string>;

/** A line of the log, and the state after it. */
export interface FoldedRecord {
  readonly record: LogRecord<WireEvent>;
  /** By what lines of the log do to the state. */
  readonly state: FoldedState;
  /** By events alone. */
  readonly replica: FoldedState;
}

/** A record of the state that there was at some moment. */
export interface Touched {
  readonly kind: Kind;
  readonly key: Key;
  /** Its name in a FoldedState. */
  readonly name: string;
}

const NOTHING: FoldedState = new Map();

export class FoldedLog {
  readonly folded: readonly FoldedRecord[];
  /** Every record of the state that there ever was. */
  readonly touched: readonly Touched[];

  constructor(store: Pick<Store, "head" | "records">) {
    const state = new Map<string, string>();
    const replica = new Replica();
    const touched = new Map<string, Touched>();
    const stored = [...store.records(0 as At, store.head().at)].map(({ text }) => parseStoredRecord(text));
    this.folded = stored.map((line) => {
      for (const { kind, key, state: after } of changesOf(line)) {
        const name = `${kind} ${key}`;
        touched.set(name, { kind, key, name });
        if (after === null) state.delete(name);
        else state.set(name, after);
      }
      const record = expand(line);
      replica.fold(record.Events);
      return { record, state: new Map(state), replica: new Map(replica.records) };
    });
    this.touched = [...touched.values()];
  }

  get records(): readonly LogRecord<WireEvent>[] {
    return this.folded.map(({ record }) => record);
  }

  /** The last record up to a moment, undefined before the first. */
  last(at: number): FoldedRecord | undefined {
    return this.folded.findLast(({ record }) => record.At <= at);
  }

  /** The state as at a moment. */
  stateAt(at: number): FoldedState {
    return this.last(at)?.state ?? NOTHING;
  }

  /** The state as at a moment, as clients have it. */
  replicaAt(at: number): FoldedState {
    return this.last(at)?.replica ?? NOTHING;
  }

  /** Every record's At, the moment before it where nothing was recorded, and what lies before and after everything. */
  get moments(): readonly At[] {
    const ats = this.records.map(({ At: at }) => at);
    const all = new Set([0, ...ats.flatMap((at) => [at - 1, at]), (ats.at(-1) ?? 0) + 1, Number.MAX_SAFE_INTEGER]);
    return [...all].map((at) => at as At);
  }
}

/** A state in order of kinds and keys. */
export function inOrder(state: FoldedState): readonly (readonly [name: string, body: string])[] {
  return [...state].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** What waits to be applied: a queue for each source, left in turn, bounded in bytes. */
import type { KnownKind } from "../domain/state.ts";
import type { Refusal } from "../protocol/errors.ts";
import type { Work } from "./work.ts";

/** What an entry will surely ask for: read for a whole batch at once. Ids are those of `State.known`. */
export type Foreseen = { readonly [K in KnownKind]?: readonly string[] };

/** One thing to apply, all or nothing. It may be applied more than once, each time on fresh work. */
export interface Entry {
  /** The socket or caller it came from: sources take turns. */
  readonly source: string;
  readonly bytes: number;
  /** The most records that it makes. */
  readonly records: number;
  readonly foreseen?: Foreseen;
  /**
   * What becomes of it while a job of steps goes on: it is applied, for it records nothing, or it waits, and so does all
   * that comes after it from its source. Absent: it is refused, to be tried later.
   */
  readonly duringJob?: "applied" | "waits";
  /** Applies it and adds what is to be done once it is durable. Refusals are part of its outcome, never thrown. */
  apply(work: Work): void;
  /** It cannot be made durable for now (storage is full): tells its sender, and changes no more than who supplies a feed. */
  refuse(work: Work, refusal: Refusal): void;
  /** It cannot be made durable at all: records that it failed, without its payload, and tells its sender. */
  fail(work: Work, refusal: Refusal): void;
}

/** Bounds of what is taken out at once. One entry is always taken. */
export interface Batch {
  readonly records: number;
  readonly bytes: number;
}

/** What an entry costs beside the bytes that it carries, so that the smallest frames cannot fill the memory. */
const ENTRY_BYTES = 512;

export class Inbox {
  readonly #queues = new Map<string, Entry[]>();
  readonly #capacity: number;
  #bytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** What waits, with what it costs to keep it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether something of that size still fits. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes + ENTRY_BYTES <= this.#capacity;
  }

  add(entry: Entry): void {
    const queue = this.#queues.get(entry.source);
    if (queue === undefined) this.#queues.set(entry.source, [entry]);
    else queue.push(entry);
    this.#bytes += entry.bytes + ENTRY_BYTES;
  }

  /**
   * Takes entries from the sources in turn, each source's in order, as many as fit the bounds. One that may not be taken
   * holds up those behind it.
   */
  take(bounds: Batch, mayBeTaken: (entry: Entry) => boolean = () => true): readonly Entry[] {
    const batch: Entry[] = [];
    let { records, bytes } = bounds;
    const taken = new Map([...this.#queues.keys()].map((source) => [source, 0]));
    for (let progress = true; progress; ) {
      progress = false;
      for (const [source, next] of taken) {
        const entry = this.#queues.get(source)?.[next];
        if (entry === undefined || !mayBeTaken(entry)) continue;
        const fits = entry.records <= records && entry.bytes <= bytes;
        if (!fits && batch.length > 0) return this.#remove(taken, batch);
        batch.push(entry);
        taken.set(source, next + 1);
        records -= entry.records;
        bytes -= entry.bytes;
        progress = true;
      }
    }
    return this.#remove(taken, batch);
  }

  #remove(taken: ReadonlyMap<string, number>, batch: readonly Entry[]): readonly Entry[] {
    for (const [source, count] of taken) {
      const queue = this.#queues.get(source);
      if (queue === undefined || count === 0) continue;
      this.#queues.delete(source);
      // Put back behind the others: whose turn it was waits for the next.
      if (queue.length > count) this.#queues.set(source, queue.slice(count));
    }
    for (const { bytes } of batch) this.#bytes -= bytes + ENTRY_BYTES;
    return batch;
  }
}

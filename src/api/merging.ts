/** Several logs told as one: in order of time, and of the Owners' names at the same time. */
import type { At } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { LineHead, LogLines } from "./log-lines.ts";

/** How much of the logs is told. */
export interface Extent {
  /** At most so many records; what other logs hold at the very time of the last is told too. */
  readonly count?: number;
  /** Only what was recorded up to here. */
  readonly upTo?: At;
}

/**
 * The lines' JSON as elements of an array, with commas between, in texts of as much as has come. What is told of no
 * record, as snapshots are, comes first, log by log. Whoever draws lets go of the logs.
 */
export async function* merged(logs: readonly LogLines[], extent: Extent): AsyncGenerator<string, void> {
  await Promise.all(logs.map((log) => log.read()));
  const telling = new Telling();
  for (const log of logs) {
    while (log.head?.records === 0) yield* telling.line(log);
  }
  const queue = new Queue(logs);
  const isTold = within(extent);
  for (let log = queue.first; log?.head !== undefined && isTold(log.head, log); log = queue.first) {
    yield* telling.line(log);
    queue.settleFirst();
  }
  yield* telling.rest();
}

/** Lines as they are told: a comma before each but the first, and no more held back than makes a piece. */
class Telling {
  #separator = "";
  #text = "";

  /** Tells the line that a log has come to, and goes on to the log's next. */
  async *line(log: LogLines): AsyncGenerator<string, void> {
    this.#text += this.#separator;
    this.#separator = ",";
    for (let part = log.take(); ; part = log.take()) {
      this.#text += part.json;
      if (part.isWhole) break;
      yield* this.rest();
      await log.readOn();
    }
    if (this.#text.length >= LIMITS.ANSWER_PIECE_BYTES) yield* this.rest();
    if (log.advance()) return;
    // What has come is not held back while more is waited for.
    yield* this.rest();
    await log.read();
  }

  *rest(): Generator<string, void> {
    if (this.#text === "") return;
    yield this.#text;
    this.#text = "";
  }
}

/** Whether a line is still told, asked of each in turn. Several lines may tell of one record. */
function within({ count = Number.POSITIVE_INFINITY, upTo }: Extent): (head: LineHead, log: LogLines) => boolean {
  let told = 0;
  let last: { readonly at: At; readonly log: LogLines } | undefined;
  return ({ at }, log) => {
    if (upTo !== undefined && at > upTo) return false;
    if (told >= count && at !== last?.at) return false;
    if (at !== last?.at || log !== last.log) told++;
    last = { at, log };
    return true;
  };
}

/** The logs by the line that each has come to, as a binary heap. Those that have ended come last. */
class Queue {
  readonly #logs: readonly LogLines[];
  /** Indexes of logs: what is at a place is before what is at twice that place, plus one or two. */
  readonly #heap: number[];

  constructor(logs: readonly LogLines[]) {
    this.#logs = logs;
    this.#heap = logs.map((_, index) => index);
    for (let place = this.#heap.length >> 1; place >= 0; place--) this.#settle(place);
  }

  get first(): LogLines | undefined {
    return this.#logAt(0);
  }

  /** To be called when the first has gone on. */
  settleFirst(): void {
    this.#settle(0);
  }

  #settle(from: number): void {
    const heap = this.#heap;
    for (let place = from; ; ) {
      const left = 2 * place + 1;
      let least = place;
      if (left < heap.length && this.#isBefore(left, least)) least = left;
      if (left + 1 < heap.length && this.#isBefore(left + 1, least)) least = left + 1;
      if (least === place) return;
      [heap[place], heap[least]] = [heap[least] ?? 0, heap[place] ?? 0];
      place = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const [leftAt, rightAt] = [this.#timeAt(left), this.#timeAt(right)];
    return leftAt === rightAt ? (this.#heap[left] ?? 0) < (this.#heap[right] ?? 0) : leftAt < rightAt;
  }

  #timeAt(place: number): number {
    return this.#logAt(place)?.head?.at ?? Number.POSITIVE_INFINITY;
  }

  #logAt(place: number): LogLines | undefined {
    return this.#logs[this.#heap[place] ?? -1];
  }
}

/** Several logs told as one: in order of time, and of the Owners' names at the same time. */
import type { At } from "../domain/records.ts";
import type { LogLine } from "../owner/rpc.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { LogLines } from "./log-lines.ts";

/** How much of the logs is told. */
export interface Extent {
  /** At most so many records; what other logs hold at the very time of the last is told too. */
  readonly count?: number;
  /** Only what was recorded up to here. */
  readonly upTo?: At;
}

/**
 * The lines' JSON as elements of an array, with commas between, a text for as many as have come. What is told of no
 * record, as snapshots are, comes first, log by log. Whoever draws lets go of the logs.
 */
export async function* merged(logs: readonly LogLines[], extent: Extent): AsyncGenerator<string, void> {
  await Promise.all(logs.map((log) => log.read()));
  let isFirst = true;
  for await (const lines of batches(logs, extent)) {
    if (lines.length > 0) yield (isFirst ? "" : ",") + lines.join(",");
    isFirst &&= lines.length === 0;
  }
}

async function* batches(logs: readonly LogLines[], extent: Extent): AsyncGenerator<readonly string[], void> {
  for (const log of logs) yield* snapshotOf(log);
  const queue = new Queue(logs);
  const isTold = within(extent);
  let batch: string[] = [];
  let size = 0;
  for (let log = queue.first; log?.line !== undefined && isTold(log.line, log); log = queue.first) {
    batch.push(log.line.json);
    size += log.line.json.length;
    const hasCome = log.advance();
    // What has come is not held back while the rest is waited for.
    if (!hasCome || size >= LIMITS.ANSWER_PIECE_BYTES) {
      yield batch;
      batch = [];
      size = 0;
    }
    if (!hasCome) await log.read();
    queue.settleFirst();
  }
  yield batch;
}

async function* snapshotOf(log: LogLines): AsyncGenerator<readonly string[], void> {
  let batch: string[] = [];
  while (log.line?.records === 0) {
    batch.push(log.line.json);
    if (log.advance()) continue;
    yield batch;
    batch = [];
    await log.read();
  }
  yield batch;
}

/** Whether a line is still told, asked of each in turn. Several lines may tell of one record. */
function within({ count = Number.POSITIVE_INFINITY, upTo }: Extent): (line: LogLine, log: LogLines) => boolean {
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
    return this.#logAt(place)?.line?.at ?? Number.POSITIVE_INFINITY;
  }

  #logAt(place: number): LogLines | undefined {
    return this.#logs[this.#heap[place] ?? -1];
  }
}

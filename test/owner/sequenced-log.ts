/** Logs of which only the places matter: what was recorded when, in which sequence, at which position. */
import fc from "fast-check";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import { EMPTY, moment } from "../storage/samples.ts";

/** Records of one commit: At, sequence, position. */
export type Line = readonly [at: number, sequence: string, position: number];

export class Log {
  readonly data = new MemoryData();
  readonly store = new MemoryStore(this.data);
  /** All that was committed, in order. */
  readonly lines: Line[] = [];

  constructor(...commits: readonly (readonly Line[])[]) {
    for (const lines of commits) this.commit(lines);
  }

  commit(lines: readonly Line[], bookmarks: Readonly<Record<string, number>> = {}): this {
    const records = lines.map(([at, Sequence, Position]) => ({
      at: moment(at),
      text: JSON.stringify({ At: at, Sequence, Position, Events: [] }),
    }));
    const moved = lines.map(([, sequence, position]): [string, number] => [sequence, position]);
    this.store.commit({ ...EMPTY, records, positions: new Map([...moved, ...Object.entries(bookmarks)]) });
    this.lines.push(...lines);
    return this;
  }

  /** The positions of all sequences that the log has. */
  get positions(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.store.head().positions);
  }
}

const NAMES = ["asx", "nzx", "oms"] as const;
const sequence = fc.constantFrom(...NAMES);
const step = fc.record({ sequence, skip: fc.integer({ min: 1, max: 4 }), gap: fc.integer({ min: 1, max: 3 }) });
const commits = fc.array(
  fc.record({
    steps: fc.array(step, { maxLength: 6 }),
    bookmarks: fc.uniqueArray(fc.tuple(sequence, fc.integer({ min: 1, max: 5 })), {
      maxLength: 2,
      selector: ([name]) => name,
    }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Logs of several sequences that skip and are bookmarked, in commits of several records, or of bookmarks alone. */
export const sequencedLogs: fc.Arbitrary<Log> = commits.map((drawn) => {
  const log = new Log([NAMES.map((name, index): Line => [100 + index, name, 1])].flat());
  const reached = new Map<string, number>(NAMES.map((name) => [name, 1]));
  const move = (name: string, by: number) => {
    const position = (reached.get(name) ?? 0) + by;
    reached.set(name, position);
    return position;
  };
  let at = 102;
  for (const { steps, bookmarks } of drawn) {
    const lines = steps.map(({ sequence: name, skip, gap }): Line => {
      at += gap;
      return [at, name, move(name, skip)];
    });
    log.commit(lines, Object.fromEntries(bookmarks.map(([name, by]) => [name, move(name, by)])));
  }
  return log;
});

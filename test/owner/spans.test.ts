/** A span of the log: `from` exclusive, `to` inclusive, each a time or a position for each sequence. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type At, keyOf } from "../../src/domain/records.ts";
import { Past } from "../../src/owner/past.ts";
import type { Bound, LogQuestion, Span } from "../../src/owner/rpc.ts";
import { beginningOf, stretchOf } from "../../src/owner/spans.ts";
import { steps } from "../../src/owner/telling.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { MemoryStore } from "../../src/storage/memory-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { moment, version } from "../storage/samples.ts";
import { type Line, Log, sequencedLogs } from "./sequenced-log.ts";
import { drawn, linesOf, told } from "./told.ts";

/** Two sequences, skipping, over two commits. */
const log = () =>
  new Log(
    [
      [10, "asx", 1],
      [20, "nzx", 7],
      [30, "asx", 2],
    ],
    [
      [40, "nzx", 8],
      [50, "asx", 5],
    ],
  );

/** The Ats of what a span holds. */
function held({ store }: Log, span: Span, options: Partial<LogQuestion> = {}): readonly number[] {
  const past = new Past(store, () => "XS");
  return told(past.log({ content: { type: "audit" }, span, ...options })).map(({ at }) => at);
}

/** What a span holds, as slowly and plainly as it can be said. */
function expected({ lines }: Log, { from, to }: Span): readonly number[] {
  const isAfter = (bound: Bound, [at, sequence, position]: Line) =>
    "at" in bound ? at > bound.at : position > (bound.positions[sequence] ?? 0);
  const inSpan = lines.filter(
    (line) => (from === undefined || isAfter(from, line)) && (to === undefined || !isAfter(to, line)),
  );
  return inSpan.map(([at]) => at);
}

const positions = fc.dictionary(fc.constantFrom("asx", "nzx", "oms", "system"), fc.nat(40), { noNullPrototype: true });
const bound: fc.Arbitrary<Bound> = fc.oneof(
  fc.nat(200).map((at) => ({ at })),
  positions.map((drawnPositions) => ({ positions: drawnPositions })),
);
const end = fc.option(bound, { nil: undefined });
const spans: fc.Arbitrary<Span> = fc
  .tuple(end, end)
  .map(([from, to]) => ({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) }));

describe("a span of the log", () => {
  it("begins after `from` and goes through `to`, by times and by positions, also inside a commit", () => {
    expect(held(log(), { from: { at: 10 }, to: { at: 40 } })).toEqual([20, 30, 40]);
    expect(held(log(), { from: { positions: { asx: 1, nzx: 7 } }, to: { positions: { asx: 5, nzx: 8 } } })).toEqual([
      30, 40, 50,
    ]);
    expect(held(log(), { from: { at: 20 }, to: { positions: { asx: 2 } } })).toEqual([30]);
    expect(held(log(), { from: { positions: { asx: 2, nzx: 7 } }, to: { at: 49 } })).toEqual([40]);
  });

  it("counts a sequence that is left out as 0, at both ends", () => {
    expect(held(log(), { from: { positions: { asx: 2 } } })).toEqual([20, 40, 50]);
    expect(held(log(), { to: { positions: { nzx: 8 } } })).toEqual([20, 40]);
    expect(held(log(), { from: { positions: {} }, to: { positions: {} } })).toEqual([]);
  });

  it("is the whole log without ends, the rest in the future, and nothing from the future on", () => {
    expect(held(log(), {})).toEqual([10, 20, 30, 40, 50]);
    expect(held(log(), { from: { at: -1 }, to: { at: Number.MAX_SAFE_INTEGER } })).toEqual([10, 20, 30, 40, 50]);
    expect(held(log(), { from: { at: 30 }, to: { positions: { asx: 1e9, nzx: 1e9 } } })).toEqual([40, 50]);
    expect(held(log(), { from: { at: 51 } })).toEqual([]);
    expect(held(log(), { from: { positions: { asx: 6, nzx: 1e9 } } })).toEqual([]);
    expect(held(log(), { from: { at: 40 }, to: { at: 20 } })).toEqual([]);
  });

  it("ends where the log ended when it was asked for, whatever is recorded while it is read", () => {
    const growing = log();
    const { at, pieces } = new Past(growing.store, () => "XS").log({
      content: { type: "audit" },
      span: {},
      pieceBytes: 1,
    });
    const first = pieces.next();
    growing.commit([[60, "asx", 6]]);
    expect(at).toBe(50);
    expect(linesOf([first.value, ...drawn(pieces)].join("")).map((line) => line.at)).toEqual([10, 20, 30, 40, 50]);
  });

  it("is refused when it names a sequence that the Owner does not have, at either end", () => {
    expect(() => held(log(), { from: { positions: { lse: 0 } } })).toThrow("Feed lse");
    expect(() => held(log(), { to: { positions: { asx: 5, lse: 0 } } })).toThrow("Feed lse");
    expect(() => held(log(), { to: { positions: JSON.parse('{"__proto__":1}') } })).toThrow("Feed __proto__");
    expect(held(log(), { from: { positions: { oms: 5, system: 5 } } })).toHaveLength(5);
    const opened = log();
    opened.store.commit(version(60, "feed", keyOf.feed("lse"), "{}"));
    expect(held(opened, { to: { positions: { lse: 5, nzx: 7 } } })).toEqual([20]);
  });

  it("is refused when records that it held have been archived, and only then", () => {
    const archived = log();
    archived.data.keptFrom = 30;
    const refused: readonly Span[] = [
      {},
      { from: { at: 29 } },
      { from: { at: -1 } },
      { to: { at: 30 } },
      { from: { positions: { asx: 1, nzx: 8 } } },
      { to: { positions: { nzx: 7 } } },
    ];
    for (const span of refused) expect(() => held(archived, span), JSON.stringify(span)).toThrow("History.Archived");
    expect(held(archived, { from: { at: 30 } })).toEqual([40, 50]);
    expect(held(archived, { from: { positions: { asx: 2, nzx: 7 } } })).toEqual([40, 50]);
    expect(held(archived, { from: { positions: { asx: 1 } }, to: { positions: { asx: 1 } } })).toEqual([]);
    expect(held(archived, { from: { at: 5 }, to: { at: 5 } })).toEqual([]);
  });

  it("holds what the plain reading of its ends says, whatever the log and the ends", () => {
    return fc.assert(
      fc.property(sequencedLogs, spans, fc.integer({ min: 1, max: 500 }), (random, span, pieceBytes) => {
        expect(held(random, span, { pieceBytes })).toEqual(expected(random, span));
      }),
      { numRuns: 1000 },
    );
  });

  it("between A and B is what is up to B without what is up to A", () => {
    return fc.assert(
      fc.property(sequencedLogs, bound, bound, (random, from, to) => {
        const upToFrom = new Set(held(random, { to: from }));
        const difference = held(random, { to }).filter((at) => !upToFrom.has(at));
        expect(held(random, { from, to })).toEqual(difference);
      }),
      { numRuns: 500 },
    );
  });

  it("is the same in pages by count, from the last time or the last positions on, also inside a commit", () => {
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 7 }));
    return fc.assert(
      fc.property(sequencedLogs, spans, sizes, fc.boolean(), (random, span, counts, isChosen) => {
        const places = new Map(random.lines.map(([at, ...place]) => [at, place]));
        const reached: Record<string, number> = {
          ...(span.from !== undefined && "positions" in span.from && span.from.positions),
        };
        const paged: number[] = [];
        let { from } = span;
        // A reader goes on as it began.
        const isByTime = from === undefined ? isChosen : "at" in from;
        for (const count of counts) {
          const page = held(random, { ...span, ...(from !== undefined && { from }) }, { count });
          expect(page.length).toBeLessThanOrEqual(count);
          paged.push(...page);
          const last = page.at(-1);
          if (last === undefined || paged.length > random.lines.length) break;
          for (const at of page) {
            const [sequence = "", position = 0] = places.get(at) ?? [];
            reached[sequence] = position;
          }
          from = isByTime ? { at: last } : { positions: { ...reached } };
        }
        expect(paged).toEqual(held(random, span));
      }),
      { numRuns: 500 },
    );
  });
});

/** A store that counts the records that are read. */
function counted(store: MemoryStore) {
  const seen: number[] = [];
  const counting: Store = new Proxy(store, {
    get(target, name) {
      if (name !== "records") {
        const member = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      }
      return function* records(after: At, upTo: At) {
        for (const record of target.records(after, upTo)) {
          seen.push(record.at);
          yield record;
        }
      };
    },
  });
  return { store: counting, seen };
}

describe("reading a span", () => {
  /** One record of each of two sequences a commit; a third had three, long ago. */
  const long = () => {
    const commits = Array.from({ length: 1000 }, (_, index): readonly Line[] => [
      [10 * index + 1, "asx", 2 * index + 1],
      [10 * index + 2, "nzx", index + 1],
      ...(index < 3 ? [[10 * index + 3, "lse", index + 1] as const] : []),
    ]);
    return new Log(...commits);
  };

  it("visits only what lies there, by positions and by times", () => {
    const { store, seen } = counted(long().store);
    const past = new Past(store, () => "XS");
    const read = (span: Span) => {
      seen.length = 0;
      return told(past.log({ content: { type: "audit" }, span })).length;
    };
    const from = { positions: { asx: 1001, nzx: 500, lse: 3 } };
    expect(read({ from, to: { positions: { asx: 1021, nzx: 511, lse: 3 } } })).toBe(21);
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([5001, 5112]);
    expect(read({ from: { at: 5001 }, to: { positions: { asx: 1021, nzx: 500, lse: 3 } } })).toBe(10);
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([5002, 5112]);
    expect(read({ from, to: { at: 5010 } })).toBe(1);
    expect(seen).toEqual([5001, 5002]);
    expect(read({ from, to: from })).toBe(0);
    expect(seen).toEqual([]);
  });

  it("passes over what it does not hold, however much that is", () => {
    const long = new Log([
      [1, "oms", 1],
      [2, "nzx", 1],
    ]);
    const perCommit = 100;
    for (let commit = 0; commit < 40; commit++) {
      long.commit(
        Array.from({ length: perCommit }, (_, index): Line => {
          const position = commit * perCommit + index + 1;
          return [10 + position, "asx", position];
        }),
      );
    }
    long.commit([[5000, "oms", 2]]);
    let read = 0;
    const counting: Pick<Store, "records"> = {
      *records(after, upTo) {
        for (const record of long.store.records(after, upTo)) {
          read++;
          yield record;
        }
      },
    };
    const stretch = stretchOf(long.store, long.store.head(), { from: { positions: { asx: 3995 } } });
    const found = [...steps(counting, stretch, () => ["{}"])].filter(({ messages }) => messages.length > 0);
    expect(found.map(({ at }) => at)).toEqual([1, 2, 4006, 4007, 4008, 4009, 4010, 5000]);
    expect(read).toBeLessThan(2 + LIMITS.COMMIT_RECORDS + 2 * perCommit);
  });

  it("passes over nothing that it holds, from any place on", () => {
    return fc.assert(
      fc.property(sequencedLogs, spans, (random, span) => {
        const { store } = random;
        const stretch = stretchOf(store, store.head(), span);
        const inSpan = expected(random, span);
        for (const [at] of random.lines) {
          const place = stretch.skippedTo(moment(at));
          expect(place).toBeGreaterThanOrEqual(at);
          expect(inSpan.filter((each) => each > at && each <= place)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of one sequence begins and ends where that is", () => {
    const { store } = long();
    const stretch = stretchOf(store, store.head(), { to: { positions: { lse: 2 } } }, "lse");
    expect([stretch.after, stretch.upTo]).toEqual([0, 23]);
    expect([stretch.holds("lse", 2), stretch.holds("lse", 3), stretch.holds("asx", 1)]).toEqual([true, false, false]);
    const rest = stretchOf(store, store.head(), { from: { positions: { nzx: 998 } } }, "nzx");
    expect([rest.after, rest.upTo]).toEqual([9972, 9992]);
    expect(stretchOf(store, store.head(), { from: { at: 50 } }, "lse")).toMatchObject({ after: 50 });
  });
});

describe("where a span begins", () => {
  const beginning = ({ store }: Log, span: Span) => beginningOf(store, store.head(), span);

  it("is its time; the beginning of the log without one, and the head for one in the future", () => {
    expect(beginning(log(), { from: { at: 30 } })).toBe(30);
    expect(beginning(log(), { from: { at: -1 } })).toBe(0);
    expect(beginning(log(), {})).toBe(0);
    expect(beginning(log(), { from: { at: 1e9 } })).toBe(50);
  });

  it("is just before the first record after its positions, of those sequences that it can hold anything of", () => {
    const to = { positions: { asx: 5 } };
    expect(beginning(log(), { from: { positions: { asx: 1 } }, to })).toBe(29);
    expect(beginning(log(), { from: { positions: { asx: 1 } } })).toBe(19);
    expect(beginning(log(), { from: { positions: { asx: 2, nzx: 7 } } })).toBe(39);
    expect(beginning(log(), { from: { positions: {} } })).toBe(9);
  });

  it("is as at its positions when there is nothing after them that it can hold", () => {
    const vector = { positions: { asx: 2, nzx: 7 } };
    expect(beginning(log(), { from: vector, to: vector })).toBe(39);
    expect(beginning(log(), { from: { positions: { asx: 5, nzx: 8 } } })).toBe(50);
    expect(beginning(log(), { from: { positions: {} }, to: { positions: {} } })).toBe(9);
  });

  it("is refused when it has been archived, or a sequence is none of the Owner's", () => {
    const archived = log();
    archived.data.keptFrom = 30;
    const asx = { positions: { asx: 1, nzx: 8 } };
    expect(() => beginning(archived, {})).toThrow("History.Archived");
    expect(() => beginning(archived, { from: { at: 29 } })).toThrow("History.Archived");
    expect(() => beginning(archived, { from: asx, to: asx })).toThrow("History.Archived");
    expect(() => beginning(archived, { from: { positions: { lse: 1 } } })).toThrow("Feed lse");
    expect(beginning(archived, { from: { at: 30 } })).toBe(30);
  });

  it("is before everything that the span holds, and after all that it has told before", () => {
    return fc.assert(
      fc.property(sequencedLogs, spans, (random, span) => {
        const place = beginning(random, span);
        for (const at of expected(random, span)) expect(at).toBeGreaterThan(place);
        const { from } = span;
        if (from === undefined || "at" in from) return;
        // Of a sequence that lags behind, nothing is before it but what the reader has.
        const behind = random.lines.filter(
          ([at, sequence, position]) => at <= place && position > (from.positions[sequence] ?? 0),
        );
        const { to } = span;
        const canHold = ([, sequence]: Line) =>
          to === undefined || "at" in to || (to.positions[sequence] ?? 0) > (from.positions[sequence] ?? 0);
        if (expected(random, span).length > 0) expect(behind.filter(canHold)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

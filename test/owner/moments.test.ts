import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type At, keyOf } from "../../src/domain/records.ts";
import { momentOf } from "../../src/owner/moments.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { version } from "../storage/samples.ts";
import { type Line, Log } from "./sequenced-log.ts";

function asAfter(log: Log, sequence: string, position: number): At {
  return momentOf(log.store, { sequence, position });
}

describe("the moment that is meant", () => {
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

  it("is the head when none is named, or one that is not in the past", () => {
    expect(momentOf(log().store, undefined)).toBe(50);
    expect(momentOf(log().store, { at: 50 })).toBe(50);
    expect(momentOf(log().store, { at: 51 })).toBe(50);
    expect(momentOf(log().store, { at: Number.MAX_SAFE_INTEGER })).toBe(50);
    expect(momentOf(new Log().store, { at: 5 })).toBe(0);
  });

  it("is a time of the past as it is named, also before the first record", () => {
    expect(momentOf(log().store, { at: 49 })).toBe(49);
    expect(momentOf(log().store, { at: 10 })).toBe(10);
    expect(momentOf(log().store, { at: 0 })).toBe(0);
    expect(momentOf(log().store, { at: -5 })).toBe(0);
  });

  it("after a position is just before the sequence's next record, within a commit and over its end", () => {
    expect(asAfter(log(), "asx", 0)).toBe(9);
    expect(asAfter(log(), "asx", 1)).toBe(29);
    expect(asAfter(log(), "asx", 2)).toBe(49);
    expect(asAfter(log(), "nzx", 7)).toBe(39);
  });

  it("after a position that the sequence passed over is where the one before it ended", () => {
    expect(asAfter(log(), "asx", 3)).toBe(49);
    expect(asAfter(log(), "asx", 4)).toBe(49);
    expect(asAfter(log(), "nzx", 6)).toBe(19);
  });

  it("after a sequence's last position, or one in its future, is the head", () => {
    expect(asAfter(log(), "asx", 5)).toBe(50);
    expect(asAfter(log(), "asx", 1e9)).toBe(50);
  });

  it("is refused for a sequence that the Owner does not have; what it has of its own, and a feed once opened, it has", () => {
    const opened = log();
    expect(() => asAfter(opened, "lse", 0)).toThrow("Feed lse");
    expect(() => asAfter(opened, "__proto__", 0)).toThrow("Feed __proto__");
    expect([asAfter(opened, "oms", 0), asAfter(opened, "system", 3)]).toEqual([50, 50]);
    opened.store.commit(version(60, "feed", keyOf.feed("lse"), '{"FeedID":"lse"}'));
    expect(asAfter(opened, "lse", 0)).toBe(60);
    opened.store.commit(version(70, "feed", keyOf.feed("lse"), null, true));
    expect(asAfter(opened, "lse", 5)).toBe(70);
  });

  it("after a position that a bookmark left behind is where that position's record is", () => {
    const bookmarked = new Log([[10, "asx", 1]]).commit([], { asx: 9 }).commit([[20, "nzx", 1]]);
    expect([1, 5].map((position) => asAfter(bookmarked, "asx", position))).toEqual([10, 10]);
    expect(asAfter(bookmarked, "asx", 9)).toBe(20);
    const inOne = new Log().commit([[10, "asx", 1]], { asx: 9 }).commit([[20, "nzx", 1]]);
    expect(asAfter(inOne, "asx", 1)).toBe(10);
    expect(asAfter(inOne, "asx", 0)).toBe(9);
  });

  it("looks at no more records than a commit holds", () => {
    const others = (from: number) =>
      Array.from({ length: LIMITS.COMMIT_RECORDS }, (_, index): Line => [from + index, "nzx", from + index]);
    const long = new Log([[10, "asx", 1]]).commit([], { asx: 2 }).commit(others(1000)).commit(others(2000));
    let looked = 0;
    const store = {
      head: () => long.store.head(),
      placeAfter: (sequence: string, position: number) => long.store.placeAfter(sequence, position),
      version: () => undefined,
      recordsTouching: () => [],
      *records(after: At, upTo: At) {
        for (const record of long.store.records(after, upTo)) {
          looked++;
          yield record;
        }
      },
    };
    expect(momentOf(store, { sequence: "asx", position: 1 })).toBe(10);
    expect(looked).toBe(LIMITS.COMMIT_RECORDS);
    const last = new Log([...others(1000).slice(1), [5000, "asx", 1]]);
    expect(asAfter(last, "asx", 0)).toBe(4999);
  });

  it("is refused when it is older than what is kept, whichever way it is named", () => {
    const archived = log();
    archived.data.keptFrom = 30;
    expect(() => momentOf(archived.store, { at: 29 })).toThrow("History.Archived");
    expect(() => momentOf(archived.store, { at: 0 })).toThrow("History.Archived");
    expect(momentOf(archived.store, { at: 30 })).toBe(30);
    expect(() => asAfter(archived, "asx", 1)).toThrow("History.Archived");
    expect(asAfter(archived, "nzx", 7)).toBe(39);
    expect(asAfter(archived, "asx", 5)).toBe(50);
  });

  it("shows every record up to the position, and none beyond it", () => {
    const step = fc.record({ sequence: fc.constantFrom("asx", "nzx", "oms"), skip: fc.integer({ min: 1, max: 3 }) });
    const commits = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
    return fc.assert(
      fc.property(commits, fc.nat(20), (drawn, position) => {
        const positions = new Map<string, number>();
        let at = 0;
        const lines = drawn.map((steps) =>
          steps.map(({ sequence, skip }): Line => {
            const next = (positions.get(sequence) ?? 0) + skip;
            positions.set(sequence, next);
            at += 10;
            return [at, sequence, next];
          }),
        );
        const place = asAfter(new Log(...lines), "oms", position);
        for (const [recorded, sequence, reached] of lines.flat()) {
          if (sequence === "oms") expect(recorded <= place).toBe(reached <= position);
        }
      }),
    );
  });
});

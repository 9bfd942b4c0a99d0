/** A part of the log is told in bounded pieces, each one turn's work. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { At } from "../../src/domain/records.ts";
import { piecesOf, type Step } from "../../src/owner/telling.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { moment } from "../storage/samples.ts";
import { drawn, linesOf } from "./told.ts";

function step(at: number, messages: readonly string[], read = 1, records: Step["records"] = 1): Step {
  return { at: moment(at), messages, read, records };
}

/** The steps, and how many of them were taken. */
function counted(steps: readonly Step[]) {
  const taken: At[] = [];
  function* all() {
    for (const each of steps) {
      taken.push(each.at);
      yield each;
    }
  }
  return { steps: all(), taken };
}

describe("what is told", () => {
  it("is a line for each message: the place, whether it tells of a record, and the JSON", () => {
    const steps = [step(5, ['{"a":1}'], 1, 0), step(7, ["[2]", "[3]"]), step(8, [])];
    expect(drawn(piecesOf(steps, {}))).toEqual(['5 0 {"a":1}\n7 1 [2]\n7 1 [3]\n']);
    expect(drawn(piecesOf([], {}))).toEqual([]);
  });

  it("comes in pieces of about the size that was asked for, or of a piece of an answer", () => {
    const steps = Array.from({ length: 100 }, (_, index) => step(1000 + index, ['"12345"']));
    const lengths = (pieceBytes?: number) => drawn(piecesOf(steps, { pieceBytes })).map((piece) => piece.length);
    expect(new Set(lengths(1))).toEqual(new Set([15]));
    expect(lengths(45).slice(0, -1)).toEqual(Array(33).fill(45));
    expect(lengths()).toEqual([1500]);
    const long = [step(1, [JSON.stringify("x".repeat(LIMITS.ANSWER_PIECE_BYTES))]), step(2, ["1"])];
    expect(drawn(piecesOf(long, {}))).toHaveLength(2);
  });

  it("is an empty piece for each turn in which much was read and nothing was found", () => {
    const quarter = LIMITS.READING_TURN_CHARACTERS / 4;
    const nothing = Array.from({ length: 10 }, (_, index) => step(index, [], quarter));
    const { steps, taken } = counted([...nothing, step(10, ["1"], quarter)]);
    const pieces = piecesOf(steps, {});
    expect(pieces.next()).toEqual({ value: "", done: false });
    expect(taken).toHaveLength(4);
    expect(drawn(pieces)).toEqual(["", "10 1 1\n"]);
  });

  it("is what was found when much was read for it, though that is less than a piece", () => {
    const half = LIMITS.READING_TURN_CHARACTERS / 2;
    expect(drawn(piecesOf([step(1, ["1"], half), step(2, [], half), step(3, ["3"], half)], {}))).toEqual([
      "1 1 1\n",
      "3 1 3\n",
    ]);
  });

  it("ends after so many records, each whole; those of a snapshot do not count", () => {
    const steps = [
      step(1, ['"snapshot"'], 1, 0),
      step(2, []),
      step(3, ["1"]),
      step(4, ["2", "3"]),
      step(4, ["4"]),
      step(5, []),
      step(6, ["5"]),
      step(7, ["6"]),
    ];
    const told = (count: number) => linesOf(drawn(piecesOf(steps, { count })).join("")).map(({ json }) => json);
    expect(told(1)).toEqual(['"snapshot"', "1"]);
    expect(told(2)).toEqual(['"snapshot"', "1", "2", "3", "4"]);
    expect(told(3)).toEqual(['"snapshot"', "1", "2", "3", "4", "5"]);
    expect(told(1e9)).toHaveLength(7);
    const { steps: lazy, taken } = counted(steps);
    expect(drawn(piecesOf(lazy, { count: 2 }))).toHaveLength(1);
    expect(taken).toEqual([1, 2, 3, 4, 4, 5]);
  });

  it("is the same whatever the size of its pieces, and no more is read for one than a turn may", () => {
    const steps = fc.array(
      fc.record({
        messages: fc.array(fc.constant("1"), { maxLength: 2 }),
        read: fc.nat(LIMITS.READING_TURN_CHARACTERS),
      }),
      { maxLength: 30 },
    );
    return fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 100 }), (random, pieceBytes) => {
        const all = random.map(({ messages, read }, at) => step(at, messages, read));
        let read = 0;
        let last = 0;
        function* watched() {
          for (const each of all) {
            // Whoever draws has been given a turn before it goes beyond.
            expect(read).toBeLessThan(LIMITS.READING_TURN_CHARACTERS);
            read += each.read;
            last = each.read;
            yield each;
          }
        }
        const pieces = piecesOf(watched(), { pieceBytes });
        let text = "";
        for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
          expect(next.value.length).toBeLessThan(pieceBytes + 20);
          expect(read - last).toBeLessThan(LIMITS.READING_TURN_CHARACTERS);
          text += next.value;
          read = 0;
        }
        expect(text).toBe(drawn(piecesOf(all, {})).join(""));
      }),
    );
  });
});

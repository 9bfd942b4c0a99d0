/** What every Store must do with the past: the places that positions mean, what changed a record, commits as they are. */
import { describe, expect } from "vitest";
import { Refusal } from "../../src/protocol/errors.ts";
import type { Rule } from "./fixture.ts";
import { EMPTY, line, moment } from "./samples.ts";

export function contractOfHistory(rule: Rule): void {
  describe("the past", () => {
    rule("placeThrough leads past every record of a sequence up to a position", (store) => {
      expect(store.placeThrough("asx", 0)).toBe(0);
      store.commit({ ...EMPTY, records: [line(10), line(11)], positions: new Map([["asx", 11]]) });
      store.commit({
        ...EMPTY,
        records: [line(20, [], "oms"), line(21, [], "oms")],
        positions: new Map([["oms", 21]]),
      });
      store.commit({ ...EMPTY, records: [line(30), line(33)], positions: new Map([["asx", 33]]) });
      store.commit({ ...EMPTY, positions: new Map([["asx", 40]]) });
      store.commit({ ...EMPTY, records: [line(50, [], "oms")], positions: new Map([["oms", 50]]) });
      const places = [0, 10, 11, 32, 33, 39, 40, 99].map((position) => store.placeThrough("asx", position));
      expect(places).toEqual([11, 11, 33, 33, 50, 50, 50, 50]);
      expect(store.placeThrough("oms", 0)).toBe(21);
      expect(store.placeThrough("oms", 21)).toBe(50);
      expect(store.placeThrough("nyse", 5)).toBe(50);
      store.commit({ ...EMPTY, positions: new Map([["asx", 60]]) });
      expect(store.placeThrough("asx", 40), "nothing has come after the bookmark").toBe(50);
    });

    rule("positions are read as at before, inside, between and after commits", (store) => {
      expect(store.positionsAt(moment(5))).toEqual(new Map());
      store.commit({ ...EMPTY, records: [line(10), line(12)], positions: new Map([["asx", 12]]) });
      store.commit({
        ...EMPTY,
        records: [line(20, [], "oms"), line(22), line(24, [], "oms"), line(26)],
        positions: new Map([
          ["asx", 26],
          ["oms", 24],
        ]),
      });
      store.commit({ ...EMPTY, records: [line(30, [], "oms")], positions: new Map([["oms", 30]]) });
      const read = (at: number) => Object.fromEntries(store.positionsAt(moment(at)));
      expect(read(9)).toEqual({});
      expect(read(10)).toEqual({ asx: 10 });
      expect(read(11)).toEqual({ asx: 10 });
      expect(read(12)).toEqual({ asx: 12 });
      expect(read(19)).toEqual({ asx: 12 });
      expect(read(20)).toEqual({ asx: 12, oms: 20 });
      expect(read(23)).toEqual({ asx: 22, oms: 20 });
      expect(read(26)).toEqual({ asx: 26, oms: 24 });
      expect(read(29)).toEqual({ asx: 26, oms: 24 });
      expect(read(30)).toEqual({ asx: 26, oms: 30 });
      expect(read(99)).toEqual({ asx: 26, oms: 30 });
    });

    rule(
      "a position that no record has counts once the commit in which it moved has ended, or the next one",
      (store) => {
        store.commit({ ...EMPTY, positions: new Map([["nyse", 1]]) });
        expect(store.positionsAt(moment(0)), "as at the head everything counts").toEqual(new Map([["nyse", 1]]));
        store.commit({
          ...EMPTY,
          records: [line(10), line(12)],
          positions: new Map([
            ["asx", 15],
            ["lse", 7],
          ]),
        });
        store.commit({ ...EMPTY, positions: new Map([["asx", 16]]) });
        store.commit({ ...EMPTY, positions: new Map([["asx", 17]]) });
        const read = (at: number) => Object.fromEntries(store.positionsAt(moment(at)));
        expect(read(10)).toEqual({ asx: 10 });
        expect(read(12)).toEqual({ nyse: 1, asx: 17, lse: 7 });
        store.commit({ ...EMPTY, records: [line(20, [], "oms"), line(22)], positions: new Map([["oms", 20]]) });
        store.commit({ ...EMPTY, records: [line(30, [], "oms")], positions: new Map([["oms", 30]]) });
        expect(read(9)).toEqual({});
        expect(read(12)).toEqual({ nyse: 1, asx: 15, lse: 7 });
        expect(read(20)).toEqual({ nyse: 1, asx: 15, lse: 7, oms: 20 });
        expect(read(25)).toEqual({ nyse: 1, asx: 17, lse: 7, oms: 20 });
        expect(read(30)).toEqual({ nyse: 1, asx: 17, lse: 7, oms: 30 });
      },
    );

    rule("positions that lie far apart or close together are told apart at any depth", (store) => {
      const steps = [1, 1, 1, 2 ** 40, 1, 3, 2 ** 50, 1, 1, 7, 2 ** 20, 1];
      let position = 0;
      const expected: [number, number][] = [];
      for (let round = 0; round < 60; round++) {
        const at = 10 + round;
        position += round < steps.length ? (steps[round] ?? 1) : 1 + (round % 5);
        const text = line(at).text.replace(`"Position":${at}`, `"Position":${position}`);
        store.commit({ ...EMPTY, records: [{ at: moment(at), text }], positions: new Map([["asx", position]]) });
        expected.push([at, position]);
      }
      expect(expected.map(([at]) => [at, store.positionsAt(moment(at)).get("asx")])).toEqual(expected);
    });

    rule("positions as at what has been archived are answered History.Archived", (store, disk) => {
      store.commit({ ...EMPTY, records: [line(10)], positions: new Map([["asx", 10]]) });
      store.commit({ ...EMPTY, records: [line(20)], positions: new Map([["asx", 20]]) });
      disk.archive(moment(10));
      expect(() => store.positionsAt(moment(9))).toThrow(Refusal);
      expect(store.positionsAt(moment(10))).toEqual(new Map([["asx", 10]]));
    });
  });
}

/** What every Store must do with the past: the places that positions mean, what changed a record, commits as they are. */
import { describe, expect } from "vitest";
import { type Key, type Kind, keyOf } from "../../src/domain/records.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import type { Store } from "../../src/storage/store.ts";
import { contentOf, type Rule } from "./fixture.ts";
import { balance, EMPTY, holding, Ledger, line, moment, order } from "./samples.ts";

const A1 = keyOf.balance("A1", "AUD");
const LAST = 1_000_000;

/** When the records that are told of a record were made. */
function touching(store: Store, kind: Kind, key: Key, after = 0, upTo = LAST): readonly number[] {
  return [...store.recordsTouching(kind, key, moment(after), moment(upTo))].map(({ at }) => at);
}

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

    rule("what changed a record is told by the records of those commits alone, in order", (store) => {
      const ledger = new Ledger();
      expect(touching(store, "balance", A1)).toEqual([]);
      store.commit(ledger.commit({ 10: [balance("A1", "AUD", 1)], 11: [holding("A1", "BHP", 1)] }));
      store.commit(ledger.commit({ 20: [balance("A1", "USD", 1)] }));
      store.commit(ledger.commit({ 30: [], 31: [balance("A1", "AUD", 2)], 32: [balance("A1", "AUD", 3)], 33: [] }));
      store.commit({ ...EMPTY, positions: new Map([["asx", 35]]) });
      store.commit(ledger.commit({ 40: [balance("A1", "AUD", 4)] }));
      expect(touching(store, "balance", A1)).toEqual([10, 11, 30, 31, 32, 33, 40]);
      expect(touching(store, "balance", A1, 10)).toEqual([11, 30, 31, 32, 33, 40]);
      expect(touching(store, "balance", A1, 11, 31)).toEqual([30, 31]);
      expect(touching(store, "balance", A1, 31, 39)).toEqual([32, 33]);
      expect(touching(store, "balance", A1, 33, 39)).toEqual([]);
      expect(touching(store, "balance", A1, 40)).toEqual([]);
      expect(touching(store, "holding", keyOf.holding("A1", "ASX", "BHP"))).toEqual([10, 11]);
      expect(touching(store, "balance", keyOf.balance("A1", "EUR"))).toEqual([]);
      const [first] = store.recordsTouching("balance", A1, moment(0), moment(LAST));
      expect(first).toEqual(line(10, [balance("A1", "AUD", 1)]));
    });

    rule("the end of a life changed a record, also where another begins in the same commit", (store) => {
      const ledger = new Ledger();
      const [from, to] = [keyOf.order("A1", "O1"), keyOf.order("A2", "O1")];
      store.commit(ledger.commit({ 10: [order("A1", "O1", 1)] }));
      store.commit(ledger.commit({ 20: [order("A1", "O1", null), order("A2", "O1", 1)] }));
      store.commit(ledger.commit({ 30: [order("A2", "O1", 2)] }));
      store.commit(ledger.commit({ 40: [order("A2", "O1", null)], 41: [order("A1", "O1", 3)] }));
      store.commit(ledger.commit({ 50: [order("A1", "O1", null)], 51: [order("A1", "O1", 4)] }));
      store.commit(ledger.commit({ 60: [order("A1", "O1", null)] }));
      expect(touching(store, "order", from)).toEqual([10, 20, 40, 41, 50, 51, 60]);
      expect(touching(store, "order", to)).toEqual([20, 30, 40, 41]);
      expect(touching(store, "order", from, 10, 50)).toEqual([20, 40, 41, 50]);
    });

    rule("what came and went within one commit leaves a trace there, and nowhere else", (store) => {
      const ledger = new Ledger();
      const key = keyOf.order("A1", "O1");
      const seen = () => [0, 9, 10, 11, 12, 25, 40, 45].map((at) => contentOf(store, moment(at)).state);
      store.commit(ledger.commit({ 10: [order("A2", "O2", 1)], 12: [order("A1", "O9", 7)] }));
      const before = seen().slice(0, 5);
      store.commit(ledger.commit({ 20: [order("A1", "O1", 5)], 21: [order("A1", "O1", null)] }));
      store.commit(ledger.commit({ 30: [order("A1", "O1", null)] }));
      expect(touching(store, "order", key)).toEqual([20, 21, 30]);
      expect(seen().slice(0, 5)).toEqual(before);
      for (const at of [19, 21, 25, 30, 35]) expect(store.version("order", key, moment(at))).toBeUndefined();
      expect(store.version("order", key, moment(20))).toBe(JSON.stringify(order("A1", "O1", 5).Order));
      store.commit(ledger.commit({ 40: [order("A1", "O1", 6)] }));
      store.commit(ledger.commit({ 50: [order("A1", "O1", null)] }));
      store.commit(ledger.commit({ 60: [order("A1", "O1", 6)], 61: [order("A1", "O1", null)] }));
      const listed = (at: number) => [...store.list("order", {}, moment(at))].map((each) => each.key);
      expect([35, 40, 45, 50, 60, 61].map((at) => listed(at).includes(key))).toEqual([
        false,
        true,
        true,
        false,
        true,
        false,
      ]);
      expect(store.version("order", key, moment(45))).toBe(JSON.stringify(order("A1", "O1", 6).Order));
      expect(touching(store, "order", key)).toEqual([20, 21, 30, 40, 50, 60, 61]);
    });

    rule("a record that changed often, in many lives, is told from any moment to any other", (store) => {
      const ledger = new Ledger();
      const expected: number[] = [];
      for (let at = 100; at < 400; at += 2) {
        const touches = at % 3 !== 0;
        const isGone = at % 70 === 0;
        const amount = isGone ? null : at;
        store.commit(ledger.commit({ [at]: [touches ? balance("A1", "AUD", amount) : balance("A2", "AUD", at)] }));
        if (touches) expected.push(at);
      }
      for (let after = 98; after < 400; after += 7) {
        const within = (upTo: number) => expected.filter((at) => at > after && at <= upTo);
        for (const upTo of [after, after + 1, after + 40, after + 150, LAST]) {
          expect(touching(store, "balance", A1, after, upTo), `${after} to ${upTo}`).toEqual(within(upTo));
        }
      }
    });

    rule("what changed a record is told as it was asked for, whatever is written meanwhile", (store) => {
      const ledger = new Ledger();
      const expected: number[] = [];
      const change = (at: number, amount: number | null) =>
        store.commit(ledger.commit({ [at]: [balance("A1", "AUD", amount)] }));
      for (let at = 10; at < 60; at++) {
        change(at, at === 25 ? null : at);
        expected.push(at);
      }
      const told: number[] = [];
      let now = 60;
      for (const { at } of store.recordsTouching("balance", A1, moment(0), moment(59))) {
        told.push(at);
        for (let count = 0; count < 3; count++, now++) change(now, now % 50 === 0 ? null : now);
      }
      expect(told).toEqual(expected);
    });

    rule("what changed a record before keptFrom is answered History.Archived", (store, disk) => {
      const ledger = new Ledger();
      store.commit(ledger.commit({ 10: [balance("A1", "AUD", 1)] }));
      store.commit(ledger.commit({ 20: [balance("A1", "AUD", 2)] }));
      disk.archive(moment(10));
      expect(() => store.recordsTouching("balance", A1, moment(9), moment(20))).toThrow(Refusal);
      expect(touching(store, "balance", A1, 10)).toEqual([20]);
    });

    rule("commits are told with their bodies and the hashes that chain them, from any of them on", (store, disk) => {
      const ledger = new Ledger();
      expect([...store.commitsAfter(moment(0))]).toEqual([]);
      const long = "\u{1F600}é\u0000".repeat(60_000);
      const commits = [
        ledger.commit({ 10: [balance("A1", "AUD", 1)], 12: [balance("A1", "AUD", 2)] }),
        { ...EMPTY, positions: new Map([["asx", 13]]) },
        { ...EMPTY, records: [line(20), line(21)] },
        { ...EMPTY, records: [30, 31, 32, 33].map((at) => line(at, [], "asx", long)) },
        ledger.commit({ 40: [balance("A1", "AUD", null)] }),
        ...Array.from({ length: 50 }, (_, index) => ledger.commit({ [50 + index]: [balance("A1", "AUD", index)] })),
      ];
      for (const commit of commits) store.commit(commit);
      let previous = "";
      const expected = commits.flatMap(({ records }) => {
        const [first, last] = [records[0], records.at(-1)];
        if (first === undefined || last === undefined) return [];
        const body = records.map(({ text }) => text).join("\n");
        const kept = { id: first.at, last: last.at, previous, hash: chainHash(previous, body), body, isIntact: true };
        previous = kept.hash;
        return [kept];
      });
      for (const reader of [store, disk.open()]) {
        expect([...reader.commitsAfter(moment(0))]).toEqual(expected);
        for (const after of [9, 10, 11, 12, 25, 30, 33, 77, 98, 99, 200]) {
          const rest = expected.filter(({ id }) => id > after);
          expect([...reader.commitsAfter(moment(after))], `after ${after}`).toEqual(rest);
        }
      }
      expect(store.head().hash).toBe(previous);
      disk.archive(moment(12));
      expect(() => store.commitsAfter(moment(11))).toThrow(Refusal);
      expect([...store.commitsAfter(moment(12))]).toEqual(expected.slice(1));
    });
  });
}

/** What every Store must do with what is kept beside the log and the state. */
import { describe, expect } from "vitest";
import { type Key, keyOf } from "../../src/domain/records.ts";
import type { Timer } from "../../src/domain/state.ts";
import type { Commit, MovementRow } from "../../src/storage/store.ts";
import type { Rule } from "./fixture.ts";
import { EMPTY, line, moment } from "./samples.ts";

export function contractOfSide(rule: Rule): void {
  describe("what is kept beside", () => {
    rule("what is known by an id is kept for ever, replaced, and forgotten", (store, disk) => {
      const at = moment(10);
      store.commit({
        ...EMPTY,
        records: [line(10)],
        ids: [
          { kind: "trade", id: "O1\u001fT1", at, body: '{"a":1}' },
          { kind: "transfer", id: "O1\u001fT1", at, body: '{"b":"\u{1F600}\\u0000"}' },
          { kind: "order", id: "__proto__", at, body: "{}" },
        ],
      });
      expect(disk.open().known("trade", "O1\u001fT1")).toEqual({ at: 10, body: '{"a":1}' });
      expect(store.known("transfer", "O1\u001fT1")).toEqual({ at: 10, body: '{"b":"\u{1F600}\\u0000"}' });
      expect(store.known("order", "O1\u001fT1")).toBeUndefined();
      expect(store.knownAmong("trade", ["none", "O1\u001fT1", "__proto__"])).toEqual(
        new Map([["O1\u001fT1", { at: 10, body: '{"a":1}' }]]),
      );
      expect(store.known("order", "__proto__")).toEqual({ at: 10, body: "{}" });
      store.commit({
        ...EMPTY,
        records: [line(20)],
        ids: [
          { kind: "trade", id: "O1\u001fT1", at, body: '{"a":2}' },
          { kind: "order", id: "__proto__", at, body: null },
          { kind: "order", id: "never", at, body: null },
        ],
      });
      expect(store.known("trade", "O1\u001fT1")).toEqual({ at: 10, body: '{"a":2}' });
      expect(store.known("order", "__proto__")).toBeUndefined();
    });

    rule("the ids by which something is known are listed in key order, in a range, many as they are", (store) => {
      const at = moment(10);
      const many = Array.from({ length: 600 }, (_, index) => `A\u001f${String(index).padStart(4, "0")}`);
      const ids = [...many, "A", "A\u{1F600}", "A\uffee", "B\u001f1"];
      const known = ids.map((id) => ({ kind: "transfer", id, at, body: "{}" }) as const);
      store.commit({
        ...EMPTY,
        records: [line(10)],
        ids: [...known.reverse(), { kind: "trade", id: "A\u001fT1", at, body: "{}" }],
      });
      expect([...store.knownIds("transfer", {})]).toEqual(["A", ...many, "A\uffee", "A\u{1F600}", "B\u001f1"]);
      expect([...store.knownIds("transfer", { prefix: "A\u001f" })]).toEqual(many);
      expect([...store.knownIds("transfer", { prefix: "A\u001f", after: many[299] })]).toEqual(many.slice(300));
      expect([...store.knownIds("transfer", { after: "A\uffee" })]).toEqual(["A\u{1F600}", "B\u001f1"]);
      expect([...store.knownIds("order", {})]).toEqual([]);
      store.commit({ ...EMPTY, records: [line(20)], ids: [{ kind: "transfer", id: "A", at, body: null }] });
      expect([...store.knownIds("transfer", {})].slice(0, 1)).toEqual(many.slice(0, 1));
    });

    rule("T6: movements are read before and from a place, replaced and taken out", (store) => {
      const [bhp, cba] = [keyOf.holding("A1", "ASX", "BHP"), keyOf.holding("A1", "ASX", "CBA")];
      const movement = (of: Key<"holding">, at: number, quantity: string, price: string | null): MovementRow => ({
        holding: of,
        at: moment(at),
        quantity,
        price,
        currency: price === null ? null : "AUD",
        after: `{"quantity":"${quantity}"}`,
      });
      const precise = "-12345678901234567890.123456789";
      const rows = [movement(bhp, 10, precise, "45.10"), movement(bhp, 11, "2", null), movement(cba, 12, "3", "1")];
      store.commit({ ...EMPTY, records: [line(10), line(11), line(12)], movements: rows });
      store.commit({ ...EMPTY, records: [line(20)], movements: [movement(bhp, 20, "4", "7")] });
      expect(store.movementBefore(bhp, moment(10))).toBeUndefined();
      expect(store.movementBefore(bhp, moment(11))).toEqual(rows[0]);
      expect(store.movementBefore(bhp, moment(99))).toEqual(movement(bhp, 20, "4", "7"));
      expect([...store.movementsFrom(bhp, moment(11))]).toEqual([rows[1], movement(bhp, 20, "4", "7")]);
      expect([...store.movementsFrom(cba, moment(0))]).toEqual([rows[2]]);
      store.commit({
        ...EMPTY,
        records: [line(30)],
        movements: [movement(bhp, 11, "2.5", "8")],
        movementsRemoved: [
          { holding: bhp, at: moment(10) },
          { holding: cba, at: moment(10) },
        ],
      });
      expect([...store.movementsFrom(bhp, moment(0))]).toEqual([
        movement(bhp, 11, "2.5", "8"),
        movement(bhp, 20, "4", "7"),
      ]);
      expect([...store.movementsFrom(cba, moment(0))]).toEqual([rows[2]]);
    });

    rule("T6: the movements of a holding are all read, many as they are", (store) => {
      const bhp = keyOf.holding("A1", "ASX", "BHP");
      const movements = Array.from({ length: 700 }, (_, index) => ({
        holding: bhp,
        at: moment(10 + index),
        quantity: `${index}`,
        price: null,
        currency: null,
        after: "{}",
      }));
      store.commit({ ...EMPTY, records: [line(10)], movements });
      expect([...store.movementsFrom(bhp, moment(0))]).toEqual(movements);
      expect([...store.movementsFrom(bhp, moment(400))]).toEqual(movements.slice(390));
    });

    rule("timers come due in order, move when they are set again, and go when they are cancelled", (store, disk) => {
      const timer = (due: number, kind: Timer["kind"], key: string): Timer => ({ due, kind, key });
      const set = (timersSet: Timer[], timersCancelled: Timer[] = []) =>
        store.commit({ ...EMPTY, timersSet, timersCancelled } satisfies Commit);
      set([timer(50, "order", "O2"), timer(30, "order", "O1"), timer(30, "feed", "asx"), timer(90, "silence", "asx")]);
      expect(store.nextTimer()).toBe(30);
      expect(store.timerOf("order", "O2")).toBe(50);
      expect(store.timerOf("feed", "O2")).toBeUndefined();
      expect(store.dueTimers(29, 10)).toEqual([]);
      expect(store.dueTimers(50, 10)).toEqual([
        timer(30, "feed", "asx"),
        timer(30, "order", "O1"),
        timer(50, "order", "O2"),
      ]);
      expect(store.dueTimers(50, 1)).toEqual([timer(30, "feed", "asx")]);
      set([timer(70, "order", "O1")], [timer(30, "order", "O1"), timer(30, "feed", "asx")]);
      expect(disk.open().dueTimers(100, 10)).toEqual([
        timer(50, "order", "O2"),
        timer(70, "order", "O1"),
        timer(90, "silence", "asx"),
      ]);
      set([timer(60, "order", "O1")]);
      expect(store.timerOf("order", "O1")).toBe(60);
      set([], [timer(70, "order", "O1")]);
      expect(store.timerOf("order", "O1"), "a cancelled timer names when it was due").toBe(60);
      set([], [timer(60, "order", "O1"), timer(50, "order", "O2"), timer(90, "silence", "asx")]);
      expect(store.nextTimer()).toBeUndefined();
    });

    rule("a property is kept and replaced", (store, disk) => {
      store.commit({ ...EMPTY, properties: new Map([["owner", "XS"]]) });
      expect(disk.open().property("owner")).toBe("XS");
      store.commit({ ...EMPTY, properties: new Map([["owner", 'X"S']]) });
      expect(store.property("owner")).toBe('X"S');
    });
  });
}

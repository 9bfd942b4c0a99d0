/** What every Store must do with the log: its head, its records, its positions. */
import { describe, expect } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import { contentOf, type Rule } from "./fixture.ts";
import { balance, balanceText, EMPTY, Ledger, line, moment, version } from "./samples.ts";

const A1 = keyOf.balance("A1", "AUD");

export function contractOfLog(rule: Rule): void {
  describe("the log", () => {
    rule("an Owner that was never written is empty to every question", (store) => {
      expect(store.head()).toEqual({ at: 0, hash: "", positions: new Map(), keptFrom: 0 });
      expect(store.property("owner")).toBeUndefined();
      expect(store.version("balance", A1)).toBeUndefined();
      expect(store.version("balance", A1, moment(5))).toBeUndefined();
      expect([...store.list("balance", {})]).toEqual([]);
      expect([...store.list("balance", {}, moment(5))]).toEqual([]);
      expect(store.known("trade", "T1")).toBeUndefined();
      expect(store.movementBefore(keyOf.holding("A1", "ASX", "BHP"), moment(5))).toBeUndefined();
      expect([...store.movementsFrom(keyOf.holding("A1", "ASX", "BHP"), moment(0))]).toEqual([]);
      expect([...store.records(moment(0), moment(100))]).toEqual([]);
      expect(store.placeAfter("asx", 0)).toBeUndefined();
      expect(store.dueTimers(100, 10)).toEqual([]);
      expect(store.nextTimer()).toBeUndefined();
      expect(store.timerOf("order", "O1")).toBeUndefined();
    });

    rule(
      "the head names the last record, the last positions and the chained hash, also when opened again",
      (store, disk) => {
        const [first, second, third] = [line(10), line(11), line(20)];
        store.commit({
          ...EMPTY,
          records: [first, second],
          positions: new Map([
            ["asx", 7],
            ["oms", 1],
          ]),
        });
        store.commit({ ...EMPTY, records: [third], positions: new Map([["asx", 9]]) });
        const hash = chainHash(chainHash("", `${first.text}\n${second.text}`), third.text);
        const expected = {
          at: 20,
          hash,
          positions: new Map([
            ["asx", 9],
            ["oms", 1],
          ]),
          keptFrom: 0,
        };
        expect(store.head()).toEqual(expected);
        expect(disk.open().head()).toEqual(expected);
      },
    );

    rule("a commit of positions alone moves them and leaves the log as it is", (store, disk) => {
      store.commit({ ...EMPTY, records: [line(10)], positions: new Map([["asx", 10]]) });
      const { hash } = store.head();
      store.commit({ ...EMPTY, positions: new Map([["asx", 50]]) });
      expect(disk.open().head()).toEqual({ at: 10, hash, positions: new Map([["asx", 50]]), keptFrom: 0 });
    });

    rule("records are read after one moment up to and including another, also inside commits", (store) => {
      const [a, b, c, d, e] = [line(10), line(12), line(14), line(20), line(31)];
      store.commit({ ...EMPTY, records: [a, b, c] });
      store.commit({ ...EMPTY, records: [d] });
      store.commit({ ...EMPTY, records: [e] });
      const read = (after: number, upTo: number) => [...store.records(moment(after), moment(upTo))];
      expect(read(0, 99)).toEqual([a, b, c, d, e]);
      expect(read(10, 20)).toEqual([b, c, d]);
      expect(read(11, 13)).toEqual([b]);
      expect(read(12, 12)).toEqual([]);
      expect(read(14, 19)).toEqual([]);
      expect(read(14, 20)).toEqual([d]);
      expect(read(20, 31)).toEqual([e]);
      expect(read(31, 99)).toEqual([]);
      expect(read(0, 9)).toEqual([]);
    });

    rule("the records of many commits are read in order, and a reader may stop early", (store) => {
      const lines = Array.from({ length: 60 }, (_, index) => line(10 + index));
      for (const record of lines) store.commit({ ...EMPTY, records: [record] });
      expect([...store.records(moment(0), moment(1000))]).toEqual(lines);
      expect([...store.records(moment(25), moment(57))]).toEqual(lines.slice(16, 48));
      for (const record of store.records(moment(0), moment(1000))) {
        expect(record).toEqual(lines[0]);
        break;
      }
    });

    rule("a body of several parts comes back as it was, whatever characters its texts hold", (store, disk) => {
      const unicode = 'aé€\u{1F600}\u2028\u0000\\"\t漢';
      const long = unicode.repeat(Math.ceil((200 * 1024) / unicode.length));
      const records = Array.from({ length: 9 }, (_, index) => line(10 + index, [], "asx", `${index}${long}`));
      const bytes = records.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0);
      expect(bytes).toBeGreaterThan(3 * LIMITS.COMMIT_PART_BYTES);
      store.commit({ ...EMPTY, records });
      store.commit({ ...EMPTY, records: [line(30)] });
      expect([...disk.open().records(moment(0), moment(20))]).toEqual(records);
      expect([...store.records(moment(13), moment(30))]).toEqual([...records.slice(4), line(30)]);
      expect(store.head().hash).toBe(
        chainHash(chainHash("", records.map(({ text }) => text).join("\n")), line(30).text),
      );
    });

    rule("placeAfter leads to every record of a sequence beyond a position, and past what comes before", (store) => {
      store.commit({ ...EMPTY, records: [line(10), line(11)], positions: new Map([["asx", 11]]) });
      store.commit({ ...EMPTY, records: [line(20, [], "oms")], positions: new Map([["oms", 1]]) });
      store.commit({ ...EMPTY, records: [line(30), line(33)], positions: new Map([["asx", 33]]) });
      expect(store.placeAfter("asx", 0)).toBe(0);
      expect(store.placeAfter("asx", 10)).toBe(0);
      expect(store.placeAfter("asx", 11)).toBe(20);
      expect(store.placeAfter("asx", 32)).toBe(20);
      expect(store.placeAfter("asx", 33)).toBeUndefined();
      expect(store.placeAfter("oms", 0)).toBe(11);
      expect(store.placeAfter("nyse", 0)).toBeUndefined();
      store.commit({ ...EMPTY, positions: new Map([["asx", 40]]) });
      expect(store.placeAfter("asx", 33)).toBe(33);
    });

    rule(
      "a record that does not come after the head, or out of order, is a programming error and leaves nothing",
      (store) => {
        store.commit({ ...EMPTY, records: [line(10)] });
        const before = contentOf(store);
        expect(() => store.commit({ ...EMPTY, records: [line(10)] })).toThrow("after 10");
        expect(() => store.commit({ ...EMPTY, records: [line(12), line(11)] })).toThrow("after 12");
        expect(() => store.commit({ ...EMPTY, records: [{ at: moment(13), text: line(14).text }] })).toThrow("its At");
        expect(() => store.commit({ ...EMPTY, records: [{ at: moment(13), text: '{"At":13,\n}' }] })).toThrow("its At");
        const versions = version(1, "balance", A1, "{}").versions;
        expect(() => store.commit({ ...EMPTY, versions })).toThrow("without records");
        const ids = [{ kind: "trade" as const, id: "T1", at: moment(11), body: "{}" }];
        expect(() => store.commit({ ...EMPTY, ids })).toThrow("without records");
        const movementsRemoved = [{ holding: keyOf.holding("A1", "ASX", "BHP"), at: moment(10) }];
        expect(() => store.commit({ ...EMPTY, movementsRemoved })).toThrow("without records");
        expect(contentOf(store)).toEqual(before);
      },
    );

    rule("what is before keptFrom is answered History.Archived, what is after it is read on", (store, disk) => {
      const ledger = new Ledger();
      store.commit(ledger.commit({ 10: [balance("A1", "AUD", 1)] }, { positions: new Map([["asx", 10]]) }));
      store.commit(ledger.commit({ 20: [balance("A1", "AUD", 2)] }, { positions: new Map([["asx", 20]]) }));
      disk.archive(moment(10));
      const archived = (read: () => unknown) => {
        expect(read).toThrow(Refusal);
        expect(read).toThrow("History.Archived");
      };
      archived(() => store.version("balance", A1, moment(9)));
      archived(() => [...store.list("balance", {}, moment(9))]);
      archived(() => [...store.records(moment(9), moment(20))]);
      expect(store.head().keptFrom).toBe(10);
      expect(store.version("balance", A1, moment(10))).toBe(balanceText("A1", "AUD", 1));
      expect([...store.records(moment(10), moment(20))].map(({ at }) => at)).toEqual([20]);
      expect(store.placeAfter("asx", 5)).toBeUndefined();
      expect(store.placeAfter("asx", 10)).toBe(10);
    });
  });
}

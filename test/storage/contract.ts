/** What every Store must do. It runs on the store in memory and on SQLite inside workerd. */
import { describe, expect, test } from "vitest";
import { type At, accountPrefix, type Key, keyOf } from "../../src/domain/records.ts";
import type { Timer } from "../../src/domain/state.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import type { Commit, KeyRange, MovementRow, Store } from "../../src/storage/store.ts";
import { balance, balanceText, EMPTY, holding, Ledger, line, moment, order, version } from "./samples.ts";

/** What one test may do with the disk of its store. */
export interface StoreFixture {
  /** Opens a store on what is kept, as a process that starts does. */
  open(options?: { readonly capacity?: number }): Store;
  /** From now on a commit fails after most of it was written. */
  failCommits(): void;
  stopFailing(): void;
  /** Declares all up to a moment archived. */
  archive(upTo: At): void;
}

/** Runs a test on an empty disk. */
export type WithStore = (body: (fixture: StoreFixture) => void) => void | Promise<void>;

const A1 = keyOf.balance("A1", "AUD");

/** Everything that can be read, as plain data. */
export function contentOf(store: Store, asAt?: At) {
  const kinds = ["account", "balance", "holding", "order", "feed", "configuration"] as const;
  const head = store.head();
  return {
    head: { ...head, positions: [...head.positions].sort() },
    state: kinds.map((kind) => [kind, [...store.list(kind, {}, asAt)]]),
    log: [...store.records(head.keptFrom, head.at)],
    timers: store.dueTimers(Number.MAX_SAFE_INTEGER, 1000),
  };
}

export function storeContract(name: string, withStore: WithStore): void {
  const on = (title: string, body: (store: Store, fixture: StoreFixture) => void) =>
    test(title, () => withStore((fixture) => body(fixture.open(), fixture)));

  describe(`${name}: the log`, () => {
    on("an Owner that was never written is empty to every question", (store) => {
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

    on(
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

    on("a commit of positions alone moves them and leaves the log as it is", (store, disk) => {
      store.commit({ ...EMPTY, records: [line(10)], positions: new Map([["asx", 10]]) });
      const { hash } = store.head();
      store.commit({ ...EMPTY, positions: new Map([["asx", 50]]) });
      expect(disk.open().head()).toEqual({ at: 10, hash, positions: new Map([["asx", 50]]), keptFrom: 0 });
    });

    on("records are read after one moment up to and including another, also inside commits", (store) => {
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

    on("the records of many commits are read in order, and a reader may stop early", (store) => {
      const lines = Array.from({ length: 60 }, (_, index) => line(10 + index));
      for (const record of lines) store.commit({ ...EMPTY, records: [record] });
      expect([...store.records(moment(0), moment(1000))]).toEqual(lines);
      expect([...store.records(moment(25), moment(57))]).toEqual(lines.slice(16, 48));
      for (const record of store.records(moment(0), moment(1000))) {
        expect(record).toEqual(lines[0]);
        break;
      }
    });

    on("a body of several parts comes back as it was, whatever characters its texts hold", (store, disk) => {
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

    on("placeAfter leads to every record of a sequence beyond a position, and past what comes before", (store) => {
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

    on(
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
        expect(contentOf(store)).toEqual(before);
      },
    );

    on("what is before keptFrom is answered History.Archived, what is after it is read on", (store, disk) => {
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

  describe(`${name}: the state`, () => {
    on("a version is read as at before, at, inside, between and after commits", (store) => {
      const ledger = new Ledger();
      store.commit(
        ledger.commit({ 10: [balance("A1", "AUD", 1)], 12: [balance("A1", "AUD", 2)], 14: [balance("A1", "AUD", 3)] }),
      );
      store.commit(ledger.commit({ 20: [balance("A2", "AUD", 5)], 21: [balance("A1", "AUD", null)] }));
      store.commit(ledger.commit({ 30: [balance("A1", "AUD", 4)] }));
      const read = (at?: number) => store.version("balance", A1, at === undefined ? undefined : moment(at));
      const amounts: [number | undefined, number | undefined][] = [
        [9, undefined],
        [10, 1],
        [11, 1],
        [12, 2],
        [13, 2],
        [14, 3],
        [17, 3],
        [20, 3],
        [21, undefined],
        [25, undefined],
        [30, 4],
        [99, 4],
        [undefined, 4],
      ];
      for (const [at, amount] of amounts) {
        expect(read(at), `as at ${at}`).toBe(amount === undefined ? undefined : balanceText("A1", "AUD", amount));
      }
    });

    on(
      "inside a commit the events of its records are laid over the versions before it, a move under both accounts",
      (store) => {
        const ledger = new Ledger();
        store.commit(ledger.commit({ 10: [order("A1", "O1", 100)], 11: [order("A3", "O3", 5)] }));
        store.commit(
          ledger.commit({
            20: [order("A3", "O3", 6)],
            21: [order("A1", "O1", null), order("A2", "O1", 100)],
            22: [order("A2", "O1", 50), order("A0", "O9", 1)],
            23: [order("A0", "O9", null)],
          }),
        );
        const listed = (at?: number) =>
          [...store.list("order", {}, at === undefined ? undefined : moment(at))].map(({ key, body }) => [
            key,
            JSON.parse(body).Quantity,
          ]);
        const [o9, o1, moved, o3] = [
          keyOf.order("A0", "O9"),
          keyOf.order("A1", "O1"),
          keyOf.order("A2", "O1"),
          keyOf.order("A3", "O3"),
        ];
        expect(listed(11)).toEqual([
          [o1, 100],
          [o3, 5],
        ]);
        expect(listed(20)).toEqual([
          [o1, 100],
          [o3, 6],
        ]);
        expect(listed(21)).toEqual([
          [moved, 100],
          [o3, 6],
        ]);
        expect(listed(22)).toEqual([
          [o9, 1],
          [moved, 50],
          [o3, 6],
        ]);
        expect(listed(23)).toEqual([
          [moved, 50],
          [o3, 6],
        ]);
        expect(listed()).toEqual([
          [moved, 50],
          [o3, 6],
        ]);
      },
    );

    on("what was born, died and was born again is listed exactly while it lived", (store) => {
      const ledger = new Ledger();
      const amounts = [1, null, 2, 3, null, 4];
      for (const [index, amount] of amounts.entries()) {
        store.commit(ledger.commit({ [10 * (index + 1)]: [holding("A1", "BHP", amount)] }));
      }
      const lives = [0, 10, 20, 30, 40, 50, 60, 70].map((at) => [...store.list("holding", {}, moment(at))].length);
      expect(lives).toEqual([0, 1, 0, 1, 1, 0, 1, 1]);
      expect([...store.list("holding", {})]).toHaveLength(1);
      store.commit(ledger.commit({ 80: [holding("A1", "BHP", null)], 81: [holding("A1", "BHP", 9)] }));
      expect([...store.list("holding", {}, moment(80))]).toEqual([]);
      expect([...store.list("holding", {}, moment(81))]).toHaveLength(1);
    });

    on("what came and went within one commit exists inside it alone", (store) => {
      const ledger = new Ledger();
      store.commit(ledger.commit({ 10: [balance("A1", "AUD", 1)], 11: [balance("A1", "AUD", null)] }));
      expect(store.version("balance", A1)).toBeUndefined();
      expect(store.version("balance", A1, moment(10))).toBe(balanceText("A1", "AUD", 1));
      expect([...store.list("balance", {}, moment(10))]).toHaveLength(1);
      expect([...store.list("balance", {})]).toEqual([]);
      store.commit(ledger.commit({ 20: [balance("A1", "AUD", 2)] }));
      expect(store.version("balance", A1)).toBe(balanceText("A1", "AUD", 2));
    });

    on("a list is in key order, of one kind, within its prefix, and goes on after a key", (store) => {
      const accounts = ["A1", "A10", "A2", "é", "\u{1F600}", "\uFFFD", "\uD7FF", "Z"];
      const ledger = new Ledger();
      store.commit(
        ledger.commit({
          10: accounts.flatMap((account) => [
            balance(account, "AUD", 1),
            balance(account, "USD", 2),
            holding(account, "X", 3),
          ]),
        }),
      );
      const inOrder = ["A1", "A10", "A2", "Z", "é", "\uD7FF", "\uFFFD", "\u{1F600}"];
      const keys = inOrder.flatMap((account) => [keyOf.balance(account, "AUD"), keyOf.balance(account, "USD")]);
      for (const asAt of [undefined, moment(10)]) {
        const listed = (range: KeyRange) => [...store.list("balance", range, asAt)].map(({ key }) => key);
        expect(listed({})).toEqual(keys);
        for (const [index, account] of inOrder.entries()) {
          expect(listed({ prefix: accountPrefix(account) })).toEqual(keys.slice(2 * index, 2 * index + 2));
        }
        expect(listed({ prefix: "A1" })).toEqual(keys.slice(0, 4));
        for (const [index, key] of keys.entries()) expect(listed({ after: key })).toEqual(keys.slice(index + 1));
        expect(listed({ prefix: "A1", after: keys[0] ?? "" })).toEqual(keys.slice(1, 4));
        expect(listed({ prefix: "A2", after: "A1" })).toEqual(keys.slice(4, 6));
        expect(listed({ prefix: "A1", after: "A2" })).toEqual([]);
        expect(listed({ prefix: "B" })).toEqual([]);
      }
    });

    on("a list of many pages is complete, now and as at, and a reader may stop early", (store) => {
      const ledger = new Ledger();
      const codes = Array.from({ length: 1000 }, (_, index) => `S${1000 + index}`);
      store.commit(ledger.commit({ 10: codes.map((code) => holding("A1", code, 1)) }));
      const odd = codes.filter((_, index) => index % 2 === 1);
      store.commit(ledger.commit({ 20: odd.map((code) => holding("A1", code, null)) }));
      store.commit(ledger.commit({ 30: [holding("A1", "S0999", 5)] }));
      const listed = (asAt?: At) =>
        [...store.list("holding", { prefix: accountPrefix("A1") }, asAt)].map(({ key }) => key);
      const keysOf = (of: readonly string[]) => of.map((code) => keyOf.holding("A1", "ASX", code));
      const even = codes.filter((_, index) => index % 2 === 0);
      expect(listed(moment(10))).toEqual(keysOf(codes));
      expect(listed(moment(20))).toEqual(keysOf(even));
      expect(listed()).toEqual(keysOf(["S0999", ...even]));
      for (const { key } of store.list("holding", {}, moment(10))) {
        expect(key).toBe(keyOf.holding("A1", "ASX", "S1000"));
        break;
      }
    });

    on("a version's text comes back as it was, whatever characters it holds and long as it is", (store, disk) => {
      const text = JSON.stringify({ Text: 'aé€\u{1F600}\u2028\u0000\\"\t漢\uFFFF'.repeat(12_000) });
      expect(new TextEncoder().encode(text).length).toBeGreaterThan(200 * 1024);
      const key: Key = keyOf.balance('\u{1F600} "quoted" \\', "é");
      store.commit(version(10, "balance", key, text));
      expect(disk.open().version("balance", key)).toBe(text);
      expect([...disk.open().list("balance", {})]).toEqual([{ key, body: text }]);
    });

    on("the removal of what does not exist is a programming error and leaves nothing", (store) => {
      store.commit(version(10, "balance", A1, "{}"));
      const before = contentOf(store);
      expect(() => store.commit(version(11, "balance", keyOf.balance("A2", "AUD"), null, true))).toThrow("exist");
      expect(contentOf(store)).toEqual(before);
    });

    on("a record that changed often is read as at each of its states, also after its life ended", (store) => {
      const ledger = new Ledger();
      for (let at = 10; at < 110; at++) store.commit(ledger.commit({ [at]: [balance("A1", "AUD", at)] }));
      const readAll = () => {
        for (let at = 10; at < 110; at++) {
          expect(store.version("balance", A1, moment(at))).toBe(balanceText("A1", "AUD", at));
          expect([...store.list("balance", {}, moment(at))]).toEqual([{ key: A1, body: balanceText("A1", "AUD", at) }]);
        }
      };
      readAll();
      store.commit(ledger.commit({ 110: [balance("A1", "AUD", null)] }));
      readAll();
      expect(store.version("balance", A1, moment(110))).toBeUndefined();
      for (let at = 120; at < 150; at++) store.commit(ledger.commit({ [at]: [balance("A1", "AUD", at)] }));
      readAll();
      expect(store.version("balance", A1, moment(119))).toBeUndefined();
      expect(store.version("balance", A1, moment(125))).toBe(balanceText("A1", "AUD", 125));
    });
  });

  describe(`${name}: what is kept beside`, () => {
    on("what is known by an id is kept for ever, replaced, and forgotten", (store, disk) => {
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

    on("T6: movements are read before and from a place, replaced and taken out", (store) => {
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

    on("T6: the movements of a holding are all read, many as they are", (store) => {
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

    on("timers come due in order, move when they are set again, and go when they are cancelled", (store, disk) => {
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

    on("a property is kept and replaced", (store, disk) => {
      store.commit({ ...EMPTY, properties: new Map([["owner", "XS"]]) });
      expect(disk.open().property("owner")).toBe("XS");
      store.commit({ ...EMPTY, properties: new Map([["owner", 'X"S']]) });
      expect(store.property("owner")).toBe('X"S');
    });
  });

  describe(`${name}: failures`, () => {
    const everything = (ledger: Ledger, at: number): Commit => {
      const bhp = keyOf.holding("A1", "ASX", "BHP");
      return ledger.commit(
        { [at]: [balance("A1", "AUD", at), holding("A1", `S${at}`, 1)], [at + 1]: [balance("A1", "AUD", at + 1)] },
        {
          positions: new Map([["asx", at + 1]]),
          ids: [{ kind: "trade", id: `T${at}`, at: moment(at), body: "{}" }],
          movements: [{ holding: bhp, at: moment(at), quantity: "1", price: null, currency: null, after: "{}" }],
          timersSet: [{ due: at, kind: "order", key: `O${at}` }],
        },
      );
    };

    on(
      "a commit that fails midway leaves nothing, neither on disk nor in the store, and the next one succeeds",
      (store, disk) => {
        const ledger = new Ledger();
        store.commit(everything(ledger, 10));
        const before = contentOf(store);
        disk.failCommits();
        const failing = everything(ledger, 20);
        expect(() => store.commit(failing)).toThrow();
        disk.stopFailing();
        for (const reader of [store, disk.open()]) {
          expect(contentOf(reader)).toEqual(before);
          expect(reader.known("trade", "T20")).toBeUndefined();
          expect([...reader.movementsFrom(keyOf.holding("A1", "ASX", "BHP"), moment(0))]).toHaveLength(1);
        }
        store.commit(failing);
        expect(store.head()).toEqual(disk.open().head());
        expect(store.head().at).toBe(21);
        expect(store.known("trade", "T20")).toEqual({ at: 20, body: "{}" });
      },
    );

    on("Storage.Full refuses what comes at the limit, and takes what comes below it; reads go on", (store, disk) => {
      const ledger = new Ledger();
      store.commit(everything(ledger, 10));
      const used = store.bytesUsed();
      const next = everything(ledger, 20);
      const full = disk.open({ capacity: used / LIMITS.STORAGE_FULL });
      const before = contentOf(full);
      const write = () => full.commit(next);
      expect(write).toThrow(Refusal);
      expect(write).toThrow("Storage.Full");
      expect(contentOf(full)).toEqual(before);
      disk.open({ capacity: (used + 1) / LIMITS.STORAGE_FULL }).commit(next);
      expect(full.head().at).toBe(21);
    });
  });
}

/** What every Store must do with the state, now and as at a moment. */
import { describe, expect } from "vitest";
import { type At, accountPrefix, type Key, keyOf } from "../../src/domain/records.ts";
import type { KeyRange } from "../../src/storage/store.ts";
import { contentOf, type Rule } from "./fixture.ts";
import { balance, balanceText, holding, Ledger, moment, order, version } from "./samples.ts";

const A1 = keyOf.balance("A1", "AUD");

export function contractOfState(rule: Rule): void {
  describe("the state", () => {
    rule("a version is read as at before, at, inside, between and after commits", (store) => {
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

    rule(
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

    rule("what was born, died and was born again is listed exactly while it lived", (store) => {
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

    rule("what came and went within one commit exists inside it alone", (store) => {
      const ledger = new Ledger();
      store.commit(ledger.commit({ 10: [balance("A1", "AUD", 1)], 11: [balance("A1", "AUD", null)] }));
      expect(store.version("balance", A1)).toBeUndefined();
      expect(store.version("balance", A1, moment(10))).toBe(balanceText("A1", "AUD", 1));
      expect([...store.list("balance", {}, moment(10))]).toHaveLength(1);
      expect([...store.list("balance", {})]).toEqual([]);
      store.commit(ledger.commit({ 20: [balance("A1", "AUD", 2)] }));
      expect(store.version("balance", A1)).toBe(balanceText("A1", "AUD", 2));
    });

    rule("a list is in key order, of one kind, within its prefix, and goes on after a key", (store) => {
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

    rule("a list of many pages is complete, now and as at, and a reader may stop early", (store) => {
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

    rule("a version's text comes back as it was, whatever characters it holds and long as it is", (store, disk) => {
      const text = JSON.stringify({ Text: 'aé€\u{1F600}\u2028\u0000\\"\t漢\uFFFF'.repeat(12_000) });
      expect(new TextEncoder().encode(text).length).toBeGreaterThan(200 * 1024);
      const key: Key = keyOf.balance('\u{1F600} "quoted" \\', "é");
      store.commit(version(10, "balance", key, text));
      expect(disk.open().version("balance", key)).toBe(text);
      expect([...disk.open().list("balance", {})]).toEqual([{ key, body: text }]);
    });

    rule("the removal of what does not exist is a programming error and leaves nothing", (store) => {
      store.commit(version(10, "balance", A1, "{}"));
      const before = contentOf(store);
      expect(() => store.commit(version(11, "balance", keyOf.balance("A2", "AUD"), null, true))).toThrow("exist");
      expect(contentOf(store)).toEqual(before);
    });

    rule("a record that changed often is read as at each of its states, also after its life ended", (store) => {
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
}

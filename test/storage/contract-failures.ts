/** What every Store must do with commits that fail. */
import { describe, expect } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { Commit } from "../../src/storage/store.ts";
import { contentOf, type Rule } from "./fixture.ts";
import { balance, holding, Ledger, moment } from "./samples.ts";

export function contractOfFailures(rule: Rule): void {
  describe("failures", () => {
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

    rule(
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

    rule("Storage.Full refuses what comes at the limit, and takes what comes below it; reads go on", (store, disk) => {
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

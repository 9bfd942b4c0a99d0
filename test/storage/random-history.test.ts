import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { History, KEYS, steps } from "./random-history.ts";
import { moment } from "./samples.ts";

test("as at every moment of a random history, the state is what the last event before it said", () => {
  return fc.assert(
    fc.property(steps, (history) => {
      const told = new History(history);
      const store = new MemoryStore();
      for (const commit of told.commits) store.commit(commit);
      for (let at = 100; at <= told.last; at++) {
        for (const { kind, key } of KEYS) {
          expect(store.version(kind, key, moment(at)), `${kind} ${key} as at ${at}`).toBe(told.stateAt(kind, key, at));
        }
      }
    }),
    { seed: 20261122, numRuns: 60 },
  );
});

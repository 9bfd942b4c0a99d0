import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { around, between, presentOf, stateOf } from "./agreement.ts";
import { onNewDatabase } from "./in-object.ts";
import { History, steps } from "./random-history.ts";
import { moment } from "./samples.ts";

/** Moments of a history, as shares of its length. */
const moments = fc.uniqueArray(fc.nat(1000), { minLength: 10, maxLength: 20 });

test("after a random history SQLite answers every question as the store in memory does, also when opened anew", async () => {
  await fc.assert(
    fc.asyncProperty(steps, moments, (random, shares) => {
      const history = new History(random);
      const memory = new MemoryStore();
      return onNewDatabase((storage) => {
        const written = new SqliteStore(storage);
        for (const [index, commit] of history.commits.entries()) {
          memory.commit(commit);
          written.commit(commit);
          if (index % 8 === 0) expect(presentOf(written)).toEqual(presentOf(memory));
        }
        const opened = new SqliteStore(storage);
        expect(presentOf(opened)).toEqual(presentOf(memory));
        const ats = shares.map((share) => 100 + Math.round((share * (history.last - 100)) / 1000));
        for (const [index, at] of ats.entries()) {
          const to = ats[index - 1] ?? history.last;
          expect(stateOf(opened, moment(at))).toEqual(stateOf(memory, moment(at)));
          expect(around(opened, at)).toEqual(around(memory, at));
          expect(between(opened, at, to)).toEqual(between(memory, at, to));
        }
      });
    }),
    { seed: 20261122, numRuns: 40 },
  );
});

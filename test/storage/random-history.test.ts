import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseStoredRecord } from "../../src/domain/log-record.ts";
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

test("over all of a random history, each record was changed by the commits in which something happened to it", () => {
  return fc.assert(
    fc.property(steps, (history) => {
      const told = new History(history);
      const store = new MemoryStore();
      for (const commit of told.commits) store.commit(commit);
      for (const { kind, key } of KEYS) {
        const touching = [...store.recordsTouching(kind, key, moment(0), moment(told.last))].map(({ at }) => at);
        expect(touching, `${kind} ${key}`).toEqual(told.commitsTouching(kind, key));
      }
    }),
    { seed: 20261122, numRuns: 60 },
  );
});

test("as at every moment of a random history, positions lead to what comes after it and to nothing before", () => {
  return fc.assert(
    fc.property(steps, (history) => {
      const told = new History(history);
      const store = new MemoryStore();
      for (const commit of told.commits) store.commit(commit);
      const records = [...store.records(moment(0), moment(told.last))].map(({ text }) => parseStoredRecord(text));
      for (let at = 100; at <= told.last; at++) {
        const positions = store.positionsAt(moment(at));
        for (const { At, Sequence, Position } of records) {
          expect(Position > (positions.get(Sequence) ?? 0), `${Sequence} ${Position} as at ${at}`).toBe(At > at);
        }
      }
    }),
    { seed: 20261122, numRuns: 20 },
  );
});

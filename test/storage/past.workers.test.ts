/** What reading the past visits in the real database. */
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import type { Commit } from "../../src/storage/store.ts";
import { onNewDatabase } from "./in-object.ts";
import { ObservedDatabase } from "./observed-database.ts";
import { balance, EMPTY, Ledger, line, moment } from "./samples.ts";

const BUSY = keyOf.balance("A1", "AUD");
const QUIET = keyOf.balance("A1", "USD");

/** A log of so many commits: each changes one balance, some in the middle another. Positions are the times. */
function written(database: ObservedDatabase, commits: number): SqliteStore {
  const store = new SqliteStore(database);
  const ledger = new Ledger();
  for (let count = 0; count < commits; count++) {
    const at = 10 + 10 * count;
    const isMarked = Math.abs(count - commits / 2) <= 3;
    const events = [balance("A1", "AUD", at), ...(isMarked ? [balance("A1", "USD", at)] : [])];
    store.commit(ledger.commit({ [at]: events, [at + 1]: [] }, { positions: new Map([["asx", at + 1]]) }));
  }
  return new SqliteStore(database);
}

/** Rows visited by the same question to a log of a hundred commits and to one of three thousand. */
async function visits(
  question: (store: SqliteStore, middle: number, end: number) => void,
): Promise<readonly [number, number]> {
  const cost = async (commits: number) => {
    let read = 0;
    await onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = written(database, commits);
      read = database.costOf(() => question(store, 10 + 10 * Math.floor(commits / 2), 10 * commits + 1)).read;
    });
    return read;
  };
  return [await cost(100), await cost(3000)];
}

/** So many more rows as a tree may have more levels, or a bisection more steps. */
const STEPS_MORE = 5;

describe("reading the past", () => {
  it("finds positions as at a moment by bisection: more rows only as the logarithm of the log", async () => {
    const [short, long] = await visits((store, middle) => {
      expect(store.positionsAt(moment(middle))).toEqual(new Map([["asx", middle]]));
      expect(store.positionsAt(moment(middle + 5))).toEqual(new Map([["asx", middle + 1]]));
    });
    expect(long).toBeLessThanOrEqual(short + 2 * 2 * STEPS_MORE);
    expect(long).toBeLessThan(120);
  });

  it("finds where a position leads with a few rows, however long the log is", async () => {
    const [short, long] = await visits((store, middle, end) => {
      expect(store.placeThrough("asx", middle)).toBe(middle + 1);
      expect(store.placeThrough("asx", end)).toBe(end);
    });
    expect(long).toBe(short);
    expect(long).toBeLessThan(10);
  });

  it("tells what changed a record with the rows of those commits, however long the log is", async () => {
    const [short, long] = await visits((store, _, end) => {
      const records = [...store.recordsTouching("balance", QUIET, moment(0), moment(end))];
      expect(records).toHaveLength(14);
    });
    expect(long).toBe(short);
    expect(long).toBeLessThan(60);
  });

  it("tells the first of what changed a busy record without looking at the rest, also from the middle on", async () => {
    const [short, long] = await visits((store, middle, end) => {
      for (const after of [0, middle - 1]) {
        const [first, second] = store.recordsTouching("balance", BUSY, moment(after), moment(end));
        expect([first?.at, second?.at]).toEqual(after === 0 ? [10, 11] : [middle, middle + 1]);
      }
    });
    expect(long).toBeLessThanOrEqual(short + STEPS_MORE);
    expect(long).toBeLessThan(100);
  });

  it("tells all that changed a busy record with a few rows for each commit, one body at a time", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = written(database, 1000);
      const before = database.statements.length;
      const cost = database.costOf(() => {
        expect([...store.recordsTouching("balance", BUSY, moment(0), moment(100_000))]).toHaveLength(2000);
      });
      expect(cost.read).toBeLessThan(7 * 1000);
      const bodies = database.statements.slice(before).filter(({ query }) => /\bbody\b/.test(query));
      expect(bodies).toHaveLength(1000);
      expect(Math.max(...bodies.map((statement) => statement.cost().read))).toBe(1);
    }));

  it("reads a short stretch of the log for the price of its commits, wherever it lies", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = written(database, 3000);
      for (const [after, next] of [
        [0, 10],
        [15_010, 15_011],
        [15_011, 15_020],
        [29_991, 30_000],
      ] as const) {
        const before = database.statements.length;
        const [first] = store.records(moment(after), moment(99_999));
        expect(first?.at).toBe(next);
        const made = database.statements.slice(before);
        const bodies = made.filter(({ query }) => /\bbody\b/.test(query)).map((statement) => statement.cost().read);
        expect(bodies, `after ${after}`).toEqual([1]);
        expect(made.length).toBeLessThan(4);
      }
    }));

  it("holds few long bodies at once, however many are read", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const commit = (at: number, length: number): Commit => ({
        ...EMPTY,
        records: [line(at, [], "asx", "x".repeat(length))],
      });
      for (let at = 10; at < 50; at++) store.commit(commit(at, 100));
      for (let at = 50; at < 90; at++) store.commit(commit(at, 400 * 1024));
      for (let at = 90; at < 130; at++) store.commit(commit(at, 100));
      const pagesOf = (body: () => Iterable<unknown>) => {
        const before = database.statements.length;
        expect([...body()]).toHaveLength(120);
        const pages = database.statements.slice(before).filter(({ query }) => query.includes("LIMIT ?"));
        return pages.map((page) => page.cost().read);
      };
      const records = pagesOf(() => store.records(moment(0), moment(1000)));
      expect(records.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 16]);
      expect(records.slice(6, 12), "where the bodies are long").toEqual([8, 4, 2, 1, 2, 1]);
      expect(records.at(-2), "where they are short again").toBe(16);
      const chain = database.statements.length;
      expect([...store.commitsAfter(moment(0))]).toHaveLength(120);
      expect(database.statements.length - chain).toBe(records.length + 1);
    }));
});

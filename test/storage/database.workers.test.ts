/** What only the real database shows: what is visited and written, and how its tables come to be. */
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { MIGRATIONS, migrate, stepsTaken } from "../../src/storage/schema.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { around, between, presentOf, stateOf } from "./agreement.ts";
import { contentOf } from "./fixture.ts";
import { onNewDatabase } from "./in-object.ts";
import { ObservedDatabase } from "./observed-database.ts";
import { balance, EMPTY, holding, Ledger, line, moment, order } from "./samples.ts";

const BHP = keyOf.holding("A1", "ASX", "BHP");

/** A commit of a deposit, a new order, and its first trade, as the rules make them. */
function trading(ledger: Ledger, at: number, { orders = 1, trades = 1 } = {}) {
  const movement = { holding: BHP, quantity: "1", price: "5", currency: "AUD", after: "{}" };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  return ledger.commit(
    {
      [at]: [balance("A1", "AUD", at), ...numbers(orders).map((index) => order("A1", `O${at}-${index}`, 100))],
      [at + 1]: [balance("A1", "AUD", at + 1), holding("A1", "BHP", at)],
    },
    {
      positions: new Map([["asx", at]]),
      ids: numbers(trades).map((index) => ({ kind: "trade", id: `T${at}-${index}`, at: moment(at), body: "{}" })),
      movements: numbers(trades).map((index) => ({ ...movement, at: moment(at + index) })),
    },
  );
}

describe("the database of an Owner", () => {
  it("is not written by an Owner that is only read", () =>
    onNewDatabase((storage) => {
      const size = storage.sql.databaseSize;
      const store = new SqliteStore(storage);
      presentOf(store);
      stateOf(store, moment(5));
      around(store, 5);
      between(store, 5, 10);
      expect(storage.sql.exec("SELECT name FROM sqlite_schema").toArray()).toEqual([]);
      expect(storage.sql.databaseSize).toBe(size);
    }));

  it("has no tables after a first commit that failed, and is read as empty", () =>
    onNewDatabase((storage) => {
      const store = new SqliteStore(storage);
      expect(() => store.commit({ ...EMPTY, records: [line(10), line(9)] })).toThrow();
      expect(stepsTaken(storage)).toBe(0);
      expect(store.head().at).toBe(0);
      store.commit({ ...EMPTY, records: [line(10)] });
      expect(store.head().at).toBe(10);
    }));

  it("writes one row for each record, trade and movement, and three for the commit", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      store.commit(trading(ledger, 10));
      const { written } = database.costOf(() => store.commit(trading(ledger, 20, { orders: 3, trades: 2 })));
      expect(written).toEqual({
        commits: 1,
        positions: 1,
        texts: 1,
        // A balance, a holding and three new orders.
        living: 5,
        ids: 2,
        movements: 2,
      });
    }));

  it("writes the end of a life with two rows, one that came and went in a commit with one, and a timer with two", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      store.commit(ledger.commit({ 10: [order("A1", "O1", 100)] }));
      const ending = ledger.commit({ 20: [order("A1", "O1", null)] });
      expect(database.costOf(() => store.commit(ending)).written).toEqual({ commits: 1, spans: 1, living: 1 });
      const passing = ledger.commit({ 30: [order("A1", "O2", 1)], 31: [order("A1", "O2", null)] });
      expect(database.costOf(() => store.commit(passing)).written).toEqual({ commits: 1, spans: 1 });
      const timed = { ...EMPTY, timersSet: [{ due: 50, kind: "order" as const, key: "O1" }] };
      expect(database.costOf(() => store.commit(timed)).written).toEqual({ timers: 2 });
    }));

  it("puts away the places of earlier states with one row for sixteen changes", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      const { written } = database.costOf(() => {
        for (let at = 10; at < 10 + 1 + 3 * 16; at++) store.commit(ledger.commit({ [at]: [balance("A1", "AUD", at)] }));
      });
      expect(written.living).toBe(49);
      expect(written.versions).toBe(2);
    }));

  it("visits only the living for a list, and only what it gives", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      const ids = Array.from({ length: 2000 }, (_, index) => `O${1000 + index}`);
      store.commit(ledger.commit({ 10: ids.map((id) => order("A1", id, 1)) }));
      store.commit(ledger.commit({ 20: ids.slice(0, 1990).map((id) => order("A1", id, null)) }));
      const living = database.costOf(() => expect([...store.list("order", {})]).toHaveLength(10));
      expect(living.read).toBeLessThan(30);
      const early = database.costOf(() => {
        for (const { key } of store.list("order", {}, moment(10))) {
          expect(key).toBe(keyOf.order("A1", "O1000"));
          break;
        }
      });
      expect(early.read).toBeLessThan(700);
    }));

  it("answers the head, a record and an id with a few rows, however long the log is", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      for (let at = 10; at < 1000; at += 10) store.commit(trading(ledger, at));
      const opened = new SqliteStore(database);
      const cost = database.costOf(() => {
        expect(opened.head().at).toBe(991);
        opened.version("balance", keyOf.balance("A1", "AUD"));
        opened.version("balance", keyOf.balance("A1", "AUD"), moment(400));
        opened.known("trade", "T500-0");
        opened.movementBefore(BHP, moment(500));
        opened.placeAfter("asx", 500);
      });
      expect(cost.read).toBeLessThan(40);
      expect(cost.written).toEqual({});
    }));
});

describe("the queries of the store", () => {
  it("search every table by a key, and sort nothing", () =>
    onNewDatabase((storage) => {
      const database = new ObservedDatabase(storage);
      const store = new SqliteStore(database);
      const ledger = new Ledger();
      for (let at = 10; at < 300; at += 10) store.commit(trading(ledger, at));
      const timer = { due: 5, kind: "order" as const, key: "O1" };
      store.commit({ ...EMPTY, timersSet: [timer], properties: new Map([["owner", "XS"]]) });
      store.commit(
        ledger.commit(
          { 300: [order("A1", "O10-0", null)] },
          {
            ids: [{ kind: "trade", id: "T10-0", at: moment(10), body: null }],
            movementsRemoved: [{ holding: BHP, at: moment(10) }],
            timersCancelled: [timer],
          },
        ),
      );
      presentOf(store);
      for (const at of [10, 15, 290]) {
        stateOf(store, moment(at));
        around(store, at);
        between(store, at, 280);
      }
      const plans = new Map(
        database.statements
          .filter(({ query }) => /^\s*(SELECT|WITH|INSERT|DELETE|UPDATE)/.test(query))
          .map(({ query, bindings }) => [query, planOf(storage, query, bindings)]),
      );
      expect(plans.size).toBeGreaterThan(40);
      const visits = [...plans].flatMap(([query, plan]) => plan.filter(isCostly).map((step) => ({ query, step })));
      expect(visits).toEqual([]);
    }));
});

function planOf(storage: DurableObjectStorage, query: string, bindings: readonly unknown[]): readonly string[] {
  const rows = storage.sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings).toArray();
  return rows.map(({ detail }) => detail);
}

/** Scans of anything but a parameter, a single row, the names of the tables and of the sequences; and sorting. */
function isCostly(step: string): boolean {
  if (/^SCAN \w+ VIRTUAL TABLE INDEX/.test(step) || step === "SCAN CONSTANT ROW") return false;
  if (step === "SCAN sqlite_schema" || step === "SCAN sequences" || /^SCAN \(subquery-\d+\)$/.test(step)) return false;
  return /SCAN|TEMP B-TREE|AUTOMATIC/.test(step);
}

describe("the steps that lead to the tables", () => {
  it("are taken once and in order, and again change nothing", () =>
    onNewDatabase((storage) => {
      migrate(storage);
      expect(stepsTaken(storage)).toBe(MIGRATIONS.length);
      const schema = storage.sql.exec("SELECT * FROM sqlite_schema").toArray();
      migrate(storage);
      expect(storage.sql.exec("SELECT * FROM sqlite_schema").toArray()).toEqual(schema);
      expect(storage.sql.exec("SELECT step FROM migrations").toArray()).toEqual(
        MIGRATIONS.map((_, index) => ({ step: index + 1 })),
      );
    }));

  it("that are new are taken by a database that had the older ones, all or none", () =>
    onNewDatabase((storage) => {
      const first = "CREATE TABLE one (number INTEGER PRIMARY KEY); INSERT INTO one VALUES (1)";
      migrate(storage, [first]);
      expect(() => migrate(storage, [first, "INSERT INTO one VALUES (2)", "INSERT INTO none VALUES (1)"])).toThrow();
      expect(stepsTaken(storage)).toBe(1);
      migrate(storage, [first, "INSERT INTO one VALUES (3)", "INSERT INTO one VALUES (4)"]);
      expect(stepsTaken(storage)).toBe(3);
      expect(() => migrate(storage, [first])).toThrow("later version");
      expect(storage.sql.exec("SELECT number FROM one").toArray()).toEqual([
        { number: 1 },
        { number: 3 },
        { number: 4 },
      ]);
    }));
});

describe("a database that fails", () => {
  const failing = (message: string) => (storage: DurableObjectStorage) => {
    const store = new SqliteStore(storage);
    store.commit({ ...EMPTY, records: [line(10)] });
    // A full disk cannot be had here; the message is the one that the platform gives for it.
    const full = new SqliteStore({
      sql: storage.sql,
      transactionSync: () => {
        throw new Error(message);
      },
    });
    const before = contentOf(full);
    let thrown: unknown;
    try {
      full.commit({ ...EMPTY, records: [line(20)] });
    } catch (error) {
      thrown = error;
    }
    expect(contentOf(full)).toEqual(before);
    return thrown;
  };

  it("because it is full refuses with Storage.Full", () =>
    onNewDatabase((storage) => {
      const thrown = failing("database or disk is full: SQLITE_FULL")(storage);
      expect(thrown).toBeInstanceOf(Refusal);
      expect(thrown).toMatchObject({ code: "Storage.Full" });
    }));

  it("for any other reason gives the error as it is", () =>
    onNewDatabase((storage) => {
      const thrown = failing("disk I/O error: SQLITE_IOERR")(storage);
      expect(thrown).not.toBeInstanceOf(Refusal);
      expect(thrown).toMatchObject({ message: "disk I/O error: SQLITE_IOERR" });
    }));
});

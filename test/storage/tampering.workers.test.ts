/** That what was done to a log behind the program's back is found, and at the commit to which it was done. */
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { chainHash } from "../../src/storage/commit-body.ts";
import type { SqlValue } from "../../src/storage/database.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { onNewDatabase } from "./in-object.ts";
import { balance, EMPTY, holding, Ledger, line, moment } from "./samples.ts";

/** The first commit that does not follow from what is before it, as whoever walks the chain finds it. */
function brokenIn(store: Store): number | undefined {
  let previous = "";
  for (const { id, previous: kept, hash, body, isIntact } of store.commitsAfter(moment(0))) {
    if (!isIntact || kept !== previous || chainHash(previous, body) !== hash) return id;
    previous = hash;
  }
  return undefined;
}

const IDS = [10, 20, 30, 40, 50, 60, 70] as const;
/** The commits whose bodies go on in parts. */
const IN_PARTS = [30, 60] as const;

/** A log in which commits write no texts, one piece of them, or several, and bodies are whole or in parts. */
function writeLog(storage: DurableObjectStorage): SqliteStore {
  const store = new SqliteStore(storage);
  const ledger = new Ledger();
  const many = Array.from({ length: 300 }, (_, index) => holding("A1", `S${index}`, 1));
  const trade = { kind: "trade" as const, id: "T1", at: moment(60), body: "{}" };
  store.commit({ ...EMPTY, records: [line(10), line(11)] });
  store.commit(ledger.commit({ 20: [balance("A1", "AUD", 1)], 23: [balance("é\u{1F600}\uFFFD", "AUD", 1)] }));
  store.commit({ ...EMPTY, positions: new Map([["asx", 25]]) });
  store.commit(ledger.commit({ 30: many.slice(0, 5), 32: [balance("é\uFFFD\u{1F600}", "AUD", 2)] }));
  store.commit({ ...EMPTY, records: [line(40)] });
  store.commit(ledger.commit({ 50: many, 51: [], 52: [balance("A1", "AUD", null)] }));
  store.commit(ledger.commit({ 60: [balance("A2", "AUD", 1)] }, { ids: [trade] }));
  store.commit({ ...EMPTY, records: [line(70), line(75)] });
  for (const id of IN_PARTS) cutIntoParts(storage, id);
  return store;
}

/** A body of few characters in several parts: the length of a part says nothing of whether it is what was written. */
function cutIntoParts({ sql }: DurableObjectStorage, id: number): void {
  sql.exec("INSERT INTO commit_parts SELECT id, 2, substr(body, 101, 50) FROM commits WHERE id = ?", id);
  sql.exec("INSERT INTO commit_parts SELECT id, 3, substr(body, 151) FROM commits WHERE id = ?", id);
  sql.exec("UPDATE commits SET body = substr(body, 1, 100), parts = 3 WHERE id = ?", id);
}

/** Gives each column the type of no column, as whoever writes the file itself can. */
function dropTypes({ sql }: DurableObjectStorage): void {
  for (const [table, key] of [
    ["commits", "id INTEGER PRIMARY KEY"],
    ["commit_parts", ""],
  ] as const) {
    const names = columnsOf(sql, table).filter((name) => name !== "id");
    sql.exec(`ALTER TABLE ${table} RENAME TO typed_${table}`);
    sql.exec(`CREATE TABLE ${table} (${[key, ...names].filter((part) => part !== "").join(", ")})`);
    sql.exec(`INSERT INTO ${table} SELECT * FROM typed_${table}`);
    sql.exec(`DROP TABLE typed_${table}`);
  }
}

function columnsOf(sql: SqlStorage, table: string): readonly string[] {
  const rows = sql.exec<{ name: string }>("SELECT name FROM pragma_table_info(?) ORDER BY cid", table).toArray();
  return rows.map(({ name }) => name);
}

/** What is found after something was done to the database, which is then undone. */
function foundAfter(storage: DurableObjectStorage, store: Store, act: (sql: SqlStorage) => void): number | undefined {
  let found: number | undefined;
  const undo = new Error("undo");
  try {
    storage.transactionSync(() => {
      act(storage.sql);
      found = brokenIn(store);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return found;
}

/** What a column might be made to hold: SQL over its present value. */
const REPLACEMENTS: readonly string[] = [
  "NULL",
  "0",
  "1",
  "-1",
  "9007199254740993",
  "-9223372036854775808",
  "9e999",
  "2.5",
  "''",
  "'x'",
  "x''",
  "x'00'",
  "zeroblob(100000)",
  "{column} + 1",
  "{column} - 1",
  "{column} + 0.5",
  "-{column}",
  "CAST({column} AS TEXT) || ' '",
  "' ' || CAST({column} AS TEXT)",
  "CAST({column} AS TEXT) || char(0)",
  "char(0xfeff) || {column}",
  "char(0) || {column}",
  "CAST(CAST({column} AS TEXT) AS BLOB)",
  "upper(CAST({column} AS TEXT) || 'é')",
  "substr(CAST({column} AS TEXT), 2)",
  "CAST(CAST({column} AS BLOB) || x'ff' AS TEXT)",
  "CAST(CAST({column} AS BLOB) || x'eda080' AS TEXT)",
];

/** All that each column of a row can be made to hold, but for what it holds already. */
function* tamperings(sql: SqlStorage, table: string, where: string) {
  for (const column of columnsOf(sql, table)) {
    for (const replacement of REPLACEMENTS) {
      const value = replacement.replaceAll("{column}", column);
      const [row] = sql
        .exec<{ differs: number }>(`SELECT ${column} IS NOT ${value} AS differs FROM ${table} WHERE ${where}`)
        .toArray();
      if (row?.differs === 1) yield { column, change: `UPDATE ${table} SET ${column} = ${value} WHERE ${where}` };
    }
  }
}

/** Whether SQLite would not have it so: a number that is none, or one that is another row's. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && /SQLITE_CONSTRAINT|SQLITE_MISMATCH/.test(error.message);
}

/** Where a commit is found whose id was changed: under the new one, or at the next commit when that comes first. */
function whereIdsDiffer(sql: SqlStorage): number | undefined {
  const ids = sql.exec<{ id: number }>("SELECT id FROM commits ORDER BY id").toArray();
  return ids.find((row, index) => row.id !== IDS[index])?.id;
}

describe.each([
  ["with columns of their types", () => {}],
  ["with columns of any type", dropTypes],
])("a log that was tampered with, %s", (_, prepare) => {
  const onLog = (body: (storage: DurableObjectStorage, store: Store) => void) =>
    onNewDatabase((storage) => {
      const store = writeLog(storage);
      prepare(storage);
      expect([...store.commitsAfter(moment(0))].map(({ id }) => id)).toEqual(IDS);
      expect(brokenIn(store)).toBeUndefined();
      body(storage, store);
    });

  it("is found at the commit of which any column is not what was written", () =>
    onLog((storage, store) => {
      let tried = 0;
      for (const id of IDS) {
        for (const { column, change } of tamperings(storage.sql, "commits", `id = ${id}`)) {
          let expected: number | undefined = id;
          try {
            const found = foundAfter(storage, store, (sql) => {
              sql.exec(change);
              if (column === "id") expected = whereIdsDiffer(sql);
            });
            expect(found, change).toBe(expected);
            tried++;
          } catch (error) {
            if (!isRefused(error)) throw error;
          }
        }
      }
      expect(tried).toBeGreaterThan(600);
    }));

  it("is found at the commit of which any part is not what was written", () =>
    onLog((storage, store) => {
      let tried = 0;
      for (const id of IN_PARTS) {
        for (const part of [2, 3]) {
          const where = `commit_id = ${id} AND part = ${part}`;
          for (const { change } of tamperings(storage.sql, "commit_parts", where)) {
            try {
              expect(
                foundAfter(storage, store, (sql) => sql.exec(change)),
                change,
              ).toBe(id);
              tried++;
            } catch (error) {
              if (!isRefused(error)) throw error;
            }
          }
        }
      }
      expect(tried).toBeGreaterThan(180);
    }));

  it("is found at a commit that has lost a part, or has gained one", () =>
    onLog((storage, store) => {
      for (const id of IN_PARTS) {
        for (const part of [2, 3]) {
          const lose = (sql: SqlStorage) =>
            sql.exec("DELETE FROM commit_parts WHERE commit_id = ? AND part = ?", id, part);
          expect(foundAfter(storage, store, lose)).toBe(id);
        }
      }
      for (const id of IDS) {
        for (const part of [0, 1, 4, 1000]) {
          const gain = (sql: SqlStorage) => sql.exec("INSERT INTO commit_parts VALUES (?, ?, '')", id, part);
          expect(foundAfter(storage, store, gain)).toBe(id);
        }
      }
      const stray = (sql: SqlStorage) => sql.exec("INSERT INTO commit_parts VALUES (15, 2, 'x'), (-1, 1, 'x')");
      expect(foundAfter(storage, store, stray), "parts of no commit are of no commit").toBeUndefined();
    }));

  it("is found after a commit that is gone, and at one that never was", () =>
    onLog((storage, store) => {
      for (const [index, id] of IDS.entries()) {
        const next = IDS[index + 1];
        if (next === undefined) continue;
        const lose = (sql: SqlStorage) => sql.exec("DELETE FROM commits WHERE id = ?", id);
        expect(foundAfter(storage, store, lose)).toBe(next);
      }
      const forged = (id: number, last: number, piece: number) => (sql: SqlStorage) => {
        const body = line(id).text;
        sql.exec(
          "INSERT INTO commits VALUES (?1, ?2, (SELECT hash FROM commits WHERE id < ?1 ORDER BY id DESC), ?3, ?3, 1, ?4)",
          id,
          last,
          piece,
          body,
        );
      };
      expect(foundAfter(storage, store, forged(15, 15, 1))).toBe(15);
      expect(foundAfter(storage, store, forged(80, 80, 1))).toBe(80);
    }));

  it("is found where a commit begins before the one before it has ended, also when all hashes were made anew", () =>
    onLog((storage, store) => {
      const overlap = (sql: SqlStorage) => {
        const body = [line(20), line(35)].map(({ text }) => text).join("\n");
        sql.exec("UPDATE commits SET last = 35, body = ? WHERE id = 20", body);
        let previous = "";
        for (const commit of store.commitsAfter(moment(0))) {
          const hash = chainHash(previous, commit.body);
          sql.exec("UPDATE commits SET hash = ? WHERE id = ?", hash, commit.id);
          previous = hash;
        }
      };
      expect(foundAfter(storage, store, overlap)).toBe(30);
    }));

  it.each([
    ["9007199254740993", [10, 20, 30, 40, 50, 60, 2 ** 53]],
    ["9223372036854775807", [10, 20, 30, 40, 50, 60, 2 ** 63]],
    ["-9007199254740993", [-(2 ** 53)]],
    ["-9223372036854775808", [-(2 ** 63)]],
  ])("is told to an end, also when a commit is kept as %s, where no number is exact", (id, ids) =>
    onLog((storage, store) => {
      storage.sql.exec(`UPDATE commits SET id = ${id} WHERE id = 70`);
      const told: number[] = [];
      for (const commit of store.commitsAfter(moment(0))) if (told.push(commit.id) > IDS.length) break;
      expect(told).toEqual(ids);
    }),
  );

  it("is found at a commit that lays claim to texts of another, or not to its own", () =>
    onLog((storage, store) => {
      const pieces = storage.sql
        .exec<{ number: number; commit_id: number }>("SELECT number, commit_id FROM texts ORDER BY number")
        .toArray();
      expect(new Set(pieces.map(({ commit_id }) => commit_id))).toEqual(new Set([20, 30, 50, 60]));
      expect(pieces.length).toBeGreaterThan(4);
      for (const id of IDS) {
        for (let first = 0; first <= pieces.length + 2; first++) {
          for (let next = 0; next <= pieces.length + 2; next++) {
            const claim = (sql: SqlStorage) =>
              sql.exec("UPDATE commits SET first_piece = ?, next_piece = ? WHERE id = ?", first, next, id);
            const own = pieces.filter(({ commit_id }) => commit_id === id).map(({ number }) => number);
            const earlier = pieces.filter(({ commit_id }) => commit_id < id).length;
            const isRight = first === earlier + 1 && next === earlier + 1 + own.length;
            expect(foundAfter(storage, store, claim), `${id}: ${first} to ${next}`).toBe(isRight ? undefined : id);
          }
        }
      }
    }));
});

/** The bytes of a value with one of them changed, added or taken out. */
const damage = fc.record({
  place: fc.nat(),
  how: fc.constantFrom("change", "insert", "remove"),
  byte: fc.nat(255),
});

function damaged(bytes: Uint8Array, { place, how, byte }: { place: number; how: string; byte: number }): Uint8Array {
  const at = place % (how === "insert" ? bytes.length + 1 : bytes.length);
  const head = bytes.subarray(0, at);
  const tail = bytes.subarray(how === "insert" ? at : at + 1);
  return new Uint8Array([...head, ...(how === "remove" ? [] : [byte]), ...tail]);
}

test("any byte of any body, part or hash that is changed, added or taken out is found at its commit", () =>
  onNewDatabase((storage) => {
    const store = writeLog(storage);
    const cells = [
      ...IDS.flatMap((id) => ["body", "hash"].map((column) => ({ table: "commits", column, where: `id = ${id}`, id }))),
      ...IN_PARTS.flatMap((id) =>
        [2, 3].map((part) => ({
          table: "commit_parts",
          column: "body",
          where: `commit_id = ${id} AND part = ${part}`,
          id,
        })),
      ),
    ];
    return fc.assert(
      fc.property(fc.constantFrom(...cells), damage, ({ table, column, where, id }, harm) => {
        const [cell] = storage.sql
          .exec<{ bytes: ArrayBuffer }>(`SELECT CAST(${column} AS BLOB) AS bytes FROM ${table} WHERE ${where}`)
          .toArray();
        const before = new Uint8Array(cell?.bytes ?? new ArrayBuffer());
        const after = damaged(before, harm);
        fc.pre(!isSame(before, after));
        const value: SqlValue = after.slice().buffer as ArrayBuffer;
        const harmed = (sql: SqlStorage) =>
          sql.exec(`UPDATE ${table} SET ${column} = CAST(? AS TEXT) WHERE ${where}`, value);
        expect(foundAfter(storage, store, harmed)).toBe(id);
      }),
      { seed: 20261122, numRuns: 1500 },
    );
  }));

test("bytes that are no text are told from the text that they would be shown as", () =>
  onNewDatabase((storage) => {
    const store = writeLog(storage);
    // U+FFFD is what a decoder shows for bytes that it cannot read, some of them as many as that character has.
    for (const bytes of ["ff", "f09f98", "eda080", "efbfbdefbfbd"]) {
      const harmed = (sql: SqlStorage) =>
        sql.exec(
          `UPDATE commits SET body = CAST(
             substr(CAST(body AS BLOB), 1, instr(CAST(body AS BLOB), x'efbfbd') - 1) || x'${bytes}' ||
             substr(CAST(body AS BLOB), instr(CAST(body AS BLOB), x'efbfbd') + 3) AS TEXT) WHERE id = 20`,
        );
      expect(foundAfter(storage, store, harmed), bytes).toBe(20);
    }
  }));

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

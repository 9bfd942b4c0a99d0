/**
 * How a commit is written: for each table a statement or few, each from one JSON parameter that SQLite reads as rows.
 * An object's members come as `key` and `value`, which is the quickest where a row has one key and one value.
 *
 * OR FAIL lets SQLite keep no journal of its own for the statement, which would write every touched page twice: a
 * failure leaves what the statement had done, and the transaction around it, which is undone as a whole, takes it back.
 */
import { Buffer } from "node:buffer";
import { LIMITS } from "../protocol/limits.ts";
import { chainHash, joinRecords, partsOf } from "./commit-body.ts";
import type { Database, SqlValue } from "./database.ts";
import { packStates } from "./packed-states.ts";
import type { Commit } from "./store.ts";

type End = { readonly at: number; readonly hash: string };

/** Writes a commit that goes on from the end of the log. Must run inside a transaction. */
export function writeCommit({ sql }: Database, commit: Commit, end: End): void {
  const bulk = (query: string, parameters: Iterable<string>, ...bindings: SqlValue[]): number => {
    let rows = 0;
    for (const parameter of parameters) rows += sql.exec(query, parameter, ...bindings).rowsWritten;
    return rows;
  };
  const first = commit.records[0];
  if (first !== undefined) {
    const states = writeVersions(sql, bulk, commit, first.at);
    writeRecords(sql, commit, first.at, end, states);
    writeLives(bulk, commit, first.at);
  }
  bulk(
    "INSERT OR FAIL INTO positions (sequence, position, place) SELECT key, value, ?2 FROM json_each(?1)",
    objects(mapped(commit.positions, ([sequence, position]) => [sequence, String(position)])),
    end.at,
  );
  writeIds(bulk, commit);
  writeMovements(bulk, commit);
  writeTimers(bulk, commit);
  bulk(
    `INSERT OR FAIL INTO properties (name, value) SELECT key, value FROM json_each(?1) WHERE true
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    objects(mapped(commit.properties ?? [], ([name, value]) => [name, JSON.stringify(value)])),
  );
}

type Bulk = (query: string, parameters: Iterable<string>, ...bindings: SqlValue[]) => number;

function writeRecords(
  sql: Database["sql"],
  { records }: Commit,
  id: number,
  end: End,
  states: string | undefined,
): void {
  const body = joinRecords(records);
  const [head = "", ...rest] = partsOf(body);
  sql.exec(
    "INSERT INTO commits (id, last, hash, parts, states, body) VALUES (?, ?, ?, ?, CAST(? AS BLOB), ?)",
    id,
    records.at(-1)?.at ?? id,
    chainHash(end.hash, body),
    1 + rest.length,
    states ?? null,
    head,
  );
  for (const [index, part] of rest.entries()) {
    sql.exec("INSERT INTO commit_parts (commit_id, part, body) VALUES (?, ?, ?)", id, 2 + index, part);
  }
}

/** Writes a version for each changed record, and the states that do not fit into the commit's row; returns that one. */
function writeVersions(sql: Database["sql"], bulk: Bulk, { versions }: Commit, commitId: number): string | undefined {
  // What was not there before and is gone again has left no trace.
  const kept = versions.filter(({ body, before }) => before || body !== null);
  const firstNumber = nextPiece(sql);
  const { pieces, places } = packStates(
    kept.map(({ body }) => body),
    firstNumber,
  );
  bulk(
    "INSERT OR FAIL INTO state_pieces (number, bytes) SELECT key, CAST(value AS BLOB) FROM json_each(?1)",
    objects(mapped(pieces.slice(1).entries(), ([index, piece]) => [`${firstNumber + index}`, JSON.stringify(piece)])),
  );
  const placed = kept.map(({ kind, key }, index) => ({ kind, key, place: places[index] ?? null }));
  for (const [kind, ofKind] of byKind(placed)) {
    bulk(
      "INSERT OR FAIL INTO versions (kind, key, commit_id, place) SELECT ?2, key, ?3, value FROM json_each(?1)",
      objects(mapped(ofKind, ({ key, place }) => [key, `${place}`])),
      kind,
      commitId,
    );
  }
  return pieces[0];
}

function nextPiece(sql: Database["sql"]): number {
  const [last] = sql.exec<{ number: number | null }>("SELECT max(number) AS number FROM state_pieces").toArray();
  return (last?.number ?? 0) + 1;
}

/** Writes which records came and went. */
function writeLives(bulk: Bulk, { versions }: Commit, commitId: number): void {
  for (const [kind, changed] of byKind(versions)) {
    const keysOf = (of: readonly Commit["versions"][number][]) => arrays(mapped(of, ({ key }) => JSON.stringify(key)));
    const born = changed.filter(({ body, before }) => !before && body !== null);
    bulk(
      "INSERT OR FAIL INTO living (kind, key, born) SELECT ?2, value, ?3 FROM json_each(?1)",
      keysOf(born),
      kind,
      commitId,
    );
    const died = changed.filter(({ body, before }) => before && body === null);
    const ended = bulk(
      `INSERT OR FAIL INTO spans (kind, key, born, died)
       SELECT living.kind, living.key, living.born, ?3 FROM json_each(?1) AS dead
       CROSS JOIN living ON living.kind = ?2 AND living.key = dead.value`,
      keysOf(died),
      kind,
      commitId,
    );
    if (ended !== died.length) throw new Error(`${kind}: ${died.length} are removed, of which ${ended} exist`);
    bulk("DELETE FROM living WHERE kind = ?2 AND key IN (SELECT value FROM json_each(?1))", keysOf(died), kind);
  }
}

function writeIds(bulk: Bulk, { ids }: Commit): void {
  for (const [kind, changed] of byKind(ids)) {
    bulk(
      "DELETE FROM ids WHERE kind = ?2 AND id IN (SELECT value FROM json_each(?1))",
      arrays(
        mapped(
          changed.filter(({ body }) => body === null),
          ({ id }) => JSON.stringify(id),
        ),
      ),
      kind,
    );
    bulk(
      `INSERT OR FAIL INTO ids (kind, id, at, body) SELECT ?2, key, value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
       ON CONFLICT (kind, id) DO UPDATE SET at = excluded.at, body = excluded.body`,
      objects(
        mapped(
          changed.filter(({ body }) => body !== null),
          ({ id, at, body }) => [id, JSON.stringify([at, body])],
        ),
      ),
      kind,
    );
  }
}

function writeMovements(bulk: Bulk, { movements, movementsRemoved }: Commit): void {
  bulk(
    "DELETE FROM movements WHERE (holding, at) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
    arrays(mapped(movementsRemoved, ({ holding, at }) => JSON.stringify([holding, at]))),
  );
  bulk(
    `INSERT OR FAIL INTO movements (holding, at, quantity, price, currency, position_after)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1) WHERE true
     ON CONFLICT (holding, at) DO UPDATE SET quantity = excluded.quantity, price = excluded.price,
       currency = excluded.currency, position_after = excluded.position_after`,
    arrays(
      mapped(movements, ({ holding, at, quantity, price, currency, after }) =>
        JSON.stringify([holding, at, quantity, price, currency, after]),
      ),
    ),
  );
}

function writeTimers(bulk: Bulk, { timersSet, timersCancelled }: Commit): void {
  bulk(
    `DELETE FROM timers WHERE (kind, key, due) IN
       (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1))`,
    arrays(mapped(timersCancelled, ({ kind, key, due }) => JSON.stringify([kind, key, due]))),
  );
  bulk(
    `INSERT OR FAIL INTO timers (kind, key, due) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
     ON CONFLICT (kind, key) DO UPDATE SET due = excluded.due`,
    arrays(mapped(timersSet, ({ kind, key, due }) => JSON.stringify([kind, key, due]))),
  );
}

function byKind<Item extends { readonly kind: string }>(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  return Map.groupBy(items, ({ kind }) => kind);
}

function* mapped<From, To>(items: Iterable<From>, map: (item: From) => To): Iterable<To> {
  for (const item of items) yield map(item);
}

/** JSON arrays of these elements, each array within STATEMENT_BYTES; none when there are none. */
export function arrays(elements: Iterable<string>, most?: number): Iterable<string> {
  return joined(elements, "[", "]", most);
}

/** JSON objects of these members, each a key and a JSON text. */
export function objects(members: Iterable<readonly [string, string]>, most?: number): Iterable<string> {
  return joined(
    mapped(members, ([key, value]) => `${JSON.stringify(key)}:${value}`),
    "{",
    "}",
    most,
  );
}

function* joined(items: Iterable<string>, open: string, close: string, most: number = LIMITS.STATEMENT_BYTES) {
  let text = "";
  let bytes = 0;
  for (const item of items) {
    const added = Buffer.byteLength(item) + 1;
    if (text !== "" && bytes + added + 1 > most) {
      yield text + close;
      text = "";
      bytes = 0;
    }
    text += (text === "" ? open : ",") + item;
    bytes += added;
  }
  if (text !== "") yield text + close;
}

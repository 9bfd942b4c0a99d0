/**
 * How a commit is written: for each table a statement or few, each from one JSON parameter that SQLite reads as rows.
 * An object's members come as `key` and `value`, which is the quickest where a row has one key and one value.
 */
import { chainHash, joinRecords, partsOf } from "./commit-body.ts";
import { counting, type Database, type Sql, type SqlValue } from "./database.ts";
import { TextPacker } from "./packed-texts.ts";
import { arrays, mapped, objects } from "./parameters.ts";
import { knownText, movementText } from "./side-reading.ts";
import type { Commit } from "./store.ts";

/** Earlier places that a living record lists before they are put away. */
const RECENT_PLACES = 16;

type End = { readonly at: number; readonly hash: string };
type Bulk = (query: string, parameters: Iterable<string>, ...bindings: SqlValue[]) => number;

/** Writes a commit that goes on from the end of the log; gives how many rows. Must run inside a transaction. */
export function writeCommit({ sql: uncounted }: Database, commit: Commit, end: End): number {
  const { sql, rowsWritten } = counting(uncounted);
  const bulk: Bulk = (query, parameters, ...bindings) => {
    let rows = 0;
    for (const parameter of parameters) rows += sql.exec(query, parameter, ...bindings).rowsWritten;
    return rows;
  };
  const [first] = commit.records;
  if (first !== undefined) writeContent(sql, bulk, commit, first.at, end);
  bulk(
    "INSERT INTO positions (sequence, position, after) SELECT key, value, ?2 FROM json_each(?1)",
    objects(mapped(commit.positions, ([sequence, position]) => [sequence, `${position}`])),
    end.at,
  );
  writeTimers(bulk, commit);
  bulk(
    `INSERT INTO properties (name, value) SELECT key, value FROM json_each(?1) WHERE true
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    objects(mapped(commit.properties ?? [], ([name, value]) => [name, JSON.stringify(value)])),
  );
  return rowsWritten();
}

/** Writes the records and what they did. */
function writeContent(sql: Sql, bulk: Bulk, commit: Commit, commitId: number, end: End): void {
  const texts = new TextPacker(nextPiece(sql));
  writeState(bulk, commit, commitId, texts);
  writeIds(bulk, commit, texts);
  writeMovements(bulk, commit, texts);
  bulk(
    "INSERT INTO texts (number, commit_id, bytes) SELECT key, ?2, CAST(value AS BLOB) FROM json_each(?1)",
    objects(mapped(texts.pieces.entries(), ([index, piece]) => [`${texts.first + index}`, JSON.stringify(piece)])),
    commitId,
  );
  writeRecords(sql, commit, commitId, end, texts);
}

function nextPiece(sql: Sql): number {
  const [last] = sql.exec<{ number: number | null }>("SELECT max(number) AS number FROM texts").toArray();
  return (last?.number ?? 0) + 1;
}

function writeRecords(sql: Sql, { records }: Commit, id: number, end: End, texts: TextPacker): void {
  const body = joinRecords(records);
  const [head = "", ...rest] = partsOf(body);
  sql.exec(
    `INSERT INTO commits (id, last, hash, first_piece, next_piece, parts, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    id,
    records.at(-1)?.at ?? id,
    chainHash(end.hash, body),
    texts.first,
    texts.next,
    1 + rest.length,
    head,
  );
  for (const [index, part] of rest.entries()) {
    sql.exec("INSERT INTO commit_parts (commit_id, part, body) VALUES (?, ?, ?)", id, 2 + index, part);
  }
}

function writeState(bulk: Bulk, { versions }: Commit, commitId: number, texts: TextPacker): void {
  for (const [kind, changed] of byKind(versions)) {
    const states = changed.flatMap(({ key, body }): [string, string][] =>
      body === null ? [] : [[key, `${texts.add(body)}`]],
    );
    writeStates(bulk, kind, [...objects(states)], commitId);
    const removed = changed.filter(({ body }) => body === null);
    const died = keysOf(removed.filter(({ before }) => before));
    const ended = writeDeaths(bulk, kind, [...arrays(died)], commitId);
    if (ended !== died.length) throw new Error(`${kind}: ${died.length} are removed, of which ${ended} exist`);
    writePassed(bulk, kind, arrays(keysOf(removed.filter(({ before }) => !before))), commitId);
  }
}

function keysOf(versions: Commit["versions"]): readonly string[] {
  return versions.map(({ key }) => JSON.stringify(key));
}

/** Writes the places of new states. What a living record lists of its earlier ones is put away when it is too much. */
function writeStates(bulk: Bulk, kind: string, states: readonly string[], commitId: number): void {
  bulk(
    `INSERT INTO versions (kind, key, first, places)
     SELECT living.kind, living.key, CAST(living.earlier AS INTEGER), living.earlier
     FROM json_each(?1) AS changed
     CROSS JOIN living ON living.kind = ?2 AND living.key = changed.key AND living.recent >= ${RECENT_PLACES}`,
    states,
    kind,
  );
  bulk(
    `INSERT INTO living (kind, key, born, place, recent, earlier)
     SELECT ?2, key, ?3, value, 0, '' FROM json_each(?1) WHERE true
     ON CONFLICT (kind, key) DO UPDATE SET
       earlier = CASE WHEN living.recent >= ${RECENT_PLACES} THEN '' ELSE living.earlier END || living.place || ',',
       recent = CASE WHEN living.recent >= ${RECENT_PLACES} THEN 1 ELSE living.recent + 1 END,
       place = excluded.place`,
    states,
    kind,
    commitId,
  );
}

/** Turns living records into spans; gives how many. */
function writeDeaths(bulk: Bulk, kind: string, keys: readonly string[], commitId: number): number {
  const ended = bulk(
    `INSERT INTO spans (kind, key, born, died, places)
     SELECT living.kind, living.key, living.born, ?3, living.earlier || living.place || ','
     FROM json_each(?1) AS dead CROSS JOIN living ON living.kind = ?2 AND living.key = dead.value`,
    keys,
    kind,
    commitId,
  );
  bulk("DELETE FROM living WHERE kind = ?2 AND key IN (SELECT value FROM json_each(?1))", keys, kind);
  return ended;
}

/** Writes a trace of what came and went within this commit. */
function writePassed(bulk: Bulk, kind: string, keys: Iterable<string>, commitId: number): void {
  bulk(
    "INSERT INTO spans (kind, key, born, died, places) SELECT ?2, value, ?3, ?3, '' FROM json_each(?1)",
    keys,
    kind,
    commitId,
  );
}

function writeIds(bulk: Bulk, { ids }: Commit, texts: TextPacker): void {
  for (const [kind, changed] of byKind(ids)) {
    const forgotten = changed.filter(({ body }) => body === null);
    bulk(
      "DELETE FROM ids WHERE kind = ?2 AND id IN (SELECT value FROM json_each(?1))",
      arrays(mapped(forgotten, ({ id }) => JSON.stringify(id))),
      kind,
    );
    const known = changed.flatMap(({ id, at, body }): [string, string][] =>
      body === null ? [] : [[id, `${texts.add(knownText(at, body))}`]],
    );
    bulk(
      `INSERT INTO ids (kind, id, place) SELECT ?2, key, value FROM json_each(?1) WHERE true
       ON CONFLICT (kind, id) DO UPDATE SET place = excluded.place`,
      objects(known),
      kind,
    );
  }
}

function writeMovements(bulk: Bulk, { movements, movementsRemoved }: Commit, texts: TextPacker): void {
  bulk(
    "DELETE FROM movements WHERE (holding, at) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
    arrays(mapped(movementsRemoved, ({ holding, at }) => JSON.stringify([holding, at]))),
  );
  bulk(
    `INSERT INTO movements (holding, at, place)
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
     ON CONFLICT (holding, at) DO UPDATE SET place = excluded.place`,
    arrays(
      mapped(movements, (movement) =>
        JSON.stringify([movement.holding, movement.at, texts.add(movementText(movement))]),
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
    `INSERT INTO timers (kind, key, due) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
     ON CONFLICT (kind, key) DO UPDATE SET due = excluded.due`,
    arrays(mapped(timersSet, ({ kind, key, due }) => JSON.stringify([kind, key, due]))),
  );
}

function byKind<Item extends { readonly kind: string }>(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  return Map.groupBy(items, ({ kind }) => kind);
}

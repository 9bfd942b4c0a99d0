/**
 * The tables of an Owner. Rows written are what the platform bills, so a table whose rows are found by their key alone
 * is WITHOUT ROWID: one row instead of a row and its index. Money is text. Integers stay below 2^53.
 */
import type { Database } from "./database.ts";

/** The steps that have led to the present tables, in order. A step that was released never changes. */
export const MIGRATIONS: readonly string[] = [
  `
  -- The log. Long rows that are only ever appended need the fewest pages in a table by integer key. The longest column
  -- is last, because SQLite reads a row from its beginning.
  CREATE TABLE commits (
    id INTEGER PRIMARY KEY,       -- the At of the first record
    last INTEGER NOT NULL,        -- the At of the last record
    hash TEXT NOT NULL,           -- SHA-256 in hex, over the previous commit's hash and the whole body
    parts INTEGER NOT NULL,       -- 1, or more when the body goes on in commit_parts
    states BLOB,                  -- the first piece of the states after this commit, if it changed any
    body TEXT NOT NULL            -- the records, one to a line
  );

  -- What of a commit's body did not fit into one row.
  CREATE TABLE commit_parts (
    commit_id INTEGER NOT NULL,
    part INTEGER NOT NULL,        -- from 2
    body TEXT NOT NULL,
    PRIMARY KEY (commit_id, part)
  ) WITHOUT ROWID;

  -- The pieces of states that did not fit into their commits' rows.
  CREATE TABLE state_pieces (
    number INTEGER PRIMARY KEY,   -- from 1
    bytes BLOB NOT NULL           -- wire-ready JSON in UTF-8, one to a line
  );

  -- The last position of a sequence in each commit that moved it.
  CREATE TABLE positions (
    sequence TEXT NOT NULL,
    position INTEGER NOT NULL,
    place INTEGER NOT NULL,       -- the head before that commit: what moved the sequence here comes after it
    PRIMARY KEY (sequence, position)
  ) WITHOUT ROWID;

  -- Where the state of each record is, after each commit that touched it (see packed-states.ts).
  CREATE TABLE versions (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    commit_id INTEGER NOT NULL,
    place INTEGER,                -- NULL = removed
    PRIMARY KEY (kind, key, commit_id)
  ) WITHOUT ROWID;

  -- The records that exist, so that a list visits nothing else. The living are a table of their own, because with an
  -- index over the living in one table of spans each birth would write two rows.
  CREATE TABLE living (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    born INTEGER NOT NULL,        -- the commit that brought it
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;

  -- The lives that ended: what a list as at an earlier time visits beside the living.
  CREATE TABLE spans (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    born INTEGER NOT NULL,
    died INTEGER NOT NULL,        -- the commit that removed it
    PRIMARY KEY (kind, key, born)
  ) WITHOUT ROWID;

  -- What idempotency must know for ever.
  CREATE TABLE ids (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,          -- the record that first told of it
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;

  -- Each change of a holding's quantity.
  CREATE TABLE movements (
    holding TEXT NOT NULL,
    at INTEGER NOT NULL,
    quantity TEXT NOT NULL,
    price TEXT,
    currency TEXT,
    position_after TEXT NOT NULL, -- JSON
    PRIMARY KEY (holding, at)
  ) WITHOUT ROWID;

  -- What the single alarm must do next. One timer for each kind and key.
  CREATE TABLE timers (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    due INTEGER NOT NULL,         -- wall time in milliseconds since 1970
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;

  -- The only secondary index: the alarm asks what is due, and must not visit what is not.
  CREATE INDEX timers_by_due ON timers (due);

  -- Single facts about the Owner.
  CREATE TABLE properties (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;

  -- All that is after this moment is here; what is older has been archived.
  INSERT INTO properties VALUES ('kept_from', '0');
  `,
];

/** How many steps a database has taken; 0 for one that was never written. */
export function stepsTaken({ sql }: Database): number {
  const [known] = sql.exec("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").toArray();
  if (known === undefined) return 0;
  const [last] = sql.exec<{ step: number }>("SELECT max(step) AS step FROM migrations").toArray();
  return last?.step ?? 0;
}

/** Takes the steps that a database has not taken yet, all or none. */
export function migrate(database: Database, steps: readonly string[] = MIGRATIONS): void {
  const { sql } = database;
  database.transactionSync(() => {
    sql.exec("CREATE TABLE IF NOT EXISTS migrations (step INTEGER PRIMARY KEY)");
    for (let step = stepsTaken(database); step < steps.length; step++) {
      sql.exec(steps[step] ?? "");
      sql.exec("INSERT INTO migrations VALUES (?)", step + 1);
    }
  });
}

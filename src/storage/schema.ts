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
    first_piece INTEGER NOT NULL, -- the first piece of texts that it wrote, if it wrote any
    next_piece INTEGER NOT NULL,  -- the first piece that a later commit may write
    parts INTEGER NOT NULL,       -- 1, or more when the body goes on in commit_parts
    body TEXT NOT NULL            -- the records, one to a line
  );

  -- What of a commit's body did not fit into one row.
  CREATE TABLE commit_parts (
    commit_id INTEGER NOT NULL,
    part INTEGER NOT NULL,        -- from 2
    body TEXT NOT NULL,
    PRIMARY KEY (commit_id, part)
  ) WITHOUT ROWID;

  -- The last position of a sequence in each commit that moved it.
  CREATE TABLE positions (
    sequence TEXT NOT NULL,
    position INTEGER NOT NULL,
    after INTEGER NOT NULL,       -- the head before that commit: what moved the sequence here comes after it
    PRIMARY KEY (sequence, position)
  ) WITHOUT ROWID;

  -- Long texts, many to a row; other tables hold their places (see packed-texts.ts).
  CREATE TABLE texts (
    number INTEGER PRIMARY KEY,
    commit_id INTEGER NOT NULL,   -- the commit that wrote it: a commit begins a piece of its own
    bytes BLOB NOT NULL           -- texts in UTF-8, one to a line
  );

  -- The records that exist, each with its present state, and where its earlier states are: the last few, oldest first.
  CREATE TABLE living (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    born INTEGER NOT NULL,        -- the commit that brought it
    place INTEGER NOT NULL,       -- of its state, in wire-ready JSON
    recent INTEGER NOT NULL,      -- how many earlier places it lists
    earlier TEXT NOT NULL,        -- places, each with a comma after it
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;

  -- Where the states of a record before those are. One row for many of them, so that an update writes one row of a
  -- small table and seldom one of this large one.
  CREATE TABLE versions (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    first INTEGER NOT NULL,       -- the first of its places
    places TEXT NOT NULL,         -- oldest first, each with a comma after it
    PRIMARY KEY (kind, key, first)
  ) WITHOUT ROWID;

  -- The lives that ended: what reading as at an earlier time visits beside the living. They are apart from the living so
  -- that a list visits nothing else, without an index that would make each birth two rows. What came and went within one
  -- commit was born and died in it, and has no places: it existed for nobody outside, and is a trace of what happened.
  CREATE TABLE spans (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    born INTEGER NOT NULL,
    died INTEGER NOT NULL,        -- the commit that removed it
    places TEXT NOT NULL,         -- of its last states, oldest first, each with a comma after it
    PRIMARY KEY (kind, key, born)
  ) WITHOUT ROWID;

  -- What idempotency must know for ever.
  CREATE TABLE ids (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,       -- of the At of the record that first told of it, a space, and what is known, as JSON
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;

  -- Each change of a holding's quantity.
  CREATE TABLE movements (
    holding TEXT NOT NULL,
    at INTEGER NOT NULL,
    place INTEGER NOT NULL,       -- of a JSON array: quantity, price, currency, and the position after it as JSON
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

/**
 * Takes the steps that a database has not taken yet, all or none. Throws when it has taken more than there are: an older
 * program must not write the tables of a newer one.
 */
export function migrate(database: Database, steps: readonly string[] = MIGRATIONS): void {
  const { sql } = database;
  const taken = stepsTaken(database);
  if (taken > steps.length) throw new Error(`the tables are those of a later version: ${taken} steps`);
  if (taken === steps.length) return;
  database.transactionSync(() => {
    if (taken === 0) sql.exec("CREATE TABLE migrations (step INTEGER PRIMARY KEY)");
    for (const [index, step] of steps.entries()) {
      if (index < taken) continue;
      sql.exec(step);
      sql.exec("INSERT INTO migrations VALUES (?)", index + 1);
    }
  });
}

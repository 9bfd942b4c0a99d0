/** What the store needs of a Durable Object's storage, by its structure, so that nothing here imports the platform. */

/** What is bound and what comes back. Integers come back as doubles. */
export type SqlValue = string | number | null | ArrayBuffer;

export interface SqlCursor<Row> extends Iterable<Row> {
  toArray(): Row[];
  readonly rowsWritten: number;
}

/** What runs statements. */
export interface Sql {
  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): SqlCursor<Row>;
}

/** DurableObjectStorage satisfies it. */
export interface Database {
  readonly sql: Sql & {
    /** Bytes. */
    readonly databaseSize: number;
  };
  /** Runs a synchronous function: all that it wrote is kept, or, when it throws, none. */
  transactionSync<Result>(body: () => Result): Result;
}

/** Runs statements, and counts the rows that they write. */
export function counting(sql: Sql): { readonly sql: Sql; readonly rowsWritten: () => number } {
  let written = 0;
  const exec = <Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]) => {
    const cursor = sql.exec<Row>(query, ...bindings);
    written += cursor.rowsWritten;
    return cursor;
  };
  return { sql: { exec }, rowsWritten: () => written };
}

/** Reads rows; from a database that was never written, none, because reading must not write. */
export class Queries {
  readonly #database: Database;
  written: boolean;

  constructor(database: Database, written: boolean) {
    this.#database = database;
    this.written = written;
  }

  rows<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): readonly Row[] {
    return this.written ? this.#database.sql.exec<Row>(query, ...bindings).toArray() : [];
  }

  first<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): Row | undefined {
    return this.rows<Row>(query, ...bindings)[0];
  }
}

/**
 * Reads rows in pages, so that no cursor is open while the caller works. `page` reads the rows from a place on, at most
 * `size` of them; `next` says where the row after a row is looked for, `nextSize` how many rows follow a full page.
 */
export function* inPages<Place, Row>(
  first: Place,
  firstSize: number,
  page: (from: Place, size: number) => readonly Row[],
  next: (row: Row) => Place,
  nextSize: (rows: readonly Row[]) => number = () => firstSize,
): Iterable<Row> {
  for (let from = first, size = firstSize; ; ) {
    const rows = page(from, size);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    from = next(last);
    size = nextSize(rows);
  }
}

/** A database that remembers what it was asked. */
import type { Database, SqlValue } from "../../src/storage/database.ts";

export interface Statement {
  readonly query: string;
  readonly bindings: readonly SqlValue[];
  /** Rows visited and rows written, as far as its result has been read. */
  readonly cost: () => { readonly read: number; readonly written: number };
}

export class ObservedDatabase implements Database {
  readonly statements: Statement[] = [];
  readonly sql: Database["sql"];
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    const { statements } = this;
    this.sql = {
      exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]) {
        const cursor = storage.sql.exec<Row>(query, ...bindings);
        statements.push({ query, bindings, cost: () => ({ read: cursor.rowsRead, written: cursor.rowsWritten }) });
        return cursor;
      },
      get databaseSize() {
        return storage.sql.databaseSize;
      },
    };
  }

  transactionSync<Result>(body: () => Result): Result {
    return this.#storage.transactionSync(body);
  }

  /** What something costs: rows read in all, and rows written by table. */
  costOf(body: () => void): { readonly read: number; readonly written: Readonly<Record<string, number>> } {
    const before = this.statements.length;
    body();
    const made = this.statements.slice(before);
    const written: Record<string, number> = {};
    for (const { query, cost } of made) {
      const table = /^(?:INSERT INTO|DELETE FROM|UPDATE) (\w+)/.exec(query.trim())?.[1];
      if (table !== undefined && cost().written > 0) written[table] = (written[table] ?? 0) + cost().written;
    }
    return { read: made.reduce((sum, { cost }) => sum + cost().read, 0), written };
  }
}

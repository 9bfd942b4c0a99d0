/** The Store of a Durable Object: an Owner's log and state as SQL. */
import type { At, Key, Kind } from "../domain/records.ts";
import type { KnownKind, Timer, TimerKind } from "../domain/state.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Listed } from "./as-at.ts";
import { ChainReading } from "./chain-reading.ts";
import { checkOrder } from "./commit-body.ts";
import { type Database, Queries } from "./database.ts";
import { LogReading } from "./log-reading.ts";
import { PositionsReading } from "./positions-reading.ts";
import { migrate, stepsTaken } from "./schema.ts";
import { SideReading } from "./side-reading.ts";
import { StateReading } from "./state-reading.ts";
import type {
  Commit,
  Head,
  KeptCommit,
  KeyRange,
  KnownRow,
  MovementRow,
  PropertyName,
  RecordText,
  Store,
} from "./store.ts";
import { TouchedReading } from "./touched-reading.ts";
import { writeCommit } from "./writing.ts";

export interface SqliteStoreOptions {
  /** Bytes that the database may have. */
  readonly capacity?: number;
}

export class SqliteStore implements Store {
  readonly #database: Database;
  readonly #capacity: number;
  readonly #queries: Queries;
  readonly #log: LogReading;
  readonly #positions: PositionsReading;
  readonly #touched: TouchedReading;
  readonly #chain: ChainReading;
  readonly #state: StateReading;
  readonly #side: SideReading;
  #rowsWritten = 0;

  /**
   * Opens what a database holds. The tables are made by the first commit: an Owner that is only read writes nothing.
   * Tables of an earlier version of the program are brought up to date at once.
   */
  constructor(database: Database, { capacity = LIMITS.STORAGE_BYTES }: SqliteStoreOptions = {}) {
    this.#database = database;
    this.#capacity = capacity;
    const written = stepsTaken(database) > 0;
    if (written) migrate(database);
    this.#queries = new Queries(database, written);
    this.#log = new LogReading(this.#queries);
    this.#positions = new PositionsReading(this.#queries, this.#log);
    this.#touched = new TouchedReading(this.#queries, this.#log);
    this.#chain = new ChainReading(this.#queries, this.#log);
    this.#state = new StateReading(this.#queries, this.#log);
    this.#side = new SideReading(this.#queries);
  }

  head(): Head {
    return { ...this.#log.end(), positions: this.#positions.positions(), keptFrom: this.#log.keptFrom() };
  }

  property(name: PropertyName): string | undefined {
    return this.#log.property(name);
  }

  version(kind: Kind, key: Key, asAt?: At): string | undefined {
    return this.#state.version(kind, key, asAt);
  }

  list(kind: Kind, range: KeyRange, asAt?: At): Iterable<Listed> {
    return this.#state.list(kind, range, asAt);
  }

  known(kind: KnownKind, id: string): KnownRow | undefined {
    return this.#side.known(kind, id);
  }

  knownAmong(kind: KnownKind, ids: Iterable<string>): ReadonlyMap<string, KnownRow> {
    return this.#side.knownAmong(kind, ids);
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    return this.#side.knownIds(kind, range);
  }

  movementBefore(holding: Key<"holding">, at: At): MovementRow | undefined {
    return this.#side.movementBefore(holding, at);
  }

  movementsFrom(holding: Key<"holding">, at: At): Iterable<MovementRow> {
    return this.#side.movementsFrom(holding, at);
  }

  commit(commit: Commit): void {
    if (this.bytesUsed() >= this.#capacity * LIMITS.STORAGE_FULL) throw new Refusal("Storage.Full");
    try {
      this.#rowsWritten += this.#database.transactionSync(() => this.#write(commit));
    } catch (error) {
      throw isFull(error) ? new Refusal("Storage.Full") : error;
    }
    this.#queries.written = true;
  }

  records(after: At, upTo: At): Iterable<RecordText> {
    return this.#log.records(after, upTo);
  }

  placeAfter(sequence: string, position: number): At | undefined {
    return this.#positions.placeAfter(sequence, position);
  }

  placeThrough(sequence: string, position: number): At {
    return this.#positions.placeThrough(sequence, position);
  }

  positionsAt(at: At): ReadonlyMap<string, number> {
    return this.#positions.positionsAt(at);
  }

  recordsTouching(kind: Kind, key: Key, after: At, upTo: At): Iterable<RecordText> {
    return this.#touched.recordsTouching(kind, key, after, upTo);
  }

  commitsAfter(id: At): Iterable<KeptCommit> {
    return this.#chain.commitsAfter(id);
  }

  dueTimers(now: number, limit: number): readonly Timer[] {
    return this.#side.dueTimers(now, limit);
  }

  nextTimer(): number | undefined {
    return this.#side.nextTimer();
  }

  timerOf(kind: TimerKind, key: string): number | undefined {
    return this.#side.timerOf(kind, key);
  }

  bytesUsed(): number {
    return this.#database.sql.databaseSize;
  }

  /** Rows that commits have written since it was opened, with those of indexes: what the platform bills. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  #write(commit: Commit): number {
    // The tables that the first commit makes are gone again if it fails, so the rest of the store learns of them later.
    if (!this.#queries.written) migrate(this.#database);
    const end = this.#log.end();
    checkOrder(commit, end.at);
    return writeCommit(this.#database, commit, end);
  }
}

/** The platform tells of a full database by the name of SQLite's code in its message. */
function isFull(error: unknown): boolean {
  return error instanceof Error && /\bSQLITE_FULL\b/.test(error.message);
}

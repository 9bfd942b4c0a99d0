/** How the state is read, now and as at a moment. No query scans a table, and lists come in pages. */
import type { At, Key, Kind } from "../domain/records.ts";
import type { KnownKind, Timer, TimerKind } from "../domain/state.ts";
import { type Listed, laidOver } from "./as-at.ts";
import { inPages, type Queries } from "./database.ts";
import { endOf, firstOf, isInRange, successorOf } from "./keys.ts";
import type { LogReading } from "./log-reading.ts";
import { STATE_OF_VERSION } from "./packed-states.ts";
import type { KeyRange, KnownRow, MovementRow } from "./store.ts";

const ROWS_PAGE = 256;

/** SQLite sorts every blob after every text: the end of a range that has none. */
const AFTER_ALL_TEXTS = new ArrayBuffer(0);

type ListedRow = { readonly key: Key; readonly body: string };
type MovementRecord = { readonly [Column in keyof MovementRow]: MovementRow[Column] };
type TimerRow = { readonly due: number; readonly kind: TimerKind; readonly key: string };

const MOVEMENT = "SELECT holding, at, quantity, price, currency, position_after AS after FROM movements";

type KnownRecord = { readonly at: At; readonly body: string };

export class StateReading {
  readonly #queries: Queries;
  readonly #log: LogReading;

  constructor(queries: Queries, log: LogReading) {
    this.#queries = queries;
    this.#log = log;
  }

  version(kind: Kind, key: Key, asAt?: At): string | undefined {
    const moment = this.#log.moment(asAt);
    const changed = moment.now ? undefined : moment.overlay?.get(kind)?.get(key);
    if (changed !== undefined) return changed ?? undefined;
    const version = this.#queries.first<{ body: string | null }>(
      `SELECT ${STATE_OF_VERSION} AS body FROM versions
       WHERE kind = ? AND key = ? AND commit_id <= ? ORDER BY commit_id DESC LIMIT 1`,
      kind,
      key,
      moment.now ? Number.MAX_SAFE_INTEGER : moment.through,
    );
    return version?.body ?? undefined;
  }

  list(kind: Kind, range: KeyRange, asAt?: At): Iterable<Listed> {
    const moment = this.#log.moment(asAt);
    if (moment.now) return this.#living(kind, range);
    const before = this.#existingAfter(moment.through, kind, range);
    const changes = moment.overlay?.get(kind);
    return changes === undefined
      ? before
      : laidOver(
          before,
          [...changes].filter(([key]) => isInRange(key, range)),
        );
  }

  known(kind: KnownKind, id: string): KnownRow | undefined {
    return this.#queries.first<KnownRecord>("SELECT at, body FROM ids WHERE kind = ? AND id = ?", kind, id);
  }

  knownAmong(kind: KnownKind, ids: Iterable<string>): ReadonlyMap<string, KnownRow> {
    const rows = this.#queries.rows<KnownRecord & { readonly id: string }>(
      "SELECT ids.id, ids.at, ids.body FROM json_each(?2) AS wanted CROSS JOIN ids ON ids.kind = ?1 AND ids.id = wanted.value",
      kind,
      JSON.stringify([...ids]),
    );
    return new Map(rows.map(({ id, at, body }) => [id, { at, body }]));
  }

  movementBefore(holding: Key<"holding">, at: At): MovementRow | undefined {
    return this.#queries.first<MovementRecord>(
      `${MOVEMENT} WHERE holding = ? AND at < ? ORDER BY at DESC LIMIT 1`,
      holding,
      at,
    );
  }

  movementsFrom(holding: Key<"holding">, at: At): Iterable<MovementRow> {
    return inPages<number, MovementRow>(
      at,
      ROWS_PAGE,
      (from, size) =>
        this.#queries.rows<MovementRecord>(
          `${MOVEMENT} WHERE holding = ? AND at >= ? ORDER BY at LIMIT ?`,
          holding,
          from,
          size,
        ),
      (movement) => movement.at + 1,
    );
  }

  dueTimers(now: number, limit: number): readonly Timer[] {
    return this.#queries.rows<TimerRow>(
      "SELECT due, kind, key FROM timers WHERE due <= ? ORDER BY due, kind, key LIMIT ?",
      now,
      limit,
    );
  }

  nextTimer(): number | undefined {
    return this.#queries.first<{ due: number | null }>("SELECT min(due) AS due FROM timers")?.due ?? undefined;
  }

  timerOf(kind: TimerKind, key: string): number | undefined {
    return this.#queries.first<{ due: number }>("SELECT due FROM timers WHERE kind = ? AND key = ?", kind, key)?.due;
  }

  #living(kind: Kind, range: KeyRange): Iterable<Listed> {
    return this.#pages(range, (first, end, size) =>
      this.#queries.rows<ListedRow>(
        `SELECT key, (SELECT ${STATE_OF_VERSION} FROM versions
                      WHERE versions.kind = living.kind AND versions.key = living.key
                      ORDER BY commit_id DESC LIMIT 1) AS body
         FROM living WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
        kind,
        first,
        end,
        size,
      ),
    );
  }

  /** What existed after a commit: a life of each key at most covers it, so the two parts never meet. */
  #existingAfter(commitId: number, kind: Kind, range: KeyRange): Iterable<Listed> {
    return this.#pages(range, (first, end, size) =>
      this.#queries.rows<ListedRow>(
        `SELECT key, (SELECT ${STATE_OF_VERSION} FROM versions
                      WHERE versions.kind = ?1 AND versions.key = existing.key AND commit_id <= ?2
                      ORDER BY commit_id DESC LIMIT 1) AS body
         FROM (SELECT key FROM living WHERE kind = ?1 AND key >= ?3 AND key < ?4 AND born <= ?2
               UNION ALL
               SELECT key FROM spans WHERE kind = ?1 AND key >= ?3 AND key < ?4 AND born <= ?2 AND died > ?2
               ORDER BY key LIMIT ?5) AS existing`,
        kind,
        commitId,
        first,
        end,
        size,
      ),
    );
  }

  #pages(
    range: KeyRange,
    page: (first: string, end: string | ArrayBuffer, size: number) => readonly ListedRow[],
  ): Iterable<Listed> {
    const end = endOf(range.prefix ?? "") ?? AFTER_ALL_TEXTS;
    return inPages<string, Listed>(
      firstOf(range),
      ROWS_PAGE,
      (from, size) => page(from, end, size),
      ({ key }) => successorOf(key),
    );
  }
}

/** How the state is read, now and as at a moment. */
import { isInRange, type KeyRange } from "../domain/keys.ts";
import type { At, Key, Kind } from "../domain/records.ts";
import { type Listed, laidOver } from "./as-at.ts";
import { inPages, type Queries } from "./database.ts";
import { boundOf, firstOf, successorOf } from "./keys.ts";
import type { LogReading, Past } from "./log-reading.ts";
import { placesIn, textAt } from "./packed-texts.ts";

const LIST_PAGE = 256;

/** One life of a record: where its states are, oldest first, each with a comma after it, but for the oldest of many. */
type Life = { readonly key: Key; readonly places: string };

export class StateReading {
  readonly #queries: Queries;
  readonly #log: LogReading;

  constructor(queries: Queries, log: LogReading) {
    this.#queries = queries;
    this.#log = log;
  }

  version(kind: Kind, key: Key, asAt?: At): string | undefined {
    const past = asAt === undefined ? undefined : this.#log.past(asAt);
    return past === undefined ? this.#present(kind, key) : this.#versionIn(past, kind, key);
  }

  list(kind: Kind, range: KeyRange, asAt?: At): Iterable<Listed> {
    const past = asAt === undefined ? undefined : this.#log.past(asAt);
    return past === undefined ? this.#living(kind, range) : this.#listIn(past, kind, range);
  }

  #present(kind: Kind, key: Key): string | undefined {
    return this.#queries.first<{ body: string }>(
      `SELECT ${textAt("place")} AS body FROM living WHERE kind = ? AND key = ?`,
      kind,
      key,
    )?.body;
  }

  #living(kind: Kind, range: KeyRange): Iterable<Listed> {
    return this.#pages(range, (first, end, size) =>
      this.#queries.rows<{ key: Key; body: string }>(
        `SELECT key, ${textAt("place")} AS body FROM living
         WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
        kind,
        first,
        end,
        size,
      ),
    );
  }

  #versionIn(past: Past, kind: Kind, key: Key): string | undefined {
    const changed = past.overlay?.get(kind)?.get(key);
    if (changed !== undefined) return changed ?? undefined;
    const life = this.#queries.first<Life>(
      `SELECT key, earlier || place || ',' AS places FROM living WHERE kind = ?1 AND key = ?2 AND born <= ?3
       UNION ALL
       SELECT key, places FROM spans WHERE kind = ?1 AND key = ?2 AND born =
         (SELECT max(born) FROM spans WHERE kind = ?1 AND key = ?2 AND born <= ?3) AND died > ?3`,
      kind,
      key,
      past.through,
    );
    return life === undefined ? undefined : this.#stateIn(past, kind, life);
  }

  #listIn(past: Past, kind: Kind, range: KeyRange): Iterable<Listed> {
    const before = this.#existingIn(past, kind, range);
    const changes = past.overlay?.get(kind);
    return changes === undefined
      ? before
      : laidOver(
          before,
          [...changes].filter(([key]) => isInRange(key, range)),
        );
  }

  /** What existed after a commit. One life of a key at most covers it, so no key comes twice. */
  *#existingIn(past: Past, kind: Kind, range: KeyRange): Iterable<Listed> {
    const lives = this.#pages(range, (first, end, size) =>
      this.#queries.rows<Life>(
        `SELECT key, earlier || place || ',' AS places FROM living
         WHERE kind = ?1 AND key >= ?2 AND key < ?3 AND born <= ?4
         UNION ALL
         SELECT key, places FROM spans
         WHERE kind = ?1 AND key >= ?2 AND key < ?3 AND born <= ?4 AND died > ?4
         ORDER BY key LIMIT ?5`,
        kind,
        first,
        end,
        past.through,
        size,
      ),
    );
    for (const life of lives) yield { key: life.key, body: this.#stateIn(past, kind, life) };
  }

  /** The last state of a life before a place. There is one, because the life began before it. */
  #stateIn({ before }: Past, kind: Kind, { key, places }: Life): string {
    const place = lastBefore(before, places) ?? lastBefore(before, this.#packOf(kind, key, before));
    const text = this.#queries.first<{ body: string }>(`SELECT ${textAt("?1")} AS body`, place ?? null);
    if (place === undefined || text === undefined) throw new Error(`${kind} ${key} has no state before ${before}`);
    return text.body;
  }

  #packOf(kind: Kind, key: Key, before: number): string {
    const pack = this.#queries.first<{ places: string }>(
      "SELECT places FROM versions WHERE kind = ? AND key = ? AND first < ? ORDER BY first DESC LIMIT 1",
      kind,
      key,
      before,
    );
    return pack?.places ?? "";
  }

  #pages<Row extends { readonly key: Key }>(
    range: KeyRange,
    page: (first: string, end: string | ArrayBuffer, size: number) => readonly Row[],
  ): Iterable<Row> {
    const end = boundOf(range);
    return inPages<string, Row>(
      firstOf(range),
      LIST_PAGE,
      (from, size) => page(from, end, size),
      ({ key }) => successorOf(key),
    );
  }
}

/** The last of some places, each with a comma after it, that comes before another. */
function lastBefore(before: number, places: string): number | undefined {
  return placesIn(places).findLast((place) => place < before);
}

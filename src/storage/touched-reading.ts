/**
 * How the commits that changed one record are found: by the places of its states, each of which lies in a piece that
 * names its commit, and by the ends of its lives. A few at a time and from where the last few ended, so that a record
 * that changed a million times costs no more memory than another, and what is written meanwhile does no harm.
 */
import type { At, Key, Kind } from "../domain/records.ts";
import type { Queries } from "./database.ts";
import type { CommitHeader, LogReading } from "./log-reading.ts";
import { firstPlaceOf, pieceOf, placesIn } from "./packed-texts.ts";
import type { RecordText } from "./store.ts";

/** Where some states of a record are, and when the life to which they belong ended, if they are its last. */
type Trace = { readonly places: string; readonly died: At | null };

/** The next commits that changed a record, in order, and whether there may be more of them. */
interface Touches {
  readonly commits: readonly At[];
  readonly isComplete: boolean;
}

export class TouchedReading {
  readonly #queries: Queries;
  readonly #log: LogReading;

  constructor(queries: Queries, log: LogReading) {
    this.#queries = queries;
    this.#log = log;
  }

  recordsTouching(kind: Kind, key: Key, after: At, upTo: At): Iterable<RecordText> {
    this.#log.mustBeKept(after);
    return this.#records(kind, key, after, upTo);
  }

  *#records(kind: Kind, key: Key, after: At, upTo: At): Iterable<RecordText> {
    for (const commit of this.#commits(kind, key, after)) {
      if (commit > upTo) return;
      for (const record of this.#log.recordsOfCommit(commit)) {
        if (record.at > upTo) return;
        if (record.at > after) yield record;
      }
    }
  }

  *#commits(kind: Kind, key: Key, after: At): Iterable<At> {
    for (let last = this.#log.lastEndedAt(after); ; ) {
      const { commits, isComplete } = this.#nextTouches(kind, key, last);
      yield* commits;
      const end = commits.at(-1);
      if (isComplete || end === undefined) return;
      last = this.#log.lastBegunAt(end);
    }
  }

  /**
   * What changed a record after a commit. Packs and lives are each in order of time, so all is known up to the end of
   * the last pack and of the last life that was looked at, whichever is the earlier.
   */
  #nextTouches(kind: Kind, key: Key, after: CommitHeader | undefined): Touches {
    const [last, from] = after === undefined ? [0, 0] : [after.id, firstPlaceOf(after.next_piece)];
    const pack = this.#pack("first >= ?3 ORDER BY first", kind, key, from);
    const life = this.#life("born > ?3 ORDER BY born", kind, key, last);
    const traces = [
      this.#pack("first < ?3 ORDER BY first DESC", kind, key, from),
      pack,
      this.#life("born <= ?3 ORDER BY born DESC", kind, key, last),
      life,
      this.#living(kind, key),
    ].filter((trace) => trace !== undefined);
    const most = pack === undefined ? Number.POSITIVE_INFINITY : (placesIn(pack.places).at(-1) ?? from);
    const places = traces.flatMap((trace) => placesIn(trace.places)).filter((place) => place >= from && place <= most);
    const changes = this.#commitsOf(places);
    const known = Math.min(
      pack === undefined ? Number.POSITIVE_INFINITY : Math.max(...changes),
      life?.died ?? Number.POSITIVE_INFINITY,
    );
    const ends = traces.flatMap(({ died }) => died ?? []).filter((commit) => commit > last);
    const commits = [...changes, ...ends].filter((commit) => commit <= known);
    return { commits: commits.sort((one, other) => one - other), isComplete: known === Number.POSITIVE_INFINITY };
  }

  #pack(which: string, kind: Kind, key: Key, from: number): Trace | undefined {
    return this.#queries.first<Trace>(
      `SELECT places, NULL AS died FROM versions WHERE kind = ?1 AND key = ?2 AND ${which} LIMIT 1`,
      kind,
      key,
      from,
    );
  }

  #life(which: string, kind: Kind, key: Key, last: number): Trace | undefined {
    return this.#queries.first<Trace>(
      `SELECT places, died FROM spans WHERE kind = ?1 AND key = ?2 AND ${which} LIMIT 1`,
      kind,
      key,
      last,
    );
  }

  #living(kind: Kind, key: Key): Trace | undefined {
    return this.#queries.first<Trace>(
      "SELECT earlier || place || ',' AS places, NULL AS died FROM living WHERE kind = ? AND key = ?",
      kind,
      key,
    );
  }

  #commitsOf(places: readonly number[]): readonly At[] {
    const rows = this.#queries.rows<{ commit_id: At }>(
      `SELECT texts.commit_id FROM json_each(?) AS wanted CROSS JOIN texts ON texts.number = wanted.value`,
      JSON.stringify(places.map(pieceOf)),
    );
    return rows.map(({ commit_id }) => commit_id);
  }
}

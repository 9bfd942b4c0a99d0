/** How the log is read: its end, its records, its positions, and where a moment lies in it. */
import type { At, Key, Kind } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { type Overlay, overlayOf } from "./as-at.ts";
import { recordsOf } from "./commit-body.ts";
import { inPages, type Queries } from "./database.ts";
import { firstPlaceOf } from "./packed-texts.ts";
import type { KeptCommit, PropertyName, RecordText } from "./store.ts";

/** Commits of one page: at most 8 MiB of bodies, but for those that go on in parts. */
const COMMITS_PAGE = 16;

type CommitRow = {
  readonly id: At;
  readonly last: At;
  readonly parts: number;
  readonly body: string;
};

/** Where a moment lies: the last commit whose states count, the places before which they are, what to lay over them. */
export interface Past {
  readonly through: number;
  readonly before: number;
  readonly overlay?: Overlay;
}

export class LogReading {
  readonly #queries: Queries;
  /** The last moment inside a commit, because reads as at one moment come in series. What it says never changes. */
  #recent: { readonly at: At; readonly past: Past } | undefined;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** What the next commit goes on from. */
  end(): { readonly at: At; readonly hash: string } {
    type End = { readonly at: At; readonly hash: string };
    const end = this.#queries.first<End>(
      "SELECT last AS at, hash FROM commits WHERE id = (SELECT max(id) FROM commits)",
    );
    // An empty log ends before all time.
    return end ?? { at: 0 as At, hash: "" };
  }

  /** The last position of each sequence: two seeks for each, however long the log is. */
  positions(): ReadonlyMap<string, number> {
    const rows = this.#queries.rows<{ sequence: string; position: number }>(
      `WITH RECURSIVE sequences (sequence) AS (
         SELECT min(sequence) FROM positions
         UNION ALL
         SELECT (SELECT min(positions.sequence) FROM positions WHERE positions.sequence > sequences.sequence)
         FROM sequences WHERE sequences.sequence IS NOT NULL
       )
       SELECT sequence, (SELECT max(position) FROM positions WHERE positions.sequence = sequences.sequence) AS position
       FROM sequences WHERE sequence IS NOT NULL`,
    );
    return new Map(rows.map(({ sequence, position }) => [sequence, position]));
  }

  placeAfter(sequence: string, position: number): At | undefined {
    const next = this.#queries.first<{ after: At }>(
      "SELECT after FROM positions WHERE sequence = ? AND position > ? ORDER BY position LIMIT 1",
      sequence,
      position,
    );
    return next === undefined || next.after < this.keptFrom() ? undefined : next.after;
  }

  property(name: PropertyName | "kept_from"): string | undefined {
    return this.#queries.first<{ value: string }>("SELECT value FROM properties WHERE name = ?", name)?.value;
  }

  keptFrom(): At {
    return Number(this.property("kept_from") ?? 0) as At;
  }

  records(after: At, upTo: At): Iterable<RecordText> {
    this.#mustBeKept(after);
    return this.#records(after, upTo);
  }

  placeThrough(_sequence: string, _position: number): At {
    return this.end().at;
  }

  positionsAt(_at: At): ReadonlyMap<string, number> {
    return this.positions();
  }

  recordsTouching(_kind: Kind, _key: Key, after: At, upTo: At): Iterable<RecordText> {
    return this.records(after, upTo);
  }

  commitsAfter(_id: At): Iterable<KeptCommit> {
    return [];
  }

  /** Where a moment lies; undefined when that is the end of the log, where the state is simply the present one. */
  past(asAt: At): Past | undefined {
    this.#mustBeKept(asAt);
    if (this.#recent?.at === asAt) return this.#recent.past;
    const commit = this.#queries.first<{ id: At; last: At; first_piece: number; next_piece: number }>(
      "SELECT id, last, first_piece, next_piece FROM commits WHERE id <= ? ORDER BY id DESC LIMIT 1",
      asAt,
    );
    if (commit === undefined) return { through: asAt, before: 0 };
    if (asAt < commit.last) return this.#inside(commit, asAt);
    const isLast = commit.last === this.end().at;
    return isLast ? undefined : { through: commit.id, before: firstPlaceOf(commit.next_piece) };
  }

  #inside(commit: { readonly id: At; readonly first_piece: number }, at: At): Past {
    const overlay = overlayOf(this.#records(commit.id - 1, at));
    const past = { through: commit.id - 1, before: firstPlaceOf(commit.first_piece), overlay };
    this.#recent = { at, past };
    return past;
  }

  #mustBeKept(moment: At): void {
    if (moment < this.keptFrom()) throw new Refusal("History.Archived");
  }

  *#records(after: number, upTo: At): Iterable<RecordText> {
    for (const commit of this.#commits(after, upTo)) {
      for (const record of recordsOf(this.#bodyOf(commit))) {
        if (record.at > upTo) return;
        if (record.at > after) yield record;
      }
    }
  }

  /** The commits that hold records after a moment, up to and including another. */
  #commits(after: number, upTo: At): Iterable<CommitRow> {
    const first = this.#queries.first<{ id: At }>(
      "SELECT id FROM commits WHERE id <= ? ORDER BY id DESC LIMIT 1",
      after,
    );
    return inPages<number, CommitRow>(
      first?.id ?? 0,
      COMMITS_PAGE,
      (from, size) =>
        this.#queries.rows<CommitRow>(
          "SELECT id, last, parts, body FROM commits WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?",
          from,
          upTo,
          size,
        ),
      ({ last }) => last + 1,
    );
  }

  #bodyOf({ id, parts, body }: CommitRow): string {
    if (parts === 1) return body;
    const rest = this.#queries.rows<{ body: string }>(
      "SELECT body FROM commit_parts WHERE commit_id = ? ORDER BY part",
      id,
    );
    return body + rest.map((part) => part.body).join("");
  }
}

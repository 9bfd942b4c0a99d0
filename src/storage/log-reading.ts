/** How the log is read: its end, its records, and where a moment lies in it. */
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { type Overlay, overlayOf } from "./as-at.ts";
import { recordsOf } from "./commit-body.ts";
import { inCommitPages } from "./commit-pages.ts";
import type { Queries } from "./database.ts";
import { firstPlaceOf } from "./packed-texts.ts";
import type { PropertyName, RecordText } from "./store.ts";

type CommitRow = {
  readonly id: At;
  readonly last: At;
  readonly parts: number;
  readonly body: string;
};

/** A commit without its body. */
export type CommitHeader = {
  readonly id: At;
  readonly last: At;
  readonly first_piece: number;
  readonly next_piece: number;
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

  property(name: PropertyName | "kept_from"): string | undefined {
    return this.#queries.first<{ value: string }>("SELECT value FROM properties WHERE name = ?", name)?.value;
  }

  keptFrom(): At {
    return Number(this.property("kept_from") ?? 0) as At;
  }

  /** Throws Refusal `History.Archived` when what is after a moment is not here any more. */
  mustBeKept(moment: At): void {
    if (moment < this.keptFrom()) throw new Refusal("History.Archived");
  }

  records(after: At, upTo: At): Iterable<RecordText> {
    this.mustBeKept(after);
    return this.recordsBetween(after, upTo);
  }

  /** As `records`, of what is known to be kept. */
  *recordsBetween(after: number, upTo: At): Iterable<RecordText> {
    for (const commit of this.#commits(after, upTo)) {
      for (const record of this.#recordsIn(commit)) {
        if (record.at > upTo) return;
        if (record.at > after) yield record;
      }
    }
  }

  /** The records of one commit; none when there is no such commit. */
  *recordsOfCommit(id: At): Iterable<RecordText> {
    const commit = this.#queries.first<CommitRow>("SELECT id, last, parts, body FROM commits WHERE id = ?", id);
    if (commit !== undefined) yield* this.#recordsIn(commit);
  }

  /** The last commit that had ended at a moment. */
  lastEndedAt(moment: number): CommitHeader | undefined {
    const commit = this.lastBegunAt(moment);
    return commit === undefined || commit.last <= moment ? commit : this.lastBegunAt(commit.id - 1);
  }

  /** The last commit that had begun at a moment: it may hold later records too. */
  lastBegunAt(moment: number): CommitHeader | undefined {
    return this.#queries.first<CommitHeader>(
      "SELECT id, last, first_piece, next_piece FROM commits WHERE id <= ? ORDER BY id DESC LIMIT 1",
      moment,
    );
  }

  /** The first commit that began after a moment. */
  firstBegunAfter(moment: number): CommitHeader | undefined {
    return this.#queries.first<CommitHeader>(
      "SELECT id, last, first_piece, next_piece FROM commits WHERE id > ? ORDER BY id LIMIT 1",
      moment,
    );
  }

  /** Where a moment lies; undefined when that is the end of the log, where the state is simply the present one. */
  past(asAt: At): Past | undefined {
    this.mustBeKept(asAt);
    if (this.#recent?.at === asAt) return this.#recent.past;
    const commit = this.lastBegunAt(asAt);
    if (commit === undefined) return { through: asAt, before: 0 };
    if (asAt < commit.last) return this.#inside(commit, asAt);
    const isLast = commit.last === this.end().at;
    return isLast ? undefined : { through: commit.id, before: firstPlaceOf(commit.next_piece) };
  }

  #inside(commit: CommitHeader, at: At): Past {
    const overlay = overlayOf(this.recordsBetween(commit.id - 1, at));
    const past = { through: commit.id - 1, before: firstPlaceOf(commit.first_piece), overlay };
    this.#recent = { at, past };
    return past;
  }

  /** The commits that hold records after a moment, up to and including another. */
  #commits(after: number, upTo: At): Iterable<CommitRow> {
    const commit = this.lastBegunAt(after);
    return inCommitPages<CommitRow>(
      commit !== undefined && commit.last > after ? commit.id : after + 1,
      (from, size) =>
        from > upTo
          ? []
          : this.#queries.rows<CommitRow>(
              "SELECT id, last, parts, body FROM commits WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?",
              from,
              upTo,
              size,
            ),
      ({ last }) => last + 1,
      ({ body }) => body.length,
    );
  }

  #recordsIn({ id, parts, body }: CommitRow): Iterable<RecordText> {
    if (parts === 1) return recordsOf(body);
    const rest = this.#queries.rows<{ body: string }>(
      "SELECT body FROM commit_parts WHERE commit_id = ? ORDER BY part",
      id,
    );
    return recordsOf(body + rest.map((part) => part.body).join(""));
  }
}

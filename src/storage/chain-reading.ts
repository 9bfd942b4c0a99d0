/**
 * How commits are read to see whether they are what was written. Nothing that is kept is believed: a value may be of any
 * type, a text any bytes, and bytes that are no text must not pass for the text that they are decoded to.
 */
import type { At } from "../domain/records.ts";
import { recordsOf } from "./commit-body.ts";
import { inCommitPages } from "./commit-pages.ts";
import type { Queries, SqlValue } from "./database.ts";
import type { LogReading } from "./log-reading.ts";
import type { KeptCommit } from "./store.ts";

/** Columns as they are found. The body is read as bytes, and `type` is what it is kept as. */
type Found = {
  readonly id: At;
  readonly last: SqlValue;
  readonly hash: SqlValue;
  readonly first_piece: SqlValue;
  readonly next_piece: SqlValue;
  readonly parts: SqlValue;
  readonly type: string;
  readonly bytes: ArrayBuffer | null;
  /** How many rows go on with the body. */
  readonly further: number;
  /** Which commits wrote the pieces at the ends of its own: before the first, the first, the last, after the last. */
  readonly before: SqlValue;
  readonly opening: SqlValue;
  readonly closing: SqlValue;
  readonly behind: SqlValue;
};

/** A part of a body. */
type Part = { readonly part: SqlValue; readonly type: string; readonly bytes: ArrayBuffer | null };

/** The commit before: what the next one goes on from. */
type Previous = { readonly last: SqlValue; readonly hash: SqlValue };

const START: Previous = { last: 0, hash: "" };

export class ChainReading {
  readonly #queries: Queries;
  readonly #log: LogReading;

  constructor(queries: Queries, log: LogReading) {
    this.#queries = queries;
    this.#log = log;
  }

  commitsAfter(id: At): Iterable<KeptCommit> {
    this.#log.mustBeKept(id);
    return this.#commitsAfter(id);
  }

  *#commitsAfter(id: At): Iterable<KeptCommit> {
    let previous = this.#upTo(id) ?? START;
    // From the beginning means from the first row, also when it is where no commit ever was.
    for (const found of this.#pages(id === 0 ? Number.NEGATIVE_INFINITY : id)) {
      yield this.#kept(found, previous);
      // Beyond what a number holds exactly nothing was ever written, and the row after it could not be found.
      if (!Number.isSafeInteger(found.id)) return;
      previous = found;
    }
  }

  #upTo(id: At): Previous | undefined {
    if (id === 0) return undefined;
    return this.#queries.first<{ last: SqlValue; hash: SqlValue }>(
      "SELECT last, hash FROM commits WHERE id <= ? ORDER BY id DESC LIMIT 1",
      id,
    );
  }

  #pages(after: number): Iterable<Found> {
    return inCommitPages<Found>(
      after,
      (from, size) =>
        this.#queries.rows<Found>(
          `SELECT id, last, hash, first_piece, next_piece, parts, typeof(body) AS type, CAST(body AS BLOB) AS bytes,
             (SELECT count(*) FROM commit_parts WHERE commit_parts.commit_id = commits.id) AS further,
             (SELECT commit_id FROM texts WHERE number = first_piece - 1) AS before,
             (SELECT commit_id FROM texts WHERE number = first_piece) AS opening,
             (SELECT commit_id FROM texts WHERE number = next_piece - 1) AS closing,
             (SELECT commit_id FROM texts WHERE number = next_piece) AS behind
           FROM commits WHERE id > ? ORDER BY id LIMIT ?`,
          from,
          size,
        ),
      ({ id }) => id,
      ({ bytes }) => bytes?.byteLength ?? 0,
    );
  }

  #kept(found: Found, previous: Previous): KeptCommit {
    const parts: readonly Part[] = [
      { ...found, part: 1 },
      ...(found.further === 0 ? [] : this.#furtherParts(found.id)),
    ];
    const texts = parts.map(textOf);
    const body = texts.map(({ text }) => text).join("");
    const isIntact =
      texts.every(({ isExact }) => isExact) &&
      found.parts === parts.length &&
      parts.every(({ part }, index) => part === index + 1) &&
      isInOrder(body, found, previous) &&
      ownsItsPieces(found);
    return {
      id: found.id,
      // What is no number here was tampered with, and isIntact says so.
      last: Number(found.last) as At,
      previous: `${previous.hash}`,
      hash: `${found.hash}`,
      body,
      isIntact,
    };
  }

  #furtherParts(id: At): readonly Part[] {
    return this.#queries.rows<Part>(
      `SELECT part, typeof(body) AS type, CAST(body AS BLOB) AS bytes FROM commit_parts
       WHERE commit_id = ? ORDER BY part`,
      id,
    );
  }
}

const EXACT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder();

/** The text that bytes are, and whether it is exactly that: of the type text, and written as no other bytes are. */
function textOf({ type, bytes }: Part): { readonly text: string; readonly isExact: boolean } {
  try {
    return { text: EXACT.decode(bytes ?? undefined), isExact: type === "text" };
  } catch {
    return { text: LENIENT.decode(bytes ?? undefined), isExact: false };
  }
}

/** Whether the records ascend, and the commit is kept as beginning with the first and ending with the last. */
function isInOrder(body: string, { id, last }: Found, previous: Previous): boolean {
  let before = previous.last;
  let first: At | undefined;
  for (const { at } of recordsOf(body)) {
    if (typeof before !== "number" || !(at > before)) return false;
    first ??= at;
    before = at;
  }
  return first === id && before === last;
}

/** Whether its pieces are from the first that it names to before the next that it names. */
function ownsItsPieces(found: Found): boolean {
  const { id, first_piece, next_piece, before, opening, closing, behind } = found;
  if (typeof first_piece !== "number" || typeof next_piece !== "number") return false;
  const isAfterOthers = first_piece === 1 ? before === null : typeof before === "number" && before < id;
  const isBeforeOthers = behind === null || (typeof behind === "number" && behind > id);
  const isWhole = first_piece === next_piece || (opening === id && closing === id);
  return isAfterOthers && isWhole && isBeforeOthers;
}

/** How positions are read: the last of each sequence, now and as at a moment, and the places in the log they mean. */
import { parseStoredRecord } from "../domain/log-record.ts";
import type { At } from "../domain/records.ts";
import type { Queries } from "./database.ts";
import type { LogReading } from "./log-reading.ts";

/** What moved a sequence to a position comes after `after`. The later the position, the later that is. */
type Move = { readonly position: number; readonly after: At };

export class PositionsReading {
  readonly #queries: Queries;
  readonly #log: LogReading;

  constructor(queries: Queries, log: LogReading) {
    this.#queries = queries;
    this.#log = log;
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
    const next = this.#firstBeyond(sequence, position);
    return next === undefined || next.after < this.#log.keptFrom() ? undefined : next.after;
  }

  placeThrough(sequence: string, position: number): At {
    const next = this.#firstBeyond(sequence, position);
    return (next && this.#log.firstBegunAfter(next.after)?.last) ?? this.#log.end().at;
  }

  positionsAt(at: At): ReadonlyMap<string, number> {
    this.#log.mustBeKept(at);
    const present = this.positions();
    if (at >= this.#log.end().at) return present;
    const end = this.#log.lastEndedAt(at)?.last ?? 0;
    const found = new Map<string, number>();
    for (const [sequence, last] of present) {
      const position = this.#lastWhenEnded(sequence, end, last);
      if (position !== undefined) found.set(sequence, position);
    }
    for (const { text } of this.#log.recordsBetween(end, at)) {
      const { Sequence, Position } = parseStoredRecord(text);
      found.set(Sequence, Position);
    }
    return found;
  }

  /**
   * The last position that a sequence had moved to when a commit ended; `last` is the present one. Found by bisection:
   * each step leaves at most half of the positions in question.
   */
  #lastWhenEnded(sequence: string, end: number, last: number): number | undefined {
    const first = this.#firstBeyond(sequence, Number.NEGATIVE_INFINITY);
    if (first === undefined || first.after >= end) return undefined;
    let [found, most] = [first.position, last];
    while (found < most) {
      const middle = found + Math.ceil((most - found) / 2);
      const move = this.#lastUpTo(sequence, middle);
      if (move === undefined || move.after >= end) {
        most = (move?.position ?? middle) - 1;
        continue;
      }
      const next = this.#firstBeyond(sequence, middle);
      if (next === undefined || next.after >= end) return move.position;
      found = next.position;
    }
    return found;
  }

  #lastUpTo(sequence: string, position: number): Move | undefined {
    return this.#queries.first<Move>(
      "SELECT position, after FROM positions WHERE sequence = ? AND position <= ? ORDER BY position DESC LIMIT 1",
      sequence,
      position,
    );
  }

  #firstBeyond(sequence: string, position: number): Move | undefined {
    return this.#queries.first<Move>(
      "SELECT position, after FROM positions WHERE sequence = ? AND position > ? ORDER BY position LIMIT 1",
      sequence,
      position,
    );
  }
}

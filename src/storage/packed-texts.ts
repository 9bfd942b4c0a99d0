/**
 * How long texts are kept. A commit touches rows that lie far apart in their tables; with its texts in them, each would
 * drag a page of its neighbours' texts to disk. So the texts of a commit are appended together, in pieces, and a row
 * holds the place of its text. Places grow with time, so they also tell which of two states is the later.
 */
import { Buffer } from "node:buffer";

/** A piece is closed once it has this many bytes: to read a text, at most so many are read before it. */
const PIECE_BYTES = 16 * 1024;

/** A place is the piece's number times PIECE_BYTES, and the bytes before the text. */
const PLACE_BITS = 14;

/** What ends a text within a piece: JSON never holds it. */
const TEXT_END = "\n";

/** The first place of a piece. All places of earlier pieces are less. */
export function firstPlaceOf(piece: number): number {
  return piece * PIECE_BYTES;
}

/** The piece that a place lies in. */
export function pieceOf(place: number): number {
  return Math.floor(place / PIECE_BYTES);
}

/** Some places, written each with a comma after it. */
export function placesIn(places: string): readonly number[] {
  return places.split(",").slice(0, -1).map(Number);
}

/** Packs texts into pieces, numbered from `first`. */
export class TextPacker {
  readonly first: number;
  readonly #closed: string[] = [];
  #open = "";
  #bytes = 0;

  constructor(first: number) {
    this.first = first;
  }

  /** Takes a text and gives its place. Throws when it has a line end, which JSON never has. */
  add(text: string): number {
    if (text.includes(TEXT_END)) throw new Error("a kept text has no line ends");
    if (this.#bytes >= PIECE_BYTES) {
      this.#closed.push(this.#open);
      this.#open = "";
      this.#bytes = 0;
    }
    const place = firstPlaceOf(this.first + this.#closed.length) + this.#bytes;
    this.#open += text + TEXT_END;
    this.#bytes += Buffer.byteLength(text) + TEXT_END.length;
    return place;
  }

  get pieces(): readonly string[] {
    return this.#bytes === 0 ? this.#closed : [...this.#closed, this.#open];
  }

  /** The number that the next piece will have. */
  get next(): number {
    return this.first + this.pieces.length;
  }
}

/** SQL for the text at a place, which is an SQL expression; NULL at no place. */
export function textAt(place: string): string {
  return `(SELECT CAST(substr(rest, 1, instr(rest, x'0a') - 1) AS TEXT)
           FROM (SELECT substr(bytes, 1 + (${place} & ${PIECE_BYTES - 1})) AS rest
                 FROM texts WHERE number = ${place} >> ${PLACE_BITS}))`;
}

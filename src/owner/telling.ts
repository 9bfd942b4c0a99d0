/**
 * How a part of the log is told: in lines, a bounded piece at a time. Each piece is one turn's work, so that nobody waits
 * for a long answer, and the log may go on between two of them.
 */
import type { At } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { RecordText, Store } from "../storage/store.ts";
import { placeOf } from "./log-reading.ts";
import type { LogLine } from "./rpc.ts";
import type { Stretch } from "./spans.ts";

/** One step of reading: the messages it gave, if any, and the characters that it cost. */
export interface Step {
  /** The place in the log that the messages tell of. */
  readonly at: At;
  readonly records: LogLine["records"];
  readonly messages: readonly string[];
  readonly read: number;
}

/** Says what is told of a record: JSON texts. */
export type Teller = (record: RecordText) => readonly string[];

export interface PieceStyle {
  /** At most so many records are told, each with all of its messages. */
  readonly count?: number | undefined;
  /** Characters of one piece, roughly. */
  readonly pieceBytes?: number | undefined;
}

/** Nothing is told. */
export const NOTHING: readonly string[] = [];

/** The records of a stretch, one after another, and what is told of those that it holds. Others may be passed over. */
export function* steps(store: Pick<Store, "records">, stretch: Stretch, tell: Teller): Generator<Step, void> {
  let after: At | undefined = stretch.after;
  while (after !== undefined && after < stretch.upTo) after = yield* stepsAfter(after, store, stretch, tell);
}

/** Reads to the end, or until so much was in vain that it looks where to go on: that place is given then. */
function* stepsAfter(
  after: At,
  store: Pick<Store, "records">,
  stretch: Stretch,
  tell: Teller,
): Generator<Step, At | undefined> {
  let readInVain = 0;
  for (const { at, text } of store.records(after, stretch.upTo)) {
    const { sequence, position } = placeOf(text);
    const isHeld = stretch.holds(sequence, position);
    yield { at, records: 1, messages: isHeld ? tell({ at, text }) : NOTHING, read: text.length };
    readInVain = isHeld ? 0 : readInVain + 1;
    if (readInVain < LIMITS.COMMIT_RECORDS) continue;
    readInVain = 0;
    const place = stretch.skippedTo(at);
    if (place > at) return place;
  }
  return undefined;
}

/** The lines of what is told, in pieces. An empty piece says that much was read and nothing was told of it. */
export function* piecesOf(
  told: Iterable<Step>,
  { count = Number.POSITIVE_INFINITY, pieceBytes = LIMITS.ANSWER_PIECE_BYTES }: PieceStyle,
): Generator<string, void> {
  let piece = "";
  let read = 0;
  let left = count;
  let last: At | undefined;
  for (const step of told) {
    // A record is told whole, so that what comes after its At goes on where this ends.
    if (left <= 0 && step.at !== last) break;
    for (const json of step.messages) piece += `${step.at} ${step.records} ${json}\n`;
    if (step.records === 1 && step.messages.length > 0 && step.at !== last) {
      left--;
      last = step.at;
    }
    read += step.read;
    if (piece.length < pieceBytes && read < LIMITS.READING_TURN_CHARACTERS) continue;
    yield piece;
    piece = "";
    read = 0;
  }
  if (piece !== "") yield piece;
}

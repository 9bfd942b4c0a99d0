/** Records of the log, read back as subscribers see them. */

import { expand, parseStoredRecord } from "../domain/log-record.ts";
import type { At, LogRecord } from "../domain/records.ts";
import type { RecordText } from "../storage/store.ts";
import type { StreamRecord } from "./events.ts";
import { StreamEvent } from "./stream-event.ts";
import { eventText } from "./texts.ts";

/** A record as it was committed a moment ago. */
export function committedRecord({ At, Sequence, Position, Events }: LogRecord): StreamRecord {
  return {
    at: At,
    sequence: Sequence,
    position: Position,
    events: Events.map((event) => new StreamEvent(event, () => eventText(event))),
  };
}

/** A record as the store kept it: its events are the very texts that were raised. */
export function storedRecord({ text }: RecordText): StreamRecord {
  const { At: at, Sequence, Position, Events } = expand(parseStoredRecord(text));
  return {
    at,
    sequence: Sequence,
    position: Position,
    events: Events.map((event) => new StreamEvent(event)),
  };
}

/** Which position of which sequence a record is of. */
export interface Place {
  readonly sequence: string;
  readonly position: number;
}

/** How the system writes the beginning of a record. */
const PLACE = /^\{"At":\d+,"Sequence":"([^"\\]*)","Position":(\d+)[,}]/;

/** Where a record stands, read from the beginning of its line: most of a long log is passed over by that alone. */
export function placeOf(line: string): Place {
  const [, sequence, position] = PLACE.exec(line) ?? [];
  if (sequence !== undefined) return { sequence, position: Number(position) };
  const { Sequence, Position } = parseStoredRecord(line);
  return { sequence: Sequence, position: Position };
}

/** Records after a place, up to another, until so many characters were read: as many as are asked for, one by one. */
export class LogPiece {
  /** The At up to which everything is read when there is nothing more in the piece. */
  upTo: At;
  /** The characters that were read. */
  size = 0;
  /** The records that were read. */
  records = 0;
  readonly #source: Iterable<RecordText>;
  readonly #most: number;

  constructor(records: Iterable<RecordText>, upTo: At, most: number) {
    this.#source = records;
    this.upTo = upTo;
    this.#most = most;
  }

  *[Symbol.iterator](): Generator<StreamRecord, void> {
    for (const record of this.#source) {
      this.size += record.text.length;
      this.records++;
      const isLast = this.size >= this.#most;
      if (isLast) this.upTo = record.at;
      yield storedRecord(record);
      if (isLast) return;
    }
  }
}

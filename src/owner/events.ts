/** From records of the log to the frames of a subscriber: filter, join, split. */

import type { At } from "../domain/records.ts";
import type { EventShape } from "../domain/views.ts";
import { shortened } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import { UpdateEvent } from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";

/** An event with its text, which was written once for everybody. */
export interface StreamEvent {
  readonly shape: EventShape;
  readonly text: string;
}

/** A record of the log as subscribers see it. */
export interface StreamRecord {
  readonly at: At;
  readonly sequence: string;
  readonly position: number;
  readonly events: readonly StreamEvent[];
}

/** Which events of a record a client receives. */
export type RecordFilter = (event: EventShape, record: StreamRecord) => boolean;

/** What of a record says where it is in the log. */
export type RecordPlace = Pick<StreamRecord, "at" | "sequence" | "position">;

/** How frames are written. A replay's frames name no sequence: they do not move the client's position. */
export interface FrameStyle {
  readonly compact: boolean;
  readonly isReplay?: boolean;
}

/** How far somebody has been told of the log. */
export interface StreamPlace {
  /** All records up to there. */
  readonly upTo: At;
  /** And so many events of the next record, shown or left out: it was split over frames, and the rest is yet to come. */
  readonly part: number;
}

/** A frame of the stream, and how far one has been told who receives it. */
export interface StreamFrame {
  readonly text: string;
  readonly place: StreamPlace;
}

/** The place before a record. */
export function placeBefore({ at }: Pick<StreamRecord, "at">, part = 0): StreamPlace {
  return { upTo: (at - 1) as At, part };
}

/**
 * The frames of adjacent records. Records of one sequence are joined; a record's position stands on the last frame of
 * its events only, so that a client that was cut off in the middle is served it again, whole. `part` is how many events
 * of the first record were told before.
 */
export function* framesOf(
  records: Iterable<StreamRecord>,
  filter: RecordFilter,
  style: FrameStyle,
  part = 0,
): Generator<StreamFrame, void> {
  let open: OpenFrame | undefined;
  let told = part;
  for (const record of records) {
    const events = shownEvents(record, filter, style.compact, told);
    // The end of a record that is under way is told in any case.
    const mustEnd = told > 0;
    told = 0;
    const bytes = events.reduce((sum, { text }) => sum + text.length, 0);
    if (open !== undefined && !isJoined(open, record, bytes)) {
      yield wholeFrame(open, style);
      open = undefined;
    }
    // Joined even when nothing of it is shown: the position of what was left out is served as well.
    if (open !== undefined) open.last = record;
    else if (mustEnd) open = { texts: [], bytes: 0, last: record };
    for (const { index, text } of events) {
      if (open !== undefined && open.texts.length > 0 && open.bytes + text.length > LIMITS.EVENT_FRAME_BYTES) {
        yield { text: updateFrame(open.texts, undefined, style), place: placeBefore(record, index) };
        open = undefined;
      }
      open ??= { texts: [], bytes: 0, last: record };
      open.texts.push(text);
      open.bytes += text.length;
    }
  }
  if (open !== undefined) yield wholeFrame(open, style);
}

/** A frame that is being filled, and the last record that belongs to it. */
interface OpenFrame {
  readonly texts: string[];
  bytes: number;
  last: StreamRecord;
}

function isJoined({ last, bytes }: OpenFrame, { sequence }: StreamRecord, more: number): boolean {
  return last.sequence === sequence && (more === 0 || bytes + more <= LIMITS.EVENT_FRAME_BYTES);
}

function wholeFrame({ texts, last }: OpenFrame, style: FrameStyle): StreamFrame {
  return { text: updateFrame(texts, last, style), place: { upTo: last.at, part: 0 } };
}

function shownEvents(record: StreamRecord, filter: RecordFilter, compact: boolean, from: number) {
  return record.events.flatMap(({ shape, text }, index) =>
    index >= from && filter(shape, record) ? [{ index, text: shown(text, compact) }] : [],
  );
}

/** A frame of events outside the log's order: a snapshot's. */
export function snapshotFrame(texts: readonly string[], compact: boolean): string {
  return updateFrame(texts, undefined, { compact });
}

/** A frame of the events of one record alone. */
export function recordFrame(texts: readonly string[], record: RecordPlace, compact: boolean): string {
  return updateFrame(texts, record, { compact });
}

function updateFrame(
  texts: readonly string[],
  record: RecordPlace | undefined,
  { compact, isReplay }: FrameStyle,
): string {
  const type = compact ? "Update" : "EventMessageType_Update";
  if (record === undefined) return `{"Type":"${type}","Updates":[${texts.join(",")}]}`;
  const sequence = isReplay === true ? "" : `"Sequence":${JSON.stringify(record.sequence)},`;
  const position = `{${sequence}"Position":${record.position},"ExecutedAt":"${fromMicroseconds(record.at)}"}`;
  return `{"Type":"${type}","Position":${position},"Updates":[${texts.join(",")}]}`;
}

/** The text of an event, with enums in their short spelling if asked. */
export function shown(text: string, compact: boolean): string {
  return compact ? shortened(UpdateEvent, text) : text;
}

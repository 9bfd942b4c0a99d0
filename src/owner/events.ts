/** From records of the log to the frames of a subscriber: filter, join, split. */

import type { At } from "../domain/records.ts";
import type { EventShape } from "../domain/views.ts";
import { shortened } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import { UpdateEvent } from "../protocol/messages/index.ts";
import { type Frame, type FrameForm, type RecordPlace, updateText } from "./frame-form.ts";
import type { StreamEvent } from "./stream-event.ts";

/** A record of the log as subscribers see it. */
export interface StreamRecord extends RecordPlace {
  readonly events: readonly StreamEvent[];
}

/** Which events of a record a client receives. */
export type RecordFilter = (event: EventShape, record: StreamRecord) => boolean;

/** How frames are written. A replay's frames do not move the client's position. */
export interface FrameStyle {
  readonly form: FrameForm;
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
  readonly frame: Frame;
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
    const events = shownEvents(record, filter, style.form, told);
    // The end of a record that is under way is told in any case.
    const mustEnd = told > 0;
    told = 0;
    const bytes = events.reduce((sum, { size }) => sum + size, 0);
    if (open !== undefined && !isJoined(open, record, bytes)) {
      yield wholeFrame(open, style);
      open = undefined;
    }
    // Joined even when nothing of it is shown: the position of what was left out is served as well.
    if (open !== undefined) open.last = record;
    else if (mustEnd) open = { events: [], bytes: 0, last: record };
    for (const { index, event, size } of events) {
      if (open !== undefined && open.events.length > 0 && open.bytes + size > LIMITS.EVENT_FRAME_BYTES) {
        yield { frame: style.form.update(open.events), place: placeBefore(record, index) };
        open = undefined;
      }
      open ??= { events: [], bytes: 0, last: record };
      open.events.push(event);
      open.bytes += size;
    }
  }
  if (open !== undefined) yield wholeFrame(open, style);
}

/** A frame that is being filled, and the last record that belongs to it. */
interface OpenFrame {
  readonly events: StreamEvent[];
  bytes: number;
  last: StreamRecord;
}

function isJoined({ last, bytes }: OpenFrame, { sequence }: StreamRecord, more: number): boolean {
  return last.sequence === sequence && (more === 0 || bytes + more <= LIMITS.EVENT_FRAME_BYTES);
}

function wholeFrame({ events, last }: OpenFrame, { form, isReplay }: FrameStyle): StreamFrame {
  return { frame: form.update(events, last, isReplay), place: { upTo: last.at, part: 0 } };
}

function shownEvents(record: StreamRecord, filter: RecordFilter, form: FrameForm, from: number) {
  const shown = record.events.flatMap((event, index) =>
    index >= from && filter(event.shape, record) ? [{ index, event }] : [],
  );
  form.prepare(shown.map(({ event }) => event));
  return shown.map(({ index, event }) => ({ index, event, size: form.sizeOf(event) }));
}

/** A frame of events outside the log's order: a snapshot's. */
export function snapshotFrame(texts: readonly string[], compact: boolean): string {
  return updateText(texts, undefined, { compact });
}

/** A frame of the events of one record alone. */
export function recordFrame(texts: readonly string[], record: RecordPlace, compact: boolean): string {
  return updateText(texts, record, { compact });
}

/** The text of an event, with enums in their short spelling if asked. */
export function shown(text: string, compact: boolean): string {
  return compact ? shortened(UpdateEvent, text) : text;
}

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

/**
 * The frames of adjacent records. Records of one sequence are joined; a record's position stands on the last frame of
 * its events only, so that a client that was cut off in the middle is served it again, whole.
 */
export function framesOf(records: readonly StreamRecord[], filter: RecordFilter, style: FrameStyle): readonly string[] {
  const frames: string[] = [];
  let open: { texts: string[]; bytes: number; last: StreamRecord } | undefined;
  const close = (isWhole: boolean) => {
    if (open !== undefined && open.texts.length > 0)
      frames.push(updateFrame(open.texts, isWhole ? open.last : undefined, style));
    open = undefined;
  };
  for (const record of records) {
    const texts = record.events
      .filter(({ shape }) => filter(shape, record))
      .map(({ text }) => shown(text, style.compact));
    if (open !== undefined && open.last.sequence !== record.sequence) close(true);
    // Joined even when nothing of it is shown: the position of what was left out is served as well.
    if (open !== undefined) open.last = record;
    if (texts.length === 0) continue;
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    if (open !== undefined && open.bytes + bytes > LIMITS.EVENT_FRAME_BYTES) {
      open.last = previousOf(records, record);
      close(true);
    }
    open ??= { texts: [], bytes: 0, last: record };
    for (const text of texts) {
      if (open !== undefined && open.texts.length > 0 && open.bytes + text.length > LIMITS.EVENT_FRAME_BYTES)
        close(false);
      open ??= { texts: [], bytes: 0, last: record };
      open.texts.push(text);
      open.bytes += text.length;
    }
  }
  close(true);
  return frames;
}

function previousOf(records: readonly StreamRecord[], record: StreamRecord): StreamRecord {
  return records[records.indexOf(record) - 1] ?? record;
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

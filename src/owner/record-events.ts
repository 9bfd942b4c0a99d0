/** The records of the log that told of one record of the state. */
import { changeOf, type RecordChange } from "../domain/event-records.ts";
import { expand, parseStoredRecord, type WireEvent } from "../domain/log-record.ts";
import { type At, KEY_SEPARATOR, type Key, type Kind, type LogRecord } from "../domain/records.ts";
import type { Store } from "../storage/store.ts";

export type RecordsStore = Pick<Store, "recordsTouching">;

/** One record of the state, and a part of the log. `parts` are what `keyOf` of the kind takes. */
export interface Subject {
  readonly kind: Kind;
  readonly parts: readonly string[];
  readonly after: At;
  readonly upTo: At;
}

/** An event, and what it told. */
export interface ToldChange extends RecordChange {
  readonly event: WireEvent;
}

/** A record that was read. */
export interface ReadRecord {
  readonly at: At;
  /** Characters. */
  readonly read: number;
  /** Absent when it told nothing of the subject. */
  readonly told?: { readonly record: LogRecord<WireEvent>; readonly changes: readonly ToldChange[] };
}

/** The key that parts make. */
export function keyIn(parts: readonly string[]): Key {
  // The parts are those of `keyOf`, joined as it joins them.
  return parts.join(KEY_SEPARATOR) as Key;
}

/** The parts that a key was made of. */
export function partsIn(key: Key): readonly string[] {
  return key.split(KEY_SEPARATOR);
}

/** Every record that may have told of a subject, in order, with all changes of its kind that it told of if it did. */
export function* recordsAbout(store: RecordsStore, { kind, parts, after, upTo }: Subject): Generator<ReadRecord, void> {
  const key = keyIn(parts);
  // A line that does not hold every part as a text need not be parsed.
  const marks = parts.filter((part) => part !== "").map((part) => JSON.stringify(part));
  for (const { at, text } of store.recordsTouching(kind, key, after, upTo)) {
    const read = text.length;
    const record = marks.every((mark) => text.includes(mark)) ? expand(parseStoredRecord(text)) : undefined;
    const changes = record?.Events.flatMap((event) => changeIn(event, kind)) ?? [];
    const isTold = record !== undefined && changes.some((change) => change.key === key);
    yield isTold ? { at, read, told: { record, changes } } : { at, read };
  }
}

function changeIn(event: WireEvent, kind: Kind): readonly ToldChange[] {
  const change = changeOf(event);
  return change?.kind === kind ? [{ ...change, event }] : [];
}

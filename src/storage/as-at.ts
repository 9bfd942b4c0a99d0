/** What is common to reading as at a moment, whatever keeps the log. */
import { changesOf } from "../domain/event-records.ts";
import { compareKeys } from "../domain/keys.ts";
import { parseStoredRecord } from "../domain/log-record.ts";
import type { Key, Kind } from "../domain/records.ts";
import type { RecordText } from "./store.ts";

/** What a part of a commit changed, by kind and key. null = removed. */
export type Overlay = ReadonlyMap<Kind, ReadonlyMap<Key, string | null>>;

export interface Listed {
  readonly key: Key;
  readonly body: string;
}

/** What the first records of a commit changed. */
export function overlayOf(records: Iterable<RecordText>): Overlay {
  const overlay = new Map<Kind, Map<Key, string | null>>();
  for (const { text } of records) {
    for (const { kind, key, state } of changesOf(parseStoredRecord(text))) {
      const changed = overlay.get(kind) ?? new Map<Key, string | null>();
      overlay.set(kind, changed.set(key, state));
    }
  }
  return overlay;
}

/** Lays changes over a list in key order; the result is in key order too. */
export function* laidOver(
  below: Iterable<Listed>,
  changes: readonly (readonly [Key, string | null])[],
): Iterable<Listed> {
  const above = [...changes].sort(([left], [right]) => compareKeys(left, right));
  let next = 0;
  for (const listed of below) {
    for (; next < above.length; next++) {
      const [key, body] = above[next] ?? [listed.key, null];
      if (compareKeys(key, listed.key) >= 0) break;
      if (body !== null) yield { key, body };
    }
    const [key, body] = above[next] ?? [];
    if (key !== listed.key) yield listed;
    else {
      next++;
      if (typeof body === "string") yield { key: listed.key, body };
    }
  }
  for (const [key, body] of above.slice(next)) if (body !== null) yield { key, body };
}

/** The System's log, as it is shown: who changed what, and when. */
import { parseStoredRecord } from "../domain/log-record.ts";
import { SYSTEM_SEQUENCE } from "../domain/records.ts";
import { auditRecord } from "../owner/audit-record.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Store } from "../storage/store.ts";
import type { SystemRecord } from "./rpc.ts";

/** Records after a position, up to another, in order; at most so many, and no more than an answer may hold. */
export function readAudit(store: Store, after: number, upTo: number, count: number): readonly SystemRecord[] {
  const found: SystemRecord[] = [];
  let characters = 0;
  const place = store.placeAfter(SYSTEM_SEQUENCE, after);
  if (place === undefined) return found;
  for (const { text: line } of store.records(place, store.head().at)) {
    const record = parseStoredRecord(line);
    const { Sequence, Position } = record;
    // An undefined Owner's end, and whatever else the log may hold beside the sequence.
    if (Sequence !== SYSTEM_SEQUENCE || Position <= after) continue;
    if (Position > upTo || found.length >= count || characters >= LIMITS.DELIVERY_CHARACTERS) break;
    const text = JSON.stringify(auditRecord(record));
    found.push({ position: Position, text });
    characters += text.length;
  }
  return found;
}

/** Which place in the log a caller means by a moment of the past. */
import { parseStoredRecord } from "../domain/log-record.ts";
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Store } from "../storage/store.ts";
import type { Moment } from "./rpc.ts";

type MomentStore = Pick<Store, "head" | "placeAfter" | "records">;

/**
 * The At to read as at; the head for no moment, and for one that is not in the past. Throws Refusal `History.Archived`
 * for one that is older than what is kept.
 */
export function momentOf(store: MomentStore, moment: Moment | undefined): At {
  const head = store.head();
  if (moment === undefined) return head.at;
  const at = "at" in moment ? (moment.at as At) : placeAfterPosition(store, moment.sequence, moment.position);
  if (at >= head.at) return head.at;
  if (at < head.keptFrom) throw new Refusal("History.Archived");
  return at;
}

/**
 * The end of the time in which a position was a sequence's last: just before its first record with a greater one. Where
 * the sequence was only bookmarked further it is the beginning of that time, so that the search stays in one commit.
 */
function placeAfterPosition(store: MomentStore, sequence: string, position: number): At {
  const { at: end, positions } = store.head();
  if ((positions.get(sequence) ?? 0) <= position) return end;
  const place = store.placeAfter(sequence, position);
  if (place === undefined) throw new Refusal("History.Archived");
  let last = place;
  let looked = 0;
  for (const { at, text } of store.records(place, end)) {
    const record = parseStoredRecord(text);
    if (record.Sequence === sequence) {
      if (record.Position > position) return (at - 1) as At;
      last = at;
    }
    if (++looked >= LIMITS.COMMIT_RECORDS) break;
  }
  return last;
}

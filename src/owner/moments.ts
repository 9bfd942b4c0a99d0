/** Which place in the log a caller means by a moment of the past. */
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Head, Store } from "../storage/store.ts";
import { type ExistenceStore, requireSequence } from "./existence.ts";
import { placeOf } from "./log-reading.ts";
import type { Moment } from "./rpc.ts";

export type MomentStore = ExistenceStore & Pick<Store, "head" | "placeAfter" | "records">;

/** Before every log. */
export const BEGINNING = 0 as At;

/**
 * The At to read as at; the head for no moment, and for one that is not in the past. Throws Refusal `History.Archived`
 * for one that is older than what is kept, `Feed <sequence>` for a sequence that the Owner does not have.
 */
export function momentOf(store: MomentStore, moment: Moment | undefined): At {
  const head = store.head();
  if (moment === undefined) return head.at;
  if ("at" in moment) return timeOf(head, moment.at);
  requireSequence(store, head, moment.sequence);
  return placeAfterPosition(store, head, moment.sequence, moment.position);
}

/** The place of a time: the head for one that is not in the past. Throws Refusal `History.Archived`. */
export function timeOf(head: Head, time: number): At {
  const at = Math.min(Math.max(time, BEGINNING), head.at) as At;
  if (at < head.keptFrom) throw new Refusal("History.Archived");
  return at;
}

/**
 * The end of the time in which a position was a sequence's last: just before its first record with a greater one. Where
 * the sequence was only bookmarked further it is the beginning of that time, so that the search stays in one commit.
 * Throws Refusal `History.Archived`.
 */
export function placeAfterPosition(
  store: Pick<Store, "placeAfter" | "records">,
  { at: end, positions }: Head,
  sequence: string,
  position: number,
): At {
  if ((positions.get(sequence) ?? 0) <= position) return end;
  const place = store.placeAfter(sequence, position);
  if (place === undefined) throw new Refusal("History.Archived");
  let last = place;
  let looked = 0;
  for (const { at, text } of store.records(place, end)) {
    const record = placeOf(text);
    if (record.sequence === sequence) {
      if (record.position > position) {
        last = (at - 1) as At;
        break;
      }
      last = at;
    }
    if (++looked >= LIMITS.COMMIT_RECORDS) break;
  }
  return last;
}

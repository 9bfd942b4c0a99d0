/** What an Owner has, or has had: records of the state, sequences, feeds. */
import { type At, type Key, type Kind, keyOf, OMS_SEQUENCE, SYSTEM_SEQUENCE } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import type { Head, Store } from "../storage/store.ts";

/** What says whether something is there. */
export type ExistenceStore = Pick<Store, "recordsTouching" | "version">;

/** Whether there ever was a record of the state, as far back as the log is kept. */
export function wasEver(store: ExistenceStore, { at, keptFrom }: Head, kind: Kind, key: Key): boolean {
  return store.version(kind, key) !== undefined || !isEmpty(store.recordsTouching(kind, key, keptFrom, at));
}

/** Throws Refusal `Feed <sequence>` when the Owner does not have such a sequence. */
export function requireSequence(store: ExistenceStore, head: Head, sequence: string): void {
  if (!isBuiltIn(sequence) && !isFeed(store, head, sequence)) throw new Refusal("Feed", sequence);
}

/** Throws Refusal `Unknown <feed>` when nothing ever came from such a feed, and nobody ever supplied it. */
export function requireFeed(store: ExistenceStore, head: Head, feed: string): void {
  if (isBuiltIn(feed) || !isFeed(store, head, feed)) throw new Refusal("Unknown", feed);
}

/** Every Owner has these sequences, and they are no feeds. */
function isBuiltIn(sequence: string): boolean {
  return sequence === OMS_SEQUENCE || sequence === SYSTEM_SEQUENCE;
}

function isFeed(store: ExistenceStore, head: Head, sequence: string): boolean {
  return head.positions.has(sequence) || wasEver(store, head, "feed", keyOf.feed(sequence));
}

function isEmpty(records: Iterable<{ readonly at: At }>): boolean {
  for (const _record of records) return false;
  return true;
}

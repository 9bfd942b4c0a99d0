/** What a test of a Store may do, whichever store it is. */
import type { At } from "../../src/domain/records.ts";
import type { Store } from "../../src/storage/store.ts";

export interface StoreFixture {
  /** Opens a store on what is kept, as a process that starts does. */
  open(options?: { readonly capacity?: number }): Store;
  /** From now on a commit fails after most of it was written. */
  failCommits(): void;
  stopFailing(): void;
  /** Declares all up to a moment archived. */
  archive(upTo: At): void;
}

/** Runs a test on an empty disk. */
export type WithStore = (body: (fixture: StoreFixture) => void) => void | Promise<void>;

/** States a rule, on a store that is opened on an empty disk. */
export type Rule = (title: string, body: (store: Store, disk: StoreFixture) => void) => void;

/** Everything that can be read, as plain data. */
export function contentOf(store: Store, asAt?: At) {
  const kinds = ["account", "balance", "holding", "order", "feed", "configuration"] as const;
  const head = store.head();
  return {
    head: { ...head, positions: [...head.positions].sort() },
    state: kinds.map((kind) => [kind, [...store.list(kind, {}, asAt)]]),
    log: [...store.records(head.keptFrom, head.at)],
    timers: store.dueTimers(Number.MAX_SAFE_INTEGER, 1000),
  };
}

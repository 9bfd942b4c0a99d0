/** The past of an Owner, as it is told: parts of its log, raw records as at a moment, and whether the log is whole. */
import type { At } from "../domain/records.ts";
import type { Store } from "../storage/store.ts";
import { momentOf } from "./moments.ts";
import type { ChainPlace, ChainStretch, ChannelQuestion, LogQuestion, Moment } from "./rpc.ts";

/** What a streamed answer was read at, and its texts as they are drawn. An empty one says: nothing to tell so far. */
export interface Telling {
  readonly at: At;
  readonly pieces: Iterator<string, void>;
}

export class Past {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  locate(moment: Moment): At {
    return momentOf(this.#store, moment);
  }

  log(_question: LogQuestion): Telling {
    throw new Error("not yet");
  }

  channel(_question: ChannelQuestion): Telling {
    throw new Error("not yet");
  }

  verify(_after?: ChainPlace): ChainStretch {
    throw new Error("not yet");
  }

  /** A line for each commit. */
  exportLog(_after: number, _count?: number): Iterator<string, void> {
    throw new Error("not yet");
  }
}

/**
 * The requests that wait for a feed, on their way out once somebody supplies it: in the order in which they came, a
 * bounded number in each commit. Who has waited too long is told so instead. What comes meanwhile waits behind them.
 */
import { type Key, OMS_SEQUENCE } from "../domain/records.ts";
import { isOverdue, submissionOf, timeoutOf, waitingFor } from "../domain/requests/outstanding.ts";
import { keyOfState, openRequest } from "../domain/requests/request-states.ts";
import { PENDING } from "../domain/requests/statuses.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";
import type { Entry } from "./inbox.ts";
import type { Seat } from "./seats.ts";
import { textOf } from "./texts.ts";
import type { Work } from "./work.ts";

/** What sending needs of the engine. */
export interface WaitingRequestsContext {
  /** Queues an entry. */
  add(entry: Entry): void;
  /** The seat of a feed, as of the last commit. */
  seat(feed: string): Seat;
  /** Applies and records an update of the OMS itself, and sees to what follows from it. */
  tell(work: Work, update: UpdateEvent): void;
}

/** Requests that are sent in one commit. */
const RECORDS_AT_ONCE = LIMITS.COMMIT_RECORDS / 4;

export class WaitingRequests {
  readonly #context: WaitingRequestsContext;
  /** The feeds whose requests are on their way out. */
  readonly #underWay = new Set<string>();

  constructor(context: WaitingRequestsContext) {
    this.#context = context;
  }

  /** Whether requests to a feed are on their way out: others must wait behind them. */
  isUnderWay(feed: string): boolean {
    return this.#underWay.has(feed);
  }

  /** Sends what waits for a feed, if somebody supplies it. */
  send(feed: string): void {
    if (this.#underWay.has(feed) || this.#context.seat(feed).supplier === undefined) return;
    this.#underWay.add(feed);
    this.#context.add(this.#entry(feed, []));
  }

  /** `found` are those that were found waiting and have yet to be sent; none: they must be looked for. */
  #entry(feed: string, found: readonly Key<"request">[]): Entry {
    // Its timers still say when the wait of each is over.
    const giveUp = (work: Work) => void work.effects.push(() => this.#underWay.delete(feed));
    return {
      source: OMS_SEQUENCE,
      bytes: 0,
      records: RECORDS_AT_ONCE,
      duringJob: "waits",
      apply: (work) => {
        const left = this.#sendSome(work, feed, found);
        if (left === undefined) giveUp(work);
        else work.effects.push(() => this.#context.add(this.#entry(feed, left)));
      },
      refuse: giveUp,
      fail: giveUp,
    };
  }

  /** Gives what is left of those that were found; undefined when nothing waits, or nobody supplies the feed. */
  #sendSome(work: Work, feed: string, found: readonly Key<"request">[]): readonly Key<"request">[] | undefined {
    if (work.seat(feed).supplier === undefined) return undefined;
    const keys = found.length > 0 ? found : waitingFor(work.state, feed).map(keyOfState);
    if (keys.length === 0) return undefined;
    let taken = 0;
    for (let characters = 0; taken < RECORDS_AT_ONCE && characters < LIMITS.UPDATE_BYTES; taken++) {
      const key = keys[taken];
      if (key === undefined) break;
      const request = openRequest(work.state, key);
      if (request?.Status !== PENDING || request.Route !== feed) continue;
      characters += textOf(request).length;
      this.#context.tell(work, isOverdue(request, work.now) ? timeoutOf(request) : submissionOf(request));
    }
    return keys.slice(taken);
  }
}

/**
 * Questions to adapters, from a caller to whoever supplies the feed and back. Nothing of them is recorded: what is under
 * way is in memory alone, and its callers' pending calls keep the object awake for it. A question is sent once. When the
 * supplier goes it is not asked of the next one, because it may have had effects already.
 */
import { keyOf } from "../domain/records.ts";
import { decodeStored, encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FeedQuery, FeedResponse } from "../protocol/messages/index.ts";
import type { Entry } from "./inbox.ts";
import type { Outbox } from "./outbox.ts";
import type { FeedAnswer, FeedQuestion, OwnerAddress } from "./rpc.ts";
import { isMeant } from "./standing.ts";
import type { Work } from "./work.ts";

/** What queries need of the engine. */
export interface QueriesContext {
  readonly outbox: Outbox;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back after so many milliseconds, unless what it gives is called before. */
  timeout(milliseconds: number, action: () => void): () => void;
}

/** A question that has been taken and not been settled. */
interface Pending {
  readonly question: FeedQuestion;
  readonly settle: (answer: FeedAnswer) => void;
  /** Who was asked, once somebody was. */
  sessionId?: string;
  cancelTimeout?: () => void;
}

export class Queries {
  readonly #context: QueriesContext;
  /** By the RequestID that the adapter is told, oldest first. */
  readonly #pending = new Map<number, Pending>();
  #lastRequestId = 0;

  constructor(context: QueriesContext) {
    this.#context = context;
  }

  /**
   * Takes a question, to be asked or refused in its turn: gives the number that it is known by. `settle` is called once,
   * whatever becomes of it. Undefined when too many are under way.
   */
  take(question: FeedQuestion, settle: (answer: FeedAnswer) => void): number | undefined {
    if (!this.#hasRoomFor(question)) return undefined;
    // Never one that was given before, not even before the object hibernated, which takes seconds of doing nothing: an
    // answer to that may still come.
    this.#lastRequestId = Math.max(this.#lastRequestId + 1, this.#context.now() * 1000);
    this.#pending.set(this.#lastRequestId, { question, settle });
    return this.#lastRequestId;
  }

  /** Asks the adapter on a socket, unless the asker has gone meanwhile. */
  ask(requestId: number, sessionId: string): void {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return;
    const { feed, query } = pending.question;
    let isSent = false;
    try {
      isSent = this.#context.outbox.tellFeed(sessionId, {
        Type: "FeedEventType_Query",
        RequestID: requestId,
        Position: { Sequence: feed },
        Query: decodeStored(FeedQuery, query),
      });
    } finally {
      if (!isSent) this.refuse(requestId, new Refusal("Feed.Offline", feed));
    }
    if (!isSent) return;
    pending.sessionId = sessionId;
    pending.cancelTimeout = this.#context.timeout(LIMITS.QUERY_TIMEOUT_MS, () =>
      this.refuse(requestId, new Refusal("Timeout", feed)),
    );
  }

  /** There will be no answer. */
  refuse(requestId: number, refusal: Refusal): void {
    this.#settle(requestId, () => ({ errors: [refusal.text] }));
  }

  /** Passes on what the adapter on a socket answers. Throws Refusal `Query.Unknown` when nothing waits for it. */
  answer(sessionId: string, feed: string, requestId: number, response: FeedResponse): void {
    const pending = this.#pending.get(requestId);
    if (pending?.sessionId !== sessionId || pending.question.feed !== feed) {
      throw new Refusal("Query.Unknown", String(requestId));
    }
    const { compact } = pending.question;
    this.#settle(requestId, () => ({ response: encode(FeedResponse, response, compact) }));
  }

  /** A socket supplies a feed no more: what it was asked there stays without an answer. */
  lose(sessionId: string, feed: string): void {
    for (const [requestId, { question, sessionId: asked }] of this.#pending) {
      if (asked === sessionId && question.feed === feed) this.refuse(requestId, new Refusal("Feed.Lost", feed));
    }
  }

  /** Nobody waits any more for what is known to its asker by that id. */
  forget(id: string): void {
    for (const [requestId, { question }] of this.#pending) {
      if (question.id === id) this.refuse(requestId, new Refusal("Timeout", question.feed));
    }
  }

  #settle(requestId: number, answer: () => FeedAnswer): void {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return;
    this.#pending.delete(requestId);
    pending.cancelTimeout?.();
    pending.settle(answer());
  }

  #hasRoomFor({ feed, query }: FeedQuestion): boolean {
    const all = [...this.#pending.values()].map(({ question }) => question);
    const ofFeed = all.filter((question) => question.feed === feed);
    return (
      all.length < LIMITS.QUERIES_PER_OWNER &&
      ofFeed.length < LIMITS.QUERIES_PER_FEED &&
      characters(all) + query.length <= LIMITS.QUERIES_PER_OWNER_CHARACTERS &&
      characters(ofFeed) + query.length <= LIMITS.QUERIES_PER_FEED_CHARACTERS
    );
  }
}

function characters(questions: readonly FeedQuestion[]): number {
  return questions.reduce((sum, { query }) => sum + query.length, 0);
}

/** Where questions queue up: together, as one source, so that neither they nor updates wait long for each other. */
const QUERIES = "queries";

/** A question that has been taken, to be asked of who supplies the feed when its turn has come. It makes no record. */
export function queryEntry(queries: Queries, address: OwnerAddress, question: FeedQuestion, requestId: number): Entry {
  const { feed, query } = question;
  const refuse = (work: Work, refusal: Refusal) => {
    work.effects.push(() => queries.refuse(requestId, refusal));
  };
  return {
    source: QUERIES,
    bytes: query.length,
    records: 0,
    duringJob: "applied",
    apply(work) {
      // What was true when the call came in need not be true any more.
      if (!isMeant(work.standing, address)) {
        refuse(work, new Refusal("Owner.Unknown"));
        return;
      }
      const { supplier } = work.seat(feed);
      if (supplier !== undefined) {
        work.effects.push(() => queries.ask(requestId, supplier.sessionId));
        return;
      }
      const isKnown = work.state.record("feed", keyOf.feed(feed)) !== undefined;
      refuse(work, isKnown ? new Refusal("Feed.Offline", feed) : new Refusal("Unknown"));
    },
    refuse,
    fail: refuse,
  };
}

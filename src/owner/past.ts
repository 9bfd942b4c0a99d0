/** The past of an Owner, as it is told: parts of its log, raw records as at a moment, and whether the log is whole. */
import type { At } from "../domain/records.ts";
import type { Subscription } from "../domain/views.ts";
import type { Head, Store } from "../storage/store.ts";
import { exportedCommits, verifiedStretch } from "./chain.ts";
import { channelPieces } from "./channel.ts";
import { orderRouter } from "./exchanges.ts";
import { requireFeed } from "./existence.ts";
import { feedRequestTeller } from "./feed-requests.ts";
import { momentOf } from "./moments.ts";
import { historySteps } from "./record-history.ts";
import { auditTeller, eventTeller, tradeTeller } from "./record-lines.ts";
import type { ChainPlace, ChainStretch, ChannelQuestion, LogContent, LogQuestion, Moment, Span } from "./rpc.ts";
import { type SnapshotStyle, snapshotSteps, WHOLE_STATE } from "./snapshot-lines.ts";
import { beginningOf, stretchOf } from "./spans.ts";
import { piecesOf, type Step, steps } from "./telling.ts";

/** What a streamed answer was read at, and its texts as they are drawn. An empty one says: nothing to tell so far. */
export interface Telling {
  readonly at: At;
  readonly pieces: Iterator<string, void>;
}

export class Past {
  readonly #store: Store;
  readonly #ownerId: () => string;

  /** `ownerId` gives the Owner's present name. */
  constructor(store: Store, ownerId: () => string) {
    this.#store = store;
    this.#ownerId = ownerId;
  }

  /** The place in the log that a moment means. Throws Refusal `Feed <sequence>` or `History.Archived`. */
  locate(moment: Moment): At {
    return momentOf(this.#store, moment);
  }

  /** A part of the log as LogLines, as far as the log goes now. Throws Refusal as `OwnerRpc.log` says. */
  log({ content, span, count, compact = false, qualified = false, pieceBytes }: LogQuestion): Telling {
    const head = this.#store.head();
    const owner = this.#ownerId();
    const nameOf = (sequence: string) => (qualified ? `${owner}/${sequence}` : sequence);
    const style = { compact, nameOf, frameBytes: pieceBytes };
    const told = this.#told(content, span, head, style);
    return { at: head.at, pieces: piecesOf(told, { count, pieceBytes }) };
  }

  /** The raw records of one kind, in a JSON object. Throws Refusal `Feed <sequence>` or `History.Archived`. */
  channel(question: ChannelQuestion): Telling {
    const at = momentOf(this.#store, question.asAt);
    return { at, pieces: channelPieces(this.#store, question, at) };
  }

  /** Walks the hash chain for one stretch, after a place. */
  verify(after?: ChainPlace): ChainStretch {
    return verifiedStretch(this.#store, after);
  }

  /** A line for each commit. Throws Refusal `History.Archived`. */
  exportLog(after: number, count?: number): Iterator<string, void> {
    return exportedCommits(this.#store, after, count);
  }

  #told(content: LogContent, span: Span, head: Head, style: SnapshotStyle): Iterable<Step> {
    const store = this.#store;
    switch (content.type) {
      case "audit":
        return steps(store, stretchOf(store, head, span), auditTeller(style));
      case "events": {
        const { subscriptions, snapshot = false } = content;
        if (snapshot) return this.#toldFromSnapshot(subscriptions, span, head, style);
        return steps(
          store,
          stretchOf(store, head, span),
          eventTeller(subscriptions, orderRouter(store, head.at), style),
        );
      }
      case "trades":
        return steps(
          store,
          stretchOf(store, head, span),
          tradeTeller(content.targets, orderRouter(store, head.at), style),
        );
      case "updates":
        requireFeed(store, head, content.feed);
        return steps(store, stretchOf(store, head, span, content.feed), feedRequestTeller(style));
      case "history":
        return historySteps(store, head, content, stretchOf(store, head, span), style);
    }
  }

  /** A snapshot where a span begins, and all events after that: also those that a vector of positions was behind with. */
  #toldFromSnapshot(
    subscriptions: readonly Subscription[] | undefined,
    span: Span,
    head: Head,
    style: SnapshotStyle,
  ): Iterable<Step> {
    const store = this.#store;
    const beginning = beginningOf(store, head, span);
    const following = stretchOf(store, head, { ...span, from: { at: beginning } });
    return inTurn(
      snapshotSteps(store, beginning, subscriptions ?? WHOLE_STATE, style),
      steps(store, following, eventTeller(subscriptions, orderRouter(store, head.at), style)),
    );
  }
}

function* inTurn(...all: readonly Iterable<Step>[]): Generator<Step, void> {
  for (const each of all) yield* each;
}

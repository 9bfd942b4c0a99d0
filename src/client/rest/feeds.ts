/** Feeds: whether they are supplied, what came by them, and questions to their adapters. */
import { FeedDetails, FeedRequest, FeedResponse } from "../../protocol/messages/index.ts";
import { given, path, type Time, timeText } from "./address.ts";
import type { Answer, Listing, Rows } from "./answers.ts";
import type { Caller } from "./caller.ts";
import { type CountOptions, type OwnerOptions, ownerOf } from "./options.ts";

export interface FeedUpdatesOptions extends OwnerOptions, CountOptions {
  /** After a position of the feed, or after a time. */
  readonly from?: number | Time | undefined;
  /** Up to a position of the feed, inclusive. */
  readonly to?: number | undefined;
}

export interface FeedQueryOptions extends OwnerOptions {
  readonly tag?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Means nothing to the OMS. */
  readonly data?: Uint8Array<ArrayBuffer> | undefined;
}

export class Feeds {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  list(options: OwnerOptions = {}): Promise<Listing<FeedDetails>> {
    return this.#caller.list(FeedDetails, { path: path`/feed`, query: ownerOf(options), options });
  }

  get(feed: string, options: OwnerOptions = {}): Promise<Answer<FeedDetails>> {
    return this.#caller.one(FeedDetails, { path: path`/feed/byid/${feed}`, query: ownerOf(options), options });
  }

  /** What came by a feed, in its order. */
  updates(feed: string, options: FeedUpdatesOptions = {}): Rows<FeedRequest> {
    const { from, to, count } = options;
    const isPosition = from === undefined || typeof from === "number";
    const route = isPosition ? path`/feed/byid/${feed}/updates` : path`/feed/byid/${feed}/updates/fromdate`;
    const begin = given("from", isPosition ? from : timeText(from));
    const query = [...ownerOf(options), ...begin, ...given("to", to), ...given("count", count)];
    return this.#caller.rows(FeedRequest, { path: route, query, options });
  }

  /**
   * Asks the adapter of a feed. Its answer is told as it is, also when it answers with Errors. It is not asked again by
   * itself: what the adapter did is not known.
   */
  query(feed: string, type: string, options: FeedQueryOptions = {}): Promise<Answer<FeedResponse>> {
    const { tag, parameters = {}, data } = options;
    const named = Object.entries(parameters).map(([name, content]) => [`param[${name}]`, content] as const);
    return this.#caller.one(FeedResponse, {
      method: data === undefined ? "GET" : "POST",
      isRepeatable: false,
      path: path`/feed/byid/${feed}/query/${type}`,
      query: [...ownerOf(options), ...given("tag", tag), ...named],
      ...(data !== undefined && { body: { type: "application/octet-stream", content: data } }),
      options,
    });
  }
}

/** The adapter of a small exchange: what comes from the server goes to the market, and what the market does goes back. */
import type { Decimal } from "../../src/protocol/decimal.ts";
import type { ClientRequest, FeedRequest } from "../../src/protocol/messages/index.ts";
import { type AdapterOptions, FeedAdapter } from "./adapter.ts";
import { Market, type MarketEvent, type MarketOptions } from "./matching.ts";

export interface MarketAdapterOptions
  extends Omit<AdapterOptions, "requests">,
    Pick<MarketOptions, "prefix" | "currency"> {
  /** Called for each request that comes, before the market takes it; it waits for what is given. */
  readonly onRequest?: (request: ClientRequest) => void | Promise<void>;
  /** Called when it has been answered. */
  readonly onAnswered?: (request: ClientRequest) => void | Promise<void>;
}

export class MarketAdapter {
  readonly #adapter: FeedAdapter;
  readonly #options: MarketAdapterOptions;
  readonly #market: Market;
  /** What the market has done and has not been told yet. */
  #events: MarketEvent[] = [];
  #position = 0;
  /** One thing after another, in the order in which they came. */
  #work = Promise.resolve();

  constructor(options: MarketAdapterOptions) {
    this.#options = options;
    const { prefix, currency } = options;
    this.#market = new Market({ prefix, currency, onEvent: (event) => this.#events.push(event) });
    this.#adapter = new FeedAdapter({
      ...options,
      requests: {
        onRequest: (request) => void this.#then(() => this.#take(request)),
        onOutstanding: (state) => void this.#then(() => this.#tell(() => this.#market.reconcile(state))),
      },
    });
  }

  /** The feed's own part: whether it supplies, and how often its connection was lost. */
  get feed(): FeedAdapter {
    return this.#adapter;
  }

  async start(): Promise<void> {
    await this.#adapter.start();
  }

  /** Submits something that the market knows nothing of. Resolves when there is room for more. */
  submit(request: Omit<FeedRequest, "Position">): Promise<void> {
    return this.#then(() => this.#adapter.submit(this.#nextPosition(), request));
  }

  /** Others have traded: see Market. */
  print(code: string, price: Decimal, size: Decimal): Promise<void> {
    return this.#then(() => this.#tell(() => this.#market.print(code, price, size)));
  }

  /** Resolves when everything that came and was submitted is durable. */
  async drain(): Promise<void> {
    await this.#work;
    await this.#adapter.drain();
  }

  /** Ends when everything that came has been dealt with and is durable. */
  async close(): Promise<void> {
    await this.#work;
    await this.#adapter.close();
  }

  async #take(request: ClientRequest): Promise<void> {
    await this.#options.onRequest?.(request);
    await this.#tell(() => this.#market.take(request));
    await this.#options.onAnswered?.(request);
  }

  async #tell(act: () => void): Promise<void> {
    act();
    for (const event of this.#events.splice(0)) {
      if (event.tells === "requester") this.#adapter.answer(event.response);
      else await this.#adapter.submit(this.#nextPosition(), event.request);
    }
  }

  #nextPosition(): number {
    this.#position = Math.max(this.#position, this.#adapter.durable) + 1;
    return this.#position;
  }

  #then(act: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(act);
    return this.#work;
  }
}

/**
 * A feed of the SDK as the demo and the tests drive it: from a script, with answers that are given whenever they are
 * known, and connections that are lost on demand.
 */
import { connect, type Feed, type Session } from "../../src/client/index.ts";
import type {
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  FeedRequest,
} from "../../src/protocol/messages/index.ts";
import { BACKOFF, type Patience, patient } from "./patience.ts";

export interface AdapterOptions extends Patience {
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
  readonly feed: string;
  /** Names this instance, so that it supersedes its own older socket. */
  readonly agent: string;
  /** Updates that may be under way. */
  readonly window?: number;
  /** Told of each update that the server recorded without applying. */
  readonly onRefusal?: (errors: readonly string[]) => void;
  /** Takes client requests; without it all are rejected. */
  readonly requests?: RequestTaker;
}

/** What becomes of client requests is said by `answer`. */
export interface RequestTaker {
  /** A request has come, for the first time or because it was said to be unknown. */
  readonly onRequest: (request: ClientRequest) => void;
  /**
   * Whenever it comes to supply the feed: a request that was sent to another instance, and that nobody has answered. One
   * that never came must be answered `Request.Unknown`: then it is sent again.
   */
  readonly onOutstanding: (state: ClientRequestState) => void;
}

const DEFAULT_WINDOW = 256;

export class FeedAdapter {
  readonly #options: AdapterOptions;
  readonly #answers = new Map<string, (response: ClientRequestResponse) => void>();
  #opened: { readonly session: Session; readonly feed: Feed } | undefined;
  #connections = 0;
  #last = 0;

  constructor(options: AdapterOptions) {
    this.#options = options;
  }

  /** The last position that the server has made durable. */
  get durable(): number {
    return this.#opened?.feed.durable ?? 0;
  }

  /** Whether this instance supplies the feed now; otherwise it stands by or reconnects. */
  get supplying(): boolean {
    return this.#opened?.feed.state.current.name === "supplying";
  }

  /** How often the connection was lost. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** Connects, and keeps connected until it is closed. Resolves when it supplies the feed or stands by. */
  async start(): Promise<void> {
    const { url, owner, token, feed: name, agent, window = DEFAULT_WINDOW, onRefusal, requests } = this.#options;
    const session = connect({ url, owner, token, backoff: BACKOFF, onState: this.#counting() });
    patient(session, this.#options);
    const feed = session.feed(name, {
      agent,
      unacknowledgedUpdates: window,
      onRefusal: (_, { codes }) => onRefusal?.(codes),
      ...(requests !== undefined && {
        onRequest: (request) => this.#answerTo(request, () => requests.onRequest(request)),
        onReconcile: (state) => this.#answerTo(state.Request, () => requests.onOutstanding(state)),
      }),
    });
    this.#opened = { session, feed };
    for await (const state of feed.state) {
      if (state.name === "closed") throw state.why ?? new Error("the feed was closed");
      if (state.name !== "opening") return;
    }
  }

  /**
   * Submits a request at its upstream position. Resolves when there is room for more, long before it is durable. What is
   * durable already is passed over. Throws what ended the adapter.
   */
  async submit(position: number, request: Omit<FeedRequest, "Position">): Promise<void> {
    if (position <= this.#last) throw new Error(`position ${position} after ${this.#last}`);
    this.#last = position;
    const { feed } = this.#required;
    await feed.ready();
    // What it comes to is told by `onRefusal`, or by `drain`.
    feed.submit(position, request).catch(() => undefined);
  }

  /** Says what has become of a client request. */
  answer(response: ClientRequestResponse): void {
    this.#answers.get(nameOf(response))?.(response);
  }

  /** Resolves when everything that was submitted is durable. */
  async drain(): Promise<void> {
    await this.#required.feed.drain();
  }

  /** Drains, closes the feed and disconnects. */
  async close(): Promise<void> {
    await this.#required.feed.close();
    this.#required.session.close();
  }

  /** Ends at once and without a word, as a crash would. */
  async abandon(): Promise<void> {
    this.#required.session.close();
  }

  get #required() {
    if (this.#opened === undefined) throw new Error("the adapter was not started");
    return this.#opened;
  }

  #counting() {
    return ({ name }: { readonly name: string }): void => {
      if (name === "live") this.#connections++;
    };
  }

  #answerTo(request: ClientRequest | undefined, tell: () => void): Promise<ClientRequestResponse> {
    return new Promise((resolve) => {
      this.#answers.set(nameOf(request), resolve);
      tell();
    });
  }
}

/** An id is unique in its account alone. */
function nameOf({ Account, RequestID }: Pick<ClientRequest, "Account" | "RequestID"> = {}): string {
  return JSON.stringify([Account?.AccountID, RequestID]);
}

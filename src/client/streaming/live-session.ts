/** A session at work: connecting, waiting, connecting again; what goes over the connection is its stream's and feeds'. */

import type { EventMessage } from "../../protocol/messages/index.ts";
import { OmsError } from "../errors.ts";
import type { Client } from "../rest/client.ts";
import { createClient } from "../rest/client.ts";
import { Backoff, type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Connection, type Ending, type SocketLike } from "./connection.ts";
import { type Encoding, JSON_ENCODING } from "./encoding.ts";
import { closedError, failedError, lostError, refusedError } from "./errors.ts";
import type { Feed, FeedOptions } from "./feed.ts";
import { LiveFeed } from "./live-feed.ts";
import { LiveSubscription } from "./live-subscription.ts";
import { Observable } from "./observable.ts";
import type { Session, SessionOptions } from "./session.ts";
import { SharedStream } from "./shared-stream.ts";
import type { SessionState } from "./states.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import { showsOrders } from "./view-folds.ts";
import { type Targets, type ViewName, wireName } from "./views.ts";

const PROTOCOL = "oms.v1";
const DEFAULT_PULSE_MS = 5_000;
/** How long a socket may take to open, and the question why it did not to be answered. */
const PATIENCE_MS = 15_000;
/** A connection that held for so long was a good one: the next attempt after it is the first. */
const LASTING_MS = 5_000;

/** Why the server closes a socket. */
const CLOSED_BY_SERVER = { expired: 4401, revoked: 4403, moved: 4404, superseded: 4409 } as const;
/** The codes of what it means, as REST would answer them. */
const UNMENDABLE: ReadonlyMap<number, { readonly status: number; readonly code: string }> = new Map([
  [CLOSED_BY_SERVER.expired, { status: 401, code: "Unauthenticated" }],
  [CLOSED_BY_SERVER.revoked, { status: 403, code: "Authority" }],
  [CLOSED_BY_SERVER.moved, { status: 404, code: "Owner.Unknown" }],
]);

/** Opens a session, which keeps itself connected until it is closed. */
export function connect(options: SessionOptions): Session {
  return new LiveSession(options);
}

class LiveSession implements Session {
  readonly owner: string;
  readonly state = new Observable<SessionState>({ name: "connecting", attempt: 1 });
  readonly client: Client;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #stream = new SharedStream();
  readonly #feeds = new Map<string, LiveFeed>();
  #connection: Connection | undefined;
  /** Counts attempts: what an earlier one comes to is of no interest. */
  #attempt = 0;
  #openedAt: number | undefined;
  #stopWaiting = () => {};

  constructor(options: SessionOptions) {
    const { url, token, fetch, owner, signal, onState, clock = SYSTEM_CLOCK } = options;
    this.#options = options;
    this.owner = owner;
    this.#clock = clock;
    this.#backoff = new Backoff(clock, options.backoff);
    this.client = createClient({ url, token, ...(fetch !== undefined && { fetch }) });
    if (onState !== undefined) this.state.onChange(onState);
    if (signal?.aborted === true) {
      this.close();
      return;
    }
    const stop = () => this.close();
    signal?.addEventListener("abort", stop, { once: true });
    this.state.onChange(({ name }) => {
      if (name === "closed") signal?.removeEventListener("abort", stop);
    });
    this.#connect();
  }

  get #encoding(): Encoding {
    return this.#options.encoding ?? JSON_ENCODING;
  }

  get isClosed(): boolean {
    return this.state.current.name === "closed";
  }

  subscribe<Name extends ViewName>(
    view: Name,
    targets: Targets = {},
    options: SubscribeOptions = {},
  ): Subscription<Name> {
    this.#requireOpen();
    this.#requireTellable(view, targets);
    const subscription: LiveSubscription<Name> = new LiveSubscription(view, this.owner, targets, options, {
      closed: () => this.#stream.remove(subscription),
    });
    this.#stream.add(subscription);
    return subscription;
  }

  feed(name: string, options: FeedOptions = {}): Feed {
    this.#requireOpen();
    if (this.#feeds.has(name)) throw new TypeError(`the feed ${name} is open already`);
    const feed: LiveFeed = new LiveFeed(name, options, {
      clock: this.#clock,
      encoding: this.#encoding,
      watchRequests: () => this.subscribe("Requests", { feeds: [name] }),
      ended: () => this.#feeds.delete(name),
    });
    this.#feeds.set(name, feed);
    if (this.#connection !== undefined && this.state.current.name === "live") feed.connected(this.#connection);
    return feed;
  }

  reconnect(): void {
    if (this.isClosed) return;
    this.#backoff.reset();
    this.#leave("reconnecting");
    this.#connect();
  }

  close(): void {
    this.#end();
  }

  #requireOpen(): void {
    const { current } = this.state;
    if (current.name === "closed") throw current.why ?? closedError("The session");
  }

  /** Of an order's event only the server knows by which feed the order is executed. */
  #requireTellable(view: ViewName, { feeds }: Targets): void {
    if (view === "Feed" && feeds === undefined) throw new TypeError("the view Feed needs to be told of which feeds");
    const isFeedView = view === "Feed";
    for (const { view: other } of this.#stream.subscriptions) {
      if ((isFeedView && showsOrders(wireName(other))) || (other === "Feed" && showsOrders(wireName(view)))) {
        throw new TypeError(`the views ${view} and ${other} both show orders: give one of them a session of its own`);
      }
    }
  }

  #connect(): void {
    this.#stopWaiting();
    this.state.set({ name: "connecting", attempt: this.#backoff.attempts + 1 });
    const attempt = ++this.#attempt;
    // What asking for the token throws is dealt with there.
    void this.#open(attempt);
  }

  async #open(attempt: number): Promise<void> {
    let token: string;
    try {
      token = await this.#askForToken();
    } catch (cause) {
      if (attempt === this.#attempt) this.#retry(failedError("token", "The token function", cause));
      return;
    }
    if (attempt !== this.#attempt || this.isClosed) return;
    let socket: SocketLike;
    try {
      const make = this.#options.webSocket ?? ((url: string, protocols: string[]) => new WebSocket(url, protocols));
      socket = make(this.#address(), [PROTOCOL, `bearer.${token}`]);
    } catch (cause) {
      this.#end(new OmsError({ kind: "unreadable", what: "The session's address or token", cause }));
      return;
    }
    const connection: Connection = new Connection(socket, {
      clock: this.#clock,
      encoding: this.#encoding,
      pulse: this.#options.pulse ?? DEFAULT_PULSE_MS,
      openWithin: PATIENCE_MS,
      onOpen: () => this.#opened(connection),
      onEvent: (event) => this.#received(connection, event),
      onEnd: (ending) => {
        if (connection === this.#connection) this.#lost(ending, token);
      },
    });
    this.#connection = connection;
  }

  async #askForToken(): Promise<string> {
    const { token } = this.#options;
    return typeof token === "string" ? token : await token();
  }

  #address(): string {
    const address = new URL(this.#options.url);
    address.protocol = address.protocol === "https:" || address.protocol === "wss:" ? "wss:" : "ws:";
    address.pathname = `${address.pathname.replace(/\/$/, "")}/streaming`;
    address.search = `?owner=${encodeURIComponent(this.owner)}`;
    return address.href;
  }

  #opened(connection: Connection): void {
    this.#openedAt = this.#clock.now();
    this.state.set({ name: "live" });
    this.#stream.connected(connection);
    for (const feed of [...this.#feeds.values()]) feed.connected(connection);
  }

  #received(connection: Connection, event: EventMessage): void {
    if (connection !== this.#connection) return;
    try {
      const feed = event.Feed?.Position?.Sequence;
      if (feed !== undefined) this.#tellFeed(connection, feed, event);
      else if (isUnaddressed(event) && this.#isAsking(connection)) connection.drop(`refused: ${event.Request?.Errors}`);
      else this.#stream.received(event);
    } catch (error) {
      connection.break(failedError("unreadable", "A frame", error));
    }
  }

  #isAsking(connection: Connection): boolean {
    return connection.isAsking || [...this.#feeds.values()].some(({ isOpening }) => isOpening);
  }

  #tellFeed(connection: Connection, name: string, event: EventMessage): void {
    const feed = this.#feeds.get(name);
    if (feed !== undefined) feed.received(event);
    // It was closed while it stood by, and has been given the feed all the same.
    else if (event.Feed?.Type === "FeedEventType_Resume") {
      const Feed = { Type: "FeedRequestType_Close", Position: { Sequence: name } } as const;
      connection.send({ Type: "RequestMessageType_FeedRequest", Feed });
    }
  }

  /** The connection has ended, and nobody here wanted it to. */
  #lost(ending: Ending, token: string): void {
    this.#disconnected();
    const { wasOpen, code, reason, broken } = ending;
    if (broken !== undefined) {
      this.#end(broken);
      return;
    }
    if (!wasOpen) {
      void this.#inquire(this.#attempt, token);
      return;
    }
    if (code === CLOSED_BY_SERVER.superseded) {
      for (const feed of [...this.#feeds.values()]) feed.superseded();
    }
    const unmendable = UNMENDABLE.get(code);
    if (unmendable !== undefined && !(code === CLOSED_BY_SERVER.expired && this.#hasFreshTokens)) {
      this.#end(refusedError("The session", [unmendable.code], unmendable.status));
      return;
    }
    this.#retry(lostError(reason === "" ? `the connection was lost (${code})` : `${reason} (${code})`));
  }

  get #hasFreshTokens(): boolean {
    return typeof this.#options.token === "function";
  }

  /** A socket does not tell why it was refused: a call over REST does. */
  async #inquire(attempt: number, token: string): Promise<void> {
    const { url, fetch } = this.#options;
    const client = createClient({ url, token, retry: { attempts: 1 }, ...(fetch !== undefined && { fetch }) });
    const patience = new AbortController();
    const stop = this.#clock.after(PATIENCE_MS, () => patience.abort());
    let why = lostError("no connection could be made");
    try {
      await client.owners.get(this.owner, { signal: patience.signal });
    } catch (error) {
      if (error instanceof OmsError) why = error;
    } finally {
      stop();
    }
    if (attempt !== this.#attempt || this.isClosed) return;
    const isFinal = why.status === 403 || why.status === 404 || (why.status === 401 && !this.#hasFreshTokens);
    if (isFinal) this.#end(why);
    else this.#retry(why);
  }

  #retry(why: OmsError): void {
    if (this.isClosed) return;
    const delay = this.#backoff.failed();
    this.#stopWaiting = this.#clock.after(delay, () => this.#connect());
    this.state.set({ name: "waiting", until: this.#clock.now() + delay, why });
  }

  #disconnected(): void {
    this.#connection = undefined;
    if (this.#openedAt !== undefined && this.#clock.now() - this.#openedAt >= LASTING_MS) this.#backoff.reset();
    this.#openedAt = undefined;
    this.#stream.lost();
    for (const feed of [...this.#feeds.values()]) feed.lost();
  }

  /** Leaves the connection, without a try at another. */
  #leave(reason: string, code?: number): void {
    const connection = this.#connection;
    this.#disconnected();
    connection?.drop(reason, code);
  }

  #end(why?: OmsError): void {
    if (this.isClosed) return;
    this.#attempt++;
    this.#stopWaiting();
    this.state.set({ name: "closed", ...(why !== undefined && { why }) });
    this.#leave("", NORMAL);
    this.#stream.end(why);
    for (const feed of [...this.#feeds.values()]) feed.end(why);
  }
}

/** The close code of who has nothing more to say. */
const NORMAL = 1000;

/** A refusal that does not say of what: there was no room for it, and it may have been anything. */
function isUnaddressed({ Type, Request }: EventMessage): boolean {
  return Type === "EventMessageType_Response" && Request?.RequestID === undefined && Request?.Errors !== undefined;
}

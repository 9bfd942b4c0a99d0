/** A streaming session with one Owner: one socket that reconnects by itself, shared by subscriptions and feeds. */
import type { Client } from "../rest/client.ts";
import type { Fetch } from "../rest/http.ts";
import type { Token } from "../token.ts";
import type { BackoffOptions, Clock } from "./clock.ts";
import type { SocketLike } from "./connection.ts";
import type { Encoding } from "./encoding.ts";
import type { Feed, FeedOptions } from "./feed.ts";
import type { Observed, SessionState } from "./states.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import type { Targets, ViewName } from "./views.ts";

/** Makes a socket that offers these subprotocols. */
export type SocketFactory = (url: string, protocols: string[]) => SocketLike;

export interface SessionOptions {
  /** Where the server listens: `https://oms.example.com`. */
  readonly url: string | URL;
  /** A bearer token, or what gives one: it is asked before each connection. */
  readonly token: Token;
  readonly owner: string;
  /** Ends the session. */
  readonly signal?: AbortSignal;
  /** Told of each change of state. */
  readonly onState?: (state: SessionState) => void;
  /** The platform's WebSocket unless said. */
  readonly webSocket?: SocketFactory;
  /** The platform's fetch unless said: it finds out why a connection was refused, and makes the calls of `client`. */
  readonly fetch?: Fetch;
  /** How long to wait between attempts: at random up to 250 ms, 500 ms, … 30 s unless said. */
  readonly backoff?: BackoffOptions;
  /** How often to ask whether the server is there, in milliseconds (5,000): no sign of it by the next time ends the connection. */
  readonly pulse?: number;
  readonly clock?: Clock;
  /** How messages travel: JSON_ENCODING unless said, or BINARY_ENCODING. */
  readonly encoding?: Encoding;
}

export interface Session {
  readonly owner: string;
  readonly state: Observed<SessionState>;
  /** The REST client with the same url and token. */
  readonly client: Client;
  /** Subscribes to a view of the whole Owner, or narrowed. Throws OmsError when the session is closed. */
  subscribe<Name extends ViewName>(view: Name, targets?: Targets, options?: SubscribeOptions): Subscription<Name>;
  /** Opens a feed. One at a time of each name. Throws OmsError when the session is closed. */
  feed(name: string, options?: FeedOptions): Feed;
  /** Drops the connection without a word; it is made again at once. For tests, and for a page that woke up. */
  reconnect(): void;
  /** Ends the session, its subscriptions and its feeds, at once. Close feeds first, so that they drain. */
  close(): void;
}

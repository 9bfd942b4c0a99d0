/** A streaming session with one Owner: one socket that reconnects by itself, shared by subscriptions and feeds. */
import type { Feed, FeedOptions } from "./feed.ts";
import type { Observed, SessionState } from "./states.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import type { Targets, ViewName } from "./views.ts";

/** What a session needs of a WebSocket. */
export interface SocketLike {
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Makes a socket that offers these subprotocols. */
export type SocketFactory = (url: string, protocols: string[]) => SocketLike;

/** Where time and chance come from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds, unless what is given back is called before. */
  after(milliseconds: number, action: () => void): () => void;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
}

export interface SessionOptions {
  /** Where the server listens: `https://oms.example.com`. */
  readonly url: string | URL;
  /** A bearer token, or what gives one: it is asked before each connection. */
  readonly token: string | (() => string | Promise<string>);
  readonly owner: string;
  /** Ends the session. */
  readonly signal?: AbortSignal;
  /** Told of each change of state. */
  readonly onState?: (state: SessionState) => void;
  /** The platform's WebSocket unless said. */
  readonly webSocket?: SocketFactory;
  /** The platform's fetch unless said: it finds out why a connection was refused, and makes the calls of `client`. */
  readonly fetch?: typeof fetch;
  /**
   * How long to wait between attempts, in milliseconds: at random up to `first` × 2ⁿ (250), and never more than `most`
   * (30,000).
   */
  readonly backoff?: { readonly first?: number; readonly most?: number };
  /** How often to ask whether the server is there, in milliseconds (5,000): no sign of it by the next time ends the connection. */
  readonly pulse?: number;
  readonly clock?: Clock;
}

export interface Session {
  readonly owner: string;
  readonly state: Observed<SessionState>;
  /** Subscribes to a view of the whole Owner, or narrowed. Throws OmsError when the session is closed. */
  subscribe<Name extends ViewName>(view: Name, targets?: Targets, options?: SubscribeOptions): Subscription<Name>;
  /** Opens a feed. One at a time of each name. Throws OmsError when the session is closed. */
  feed(name: string, options?: FeedOptions): Feed;
  /** Drops the connection without a word; it is made again at once. For tests, and for a page that woke up. */
  reconnect(): void;
  /** Ends the session, its subscriptions and its feeds, at once. Close feeds first, so that they drain. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Opens a session, which keeps itself connected until it is closed. */
export function connect(_options: SessionOptions): Session {
  throw new Error("not built yet");
}

/** What `session.feed` gives: an adapter's journal. What is submitted is sent until it is durable, and never twice. */
import type {
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  FeedConfiguration,
  FeedQuery,
  FeedRequest,
  FeedResponse,
} from "../../protocol/messages/index.ts";
import type { OmsError } from "../errors.ts";
import type { FeedState, Observed } from "./states.ts";

/** What a feed may submit: one of these fields. `Type` says which, and may be left out. */
export type FeedUpdate = Pick<
  FeedRequest,
  "Type" | "Action" | "Operation" | "Status" | "Configuration" | "Request" | "Update"
>;

/** What became of a client request: no `Errors` means taken. */
export type RequestOutcome = Pick<ClientRequestResponse, "Status" | "OrderID" | "Errors" | "Parameters" | "Values">;

/** The answer to a query: what is wrong with it goes into `Errors`, in the adapter's own words. */
export type QueryOutcome = Pick<FeedResponse, "Parameters" | "QueryData" | "Errors">;

/** Where this instance supplies the feed from. */
export interface Supply {
  /** The last position that the server has: submit what comes after it. */
  readonly position: number;
  /** What the last adapter configured. */
  readonly configuration: FeedConfiguration | undefined;
}

/** How to open a feed. Handlers may be slow; none is waited for by another. */
export interface FeedOptions {
  /** Names this instance, so that it supersedes its own older socket. */
  readonly agent?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Updates that may be under way before `ready` waits. 1,000 unless said. */
  readonly unacknowledgedUpdates?: number;
  /** Characters of updates, or bytes of binary ones, that may be under way before `ready` waits. 4 million unless said. */
  readonly unacknowledgedLength?: number;
  /** Takes a client request. Submit the order that it became first, then say the outcome. Without it, all are rejected. */
  readonly onRequest?: (request: ClientRequest) => RequestOutcome | Promise<RequestOutcome>;
  /**
   * What became of a request that was sent to another instance or before a restart, and never answered:
   * `{ Errors: ["Request.Unknown"] }` when it never came, and it is sent once more; undefined leaves it open.
   */
  readonly onReconcile?: (
    state: ClientRequestState,
  ) => RequestOutcome | undefined | Promise<RequestOutcome | undefined>;
  /** Answers a question. Without it, all are answered with errors. */
  readonly onQuery?: (query: FeedQuery) => QueryOutcome | Promise<QueryOutcome>;
  /** Another instance supplies the feed; this one stands by. */
  readonly onStandby?: () => void;
  /** This instance supplies the feed, now or again. */
  readonly onSupply?: (supply: Supply) => void;
  /**
   * The server asks for what the journal has forgotten: submit everything after this position again, then resolve.
   * Without it the feed ends.
   */
  readonly onResume?: (position: number) => void | Promise<void>;
  /** The rules refused an update: it is recorded, and has changed nothing. With this, `submit` may go unawaited. */
  readonly onRefusal?: (position: number, error: OmsError) => void;
  /** A handler threw. What it was asked stays unanswered. */
  readonly onError?: (error: unknown) => void;
}

/** An adapter's side of a feed. */
export interface Feed {
  readonly name: string;
  readonly state: Observed<FeedState>;
  /** Resolves when this instance supplies the feed, at once if it does. Rejects with what ended the feed. */
  readonly supplying: Promise<Supply>;
  /** The last position that is known to be durable. */
  readonly durable: number;
  /** Updates that are not durable yet. */
  readonly unacknowledged: number;
  /** Resolves when there is room for another update. Rejects with what ended the feed. */
  ready(): Promise<void>;
  /**
   * Submits an update at its upstream position, which must be greater than the last. Resolves when it is durable, at
   * once if it was already. Rejects when the rules refuse it (an OmsError with the codes), or with what ended the feed.
   */
  submit(position: number, update: FeedUpdate): Promise<void>;
  /** Says that there is nothing for this Owner up to a position. Resolves when that is durable. */
  bookmark(position: number): Promise<void>;
  /** Resolves when everything that was submitted is durable, or was refused. Rejects with what ended the feed. */
  drain(): Promise<void>;
  /** Drains, and closes the feed. */
  close(): Promise<void>;
}

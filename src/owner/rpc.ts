/**
 * What the Worker may ask of an Owner's object, beside opening a socket. Arguments and answers are plain data and
 * JSON texts, because that is what passes between isolates. Keep it additive: two versions meet during a deploy.
 */
import type { At, Kind } from "../domain/records.ts";
import type { Subscription } from "../domain/views.ts";
import type { ErrorText } from "../protocol/errors.ts";
import type { SubscriptionTarget } from "../protocol/messages/index.ts";

/** The kinds of record that are read over REST. Of exchanges, those that are in effect. */
export type ReadableKind = Exclude<Kind, "configuration" | "ownExchange">;

/**
 * Which Owner is meant: its name, and since when the name leads there (see KnownOwner). An object that is not that
 * Owner, or not any more, or not yet, throws Refusal `Owner.Unknown`: whoever asked must look the name up anew.
 */
export interface OwnerAddress {
  readonly ownerId: string;
  readonly generation: number;
}

/** Which records to list. Account ids are within the Owner. */
export interface ListQuestion {
  readonly kind: ReadableKind;
  readonly accountId?: string;
  /** Only of this exchange. */
  readonly exchange?: string;
  /** Orders: only those that are not completed. */
  readonly onlyActive?: boolean;
  /** Enums in their short spelling. */
  readonly compact?: boolean;
  readonly asAt?: Moment;
}

/** Which one record to read. `parts` are what `keyOf` of the kind takes. */
export interface RecordQuestion {
  readonly kind: ReadableKind;
  readonly parts: readonly string[];
  readonly compact?: boolean;
  readonly asAt?: Moment;
}

/** A moment of the past: a time in microseconds since 1970, or the place after a position of a sequence. */
export type Moment = { readonly at: number } | { readonly sequence: string; readonly position: number };

/** A list's JSON array, streamed in bounded pieces, all of it as at `at`. */
export interface Listing {
  readonly at: At;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * An end of a span of the log: a time in microseconds since 1970, or a position for each sequence. One that is left out
 * counts as 0: nothing of that sequence is before such an end.
 */
export type Bound = { readonly at: number } | { readonly positions: Readonly<Record<string, number>> };

/** A part of the log: what is after `from` (absent: from the beginning), up to and including `to` (absent: the head). */
export interface Span {
  readonly from?: Bound;
  readonly to?: Bound;
}

/** What of a part of the log is told, and how. */
export type LogContent =
  /** Every update: AuditRecords. */
  | { readonly type: "audit" }
  /**
   * The events of each record that one of the subscriptions would be sent, or every event when there are none given:
   * EventMessages of type Update. With `snapshot`, before them the state of each subscription's view where the span
   * begins, as on a socket, or of every view that has a state; the events are then all those that follow that moment.
   */
  | { readonly type: "events"; readonly subscriptions?: readonly Subscription[]; readonly snapshot?: boolean }
  /** The trades, corrections and cancels that were applied: RecordedActions. */
  | { readonly type: "trades"; readonly targets: readonly SubscriptionTarget[] }
  /** What came in one feed's sequence: FeedRequests. Throws Refusal `Unknown` when there is no such feed. */
  | { readonly type: "updates"; readonly feed: string }
  /**
   * Every state that one record had: RecordedStates. `parts` are what `keyOf` of the kind takes. An order's history goes
   * back through the accounts that it was moved from. Throws Refusal `Unknown` when there never was such a record.
   */
  | { readonly type: "history"; readonly kind: "balance" | "holding" | "order"; readonly parts: readonly string[] };

/** A part of the log, to be told. */
export interface LogQuestion {
  readonly content: LogContent;
  readonly span: Span;
  /** At most so many records, each with all that is told of it; absent: all. */
  readonly count?: number;
  /** Enums in their short spelling. */
  readonly compact?: boolean;
  /** Sequences are named `<owner>/<sequence>`, because the answer spans several Owners. */
  readonly qualified?: boolean;
  /** Bytes of one piece of the answer, roughly; absent: LIMITS.ANSWER_PIECE_BYTES. */
  readonly pieceBytes?: number;
}

/**
 * A part of the log, streamed in bounded pieces; all of it was there at `at`. `body` is LogLines in the order of the log.
 */
export interface LogAnswer {
  readonly at: At;
  /** Whatever is recorded from now on is recorded after this. Logs can be told as one up to the least of these. */
  readonly settled: At;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * One line of a LogAnswer, as text: `<at> <records> <json>` and a line end. `at` is the record's; `records` is 1 for a
 * message that tells of a record, 0 for one of a snapshot; `json` holds no line end.
 * An empty line says nothing.
 */
export interface LogLine {
  readonly at: At;
  readonly records: 0 | 1;
  readonly json: string;
}

/** The raw records of one kind, as at a moment. */
export interface ChannelQuestion {
  readonly channel: Kind;
  readonly asAt?: Moment;
}

/** How far the hash chain was walked: up to commit `id`, after so many commits, which had this hash. */
export interface ChainPlace {
  readonly id: number;
  readonly commits: number;
  readonly hash: string;
}

/** One stretch of the walk. `broken` is the commit that does not follow from what is before it. */
export interface ChainStretch extends ChainPlace {
  readonly isDone: boolean;
  readonly broken?: number;
}

/** A question to the adapter that supplies a feed. */
export interface FeedQuestion {
  /** The asker's own name for it, by which it may be forgotten. */
  readonly id: string;
  readonly feed: string;
  /** A FeedQuery in JSON, decoded and checked by the Worker. */
  readonly query: string;
  /** Enums in their short spelling. */
  readonly compact?: boolean;
}

export type FeedAnswer =
  /** A FeedResponse in JSON, as the adapter gave it. */
  | { readonly response: string }
  /** There is no answer, and why: `Owner.Unknown`, `Unknown`, `Feed.Offline`, `Feed.Lost`, `Timeout`, `Retry`. */
  | { readonly errors: readonly ErrorText[] };

/** A client request as a caller over REST makes it. */
export interface RequestCall {
  /** A ClientRequest in JSON, decoded and checked by the Worker. */
  readonly request: string;
  /** The caller's Permissions in JSON. */
  readonly permissions: string;
  /** Enums in their short spelling. */
  readonly compact?: boolean;
}

export type RequestOutcome =
  /** A ClientRequestResponse in JSON: what is known of the request as at `at`. */
  | { readonly at: At; readonly response: string }
  /** Nothing was recorded, or nothing can be told now; the same may be asked again. */
  | { readonly errors: readonly ErrorText[] };

/** One record's JSON as at `at`; undefined when there is none. */
export interface Reading {
  readonly at: At;
  readonly body: string | undefined;
}

/** One update that a caller submits over REST, with what must hold for it to be applied. */
export interface Instruction {
  /** An UpdateEvent in JSON, decoded and checked by the Worker. */
  readonly update: string;
  /** A settlement's ExpectedBalance as a decimal text (rule C4). */
  readonly expectedBalance?: string;
  /** The order or account must already exist under the account it names, else `Unknown`. */
  readonly mustExist?: boolean;
}

export type Submitted =
  /** `updates` are the instructions' updates as they were recorded, completed by what the server filled in. */
  | { readonly at: At; readonly updates: readonly string[] }
  /** Nothing was changed: all or none. `item` is the index of the instruction that was refused. */
  | { readonly errors: readonly ErrorText[]; readonly item: number };

export interface Health {
  readonly status: "Healthy" | "Degraded";
  readonly bytesUsed: number;
  readonly head: At;
  /** Why it is Degraded. Absent in an object that does not tell yet. */
  readonly reasons?: readonly HealthReason[];
}

/** Why an object is Degraded. */
export type HealthReason =
  /** LIMITS.STORAGE_DEGRADED of its storage is in use. */
  | "Storage.Degraded"
  /** LIMITS.STORAGE_FULL of it is: updates are refused. */
  | "Storage.Full"
  /** A job of steps is under way: until it is done updates are refused. */
  | "Job"
  /** Something has been due for LIMITS.TIMER_LAG_DEGRADED_MS. */
  | "Timers"
  /** Of the System: Owners cannot be handed down what is common. */
  | "Deliveries";

/** What has been counted since an object came into its memory: a restart, or waking from hibernation, begins anew. */
export interface Counts {
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  readonly commits: number;
  /** Records of the log. */
  readonly updates: number;
  readonly events: number;
  /** Programmer's errors. */
  readonly failures: number;
  /** Times that something due could not be dealt with. */
  readonly alarmsRetried: number;
  /** By code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly socketsOpened: number;
  /** By the code that they were closed with. */
  readonly socketsClosed: Readonly<Record<string, number>>;
}

/** The figures that every object has. Sizes are in bytes, times in milliseconds. */
export interface ObjectMetrics {
  readonly counts: Counts;
  /** Rows that it has written since it came into its memory, as the platform counts them. */
  readonly rowsWritten?: number;
  /** What waits to be applied. */
  readonly queuedBytes: number;
  readonly storageBytes: number;
  /** For how long something has been due; 0 when nothing is. */
  readonly timerLag: number;
}

export interface OwnerMetrics extends ObjectMetrics {
  readonly sockets: number;
  readonly subscriptions: number;
  /** Sockets that have yet to be sent what there is. */
  readonly socketsBehind: number;
  /** Those of them whose window is used up: their clients have not acknowledged what they were sent. */
  readonly socketsStalled: number;
  /** Since when a job of steps is under way; absent when none is. */
  readonly jobSince?: number;
  readonly feeds: readonly FeedFigures[];
}

export interface FeedFigures {
  readonly feed: string;
  /** The last position that is durable. */
  readonly position: number;
  readonly isSupplied: boolean;
  /** How many stand by. */
  readonly standby: number;
  /** When its last update or bookmark was taken; absent when that has been archived. */
  readonly lastUpdate?: number;
}

/**
 * Metadata handed down from the System, as one feed: an Owner's last position in the sequence `system` is how far it has
 * come. Items are in order of position; what is not above the last position has been taken before.
 */
export interface Delivery {
  /** The position that the Owner is expected to have at least. If it has less, nothing is taken. */
  readonly after: number;
  readonly items: readonly DeliveryItem[];
  /** There is nothing for this Owner up to here beside the items. */
  readonly upTo: number;
}

export type DeliveryItem =
  /** An UpdateEvent in JSON, of type Operation: recorded and applied. */
  | { readonly position: number; readonly update: string }
  /** An identity's permissions have changed: `permissions` are the present ones in JSON; undefined = it has none. */
  | { readonly position: number; readonly source: string; readonly identity: string; readonly permissions?: string }
  /** Identities of a source must show anew who they are. */
  | { readonly position: number; readonly source: string };

/** What became of an Owner that is to be undefined. */
export type Retirement = "retired" | "occupied";

/** The methods of an Owner's object. */
export interface OwnerRpc {
  list(address: OwnerAddress, question: ListQuestion): Promise<Listing>;
  record(address: OwnerAddress, question: RecordQuestion): Promise<Reading>;
  submit(address: OwnerAddress, instructions: readonly Instruction[]): Promise<Submitted>;
  health(address: OwnerAddress): Promise<Health>;
  /** Its figures. */
  metrics(address: OwnerAddress): Promise<OwnerMetrics>;
  /**
   * Makes a client request, and resolves with its outcome when that is known, or known to be unknown for now. Harmless
   * when repeated: the same request is made once, and every caller is told its outcome.
   */
  request(address: OwnerAddress, call: RequestCall): Promise<RequestOutcome>;
  /**
   * Asks the adapter that supplies a feed, once, and resolves with what it answers, or that it did not within
   * LIMITS.QUERY_TIMEOUT_MS. Nothing of it is recorded.
   */
  query(address: OwnerAddress, question: FeedQuestion): Promise<FeedAnswer>;
  /** Its asker waits no more for the answer to a question. Harmless when it has come. */
  forgetQuery(address: OwnerAddress, id: string): Promise<void>;
  /** The place in the log that a moment means. Throws Refusal `Feed <sequence>` or `History.Archived`. */
  locate(address: OwnerAddress, moment: Moment): Promise<At>;
  /**
   * Tells a part of the log. Throws Refusal `Feed <sequence>` for a position of a sequence that the Owner does not have,
   * `History.Archived`, and what the content says.
   */
  log(address: OwnerAddress, question: LogQuestion): Promise<LogAnswer>;
  /** The raw records of one kind: a JSON object `{At, Position, Records}`, streamed. */
  channel(address: OwnerAddress, question: ChannelQuestion): Promise<Listing>;
  /** Walks the hash chain for one stretch, after a place (absent: from the beginning). */
  verify(address: OwnerAddress, after?: ChainPlace): Promise<ChainStretch>;
  /** The commits after one, at most so many: a line of JSON each, `{Commit, Last, Previous, Hash, Body}`, streamed. */
  exportLog(address: OwnerAddress, after: number, count?: number): Promise<ReadableStream<Uint8Array>>;
  /** Takes metadata handed down; resolves with the Owner's position in the sequence `system` when that is durable. */
  receive(delivery: Delivery): Promise<number>;
  /**
   * Ends an Owner for good, closes its sockets, and keeps its log: unless it is `occupied` by live records and is not
   * forced. Harmless when repeated.
   */
  retire(address: OwnerAddress, force: boolean): Promise<Retirement>;
}

/** Headers by which the Worker tells the object who opens a socket. It sets them itself, whatever the client sent. */
export const SOCKET_HEADERS = {
  /** The OwnerID of the OwnerAddress, percent-encoded: a header holds ASCII only. */
  owner: "X-OMS-Owner",
  /** Its generation. */
  generation: "X-OMS-Generation",
  /** A Permissions message in JSON, all of it in ASCII. */
  permissions: "X-OMS-Permissions",
  /** "true" when enums are to be written short. */
  compact: "X-OMS-Compact",
  /** When the caller's token expires, in seconds since 1970. Absent when it never does. */
  expires: "X-OMS-Expires",
} as const;

/**
 * A feed adapter that loses nothing and repeats nothing, by the protocol alone: what it submits stays in its journal
 * until the server bookmarks it, and after any interruption it sends again from where Resume says.
 */
import { setTimeout as wait } from "node:timers/promises";
import type {
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  EventMessage,
  FeedEvent,
  FeedRequest,
  RequestMessage,
  UpdateEvent,
} from "../../src/protocol/messages/index.ts";
import { Backoff } from "./backoff.ts";
import { type Closing, Session, SessionClosed } from "./session.ts";

export interface AdapterOptions {
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
  readonly feed: string;
  /** Names this instance, so that it supersedes its own older socket. */
  readonly agent: string;
  /** Frames sent and not yet bookmarked. */
  readonly window?: number;
  /** Frames that travel together in one array, when so many are ready. */
  readonly batch?: number;
  /** For how long it tries to reconnect. */
  readonly patienceMs?: number;
  /** Told of each frame that the server recorded without applying, or did not take. */
  readonly onRefusal?: (errors: readonly string[]) => void;
  /** Takes client requests; without it none is looked at. */
  readonly requests?: RequestTaker;
}

/** What becomes of client requests is said by `answer`. */
export interface RequestTaker {
  /** A request has come, for the first time or because it was said to be unknown. */
  readonly onRequest: (request: ClientRequest) => void;
  /**
   * Whenever it comes to supply the feed: a request that was sent, over another connection or to another instance, and
   * that nobody has answered. One that never came must be answered `Request.Unknown`: then it is sent again.
   */
  readonly onOutstanding: (state: ClientRequestState) => void;
}

interface Entry {
  readonly position: number;
  readonly message: RequestMessage;
}

/** Another instance with the same identity and Agent has taken over. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

/** The server asks to resume before what it has bookmarked: it has forgotten something. */
export class BookmarkLost extends Error {
  override readonly name = "BookmarkLost";
}

const SUPERSEDED = 4409;
const DEFAULT_WINDOW = 256;
const DEFAULT_PATIENCE_MS = 30_000;
/** A supply that ended because a frame was not taken is opened again after this. */
const REOPEN_AFTER_MS = 200;

export class FeedAdapter {
  readonly #options: AdapterOptions;
  readonly #window: number;
  readonly #batch: number;
  /** What has been submitted and not bookmarked, in order of position. */
  #journal: Entry[] = [];
  /** How much of the journal has been sent over the present supply. */
  #sent = 0;
  #durable = 0;
  #last = 0;
  #session: Session | undefined;
  #supplying = false;
  #closing = false;
  #failure: Error | undefined;
  #reconnects = -1;
  #changed = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();
  /** The requests of this feed that are open, as its view shows them, and those that came over this connection. */
  readonly #open = new Map<string, ClientRequestState>();
  readonly #came = new Set<string>();
  /** The view has been shown in whole. */
  #isShown = false;

  constructor(options: AdapterOptions) {
    this.#options = options;
    this.#window = options.window ?? DEFAULT_WINDOW;
    this.#batch = options.batch ?? 1;
  }

  /** The last position that the server has made durable. */
  get durable(): number {
    return this.#durable;
  }

  /** Whether this instance supplies the feed now; otherwise it stands by or reconnects. */
  get supplying(): boolean {
    return this.#supplying;
  }

  /** How often the connection was lost. */
  get reconnects(): number {
    return Math.max(0, this.#reconnects);
  }

  /** Connects, and keeps connected until it is closed. Resolves when it supplies the feed or stands by. */
  async start(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.#running = this.#keepConnected(opened.resolve).catch((error: unknown) => {
      this.#fail(error);
      opened.reject(this.#failure);
    });
    await opened.promise;
  }

  /**
   * Submits a request at its upstream position. Resolves when there is room in the journal, long before it is durable.
   * What is durable already is passed over. Throws what ended the adapter.
   */
  async submit(position: number, request: Omit<FeedRequest, "Position">): Promise<void> {
    if (position <= this.#last) throw new Error(`position ${position} after ${this.#last}`);
    this.#last = position;
    await this.#until(() => this.#journal.length < this.#window || position <= this.#durable);
    if (position <= this.#durable) return;
    const Position = { Sequence: this.#options.feed, Position: position };
    this.#journal.push({ position, message: feedMessage({ ...request, Position }) });
    if (this.#journal.length - this.#sent >= this.#batch) this.#pump();
  }

  /** Says what has become of a client request. What is said while it does not supply the feed is lost. */
  answer(RequestResponse: ClientRequestResponse): void {
    const Position = { Sequence: this.#options.feed };
    this.#session?.send(feedMessage({ Type: "FeedRequestType_RequestResponse", Position, RequestResponse }));
  }

  /** Resolves when everything that was submitted is durable. */
  async drain(): Promise<void> {
    this.#pump();
    await this.#until(() => this.#journal.length === 0);
  }

  /** Drains, closes the feed and disconnects. */
  async close(): Promise<void> {
    await this.drain();
    this.#closing = true;
    const session = this.#session;
    session?.send(feedMessage({ Type: "FeedRequestType_Close", Position: { Sequence: this.#options.feed } }));
    await Promise.race([session?.closed, this.#until(() => !this.#supplying)]);
    session?.close();
    await this.#running;
  }

  /** Ends at once and without a word, as a crash would. */
  async abandon(): Promise<void> {
    this.#closing = true;
    this.#session?.close(4000, "abandoned");
    await this.#running;
  }

  /** Loses the connection without a word; it will be resumed. */
  disconnect(): void {
    this.#session?.close(4000, "disconnected");
  }

  async #keepConnected(opened: () => void): Promise<void> {
    const backoff = new Backoff();
    const patience = this.#options.patienceMs ?? DEFAULT_PATIENCE_MS;
    while (!this.#closing) {
      try {
        const closing = await this.#supply(() => {
          backoff.reset();
          opened();
        });
        if (closing.code === SUPERSEDED) throw new Superseded(closing.reason);
      } catch (error) {
        if (!(error instanceof SessionClosed)) throw error;
        await backoff.wait(patience, error);
      }
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** One connection, from its opening to its end. */
  async #supply(opened: () => void): Promise<Closing> {
    const { url, owner, token } = this.#options;
    const session = await Session.open({ url, owner, token, onEvent: (event) => this.#received(event, opened) });
    this.#session = session;
    this.#reconnects++;
    this.#open.clear();
    this.#came.clear();
    this.#isShown = false;
    if (this.#options.requests !== undefined) this.#watchRequests();
    this.#openFeed();
    const closing = await session.closed;
    this.#supplying = false;
    return closing;
  }

  /** What it is shown before it is told that it supplies the feed is what others have left behind. */
  #watchRequests(): void {
    const Targets = [{ Name: "Feed", Values: [this.#options.feed] }];
    const Subscription = { Type: "SubscriptionType_Feed", Targets } as const;
    this.#session?.send({ Type: "RequestMessageType_Subscribe", Subscription });
  }

  #shown({ UpdateAction, Request: state }: UpdateEvent): void {
    if (state === undefined) return;
    const name = nameOf(state.Request);
    if (UpdateAction === "UpdateAction_Remove") this.#open.delete(name);
    else this.#open.set(name, state);
  }

  /** Once it supplies the feed and has been shown what is open. */
  #reconcile(): void {
    if (!this.#supplying || !this.#isShown) return;
    for (const [name, state] of this.#open) {
      if (state.Status !== "Submitted" || this.#came.has(name)) continue;
      this.#came.add(name);
      this.#options.requests?.onOutstanding(state);
    }
  }

  #openFeed(): void {
    const { feed, agent } = this.#options;
    const Configuration = { Name: feed, Agent: agent };
    this.#session?.send(feedMessage({ Type: "FeedRequestType_Open", Position: { Sequence: feed }, Configuration }));
  }

  #received(event: EventMessage, opened: () => void): void {
    if (event.Type === "EventMessageType_Response" && event.Request?.Errors !== undefined) {
      this.#options.onRefusal?.(event.Request.Errors);
    }
    for (const update of event.Updates ?? []) this.#shown(update);
    if (event.Type === "EventMessageType_SnapshotFinish") {
      this.#isShown = true;
      this.#reconcile();
    }
    if (event.Feed === undefined) return;
    this.#heard(event.Feed);
    if (event.Feed.Type === "FeedEventType_Resume" || event.Feed.Type === "FeedEventType_Suspend") opened();
  }

  #heard({ Type, Position, Request }: FeedEvent): void {
    const position = Position?.Position ?? 0;
    switch (Type) {
      case "FeedEventType_Resume":
        if (position < this.#durable) {
          this.#fail(new BookmarkLost(`asked to resume at ${position}, but ${this.#durable} was bookmarked`));
          return;
        }
        this.#supplying = true;
        this.#sent = 0;
        this.#forget(position);
        break;
      case "FeedEventType_Request":
        this.#came.add(nameOf(Request));
        if (Request !== undefined) this.#options.requests?.onRequest(Request);
        return;
      case "FeedEventType_Bookmark":
        this.#forget(position);
        break;
      case "FeedEventType_Suspend":
        // What was answered meanwhile may not have been taken: what is still open then is outstanding once more.
        this.#came.clear();
        if (this.#supplying) void this.#reopen();
        this.#supplying = false;
        break;
      case "FeedEventType_Close":
        this.#supplying = false;
        break;
      default:
        return;
    }
    this.#pump();
    // What has become of requests is told after the orders that they became.
    if (Type === "FeedEventType_Resume") this.#reconcile();
    this.#notify();
  }

  /** Asks where to resume, after the server suspended a supply in its middle. */
  async #reopen(): Promise<void> {
    const session = this.#session;
    await wait(REOPEN_AFTER_MS);
    if (session === this.#session && !this.#supplying && !this.#closing) this.#openFeed();
  }

  #forget(position: number): void {
    this.#durable = Math.max(this.#durable, position);
    const kept = this.#journal.findIndex((entry) => entry.position > position);
    const forgotten = kept < 0 ? this.#journal.length : kept;
    this.#journal.splice(0, forgotten);
    this.#sent = Math.max(0, this.#sent - forgotten);
  }

  #pump(): void {
    while (this.#supplying && this.#sent < this.#journal.length) {
      const ready = this.#journal.slice(this.#sent, this.#sent + this.#batch);
      this.#sent += ready.length;
      this.#session?.send(...ready.map(({ message }) => message));
    }
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#supplying = false;
    this.#session?.close();
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#changed.promise;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** An id is unique in its account alone. */
function nameOf({ Account, RequestID }: ClientRequest = {}): string {
  return JSON.stringify([Account?.AccountID, RequestID]);
}

function feedMessage(request: FeedRequest): RequestMessage {
  return { Type: "RequestMessageType_FeedRequest", Feed: request };
}

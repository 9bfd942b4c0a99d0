/** A feed at work: it opens, stands by, supplies, and opens again; what was submitted is sent until it is durable. */
import { LIMITS } from "../../protocol/limits.ts";
import type { EventMessage, FeedEvent, FeedRequest, FeedRequestType } from "../../protocol/messages/index.ts";
import { OmsError } from "../errors.ts";
import { Backoff, type Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Encoding, Frame } from "./encoding.ts";
import { closedError, refusedError } from "./errors.ts";
import type { Feed, FeedOptions, FeedUpdate, Supply } from "./feed.ts";
import { type Entry, Journal } from "./journal.ts";
import { Observable, told } from "./observable.ts";
import { RequestDesk } from "./request-desk.ts";
import type { FeedState } from "./states.ts";
import type { Subscription } from "./subscription.ts";

export interface FeedHost {
  readonly clock: Clock;
  readonly encoding: Encoding;
  watchRequests(): Subscription<"Requests">;
  /** It is over: its name is free. */
  ended(): void;
}

const DEFAULT_UPDATES = 1_000;
const DEFAULT_LENGTH = 4_000_000;
/** How soon a supply that ended because a frame was not taken is opened again. */
const REOPENING = { first: 200, most: 5_000 };

export class LiveFeed implements Feed {
  readonly name: string;
  readonly state = new Observable<FeedState>({ name: "opening" });
  readonly #options: FeedOptions;
  readonly #host: FeedHost;
  readonly #journal = new Journal();
  readonly #desk: RequestDesk;
  readonly #reopening: Backoff;
  #connection: Connection | undefined;
  #stopReopening = () => {};
  #supply = withoutAlarm<Supply>();
  #isSupplied = false;
  #durable = 0;
  #last = 0;
  #isClosing = false;
  /** Resolved when there may be room, or nothing left to wait for. */
  #changed = Promise.withResolvers<void>();

  constructor(name: string, options: FeedOptions, host: FeedHost) {
    this.name = name;
    this.#options = options;
    this.#host = host;
    this.#reopening = new Backoff(host.clock, REOPENING);
    this.#desk = new RequestDesk(options, { name, answer: (answer) => this.#answer(answer) }, () =>
      host.watchRequests(),
    );
  }

  get supplying(): Promise<Supply> {
    return this.#supply.promise;
  }

  get durable(): number {
    return this.#durable;
  }

  get unacknowledged(): number {
    return this.#journal.size;
  }

  /** Whether an answer to Open is waited for. */
  get isOpening(): boolean {
    return this.#connection !== undefined && this.state.current.name === "opening";
  }

  async ready(): Promise<void> {
    const { unacknowledgedUpdates = DEFAULT_UPDATES, unacknowledgedLength = DEFAULT_LENGTH } = this.#options;
    await this.#until(() => this.#journal.size < unacknowledgedUpdates && this.#journal.length < unacknowledgedLength);
  }

  submit(position: number, update: FeedUpdate): Promise<void> {
    const { onRefusal } = this.#options;
    const durable = this.#submit(position, { ...update, Type: update.Type ?? typeOf(update) });
    if (onRefusal !== undefined) {
      durable.catch((error: unknown) => {
        if (error instanceof OmsError && error.kind === "refused") onRefusal(position, error);
      });
    }
    return durable;
  }

  bookmark(position: number): Promise<void> {
    return this.#submit(position, { Type: "FeedRequestType_Bookmark" });
  }

  async drain(): Promise<void> {
    await this.#until(() => this.#journal.size === 0);
  }

  async close(): Promise<void> {
    await this.drain();
    this.#isClosing = true;
    if (this.state.current.name === "supplying") this.#send({ Type: "FeedRequestType_Close" });
    else if (this.state.current.name === "standby" || this.#connection === undefined) this.end();
    await this.#until(() => this.state.current.name === "closed").catch((error: unknown) => {
      const state = this.state.current;
      if (state.name !== "closed" || state.why !== undefined) throw error;
    });
  }

  /** There is a connection. */
  connected(connection: Connection): void {
    this.#connection = connection;
    this.#open();
  }

  /** The connection is gone. */
  lost(): void {
    this.#connection = undefined;
    this.#rest({ name: "opening" });
    // It was drained: there is nothing to come back for.
    if (this.#isClosing) this.end();
  }

  /** Another instance with the same identity and agent has taken over. */
  superseded(): void {
    if (this.#options.agent === undefined) return;
    const what = `The feed ${this.name}`;
    this.end(new OmsError({ kind: "superseded", what, reason: "a newer instance of this agent supplies it" }));
  }

  /** Ends it at once. What is not durable by then may be or not. */
  end(why?: OmsError): void {
    if (this.state.current.name === "closed") return;
    this.#rest({ name: "closed", ...(why !== undefined && { why }) });
    const reason = why ?? closedError(`The feed ${this.name}`);
    this.#supply.reject(reason);
    this.#journal.end(reason);
    this.#desk.close();
    this.#notify();
    this.#host.ended();
  }

  /** An event about this feed. */
  received({ Type, Request, Feed = {} }: EventMessage): void {
    if (Type === "EventMessageType_Response") {
      this.#answered(Request?.RequestID, Feed, Request?.Errors ?? []);
      return;
    }
    const position = Feed.Position?.Position ?? 0;
    switch (Feed.Type) {
      case "FeedEventType_Resume":
        this.#resume({ position, configuration: Feed.Configuration });
        return;
      case "FeedEventType_Suspend":
        this.#suspended();
        return;
      case "FeedEventType_Bookmark":
        this.#reopening.reset();
        this.#forget(position);
        return;
      case "FeedEventType_Request":
        if (Feed.Request !== undefined) this.#desk.take(Feed.Request);
        return;
      case "FeedEventType_Query":
        void this.#desk.ask(Feed);
        return;
      case "FeedEventType_Close":
        if (this.#isClosing) this.end();
        return;
      case "FeedEventType_Open":
      case "FeedEventType_Unknown":
      case undefined:
    }
  }

  #open(): void {
    const { agent, settings } = this.#options;
    const Configuration = {
      Name: this.name,
      ...(agent !== undefined && { Agent: agent }),
      ...(settings !== undefined && { Settings: settings }),
    };
    this.#send({ Type: "FeedRequestType_Open", Configuration }, OPEN);
  }

  #send(request: FeedRequest, RequestID?: string): void {
    this.#connection?.send({
      Type: "RequestMessageType_FeedRequest",
      ...(RequestID !== undefined && { RequestID }),
      Feed: { ...request, Position: { ...request.Position, Sequence: this.name } },
    });
  }

  #resume(supply: Supply): void {
    if (supply.position < this.#durable) {
      this.#rewind(supply);
      return;
    }
    this.#journal.resend();
    this.#durable = supply.position;
    this.#last = Math.max(this.#last, supply.position);
    this.#journal.forget(supply.position);
    this.#supplies(supply);
  }

  #supplies(supply: Supply): void {
    this.state.set({ name: "supplying" });
    this.#supply.resolve(supply);
    this.#isSupplied = true;
    this.#pump();
    if (this.#options.onSupply !== undefined) told(this.#options.onSupply, supply);
    // What became of requests is told after the orders that they became.
    this.#desk.supplies();
    this.#notify();
    if (this.#isClosing && this.#journal.size === 0) this.#send({ Type: "FeedRequestType_Close" });
  }

  /** The server asks for what the journal has forgotten. */
  #rewind(supply: Supply): void {
    const { position } = supply;
    const { onResume } = this.#options;
    if (onResume === undefined) {
      const reason = `asked to resume after ${position}, but ${this.#durable} was durable`;
      this.end(new OmsError({ kind: "forgotten", what: `The feed ${this.name}`, reason }));
      return;
    }
    this.#journal.rewind();
    this.#durable = position;
    this.#last = position;
    this.#supplies(supply);
    void this.#replay(() => onResume(position));
  }

  async #replay(submitAgain: () => void | Promise<void>): Promise<void> {
    try {
      await submitAgain();
    } catch (error) {
      this.#options.onError?.(error);
      this.end(
        new OmsError({ kind: "forgotten", what: `The feed ${this.name}`, reason: "onResume failed", cause: error }),
      );
      return;
    }
    this.#journal.goOn();
    this.#last = Math.max(this.#last, this.#journal.last ?? 0);
    this.#pump();
  }

  #suspended(): void {
    const wasSupplying = this.state.current.name === "supplying";
    if (!wasSupplying) {
      this.#rest({ name: "standby" });
      this.#options.onStandby?.();
      if (this.#isClosing) this.end();
      return;
    }
    // A frame was not taken: what was sent after it was not either, and Resume will say from where.
    this.#rest({ name: "opening" });
    this.#stopReopening = this.#host.clock.after(this.#reopening.failed(), () => this.#open());
  }

  /** It does not supply the feed, for now or for good. */
  #rest(state: FeedState): void {
    this.#stopReopening();
    this.#stopReopening = () => {};
    if (this.#isSupplied) {
      this.#isSupplied = false;
      this.#supply = withoutAlarm();
    }
    this.#desk.rests();
    this.state.set(state);
  }

  /** Only what was wrong is answered. */
  #answered(requestId: string | undefined, { Position }: FeedEvent, errors: readonly string[]): void {
    if (errors.length === 0) return;
    const position = Position?.Position;
    if (requestId === OPEN) {
      this.#notOpened(refusedError(`The feed ${this.name}`, errors));
    } else if (position === undefined) {
      // An answer to a request or a question that nobody waits for any more.
      this.#options.onError?.(refusedError(`An answer of the feed ${this.name}`, errors));
    } else {
      this.#journal.refuse(position, refusedError(`${this.name} ${position}`, errors));
    }
  }

  #notOpened(why: OmsError): void {
    if (why.isRetryable) {
      this.#stopReopening = this.#host.clock.after(this.#reopening.failed(), () => this.#open());
    } else {
      this.end(why);
    }
  }

  #submit(position: number, request: FeedRequest): Promise<void> {
    const state = this.state.current;
    if (state.name === "closed") return Promise.reject(state.why ?? closedError(`The feed ${this.name}`));
    if (this.#isClosing) return Promise.reject(closedError(`The feed ${this.name}`));
    if (!Number.isSafeInteger(position) || position < 1) {
      return Promise.reject(new RangeError(`${position} is not a position: a whole number from 1 on`));
    }
    if (position <= this.#durable) return Promise.resolve();
    if (position <= this.#last) return Promise.reject(new RangeError(`position ${position} after ${this.#last}`));
    const Position = { Sequence: this.name, Position: position };
    const Feed = { ...request, Position };
    const frame = this.#host.encoding.write({ Type: "RequestMessageType_FeedRequest", Feed });
    if (isTooLarge(frame)) {
      return Promise.reject(refusedError(`${this.name} ${position}`, ["Message.TooLarge"], 413));
    }
    this.#last = position;
    const entry = this.#journal.add(position, frame);
    if (this.state.current.name === "supplying") this.#pump();
    return entry.durable;
  }

  /** Sends what has not been sent. While what was forgotten is submitted again, that alone is in the journal's reach. */
  #pump(): void {
    if (this.state.current.name !== "supplying") return;
    for (const entry of this.#journal.unsent()) this.#sendEntry(entry);
  }

  #sendEntry({ frame }: Entry): void {
    this.#connection?.sendFrame(frame);
  }

  #forget(position: number): void {
    this.#durable = Math.max(this.#durable, position);
    this.#journal.forget(position);
    this.#notify();
  }

  /** An answer travels behind what was submitted before it, and has no position. */
  #answer(answer: FeedRequest): boolean {
    if (this.state.current.name !== "supplying") return false;
    this.#send(answer);
    return true;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #until(holds: () => boolean): Promise<void> {
    for (;;) {
      const state = this.state.current;
      if (state.name === "closed") throw state.why ?? closedError(`The feed ${this.name}`);
      if (holds()) return;
      await this.#changed.promise;
    }
  }
}

/** The RequestID of an Open. */
const OPEN = "open";

const encoder = new TextEncoder();

function isTooLarge(frame: Frame): boolean {
  if (typeof frame !== "string") return frame.byteLength > LIMITS.UPDATE_BYTES;
  // Three bytes a UTF-16 unit at most: short texts need not be counted.
  return frame.length * 3 > LIMITS.UPDATE_BYTES && encoder.encode(frame).byteLength > LIMITS.UPDATE_BYTES;
}

function typeOf({ Action, Operation, Status, Configuration, Request }: FeedUpdate): FeedRequestType {
  if (Action !== undefined) return "FeedRequestType_Action";
  if (Operation !== undefined) return "FeedRequestType_Operation";
  if (Status !== undefined) return "FeedRequestType_Status";
  if (Configuration !== undefined) return "FeedRequestType_Configure";
  return Request !== undefined ? "FeedRequestType_Request" : "FeedRequestType_Update";
}

/** A promise that need not be waited for: what it rejects with, its feed's state says too. */
function withoutAlarm<Value>() {
  const resolvers = Promise.withResolvers<Value>();
  resolvers.promise.catch(() => undefined);
  return resolvers;
}

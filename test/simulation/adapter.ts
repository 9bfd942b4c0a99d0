/** One instance of a feed's adapter, with a connection to one Owner: it keeps to the protocol whatever happens to it. */
import type { Market } from "./market.ts";
import type { Connection, Message, Peer, Platform } from "./platform.ts";
import type { Random } from "./random.ts";

export class Adapter implements Peer {
  readonly market: Market;
  readonly #platform: Platform;
  readonly #random: Random;
  readonly #instance: { readonly identity: string; readonly agent: string };
  connection: Connection | undefined;
  #phase: "closed" | "asked" | "suspended" | "supplying" = "closed";
  /** The next entry of the journal that it looks at. */
  #cursor = 0;
  /** Requests that it was sent here and has not answered. */
  readonly #requests: string[] = [];
  /** Requests that any instance was ever sent. */
  readonly #known: Set<string>;

  constructor(
    market: Market,
    platform: Platform,
    random: Random,
    instance: { readonly identity: string; readonly agent: string },
    known: Set<string>,
  ) {
    this.market = market;
    this.#platform = platform;
    this.#random = random;
    this.#instance = instance;
    this.#known = known;
  }

  get isSupplying(): boolean {
    return this.#phase === "supplying";
  }

  /** Whether it supplies, and has sent and answered all that there is. */
  get isDone(): boolean {
    return this.isSupplying && this.#cursor >= this.market.entries.length && this.#requests.length === 0;
  }

  /** Does one thing that an adapter does by itself. */
  act(): void {
    if (this.connection === undefined) {
      this.connection = this.#platform.connect(this, {
        Source: "simulation",
        Identity: `Client:${this.#instance.identity}`,
        Owners: [this.#platform.ownerId],
        Feeds: [this.market.feed],
      });
      return;
    }
    switch (this.#phase) {
      case "closed":
        this.#open();
        return;
      case "asked":
        return;
      case "suspended":
        if (this.#random.percent(20)) this.#open();
        return;
      case "supplying":
        this.#supply();
    }
  }

  /** Says something again that it has said before. */
  repeat(): void {
    if (this.#phase !== "supplying" || this.#cursor === 0) return;
    const from = Math.max(0, this.#cursor - 1 - this.#random.below(4));
    const own = this.market.entries.slice(from, this.#cursor).filter(({ owner }) => owner === this.#platform.ownerId);
    this.#tell(own.map(({ position, frame }) => this.#feed(position, frame)));
  }

  /** Tells of requests that were submitted what has become of them: those that it never got it does not know. */
  reconcile(submitted: readonly string[]): void {
    for (const id of submitted) {
      if (this.#requests.includes(id)) continue;
      if (this.#known.has(id)) this.#requests.push(id);
      else this.#respond(id, { Errors: ["Request.Unknown"] });
    }
  }

  close(): void {
    if (this.#phase !== "supplying") return;
    this.#tell([this.#feed(undefined, { Type: "Close" })]);
    this.#phase = "suspended";
  }

  lost(): void {
    this.connection = undefined;
    this.#phase = "closed";
    this.#requests.length = 0;
  }

  heard({ Type, Feed: event, Request }: Message): void {
    // What could not be opened is to be opened again.
    if (this.#phase === "asked" && Request?.Errors !== undefined) this.#phase = "closed";
    if (Type !== "EventMessageType_Feed" || event === undefined) return;
    const position = event.Position?.Position ?? 0;
    switch (event.Type) {
      case "FeedEventType_Resume":
        this.#cursor = this.market.entries.findIndex((entry) => entry.position > position);
        if (this.#cursor < 0) this.#cursor = this.market.entries.length;
        this.#phase = "supplying";
        return;
      case "FeedEventType_Suspend":
        this.#phase = "suspended";
        return;
      case "FeedEventType_Close":
        this.#phase = "closed";
        return;
      case "FeedEventType_Request": {
        const id = event.Request?.RequestID ?? "";
        this.#requests.push(id);
        this.#known.add(id);
        return;
      }
      default:
    }
  }

  #open(): void {
    this.#tell([this.#feed(undefined, { Type: "Open", Configuration: { Agent: this.#instance.agent } })]);
    this.#phase = "asked";
  }

  /** The next of the journal, or an answer. What is for others it passes over, or says so. */
  #supply(): void {
    if (this.#requests.length > 0 && this.#random.percent(50)) {
      this.#answer();
      return;
    }
    const { entries } = this.market;
    const frames: object[] = [];
    const most = this.#random.percent(70) ? 1 : 2 + this.#random.below(6);
    while (frames.length < most && this.#cursor < entries.length) {
      const entry = entries[this.#cursor++];
      if (entry === undefined) break;
      if (entry.owner === this.#platform.ownerId) frames.push(this.#feed(entry.position, entry.frame));
      else if (this.#random.percent(30)) frames.push(this.#feed(entry.position, { Type: "Bookmark" }));
    }
    this.#tell(frames);
  }

  #answer(): void {
    const id = this.#requests.shift();
    if (id === undefined) return;
    const told = this.#random.weighted<object>([
      [6, { Status: "Completed" }],
      [3, { Status: "Rejected", Errors: ["Symbol"] }],
    ]);
    this.#respond(id, told);
  }

  #respond(RequestID: string, told: object): void {
    const { ownerId } = this.#platform;
    const Account = { OwnerID: ownerId, AccountID: `${ownerId}-A1` };
    this.#tell([this.#feed(undefined, { Type: "RequestResponse", RequestResponse: { RequestID, Account, ...told } })]);
  }

  #feed(Position: number | undefined, content: object): object {
    const place = { Sequence: this.market.feed, ...(Position !== undefined && { Position }) };
    return { Type: "FeedRequest", Feed: { ...content, Position: place } };
  }

  #tell(frames: readonly object[]): void {
    if (frames.length === 0) return;
    this.connection?.say(frames.length === 1 ? (frames[0] ?? {}) : frames);
  }
}

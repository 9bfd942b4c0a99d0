/** One Owner with everybody who has to do with it, and the referee who watches. */
import { chainHash } from "../../src/storage/commit-body.ts";
import { Adapter } from "./adapter.ts";
import { Caller, HandingDown } from "./caller.ts";
import type { Market } from "./market.ts";
import { balanceText, contentText, holdingText, nameOf } from "./plain-texts.ts";
import { type Clock, Platform, type Seams } from "./platform.ts";
import type { Random } from "./random.ts";
import { Referee } from "./referee.ts";
import { Requester } from "./requester.ts";
import { mustAgree } from "./second-opinion.ts";
import { Subscriber } from "./subscriber.ts";
import { mustBe, mustEqual, mustEqualMaps, violated } from "./violation.ts";

/** The first and the last are the same to the OMS: the later one takes over. */
const INSTANCES = [
  { identity: "one", agent: "1" },
  { identity: "two", agent: "" },
  { identity: "one", agent: "1" },
] as const;

/** What the views without an account see, and those of one account. */
const VIEWS = ["Balances", "Holdings", "Orders", "Transactions"] as const;

export class Tenant {
  readonly platform: Platform;
  readonly adapters: readonly Adapter[];
  readonly subscribers: readonly Subscriber[];
  readonly requesters: readonly Requester[];
  readonly caller: Caller;
  readonly system: HandingDown;
  readonly referee: Referee;
  readonly #clock: Clock;

  constructor(ownerId: string, markets: readonly Market[], clock: Clock, random: Random, seams: Seams) {
    this.#clock = clock;
    this.platform = new Platform(ownerId, clock, seams);
    this.adapters = markets.flatMap((market) => {
      const known = new Set<string>();
      return INSTANCES.map((instance) => new Adapter(market, this.platform, random.fork(), instance, known));
    });
    this.subscribers = VIEWS.flatMap((view) =>
      [undefined, `${ownerId}-A2`].map((account) => new Subscriber(this.platform, view, account)),
    );
    this.requesters = ["x", "y"].map((name) => new Requester(this.platform, random.fork(), name));
    this.caller = new Caller(this.platform, random.fork());
    this.system = new HandingDown(this.platform, random.fork());
    const { platform, caller, system } = this;
    this.referee = new Referee({ platform, markets, caller, system, clock });
  }

  /** What holds after every step. */
  check(): void {
    this.referee.look();
    const { platform, referee } = this;
    if (platform.hasLostAdapters) referee.requests.excuse();
    else referee.requests.mustBeSent();
    if (!platform.hasTurn) platform.hasLostAdapters = false;
    this.referee.lookAtCalls();
  }

  crash(): void {
    this.referee.look();
    this.referee.requests.excuse();
    this.platform.crash();
    this.system.forget();
  }

  /** Whether all that anybody has to say has been said, and heard. */
  get isDone(): boolean {
    const feeds = new Set(this.adapters.map(({ market }) => market.feed));
    const done = new Set(this.adapters.filter(({ isDone }) => isDone).map(({ market }) => market.feed));
    return done.size === feeds.size && this.system.isDone && this.subscribers.every(({ isConnected }) => isConnected);
  }

  /** Everybody does what is left to be done. */
  goOn(): void {
    const submitted = this.referee.requests.with("Submitted");
    for (const adapter of this.adapters) {
      if (!adapter.isDone) adapter.act();
      if (adapter.isSupplying && adapter.market.feed === "asx") adapter.reconcile(submitted);
    }
    for (const subscriber of this.subscribers) if (!subscriber.isConnected) subscriber.subscribe();
    if (!this.system.isDone) this.system.hand();
  }

  /** The oracle, which works everything out anew, agrees with the books. */
  checkBooks(): void {
    mustAgree(this.referee.books, this.referee.accepted, this.platform.ownerId);
  }

  /** The log is whole, from its first commit to its last. */
  checkChain(): void {
    let hash = "";
    for (const { id, body, hash: kept } of this.platform.data.commits) {
      hash = chainHash(hash, body);
      mustEqual(kept, hash, () => `the chain of ${this.platform.ownerId} at ${id}`);
    }
  }

  /** Says what keeps it from coming to rest. */
  whatIsLeft(): string {
    const feeds = this.adapters.map(({ market, isSupplying, isDone }) => `${market.feed} ${isSupplying} ${isDone}`);
    return `${this.platform.ownerId}: ${feeds.join(", ")}; metadata ${this.system.isDone}`;
  }

  /** What holds when nothing is under way and nothing is wrong. */
  checkAtRest(): void {
    this.check();
    this.referee.mustBeComplete();
    this.#checkState();
    this.#checkTimers();
    for (const subscriber of this.subscribers) this.#checkReplica(subscriber);
    this.#checkRequests();
  }

  /** The state as the store lists it is that of the books. */
  #checkState(): void {
    const { data, ownerId } = this.platform;
    const listed = new Map<string, string>();
    const textsOf = (kind: "order" | "balance" | "holding", tell: (body: string) => readonly [string, string]) => {
      for (const versions of data.versions.get(kind)?.values() ?? []) {
        const body = versions.at(-1)?.body;
        if (body !== null && body !== undefined) listed.set(...tell(body));
      }
    };
    textsOf("order", (body) => {
      const order = JSON.parse(body);
      return [nameOf.order(order.Account.AccountID, order.OrderID), contentText(order)];
    });
    textsOf("balance", (body) => {
      const balance = JSON.parse(body);
      return [nameOf.balance(balance.Account.AccountID, balance.Currency), balanceText(balance)];
    });
    textsOf("holding", (body) => {
      const holding = JSON.parse(body);
      return [nameOf.holding(holding.Account.AccountID, holding.Exchange, holding.Code), holdingText(holding)];
    });
    mustEqualMaps(listed, this.referee.books.shown, `the state of ${ownerId}`);
  }

  #checkTimers(): void {
    const { data, alarmAt, ownerId } = this.platform;
    const timers = [...data.timers.values()].filter(({ kind }) => kind === "order");
    mustEqualMaps(
      new Map(timers.map(({ key, due }) => [key, `${due}`])),
      new Map([...this.referee.books.timers].map(([id, due]) => [id, `${due}`])),
      `the timers of ${ownerId}`,
    );
    mustBe(timers.length === 0 || alarmAt !== undefined, () => `${ownerId} has timers, and no alarm is set`);
  }

  /** The alarm has gone off, and all that was due has been dealt with. */
  checkDue(): void {
    for (const [id, due] of this.referee.books.timers) {
      mustBe(due > this.#clock.now, () => `${id} was due at ${due}, and the alarm has gone off at ${this.#clock.now}`);
    }
  }

  #checkReplica({ view, account, replica }: Subscriber): void {
    const { books, transactions } = this.referee;
    const what = `the replica of ${view} of ${account ?? this.platform.ownerId}`;
    const isShown = (owner: string) => account === undefined || owner === account;
    if (view === "Transactions") {
      const expected = transactions
        .filter((each) => isShown(each.account))
        .map(({ text }, index) => [`${index}`, text] as const);
      mustEqualMaps(replica, new Map(expected), what);
      return;
    }
    const kind = { Balances: "balance", Holdings: "holding", Orders: "order" }[view];
    const expected = [...books.shown].filter(
      ([name]) => name.startsWith(`${kind} `) && isShown(name.split(" ")[1] ?? ""),
    );
    mustEqualMaps(replica, new Map(expected), what);
  }

  /** Nobody waits for what is known. */
  #checkRequests(): void {
    const { all } = this.referee.requests;
    for (const { told, asked } of this.requesters) {
      for (const id of asked) {
        const status = all.get(id)?.status;
        const isCompleted = status === "Completed" || status === "Rejected";
        if (isCompleted) mustEqual(told.get(id) ?? "nothing", status, () => `who asked for ${id} was told`);
      }
    }
    // One that could not be sent because the disk failed waits for the next supplier, or for its time.
    const [waiting] = this.platform.hasFailed ? [] : this.referee.requests.with("Pending");
    if (waiting !== undefined) violated(`request ${waiting} waits, and its feed is supplied`);
    this.platform.hasFailed = false;
  }
}

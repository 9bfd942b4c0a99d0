/** A subscription's own part: its replica, its positions, and who is told of changes. It knows no socket. */
import { type Matcher, matcherOf } from "../../domain/fold.ts";
import { sameContent } from "../../protocol/codec.ts";
import type { SubscriptionDetails, SubscriptionTarget, UpdateEvent } from "../../protocol/messages/index.ts";
import type { OmsError } from "../errors.ts";
import type { Positions } from "../rest/address.ts";
import { ChangeQueue } from "./change-queue.ts";
import { closedError } from "./errors.ts";
import { Listeners, Observable } from "./observable.ts";
import type { SubscriptionState } from "./states.ts";
import type { Change, Place, Replica, SubscribeOptions, Subscription } from "./subscription.ts";
import { hasRecords, VIEW_FOLDS } from "./view-folds.ts";
import { type RecordOf, type Targets, type ViewName, wireName } from "./views.ts";

const DEFAULT_BUFFERED_CHANGES = 10_000;

/** Events that were told together, and where. */
export interface Unit {
  readonly events: readonly UpdateEvent[];
  readonly place: Place | undefined;
}

/** What is served over the session's socket, whatever its view. */
export interface ServedSubscription {
  readonly view: ViewName;
  readonly details: SubscriptionDetails;
  readonly window: number | undefined;
  readonly isClosed: boolean;
  readonly positions: Positions | undefined;
  shows(event: UpdateEvent, sequence: string): boolean;
  apply(unit: Unit, taken?: () => void): void;
  advance(positions: Iterable<readonly [sequence: string, position: number]>): void;
  restore(
    events: readonly UpdateEvent[],
    positions: Iterable<readonly [sequence: string, position: number]>,
    taken?: () => void,
  ): void;
  isUpToDate(): void;
  isBehind(): void;
  end(why?: OmsError): void;
}

export interface SubscriptionHost {
  /** It was closed by its consumer. */
  closed(): void;
}

export class LiveSubscription<Name extends ViewName> implements Subscription<Name>, ServedSubscription {
  readonly view: Name;
  readonly state = new Observable<SubscriptionState>({ name: "starting" });
  readonly ready: Promise<void>;
  /** What is sent to subscribe, without `From` and `Window`. */
  readonly details: SubscriptionDetails;
  readonly window: number | undefined;
  readonly #options: SubscribeOptions;
  readonly #matches: Matcher;
  readonly #host: SubscriptionHost;
  readonly #ready = Promise.withResolvers<void>();
  readonly #listeners = new Listeners<readonly Change<Name>[]>();
  readonly #folded = new Listeners<void>();
  readonly #records = new Map<string, RecordOf<Name>>();
  #positions: Map<string, number> | undefined;
  #queue: ChangeQueue<Name> | undefined;

  constructor(view: Name, owner: string, targets: Targets, options: SubscribeOptions, host: SubscriptionHost) {
    this.view = view;
    this.#options = options;
    this.#host = host;
    this.window = options.window;
    const type = wireName(view);
    const narrowed = targetsOf(owner, targets);
    this.details = { Type: type, ...(narrowed.length > 0 && { Targets: narrowed }) };
    // By which feed an order is executed only the server knows: who shows orders by feed shows all that come.
    this.#matches = matcherOf({ type, targets: narrowed }, () => targets.feeds?.[0] ?? "");
    if (options.from !== undefined) this.#positions = new Map(Object.entries(options.from));
    this.ready = this.#ready.promise;
    // Who does not wait for it is told by the state.
    this.ready.catch(() => undefined);
  }

  get records(): Replica<Name> {
    return this.#records;
  }

  get positions(): Positions | undefined {
    return this.#positions === undefined ? undefined : Object.fromEntries(this.#positions);
  }

  get isClosed(): boolean {
    return this.state.current.name === "closed";
  }

  onChange(listener: (changes: readonly Change<Name>[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<Change<Name>, undefined> {
    if (this.#queue !== undefined) throw new Error("a subscription has one iterator at a time");
    const { window, bufferedChanges = DEFAULT_BUFFERED_CHANGES } = this.#options;
    const limit = window === undefined ? bufferedChanges : undefined;
    const queue = new ChangeQueue<Name>({ limit, hasKeys: hasRecords(this.view) }, () => {
      this.#queue = undefined;
    });
    this.#queue = queue;
    const state = this.state.current;
    if (state.name === "closed") queue.end(state.why);
    return queue;
  }

  async reached(sequence: string, position: number): Promise<void> {
    for (;;) {
      const state = this.state.current;
      if ((this.#positions?.get(sequence) ?? 0) >= position && state.name !== "starting") return;
      if (state.name === "closed") throw state.why ?? closedError(`The subscription to ${this.view}`);
      await new Promise<void>((resolve) => {
        const stop = this.#folded.add(() => {
          stop();
          resolve();
        });
      });
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.end();
    this.#host.closed();
  }

  /** Whether it shows an event of a record of that sequence. */
  shows(event: UpdateEvent, sequence: string): boolean {
    return this.#matches(event, sequence);
  }

  /** Folds what was told since its positions. `taken` is called when the consumer has taken it. */
  apply({ events, place }: Unit, taken?: () => void): void {
    const changes: Change<Name>[] = [];
    for (const event of events) {
      const change = this.#change(event, place);
      if (change !== undefined) changes.push(change);
    }
    this.#tell(changes, taken);
  }

  /** It has been served up to these positions, whatever it was shown of them. */
  advance(positions: Iterable<readonly [sequence: string, position: number]>): void {
    this.#positions ??= new Map();
    for (const [sequence, position] of positions) this.#positions.set(sequence, position);
    this.#folded.tell();
  }

  /** Replaces the replica by a snapshot of these positions, at once. */
  restore(
    events: readonly UpdateEvent[],
    positions: Iterable<readonly [sequence: string, position: number]>,
    taken?: () => void,
  ): void {
    const isFirst = this.#positions === undefined;
    const changes = hasRecords(this.view) ? this.#difference(events) : this.#retold(events, isFirst);
    this.#positions = new Map(positions);
    this.#tell(changes, taken);
    this.#folded.tell();
  }

  /** It is up to date: every change follows as it happens. */
  isUpToDate(): void {
    this.state.set({ name: "live" });
    this.#ready.resolve();
    this.#folded.tell();
  }

  /** It is not up to date any more, or not yet. */
  isBehind(): void {
    if (this.state.current.name === "live") this.state.set({ name: "behind" });
  }

  /** It is over. */
  end(why?: OmsError): void {
    if (this.isClosed) return;
    this.state.set({ name: "closed", ...(why !== undefined && { why }) });
    this.#ready.reject(why ?? closedError(`The subscription to ${this.view}`));
    this.#queue?.end(why);
    this.#folded.tell();
  }

  #change(event: UpdateEvent, place: Place | undefined): Change<Name> | undefined {
    const told = VIEW_FOLDS[this.view](event);
    if (told === undefined) return undefined;
    const { key, record } = told;
    const before = this.#records.get(key);
    if (hasRecords(this.view)) {
      if (record === undefined) this.#records.delete(key);
      else this.#records.set(key, record);
    }
    return { ...changed(key, before, record), event, ...(place !== undefined && { place }) };
  }

  /** Puts a new replica in the place of the old one, and says in what they differ. */
  #difference(events: readonly UpdateEvent[]): readonly Change<Name>[] {
    const old = new Map(this.#records);
    const changes: Change<Name>[] = [];
    this.#records.clear();
    for (const event of events) {
      const told = VIEW_FOLDS[this.view](event);
      if (told?.record === undefined) continue;
      const { key, record } = told;
      this.#records.set(key, record);
      const before = old.get(key);
      if (!sameContent(before, record)) changes.push({ ...changed(key, before, record), event, isSnapshot: true });
    }
    for (const [key, before] of old) {
      if (!this.#records.has(key)) changes.push({ ...changed(key, before, undefined), isSnapshot: true });
    }
    return changes;
  }

  /** A view that keeps nothing begins anew: what came since its consumer last heard of it, nobody can say. */
  #retold(events: readonly UpdateEvent[], isFirst: boolean): readonly Change<Name>[] {
    const changes = events.flatMap((event) => this.#change(event, undefined) ?? []);
    const marked = changes.map((change) => ({ ...change, isSnapshot: true }));
    if (isFirst) return marked;
    const gap: Change<Name> = { key: "", isSnapshot: true, joined: 0, missed: Number.POSITIVE_INFINITY };
    return [gap, ...marked];
  }

  #tell(changes: readonly Change<Name>[], taken: (() => void) | undefined): void {
    if (changes.length > 0) this.#listeners.tell(changes);
    if (this.#queue === undefined) taken?.();
    else this.#queue.push({ changes, ...(taken !== undefined && { taken }) });
  }
}

function changed<Name extends ViewName>(
  key: string,
  before: RecordOf<Name> | undefined,
  after: RecordOf<Name> | undefined,
): Change<Name> {
  return {
    key,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    isSnapshot: false,
    joined: 0,
    missed: 0,
  };
}

function targetsOf(owner: string, { accounts, exchanges, feeds }: Targets): SubscriptionTarget[] {
  return [
    ...(accounts === undefined ? [] : [{ Name: "Account", Values: accounts.map((account) => `${owner}/${account}`) }]),
    ...(exchanges === undefined ? [] : [{ Name: "Exchange", Values: [...exchanges] }]),
    ...(feeds === undefined ? [] : [{ Name: "Feed", Values: [...feeds] }]),
  ];
}

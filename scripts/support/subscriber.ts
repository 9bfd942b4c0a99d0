/**
 * A subscriber that keeps a replica through any interruption: it remembers the positions that it has folded, resumes
 * from them, and takes a snapshot when the server sends one instead. What a position does not yet cover is held back,
 * so that nothing is folded twice when a record is cut in its middle.
 */
import type {
  EventMessage,
  SnapshotPosition,
  SubscriptionTarget,
  SubscriptionType,
  UpdateEvent,
} from "../../src/protocol/messages/index.ts";
import { Backoff } from "./backoff.ts";
import type { Replica } from "./replica.ts";
import { Session, SessionClosed } from "./session.ts";

/** The last position folded of each sequence. */
export type Positions = Readonly<Record<string, number>>;

export interface SubscriberOptions {
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
  readonly types: readonly SubscriptionType[];
  /** Which part of each view; otherwise the whole Owner. */
  readonly targets?: readonly SubscriptionTarget[];
  /** Where to begin: `{}` is the beginning of the log; otherwise with a snapshot. */
  readonly from?: Positions;
  readonly replica: Replica;
  /** Told of each event as it is folded; a snapshot's events are marked. */
  readonly onEvent?: (event: UpdateEvent, snapshot: boolean) => void;
  /** For how long it tries to reconnect. */
  readonly patienceMs?: number;
}

/** The stream broke a promise of the protocol: a position came twice, or went backwards. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
}

const DEFAULT_PATIENCE_MS = 30_000;

/** One subscription, and what of it has been folded. */
interface Subscription {
  readonly type: SubscriptionType;
  /** Undefined until the first snapshot is complete. */
  positions: Map<string, number> | undefined;
}

export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #subscriptions: readonly Subscription[];
  /** The subscriptions that are up to date on the present connection: the stream's positions are theirs. */
  #live: Subscription[] = [];
  /** The subscription that is being taken up. */
  #next: { readonly subscription: Subscription; snapshot: boolean; readonly done: () => void } | undefined;
  /** Events that no position covers yet. */
  #held: UpdateEvent[] = [];
  #snapshotPositions: SnapshotPosition | undefined;
  #session: Session | undefined;
  #reconnects = -1;
  #snapshots = 0;
  #closing = false;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: SubscriberOptions) {
    this.#options = options;
    const { from } = options;
    this.#subscriptions = options.types.map((type) => ({
      type,
      positions: from === undefined ? undefined : new Map(Object.entries(from)),
    }));
  }

  /** How often the connection was lost. */
  get reconnects(): number {
    return Math.max(0, this.#reconnects);
  }

  /** How many snapshots were taken. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** The last position of a sequence that every subscription has folded. */
  position(sequence: string): number {
    return Math.min(...this.#subscriptions.map(({ positions }) => positions?.get(sequence) ?? 0));
  }

  /** Connects, and keeps connected until it is closed. Resolves when every subscription is up to date. */
  async start(): Promise<void> {
    const started = Promise.withResolvers<void>();
    this.#running = this.#keepConnected(started.resolve).catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      started.reject(this.#failure);
    });
    await started.promise;
  }

  /** Resolves when everything of a sequence up to a position has been folded. Throws what ended the subscriber. */
  async reached(sequence: string, position: number): Promise<void> {
    while (this.position(sequence) < position) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#changed.promise;
    }
  }

  /** Loses the connection without a word; it will be resumed. */
  disconnect(): void {
    this.#session?.close(4000, "disconnected");
  }

  /** Ends. Throws what ended it before. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#session?.close();
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #keepConnected(started: () => void): Promise<void> {
    const backoff = new Backoff();
    while (!this.#closing) {
      try {
        await this.#follow(() => {
          backoff.reset();
          started();
        });
      } catch (error) {
        if (!(error instanceof SessionClosed)) throw error;
        if (!this.#closing) await backoff.wait(this.#options.patienceMs ?? DEFAULT_PATIENCE_MS, error);
      }
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** One connection: takes up each subscription in turn, then follows until the end. */
  async #follow(upToDate: () => void): Promise<void> {
    const { url, owner, token } = this.#options;
    this.#live = [];
    this.#held = [];
    this.#next = undefined;
    const session = await Session.open({ url, owner, token, onEvent: (event) => this.#guarded(event) });
    this.#session = session;
    this.#reconnects++;
    for (const subscription of this.#subscriptions) await this.#takeUp(session, subscription);
    upToDate();
    await session.closed;
  }

  async #takeUp(session: Session, subscription: Subscription): Promise<void> {
    const { owner, targets = [{ Name: "Owner", Values: [owner] }] } = this.#options;
    const { type: Type, positions } = subscription;
    const done = Promise.withResolvers<void>();
    this.#next = { subscription, snapshot: false, done: done.resolve };
    await session.request({
      Type: "RequestMessageType_Subscribe",
      Subscription: {
        Type,
        Targets: [...targets],
        ...(positions !== undefined && { From: { Positions: Object.fromEntries(positions) } }),
      },
    });
    const ended = session.closed.then(() => {
      throw new SessionClosed("the session ended before the subscription was up to date");
    });
    await Promise.race([done.promise, ended]);
  }

  #guarded(event: EventMessage): void {
    try {
      this.#received(event);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #received({ Type, Request, Position, Snapshot, Updates = [] }: EventMessage): void {
    switch (Type) {
      case "EventMessageType_SnapshotStart":
        this.#snapshotStarts(Snapshot);
        break;
      case "EventMessageType_SnapshotFinish":
        this.#snapshotFinishes();
        break;
      case "EventMessageType_Update":
        this.#held.push(...Updates);
        if (Position?.Sequence !== undefined) this.#advance(Position.Sequence, Position.Position ?? 0);
        break;
      case "EventMessageType_Bookmark":
        this.#bookmarked(Snapshot, Request !== undefined);
        break;
      default:
        return;
    }
    this.#notify();
  }

  #snapshotStarts(positions: SnapshotPosition | undefined): void {
    if (this.#next === undefined) throw new StreamBroken("a snapshot that nobody asked for");
    this.#next.snapshot = true;
    this.#snapshotPositions = positions;
    this.#held = [];
  }

  #snapshotFinishes(): void {
    const { subscription, snapshot } = this.#next ?? {};
    if (subscription === undefined || !snapshot) throw new StreamBroken("the end of a snapshot that did not begin");
    this.#options.replica.restore(subscription.type, this.#held);
    for (const event of this.#held) this.#options.onEvent?.(event, true);
    this.#held = [];
    this.#snapshots++;
    subscription.positions = new Map(Object.entries(this.#snapshotPositions?.Positions ?? {}));
    this.#isLive();
  }

  /** The whole position vector. One that answers a Subscribe also says that its subscription is up to date. */
  #bookmarked(positions: SnapshotPosition | undefined, isAnswer: boolean): void {
    this.#fold();
    if (isAnswer) this.#isLive();
    for (const [sequence, position] of Object.entries(positions?.Positions ?? {})) {
      for (const subscription of this.#live) {
        const known = subscription.positions?.get(sequence) ?? 0;
        if (position < known) throw new StreamBroken(`${sequence} went back from ${known} to ${position}`);
        subscription.positions?.set(sequence, position);
      }
    }
  }

  #isLive(): void {
    if (this.#next === undefined) return;
    this.#live.push(this.#next.subscription);
    this.#next.done();
    this.#next = undefined;
  }

  /** Folds what a position covers; it belongs to every subscription that is being served by position. */
  #advance(sequence: string, position: number): void {
    const followers = this.#live.length > 0 ? this.#live : this.#subscriptions.slice(0, 1);
    for (const subscription of followers) {
      const known = subscription.positions?.get(sequence) ?? 0;
      if (position <= known) {
        throw new StreamBroken(`${subscription.type}: ${sequence} ${position} came after ${known}`);
      }
      subscription.positions?.set(sequence, position);
    }
    this.#fold();
  }

  #fold(): void {
    for (const event of this.#held) {
      this.#options.replica.fold(event);
      this.#options.onEvent?.(event, false);
    }
    this.#held = [];
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#session?.close();
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Subscriptions of the SDK, folded into a replica that tells two streams apart exactly: what demo and tests watch with. */
import { connect, type Session, type Subscription, type Targets, type ViewName } from "../../src/client/index.ts";
import type { SubscriptionTarget, SubscriptionType, UpdateEvent } from "../../src/protocol/messages/index.ts";
import { BACKOFF, type Patience, patient } from "./patience.ts";
import type { Replica } from "./replica.ts";

/** The last position folded of each sequence. */
export type Positions = Readonly<Record<string, number>>;

export interface SubscriberOptions extends Patience {
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
}

export class Subscriber {
  readonly #options: SubscriberOptions;
  #session: Session | undefined;
  #subscriptions: readonly Subscription[] = [];
  #connections = 0;
  #snapshots = 0;
  #failure: Error | undefined;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  /** How often the connection was lost. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** How many snapshots were told of. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** Connects, and keeps connected until it is closed. Resolves when every subscription is up to date. */
  async start(): Promise<void> {
    const { url, owner, token, types, targets = [], from } = this.#options;
    const session = connect({ url, owner, token, backoff: BACKOFF });
    this.#session = session;
    session.state.onChange((state) => {
      if (state.name === "live") this.#connections++;
      if (state.name === "closed") this.#failure ??= state.why;
    });
    patient(session, this.#options, (why) => {
      this.#failure = why;
    });
    this.#subscriptions = types.map((type) => this.#subscribe(session, viewOf(type), targetsOf(targets), from));
    await Promise.all(this.#subscriptions.map(({ ready }) => ready));
  }

  /** Resolves when everything of a sequence up to a position has been folded. Throws what ended the subscriber. */
  async reached(sequence: string, position: number): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.reached(sequence, position)));
  }

  /** Ends. Throws what ended it before. */
  async close(): Promise<void> {
    this.#session?.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #subscribe(session: Session, view: ViewName, targets: Targets, from: Positions | undefined): Subscription {
    const { replica, onEvent } = this.#options;
    const subscription: Subscription = session.subscribe(view, targets, from === undefined ? {} : { from });
    subscription.onChange((changes) => {
      if (changes.some(({ isSnapshot }) => isSnapshot)) this.#snapshots++;
      for (const change of changes) {
        const { event, isSnapshot } = change;
        if (!isSnapshot && event !== undefined) replica.fold(event);
        else replica.restore(view, change);
        if (event !== undefined) onEvent?.(event, isSnapshot);
      }
    });
    return subscription;
  }
}

const VIEWS: ReadonlyMap<SubscriptionType, ViewName> = new Map([
  ["SubscriptionType_Balances", "Balances"],
  ["SubscriptionType_Holdings", "Holdings"],
  ["SubscriptionType_Orders", "Orders"],
  ["SubscriptionType_Requests", "Requests"],
  ["SubscriptionType_Transactions", "Transactions"],
  ["SubscriptionType_Updates", "Updates"],
  ["SubscriptionType_Metadata", "Metadata"],
  ["SubscriptionType_Status", "Status"],
]);

function viewOf(type: SubscriptionType): ViewName {
  const view = VIEWS.get(type);
  if (view === undefined) throw new Error(`not a view that is watched: ${type}`);
  return view;
}

/** Accounts alone: nobody here narrows by anything else. */
function targetsOf(targets: readonly SubscriptionTarget[]): Targets {
  if (targets.length === 0) return {};
  const accounts = targets.flatMap(({ Values = [] }) => Values.map((name) => name.slice(name.indexOf("/") + 1)));
  return { accounts };
}

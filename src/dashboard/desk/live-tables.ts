/** What an Owner, or one account, has now: kept up by subscriptions, shown once a picture. */
import type { Change, Session, StateViewName, Subscription, Targets } from "../../client/index.ts";
import type { AccountDetails } from "../../protocol/messages/index.ts";
import { NextFrame } from "../parts/frames.ts";
import { Store } from "../parts/store.ts";
import type { EventLog } from "./event-log.ts";
import { keyOf, NO_TABLES, type Tables } from "./records.ts";

/** How long a row that has changed stays lit, in milliseconds. The style sheet says the same. */
const LIT_MS = 1_200;

export interface LiveState {
  /** Every view is complete; until then a table may lack rows. */
  readonly isComplete: boolean;
  readonly tables: Tables;
}

interface Lit {
  readonly count: number;
  readonly at: number;
}

/** Which table a view fills. */
type Filled = "Balances" | "Holdings" | "Orders" | "Requests" | "Status";

export class LiveTables {
  readonly shown = new Store<LiveState>({ isComplete: false, tables: NO_TABLES });
  readonly accounts = new Store<readonly AccountDetails[]>([]);
  readonly #subscriptions: readonly Subscription<StateViewName>[];
  readonly #closing: (() => void)[] = [];
  readonly #changed = new Set<Filled>();
  readonly #lit = new Map<string, Lit>();
  readonly #frame = new NextFrame(() => this.#show());
  readonly #views;

  constructor(session: Session, account: string | undefined, events: EventLog) {
    const targets: Targets = account === undefined ? {} : { accounts: [account] };
    const views = {
      Balances: session.subscribe("Balances", targets),
      Holdings: session.subscribe("Holdings", targets),
      Orders: session.subscribe("Orders", targets),
      Requests: session.subscribe("Requests", targets),
      Status: session.subscribe("Status"),
    };
    this.#views = views;
    const metadata = session.subscribe("Metadata");
    const transactions = session.subscribe("Transactions", targets);
    this.#subscriptions = Object.values(views);

    const follow = <Name extends Filled>(
      view: Name,
      subscription: Subscription<Name>,
      keysOf: (change: Change<Name>) => string | undefined,
    ): void => {
      this.#closing.push(
        subscription.state.onChange(() => this.#frame.ask()),
        subscription.onChange((changes) => {
          this.#changed.add(view);
          for (const change of changes) this.#light(change.isSnapshot, keysOf(change));
          events.add(view, changes);
          this.#frame.ask();
        }),
      );
    };
    follow("Balances", views.Balances, ({ after }) => after && keyOf.balance(after));
    follow("Holdings", views.Holdings, ({ after }) => after && keyOf.holding(after));
    follow("Orders", views.Orders, ({ after }) => after && keyOf.order(after));
    follow("Requests", views.Requests, ({ after }) => after && keyOf.request(after));
    follow("Status", views.Status, ({ after }) => after && keyOf.feed(after));
    this.#closing.push(
      transactions.onChange((changes) => events.add("Transactions", changes)),
      metadata.onChange(() => this.accounts.set(accountsIn(metadata))),
      ...[...this.#subscriptions, metadata, transactions].map((each) => () => each.close()),
    );
  }

  /** How often a record has changed, if it did so just now; otherwise 0. */
  changesOf(key: string): number {
    const lit = this.#lit.get(key);
    return lit !== undefined && Date.now() - lit.at < LIT_MS ? lit.count : 0;
  }

  close(): void {
    this.#frame.cancel();
    for (const close of this.#closing) close();
  }

  #light(isSnapshot: boolean, key: string | undefined): void {
    if (isSnapshot || key === undefined) return;
    this.#lit.set(key, { count: (this.#lit.get(key)?.count ?? 0) + 1, at: Date.now() });
  }

  #show(): void {
    const { tables } = this.shown.state;
    const { Balances, Holdings, Orders, Requests, Status } = this.#views;
    const changed = (view: Filled): boolean => this.#changed.has(view);
    this.shown.set({
      isComplete: this.#subscriptions.every(({ state }) => state.current.name !== "starting"),
      tables: {
        balances: changed("Balances") ? [...Balances.records.values()] : tables.balances,
        holdings: changed("Holdings") ? [...Holdings.records.values()] : tables.holdings,
        orders: changed("Orders") ? [...Orders.records.values()] : tables.orders,
        requests: changed("Requests") ? [...Requests.records.values()] : tables.requests,
        feeds: changed("Status") ? [...Status.records.values()] : (tables.feeds ?? []),
      },
    });
    this.#changed.clear();
    this.#forget();
  }

  /** What is lit no longer needs no memory. */
  #forget(): void {
    const past = Date.now() - LIT_MS;
    for (const [key, { at }] of this.#lit) if (at < past) this.#lit.delete(key);
  }
}

function accountsIn({ records }: Subscription<"Metadata">): readonly AccountDetails[] {
  return [...records.values()].flatMap((record) => (record.kind === "account" ? [record.state] : []));
}

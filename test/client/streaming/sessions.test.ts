/** The SDK against an Owner's real engine, whatever comes between them: cuts, slow links, slow consumers, windows. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change, Feed, Subscription, ViewName } from "../../../src/client/index.ts";
import { expand, parseStoredRecord } from "../../../src/domain/log-record.ts";
import type { At } from "../../../src/domain/records.ts";
import { decode, sameContent } from "../../../src/protocol/codec.ts";
import { ExternalAction } from "../../../src/protocol/messages/index.ts";
import { deposit, trade, update } from "../../owner/actions.ts";
import { OWNER } from "../../owner/world.ts";
import { type LinkedSession, LinkedWorld } from "./support/engine-link.ts";
import { settled } from "./support/fake-clock.ts";

/** The views whose replicas are states of one kind of record, with the kind. */
const STATE_VIEWS = { Balances: "balance", Holdings: "holding", Orders: "order", Status: "feed" } as const;
type StateView = keyof typeof STATE_VIEWS;

const accounts = fc.constantFrom("A", "B");
const orders = fc.constantFrom("O1", "O2", "O3", "O4");
const actions = fc.oneof(
  fc
    .record({ orderId: orders, AccountID: accounts, Quantity: fc.integer({ min: 1, max: 3 }), goes: fc.nat(3) })
    .map(({ orderId, goes, ...change }) =>
      update(OWNER, orderId, { ...change, ...(goes === 0 && { IsCompleted: true, RemoveAfter: {} }) }),
    ),
  fc
    .tuple(orders, accounts, fc.nat(20), fc.integer({ min: 1, max: 3 }))
    .map(([orderId, AccountID, tradeId, quantity]) =>
      trade(OWNER, orderId, `T${tradeId}`, quantity, 10, { AccountID }),
    ),
  fc
    .tuple(fc.nat(50), accounts, fc.integer({ min: -3, max: 3 }))
    .map(([id, accountId, value]) => deposit(OWNER, `D${id}`, value, accountId)),
);

type Step =
  | { readonly do: "submit"; readonly actions: readonly { readonly Action: object }[]; readonly skip: number }
  | {
      readonly do: "subscribe";
      readonly view: StateView | "Updates";
      readonly account: string | undefined;
      readonly window: number | undefined;
      readonly isConsumed: boolean;
    }
  | { readonly do: "close"; readonly index: number }
  | { readonly do: "take"; readonly index: number; readonly count: number }
  | { readonly do: "turn" | "commit" | "wake" | "crash" }
  | { readonly do: "deliver"; readonly to: "watching" | "supplying"; readonly count: number }
  | { readonly do: "cut"; readonly which: "watching" | "supplying" }
  | { readonly do: "pass"; readonly milliseconds: number };

const which = fc.constantFrom("watching" as const, "supplying" as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      actions: fc.array(actions, { minLength: 1, maxLength: 5 }),
      skip: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("subscribe" as const),
      view: fc.constantFrom(
        "Balances" as const,
        "Holdings" as const,
        "Orders" as const,
        "Status" as const,
        "Updates" as const,
      ),
      account: fc.option(accounts, { nil: undefined }),
      window: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 2 }),
      isConsumed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), index: fc.nat(9) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("take" as const), index: fc.nat(9), count: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("turn" as const, "commit" as const, "commit" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("wake" as const, "crash" as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("deliver" as const), to: which, count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("pass" as const), milliseconds: fc.constantFrom(50, 400, 4_000) }),
  },
);

const BEGINNING = 0 as At;

/** A consumer that takes changes one by one, and knows nothing but them. */
class Consumer {
  readonly records = new Map<string, unknown>();
  readonly told: Change[] = [];
  readonly #iterator: AsyncIterator<Change>;
  #pending: Promise<void> | undefined;
  #isDone = false;

  constructor(subscription: Subscription) {
    this.#iterator = subscription[Symbol.asyncIterator]();
  }

  /** Takes up to so many changes, as far as there are any. */
  async take(most: number): Promise<number> {
    for (let taken = 0; ; taken++) {
      if (taken >= most || this.#isDone) return taken;
      let hasCome = false;
      this.#pending ??= this.#iterator.next().then(({ done, value }) => {
        if (done === true) this.#isDone = true;
        else this.#took(value);
      });
      const pending = this.#pending.then(() => {
        hasCome = true;
      });
      await Promise.race([pending, settled()]);
      if (!hasCome) return taken;
      this.#pending = undefined;
    }
  }

  #took(change: Change): void {
    this.told.push(change);
    const { key, before, after } = change;
    if (key === "") return;
    // Each change begins where the last one that was taken ended, joined or not.
    if (!sameContent(this.records.get(key), before)) {
      expect(before, `what ${key} was before it changed`).toEqual(this.records.get(key));
    }
    if (after === undefined) this.records.delete(key);
    else this.records.set(key, after);
  }
}

interface Watched {
  readonly subscription: Subscription;
  readonly account: string | undefined;
  readonly consumer: Consumer | undefined;
  isClosed: boolean;
}

class Run {
  readonly linked = new LinkedWorld();
  readonly watching: LinkedSession;
  readonly supplying: LinkedSession;
  readonly feed: Feed;
  readonly watched: Watched[] = [];
  readonly submitted: number[] = [];
  readonly settledUpdates = new Map<number, "durable" | "refused">();
  #position = 0;

  constructor() {
    this.watching = this.linked.session();
    this.supplying = this.linked.session(["asx"]);
    this.feed = this.supplying.session.feed("asx", { agent: "one" });
  }

  async take(step: Step): Promise<void> {
    const { world, clock } = this.linked;
    switch (step.do) {
      case "submit":
        for (const { Action } of step.actions) this.#submit(Action, step.skip);
        break;
      case "subscribe":
        this.#subscribe(step);
        break;
      case "close":
        this.#close(step.index);
        break;
      case "take":
        await this.watched[step.index]?.consumer?.take(step.count);
        break;
      case "turn":
        world.turn();
        break;
      case "commit":
        world.settle();
        break;
      case "wake":
        // An object sleeps only when it has nothing to do.
        world.settle();
        world.wake();
        break;
      case "crash":
        this.watching.cut();
        this.supplying.cut();
        world.wake();
        break;
      case "deliver":
        this[step.to].deliver(step.count);
        break;
      case "cut":
        this[step.which].cut();
        break;
      case "pass":
        await clock.pass(step.milliseconds);
    }
    await settled();
  }

  /** Everything arrives, and everybody takes what there is. */
  async finish(): Promise<void> {
    for (let isQuiet = false; !isQuiet; ) {
      await this.linked.settle();
      isQuiet = true;
      for (const { consumer } of this.watched) {
        if ((await consumer?.take(Number.POSITIVE_INFINITY)) !== 0 && consumer !== undefined) isQuiet = false;
      }
    }
    for (const error of this.linked.world.reported) throw error;
  }

  #submit(action: object, skip: number): void {
    this.#position += skip;
    const position = this.#position;
    this.submitted.push(position);
    const content = JSON.parse(JSON.stringify(action));
    const Action = decode(ExternalAction, { ...content, Update: { UpdateID: `U${position}` } });
    this.feed.submit(position, { Action }).then(
      () => this.settledUpdates.set(position, "durable"),
      () => this.settledUpdates.set(position, "refused"),
    );
  }

  #subscribe({ view, account, window, isConsumed }: Extract<Step, { do: "subscribe" }>): void {
    const narrowed = view === "Status" ? undefined : account;
    const targets = narrowed === undefined ? {} : { accounts: [narrowed] };
    const subscription: Subscription = this.watching.session.subscribe<ViewName>(view, targets, {
      ...(window !== undefined && { window }),
      ...(view === "Updates" ? { from: {}, bufferedChanges: 100_000 } : { bufferedChanges: 3 }),
    });
    const consumer = isConsumed || view === "Updates" ? new Consumer(subscription) : undefined;
    this.watched.push({ subscription, account: narrowed, consumer, isClosed: false });
  }

  #close(index: number): void {
    const watched = this.watched[index];
    if (watched === undefined) return;
    watched.isClosed = true;
    watched.subscription.close();
  }
}

describe("sessions against a real engine", () => {
  it("replicas equal the state, changes lead from one to the next, and the feed loses and doubles nothing", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 70, size: "max" }), async (steps) => {
        const run = new Run();
        for (const each of steps) await run.take(each);
        await run.finish();
        expectJournalKept(run);
        expectReplicas(run);
      }),
      { numRuns: Number(process.env.RUNS ?? 400) },
    ));
});

/** What was submitted is in the log once, in order; who submitted it knows. */
function expectJournalKept({ linked: { world }, submitted, settledUpdates, feed }: Run): void {
  const logged = [...world.store.records(BEGINNING, world.store.head().at)]
    .map(({ text }) => JSON.parse(text))
    .filter(({ Sequence }) => Sequence === "asx");
  expect(logged.map(({ Position }) => Position)).toEqual(submitted);
  expect([...settledUpdates.keys()].sort((left, right) => left - right)).toEqual(submitted);
  expect(feed.unacknowledged).toBe(0);
  for (const { Position, Errors } of logged) {
    // A refusal whose answer was lost with the connection is not told again; but nothing is called refused that was not.
    if (settledUpdates.get(Position) === "refused") expect(Errors, `the errors of ${Position}`).toBeDefined();
  }
}

function expectReplicas({ linked: { world }, watched }: Run): void {
  for (const { subscription, account, consumer, isClosed } of watched) {
    if (isClosed) continue;
    const { view } = subscription;
    expect(subscription.state.current, view).toEqual({ name: "live" });
    if (view === "Updates") {
      const ids = consumer?.told.flatMap(({ after }) =>
        after !== undefined && "Action" in after ? [after.Action?.Update?.UpdateID] : [],
      );
      if (account === undefined) expect(ids).toEqual(idsInLog(world));
      continue;
    }
    const kind = STATE_VIEWS[view as StateView];
    const state = [...world.store.list(kind, {})].filter(({ key }) => account === undefined || key.startsWith(account));
    const expected = Object.fromEntries(state.map(({ key, body }) => [key, body]));
    expect(written(subscription.records), view).toEqual(expected);
    if (consumer !== undefined) expect(written(consumer.records), `${view}, by its changes`).toEqual(expected);
  }
}

/** The updates that the log tells of as events. */
function idsInLog({ store }: Run["linked"]["world"]): readonly (string | undefined)[] {
  return [...store.records(BEGINNING, store.head().at)]
    .flatMap(({ text }) => expand(parseStoredRecord(text)).Events)
    .flatMap(({ Action }) => (Action === undefined ? [] : [Action.Update?.UpdateID]));
}

function written(records: ReadonlyMap<string, unknown>): Readonly<Record<string, string>> {
  return Object.fromEntries([...records].map(([key, record]) => [key, JSON.stringify(record)]));
}

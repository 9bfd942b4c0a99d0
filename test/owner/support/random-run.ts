/**
 * Random runs of an Owner as data, so that a counterexample can be read: what adapters, callers over REST, the System,
 * subscribers, the clock and the platform do to it, one step after another. `player.ts` plays them.
 */
import * as fc from "fast-check";
import type { Subscription } from "../../../src/domain/views.ts";
import type { SubscriptionTarget } from "../../../src/protocol/messages/index.ts";
import { again, anyStep, cash, metadata, newOrderOf, ORDER_IDS, type Step } from "../../domain/support/arbitraries.ts";
import type { OperationOnTheWire } from "../../domain/support/operations.ts";
import { anyTransform, operationOf } from "../../domain/support/transform-arbitraries.ts";
import { DESTINATIONS, type RequestStep, requestSteps, toldRequest, WORKING } from "./request-arbitraries.ts";

/** The feeds, and the adapters that may supply them: the first and the last are instances of the same one. */
export const FEEDS = ["asx", "nzx", "otc"] as const;
export const ADAPTERS = [
  { identity: "one", agent: "1" },
  { identity: "two", agent: "" },
  { identity: "one", agent: "1" },
] as const;
export type Feed = (typeof FEEDS)[number];

/** When a run begins, in milliseconds since 1970: orders are removed soon after, the next day, and in a month. */
export const BEGINNING = Date.parse("2026-02-28T12:00:00Z");

/** A frame of a feed beside the steps of its orders and transfers. */
export type OtherFrame =
  | { readonly of: "status"; readonly status: object }
  | { readonly of: "configuration"; readonly settings: Readonly<Record<string, string>> }
  | { readonly of: "operation"; readonly operation: OperationOnTheWire }
  /** Its position can be read, the rest of it cannot. */
  | { readonly of: "nonsense" }
  /** Its type promises something that is not there. */
  | { readonly of: "nothing" }
  /** There was nothing for this Owner. */
  | { readonly of: "bookmark" };

/** Where a subscriber says that it left off: a share of each sequence's position, or of the time. */
export type LeftOff =
  | { readonly by: "positions"; readonly shares: readonly number[] }
  | { readonly by: "time"; readonly share: number };

export type RunStep =
  | RequestStep
  /** So many milliseconds pass; a clock that is set may go back. */
  | { readonly step: "clock"; readonly by: number }
  /** One turn of the event loop is taken, or all there are. */
  | { readonly step: "turn" | "settle" }
  /** Frames of a feed, sent together. Each position is beyond the last one's by `skip` more than one; −1 = said again. */
  | { readonly step: "feed"; readonly feed: Feed; readonly skip: number; readonly steps: readonly Step[] }
  | { readonly step: "other"; readonly feed: Feed; readonly skip: number; readonly frame: OtherFrame }
  | { readonly step: "open"; readonly feed: Feed; readonly adapter: number }
  | { readonly step: "close"; readonly feed: Feed }
  | { readonly step: "lose"; readonly adapter: number }
  /** One call over REST, all or none. */
  | { readonly step: "submit"; readonly steps: readonly Step[] }
  | { readonly step: "operate"; readonly operation: OperationOnTheWire }
  /** The System hands down so many operations, or passes over a position. */
  | { readonly step: "hand"; readonly operations: readonly (readonly [type: string, content: object])[] }
  /** The System hands down that an adapter has no permissions any more. */
  | { readonly step: "revoke"; readonly adapter: number }
  | { readonly step: "rename" }
  /** The storage is full from now on, or is not any more. In memory only. */
  | { readonly step: "storage"; readonly isFull: boolean }
  /** The object loses its memory, and what it had not yet dealt with. */
  | { readonly step: "wake" }
  /** The alarm goes off: when it is due, or now. */
  | { readonly step: "ring"; readonly isDue: boolean }
  | {
      readonly step: "subscribe";
      readonly reader: number;
      readonly subscription: Subscription;
      readonly leftOff: LeftOff | undefined;
      readonly window?: number;
    }
  | { readonly step: "unsubscribe"; readonly reader: number }
  /** A subscriber acknowledges a share of what is under way to it. */
  | { readonly step: "acknowledge"; readonly reader: number; readonly share: number }
  /** A subscriber goes; what it does next it does on a new socket. */
  | { readonly step: "leave"; readonly reader: number };

/** What runs are made of beside what always is. */
export interface Ingredients {
  readonly subscribers?: boolean;
  /** Most subscriptions have a window. */
  readonly windows?: boolean;
  readonly renames?: boolean;
  readonly fullStorage?: boolean;
  /** Client requests, unless they are left out. */
  readonly requests?: boolean;
}

/** Draws from several, each so often. */
export function weighted<T>(
  ...drawn: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]
): fc.Arbitrary<T> {
  return fc.oneof(...drawn.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** A step of one sort, its content drawn. */
function sort<Name extends RunStep["step"], Content extends object>(
  step: Name,
  content: { [Field in keyof Content]: fc.Arbitrary<Content[Field]> },
) {
  return fc.record(content).map((drawn) => ({ step, ...drawn }));
}

const feed = fc.constantFrom(...FEEDS);
const adapter = fc.nat(ADAPTERS.length - 1);
const orderId = fc.constantFrom(...ORDER_IDS);
/** Mostly the next position. */
const skip = fc.constantFrom(0, 0, 0, 0, 1, 4, -1);

const SOON = ["2026-02-28T12:00:05Z", "2026-02-28T12:01:00Z", "2026-02-28T13:00:00.000001Z"] as const;
const removed: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("order" as const),
  order: fc.record({ OrderID: orderId, RemoveAfter: fc.constantFrom({}, ...SOON) }),
  update: fc.constant({}),
});
const moved: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("order" as const),
  order: fc.record({ OrderID: orderId, Account: fc.constantFrom("A1", "A2", "A3") }),
  update: fc.constantFrom({}, { Action: "Replace" as const }),
});

const step: fc.Arbitrary<Step> = weighted(
  [18, anyStep],
  [3, newOrderOf(orderId)],
  [2, removed],
  [2, moved],
  [2, cash],
  [1, metadata],
  [1, again],
);

const exchange = (code: string, note: number) => ({
  ExchangeDetails: { Exchange: code, Destinations: DESTINATIONS, Metadata: { note: `${note}` } },
});
/** The last of them is none of the adapters'. */
const exchangeOperation = fc
  .tuple(fc.constantFrom("ASX", "ASX", "XLON", "NYSE"), fc.nat(2), fc.nat(2))
  .map(([code, note, chance]): readonly [string, object] =>
    chance > 0 ? ["DefineExchange", exchange(code, note)] : ["UndefineExchange", exchange(code, note)],
  );
const statusOperation = fc
  .tuple(fc.constantFrom("Define", "Define", "Undefine"), fc.constantFrom("Working", "Pending"), fc.boolean())
  .map(([verb, Code, IsNormal]): readonly [string, object] => [
    `${verb}RequestStatus`,
    { RequestStatus: Code === WORKING.Code ? { ...WORKING, IsNormal } : { Code, IsNormal } },
  ]);
const commonOperation = weighted([3, exchangeOperation], [1, statusOperation]);

const statusFrame = fc
  .constantFrom<object[]>(
    { Status: "ONLINE" },
    { Status: "ONLINE", ExpireAfter: SOON[0] },
    { Status: "ONLINE", Timestamp: "2026-02-27T00:00:00Z", ExpireAfter: SOON[2] },
    { Status: "DISCONNECTED", ExpireAfter: SOON[1] },
    { FeedID: "another", Status: "ONLINE" },
  )
  .map((status): OtherFrame => ({ of: "status", status }));
const configuration = fc
  .constantFrom<Readonly<Record<string, string>>[]>({}, { Gapless: "true" }, { Depth: "5" })
  .map((settings): OtherFrame => ({ of: "configuration", settings }));
const operation = exchangeOperation.map(
  ([type, content]): OperationOnTheWire => ({ Type: `OperationType_${type}`, ...content }),
);
const transform = anyTransform.map(operationOf);
const frameOf = (operation: OperationOnTheWire): OtherFrame => ({ of: "operation", operation });
const otherFrame: fc.Arbitrary<OtherFrame> = weighted(
  [4, statusFrame],
  [2, configuration],
  [4, operation.map(frameOf)],
  [9, transform.map(frameOf)],
  [4, fc.constantFrom<OtherFrame[]>({ of: "bookmark" }, { of: "bookmark" }, { of: "nonsense" }, { of: "nothing" })],
);

const clock = weighted(
  [6, fc.constantFrom(1, 5, 20, 999)],
  [2, fc.constantFrom(6_000, 90_000, 3_600_000)],
  [1, fc.constant(25 * 3_600_000)],
  [2, fc.constantFrom(-1, -3_000, -7_200_000)],
);

const accounts = fc.subarray(["XS/A1", "XS/A2", "XS/A3", "XS/never"], { minLength: 1 });
const exchanges = fc.subarray(["ASX", "XLON", "NYSE"], { minLength: 1 });
const feeds = fc.subarray([...FEEDS, "oms", "ASX"], { minLength: 1 });
const TARGETS: Readonly<Record<"Owner" | "Account" | "Exchange" | "Feed", fc.Arbitrary<SubscriptionTarget>>> = {
  Owner: fc.constant({ Name: "Owner", Values: ["XS"] }),
  Account: accounts.map((Values) => ({ Name: "Account", Values })),
  Exchange: exchanges.map((Values) => ({ Name: "Exchange", Values })),
  Feed: feeds.map((Values) => ({ Name: "Feed", Values })),
};
type TargetName = keyof typeof TARGETS;

const targetsOf = (
  names: readonly TargetName[],
  always: readonly TargetName[] = [],
): fc.Arbitrary<readonly SubscriptionTarget[]> =>
  fc
    .subarray([...names])
    .chain((chosen) => fc.tuple(...[...new Set([...chosen, ...always])].map((name) => TARGETS[name])));

const viewOf = (view: Subscription["type"], names: readonly TargetName[], always?: readonly TargetName[]) =>
  targetsOf(names, always).map((targets): Subscription => ({ type: view, targets }));

/** A subscription of the updates: what trades are narrowed by, too. */
export const updatesSubscription = viewOf("SubscriptionType_Updates", ["Owner", "Account", "Exchange", "Feed"]);

/** A subscription of any view, with any targets that it takes. */
export const anySubscription: fc.Arbitrary<Subscription> = fc.oneof(
  viewOf("SubscriptionType_Balances", ["Owner", "Account"]),
  viewOf("SubscriptionType_Holdings", ["Owner", "Account", "Exchange"]),
  viewOf("SubscriptionType_Orders", ["Owner", "Account", "Exchange"]),
  viewOf("SubscriptionType_Requests", ["Owner", "Account", "Exchange", "Feed"]),
  viewOf("SubscriptionType_Transactions", ["Owner", "Account", "Exchange"]),
  updatesSubscription,
  viewOf("SubscriptionType_Metadata", ["Owner", "Account", "Exchange"]),
  viewOf("SubscriptionType_Status", ["Owner", "Feed"]),
  viewOf("SubscriptionType_Feed", ["Owner", "Account", "Exchange"], ["Feed"]),
);

/** A little more than all, so that what lies in the future is asked for too. */
const share = fc.integer({ min: 0, max: 105 }).map((percent) => percent / 100);
const leftOff: fc.Arbitrary<LeftOff | undefined> = weighted<LeftOff | undefined>(
  [3, fc.constant(undefined)],
  [
    2,
    fc
      .array(fc.oneof(share, fc.constant(1)), { minLength: 5, maxLength: 5 })
      .map((shares) => ({ by: "positions", shares })),
  ],
  [1, share.map((drawn) => ({ by: "time", share: drawn }))],
);

const reader = fc.nat(2);
const reading = weighted<RunStep>(
  [
    5,
    fc
      .tuple(reader, anySubscription, leftOff)
      .map(([who, subscription, from]) => ({ step: "subscribe", reader: who, subscription, leftOff: from })),
  ],
  [1, sort("unsubscribe", { reader })],
  [1, sort("leave", { reader })],
);
const window = fc.option(fc.constantFrom(1, 1, 2, 3, 5, 8), { freq: 4, nil: undefined });
const readingInWindows = weighted<RunStep>(
  [
    2,
    fc
      .tuple(reading, window)
      .map(([step, drawn]) => (step.step === "subscribe" && drawn !== undefined ? { ...step, window: drawn } : step)),
  ],
  [3, sort("acknowledge", { reader, share: fc.constantFrom(0, 0.3, 0.5, 1, 1, 1) })],
);

const steps = fc.array(step, { minLength: 1, maxLength: 3 });
const feedFrames = sort("feed", { feed, skip, steps });
/** An order that came of a request. */
const requestedOrder = fc
  .tuple(newOrderOf(orderId), toldRequest)
  .map(([each, came]): Step => (each.step === "order" ? { ...each, order: { ...each.order, ...came } } : each));
const requestStep = weighted<RunStep>(
  [10, requestSteps(feed, skip)],
  // What was renamed or undefined is there again.
  [1, fc.constant({ step: "operate" as const, operation: accountDefinition("A1", {}) })],
  [1, fc.constant({ step: "hand" as const, operations: [["DefineExchange", exchange("ASX", 0)]] as const })],
  [1, sort("feed", { feed, skip, steps: requestedOrder.map((order) => [order]) })],
);

function runStep({
  subscribers = false,
  windows = false,
  renames = false,
  fullStorage = false,
  requests = true,
}: Ingredients): fc.Arbitrary<RunStep> {
  return weighted<RunStep>(
    [30, feedFrames],
    [8, sort("other", { feed, skip, frame: otherFrame })],
    [7, sort("submit", { steps })],
    [5, sort("operate", { operation: transform })],
    [10, fc.constant({ step: "settle" })],
    [6, fc.constant({ step: "turn" })],
    [10, sort("clock", { by: clock })],
    [3, sort("open", { feed, adapter })],
    [1, sort("close", { feed })],
    [1, sort("lose", { adapter })],
    [4, sort("hand", { operations: fc.array(commonOperation, { maxLength: 3 }) })],
    [1, sort("revoke", { adapter })],
    [2, fc.constant({ step: "wake" })],
    [4, sort("ring", { isDue: fc.boolean() })],
    [requests ? 50 : 0, requestStep],
    [subscribers ? 30 : 0, windows ? readingInWindows : reading],
    [fullStorage ? 3 : 0, fc.nat(2).map((chance) => ({ step: "storage", isFull: chance === 0 }))],
    [renames ? 1 : 0, fc.constant({ step: "rename" })],
  );
}

/** What requests need: accounts, one of which is vetted, and exchanges that route them. */
const MARKET: readonly RunStep[] = [
  {
    step: "hand",
    operations: [
      ["DefineExchange", exchange("ASX", 0)],
      ["DefineExchange", exchange("XLON", 0)],
      ["DefineRequestStatus", { RequestStatus: WORKING }],
    ],
  },
  { step: "operate", operation: accountDefinition("A1", {}) },
  {
    step: "operate",
    operation: accountDefinition("A2", { "Vetting.Funds": "true", "Vetting.MaxOrderQuantity": "50" }),
  },
  { step: "submit", steps: [{ step: "cash", cash: { TransactionID: "funds", Account: "A2", Value: "500" } }] },
];

function accountDefinition(AccountID: string, Attributes: Readonly<Record<string, string>>): OperationOnTheWire {
  const AccountDetails = { Account: { AccountID, OwnerID: "XS" }, DefaultCurrency: "AUD", Attributes };
  return { Type: "OperationType_DefineAccount", AccountDetails };
}

/** A run begins with an order of each id, so that what follows has something to be about. */
export function anyRun(ingredients: Ingredients = {}): fc.Arbitrary<readonly RunStep[]> {
  const opening = fc.tuple(
    ...ORDER_IDS.map((id) =>
      sort("feed", { feed, skip: fc.constant(0), steps: newOrderOf(fc.constant(id)).map((order) => [order]) }),
    ),
  );
  const rest = fc.array(runStep(ingredients), { minLength: 20, maxLength: 100, size: "max" });
  return fc
    .tuple(opening, rest)
    .map(([orders, others]) => [...(ingredients.requests === false ? [] : MARKET), ...orders, ...others]);
}

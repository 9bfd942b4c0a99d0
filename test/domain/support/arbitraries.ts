/** Random steps: few enough ids and places that they meet, with whatever an adapter may send, sensible or not. */
import * as fc from "fast-check";
import { Decimal } from "../../../src/protocol/decimal.ts";
import type { Given } from "../given.ts";
import type { AssetFields, CashFields, Figure, OrderFields, TradeFields, UpdateFields } from "./adapter.ts";
import { anyRename, anyTransform, isTransform, operationOf, type TransformStep } from "./transform-arbitraries.ts";

/** One step as data, so that a counterexample can be read. */
export type Step =
  | { readonly step: "order"; readonly order: OrderFields; readonly update: UpdateFields }
  | {
      readonly step: "trade" | "correction";
      readonly id: string;
      readonly trade: TradeFields;
      readonly order: OrderFields;
    }
  | { readonly step: "cancel"; readonly id: string; readonly order: OrderFields }
  | { readonly step: "cash"; readonly cash: CashFields; readonly expectedBalance?: Figure | undefined }
  | { readonly step: "asset"; readonly asset: AssetFields }
  | { readonly step: "define"; readonly account: string; readonly currency?: string | undefined }
  | { readonly step: "undefine"; readonly account: string }
  | { readonly step: "again"; readonly updatesAgo: number };

/** Steps taken one by one, or together as one call. */
export type Call = Step | { readonly step: "batch"; readonly steps: readonly Step[] };

/** Takes a step; the oracle says whether it may be refused. */
export function perform(given: Given, call: Call | TransformStep): void {
  given.attempt(() => {
    if (isTransform(call)) given.operate(operationOf(call));
    else if (call.step !== "batch") submit(given, call);
    else {
      given.batch(() => {
        for (const step of call.steps) submit(given, step);
      });
    }
  });
}

/** Whoever can be told what an adapter does. */
export type Listener = Pick<
  Given,
  "order" | "trade" | "correction" | "cancel" | "cash" | "asset" | "defineAccount" | "undefineAccount" | "again"
>;

/** Tells a step. */
export function submit(given: Listener, step: Step): void {
  switch (step.step) {
    case "order":
      given.order(step.order, step.update);
      break;
    case "trade":
      given.trade(step.id, step.trade, step.order);
      break;
    case "correction":
      given.correction(step.id, step.trade, step.order);
      break;
    case "cancel":
      given.cancel(step.id, step.order);
      break;
    case "cash":
      given.cash(
        step.cash,
        step.expectedBalance === undefined ? {} : { expectedBalance: Decimal.of(step.expectedBalance) },
      );
      break;
    case "asset":
      given.asset(step.asset.Value ?? 0, step.asset);
      break;
    case "define":
      given.defineAccount({
        Account: step.account,
        ...(step.currency !== undefined && { DefaultCurrency: step.currency }),
      });
      break;
    case "undefine":
      given.undefineAccount(step.account);
      break;
    case "again":
      given.again(step.updatesAgo);
      break;
  }
}

// What is named more often is drawn more often: positions are to collect movements.
const account = fc.constantFrom("A1", "A1", "A1", "A2", "A3");
const anyAccount = fc.oneof({ weight: 30, arbitrary: account }, { weight: 1, arbitrary: fc.constant("YT/A1") });
const currency = fc.constantFrom("AUD", "AUD", "AUD", "USD");
const exchange = fc.constantFrom("ASX", "ASX", "ASX", "XLON");
const code = fc.constantFrom("BHP", "BHP", "BHP", "RIO", "VOD");
/** The ids that orders have. */
export const ORDER_IDS = ["O1", "O2", "O3"];
const orderId = fc.constantFrom(...ORDER_IDS);
const tradeId = fc.constantFrom("T1", "T1", "T2", "T3");
const side = fc.constantFrom(
  "BUY",
  "BUY",
  "BUY",
  "SELL",
  "SELL",
  "SELL",
  "SHORTSELL",
  "SHORTSELL_EXEMPT",
  "AS_DEFINED",
  "OPPOSITE",
);
const price = fc.constantFrom("7", "10", "0.1", "45.12", "3.3333333333", "0", "-2.5", "0.00000000001");
const quantity = fc.constantFrom("1", "2", "3", "7", "10", "100", "0.5", "0.000001", "12345678901234567890.5");
const amount = fc.constantFrom("1", "9.95", "0.1", "-2", "0", "100");
const funds = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: amount },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("Fee", "Tax", "Rebate"), amount, { noNullPrototype: true }) },
);
const removeAfter = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constantFrom("2026-03-01T00:00:00Z", "2026-04-01T12:34:56.789012Z") },
);

/** Any part of an order's state; what is left out stays as the adapter last said. */
const orderFields: fc.Arbitrary<OrderFields> = fc.record(
  {
    Account: anyAccount,
    Side: side,
    Quantity: quantity,
    Price: fc.oneof({ weight: 5, arbitrary: price }, { weight: 1, arbitrary: fc.constant(undefined) }),
    AdditionalFunds: funds,
    IsCompleted: fc.boolean(),
    RemoveAfter: removeAfter,
    Currency: fc.oneof({ weight: 8, arbitrary: currency }, { weight: 1, arbitrary: fc.constant(undefined) }),
    Exchange: exchange,
    Code: code,
    ExecutedQuantity: quantity,
    ExecutedAdditionalFunds: funds,
    Status: fc.constantFrom("New", "PendingCancel", undefined),
  },
  { requiredKeys: [] },
);

/** Most updates change little. */
const changedFields = fc.oneof(
  { weight: 6, arbitrary: fc.constant<OrderFields>({}) },
  { weight: 1, arbitrary: orderFields },
  { weight: 1, arbitrary: fc.record<OrderFields>({ Account: account }) },
);

const identified = (fields: fc.Arbitrary<OrderFields>): fc.Arbitrary<OrderFields> =>
  fc.tuple(orderId, fields).map(([OrderID, rest]) => ({ OrderID, ...rest }));

const tradeFields: fc.Arbitrary<TradeFields> = fc.record({
  Price: fc.oneof({ weight: 30, arbitrary: price }, { weight: 1, arbitrary: fc.constant(undefined) }),
  Quantity: fc.oneof({ weight: 30, arbitrary: quantity }, { weight: 1, arbitrary: fc.constantFrom("0", "-1") }),
  AdditionalFunds: funds,
});

const transactionId = fc.constantFrom("X1", "X2", "X3", "X4", "");
const value = fc.constantFrom("100", "-100", "7.5", "0", "-0.01");

/** A new order of one of these ids. */
export const newOrderOf = (id: fc.Arbitrary<string>): fc.Arbitrary<Step> =>
  fc.record({
    step: fc.constant("order" as const),
    order: fc
      .tuple(id, account, side, quantity, price, orderFields)
      .map(([OrderID, Account, Side, Quantity, Price, rest]) => ({ OrderID, Account, Side, Quantity, Price, ...rest })),
    update: fc.constantFrom<UpdateFields[]>({}, { Action: "Replace" }, { Type: "Restate", Reason: "Restated" }),
  });

const changedOrder: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("order" as const),
  order: identified(orderFields),
  update: fc.constant<UpdateFields>({ Reason: "Status" }),
});

const trade: fc.Arbitrary<Step> = fc.record({
  step: fc.constantFrom("trade" as const, "trade" as const, "correction" as const),
  id: tradeId,
  trade: tradeFields,
  order: identified(changedFields),
});

const cancel: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("cancel" as const),
  id: tradeId,
  order: identified(changedFields),
});

/** A cash transfer. */
export const cash: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("cash" as const),
  cash: fc.record<CashFields>({
    TransactionID: transactionId,
    Account: anyAccount,
    Currency: currency,
    Value: value,
    AdditionalFunds: funds,
    Settlement: fc.constantFrom("Booked", "Unbooked", "Settle", "Reverse", undefined),
    Pool: fc.constantFrom(undefined, undefined, undefined, "Margin", "Collateral"),
  }),
  expectedBalance: fc.constantFrom(undefined, undefined, "0", "100"),
});

const asset: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("asset" as const),
  asset: fc.record<AssetFields>({
    TransactionID: transactionId,
    Account: anyAccount,
    Exchange: exchange,
    Code: code,
    Value: value,
    Price: fc.oneof(price, fc.constant(undefined)),
  }),
});

/** An account is defined or undefined. */
export const metadata: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant("define" as const), account, currency: fc.constantFrom("AUD", "USD", undefined) }),
  fc.record({ step: fc.constant("undefine" as const), account }),
);

/** Something that was sent before, once more. */
export const again: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("again" as const),
  updatesAgo: fc.nat({ max: 12 }),
});

/** Whatever an adapter may do but repeat itself. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: newOrderOf(orderId) },
  { weight: 3, arbitrary: changedOrder },
  { weight: 16, arbitrary: trade },
  { weight: 2, arbitrary: cancel },
  { weight: 2, arbitrary: cash },
  { weight: 2, arbitrary: asset },
  { weight: 1, arbitrary: metadata },
);

const anyCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 12, arbitrary: anyStep },
  { weight: 2, arbitrary: again },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant("batch" as const),
      steps: fc.array(fc.oneof(anyStep, again), { minLength: 2, maxLength: 4 }),
    }),
  },
);

/** Steps among which things are renamed, removed and restated. */
const anyStepOrTransform: fc.Arbitrary<Call | TransformStep> = fc.oneof(
  { weight: 8, arbitrary: anyCall },
  { weight: 3, arbitrary: trade },
  { weight: 2, arbitrary: asset },
  { weight: 4, arbitrary: anyTransform },
);

// Little that can happen, so that it meets.
const smallSide = fc.constantFrom("BUY", "BUY", "SELL");
const smallTradeId = fc.constantFrom("T1", "T2", "T3", "T4");
const smallOrder = fc.constant<OrderFields>({ OrderID: "O1" });
const smallPlace = {
  OrderID: fc.constant("O1"),
  Account: fc.constantFrom("A1", "A1", "A1", "A2"),
  Code: fc.constantFrom("BHP", "RIO", "VOD"),
  Currency: fc.constantFrom("AUD", "AUD", "AUD", "USD"),
};

function smallTradeOf(
  step: fc.Arbitrary<"trade" | "correction">,
  order: fc.Arbitrary<OrderFields>,
): fc.Arbitrary<Step> {
  const content = fc.record({ Price: fc.constantFrom("1", "2", "5"), Quantity: fc.constantFrom("1", "2", "3") });
  return fc.record({ step, id: smallTradeId, trade: content, order });
}

/** A run begins with an order of each id, so that what follows has something to be about. */
function run<Content>(steps: fc.Arbitrary<Content>): fc.Arbitrary<readonly (Content | Step)[]> {
  const opening = fc.tuple(...ORDER_IDS.map((id) => newOrderOf(fc.constant(id))));
  const rest = fc.array(steps, { minLength: 10, maxLength: 50, size: "max" });
  return fc.tuple(opening, rest).map(([orders, calls]) => [...orders, ...calls]);
}

/** Steps, old ones again, and several in one call. */
export const anyRun: fc.Arbitrary<readonly Call[]> = run(anyCall);

/** As `anyRun`, with transforms. */
export const anyRunWithTransforms: fc.Arbitrary<readonly (Call | TransformStep)[]> = run(anyStepOrTransform);

/** Trades of a few symbols that are corrected, cancelled and renamed again and again, before and after each other. */
export const anyRenamedTrades: fc.Arbitrary<readonly (Step | TransformStep)[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: smallTradeOf(fc.constant("trade" as const), fc.record({ ...smallPlace, Side: smallSide })),
    },
    { weight: 3, arbitrary: smallTradeOf(fc.constant("correction" as const), fc.record(smallPlace)) },
    { weight: 1, arbitrary: fc.record({ step: fc.constant("cancel" as const), id: smallTradeId, order: smallOrder }) },
    { weight: 4, arbitrary: anyRename },
  ),
  { minLength: 6, maxLength: 24, size: "max" },
);

/** Steps alone, none of them said again. */
export const anyRunOfSteps: fc.Arbitrary<readonly Step[]> = run(anyStep);

/** What two accounts agreed on: the same price and quantity for both, each with fees of its own. */
export interface Print {
  readonly buyer: string;
  readonly seller: string;
  readonly place: { readonly Code: string; readonly Exchange: string; readonly Currency: string };
  readonly price: string;
  readonly quantity: string;
  readonly buyerFee: string;
  readonly sellerFee: string;
}

const print: fc.Arbitrary<Print> = fc.record({
  buyer: account,
  seller: account,
  place: fc.record({ Code: code, Exchange: exchange, Currency: currency }),
  price,
  quantity,
  buyerFee: amount,
  sellerFee: amount,
});

/** Prints, each corrected by others or cancelled in the end, or left as it is. */
export const anyPrints = fc.array(
  fc.record({ print, corrections: fc.array(print, { maxLength: 2 }), isCancelled: fc.boolean() }),
  { minLength: 1, maxLength: 10 },
);

/** Random transforms, and exchanges that say what statuses mean (rules X1, X2). */
import * as fc from "fast-check";
import {
  accountRename,
  currencyRename,
  exchangeDefinition,
  type OperationOnTheWire,
  symbolRename,
  transform,
} from "./operations.ts";

/** One step as data, so that a counterexample can be read. */
export type TransformStep =
  | {
      readonly step: "symbol";
      readonly exchange: string;
      readonly from: string;
      readonly to: string;
      readonly id?: string;
    }
  | { readonly step: "currency"; readonly from: string; readonly to: string }
  | { readonly step: "account"; readonly from: string; readonly to: string }
  | { readonly step: "orders"; readonly transform: object }
  | { readonly step: "exchange"; readonly exchange: string; readonly statuses: readonly object[] };

const STEPS: readonly string[] = [
  "symbol",
  "currency",
  "account",
  "orders",
  "exchange",
] satisfies TransformStep["step"][];

/** Whether a step is one of these. */
export function isTransform(step: { readonly step: string }): step is TransformStep {
  return STEPS.includes(step.step);
}

/** What is sent for a step. */
export function operationOf(step: TransformStep): OperationOnTheWire {
  switch (step.step) {
    case "symbol": {
      const { exchange: Exchange, from, to, id } = step;
      return symbolRename(from, to, { Exchange, ...(id !== undefined && { TransformID: id }) });
    }
    case "currency":
      return currencyRename(step.from, step.to);
    case "account":
      return accountRename(step.from, step.to);
    case "orders":
      return transform(step.transform);
    case "exchange":
      return exchangeDefinition(step.exchange, step.statuses);
  }
}

const EXCHANGES = ["ASX", "XLON"];
const exchange = fc.constantFrom("ASX", "ASX", "ASX", "XLON");
const code = fc.constantFrom("BHP", "BHP", "RIO", "VOD");
const currency = fc.constantFrom("AUD", "AUD", "USD", "NZD");
const account = fc.constantFrom("A1", "A1", "A2", "A3");
const status = fc.constantFrom("New", "PendingCancel", "Filled");
const moment = fc.constantFrom("2026-01-05T00:00:10Z", "2026-01-05T00:00:25Z", "2026-04-01T00:00:00Z");
const some = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const places = {
  Exchange: some(fc.constantFrom(...EXCHANGES)),
  Code: some(code),
  NotAfter: some(moment),
};

/** A rename of a symbol, an account or a currency, that may join what is there, or find nothing. */
export const anyRename: fc.Arbitrary<TransformStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant("symbol" as const),
      exchange,
      from: code,
      to: code,
      id: fc.constantFrom("", "", "R1", "R2"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("currency" as const), from: currency, to: currency }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("account" as const), from: account, to: account }) },
);

export const anyTransform: fc.Arbitrary<TransformStep> = fc.oneof(
  { weight: 11, arbitrary: anyRename },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant("orders" as const),
      transform: fc.record({ TransformType: fc.constant("REMOVE"), ...places, OrderStatus: some(status) }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("orders" as const),
      transform: fc.record({
        TransformType: fc.constant("RESTATEMENT"),
        ...places,
        OrderStatus: status,
        Parameters: some(fc.record({ FromStatus: status })),
        RemoveAfter: some(fc.constantFrom({}, "2026-03-01T00:00:00Z")),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant("exchange" as const),
      exchange,
      statuses: fc.subarray([
        { Code: "New" },
        { Code: "PendingCancel", IsTransition: true },
        { Code: "Filled", IsCompleted: true },
      ]),
    }),
  },
);

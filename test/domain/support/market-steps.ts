/** Random steps of a market: few enough names and figures that requests meet over the same money. */
import * as fc from "fast-check";
import { ACCOUNTS, CODES, type Step } from "./market-terms.ts";

const account = fc.constantFrom(...ACCOUNTS);
const pick = fc.nat({ max: 40 });
const price = fc.constantFrom("1", "2.5", "10", "10", "9.99", "0.0001", "33.3333333333");
const quantity = fc.constantFrom("1", "10", "20", "50", "100", "0.5", "3");
const fee = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom("9.95", "0.01", "-5") },
);
const queued = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const most: (weight: number, common: string, rare: string) => fc.Arbitrary<string> = (weight, common, rare) =>
  fc.oneof({ weight, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: fc.constant(rare) });

const policy = fc.record(
  {
    "Vetting.Funds": most(4, "true", "false"),
    "Vetting.Holdings": most(2, "true", "false"),
    "Vetting.MaxOrderValue": fc.constantFrom("100", "1000", "0"),
    "Vetting.MaxOrderQuantity": fc.constantFrom("20", "100.5"),
    "Vetting.PriceBand": fc.constantFrom("0.1", "0", "3"),
  },
  { requiredKeys: ["Vetting.Funds"] },
);

const named = <Name extends Step["step"]>(step: Name) => fc.constant(step);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      step: named("new"),
      account,
      side: fc.constantFrom("BUY", "BUY", "BUY", "SELL", "SELL", "SHORTSELL"),
      code: fc.constantFrom(...CODES),
      currency: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant("USD") },
      ),
      price: fc.oneof({ weight: 6, arbitrary: price }, { weight: 1, arbitrary: fc.constant(undefined) }),
      reserve: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: price }),
      quantity,
      fee,
      queued,
    }),
  },
  { weight: 6, arbitrary: fc.record({ step: named("amend"), pick, price, quantity, fee, queued }) },
  { weight: 2, arbitrary: fc.record({ step: named("cancel"), pick, queued }) },
  { weight: 3, arbitrary: fc.record({ step: named("move"), pick, to: account, queued }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: named("transfer"),
      account,
      value: fc.constantFrom("-100", "-0.01", "-999", "50"),
      queued,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      step: named("queue"),
      pick,
      does: fc.constantFrom("release", "release", "reject", "requeue", "replace", "amend", "cancel"),
      price,
      quantity,
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      step: named("answer"),
      pick,
      says: fc.constantFrom("confirm", "confirm", "confirm", "confirm", "promise", "work", "reject", "forget"),
      completes: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      step: named("fill"),
      pick,
      share: fc.nat({ max: 1 }),
      below: fc.constantFrom("0", "0", "0.01", "1"),
      fee: fc.constantFrom("0", "0.01", "5"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: named("correct"), pick, price }) },
  { weight: 1, arbitrary: fc.record({ step: named("bust"), pick }) },
  { weight: 1, arbitrary: fc.record({ step: named("end"), pick, removed: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ step: named("deposit"), account, value: fc.constantFrom("100", "0.01", "-50") }),
  },
  { weight: 3, arbitrary: fc.record({ step: named("supply"), isSupplied: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ step: named("timer"), pick }) },
  { weight: 3, arbitrary: fc.record({ step: named("again"), pick }) },
  { weight: 1, arbitrary: fc.record({ step: named("policy"), account, attributes: policy }) },
);

/** A run of steps. */
export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(anyStep, {
  minLength: 20,
  maxLength: 70,
  size: "max",
});

/**
 * Seeded random runs against the oracle, which is compared after every step, as are the replica and the transactions
 * (see `support/auditor.ts`). The runs are the same each time; to look further than they do, give a seed and a number
 * of runs: `RULES_SEED=7 RULES_RUNS=5000 npx vitest run test/domain/random.test.ts`. A seed that fails is pinned below.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Given } from "./given.ts";
import {
  anyPrints,
  anyRenamedTrades,
  anyRun,
  anyRunOfSteps,
  anyRunWithTransforms,
  type Print,
  perform,
} from "./support/arbitraries.ts";
import { WarmBook, WrittenBook } from "./support/book.ts";
import { Rational } from "./support/rational.ts";
import { figure } from "./support/sums.ts";

const SEED = Number(process.env.RULES_SEED ?? 20260105);
const RUNS = Number(process.env.RULES_RUNS ?? 60);
const NO_TIMEOUT = 0;

/** A property over random runs, its seed in its title. */
function property<Values extends [unknown, ...unknown[]]>(
  title: string,
  check: fc.IProperty<Values>,
  numRuns: number = RUNS,
): void {
  test(`${title} [seed ${SEED}, ${numRuns} runs]`, { timeout: NO_TIMEOUT }, () => {
    return fc.assert(check, { seed: SEED, numRuns });
  });
}

function expectSameWarmAndWoken(calls: readonly Parameters<typeof perform>[1][]): void {
  const warm = new Given(new WarmBook());
  const woken = new Given(new WrittenBook());
  for (const call of calls) {
    perform(warm, call);
    perform(woken, call);
  }
  expect(woken.history).toEqual(warm.history);
}

describe("Random runs", () => {
  property(
    "after every step the oracle has the same figures and refusals, warm and woken, and both raise the same events",
    fc.property(anyRun, expectSameWarmAndWoken),
  );

  property(
    "with transforms among the steps the oracle has the same figures and refusals, warm and woken",
    fc.property(anyRunWithTransforms, expectSameWarmAndWoken),
  );

  property(
    "trades of a few symbols that are corrected, cancelled and renamed come out as the oracle says (T6, X2)",
    fc.property(anyRenamedTrades, (steps) => {
      const given = new Given(new WrittenBook());
      for (const step of steps) perform(given, step);
    }),
    5 * RUNS,
  );

  property(
    "what is sent twice in a row changes nothing the second time, unless the OMS was to make up its id (T3, T5, C3)",
    fc.property(anyRunOfSteps, (steps) => {
      const given = new Given(new WarmBook());
      for (const step of steps) {
        perform(given, step);
        const isNamed =
          !("cash" in step && step.cash.TransactionID === "") && !("asset" in step && step.asset.TransactionID === "");
        if (!isNamed) continue;
        const before = given.state();
        given.attempt(() => given.again());
        expect(given.state()).toEqual(before);
        expect(given.events().filter((event) => !/^Updates|^Orders .* removed$/.test(event))).toEqual([]);
      }
    }),
  );

  property(
    "with both sides of every print booked, all cash together is what the fees took, and all holdings together are nothing (T1, T4, T5)",
    fc.property(anyPrints, (prints) => {
      const given = new Given(new WarmBook());
      const fees = new Map<string, Rational>();
      for (const [index, { print, corrections, isCancelled }] of prints.entries()) {
        book(given.trade, index, print);
        for (const correction of corrections) book(given.correction, index, correction);
        if (isCancelled) {
          for (const OrderID of [`B${index}`, `S${index}`]) given.cancel("T1", { OrderID });
          continue;
        }
        const { place, buyerFee, sellerFee } = corrections.at(-1) ?? print;
        fees.set(
          place.Currency,
          Rational.sum([fees.get(place.Currency) ?? Rational.ZERO, figure(buyerFee), figure(sellerFee)]),
        );
      }
      const cash = summed(
        given.positions("balance"),
        ({ Currency }) => Currency,
        ({ UnbookedTransactions }) => UnbookedTransactions,
      );
      const assets = summed(
        given.positions("holding"),
        ({ Exchange, Code }) => `${Exchange}:${Code}`,
        ({ Quantity }) => Quantity,
      );
      const taken = [...fees]
        .map(([currency, fee]) => [currency, fee.negated().toString()])
        .filter(([, fee]) => fee !== "0");
      expect(cash).toEqual(Object.fromEntries(taken));
      expect(assets).toEqual({});
    }),
  );
});

/** Tells both sides of a print, or of its correction, each with an order of its own. */
function book(
  tell: Given["trade"],
  index: number,
  { buyer, seller, place, price, quantity, buyerFee, sellerFee }: Print,
): void {
  const trade = { Price: price, Quantity: quantity };
  tell("T1", { ...trade, AdditionalFunds: buyerFee }, { ...place, OrderID: `B${index}`, Account: buyer, Side: "BUY" });
  tell(
    "T1",
    { ...trade, AdditionalFunds: sellerFee },
    { ...place, OrderID: `S${index}`, Account: seller, Side: "SELL" },
  );
}

function summed<Content>(
  records: readonly Content[],
  nameOf: (record: Content) => string | undefined,
  figureOf: (record: Content) => { toString(): string } | undefined,
): Readonly<Record<string, string>> {
  const totals = new Map<string, Rational>();
  for (const record of records) {
    const name = nameOf(record) ?? "";
    totals.set(name, (totals.get(name) ?? Rational.ZERO).plus(figure(figureOf(record))));
  }
  return Object.fromEntries(
    [...totals].filter(([, total]) => !total.isZero).map(([name, total]) => [name, total.toString()]),
  );
}

/**
 * Random markets against a slow and independent opinion on what is held and what is affordable. The runs are the same
 * each time; to look further than they do, give a seed and a number of runs:
 * `RULES_SEED=7 RULES_RUNS=5000 npx vitest run test/domain/requests/random.test.ts`.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WarmBook, WrittenBook } from "../support/book.ts";
import { Market } from "../support/market.ts";
import { anySteps } from "../support/market-steps.ts";

const SEED = Number(process.env.RULES_SEED ?? 20261122);
const RUNS = Number(process.env.RULES_RUNS ?? 60);
const NO_TIMEOUT = 0;

test(`in any market the oracle agrees on every verdict and every hold, warm and woken [seed ${SEED}, ${RUNS} runs]`, {
  timeout: NO_TIMEOUT,
}, () => {
  const check = fc.property(anySteps, (steps) => {
    const warm = new Market(new WarmBook(), false);
    const woken = new Market(new WrittenBook(), false);
    for (const step of steps) {
      warm.perform(step);
      woken.perform(step);
    }
    expect(woken.desk.history).toEqual(warm.desk.history);
  });
  return fc.assert(check, { seed: SEED, numRuns: RUNS });
});

test(`where nothing takes more than was vetted, what is reserved and held never exceeds what there is [seed ${SEED}, ${RUNS} runs]`, {
  timeout: NO_TIMEOUT,
}, () => {
  const check = fc.property(anySteps, (steps) => {
    const market = new Market(new WarmBook(), true);
    for (const step of steps) market.perform(step);
  });
  return fc.assert(check, { seed: SEED, numRuns: RUNS });
});

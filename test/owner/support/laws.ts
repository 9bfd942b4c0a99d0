/**
 * How the laws of history are tried: on random runs that are the same each time. To look further than they do, give a
 * seed and a number of runs: `LAWS_SEED=7 LAWS_RUNS=1000 npx vitest run --project unit test/owner/laws`.
 */
import * as fc from "fast-check";
import { test } from "vitest";

const SEED = Number(globalThis.process?.env.LAWS_SEED ?? 20261122);
const RUNS = globalThis.process?.env.LAWS_RUNS;
const NO_TIMEOUT = 0;

/** A law that holds for so many random runs, its seed in its title. */
export function law<Values extends [unknown, ...unknown[]]>(
  title: string,
  runs: number,
  check: fc.IAsyncProperty<Values>,
): void {
  const numRuns = Number(RUNS ?? runs);
  test(`${title} [seed ${SEED}, ${numRuns} runs]`, { timeout: NO_TIMEOUT }, () =>
    fc.assert(check, { seed: SEED, numRuns }),
  );
}

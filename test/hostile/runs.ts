/** How much the hostile tests do, and by which seed: `FUZZ` says how many times as much as in the suite. */
import fc from "fast-check";

export const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const TIMES = Number(process.env.FUZZ ?? 1);

/** Samples of an arbitrary, the same for the same seed. */
export function samples<Value>(arbitrary: fc.Arbitrary<Value>, count: number, seed = SEED): readonly Value[] {
  return fc.sample(arbitrary, { seed, numRuns: Math.max(1, Math.round(count * TIMES)) });
}

/** Long enough for as much as was asked for. */
export const PATIENCE_MS = 120_000 * Math.max(1, TIMES);

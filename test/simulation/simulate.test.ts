/**
 * Simulated installations under faults, each step held against plain books. The fresh seed of each run is in its title; to
 * see it again: `npm run simulate -- --seed S --steps N`, or SIMULATE_SEED=S for this test.
 */
import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Broken, simulate } from "./simulation.ts";

const FIXED = [101, 102, 103] as const;
const STEPS = 2_500;
const FRESH = Number(process.env.SIMULATE_SEED ?? randomInt(2 ** 31));

describe(`A simulation of ${STEPS} steps breaks no rule`, () => {
  it.each([...FIXED, FRESH])("of seed %i", async (seed) => {
    const { updates, faults } = await simulate({ seed, steps: STEPS });
    // It is worth what happened in it.
    expect(updates).toBeGreaterThan(STEPS / 10);
    expect(faults).toBeGreaterThan(STEPS / 200);
  });

  it("and the same seed is the same run", async () => {
    const [first, second] = [await simulate({ seed: 104, steps: 600 }), await simulate({ seed: 104, steps: 600 })];
    expect(second).toEqual(first);
    expect(await simulate({ seed: 105, steps: 600 })).not.toEqual(first);
  });

  it("and one that breaks a rule says its seed, its step and its last steps", async () => {
    const seams = { received: (frame: string) => (frame.includes('"Action"') ? [] : [frame]) };
    const broken = await simulate({ seed: 106, steps: 600, seams }).catch((error: unknown) => error);
    if (!(broken instanceof Broken)) throw new Error("it was not found");
    expect(broken.message).toMatch(/^seed 106 broke a rule at step \d+: .*\nits last steps:\n {2}\d+ (XS|YT): /);
    expect(broken.lastSteps.length).toBeGreaterThan(1);
  });
});

/** The simulation is worth what it finds: every planted bug, within a bounded number of steps, for the right reason. */
import { describe, expect, it } from "vitest";
import { BUGS, type Bug } from "./planted.ts";
import { Broken, simulate } from "./simulation.ts";

const SEEDS = 8;
const STEPS = 1_200;

/** What a bug is found by, over a number of seeds; undefined when it is not. */
async function findingOf({ plant }: Bug): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { seams = {}, end } = plant();
    try {
      await simulate({ seed, steps: STEPS, seams });
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return error.message;
    } finally {
      end?.();
    }
  }
  return undefined;
}

describe(`A planted bug is found within ${SEEDS} seeds of ${STEPS} steps`, () => {
  it.each(BUGS)("$name", async (bug) => {
    expect(await findingOf(bug)).toMatch(bug.says);
  });

  it("and with none of them the same seeds pass", async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      expect(await simulate({ seed, steps: STEPS })).toMatchObject({ steps: STEPS });
    }
  });
});

/** `npm run simulate`: Owners, adapters, clients and subscribers under faults, every step held against plain books. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { Broken, simulate } from "../test/simulation/simulation.ts";

const HELP = `Simulates an installation under faults, and looks after every step whether all rules hold.

  npm run simulate -- --seed 7 --steps 10000

  --seed N    what chance is drawn from: the same seed is the same run (default: a fresh one, which is printed)
  --steps N   how many steps are played of each seed (default: 10000)
  --seeds N   how many seeds are played, one after another from the first (default: 1)

Exits with 0 when all rules held, with 1 when one was broken: the seed and its last steps are printed, and the other
seeds are played as well. 2 means that the command line could not be read.`;

const LARGEST_SEED = 2 ** 31;

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      steps: { type: "string", default: "10000" },
      seeds: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const first = numberOf("seed", values.seed ?? `${randomInt(LARGEST_SEED)}`);
  const [steps, seeds] = [numberOf("steps", values.steps), numberOf("seeds", values.seeds)];
  const begun = performance.now();
  const total = { steps: 0, updates: 0, faults: 0, broken: 0 };
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      const outcome = await simulate({ seed, steps });
      total.steps += outcome.steps;
      total.updates += outcome.updates;
      total.faults += outcome.faults;
      console.log(
        `seed ${seed}: ${outcome.steps} steps, ${outcome.updates} updates, ${outcome.faults} faults: every rule held`,
      );
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      total.broken++;
      console.error(error.message);
      console.error(`to see it again: npm run simulate -- --seed ${seed} --steps ${error.step}`);
      process.exitCode = 1;
    }
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const cpu = (process.cpuUsage().user / 1e6).toFixed(1);
  console.log(
    `${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${total.steps} steps, ${total.updates} updates, ${total.faults} faults in ${seconds} s (${cpu} s of processor time): ${total.broken === 0 ? "every rule held" : `${total.broken} seeds broke a rule`}`,
  );
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new TypeError(`--${name} is a whole number, not ${text}`);
  return Number(text);
}

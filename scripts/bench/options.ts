/** What may be said on the command line of `npm run bench`. */
import { parseArgs } from "node:util";

export interface Options {
  /** Runs of each measurement. */
  readonly runs: number;
  /** Records in the longer of the two logs whose first answer is timed. */
  readonly records: number;
  readonly quick: boolean;
  /** Profile the engine instead of measuring. */
  readonly profile: boolean;
}

export const USAGE = `npm run bench -- [--runs N] [--records N] [--quick] [--profile]

  --runs N      runs of each measurement (5)
  --records N   records in the longer of the two logs whose first answer is timed (1000000);
                they are written once and kept in .bench/
  --quick       one short run of everything with a log of 20,000 records: shows that the benchmark works, not how fast
  --profile     writes CPU profiles of the engine to .bench/ and prints its costliest functions instead`;

const DEFAULT = { runs: 5, records: 1_000_000 };
const QUICK = { runs: 1, records: 20_000 };
const MOST = { runs: 100, records: 10_000_000 };

/** Reads the arguments. Throws Error with a message for the caller. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      records: { type: "string" },
      quick: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
    },
  });
  const defaults = values.quick ? QUICK : DEFAULT;
  return {
    runs: wholeNumber("--runs", values.runs ?? defaults.runs, MOST.runs),
    records: wholeNumber("--records", values.records ?? defaults.records, MOST.records),
    quick: values.quick,
    profile: values.profile,
  };
}

function wholeNumber(name: string, given: string | number, most: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name} must be a whole number from 1 to ${most}, not '${given}'.`);
}

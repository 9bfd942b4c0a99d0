/** What may be said on the command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { SHORTEST_LOG } from "./order-lives.ts";

/** What can be measured apart from the rest. */
export const PARTS = [
  "speed",
  "rows",
  "first-answer",
  "history",
  "metadata",
  "hostile",
  "subscribers",
  "owners",
  "day",
  "comparison",
  "sustained",
] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  /** Runs of each measurement. */
  readonly runs: number;
  /** Records in the longest of the logs that are read. */
  readonly records: number;
  /** How long full speed is sustained. */
  readonly minutes: number;
  /** What is measured. */
  readonly parts: readonly Part[];
  readonly quick: boolean;
  /** Profile the engine instead of measuring. */
  readonly profile: boolean;
}

export const USAGE = `npm run bench -- [--runs N] [--records N] [--minutes N] [--only PART] [--quick] [--profile]

  --runs N      runs of each measurement (5)
  --records N   records in the longest of the logs that are read (1000000); they are written once and kept in .bench/
  --minutes N   how long full speed is sustained (10)
  --only PART   measures one part alone; may be repeated:
                  speed         updates a second, and how long one takes
                  rows          rows written for each update
                  first-answer  the first answer after a restart
                  history       reading the past, pages of the audit, the whole log
                  metadata      changes of what is common to many Owners
                  hostile       what a tenant notices of another one that floods the server, and the server's memory
                  subscribers   1, 10, 100 and 1,000 subscribers to one Owner
                  owners        1, 4, 16 and 64 Owners at once
                  day           a day's trading in a minute: open, midday, close
                  comparison    PostgreSQL, Redis Streams and NATS JetStream on equal work, where they are installed
                  sustained     full speed for minutes, and the server's memory meanwhile
  --quick       one short run of everything with a log of 20,000 records: shows that the benchmark works, not how fast
  --profile     writes CPU profiles of the engine to .bench/ and prints its costliest functions instead`;

const DEFAULT = { runs: 5, records: 1_000_000, minutes: 10 };
const QUICK = { runs: 1, records: 20_000, minutes: 0.05 };
const LEAST = { runs: 1, records: 2 * SHORTEST_LOG, minutes: 0.01 };
const MOST = { runs: 100, records: 10_000_000, minutes: 60 };

/** Reads the arguments. Throws Error with a message for the caller. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      records: { type: "string" },
      minutes: { type: "string" },
      only: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
    },
  });
  const defaults = values.quick ? QUICK : DEFAULT;
  return {
    runs: wholeNumber("runs", values.runs ?? defaults.runs),
    records: wholeNumber("records", values.records ?? defaults.records),
    minutes: minutesOf(values.minutes ?? defaults.minutes),
    parts: values.only?.map(partOf) ?? PARTS,
    quick: values.quick,
    profile: values.profile,
  };
}

function wholeNumber(name: "runs" | "records", given: string | number): number {
  const value = Number(given);
  const [least, most] = [LEAST[name], MOST[name]];
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not '${given}'.`);
}

function minutesOf(given: string | number): number {
  const value = Number(given);
  if (value >= LEAST.minutes && value <= MOST.minutes) return value;
  throw new Error(`--minutes must be a number from ${LEAST.minutes} to ${MOST.minutes}, not '${given}'.`);
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`--only must be one of ${PARTS.join(", ")}, not '${name}'.`);
  return part;
}

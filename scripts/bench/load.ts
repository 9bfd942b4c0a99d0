/** How it bears load: many subscribers, many Owners, a day, many minutes; and what other stores do with the same work. */
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { type Comparison, compareStores, comparisonTable } from "./comparison.ts";
import { type DaySize, dayTable, measureDay, type Phase } from "./day.ts";
import { type ManyOwners, manyOwnersTable, measureManyOwners } from "./many-owners.ts";
import type { Options } from "./options.ts";
import { Rig } from "./rig.ts";
import { measureSubscribers, type Subscribers, subscribersTable } from "./subscribers.ts";
import { measureSustained, type Slice, sustainedTable } from "./sustained.ts";

/** What was measured; a part that was not is absent. */
export interface LoadResults {
  readonly day: DaySize;
  readonly minutes: number;
  readonly subscribers: Subscribers | undefined;
  readonly manyOwners: ManyOwners | undefined;
  readonly phases: readonly Phase[] | undefined;
  readonly slices: readonly Slice[] | undefined;
  readonly comparison: Comparison | undefined;
}

const DELIVERIES = 60_000;
const OWNERS_UPDATES = 40_000;
const DAY_SECONDS = 60;
const COMPARED_UPDATES = 20_000;
/** How much of a run `--quick` sends. */
const QUICK_SHARE = 0.05;

export async function measureLoad(
  bundle: WorkerBundle,
  options: Options,
  said: (text: string) => void,
): Promise<LoadResults> {
  const { runs, quick, minutes, parts } = options;
  const share = quick ? QUICK_SHARE : 1;
  const startRig = () => Rig.start({ bundle });
  const only = async <Result>(part: (typeof parts)[number], measure: () => Promise<Result>) =>
    parts.includes(part) ? await measure() : undefined;
  const day = { runs, seconds: DAY_SECONDS * share };
  const subscribers = { runs, deliveries: DELIVERIES * share };
  const manyOwners = { runs, updates: OWNERS_UPDATES * share };
  const compared = { runs, updates: COMPARED_UPDATES * share };
  return {
    day,
    minutes,
    subscribers: await only("subscribers", () => measureSubscribers(startRig, subscribers, said)),
    manyOwners: await only("owners", () => measureManyOwners(startRig, manyOwners, said)),
    phases: await only("day", () => measureDay(startRig, day, said)),
    comparison: await only("comparison", () => compareStores(bundle, compared, said)),
    slices: await only("sustained", () => sustain(startRig, minutes, said)),
  };
}

async function sustain(
  startRig: () => Promise<Rig>,
  minutes: number,
  said: (text: string) => void,
): Promise<readonly Slice[]> {
  const rig = await startRig();
  const slices = await measureSustained(rig, minutes, said);
  await rig.dispose();
  return slices;
}

export function loadTables({
  day,
  minutes,
  subscribers,
  manyOwners,
  phases,
  slices,
  comparison,
}: LoadResults): readonly string[] {
  return [
    ...(subscribers === undefined ? [] : [subscribersTable(subscribers)]),
    ...(manyOwners === undefined ? [] : [manyOwnersTable(manyOwners)]),
    ...(phases === undefined ? [] : [dayTable(phases, day)]),
    ...(slices === undefined ? [] : [sustainedTable(slices, minutes)]),
    ...(comparison === undefined ? [] : [comparisonTable(comparison)]),
  ];
}

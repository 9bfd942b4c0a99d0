/** A day's trading in little: busy when the market opens, quiet at midday, busiest when it closes. */
import type { Rig } from "./rig.ts";
import { spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import { type Delays, delaysOf, Tenant } from "./tenant.ts";

export interface DaySize {
  readonly runs: number;
  /** How long the day takes. */
  readonly seconds: number;
}

export interface Phase {
  readonly name: string;
  /** Offered, in the phase's mean. */
  readonly perSecond: number;
  /** Run by run. */
  readonly delays: readonly Delays[];
}

/** Updates a second at midday. */
const QUIET = 300;
/** How many times more come at the very open and at the very close, and the share of the day in which that wears off. */
const OPEN = { more: 6, fades: 0.06 } as const;
const CLOSE = { more: 8, fades: 0.04 } as const;
/** Where each part of the day ends, as a share of it. */
const PHASES = [
  ["open", 0.1],
  ["morning", 0.4],
  ["midday", 0.6],
  ["afternoon", 0.9],
  ["close", 1],
] as const;
/** The first updates of a server are slow, whatever the time of day. */
const WARM_UP = 2_000;
const WINDOW = 256;

/** One Owner, and a subscriber to every view. Updates are sent when they are due, whatever comes back. */
export async function measureDay(
  startRig: () => Promise<Rig>,
  { runs, seconds }: DaySize,
  said: (text: string) => void,
): Promise<readonly Phase[]> {
  const plan = planOf(seconds);
  const delays = plan.map((): Delays[] => []);
  for (let run = 1; run <= runs; run++) {
    said(`a day: run ${run} of ${runs}`);
    const rig = await startRig();
    const tenant = await Tenant.open(rig, "DAY", 1);
    await tenant.burst(WARM_UP, WINDOW);
    const dues = plan.flatMap((phase) => phase.dues);
    const heard = await tenant.timed(dues.length, (index) => dues[index] ?? Number.NaN);
    for (const [index, { from, to }] of plan.entries()) {
      delays[index]?.push(delaysOf(heard.filter((delay) => delay.index >= from && delay.index < to)));
    }
    tenant.close();
    await rig.dispose();
  }
  return plan.map(({ name, perSecond }, index) => ({ name, perSecond, delays: delays[index] ?? [] }));
}

interface PlannedPhase {
  readonly name: string;
  readonly perSecond: number;
  /** Its updates: the first, and the first that is not its own. */
  readonly from: number;
  readonly to: number;
  /** When they are due: milliseconds since the day began. */
  readonly dues: readonly number[];
}

function planOf(seconds: number): readonly PlannedPhase[] {
  let at = 0;
  let to = 0;
  return PHASES.map(([name, until]) => {
    const begun = at;
    const dues: number[] = [];
    for (; at < until * seconds; at += 1 / rateAt(at / seconds)) dues.push(at * 1000);
    const from = to;
    to += dues.length;
    return { name, perSecond: dues.length / (at - begun), from, to, dues };
  });
}

/** Updates a second at a share of the day. */
function rateAt(share: number): number {
  const open = OPEN.more * Math.exp(-share / OPEN.fades);
  const close = CLOSE.more * Math.exp(-(1 - share) / CLOSE.fades);
  return QUIET * (1 + open + close);
}

export function dayTable(phases: readonly Phase[], { seconds }: DaySize): string {
  const rows = phases.map(
    ({ name, perSecond, delays }): Row => [
      name,
      figure(perSecond),
      spreadText(spreadOf(delays.map(({ p50 }) => p50)), 1),
      spreadText(spreadOf(delays.map(({ p99 }) => p99)), 1),
      name === "open" ? "until the subscriber's event; sent when due, whatever comes back" : "",
    ],
  );
  const peaks = `${figure(rateAt(0))} a second at first, ${figure(rateAt(1))} at last`;
  return tableText([`a day in ${figure(seconds)} s, ${peaks}`, "updates/s", "p50, ms", "p99, ms", ""], rows);
}

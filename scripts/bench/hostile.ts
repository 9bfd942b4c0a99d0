/** What a hostile tenant costs another one that does nothing but trade, and what memory it makes the server take. */
import { setTimeout as wait } from "node:timers/promises";
import { FLOODS, type Flood } from "./floods.ts";
import { type MemoryUse, watchMemory } from "./resident-memory.ts";
import type { Rig } from "./rig.ts";
import { spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import { type Latency, measureLatency, type Pace } from "./throughput.ts";

export interface Attack {
  /** How many a second the hostile tenant managed. */
  readonly perSecond: number;
  /** The other tenant's. */
  readonly latency: Latency;
  readonly memory: MemoryUse;
}

/** By the flood's name, run by run; under `UNDISTURBED` those without one. */
export type Attacks = ReadonlyMap<string, readonly Attack[]>;

export const UNDISTURBED = "undisturbed";
/** How long a flood has to gather before it is measured. */
const GATHERING_MS = 500;
/** Updates that are sent to subscribers who do not read, for each that the quiet tenant makes. */
const UPDATES_TO_THE_DEAF = 8;
const MEBIBYTE = 1024 * 1024;

/** Floods a server of its own for each flood of each run, so that what one left does not count for the next. */
export async function measureHostile(
  startRig: () => Promise<Rig>,
  runs: number,
  pace: Pace,
  said: (text: string) => void,
): Promise<Attacks> {
  const attacks = new Map([UNDISTURBED, ...Object.keys(FLOODS)].map((name): [string, Attack[]] => [name, []]));
  for (let run = 1; run <= runs; run++) {
    for (const [name, results] of attacks) {
      said(`${name}: run ${run} of ${runs}`);
      const rig = await startRig();
      results.push(await attack(rig, pace, FLOODS[name]?.flood));
      await rig.dispose();
    }
  }
  return attacks;
}

async function attack(rig: Rig, pace: Pace, flood: Flood = async () => 0): Promise<Attack> {
  const hostile = await rig.target("HOSTILE");
  // The first updates of a server are slow, whoever sends them.
  await measureLatency(rig, "ours", "WARM", pace);
  const stop = new AbortController();
  const { result, memory } = await watchMemory(rig.pid, async () => {
    const begun = performance.now();
    const flooding = flood(hostile, stop.signal, pace.updates * UPDATES_TO_THE_DEAF);
    await Promise.race([wait(GATHERING_MS), flooding]);
    try {
      const latency = await measureLatency(rig, "ours", "QUIET", pace);
      const seconds = (performance.now() - begun) / 1000;
      stop.abort();
      return { latency, perSecond: (await flooding) / seconds };
    } finally {
      stop.abort();
    }
  });
  return { ...result, memory };
}

export function hostileTable({ perSecond }: Pace, attacks: Attacks): string {
  const undisturbed = attacks.get(UNDISTURBED) ?? [];
  const p99 = (runs: readonly Attack[]) => runs.map(({ latency }) => latency.p99);
  const p50 = (runs: readonly Attack[]) => runs.map(({ latency }) => latency.p50);
  const timesUsual = (of: typeof p50, runs: readonly Attack[]) =>
    figure(spreadOf(of(runs)).median / spreadOf(of(undisturbed)).median, 1);
  const rows = [...attacks].map(([name, runs]): Row => {
    const memory = (of: keyof MemoryUse) => figure(spreadOf(runs.map(({ memory }) => memory[of] / MEBIBYTE)).median);
    return [
      name,
      spreadText(spreadOf(p50(runs)), 1),
      timesUsual(p50, runs),
      spreadText(spreadOf(p99(runs)), 1),
      timesUsual(p99, runs),
      memory("before"),
      memory("greatest"),
      memory("after"),
      name === UNDISTURBED
        ? `${perSecond} updates/s, until the subscriber's event`
        : `${figure(spreadOf(runs.map((run) => run.perSecond)).median)} ${FLOODS[name]?.unit}/s by the hostile tenant`,
    ];
  });
  const head = [
    "a quiet tenant, beside a hostile one",
    "p50, ms",
    "/ usual",
    "p99, ms",
    "/ usual",
    "MiB before",
    "greatest",
    "after",
    "",
  ];
  return tableText(head, rows);
}

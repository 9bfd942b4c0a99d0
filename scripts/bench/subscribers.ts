/** One Owner with so many subscribers to every view. */
import { watchMemory } from "./resident-memory.ts";
import type { Rig } from "./rig.ts";
import { spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import { type Delays, delaysOf, Tenant } from "./tenant.ts";

export interface SubscribersSize {
  readonly runs: number;
  /** What is sent in a run, times the subscribers: so that each run takes about as long. */
  readonly deliveries: number;
}

export interface SubscribersRun {
  readonly perSecond: number;
  readonly framesPerSecond: number;
  /** CPU seconds that this process spent for each second at full speed: it shares the machine with the server. */
  readonly clientLoad: number;
  /** At the modest pace of `paceOf`. */
  readonly delays: Delays;
  /** The greatest of the server, in bytes. */
  readonly memory: number;
}

/** By the number of subscribers. */
export type Subscribers = ReadonlyMap<number, readonly SubscribersRun[]>;

const COUNTS = [1, 10, 100, 1000] as const;
const WINDOW = 256;
/** Of the updates with which speed is measured. */
const LEAST_UPDATES = 100;
const MOST_UPDATES = 20_000;
const WARM_UP = 100;
/** Updates a second while the delay is measured: fewer, where each goes to many. */
const MOST_PER_SECOND = 200;
const DELIVERIES_PER_SECOND = 2_000;
const PACED_SECONDS = 5;
const LEAST_PACED = 10;
const MEBIBYTE = 1024 * 1024;

/** Each on a server of its own, so that the memory is its own. */
export async function measureSubscribers(
  startRig: () => Promise<Rig>,
  { runs, deliveries }: SubscribersSize,
  said: (text: string) => void,
): Promise<Subscribers> {
  const results = new Map(COUNTS.map((count): [number, SubscribersRun[]] => [count, []]));
  for (let run = 1; run <= runs; run++) {
    for (const [count, done] of results) {
      said(`subscribers, ${figure(count)}: run ${run} of ${runs}`);
      const rig = await startRig();
      done.push(await measureOne(rig, count, Math.min(MOST_UPDATES, Math.max(LEAST_UPDATES, deliveries / count))));
      await rig.dispose();
    }
  }
  return results;
}

async function measureOne(rig: Rig, count: number, updates: number): Promise<SubscribersRun> {
  const { result, memory } = await watchMemory(rig.pid, async () => {
    const tenant = await Tenant.open(rig, "CROWD", count);
    await tenant.burst(WARM_UP, WINDOW);
    const cpu = process.cpuUsage();
    const { milliseconds, frames } = await tenant.burst(updates, WINDOW);
    const { user, system } = process.cpuUsage(cpu);
    const clientLoad = (user + system) / 1000 / milliseconds;
    const perSecond = paceOf(count);
    const paced = Math.max(LEAST_PACED, PACED_SECONDS * perSecond);
    const delays = delaysOf(await tenant.timed(paced, (index) => (index * 1000) / perSecond));
    tenant.close();
    const seconds = milliseconds / 1000;
    return { perSecond: updates / seconds, framesPerSecond: frames / seconds, clientLoad, delays };
  });
  return { ...result, memory: memory.greatest };
}

function paceOf(count: number): number {
  return Math.min(MOST_PER_SECOND, DELIVERIES_PER_SECOND / count);
}

function client(runs: readonly SubscribersRun[]): string {
  return figure(spreadOf(runs.map(({ clientLoad }) => clientLoad * 100)).median);
}

export function subscribersTable(subscribers: Subscribers): string {
  const rows = [...subscribers].map(([count, runs]): Row => {
    const spread = (of: (run: SubscribersRun) => number, decimals = 0) => spreadText(spreadOf(runs.map(of)), decimals);
    return [
      figure(count),
      spread(({ perSecond }) => perSecond),
      spread(({ framesPerSecond }) => framesPerSecond),
      spread(({ delays }) => delays.p50, 1),
      spread(({ delays }) => delays.p99, 1),
      spread(({ memory }) => memory / MEBIBYTE),
      `latency at ${figure(paceOf(count))} updates/s; the client takes ${client(runs)} % of a core`,
    ];
  });
  return tableText(["subscribers to every view", "updates/s", "frames/s", "p50, ms", "p99, ms", "MiB", ""], rows);
}

/** Many Owners at once, each with its adapter and a subscriber to every view. */
import { watchMemory } from "./resident-memory.ts";
import type { Rig } from "./rig.ts";
import { spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import { Tenant } from "./tenant.ts";

export interface ManyOwnersSize {
  readonly runs: number;
  /** By all Owners together, in each run. */
  readonly updates: number;
}

export interface ManyOwnersRun {
  /** Of all Owners together, until the last subscriber has the last event. */
  readonly perSecond: number;
  /** The time of the slowest Owner, divided by that of the fastest. */
  readonly unevenness: number;
  /** The greatest of the server, in bytes. */
  readonly memory: number;
}

/** By the number of Owners. */
export type ManyOwners = ReadonlyMap<number, readonly ManyOwnersRun[]>;

const COUNTS = [1, 4, 16, 64] as const;
/** Of each Owner. */
const WINDOW = 64;
const WARM_UP = 20;
const MEBIBYTE = 1024 * 1024;

/** Each on a server of its own, so that the memory is its own. */
export async function measureManyOwners(
  startRig: () => Promise<Rig>,
  { runs, updates }: ManyOwnersSize,
  said: (text: string) => void,
): Promise<ManyOwners> {
  const results = new Map(COUNTS.map((count): [number, ManyOwnersRun[]] => [count, []]));
  for (let run = 1; run <= runs; run++) {
    for (const [count, done] of results) {
      said(`Owners at once, ${figure(count)}: run ${run} of ${runs}`);
      const rig = await startRig();
      done.push(await measureOne(rig, count, Math.ceil(updates / count)));
      await rig.dispose();
    }
  }
  return results;
}

async function measureOne(rig: Rig, count: number, updatesOfEach: number): Promise<ManyOwnersRun> {
  const { result, memory } = await watchMemory(rig.pid, async () => {
    const tenants: Tenant[] = [];
    for (let owner = 1; owner <= count; owner++) tenants.push(await Tenant.open(rig, `M${owner}`, 1));
    await Promise.all(tenants.map((tenant) => tenant.burst(WARM_UP, WINDOW)));
    const begun = performance.now();
    const bursts = await Promise.all(tenants.map((tenant) => tenant.burst(updatesOfEach, WINDOW)));
    const seconds = (performance.now() - begun) / 1000;
    for (const tenant of tenants) tenant.close();
    const { least, most } = spreadOf(bursts.map(({ milliseconds }) => milliseconds));
    return { perSecond: (updatesOfEach * count) / seconds, unevenness: most / least };
  });
  return { ...result, memory: memory.greatest };
}

export function manyOwnersTable(manyOwners: ManyOwners): string {
  const rows = [...manyOwners].map(([count, runs]): Row => {
    const spread = (of: (run: ManyOwnersRun) => number, decimals = 0) => spreadText(spreadOf(runs.map(of)), decimals);
    return [
      figure(count),
      spread(({ perSecond }) => perSecond),
      spread(({ unevenness }) => unevenness, 2),
      spread(({ memory }) => memory / MEBIBYTE),
      count === 1 ? `${WINDOW} updates unacknowledged by each; one process serves them all` : "",
    ];
  });
  return tableText(["Owners at once", "updates/s in all", "slowest / fastest", "MiB", ""], rows);
}

/** Full speed for minutes, with an eye on what grows. */
import { residentBytes } from "./resident-memory.ts";
import type { Rig } from "./rig.ts";
import { figure, type Row, tableText } from "./table.ts";
import { Tenant } from "./tenant.ts";

/** A tenth of the time. */
export interface Slice {
  /** Since the beginning, when it ended. */
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU microseconds that the server spent on each update; NaN where the system does not tell. */
  readonly serverMicroseconds: number;
  /** Of the server: when the slice ended, and the greatest in it. */
  readonly bytes: number;
  readonly greatestBytes: number;
}

/** Several, because one Owner's object has 10 GB. */
const OWNERS = 4;
/** Of each Owner. */
const WINDOW = 64;
const SLICES = 10;
/** Updates of one Owner between two looks at the clock. */
const CHUNK = 1_000;
const QUICK_CHUNK = 100;
const EVERY_MS = 100;
const MEBIBYTE = 1024 * 1024;

export async function measureSustained(rig: Rig, minutes: number, said: (text: string) => void): Promise<Slice[]> {
  const tenants: Tenant[] = [];
  for (let owner = 1; owner <= OWNERS; owner++) tenants.push(await Tenant.open(rig, `S${owner}`, 1));
  const chunk = minutes < 1 ? QUICK_CHUNK : CHUNK;
  const slices: Slice[] = [];
  const begun = performance.now();
  const milliseconds = minutes * 60_000;
  for (let slice = 1; slice <= SLICES; slice++) {
    said(`sustained: ${slice} of ${SLICES} parts of ${minutes} minutes`);
    slices.push(await measureSlice(rig, tenants, { chunk, begun, until: begun + (milliseconds * slice) / SLICES }));
  }
  for (const tenant of tenants) tenant.close();
  return slices;
}

interface SliceOptions {
  readonly chunk: number;
  readonly begun: number;
  readonly until: number;
}

async function measureSlice(
  rig: Rig,
  tenants: readonly Tenant[],
  { chunk, begun, until }: SliceOptions,
): Promise<Slice> {
  let greatestBytes = residentBytes(rig.pid);
  const look = () => {
    greatestBytes = Math.max(greatestBytes, residentBytes(rig.pid));
  };
  const looking = setInterval(look, EVERY_MS);
  const cpu = rig.cpuSeconds() ?? Number.NaN;
  const sliceBegun = performance.now();
  try {
    const counts = await Promise.all(
      tenants.map(async (tenant) => {
        let sent = 0;
        do {
          await tenant.burst(chunk, WINDOW);
          sent += chunk;
        } while (performance.now() < until);
        return sent;
      }),
    );
    const updates = counts.reduce((sum, count) => sum + count, 0);
    const ended = performance.now();
    look();
    return {
      seconds: (ended - begun) / 1000,
      perSecond: (updates * 1000) / (ended - sliceBegun),
      serverMicroseconds: (((rig.cpuSeconds() ?? Number.NaN) - cpu) * 1e6) / updates,
      bytes: residentBytes(rig.pid),
      greatestBytes,
    };
  } finally {
    clearInterval(looking);
  }
}

export function sustainedTable(slices: readonly Slice[], minutes: number): string {
  const rows = slices.map(
    (slice, index): Row => [
      figure(slice.seconds),
      figure(slice.perSecond),
      figure(slice.serverMicroseconds),
      figure(slice.bytes / MEBIBYTE),
      figure(slice.greatestBytes / MEBIBYTE),
      index === 0 ? `${OWNERS} Owners, each with a subscriber to every view and ${WINDOW} updates unacknowledged` : "",
    ],
  );
  const head = [`${minutes} minutes: s`, "updates/s", "processor time, µs each", "MiB", "greatest", ""];
  return tableText(head, rows);
}

/** How much memory a process occupies while it works. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Bytes; NaN where the system does not tell, or the process is gone. */
export interface MemoryUse {
  readonly before: number;
  /** The greatest in the first quarter of the time: what grows with the work is greater later. */
  readonly early: number;
  readonly greatest: number;
  readonly after: number;
}

const EVERY_MS = 20;
const EARLY_SHARE = 0.25;
/** How long a process has to give back what it needs no more. */
const REST_MS = 1000;

/** Looks at a process again and again until the work is done. */
export async function watchMemory<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly memory: MemoryUse }> {
  const before = residentBytes(pid);
  const seen = [before];
  const looking = setInterval(() => seen.push(residentBytes(pid)), EVERY_MS);
  try {
    const result = await work();
    clearInterval(looking);
    const early = seen.slice(0, Math.ceil(seen.length * EARLY_SHARE));
    await wait(REST_MS);
    return {
      result,
      memory: { before, early: greatestOf(early), greatest: greatestOf(seen), after: residentBytes(pid) },
    };
  } finally {
    clearInterval(looking);
  }
}

function greatestOf(sizes: readonly number[]): number {
  const known = sizes.filter((size) => !Number.isNaN(size));
  return known.length === 0 ? Number.NaN : known.reduce((greatest, size) => Math.max(greatest, size));
}

/** NaN where the system does not tell, or the process is gone. */
export function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return Number.NaN;
  }
}

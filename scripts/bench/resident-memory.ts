/** How much memory a process occupies while it works. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Bytes; NaN where the system does not tell, or the process is gone. */
export interface MemoryUse {
  readonly before: number;
  readonly greatest: number;
  readonly after: number;
}

const EVERY_MS = 20;
/** How long a process has to give back what it needs no more. */
const REST_MS = 1000;

/** Looks at a process again and again until the work is done. */
export async function watchMemory<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly memory: MemoryUse }> {
  const before = residentBytes(pid);
  let greatest = before;
  const look = setInterval(() => {
    const bytes = residentBytes(pid);
    // NaN is neither greater nor less.
    if (!(bytes <= greatest)) greatest = Number.isNaN(bytes) ? greatest : bytes;
  }, EVERY_MS);
  try {
    const result = await work();
    await wait(REST_MS);
    return { result, memory: { before, greatest, after: residentBytes(pid) } };
  } finally {
    clearInterval(look);
  }
}

function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** What it takes to tell a whole log, and to check what was told: time, and memory, which must not grow with the log. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { KEPT, ownerOf, stateOf } from "./logs.ts";
import type { Reader } from "./reader.ts";
import { type MemoryUse, watchMemory } from "./resident-memory.ts";
import { Rig } from "./rig.ts";
import { accountOf } from "./updates.ts";

const VERIFY = fileURLToPath(new URL("../verify.ts", import.meta.url).href);

/** What is done with the whole log. */
export const TASKS = ["export", "verify", "chain", "audit"] as const;
export type Task = (typeof TASKS)[number];

/** One run of a task. The memory is the server's, but for `verify`: that program's own. */
export interface WholeRun {
  readonly seconds: number;
  /** What was read; NaN where that is nothing to speak of. */
  readonly bytes: number;
  readonly memory: MemoryUse;
}

export type WholeRuns = Readonly<Record<Task, WholeRun>>;

/** Does all of them once, each on a server of its own. */
export async function measureWholeLog(bundle: WorkerBundle, folder: string, records: number): Promise<WholeRuns> {
  const owner = ownerOf(records);
  const file = join(KEPT, "export.ndjson");
  const onServer = (work: (reader: Reader) => Promise<number>) => timedOnServer(bundle, folder, owner, work);
  try {
    let head = "";
    const chain = await onServer(async (reader) => {
      head = headOf((await reader.get(`/audit/verify?owner=${owner}`)).body);
      return Number.NaN;
    });
    const exported = await onServer((reader) => write(reader.pieces(`/audit/export?owner=${owner}`), file));
    const verified = await verify(file, head, records);
    const audit = await onServer((reader) => count(reader.pieces(`/audit/fromdate?owner=${owner}&from=1970-01-01`)));
    return { export: exported, verify: { ...verified, bytes: exported.bytes }, chain, audit };
  } finally {
    await rm(file, { force: true });
  }
}

/** Times what the server does once it has answered something small, and looks at its memory. */
async function timedOnServer(
  bundle: WorkerBundle,
  folder: string,
  owner: string,
  work: (reader: Reader) => Promise<number>,
): Promise<WholeRun> {
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
  try {
    const reader = await rig.reader(owner);
    await reader.get(`/balance/for/${owner}/${accountOf(0)}`);
    const { result, memory } = await watchMemory(rig.pid, () => timed(() => work(reader)));
    return { seconds: result.seconds, bytes: result.result, memory };
  } finally {
    await rig.dispose();
  }
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; seconds: number }> {
  const begun = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - begun) / 1000 };
}

function headOf(body: string): string {
  // Written by the server that is measured.
  const { Head, Broken } = JSON.parse(body) as { readonly Head: string; readonly Broken: number | null };
  if (Broken !== null) throw new Error(`the server finds commit ${Broken} broken`);
  return Head;
}

/** Writes pieces to a file; gives their bytes. */
async function write(pieces: AsyncIterable<Uint8Array>, file: string): Promise<number> {
  const written = createWriteStream(file);
  await pipeline(pieces, written);
  return written.bytesWritten;
}

/** Reads pieces and keeps none; gives their bytes. */
async function count(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.length;
  return bytes;
}

/** Runs `npm run verify` as its user does. */
async function verify(file: string, head: string, records: number): Promise<Omit<WholeRun, "bytes">> {
  const begun = performance.now();
  const program = spawn(process.execPath, [VERIFY, file, "--head", head], { stdio: ["ignore", "pipe", "inherit"] });
  const { result, memory } = await watchMemory(program.pid ?? 0, async () => {
    const said = await outputOf(program);
    return { said, seconds: (performance.now() - begun) / 1000 };
  });
  const [, verified = ""] = /^records +([\d,]+)$/m.exec(result.said) ?? [];
  if (!(Number(verified.replaceAll(",", "")) >= records))
    throw new Error(`the export was not verified: ${result.said}`);
  // It had just begun, and is gone.
  return { seconds: result.seconds, memory: { ...memory, before: Number.NaN } };
}

async function outputOf(program: ChildProcess): Promise<string> {
  let said = "";
  program.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  await once(program, "close");
  return said;
}

/**
 * How long an Owner that nobody has asked since the server started takes for its first answer, by the length of its
 * log. The logs are written once, through the feed like everything else, and kept beside the project.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { Rig } from "./rig.ts";
import { Supply } from "./supply.ts";
import { SAMPLE_ACCOUNT, updateFrames } from "./updates.ts";

/** What the benchmark keeps: nothing of it is needed, and git ignores it. */
export const KEPT = fileURLToPath(new URL("../../.bench", import.meta.url).href);
const SOURCES = fileURLToPath(new URL("../../src/storage", import.meta.url).href);
const UPDATES = fileURLToPath(new URL("updates.ts", import.meta.url).href);

/** Records sent, in arrays, before more are encoded. */
const CHUNK = 10_000;
const PER_FRAME = 50;
const WINDOW = 2000;

/** Told how many records of how many are written, and how many a second just now. */
export type Progress = (done: number, of: number, perSecond: number) => void;

/** The Owner whose log has so many records. */
export function ownerOf(records: number): string {
  return `W${records}`;
}

/**
 * Makes a state folder with one Owner for each length, or finds the one made before; tells how far it is. Returns the
 * folder.
 */
export async function prepareLogs(
  bundle: WorkerBundle,
  lengths: readonly number[],
  onProgress: Progress,
): Promise<string> {
  const folder = join(KEPT, `logs-${await formatOf()}`);
  await discardOthers(folder);
  const missing = lengths.filter((records) => !existsSync(markerOf(folder, records)));
  if (missing.length === 0) return folder;
  await mkdir(folder, { recursive: true });
  const rig = await Rig.start({ bundle, state: join(folder, "state") });
  try {
    for (const records of missing) {
      await writeLog(rig, records, onProgress);
      await writeFile(markerOf(folder, records), "");
    }
  } finally {
    await rig.dispose();
  }
  return folder;
}

/** Milliseconds of the first answer of each Owner after a start of the server, in the order given. */
export async function measureFirstAnswers(
  bundle: WorkerBundle,
  folder: string,
  lengths: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rig = await Rig.start({ bundle, state: join(folder, "state") });
  try {
    // An Owner without a log bears the cost of a Worker that has never run.
    await firstAnswer(rig, "W0");
    const answers = new Map<number, number>();
    for (const records of lengths) answers.set(records, await firstAnswer(rig, ownerOf(records)));
    return answers;
  } finally {
    await rig.dispose();
  }
}

async function firstAnswer(rig: Rig, owner: string): Promise<number> {
  const { url, token } = await rig.target(owner);
  const begun = performance.now();
  const answer = await fetch(new URL(`/balance/for/${owner}/${SAMPLE_ACCOUNT}`, url), {
    headers: { Authorization: `Bearer ${token}` },
  });
  const body = await answer.text();
  const elapsed = performance.now() - begun;
  if (!answer.ok) throw new Error(`${answer.status} ${body}`);
  return elapsed;
}

/** Goes on where an interrupted preparation ended. */
async function writeLog(rig: Rig, records: number, onProgress: Progress): Promise<void> {
  const owner = ownerOf(records);
  const supply = await Supply.open(await rig.target(owner));
  for (let done = supply.resumedAt; done < records; ) {
    const last = Math.min(records, done + CHUNK);
    const milliseconds = await supply.pipelined(updateFrames(owner, done + 1, last, PER_FRAME), WINDOW);
    onProgress(last, records, ((last - done) * 1000) / milliseconds);
    done = last;
  }
  await supply.close();
}

function markerOf(folder: string, records: number): string {
  return join(folder, `complete-${records}`);
}

/** Names how a log is written and kept: when either changes, logs are made anew. */
async function formatOf(): Promise<string> {
  const files = (await readdir(SOURCES)).sort().map((name) => join(SOURCES, name));
  const hash = createHash("sha256");
  for (const file of [...files, UPDATES]) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

async function discardOthers(folder: string): Promise<void> {
  if (!existsSync(KEPT)) return;
  const others = (await readdir(KEPT)).map((name) => join(KEPT, name)).filter((path) => path !== folder);
  const logs = others.filter((path) => path.startsWith(join(KEPT, "logs-")));
  await Promise.all(logs.map((path) => rm(path, { recursive: true, force: true })));
}

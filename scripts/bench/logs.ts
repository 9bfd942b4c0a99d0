/**
 * Owners with logs of known lengths. They are written once, through the feed like everything else, and kept beside the
 * project.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { lifeFrames } from "./order-lives.ts";
import { Rig } from "./rig.ts";
import { Supply } from "./supply.ts";

/** What the benchmark keeps: nothing of it is needed, and git ignores it. */
export const KEPT = fileURLToPath(new URL("../../.bench", import.meta.url).href);
const SOURCES = fileURLToPath(new URL("../../src/storage", import.meta.url).href);
/** What says what is written. */
const CONTENT = ["updates.ts", "order-lives.ts"].map((name) => fileURLToPath(new URL(name, import.meta.url).href));

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

/** The state folder of a server that has these logs. */
export function stateOf(folder: string): string {
  return join(folder, "state");
}

/**
 * Makes a folder with one Owner for each length, or finds the one made before; tells how far it is. Returns the folder.
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
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
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

/** Bytes of the database of each Owner's object, while no server uses it. */
export async function databaseBytes(folder: string): Promise<ReadonlyMap<string, number>> {
  const owners = join(stateOf(folder), "do", "edge-oms-Owner");
  const files = (await readdir(owners)).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  return new Map(files.map((name) => sizeOf(join(owners, name))));
}

/** What is in the write-ahead log is counted where it belongs. */
function sizeOf(file: string): [owner: string, bytes: number] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const owner = database.prepare("SELECT value ->> 'ownerId' AS name FROM properties WHERE name = 'owner'").get();
    const size = database.prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size");
    return [String(owner?.name), Number(size.get()?.bytes)];
  } finally {
    database.close();
  }
}

/** Goes on where an interrupted preparation ended. */
async function writeLog(rig: Rig, records: number, onProgress: Progress): Promise<void> {
  const owner = ownerOf(records);
  const supply = await Supply.open(await rig.target(owner));
  for (let done = supply.resumedAt; done < records; ) {
    const last = Math.min(records, done + CHUNK);
    const milliseconds = await supply.pipelined(lifeFrames(owner, done + 1, last, PER_FRAME), WINDOW);
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
  for (const file of [...files, ...CONTENT]) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

async function discardOthers(folder: string): Promise<void> {
  if (!existsSync(KEPT)) return;
  const others = (await readdir(KEPT)).map((name) => join(KEPT, name)).filter((path) => path !== folder);
  const logs = others.filter((path) => path.startsWith(join(KEPT, "logs-")));
  await Promise.all(logs.map((path) => rm(path, { recursive: true, force: true })));
}

/** How long a page of the audit takes, by where in the log it is. */
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { ownerOf, stateOf } from "./logs.ts";
import { randomOf } from "./random.ts";
import type { Reader } from "./reader.ts";
import { Rig } from "./rig.ts";
import { accountOf, SEQUENCE } from "./updates.ts";

/** Records of a page. */
export const PAGE = 100;

/** Where in the log a page begins: so far on, as a share of the log, and up to a twentieth further. */
export const SECTIONS = [
  { name: "start", from: 0 },
  { name: "middle", from: 0.475 },
  { name: "end", from: 0.95 },
] as const;
export type Section = (typeof SECTIONS)[number];
const SECTION_SHARE = 0.05;

/**
 * How the page is asked for: by the time before it, by the position of every sequence, or by that of the feed alone,
 * which has the page begin with the few records of the other sequences, wherever they are.
 */
export const WAYS = ["by date", "by position", "by one position"] as const;
export type Way = (typeof WAYS)[number];

/** Milliseconds of each page, run by run. */
export interface PageTimes {
  readonly way: Way;
  readonly section: Section;
  readonly runs: readonly (readonly number[])[];
}

/** One page: it begins with the feed's record after a position. */
interface Page {
  readonly way: Way;
  readonly section: Section;
  readonly position: number;
  readonly path: string;
}

/**
 * Reads so many pages of each section in each run, by turns. Where they begin is found by another server. The first run
 * is not counted.
 */
export async function measurePages(
  bundle: WorkerBundle,
  folder: string,
  records: number,
  { runs, pages, onRun }: { readonly runs: number; readonly pages: number; onRun(run: number): void },
): Promise<readonly PageTimes[]> {
  const owner = ownerOf(records);
  const times = WAYS.flatMap((way) =>
    SECTIONS.map((section) => ({ way, section, runs: Array.from({ length: runs + 1 }, (): number[] => []) })),
  );
  const chosen = await withReader(bundle, folder, owner, (reader) => findPages(reader, records, (runs + 1) * pages));
  await withReader(bundle, folder, owner, async (reader) => {
    await reader.get(`/audit/fromdate?owner=${owner}&from=1970-01-01&count=${PAGE}`);
    for (const [index, asked] of chosen.entries()) {
      const run = Math.floor(index / pages);
      if (index % pages === 0) onRun(run);
      for (const page of asked) {
        const { body, milliseconds } = await reader.get(page.path);
        checkPage(body, page);
        const of = times.find(({ way, section }) => way === page.way && section === page.section);
        of?.runs[run]?.push(milliseconds);
      }
    }
  });
  return times.map((each) => ({ ...each, runs: each.runs.slice(1) }));
}

/** Pages to be read one after another: one of each section and way, so many times. */
async function findPages(reader: Reader, records: number, count: number): Promise<readonly (readonly Page[])[]> {
  const random = randomOf(records);
  const found: Page[][] = [];
  for (let index = 0; index < count; index++) {
    const pages: Page[] = [];
    for (const section of rotated(SECTIONS, index)) {
      for (const way of rotated(WAYS, index)) {
        const furthest = Math.max(0, records * SECTION_SHARE - PAGE);
        const position = Math.floor(records * section.from + random() * furthest);
        pages.push({ way, section, position, path: await pathOf(reader, records, way, position) });
      }
    }
    found.push(pages);
  }
  return found;
}

async function pathOf(reader: Reader, records: number, way: Way, position: number): Promise<string> {
  const owner = ownerOf(records);
  const page = `owner=${owner}&count=${PAGE}`;
  const byPosition = `/audit/fromposition?${page}&from[${SEQUENCE}]=${position}`;
  switch (way) {
    case "by date": {
      const { at } = await reader.get(`/balance/for/${owner}/${accountOf(0)}?asAt[${SEQUENCE}]=${position}`);
      return `/audit/fromdate?${page}&from=${at}`;
    }
    case "by position":
      // Beyond whatever else there is.
      return `${byPosition}&from[oms]=1000000000&from[system]=1000000000`;
    case "by one position":
      return byPosition;
  }
}

function checkPage(body: string, { path, position }: Page): void {
  // Written by the server that is measured; what matters here is compared.
  const page = JSON.parse(body) as readonly { readonly Sequence: string; readonly ID: number }[];
  const ids = page.filter(({ Sequence }) => Sequence === SEQUENCE).map(({ ID }) => ID);
  const isWhole = page.length === PAGE && ids.every((id, index) => id === position + 1 + index);
  if (!isWhole) throw new Error(`${path} answered ${page.length} records, from ${ids[0]} to ${ids.at(-1)}`);
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function withReader<Result>(
  bundle: WorkerBundle,
  folder: string,
  owner: string,
  work: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
  try {
    return await work(await rig.reader(owner));
  } finally {
    await rig.dispose();
  }
}

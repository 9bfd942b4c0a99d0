/** How fast the past is told when the log is long. */
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { measurePages, type PageTimes } from "./audit-pages.ts";
import { databaseBytes, ownerOf, type Progress, prepareLogs } from "./logs.ts";
import { measurePastReads, type ReadTimes } from "./past-reads.ts";
import { measureWholeLog, type WholeRuns } from "./whole-log.ts";

/** What was measured, over a short and a long log. */
export interface History {
  /** Their records. */
  readonly short: number;
  readonly long: number;
  readonly reads: readonly ReadTimes[];
  readonly pages: readonly PageTimes[];
  /** Run by run. */
  readonly whole: readonly WholeRuns[];
  /** Bytes of the database of each, by their records. */
  readonly bytes: ReadonlyMap<number, number>;
}

export interface HistorySize {
  readonly runs: number;
  readonly short: number;
  readonly long: number;
  /** Moments of each log that are read in a run. */
  readonly moments: number;
  /** Pages of each section of the long log that are read in a run. */
  readonly pages: number;
}

export interface HistoryProgress {
  readonly written: Progress;
  /** Told what is measured now. */
  said(text: string): void;
}

/** Makes the logs, if they are not there, and reads them in all ways. */
export async function measureHistory(
  bundle: WorkerBundle,
  { runs, short, long, moments, pages }: HistorySize,
  { written, said }: HistoryProgress,
): Promise<History> {
  const lengths = [short, long];
  const folder = await prepareLogs(bundle, lengths, written);
  const sizes = await databaseBytes(folder);
  const onRun = (what: string) => (run: number) =>
    said(run === 0 ? `${what}: warming up` : `${what}: run ${run} of ${runs}`);
  said("the past: finding moments");
  const reads = await measurePastReads(bundle, folder, lengths, { runs, moments, onRun: onRun("the past") });
  said("pages of the audit: finding where they begin");
  const ofAudit = { runs, pages, onRun: onRun("pages of the audit") };
  const pageTimes = await measurePages(bundle, folder, long, ofAudit);
  const whole: WholeRuns[] = [];
  for (let run = 1; run <= runs; run++) {
    onRun("the whole log")(run);
    whole.push(await measureWholeLog(bundle, folder, long));
  }
  const bytes = new Map(lengths.map((records) => [records, sizes.get(ownerOf(records)) ?? Number.NaN]));
  return { short, long, reads, pages: pageTimes, whole, bytes };
}

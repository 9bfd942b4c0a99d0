/** From what was measured of the past to its tables. */
import { PAGE, type PageTimes, SECTIONS, type Section, WAYS, type Way } from "./audit-pages.ts";
import type { History } from "./history.ts";
import { type Place, READ_KINDS, type ReadKind, type Subject } from "./past-reads.ts";
import { percentile, ratios, spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import { TASKS, type Task, type WholeRun } from "./whole-log.ts";

const SUBJECTS: Readonly<Record<Subject, string>> = { balances: "an account's balances", order: "one order" };
const PLACES: Readonly<Record<Place, string>> = {
  "within a commit": "at a record, in the midst of a commit",
  "between commits": "at the end of a millisecond, between commits",
};
const WAYS_SAID: Readonly<Record<Way, string>> = {
  "by date": "",
  "by position": "of every sequence",
  "by one position": "of the feed alone: the few records of other sequences come first",
};
const TASK_NAMES: Readonly<Record<Task, string>> = {
  export: "/audit/export",
  verify: "npm run verify of the export",
  chain: "/audit/verify",
  audit: "/audit/fromdate from the beginning",
};

const TASKS_SAID: Readonly<Record<Task, string>> = {
  export: "at first: in the first quarter of the time",
  verify: "the memory is the program's own",
  chain: "",
  audit: "",
};

/** Milliseconds of each reading, run by run. */
type Runs = readonly (readonly number[])[];

const MEGABYTE = 1_000_000;

export function historyTables(history: History): readonly string[] {
  return [readTable(history), pageTable(history), wholeTable(history)];
}

function readTable({ short, long, reads, bytes }: History): string {
  const head = [
    "as at a moment of the past",
    `${figure(short)} records`,
    `${figure(long)} records`,
    "long / short",
    "",
  ];
  const timesOf = (kind: ReadKind, records: number): Runs =>
    reads.find((times) => times.kind === kind && times.records === records)?.runs ?? [];
  const rows = READ_KINDS.flatMap((kind) => {
    const [ofShort, ofLong] = [timesOf(kind, short), timesOf(kind, long)];
    return ([50, 99] as const).map((percent): Row => {
      const [left, right] = [atPercentile(ofShort, percent), atPercentile(ofLong, percent)];
      return [
        percent === 50 ? `${SUBJECTS[kind.subject]}, p50, ms` : "  p99, ms",
        spreadText(spreadOf(left), 2),
        spreadText(spreadOf(right), 2),
        spreadText(ratios(right, left), 2),
        percent === 50 ? PLACES[kind.place] : "",
      ];
    });
  });
  const [ofShort = Number.NaN, ofLong = Number.NaN] = [bytes.get(short), bytes.get(long)];
  return tableText(head, [
    ...rows,
    ["database, MB", megabytes(ofShort), megabytes(ofLong), figure(ofLong / ofShort, 2), ""],
  ]);
}

function pageTable({ long, pages }: History): string {
  const head = [
    `${PAGE} audit records of ${figure(long)}`,
    ...SECTIONS.map(({ name }) => name),
    "slowest / fastest",
    "",
  ];
  const rows = WAYS.flatMap((way) =>
    ([50, 99] as const).map((percent): Row => {
      const times = SECTIONS.map((section) => atPercentile(runsOf(pages, way, section), percent));
      const unevenness = (times[0] ?? []).map((_, run) => {
        const each = times.map((ofRun) => ofRun[run] ?? Number.NaN);
        return Math.max(...each) / Math.min(...each);
      });
      return [
        percent === 50 ? `${way}, p50, ms` : "  p99, ms",
        ...times.map((ofSection) => spreadText(spreadOf(ofSection), 2)),
        spreadText(spreadOf(unevenness), 2),
        percent === 50 ? WAYS_SAID[way] : "",
      ];
    }),
  );
  return tableText(head, rows);
}

function wholeTable({ long, whole }: History): string {
  const head = [
    `the whole log of ${figure(long)}`,
    "seconds",
    "MB",
    "MB/s",
    "memory before, MB",
    "greatest at first",
    "greatest",
    "after",
    "",
  ];
  const rows = TASKS.map((task): Row => {
    const runs = whole.map((run) => run[task]);
    const spread = (figureOf: (run: WholeRun) => number, decimals = 0): string => {
      const values = runs.map(figureOf).filter((value) => !Number.isNaN(value));
      return values.length === 0 ? "" : spreadText(spreadOf(values), decimals);
    };
    return [
      TASK_NAMES[task],
      spread(({ seconds }) => seconds, 1),
      spread(({ bytes }) => bytes / MEGABYTE),
      spread(({ bytes, seconds }) => bytes / MEGABYTE / seconds),
      spread(({ memory }) => memory.before / MEGABYTE),
      spread(({ memory }) => memory.early / MEGABYTE),
      spread(({ memory }) => memory.greatest / MEGABYTE),
      spread(({ memory }) => memory.after / MEGABYTE),
      TASKS_SAID[task],
    ];
  });
  return tableText(head, rows);
}

function runsOf(pages: readonly PageTimes[], way: Way, section: Section): Runs {
  return pages.find((times) => times.way === way && times.section === section)?.runs ?? [];
}

function atPercentile(runs: Runs, percent: number): readonly number[] {
  return runs.map((times) => percentile(times, percent));
}

function megabytes(bytes: number): string {
  return figure(bytes / MEGABYTE);
}

/** From results to the one table. */
import { cpus, release, type } from "node:os";
import type { Crowd, FanOut } from "./fan-out.ts";
import type { History } from "./history.ts";
import { historyTables } from "./history-report.ts";
import { type Attacks, hostileTable } from "./hostile.ts";
import { type LoadResults, loadTables } from "./load.ts";
import type { Options } from "./options.ts";
import { type RowsWritten, reasonFor } from "./rows.ts";
import { ratios, spreadOf } from "./statistics.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";
import type { Latency, Load, Pace, Throughput } from "./throughput.ts";

/** The runs of both, in the order in which they were made. */
export interface Pair<Result> {
  readonly ours: readonly Result[];
  readonly bare: readonly Result[];
}

/** The runs of single frames in both forms. */
export interface Forms {
  readonly json: readonly Throughput[];
  readonly binary: readonly Throughput[];
}

export interface Speed {
  readonly forms: Forms;
  readonly single: Pair<Throughput>;
  readonly arrays: Pair<Throughput>;
  readonly latency: Pair<Latency>;
}

export interface Rows {
  readonly single: RowsWritten[];
  readonly arrays: RowsWritten[];
}

/** Milliseconds, for each length of a log. */
export type FirstAnswers = readonly { readonly records: number; readonly milliseconds: readonly number[] }[];

/** What was measured; a part that was not is absent. */
export interface Results {
  readonly options: Options;
  readonly single: Load;
  readonly arrays: Load;
  readonly pace: Pace;
  readonly crowd: Crowd;
  readonly speed?: Speed;
  readonly rows?: Rows;
  readonly firstAnswers?: FirstAnswers;
  readonly fanOut?: FanOut;
  readonly history?: History;
  readonly attacks?: Attacks;
  readonly load: LoadResults;
}

export function reportOf(results: Results): string {
  const { options, single, arrays, pace, crowd, speed, rows, firstAnswers, fanOut, history, attacks, load } = results;
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model ?? "processor"}, ${type()} ${release()}, Node ${process.version}`;
  const runs = `median (least–most) of ${options.runs} ${options.runs === 1 ? "run" : "runs"}`;
  const lines = [
    ...(speed === undefined
      ? []
      : [...speedRows(single, speed.single), ...speedRows(arrays, speed.arrays), ...latencyRows(pace, speed.latency)]),
    ...(rows === undefined ? [] : tableRows(single, arrays, rows)),
    ...(firstAnswers === undefined ? [] : firstAnswerRows(firstAnswers)),
    ...(fanOut === undefined ? [] : fanOutRows(crowd, fanOut)),
  ];
  const tables = [
    ...(speed === undefined
      ? []
      : [tableText(["", "JSON", "protobuf", "protobuf / JSON", ""], formRows(single, speed.forms))]),
    ...(lines.length === 0 ? [] : [tableText(["", "Edge OMS", "bare object", "ours / bare", ""], lines)]),
    ...(history === undefined ? [] : historyTables(history)),
    ...(attacks === undefined ? [] : [hostileTable(pace, attacks)]),
    ...loadTables(load),
  ];
  return `\n${[`${runs}; ${machine}`, ...tables].join("\n\n")}\n`;
}

function speedRows({ name, perFrame, window }: Load, { ours, bare }: Pair<Throughput>): readonly Row[] {
  const row = (what: string, figureOf: (run: Throughput) => number, decimals: number, remark: string): Row => [
    what,
    spreadText(spreadOf(ours.map(figureOf)), decimals),
    spreadText(spreadOf(bare.map(figureOf)), decimals),
    spreadText(ratios(ours.map(figureOf), bare.map(figureOf)), 2),
    remark,
  ];
  const kib = spreadOf(ours.map(({ eventBytes }) => eventBytes)).median / 1024;
  const client = spreadOf([...ours, ...bare].map(({ clientLoad }) => clientLoad * 100)).median;
  const unacknowledged = `${window / perFrame} frames unacknowledged`;
  return [
    row(
      `updates/s, ${name}`,
      ({ perSecond }) => perSecond,
      0,
      `${unacknowledged}; the client takes ${figure(client)} % of a core`,
    ),
    row(
      "  processor time of the server, µs each",
      ({ serverMicroseconds }) => serverMicroseconds,
      0,
      `ours also sends ${figure(kib, 1)} KiB of events an update`,
    ),
  ];
}

/** Both forms on the same server: the feed and the subscriber to every view speak the one or the other. */
function formRows({ name }: Load, { json, binary }: Forms): readonly Row[] {
  const row = (what: string, figureOf: (run: Throughput) => number, remark: string): Row => [
    what,
    spreadText(spreadOf(json.map(figureOf))),
    spreadText(spreadOf(binary.map(figureOf))),
    spreadText(ratios(binary.map(figureOf), json.map(figureOf)), 2),
    remark,
  ];
  return [
    row(`updates/s, ${name}`, ({ perSecond }) => perSecond, "with a subscriber to every view"),
    row("  processor time of the server, µs each", ({ serverMicroseconds }) => serverMicroseconds, ""),
    row("bytes of an update", ({ updateBytes }) => updateBytes, "as its adapter sends it"),
    row("bytes of the events of an update", ({ eventBytes }) => eventBytes, "as the subscriber gets them"),
  ];
}

function latencyRows({ perSecond }: Pace, { ours, bare }: Pair<Latency>): readonly Row[] {
  return (["p50", "p99"] as const).map((percentile) => {
    const times = (runs: readonly Latency[]) => runs.map((run) => run[percentile]);
    return [
      `latency ${percentile}, ms`,
      spreadText(spreadOf(times(ours)), 1),
      spreadText(spreadOf(times(bare)), 1),
      spreadText(ratios(times(ours), times(bare)), 2),
      percentile === "p50" ? `${perSecond} updates/s; until the subscriber's event (bare: the acknowledgement)` : "",
    ];
  });
}

/** Rows that are written once for each Owner come to less than this for each update. */
const NEGLIGIBLE = 0.0005;

function tableRows(single: Load, arrays: Load, rows: Rows): readonly Row[] {
  const total = (runs: readonly RowsWritten[]) => spreadOf(runs.map((tables) => sum(tables.values())));
  const grouped = (runs: readonly RowsWritten[]) => spreadOf(runs.map((tables) => 1 / (tables.get("commits") ?? 0)));
  const tables = new Set(rows.single.flatMap((run) => [...run.keys()]));
  const of = (table: string) => spreadOf(rows.single.map((run) => run.get(table) ?? 0));
  const byCost = [...tables].map((table) => ({ table, spread: of(table) }));
  return [
    [`updates per commit, ${single.name}`, spreadText(grouped(rows.single)), "", "", "made durable together"],
    [`updates per commit, ${arrays.name}`, spreadText(grouped(rows.arrays)), "", "", ""],
    [`rows written per update, ${arrays.name}`, spreadText(total(rows.arrays), 2), "", "", "index rows included"],
    [`rows written per update, ${single.name}`, spreadText(total(rows.single), 2), "", "", "of which"],
    ...byCost
      .filter(({ spread }) => spread.most > NEGLIGIBLE)
      .sort((left, right) => right.spread.median - left.spread.median)
      .map(({ table, spread }): Row => [`  ${table}`, spreadText(spread, 3), "", "", reasonFor(table)]),
  ];
}

function firstAnswerRows(answers: FirstAnswers): readonly Row[] {
  const [shortest] = answers;
  return answers.map(({ records, milliseconds }) => [
    `first answer, ${figure(records)} records, ms`,
    spreadText(spreadOf(milliseconds), 1),
    "",
    "",
    shortest === undefined || records === shortest.records
      ? "one account's balances, after a restart of the server"
      : `${spreadText(ratios(milliseconds, shortest.milliseconds), 2)} times that of ${figure(shortest.records)}`,
  ]);
}

function fanOutRows({ owners, changes }: Crowd, { definitions, toHalf, toAll }: FanOut): readonly Row[] {
  const row = (what: string, milliseconds: readonly number[], remark: string): Row => [
    what,
    spreadText(spreadOf(milliseconds), 1),
    "",
    "",
    remark,
  ];
  return [
    row(
      `metadata to ${figure(owners)} Owners, until all have it, ms`,
      toAll,
      `${figure(changes)} changes, each until a subscriber to every Owner has seen it`,
    ),
    row("  until half of them have it", toHalf, ""),
    row("definition of an Owner, ms", definitions, "one after another, until its object is set up"),
  ];
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

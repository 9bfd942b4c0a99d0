/** `npm run bench`: how fast it is, against the least that a Durable Object can do. Starts its own servers. */
import { loadavg } from "node:os";
import { relative } from "node:path";
import type { Cost } from "./bench/cpu-profile.ts";
import { type Crowd, type FanOut, measureFanOut } from "./bench/fan-out.ts";
import { type History, measureHistory } from "./bench/history.ts";
import { measureHostile } from "./bench/hostile.ts";
import { measureLoad } from "./bench/load.ts";
import { prepareLogs } from "./bench/logs.ts";
import { type Options, type Part, readOptions, USAGE } from "./bench/options.ts";
import { profileLoad } from "./bench/profile.ts";
import {
  type FirstAnswers,
  type Forms,
  type Pair,
  type Results,
  type Rows,
  reportOf,
  type Speed,
} from "./bench/report.ts";
import { buildVariant, disposeAll, isStopping, Rig } from "./bench/rig.ts";
import { measureRows } from "./bench/rows.ts";
import { figure, tableText } from "./bench/table.ts";
import {
  type Kind,
  type Load,
  measureLatency,
  measureThroughput,
  type Pace,
  type Throughput,
} from "./bench/throughput.ts";
import { measureFirstAnswers } from "./bench/wake.ts";
import { BuildFailure, buildWorker, type WorkerBundle } from "./support/worker-bundle.ts";

const SINGLE: Load = { name: "single frames", perFrame: 1, window: 256, updates: 20_000 };
const BINARY: Load = { ...SINGLE, name: "single frames of protobuf", isBinary: true };
const ARRAYS: Load = { name: "arrays of 50", perFrame: 50, window: 1_000, updates: 40_000 };
const PACE: Pace = { perSecond: 200, updates: 1_000 };
const CROWD: Crowd = { owners: 200, changes: 20 };
const SHORT_LOG = 1_000;
/** The shorter of the logs whose past is read. */
const SHORT_PAST = 10_000;
/** Moments of each log, and pages of each section, that are read in a run. */
const PAST = { moments: 200, pages: 50 } as const;
const MOST_FILES = 25;
const MOST_FUNCTIONS = 40;
/** How much of a run `--quick` sends. */
const QUICK_SHARE = 0.1;

await main().catch((error: unknown) => {
  // Whoever interrupts it knows why its sockets break.
  if (isStopping()) return;
  process.exitCode = 1;
  console.error(error instanceof BuildFailure ? `The Worker cannot be built.\n${error.message}` : error);
});
await disposeAll();

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === undefined) return;
  const [load = 0] = loadavg();
  if (load > 1) progress(`other programs are busy (load ${load.toFixed(1)}): expect lower figures`);
  if (options.profile) await profile(options);
  else console.log(reportOf(await measure(options)));
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 1;
    return undefined;
  }
}

async function measure(options: Options): Promise<Results> {
  const [single, arrays, pace] = [scaled(SINGLE, options), scaled(ARRAYS, options), scaled(PACE, options)];
  const crowd = options.quick ? { owners: CROWD.owners * QUICK_SHARE, changes: CROWD.changes * QUICK_SHARE } : CROWD;
  const bundle = await built("the Worker", () => buildWorker());
  const only = async <Result>(part: Part, measurePart: () => Promise<Result>): Promise<Result | undefined> =>
    options.parts.includes(part) ? await measurePart() : undefined;
  return {
    options,
    single,
    arrays,
    pace,
    crowd,
    speed: await only("speed", () => measureSpeed(bundle, options.runs, { single, arrays, pace })),
    rows: await only("rows", () => countRows(options.runs, { single, arrays })),
    firstAnswers: await only("first-answer", () => timeFirstAnswers(bundle, options)),
    history: await only("history", () => readHistory(bundle, options)),
    fanOut: await only("metadata", () => timeFanOut(bundle, crowd)),
    attacks: await only("hostile", () => measureHostile(() => Rig.start({ bundle }), options.runs, pace, progress)),
    load: await measureLoad(bundle, options, progress),
  };
}

type Loads = Pick<Results, "single" | "arrays">;

async function measureSpeed(
  bundle: WorkerBundle,
  runs: number,
  { single, arrays, pace }: Loads & Pick<Results, "pace">,
): Promise<Speed> {
  const bareBundle = await built("the bare object", () => buildVariant("./bare-worker.ts"));
  const rigs = { ours: await Rig.start({ bundle }), bare: await Rig.start({ bundle: bareBundle }) };
  const speed = (load: Load) =>
    interleaved(runs, load.name, (kind, run) => measureThroughput(rigs[kind], kind, `${load.perFrame}-${run}`, load));
  const measured: Speed = {
    single: await speed(single),
    arrays: await speed(arrays),
    forms: await compareForms(rigs.ours, runs, single),
    latency: await interleaved(runs, "latency", (kind, run) => measureLatency(rigs[kind], kind, `L-${run}`, pace)),
  };
  await disposeAll();
  return measured;
}

async function countRows(runs: number, { single, arrays }: Loads): Promise<Rows> {
  const rig = await Rig.start({
    bundle: await built("the Worker that counts", () => buildVariant("./counting-worker.ts")),
  });
  const rows: Rows = { single: [], arrays: [] };
  for (let run = 1; run <= runs; run++) {
    progress(`rows written: run ${run} of ${runs}`);
    rows.single.push(await measureRows(rig, `1-${run}`, single));
    rows.arrays.push(await measureRows(rig, `${arrays.perFrame}-${run}`, arrays));
  }
  await rig.dispose();
  return rows;
}

async function timeFirstAnswers(bundle: WorkerBundle, { runs, records }: Options): Promise<FirstAnswers> {
  const lengths = [SHORT_LOG, records];
  const folder = await prepareLogs(bundle, lengths, written);
  const answers = lengths.map((length) => ({ records: length, milliseconds: [] as number[] }));
  for (let run = 1; run <= runs; run++) {
    progress(`first answers: run ${run} of ${runs}`);
    // By turns, so that neither length always comes first.
    const order = run % 2 === 0 ? lengths : lengths.toReversed();
    const times = await measureFirstAnswers(bundle, folder, order);
    for (const { records: length, milliseconds } of answers) milliseconds.push(times.get(length) ?? Number.NaN);
  }
  return answers;
}

function readHistory(bundle: WorkerBundle, { runs, records, quick }: Options): Promise<History> {
  const share = quick ? QUICK_SHARE : 1;
  const lengths = { short: Math.min(SHORT_PAST, Math.floor(records / 2)), long: records };
  const samples = { moments: PAST.moments * share, pages: PAST.pages * share };
  return measureHistory(bundle, { runs, ...lengths, ...samples }, { written, said: progress });
}

function written(done: number, of: number, perSecond: number): void {
  progress(`writing a log: ${figure(done)} of ${figure(of)} records, ${figure(perSecond)} a second`);
}

async function timeFanOut(bundle: WorkerBundle, crowd: Crowd): Promise<FanOut> {
  progress(`metadata to ${figure(crowd.owners)} Owners`);
  const rig = await Rig.start({ bundle });
  const fanOut = await measureFanOut(rig, crowd);
  await rig.dispose();
  return fanOut;
}

/** JSON and protobuf by turns, on one server, so that what else the machine does meets them alike. */
async function compareForms(rig: Rig, runs: number, single: Load): Promise<Forms> {
  const loads = { json: single, binary: { ...BINARY, updates: single.updates } };
  const results = { json: [] as Throughput[], binary: [] as Throughput[] };
  for (let run = 0; run <= runs; run++) {
    progress(run === 0 ? "JSON and protobuf: warming up" : `JSON and protobuf: run ${run} of ${runs}`);
    for (const form of run % 2 === 0 ? (["json", "binary"] as const) : (["binary", "json"] as const)) {
      const result = await measureThroughput(rig, "ours", `F-${form}-${run}`, loads[form]);
      if (run > 0) results[form].push(result);
    }
  }
  return results;
}

/** Runs both by turns, so that what else the machine does meets them alike. The first run of each is not counted. */
async function interleaved<Result>(
  runs: number,
  name: string,
  measureOne: (kind: Kind, run: number) => Promise<Result>,
): Promise<Pair<Result>> {
  const results = { ours: [] as Result[], bare: [] as Result[] };
  for (let run = 0; run <= runs; run++) {
    progress(run === 0 ? `${name}: warming up` : `${name}: run ${run} of ${runs}`);
    for (const kind of run % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const)) {
      const result = await measureOne(kind, run);
      if (run > 0) results[kind].push(result);
    }
  }
  return results;
}

async function profile(options: Options): Promise<void> {
  const bundle = await built("the Worker", () => buildWorker());
  for (const load of [scaled(SINGLE, options), scaled(BINARY, options), scaled(ARRAYS, options)]) {
    progress(`profiling ${load.name}`);
    const { file, throughput, cost } = await profileLoad(bundle, load);
    const speed = `${figure(throughput.perSecond)} updates/s, ${figure(throughput.serverMicroseconds)} µs of processor time each`;
    console.log(`\n${load.name}, while profiled: ${speed}; ${relative(process.cwd(), file)}\n`);
    console.log(costTable("file", cost.files, MOST_FILES));
    console.log(`\n${costTable("function", cost.functions, MOST_FUNCTIONS)}`);
  }
}

function costTable(what: string, costs: readonly Cost[], most: number): string {
  const percent = (share: number) => `${figure(share * 100, 1)} %`;
  const rows = costs.slice(0, most).map(({ name, own, total }) => [name, percent(own), percent(total), ""]);
  return tableText([what, "own", "with callees", ""], rows);
}

function scaled<Size extends { readonly updates: number }>(size: Size, { quick }: Options): Size {
  return quick ? { ...size, updates: size.updates * QUICK_SHARE } : size;
}

function built(what: string, build: () => Promise<WorkerBundle>): Promise<WorkerBundle> {
  progress(`building ${what}`);
  return build();
}

function progress(text: string): void {
  console.error(`# ${text}`);
}

/** How long it takes to read what was, as at moments all over a log, by the length of the log. */
import { fromMicroseconds, readTimestamp, toMicroseconds } from "../../src/protocol/timestamp.ts";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { ownerOf, stateOf } from "./logs.ts";
import { type OrderMoment, orderMoment } from "./order-lives.ts";
import { randomOf } from "./random.ts";
import type { Reader, TimedAnswer } from "./reader.ts";
import { Rig } from "./rig.ts";
import { accountOf, SEQUENCE } from "./updates.ts";

/** What is read: an account's balances, or one order. */
export type Subject = "balances" | "order";

/**
 * Where the moment lies: at a record, which is mostly in the midst of a commit, or at the end of that record's
 * millisecond, when its commit is over.
 */
export type Place = "within a commit" | "between commits";

export interface ReadKind {
  readonly subject: Subject;
  readonly place: Place;
}

export const READ_KINDS: readonly ReadKind[] = (["balances", "order"] as const).flatMap((subject) =>
  (["within a commit", "between commits"] as const).map((place) => ({ subject, place })),
);

/** Milliseconds of each reading of a kind, run by run. */
export interface ReadTimes {
  readonly kind: ReadKind;
  readonly records: number;
  readonly runs: readonly (readonly number[])[];
}

/** One reading that is to be made. */
interface Question {
  readonly kind: ReadKind;
  readonly records: number;
  readonly path: string;
  /** Throws Error when the answer is not what was then. */
  check(answer: TimedAnswer): void;
}

/**
 * Reads as at so many moments of each log in each run, by turns. The moments are found by one server and read by
 * another, which has nothing of them in memory. The first run is not counted.
 */
export async function measurePastReads(
  bundle: WorkerBundle,
  folder: string,
  lengths: readonly number[],
  { runs, moments, onRun }: { readonly runs: number; readonly moments: number; onRun(run: number): void },
): Promise<readonly ReadTimes[]> {
  const questions = await findQuestions(bundle, folder, lengths, runs + 1, moments);
  const times = lengths.flatMap((records) =>
    READ_KINDS.map((kind) => ({ kind, records, runs: questions.map((): number[] => []) })),
  );
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
  try {
    const readers = await readersOf(rig, lengths);
    for (const records of lengths) await readers.of(records).get(`/balance/for/${ownerOf(records)}`);
    for (const [run, asked] of questions.entries()) {
      onRun(run);
      for (const { kind, records, path, check } of asked) {
        const answer = await readers.of(records).get(path);
        check(answer);
        times.find((each) => each.kind === kind && each.records === records)?.runs[run]?.push(answer.milliseconds);
      }
    }
  } finally {
    await rig.dispose();
  }
  return times.map((each) => ({ ...each, runs: each.runs.slice(1) }));
}

async function findQuestions(
  bundle: WorkerBundle,
  folder: string,
  lengths: readonly number[],
  runs: number,
  moments: number,
): Promise<readonly (readonly Question[])[]> {
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
  try {
    const readers = await readersOf(rig, lengths);
    const found: Question[][] = [];
    for (let run = 0; run < runs; run++) {
      const random = randomOf(run);
      const asked: Question[] = [];
      for (let moment = 0; moment < moments; moment++) {
        // By turns, so that neither length always comes first.
        for (const records of moment % 2 === 0 ? lengths : lengths.toReversed())
          for (const kind of READ_KINDS) asked.push(await findQuestion(readers.of(records), records, kind, random));
      }
      found.push(asked);
    }
    return found;
  } finally {
    await rig.dispose();
  }
}

/** Finds the time of a random moment, which the log alone knows. */
async function findQuestion(reader: Reader, records: number, kind: ReadKind, random: () => number): Promise<Question> {
  const owner = ownerOf(records);
  const order = kind.subject === "order" ? orderMoment(records, random) : undefined;
  const path =
    order === undefined ? accountPath(owner, random) : `/order/for/${owner}/${order.accountId}/${order.orderId}`;
  const position = order?.position ?? 1 + Math.floor(random() * records);
  const { at } = await reader.get(`${path}?asAt[${SEQUENCE}]=${position}`);
  const moment = kind.place === "within a commit" ? at : endOfMillisecond(at);
  return {
    kind,
    records,
    path: `${path}?asAt=${moment}`,
    check: ({ body, at: readAt }) => {
      if (kind.place === "within a commit" && readAt !== at) throw new Error(`${path} was read as at ${readAt}`);
      if (order !== undefined) checkOrder(body, order, kind.place);
    },
  };
}

function accountPath(owner: string, random: () => number): string {
  return `/balance/for/${owner}/${accountOf(Math.floor(random() * 1000))}`;
}

function endOfMillisecond(at: string | undefined): string {
  const timestamp = readTimestamp(at ?? "");
  if (timestamp === undefined) throw new Error(`an answer was read at '${at}'`);
  return fromMicroseconds(Math.floor(toMicroseconds(timestamp) / 1000) * 1000 + 999);
}

/** The order's last update says its own time; where the moment is later, one more may have come. */
function checkOrder(body: string, { orderId, timestamp }: OrderMoment, place: Place): void {
  // Written by the server that is measured; what matters here is compared.
  const { OrderID, Timestamp } = JSON.parse(body) as { readonly OrderID: string; readonly Timestamp: string };
  const said = Date.parse(Timestamp);
  if (OrderID !== orderId || said < timestamp || (place === "within a commit" && said !== timestamp))
    throw new Error(`order ${orderId} was read as ${body}`);
}

async function readersOf(rig: Rig, lengths: readonly number[]) {
  const readers = new Map<number, Reader>();
  for (const records of lengths) readers.set(records, await rig.reader(ownerOf(records)));
  return {
    of(records: number): Reader {
      const reader = readers.get(records);
      if (reader === undefined) throw new Error(`no log of ${records} records`);
      return reader;
    },
  };
}

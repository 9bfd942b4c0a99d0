/** Edge OMS beside other stores, on equal work: append the update; upsert order, balance and holding; commit durably. */
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { ratios, spreadOf } from "./statistics.ts";
import { changesOf, keptOf } from "./stores/changes.ts";
import { startEdgeOms } from "./stores/edge-oms.ts";
import { startNats } from "./stores/nats.ts";
import { startPostgresql } from "./stores/postgresql.ts";
import { startRedis } from "./stores/redis.ts";
import { type Found, type Store, StoreFailed } from "./stores/store.ts";
import { figure, type Row, spreadText, tableText } from "./table.ts";

export interface ComparisonSize {
  readonly runs: number;
  /** In each run. */
  readonly updates: number;
}

export interface Compared {
  readonly name: string;
  readonly remark: string;
  /** Updates a second, run by run. */
  readonly perSecond: readonly number[];
}

export interface Comparison {
  readonly compared: readonly Compared[];
  readonly missing: readonly string[];
}

/** Updates that may be unanswered, by every store. */
export const WINDOW = 256;
/** Updates in one of PostgreSQL's larger transactions: so several of them are under way. */
const GROUP = WINDOW / 4;

/** All stores by turns, the order reversed each time. The first run of each is not counted. */
export async function compareStores(
  bundle: WorkerBundle,
  { runs, updates }: ComparisonSize,
  said: (text: string) => void,
): Promise<Comparison> {
  const found: Found[] = [];
  try {
    found.push(await startEdgeOms(bundle), ...(await startPostgresql(GROUP)), await startRedis(), await startNats());
    const entries = found.flatMap((each) =>
      "store" in each ? [{ store: each.store, perSecond: [] as number[] }] : [],
    );
    for (let run = 0; run <= runs; run++) {
      said(run === 0 ? "stores compared: warming up" : `stores compared: run ${run} of ${runs}`);
      for (const { store, perSecond } of run % 2 === 0 ? entries : entries.toReversed()) {
        const speed = await measureStore(store, run, updates);
        if (run > 0) perSecond.push(speed);
      }
    }
    return {
      compared: entries.map(({ store: { name, remark }, perSecond }) => ({ name, remark, perSecond })),
      missing: found.flatMap((each) => ("missing" in each ? [`${each.name}: not compared, ${each.missing}`] : [])),
    };
  } finally {
    for (const each of found) if ("store" in each) await each.store.dispose();
  }
}

/** Updates a second. Throws StoreFailed when the store does not hold what it was given. */
async function measureStore(store: Store, run: number, updates: number): Promise<number> {
  // Names differ by store too: two of them may be one instance.
  const owner = `C${run}x${store.name.replaceAll(/\W/g, "")}`.slice(0, MOST_CHARACTERS);
  const changes = changesOf(owner, updates);
  const elapsed = await store.apply(owner, changes, WINDOW);
  const [kept, expected] = [await store.kept(owner), keptOf(changes, store)];
  if (kept.updates !== expected.updates || kept.states !== expected.states) {
    throw new StoreFailed(`${store.name} holds ${JSON.stringify(kept)} instead of ${JSON.stringify(expected)}`);
  }
  return (updates * 1000) / elapsed;
}

/** An Owner's name is not longer. */
const MOST_CHARACTERS = 64;

export function comparisonTable({ compared, missing }: Comparison): string {
  const [ours] = compared;
  const rows = compared.map(
    ({ name, remark, perSecond }): Row => [
      name,
      spreadText(spreadOf(perSecond)),
      ours === undefined ? "" : spreadText(ratios(ours.perSecond, perSecond), 2),
      remark,
    ],
  );
  const head = [`equal work, ${figure(WINDOW)} unanswered`, "updates/s", "ours / theirs", ""];
  return [tableText(head, rows), ...missing].join("\n");
}

/** How many rows an update costs. */
import type { Rig } from "./rig.ts";
import type { Load } from "./throughput.ts";
import { measureThroughput } from "./throughput.ts";

/** Rows written for each update, by table. */
export type RowsWritten = ReadonlyMap<string, number>;

/** Why rows are written there. */
const REASONS: Readonly<Record<string, string>> = {
  commits: "the log: one for each group that became durable together",
  commit_parts: "what of a group is too long for one row",
  positions: "where in the log a feed's position is: one for each group",
  living: "each order, balance and holding that a group touched: what exists, and its state",
  versions: "where older states are, many to a row",
  texts: "states and what is known, many to a row",
  spans: "what existed when: one for each end",
  ids: "what is known for ever: each trade, and each order's account",
  movements: "each change of a holding, which a correction folds again",
  timers: "what the alarm must do, and the index by which it is found",
  alarm: "the alarm itself",
};

export function reasonFor(table: string): string {
  return REASONS[table] ?? "";
}

/** Counts what a load writes, on a server whose Worker counts. */
export async function measureRows(rig: Rig, owner: string, load: Load): Promise<RowsWritten> {
  const before = await rowsWritten(rig, owner);
  const { sent } = await measureThroughput(rig, "ours", owner, load);
  const after = await rowsWritten(rig, owner);
  const tables = Object.entries(after).map(([table, rows]) => [table, (rows - (before[table] ?? 0)) / sent] as const);
  return new Map(tables);
}

async function rowsWritten(rig: Rig, owner: string): Promise<Record<string, number>> {
  const answer = await fetch(new URL(`/bench/rows?owner=${owner}`, rig.url));
  // Written by the counting worker.
  return (await answer.json()) as Record<string, number>;
}

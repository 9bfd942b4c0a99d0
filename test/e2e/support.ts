/** What the end-to-end tests share: a server of their own on workerd, and the excerpt of a tape. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { type Server, startServer } from "../../scripts/support/server.ts";
import type { WorkerBundle } from "../../scripts/support/worker-bundle.ts";
import type { ServerState } from "../../scripts/tape/reconcile.ts";
import { createClient } from "../../src/client/index.ts";

export const SECRET = "e2e".repeat(20);
export const FEED = "tape";
export const ACCOUNTS_ON_EACH_SIDE = 50;

/** 290 prints of the morning of 7 October 2013; TAPE names a longer file. */
export const TAPE =
  process.env.TAPE ?? fileURLToPath(new URL("../data/us-equity-prints-excerpt.csv", import.meta.url).href);

export interface RunningServer {
  readonly server: Server;
  /** What the Worker said at the level of errors. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/** Starts a server whose data go when it stops: the project's Worker, or another that was built. */
export async function startTemporaryServer(bundle?: WorkerBundle): Promise<RunningServer> {
  const state = mkdtempSync(join(tmpdir(), "edge-oms-e2e-"));
  const errors: string[] = [];
  const onLog = (level: string, message: string): void => {
    if (level === "error") errors.push(message);
  };
  const server = await startServer({ port: 0, state, secret: SECRET, onLog, ...(bundle !== undefined && { bundle }) });
  const stop = async (): Promise<void> => {
    await server.dispose();
    rmSync(state, { recursive: true, force: true });
  };
  return { server, errors, stop };
}

/** Defines an Owner; gives a token for it and the tape's feed. */
export async function tokenFor(url: URL, owner: string): Promise<string> {
  await defineOwner(url, SECRET, owner);
  const features = ["Alter", "Operator", "Admin"] as const;
  return await signToken(SECRET, { identity: "e2e", owners: [owner], features, feeds: [FEED], expires: "1d" });
}

/** Everything that REST answers of an Owner. */
export async function readState(url: URL, token: string, owner: string): Promise<ServerState> {
  const rest = createClient({ url, token });
  const [balances, holdings, orders] = await Promise.all([
    rest.balances.list({ owner }),
    rest.holdings.list({ owner }),
    rest.orders.list({ owner }),
  ]);
  return { balances, holdings, orders };
}

/** Every balance, holding and order as text in an order of its own, so that two states can be compared. */
export function recordsOf({ balances, holdings, orders }: RecordsOfState): readonly string[] {
  return [balances, holdings, orders]
    .flatMap((records) => [...records.values()])
    .map((record) => JSON.stringify(record))
    .sort();
}

/** A state as REST lists it, or as a replica maps it. */
interface RecordsOfState {
  readonly balances: { values(): Iterable<object> };
  readonly holdings: { values(): Iterable<object> };
  readonly orders: { values(): Iterable<object> };
}

/** Waits until a question is answered with true; gives up after a while, so that the expectation can tell why. */
export async function eventually(holds: () => boolean | Promise<boolean>, patienceSeconds = 10): Promise<void> {
  for (let waited = 0; waited < patienceSeconds * 1000; waited += 100) {
    if (await holds()) return;
    await wait(100);
  }
}

/** Numbers that look random and are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

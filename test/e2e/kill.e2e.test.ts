/**
 * The server is killed as by a power cut, again and again, in the middle of a replay. The adapter and the subscribers
 * know nothing of it but what the protocol tells them.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { Replica } from "../../scripts/support/replica.ts";
import type { Server } from "../../scripts/support/server.ts";
import { Subscriber } from "../../scripts/support/subscriber.ts";
import { keepBooks } from "../../scripts/tape/books.ts";
import { type PlannedFrame, planTape, tapeOptions, updateIdAt } from "../../scripts/tape/plan.ts";
import { differences, sumsOf } from "../../scripts/tape/reconcile.ts";
import { readTape } from "../../scripts/tape/tape.ts";
import type { SubscriptionType } from "../../src/protocol/messages/index.ts";
import {
  ACCOUNTS_ON_EACH_SIDE,
  eventually,
  FEED,
  type RunningServer,
  readState,
  recordsOf,
  seeded,
  startTemporaryServer,
  TAPE,
  tokenFor,
} from "./support.ts";

const OWNER = "KILLED";
const KILLS = Number(process.env.KILLS ?? 20);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const VIEWS = [
  "SubscriptionType_Balances",
  "SubscriptionType_Holdings",
  "SubscriptionType_Orders",
  "SubscriptionType_Transactions",
] as const;
/** A kill falls somewhere in this span after its moment has been reached, while frames are on their way. */
const LONGEST_DELAY_MS = 15;

let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test("killed at random moments of a replay, the server loses nothing bookmarked, and nobody sees anything twice", {
  timeout: 300_000,
}, async () => {
  console.log(`${KILLS} kills at the moments of SEED=${SEED}`);
  const { server } = running;
  const prints = await readTape(TAPE);
  const options = tapeOptions(OWNER, ACCOUNTS_ON_EACH_SIDE);
  const frames = [...planTape(prints, options)];
  const books = keepBooks(frames);
  const token = await tokenFor(running.server.url, OWNER);

  const updates: string[] = [];
  const log = await subscribe(token, ["SubscriptionType_Updates"], { from: {}, updates });
  const views = await Promise.all(VIEWS.map((type) => subscribe(token, [type], { from: {} })));
  const union = await subscribe(token, VIEWS.slice(0, 3), {});

  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const adapter = new FeedAdapter({
    url: server.url,
    owner: OWNER,
    token,
    feed: FEED,
    agent: "e2e",
    window: 64,
    onRefusal,
  });
  await adapter.start();
  const kills = await replayWhileKilled(adapter, frames, server);
  await adapter.close();
  expect(kills).toBe(KILLS);
  // Now and then one kill follows another before the adapter is back.
  expect(adapter.reconnects).toBeGreaterThan(KILLS / 2);
  expect(refusals).toEqual([]);

  await eventually(async () => (await readState(server.url, token, OWNER)).orders.length === books.orders.size);
  const state = await readState(server.url, token, OWNER);
  expect(differences(books, state)).toEqual([]);
  const sums = sumsOf(books, state);
  expect(sums.cash).toBe(-sums.fees);
  for (const [symbol, quantity] of sums.holdings) expect(quantity, symbol).toBe(0n);

  // Every update is in the log once, in order: for one who saw it all happen, and for one who reads it now.
  const inOrder = frames.map(({ position }) => updateIdAt(position));
  await eventually(() => updates.length >= inOrder.length);
  expect(updates).toEqual(inOrder);
  const readNow: string[] = [];
  const later = await subscribe(token, ["SubscriptionType_Updates"], { from: {}, updates: readNow });
  expect(readNow).toEqual(inOrder);
  await later.subscriber.close();

  for (const [index, { replica, subscriber }] of views.entries()) {
    const type = VIEWS[index] ?? "SubscriptionType_Unknown";
    const fresh = await subscribe(token, [type], { from: {} });
    await eventually(() => replica.events === fresh.replica.events);
    expect(replica.events, `${type}: events`).toBe(fresh.replica.events);
    expect(replica.digest, `${type}: the same events in the same order`).toBe(fresh.replica.digest);
    expect(subscriber.snapshots, `${type}: snapshots`).toBe(0);
    await fresh.subscriber.close();
  }
  expect(recordsOf(merged(views.map((view) => view.replica)))).toEqual(recordsOf(state));
  // Killed more often than it could catch up with three views, it may have the whole log before it still.
  await union.subscriber.reached(FEED, frames.length);
  await eventually(() => isDeepStrictEqual(recordsOf(union.replica), recordsOf(state)));
  expect(recordsOf(union.replica)).toEqual(recordsOf(state));
  for (const { subscriber } of [log, union, ...views]) {
    expect(subscriber.reconnects).toBeGreaterThan(0);
    await subscriber.close();
  }
});

interface Watcher {
  readonly subscriber: Subscriber;
  readonly replica: Replica;
}

async function subscribe(
  token: string,
  types: readonly SubscriptionType[],
  { from, updates }: { readonly from?: Readonly<Record<string, number>>; readonly updates?: string[] },
): Promise<Watcher> {
  const replica = new Replica();
  const subscriber = new Subscriber({
    url: running.server.url,
    owner: OWNER,
    token,
    types,
    replica,
    ...(from !== undefined && { from }),
    onEvent: ({ Action }) => {
      const id = Action?.Update?.UpdateID;
      if (id !== undefined) updates?.push(id);
    },
  });
  await subscriber.start();
  return { subscriber, replica };
}

/** Submits every frame; a kill comes soon after each of the moments, which are drawn by the seed. */
async function replayWhileKilled(
  adapter: FeedAdapter,
  frames: readonly PlannedFrame[],
  server: Server,
): Promise<number> {
  const random = seeded(SEED);
  const moments = new Set<number>();
  while (moments.size < KILLS) moments.add(1 + Math.floor(random() * (frames.length - 1)));
  let kills = 0;
  let killing = Promise.resolve();
  for (const { position, request } of frames) {
    if (moments.has(position)) {
      await killing;
      killing = killSoon(server, random() * LONGEST_DELAY_MS).then(() => void kills++);
    }
    await adapter.submit(position, request);
  }
  await killing;
  return kills;
}

async function killSoon(server: Server, delay: number): Promise<void> {
  await wait(delay);
  await server.kill();
}

function merged(replicas: readonly Replica[]): Pick<Replica, "balances" | "holdings" | "orders"> {
  return {
    balances: new Map(replicas.flatMap((replica) => [...replica.balances])),
    holdings: new Map(replicas.flatMap((replica) => [...replica.holdings])),
    orders: new Map(replicas.flatMap((replica) => [...replica.orders])),
  };
}

/** A trade tape goes through one Owner, and every figure is held against books that were kept independently. */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { Replica } from "../../scripts/support/replica.ts";
import { Subscriber } from "../../scripts/support/subscriber.ts";
import { keepBooks } from "../../scripts/tape/books.ts";
import { planTape, tapeOptions } from "../../scripts/tape/plan.ts";
import { differences, sumsOf } from "../../scripts/tape/reconcile.ts";
import { readTape } from "../../scripts/tape/tape.ts";
import {
  ACCOUNTS_ON_EACH_SIDE,
  eventually,
  FEED,
  type RunningServer,
  readState,
  recordsOf,
  startTemporaryServer,
  TAPE,
  tokenFor,
} from "./support.ts";

const OWNER = "TAPE";
let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test("a tape through one Owner: every figure equals the independent books, and a folded replica equals REST", {
  timeout: 300_000,
}, async () => {
  const { url } = running.server;
  const prints = await readTape(TAPE);
  const options = tapeOptions(OWNER, ACCOUNTS_ON_EACH_SIDE);
  const books = keepBooks(planTape(prints, options));
  const token = await tokenFor(running.server.url, OWNER);
  const replica = new Replica();
  const types = ["SubscriptionType_Balances", "SubscriptionType_Holdings", "SubscriptionType_Orders"] as const;
  const subscriber = new Subscriber({ url, owner: OWNER, token, types, replica });
  await subscriber.start();

  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const adapter = new FeedAdapter({ url, owner: OWNER, token, feed: FEED, agent: "e2e", onRefusal });
  await adapter.start();
  for (const { position, request } of planTape(prints, options)) await adapter.submit(position, request);
  await adapter.close();
  expect(refusals).toEqual([]);

  // Timers remove the orders whose RemoveAfter has passed, a moment later.
  await eventually(async () => (await readState(url, token, OWNER)).orders.length === books.orders.size);
  const state = await readState(url, token, OWNER);
  expect(differences(books, state)).toEqual([]);

  const sums = sumsOf(books, state);
  expect(sums.cash).toBe(-sums.fees);
  expect(sums.fees).toBeGreaterThan(0n);
  expect(sums.holdings.size).toBe(2);
  for (const [symbol, quantity] of sums.holdings) expect(quantity, symbol).toBe(0n);

  await eventually(() => isDeepStrictEqual(recordsOf(replica), recordsOf(state)));
  expect(recordsOf(replica)).toEqual(recordsOf(state));
  await subscriber.close();
  expect(running.errors).toEqual([]);
});

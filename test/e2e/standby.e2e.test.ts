/** Two adapters for one feed: one supplies, the other stands by. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { keepBooks } from "../../scripts/tape/books.ts";
import { type PlannedFrame, planTape, tapeOptions } from "../../scripts/tape/plan.ts";
import { differences } from "../../scripts/tape/reconcile.ts";
import { readTape } from "../../scripts/tape/tape.ts";
import {
  ACCOUNTS_ON_EACH_SIDE,
  eventually,
  FEED,
  type RunningServer,
  readState,
  startTemporaryServer,
  TAPE,
  tokenFor,
} from "./support.ts";

const OWNER = "PAIR";
/** Frames after which the supplier dies, while more are on their way. */
const LIFE = 300;
let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test("an adapter that stands by takes over when the supplier dies, and resumes where it was: nothing lost, nothing twice", {
  timeout: 120_000,
}, async () => {
  const { url } = running.server;
  const token = await tokenFor(running.server.url, OWNER);
  const options = tapeOptions(OWNER, ACCOUNTS_ON_EACH_SIDE);
  const frames = [...planTape(await readTape(TAPE), options)];
  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const [first, second] = ["first", "second"].map(
    (agent) => new FeedAdapter({ url, owner: OWNER, token, feed: FEED, agent, window: 32, onRefusal }),
  );
  if (first === undefined || second === undefined) throw new Error("two adapters");
  await first.start();
  await second.start();
  expect([first.supplying, second.supplying]).toEqual([true, false]);

  // Both are fed by the same exchange; the second's journal waits until it may speak.
  const relay = submitAll(second, frames).then(() => second.drain());
  await submitAll(first, frames.slice(0, LIFE));
  expect(second.supplying).toBe(false);
  const lastKnown = first.durable;
  await first.abandon();
  await eventually(() => second.supplying);
  expect(second.supplying).toBe(true);
  expect(second.durable).toBeGreaterThanOrEqual(lastKnown);
  await relay;
  await second.close();

  expect(refusals).toEqual([]);
  const books = keepBooks(frames);
  await eventually(async () => (await readState(url, token, OWNER)).orders.length === books.orders.size);
  expect(differences(books, await readState(url, token, OWNER))).toEqual([]);
});

async function submitAll(adapter: FeedAdapter, frames: readonly PlannedFrame[]): Promise<void> {
  for (const { position, request } of frames) await adapter.submit(position, request);
}

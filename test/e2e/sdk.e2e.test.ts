/**
 * The SDK under the worst that can happen to it: a tape goes through its feed while its connections are cut at random
 * moments and the server is killed now and then. Its replica must be what REST answers, and nothing lost or doubled.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepBooks } from "../../scripts/tape/books.ts";
import { planTape, tapeOptions, updateIdAt } from "../../scripts/tape/plan.ts";
import { differences } from "../../scripts/tape/reconcile.ts";
import { readTape } from "../../scripts/tape/tape.ts";
import { connect, type Session } from "../../src/client/index.ts";
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

const OWNER = "SDK";
const CUTS = Number(process.env.CUTS ?? 100);
const KILLS = Number(process.env.KILLS ?? 5);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test("after a tape with forced disconnections and kills, the replica equals REST, and the feed lost and doubled nothing", {
  timeout: 600_000,
}, async () => {
  console.log(`${CUTS} disconnections and ${KILLS} kills at the moments of SEED=${SEED}`);
  const { server } = running;
  const options = tapeOptions(OWNER, ACCOUNTS_ON_EACH_SIDE);
  const frames = [...planTape(await readTape(TAPE), options)];
  const books = keepBooks(frames);
  const token = await tokenFor(server.url, OWNER);
  const watching = openSession(token);
  const balances = watching.session.subscribe("Balances");
  const holdings = watching.session.subscribe("Holdings");
  const orders = watching.session.subscribe("Orders");
  const updates: string[] = [];
  const log = watching.session.subscribe("Updates", {}, { from: {} });
  const followed = (async () => {
    for await (const { after, missed } of log) {
      expect(missed).toBe(0);
      const id = after?.Action?.Update?.UpdateID;
      if (id !== undefined) updates.push(id);
    }
  })();

  const supplying = openSession(token);
  const feed = supplying.session.feed(FEED, { agent: "e2e", unacknowledgedUpdates: 64 });
  const { position } = await feed.supplying;
  expect(position).toBe(0);

  const random = seeded(SEED);
  const moments = new Map<number, "cut" | "kill">();
  while (moments.size < KILLS) moments.set(1 + Math.floor(random() * frames.length), "kill");
  while (moments.size < CUTS + KILLS) moments.set(1 + Math.floor(random() * frames.length), "cut");
  let disturbances = 0;
  let killing = Promise.resolve();
  const durable: Promise<void>[] = [];
  for (const { position: at, request } of frames) {
    await feed.ready();
    durable.push(feed.submit(at, request));
    const moment = moments.get(at);
    if (moment === undefined) continue;
    disturbances++;
    if (moment === "kill") {
      await killing;
      killing = server.kill();
    } else {
      (random() < 0.5 ? watching : supplying).cut();
    }
  }
  await killing;
  await Promise.all(durable);
  expect(disturbances).toBe(CUTS + KILLS);
  await feed.close();
  supplying.session.close();

  await eventually(async () => (await readState(server.url, token, OWNER)).orders.length === books.orders.size);
  const state = await readState(server.url, token, OWNER);
  expect(differences(books, state)).toEqual([]);

  for (const subscription of [balances, holdings, orders, log]) await subscription.reached(FEED, frames.length);
  const replica = { balances: balances.records, holdings: holdings.records, orders: orders.records };
  await eventually(() => recordsOf(replica).join() === recordsOf(state).join());
  expect(recordsOf(replica)).toEqual(recordsOf(state));

  watching.session.close();
  await followed;
  expect(updates).toEqual(frames.map((frame) => updateIdAt(frame.position)));
  // Now and then one comes before the last has been got over.
  expect(watching.connections() + supplying.connections()).toBeGreaterThan(CUTS / 2);
});

interface CuttableSession {
  readonly session: Session;
  /** How often it was connected. */
  connections(): number;
  /** Its connection goes, without the session's doing. */
  cut(): void;
}

function openSession(token: string): CuttableSession {
  let socket: WebSocket | undefined;
  let connections = 0;
  const session = connect({
    url: running.server.url,
    token: () => token,
    owner: OWNER,
    backoff: { first: 10, most: 100 },
    webSocket: (url, protocols) => {
      socket = new WebSocket(url, protocols);
      return socket;
    },
    onState: ({ name }) => {
      if (name === "live") connections++;
    },
  });
  return { session, connections: () => connections, cut: () => socket?.close(4000, "cut") };
}

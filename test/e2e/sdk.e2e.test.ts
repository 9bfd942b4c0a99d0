/**
 * The SDK under the worst that can happen to it: a tape goes through its feed while its connections are cut at random
 * moments and the server is killed now and then. Its replica must be what REST answers, and nothing lost or doubled.
 */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepBooks } from "../../scripts/tape/books.ts";
import { planTape, tapeOptions, updateIdAt } from "../../scripts/tape/plan.ts";
import { differences } from "../../scripts/tape/reconcile.ts";
import { readTape } from "../../scripts/tape/tape.ts";
import { BINARY_ENCODING, connect, type Encoding, JSON_ENCODING, type Session } from "../../src/client/index.ts";
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

const CUTS = Number(process.env.CUTS ?? 100);
const KILLS = Number(process.env.KILLS ?? 5);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** A cut falls somewhere in this span after a connection was made. */
const LONGEST_DELAY_MS = 10;

let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test.each([
  ["JSON", JSON_ENCODING],
  ["protobuf", BINARY_ENCODING],
] as const)(
  "after a tape in %s with forced disconnections and kills, the replica equals REST, and the feed lost and doubled nothing",
  {
    timeout: 600_000,
  },
  async (name, encoding) => {
    const owner = `SDK-${name}`;
    console.log(`${CUTS} disconnections and ${KILLS} kills at the moments of SEED=${SEED}`);
    const { server } = running;
    const options = tapeOptions(owner, ACCOUNTS_ON_EACH_SIDE);
    const frames = [...planTape(await readTape(TAPE), options)];
    const books = keepBooks(frames);
    const token = await tokenFor(server.url, owner);
    const watching = openSession(owner, token, encoding);
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

    const supplying = openSession(owner, token, encoding);
    const feed = supplying.session.feed(FEED, { agent: "e2e", unacknowledgedUpdates: 64 });
    const { position } = await feed.supplying;
    expect(position).toBe(0);

    const random = seeded(SEED);
    const moments = new Map<number, "cut" | "kill">();
    for (const kind of [...Array<"kill">(KILLS).fill("kill"), ...Array<"cut">(CUTS).fill("cut")]) {
      let moment: number;
      do moment = 1 + Math.floor(random() * frames.length);
      while (moments.has(moment));
      moments.set(moment, kind);
    }
    let kills = 0;
    let cuts = 0;
    let disturbance = Promise.resolve();
    const durable: Promise<void>[] = [];
    for (const { position: at, request } of frames) {
      await feed.ready();
      durable.push(feed.submit(at, request));
      const moment = moments.get(at);
      if (moment === undefined) continue;
      await disturbance;
      if (moment === "kill") {
        disturbance = server.kill().then(() => void kills++);
      } else {
        const session = random() < 0.5 ? watching : supplying;
        disturbance = session.cut(random() * LONGEST_DELAY_MS).then(() => void cuts++);
      }
    }
    await disturbance;
    await Promise.all(durable);
    expect({ cuts, kills }).toEqual({ cuts: CUTS, kills: KILLS });
    await feed.close();
    supplying.session.close();

    await eventually(async () => (await readState(server.url, token, owner)).orders.length === books.orders.size);
    const state = await readState(server.url, token, owner);
    expect(differences(books, state)).toEqual([]);

    for (const subscription of [balances, holdings, orders, log]) await subscription.reached(FEED, frames.length);
    const replica = { balances: balances.records, holdings: holdings.records, orders: orders.records };
    await eventually(() => recordsOf(replica).join() === recordsOf(state).join());
    expect(recordsOf(replica)).toEqual(recordsOf(state));

    watching.session.close();
    await followed;
    expect(updates).toEqual(frames.map((frame) => updateIdAt(frame.position)));
  },
);

interface CuttableSession {
  readonly session: Session;
  /** Its connection goes, without the session's doing: so long after there is one. */
  cut(delay: number): Promise<void>;
}

function openSession(owner: string, token: string, encoding: Encoding): CuttableSession {
  let socket: WebSocket | undefined;
  const session = connect({
    url: running.server.url,
    token: () => token,
    owner,
    encoding,
    backoff: { first: 10, most: 100 },
    webSocket: (url, protocols) => {
      socket = new WebSocket(url, protocols);
      return socket;
    },
  });
  const cut = async (delay: number): Promise<void> => {
    for await (const { name } of session.state) if (name === "live") break;
    await wait(delay);
    socket?.close(4000, "cut");
    // The next one is of the next connection.
    for await (const { name } of session.state) if (name !== "live") break;
  };
  return { session, cut };
}

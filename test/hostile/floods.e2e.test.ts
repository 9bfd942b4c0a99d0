/** What one tenant does to the server costs another nothing but time: `npm run bench -- --only hostile` says how much. */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLOODS } from "../../scripts/bench/floods.ts";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { DeafSocket } from "../../scripts/support/deaf-socket.ts";
import { Replica } from "../../scripts/support/replica.ts";
import { Subscriber } from "../../scripts/support/subscriber.ts";
import { decode } from "../../src/protocol/codec.ts";
import { ExternalAction } from "../../src/protocol/messages/index.ts";
import { type RunningServer, readState, recordsOf, SECRET, startTemporaryServer } from "../e2e/support.ts";
import { deposit } from "../owner/actions.ts";
import { Caller } from "./caller.ts";
import { HostileSocket } from "./hostile-socket.ts";
import { PATIENCE_MS } from "./runs.ts";

const HOSTILE = "HOSTILE";
const FLOOD_MS = 1000 * Number(process.env.FUZZ ?? 1);
const UPDATES = 100;
const UPDATES_TO_THE_DEAF = 500;
const FEED = "bench";

let running: RunningServer;
let caller: Caller;
let hostileToken: string;
let nth = 0;

beforeAll(async () => {
  running = await startTemporaryServer();
  caller = await Caller.of(running, HOSTILE);
  hostileToken = await signToken(SECRET, { identity: "hostile", owners: [HOSTILE], feeds: [FEED] });
}, 60_000);
afterAll(() => running.stop());

/** A tenant's adapter and subscriber who do their work whatever others do. */
async function trade(owner: string): Promise<void> {
  const { url } = running.server;
  const token = await signToken(SECRET, { identity: "quiet", owners: [owner], feeds: [FEED], features: ["Operator"] });
  const [replica, types] = [new Replica(), ["SubscriptionType_Balances"] as const];
  const subscriber = new Subscriber({ url, owner, token, types, from: {}, replica });
  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const adapter = new FeedAdapter({ url, owner, token, feed: FEED, agent: "quiet", window: 16, onRefusal });
  await subscriber.start();
  await adapter.start();
  for (let position = 1; position <= UPDATES; position++) {
    const { Action } = deposit(owner, `D${position}`, position);
    await adapter.submit(position, { Type: "FeedRequestType_Action", Action: decode(ExternalAction, Action) });
  }
  await adapter.drain();
  await subscriber.reached(FEED, UPDATES);
  expect(refusals).toEqual([]);
  expect([adapter.reconnects, subscriber.reconnects]).toEqual([0, 0]);
  const state = await readState(url, token, owner);
  expect(`${state.balances[0]?.Balance}`).toBe(String((UPDATES * (UPDATES + 1)) / 2));
  expect(recordsOf(replica)).toEqual(recordsOf(state));
  await adapter.close();
  await subscriber.close();
}

describe("beside a tenant that floods the server, another one is served in full, and so is the first one afterwards", () => {
  test.each(Object.entries(FLOODS))("%s", { timeout: PATIENCE_MS }, async (_, { flood }) => {
    const owner = `QUIET${++nth}`;
    await Caller.of(running, owner);
    const stop = new AbortController();
    const flooding = flood(
      { url: running.server.url, owner: HOSTILE, token: hostileToken },
      stop.signal,
      UPDATES_TO_THE_DEAF,
    );
    await Promise.all([trade(owner), wait(FLOOD_MS)]);
    stop.abort();
    expect(await flooding).toBeGreaterThan(0);
    await caller.expectAlive(HOSTILE, `after flood ${nth}`);
  });
});

/** What no client of WebSockets may send. */
const BROKEN_FRAMES: Readonly<Record<string, readonly number[]>> = {
  "a frame that is not masked": [0x81, 0x02, 0x7b, 0x7d],
  "a length of 2^63": [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x7b],
  "a length of 4 GiB, and little of it": [0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x7b],
  "a length that is told too long": [0x81, 0xfe, 0x00, 0x02, 0, 0, 0, 0, 0x7b, 0x7d],
  "an unknown kind of frame": [0x83, 0x80, 0, 0, 0, 0],
  "a reserved bit": [0xf1, 0x80, 0, 0, 0, 0],
  "a continuation of nothing": [0x80, 0x80, 0, 0, 0, 0],
  "a message that goes on and on": [0x01, 0x81, 0, 0, 0, 0, 0x7b],
  "another message within one": [0x01, 0x81, 0, 0, 0, 0, 0x7b, 0x81, 0x81, 0, 0, 0, 0, 0x7b],
  "a ping in two parts": [0x09, 0x80, 0, 0, 0, 0],
  "a ping that is too long": [0x89, 0xfe, 0x00, 0x7e, 0, 0, 0, 0],
  "a close of one byte": [0x88, 0x81, 0, 0, 0, 0, 0x03],
  "a close with a code that is none": [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed],
  "a text that is no UTF-8": [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28],
  "half a head": [0x81],
};

describe("bytes that are no WebSocket frames, on a socket that supplies a feed, cost nobody else anything", () => {
  test.each(Object.entries(BROKEN_FRAMES))("%s", { timeout: PATIENCE_MS }, async (_, bytes) => {
    const deaf = await DeafSocket.open(running.server.url, HOSTILE, hostileToken);
    deaf.send(JSON.stringify({ Type: "FeedRequest", Feed: { Type: "Open", Position: { Sequence: FEED } } }));
    deaf.write(Uint8Array.from(bytes));
    const other = await HostileSocket.open(running.server.url, HOSTILE, hostileToken);
    expect(await other.told("{")).toMatchObject([{ Request: { Errors: ["Message.Unreadable not JSON"] } }]);
    deaf.destroy();
    // The feed is free as soon as the socket that had it is known to be gone.
    other.send(JSON.stringify({ Type: "FeedRequest", Feed: { Type: "Open", Position: { Sequence: FEED } } }));
    await other.until(({ Feed }) => Feed?.Type === "FeedEventType_Resume");
    const from = other.received.length;
    other.send(JSON.stringify({ Type: "FeedRequest", Feed: { Type: "Close", Position: { Sequence: FEED } } }));
    await other.until(({ Feed }) => Feed?.Type === "FeedEventType_Close", from);
    other.close();
  });
});

test("connections that say half a head, or promise more than they send, keep nobody out", {
  timeout: PATIENCE_MS,
}, async () => {
  const said = [
    "",
    "GET",
    "GET /streaming HTTP/1.1\r\nHost: oms\r\n",
    `GET /owner HTTP/1.1\r\nHost: oms\r\nX-Long: ${"x".repeat(60_000)}`,
    "POST /balance HTTP/1.1\r\nHost: oms\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{",
    "POST /balance HTTP/1.1\r\nHost: oms\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n{",
    "POST /balance HTTP/1.1\r\nHost: oms\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "GET /\u0000 HTTP/1.1\r\nHost: oms\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
  ];
  const left = await Promise.all(
    Array.from({ length: 20 }, () => said)
      .flat()
      .map((text) => DeafSocket.halfOpen(running.server.url, text)),
  );
  await caller.expectAlive(HOSTILE, "beside half open connections");
  for (const deaf of left) deaf.destroy();
  await caller.expectAlive(HOSTILE, "after half open connections");
});

test("the Worker has logged no error, but for what the runtime says of broken frames", () => {
  expect(running.errors.filter((error) => !error.includes("WebSocket protocol error"))).toEqual([]);
});

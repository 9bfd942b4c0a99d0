/** What only real time shows: an object that idles is put to sleep, and a supplier that hangs loses its feed. */
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildVariant } from "../../scripts/bench/rig.ts";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { Session } from "../../scripts/support/session.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type {
  Account,
  ClientRequest,
  EventMessage,
  FeedEvent,
  FeedRequest,
  RequestMessage,
} from "../../src/protocol/messages/index.ts";
import { eventually, FEED, type RunningServer, SECRET, startTemporaryServer, tokenFor } from "./support.ts";

/** The platform puts an object to sleep that has had nothing to do for 10 seconds. */
const IDLE_MS = 14_000;
let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer(await buildVariant("../../test/e2e/waking-worker.ts"));
}, 60_000);
afterAll(() => running.stop());

test("an Owner with an adapter and a subscriber hibernates while they only ping, and goes on as if it never had", {
  timeout: 90_000,
}, async () => {
  const owner = "SLEEPER";
  const token = await tokenFor(running.server.url, owner);
  const { url } = running.server;
  const heard: EventMessage[] = [];
  const subscriber = await Session.open({ url, owner, token, onEvent: (event) => heard.push(event) });
  await subscriber.request({
    Type: "RequestMessageType_Subscribe",
    Subscription: { Type: "SubscriptionType_Balances" },
  });
  const adapter = new FeedAdapter({ url, owner, token, feed: FEED, agent: "only" });
  await adapter.start();
  await adapter.submit(1, deposit(owner, "D1", 1));
  await adapter.drain();
  const awake = await wakesOf(owner);
  await wait(IDLE_MS);
  await adapter.submit(2, deposit(owner, "D2", 2));
  await adapter.drain();
  await eventually(() => balancesIn(heard).length === 2);
  expect(await wakesOf(owner)).toBe(awake + 1);
  expect(balancesIn(heard)).toEqual(["1", "3"]);
  expect(adapter.supplying).toBe(true);
  await adapter.close();
  subscriber.close();
});

test("an Owner whose adapter was asked hibernates afterwards, whether it answered, was silent, or its asker hung up", {
  timeout: 120_000,
}, async () => {
  const owner = "ASKED";
  const { url } = running.server;
  const token = await tokenFor(url, owner);
  const questions: FeedEvent[] = [];
  const errors: string[] = [];
  const adapter = await Session.open({
    url,
    owner,
    token,
    onEvent({ Feed, Request }) {
      if (Feed?.Type === "FeedEventType_Query") questions.push(Feed);
      errors.push(...(Request?.Errors ?? []));
    },
  });
  const answer = (question: FeedEvent | undefined, Tag: string): void => {
    const { RequestID = 0 } = question ?? {};
    const Position = { Sequence: FEED };
    adapter.send({
      Type: "RequestMessageType_FeedRequest",
      Feed: { Type: "FeedRequestType_QueryResponse", RequestID, Position, QueryResponse: { Tag } },
    });
  };
  adapter.send({
    Type: "RequestMessageType_FeedRequest",
    Feed: { Type: "FeedRequestType_Open", Position: { Sequence: FEED } },
  });
  await adapter.request({ Type: "RequestMessageType_Synchronise" });
  const headers = { Authorization: `Bearer ${token}` };
  const pathOf = (type: string) => new URL(`/feed/byid/${FEED}/query/${type}?owner=${owner}`, url);
  const ask = async (type: string) => {
    const response = await fetch(pathOf(type), { headers });
    return [response.status, await response.json()];
  };

  const hasty = request(pathOf("Hasty").href, { headers }).on("error", () => undefined);
  hasty.end();
  await eventually(() => questions.length === 1);
  hasty.socket?.resetAndDestroy();
  const silent = ask("Silent");
  const prompt = ask("Prompt");
  await eventually(() => questions.length === 3);
  answer(
    questions.find(({ Query }) => Query?.Type === "Prompt"),
    "here",
  );
  expect(await prompt).toEqual([200, { Tag: "here" }]);
  // Long before its time is over: its asker has hung up.
  answer(questions[0], "too late");
  await eventually(() => errors.length > 0);
  expect(errors).toEqual([`Query.Unknown ${questions[0]?.RequestID}`]);
  expect(await silent).toEqual([422, [`Timeout ${FEED}`]]);

  const awake = await wakesOf(owner);
  await wait(IDLE_MS);
  const last = ask("Last");
  await eventually(() => questions.length === 4);
  expect(await wakesOf(owner)).toBe(awake + 1);
  answer(questions[3], "still here");
  expect(await last).toEqual([200, { Tag: "still here" }]);
  adapter.close();
});

test("an Owner hibernates while a request waits for its adapter; who asked is told by the socket or by the alarm", {
  timeout: 90_000,
}, async () => {
  const owner = "WAITING";
  const { url } = running.server;
  const token = await tokenFor(url, owner);
  const Account = { AccountID: "A", OwnerID: owner };
  const admin = await signToken(SECRET, { identity: "admin", features: ["Alter", "Admin"], expires: "1d" });
  await post("/exchange", admin, { Exchange: FEED });
  await post("/account", token, { Account });
  const heard: EventMessage[] = [];
  const client = await Session.open({ url, owner, token, onEvent: (event) => heard.push(event) });
  const came: string[] = [];
  const requests = {
    onRequest: ({ RequestID = "" }: ClientRequest) => void came.push(RequestID),
    onOutstanding: () => undefined,
  };
  const adapter = new FeedAdapter({ url, owner, token, feed: FEED, agent: "only", requests });
  await adapter.start();
  for (const RequestID of ["R1", "R2"]) {
    const Request = newOrder(RequestID, Account);
    client.send({ Type: "RequestMessageType_ClientRequest", RequestID: `of ${RequestID}`, Request });
  }
  await eventually(() => came.length === 2);
  const awake = await wakesOf(owner);
  await wait(IDLE_MS);
  adapter.answer({ RequestID: "R1", Account, Status: "Completed" });
  const told = () =>
    heard.flatMap(({ Request, RequestResponse }) =>
      RequestResponse === undefined ? [] : [[Request?.RequestID, RequestResponse.Status, RequestResponse.Errors]],
    );
  await eventually(() => told().length === 1);
  expect(await wakesOf(owner)).toBe(awake + 1);
  expect(told()).toEqual([["of R1", "Completed", undefined]]);
  await eventually(() => told().length === 2, 2 * (LIMITS.REQUEST_TIMEOUT_MS / 1000));
  expect(told().slice(1)).toEqual([["of R2", "Submitted", [`Submitted ${FEED}`]]]);
  expect(came).toEqual(["R1", "R2"]);
  await adapter.close();
  client.close();
});

test("an adapter that stands by takes over from a supplier that pinged and then hangs", {
  timeout: 60_000,
}, async () => {
  const owner = "HANGING";
  const token = await tokenFor(running.server.url, owner);
  const { url } = running.server;
  const heard: EventMessage[] = [];
  // It pings once after a second, and never again: its socket stays open and says nothing.
  const hanging = await Session.open({ url, owner, token, pingEveryMs: 1000, onEvent: (event) => heard.push(event) });
  hanging.send(open());
  hanging.send({
    Type: "RequestMessageType_FeedRequest",
    Feed: { ...deposit(owner, "D1", 1), Position: { Sequence: FEED, Position: 1 } },
  });
  await eventually(() => heard.some(({ Feed }) => Feed?.Type === "FeedEventType_Bookmark"));
  const standby = new FeedAdapter({ url, owner, token, feed: FEED, agent: "standby" });
  await standby.start();
  await wait(1500);
  hanging.stopPinging();
  expect(standby.supplying).toBe(false);
  for (let second = 0; second < 25 && !standby.supplying; second++) await wait(1000);
  expect(standby.supplying).toBe(true);
  expect(standby.durable).toBe(1);
  expect((await hanging.closed).code).toBe(4408);
  await standby.close();
});

async function post(path: string, token: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(new URL(path, running.server.url), {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, 204]);
}

function newOrder(RequestID: string, Account: Account): ClientRequest {
  return {
    Type: "ClientRequestType_New",
    RequestID,
    Account,
    New: {
      Code: "BHP",
      Exchange: FEED,
      Side: "SIDE_BUY",
      OrderType: "ORDERTYPE_LIMIT",
      Price: Decimal.of(10),
      Quantity: Decimal.of(1),
      Lifetime: "LIFETIME_DAY",
    },
  };
}

async function wakesOf(owner: string): Promise<number> {
  const answer = await fetch(new URL(`/test/wakes?owner=${owner}`, running.server.url));
  return Number(await answer.json());
}

function balancesIn(events: readonly EventMessage[]): readonly (string | undefined)[] {
  return events.flatMap(({ Updates = [] }) => Updates).map(({ Balance }) => Balance?.Balance?.toString());
}

function open(): RequestMessage {
  return {
    Type: "RequestMessageType_FeedRequest",
    Feed: { Type: "FeedRequestType_Open", Position: { Sequence: FEED }, Configuration: { Agent: "hanging" } },
  };
}

function deposit(owner: string, transactionId: string, value: number): FeedRequest {
  return {
    Type: "FeedRequestType_Action",
    Action: {
      Type: "ExternalActionType_CashTransfer",
      Transaction: { TransactionID: transactionId, Account: { OwnerID: owner, AccountID: "A" } },
      CashTransfer: { Currency: "AUD", Value: Decimal.of(value) },
    },
  };
}

test("a socket whose token expires while its Owner hibernates is closed with 4401", { timeout: 60_000 }, async () => {
  const owner = "EXPIRING";
  const { url } = running.server;
  await defineOwner(url, SECRET, owner);
  const token = await signToken(SECRET, { identity: "e2e", owners: [owner], expires: `${(IDLE_MS + 4000) / 1000}s` });
  const session = await Session.open({ url, owner, token });
  const awake = await wakesOf(owner);
  expect((await session.closed).code).toBe(4401);
  // The alarm has woken it: so it was asleep.
  expect(await wakesOf(owner)).toBe(awake + 1);
});

/**
 * The server is killed as by a power cut while everybody writes at once: adapters in JSON and in protobuf, clients by
 * calls, an exchange that takes their requests, and renames that are jobs of many steps. Nobody knows anything of it
 * but what the protocol tells.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { MarketAdapter } from "../../scripts/support/market-adapter.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { Replica } from "../../scripts/support/replica.ts";
import { Subscriber } from "../../scripts/support/subscriber.ts";
import { type Client, createClient, OmsError } from "../../src/client/index.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { ClientRequestResponse, FeedRequest } from "../../src/protocol/messages/index.ts";
import { again } from "./again.ts";
import { BinaryAdapter } from "./binary-adapter.ts";
import {
  eventually,
  type RunningServer,
  readState,
  recordsOf,
  SECRET,
  seeded,
  startTemporaryServer,
} from "./support.ts";
import { expectWholeLog } from "./whole-log.ts";

const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Updates of each writer. */
const UPDATES = Number(process.env.UPDATES ?? 150);
/** Holdings that are renamed: far more than one commit holds. */
const RECORDS = Number(process.env.RECORDS ?? 2_000);
const CALLERS = 3;
const CLIENTS = ["client 1", "client 2"];
const BULK_ITEMS = 500;
const FEEDS = ["json", "binary", "market"];
const VIEWS = ["SubscriptionType_Balances", "SubscriptionType_Holdings", "SubscriptionType_Orders"] as const;
const PATIENCE_MS = 60_000 + 10_000 * KILLS + 10 * RECORDS;

const random = seeded(SEED);
let running: RunningServer;

beforeAll(async () => {
  console.log(`${KILLS} kills, SEED=${SEED}`);
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

/** An Owner, and one who may do everything with it. */
async function openOwner(
  owner: string,
): Promise<{ readonly url: URL; readonly token: string; readonly client: Client }> {
  const { url } = running.server;
  await defineOwner(url, SECRET, owner);
  const token = await signToken(SECRET, { identity: "e2e", owners: [owner], features: FEATURES, feeds: FEEDS });
  return { url, token, client: createClient({ url, token }) };
}

async function post(token: string, path: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(new URL(path, running.server.url), {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new OmsError({ kind: "refused", what: path, codes: JSON.parse(text), status: answer.status });
}

/** Kills until the work is done, and at least so often: the work must be long enough. */
async function killedMeanwhile(work: Promise<unknown>, kills: number, longestPauseMs: number): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  for (let kill = 0; kill < kills; kill++) {
    await Promise.race([wait(random() * longestPauseMs), done]);
    expect(isDone, `all was done before kill ${kill + 1} of ${kills}`).toBe(false);
    await running.server.kill();
  }
  await done;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const account = (OwnerID: string, AccountID: string) => ({ OwnerID, AccountID });

/** Deposits of 1, 2, 3…, so that one that is lost or booked twice shows in their sum. */
function deposits(owner: string, AccountID: string): readonly Omit<FeedRequest, "Position">[] {
  return range(UPDATES).map((value) => ({
    Type: "FeedRequestType_Action",
    Action: {
      Type: "ExternalActionType_CashTransfer",
      Transaction: { TransactionID: `${AccountID} ${value}`, Account: account(owner, AccountID) },
      CashTransfer: { Currency: "AUD", Value: Decimal.of(value) },
    },
  }));
}

/** Holdings of one symbol in as many accounts as there are to be records, by calls in bulk. */
async function makeHoldings(token: string, owner: string): Promise<void> {
  for (let first = 1; first <= RECORDS; first += BULK_ITEMS) {
    const items = range(Math.min(BULK_ITEMS, RECORDS - first + 1)).map((index) => {
      const id = `H${first + index - 1}`;
      const Transfer = { Code: "OLD", Exchange: "X", Value: first + index - 1 };
      return { Transaction: { TransactionID: id, Account: account(owner, id) }, Transfer };
    });
    await post(token, "/holding/bulk", items);
  }
}

async function rename(token: string, code: string, newCode: string): Promise<void> {
  const path = `/transform/rename/symbol?exchange=X&code=${code}&newCode=${newCode}`;
  await again(() => post(token, path, { TransformID: `${code} to ${newCode}` }));
}

/** Subscribers to every view from the beginning of the log, to three views at once with a snapshot, and to updates. */
async function watch(url: URL, owner: string, token: string) {
  const follow = async (types: ConstructorParameters<typeof Subscriber>[0]["types"], from?: Record<string, number>) => {
    const replica = new Replica();
    const subscriber = new Subscriber({ url, owner, token, types, replica, ...(from !== undefined && { from }) });
    await subscriber.start();
    return { replica, subscriber };
  };
  return { follow, views: await Promise.all([...VIEWS.map((type) => follow([type], {})), follow(VIEWS)]) };
}

function counted(ids: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

test("killed while everybody writes: what was acknowledged is there once, for everybody, and the log is whole", {
  timeout: PATIENCE_MS,
}, async () => {
  const owner = "WRITERS";
  const { url, token, client } = await openOwner(owner);
  const operator = await signToken(SECRET, { identity: "operator", features: ["Admin", "Alter"] });
  await post(operator, "/exchange", { Exchange: "market" });
  await eventually(async () => JSON.stringify(await exchangesOf(token, owner)).includes("market"));
  for (const client of CLIENTS)
    await post(token, "/account", { Account: account(owner, client), DefaultCurrency: "AUD" });
  await makeHoldings(token, owner);
  const { follow, views } = await watch(url, owner, token);

  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const json = new FeedAdapter({ url, owner, token, feed: "json", agent: "json", window: 32, onRefusal });
  const binary = new BinaryAdapter({ url, owner, token, feed: "binary", updates: deposits(owner, "binary") });
  const market = new MarketAdapter({
    url,
    owner,
    token,
    feed: "market",
    agent: "market",
    prefix: "",
    currency: "AUD",
    onRefusal,
  });
  await json.start();
  await market.start();

  const supply = async (): Promise<void> => {
    for (const [index, update] of deposits(owner, "json").entries()) await json.submit(index + 1, update);
    await json.close();
  };
  const transfer = async (caller: number): Promise<void> => {
    const AccountID = `caller ${caller}`;
    for (const value of range(UPDATES)) {
      const Transaction = { TransactionID: `${AccountID} ${value}`, Account: account(owner, AccountID) };
      await again(() =>
        client.balances.transfer({ Transaction, Transfer: { Currency: "AUD", Value: Decimal.of(value) } }),
      );
    }
  };
  const outcomes: ClientRequestResponse[] = [];
  const ask = async (name: string): Promise<void> => {
    for (const order of range(Math.ceil(UPDATES / 6))) {
      const request = {
        Type: "ClientRequestType_New",
        RequestID: `${name} ${order}`,
        Account: account(owner, name),
        New: {
          Code: "BHP",
          Exchange: "market",
          Side: "SIDE_BUY",
          OrderType: "ORDERTYPE_LIMIT",
          Lifetime: "LIFETIME_GOOD_TILL_CANCEL",
          Price: Decimal.of(1),
          Quantity: Decimal.of(order),
        },
      } as const;
      outcomes.push(
        await again(
          () => client.requests.make(request),
          ({ Status, Errors }) => Errors !== undefined || (Status !== "Pending" && Status !== "Submitted"),
        ),
      );
    }
  };
  const renames = async (): Promise<void> => {
    await rename(token, "OLD", "NEW");
    await rename(token, "NEW", "NEWER");
  };
  const writing = [supply(), binary.run(), renames(), ...CLIENTS.map(ask), ...range(CALLERS).map(transfer)];
  await killedMeanwhile(Promise.all(writing), KILLS, 120);
  await market.close();

  // Everybody was told that all is well, or to come again when a rename is done.
  expect([...refusals, ...binary.refusals].filter((error) => error !== "Retry")).toEqual([]);
  expect(outcomes.map(({ Status, Errors }) => [Status, Errors])).toEqual(outcomes.map(() => ["Completed", undefined]));

  // What each has written is there, and once.
  const state = await readState(url, token, owner);
  const sum = (UPDATES * (UPDATES + 1)) / 2;
  const written = ["json", "binary", ...range(CALLERS).map((caller) => `caller ${caller}`)];
  const cash = new Map(state.balances.map(({ Account, Balance }) => [Account?.AccountID, `${Balance}`]));
  expect(written.map((name) => [name, cash.get(name)])).toEqual(written.map((name) => [name, `${sum}`]));
  expect(state.orders.map(({ RequestID }) => RequestID).sort()).toEqual(
    outcomes.map(({ RequestID }) => RequestID).sort(),
  );
  expect(state.holdings).toHaveLength(RECORDS);
  for (const { Account, Code, Quantity } of state.holdings) {
    expect([Code, `H${Quantity}`]).toEqual(["NEWER", Account?.AccountID]);
  }

  // In the log too, and the log is whole.
  const log = await expectWholeLog(url, token, owner);
  const applied = log.filter(({ Errors }) => Errors === undefined);
  const transactions = counted(applied.map(({ Update }) => Update?.Action?.Transaction?.TransactionID));
  expect(transactions.size).toBe(RECORDS + written.length * UPDATES);
  expect([...transactions].filter(([, times]) => times !== 1)).toEqual([]);
  const requests = counted(applied.map(({ Update }) => Update?.ClientRequest?.RequestID));
  expect(requests.size).toBe(outcomes.length);
  expect([...requests].filter(([, times]) => times !== 1)).toEqual([]);
  expectStepsInOrder(log);

  // Whoever watched has the same as REST, and saw the same as who looks at it now.
  const [union, ...single] = views.toReversed();
  for (const [index, { replica, subscriber }] of single.toReversed().entries()) {
    const type = VIEWS[index] ?? "SubscriptionType_Unknown";
    const fresh = await follow([type], {});
    await eventually(() => replica.events === fresh.replica.events);
    expect([type, replica.events, replica.digest]).toEqual([type, fresh.replica.events, fresh.replica.digest]);
    expect(subscriber.snapshots).toBe(0);
    await fresh.subscriber.close();
  }
  const whole = {
    balances: new Map(single.flatMap(({ replica }) => [...replica.balances])),
    holdings: new Map(single.flatMap(({ replica }) => [...replica.holdings])),
    orders: new Map(single.flatMap(({ replica }) => [...replica.orders])),
  };
  expect(recordsOf(whole)).toEqual(recordsOf(state));
  if (union === undefined) throw new Error("nobody follows three views");
  await eventually(() => isDeepStrictEqual(recordsOf(union.replica), recordsOf(state)), 30);
  expect(recordsOf(union.replica)).toEqual(recordsOf(state));
  for (const { subscriber } of views) {
    expect(subscriber.reconnects).toBeGreaterThan(0);
    await subscriber.close();
  }
});

test("killed in the middle of a rename of many records: it goes on by itself, and every record is renamed once", {
  timeout: PATIENCE_MS,
}, async () => {
  const owner = "RENAMED";
  const { url, token } = await openOwner(owner);
  await makeHoldings(token, owner);
  const replica = new Replica();
  const types = ["SubscriptionType_Holdings"] as const;
  const subscriber = new Subscriber({ url, owner, token, types, from: {}, replica });
  await subscriber.start();
  await killedMeanwhile(rename(token, "OLD", "NEW"), 2, 10);
  // Told again it is the same rename, and told of other names it is refused.
  await rename(token, "OLD", "NEW");
  const other = post(token, "/transform/rename/symbol?exchange=X&code=OLD&newCode=OTHER", {
    TransformID: "OLD to NEW",
  });
  await expect(other).rejects.toThrow("Transform.Conflict OLD to NEW");

  const state = await readState(url, token, owner);
  expect(
    state.holdings.map(({ Account, Code, Quantity }) => `${Account?.AccountID} ${Code} ${Quantity}`).sort(),
  ).toEqual(
    range(RECORDS)
      .map((index) => `H${index} NEW ${index}`)
      .sort(),
  );
  await eventually(() => isDeepStrictEqual(recordsOf(replica), recordsOf(state)), 30);
  expect(recordsOf(replica)).toEqual(recordsOf(state));
  expect([subscriber.snapshots, subscriber.reconnects > 0]).toEqual([0, true]);
  await subscriber.close();
  expectStepsInOrder(await expectWholeLog(url, token, owner));
});

/** Each step of each rename was recorded, once and in order. */
function expectStepsInOrder(log: Awaited<ReturnType<typeof expectWholeLog>>): void {
  const steps = new Map<string, number[]>();
  for (const { Update } of log) {
    const { TransformID, Parameters } = Update?.Operation?.Transform ?? {};
    if (TransformID === undefined) continue;
    steps.set(TransformID, [...(steps.get(TransformID) ?? []), Number(Parameters?.step ?? 1)]);
  }
  expect(steps.size).toBeGreaterThan(0);
  for (const [id, numbers] of steps) {
    expect([id, numbers]).toEqual([id, range(numbers.length)]);
    expect(numbers.length, `${id} was no job`).toBeGreaterThan(2);
  }
}

async function exchangesOf(token: string, owner: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(`/exchange?owner=${owner}`, running.server.url), { headers });
  return await answer.json();
}

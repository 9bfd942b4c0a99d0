/**
 * The life of orders from POST /request and from a socket to settlement, with two clients and an exchange, while the
 * server is killed as by a power cut at every step. The clients know nothing of it but that calls may be made again.
 */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Backoff } from "../../scripts/support/backoff.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { MarketAdapter, type MarketAdapterOptions } from "../../scripts/support/market-adapter.ts";
import { Session, SessionClosed } from "../../scripts/support/session.ts";
import { type Client, createClient, OmsError } from "../../src/client/index.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { ClientRequest, ClientRequestResponse, OrderNew } from "../../src/protocol/messages/index.ts";
import { eventually, FEED, type RunningServer, SECRET, seeded, startTemporaryServer, tokenFor } from "./support.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const PATIENCE_MS = 60_000;
let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

/** An Owner with an exchange that the feed executes, and two clients with cash and assets. */
class Desk {
  /** How often each request has come to the exchange. */
  readonly came: string[] = [];
  readonly owner: string;
  readonly token: string;
  readonly client: Client;

  private constructor(owner: string, token: string) {
    this.owner = owner;
    this.token = token;
    this.client = createClient({ url: running.server.url, token });
  }

  static async open(owner: string): Promise<Desk> {
    const { url } = running.server;
    const desk = new Desk(owner, await tokenFor(url, owner));
    const admin = await signToken(SECRET, { identity: "admin", features: ["Alter", "Admin"], expires: "1d" });
    await post("/exchange", admin, { Exchange: FEED });
    for (const AccountID of ["ANN", "BOB"]) {
      const Account = { AccountID, OwnerID: owner };
      await post("/account", desk.token, {
        Account,
        DefaultCurrency: "AUD",
        Attributes: { "Vetting.Funds": "true", "Vetting.Holdings": "true" },
      });
      const Transaction = { Account, TransactionID: `${AccountID} begins` };
      await post("/balance", desk.token, { Transaction, Transfer: { Currency: "AUD", Value: 10_000 } });
      await post("/holding", desk.token, {
        Transaction: { ...Transaction, TransactionID: `${AccountID} holds` },
        Transfer: { Code: "BHP", Exchange: FEED, Value: 1000 },
      });
    }
    return desk;
  }

  async exchange(options: Partial<MarketAdapterOptions> = {}): Promise<MarketAdapter> {
    const { owner, token } = this;
    const adapter = new MarketAdapter({
      url: running.server.url,
      owner,
      token,
      feed: FEED,
      agent: "exchange",
      prefix: "",
      currency: "AUD",
      ...options,
      onRequest: async (request) => {
        this.came.push(request.RequestID ?? "");
        await options.onRequest?.(request);
      },
    });
    await adapter.start();
    return adapter;
  }

  order(account: string, RequestID: string, change: OrderNew): ClientRequest {
    return {
      Type: "ClientRequestType_New",
      RequestID,
      Account: { AccountID: account, OwnerID: this.owner },
      New: {
        Code: "BHP",
        Exchange: FEED,
        OrderType: "ORDERTYPE_LIMIT",
        Lifetime: "LIFETIME_GOOD_TILL_CANCEL",
        ...change,
      },
    };
  }

  buy(account: string, id: string, quantity = 10, price = 10): ClientRequest {
    return this.order(account, id, { Side: "SIDE_BUY", Quantity: Decimal.of(quantity), Price: Decimal.of(price) });
  }

  sell(account: string, id: string, quantity = 10, price = 10): ClientRequest {
    return this.order(account, id, { Side: "SIDE_SELL", Quantity: Decimal.of(quantity), Price: Decimal.of(price) });
  }

  /** Asks in a call, and asks again when the call was cut off, until the outcome is known. */
  async call(request: ClientRequest): Promise<ClientRequestResponse> {
    return await untilTold(() => this.client.requests.make(request));
  }

  /** Asks over a socket, and again over another when it was cut off; what came of it meanwhile is told by a call. */
  async askBySocket(request: ClientRequest): Promise<ClientRequestResponse> {
    const { owner, token } = this;
    return await untilTold(async () => {
      const session = await Session.open({ url: running.server.url, owner, token });
      try {
        const answer = await session.request({ Type: "RequestMessageType_ClientRequest", Request: request });
        return answer.RequestResponse ?? {};
      } finally {
        session.close();
      }
    });
  }

  /** Everything in the books, as numbers: cash and assets of each account, and its orders. */
  async books() {
    const [balances, holdings, orders] = await Promise.all([
      this.client.balances.list({ owner: this.owner }),
      this.client.holdings.list({ owner: this.owner }),
      this.client.orders.list({ owner: this.owner }),
    ]);
    return {
      cash: balances.map(({ Account, Balance, UnbookedTransactions }) => [
        Account?.AccountID,
        `${Balance}`,
        `${UnbookedTransactions}`,
      ]),
      assets: holdings.map(({ Account, Quantity }) => [Account?.AccountID, `${Quantity}`]),
      orders: orders.map(({ RequestID, Status }) => `${RequestID} ${Status}`).sort(),
    };
  }
}

async function post(path: string, token: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(new URL(path, running.server.url), {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Makes a call until it is answered with more than that it is on its way. */
async function untilTold(ask: () => Promise<ClientRequestResponse>): Promise<ClientRequestResponse> {
  const backoff = new Backoff();
  for (;;) {
    try {
      const response = await ask();
      const isOnItsWay = response.Status === "Pending" || response.Status === "Submitted";
      if (!isOnItsWay || response.Errors !== undefined) return response;
      await backoff.wait(PATIENCE_MS, new Error("it never came to an end"));
    } catch (error) {
      // Cut off, or not up again yet.
      const isPassing = error instanceof SessionClosed || (error instanceof OmsError && error.isRetryable);
      if (!isPassing) throw error;
      await backoff.wait(PATIENCE_MS, error);
    }
  }
}

const completed = (id: string) => ({ RequestID: id, Status: "Completed", OrderID: expect.any(String) });

/** ANN has bought 10 at 10 of BOB. */
const TRADED = {
  cash: [
    ["ANN", "10000", "-100"],
    ["BOB", "10000", "100"],
  ],
  assets: [
    ["ANN", "1010"],
    ["BOB", "990"],
  ],
  orders: ["A1 Filled", "B1 Filled"],
};

test("killed before delivery: what waits for its feed goes out when that comes back, once", {
  timeout: 90_000,
}, async () => {
  const desk = await Desk.open("BEFORE");
  const asked = [desk.call(desk.buy("ANN", "A1")), desk.askBySocket(desk.sell("BOB", "B1"))];
  await eventually(async () => (await desk.client.requests.list({ owner: desk.owner })).length === 2);
  await running.server.kill();
  expect((await desk.client.requests.list({ owner: desk.owner })).map(({ Status }) => Status)).toEqual([
    "Pending",
    "Pending",
  ]);
  const exchange = await desk.exchange();
  expect(await Promise.all(asked)).toMatchObject([completed("A1"), completed("B1")]);
  await exchange.close();
  expect([...desk.came].sort()).toEqual(["A1", "B1"]);
  expect(await desk.books()).toEqual(TRADED);
  expect(await desk.client.requests.list({ owner: desk.owner })).toEqual([]);
});

test("killed after delivery: the exchange is shown what it was sent, and answers it", { timeout: 90_000 }, async () => {
  const desk = await Desk.open("AFTER");
  const exchange = await desk.exchange({ onRequest: () => running.server.kill() });
  expect(await desk.call(desk.sell("BOB", "B1"))).toMatchObject(completed("B1"));
  expect(await desk.askBySocket(desk.buy("ANN", "A1"))).toMatchObject(completed("A1"));
  await exchange.close();
  expect(exchange.feed.reconnects).toBe(2);
  expect(desk.came).toEqual(["B1", "A1"]);
  expect(await desk.books()).toEqual(TRADED);
});

test("killed after the answer: the outcome is told to who asks again", { timeout: 90_000 }, async () => {
  const desk = await Desk.open("ANSWERED");
  const exchange = await desk.exchange({ onAnswered: () => running.server.kill() });
  expect(await desk.askBySocket(desk.sell("BOB", "B1"))).toMatchObject(completed("B1"));
  expect(await desk.call(desk.buy("ANN", "A1"))).toMatchObject(completed("A1"));
  await exchange.close();
  expect(desk.came).toEqual(["B1", "A1"]);
  expect(await desk.books()).toEqual(TRADED);
});

test("killed at random moments, every order is made once and everybody is told", { timeout: 180_000 }, async () => {
  console.log(`kills at the moments of SEED=${SEED}`);
  const random = seeded(SEED);
  const desk = await Desk.open("RANDOM");
  const exchange = await desk.exchange();
  const ids = Array.from({ length: 20 }, (_, index) => String(index).padStart(2, "0"));
  const asked = ids.flatMap((id) => [
    desk.call(desk.sell("BOB", `B${id}`, 1)),
    desk.askBySocket(desk.buy("ANN", `A${id}`, 1)),
  ]);
  for (let kill = 0; kill < 6; kill++) {
    await wait(random() * 60);
    await running.server.kill();
  }
  const told = await Promise.all(asked);
  await exchange.close();
  expect(told).toEqual(
    ids.flatMap((id) => [`B${id}`, `A${id}`].map((name) => expect.objectContaining(completed(name)))),
  );
  // A request that never came to the exchange was sent again because it said so; none came twice.
  expect([...desk.came].sort()).toEqual(ids.flatMap((id) => [`A${id}`, `B${id}`]).sort());
  const { orders, assets, cash } = await desk.books();
  expect(orders).toEqual(ids.flatMap((id) => [`A${id} Filled`, `B${id} Filled`]).sort());
  expect([assets, cash]).toEqual([
    [
      ["ANN", "1020"],
      ["BOB", "980"],
    ],
    [
      ["ANN", "10000", "-200"],
      ["BOB", "10000", "200"],
    ],
  ]);
  await post("/balance/settle", desk.token, [
    { Owner: desk.owner, Account: "ANN", Currency: "AUD", Settle: -200, ExpectedBalance: 10_000 },
    { Owner: desk.owner, Account: "BOB", Currency: "AUD", Settle: 200, ExpectedBalance: 10_000 },
  ]);
  expect((await desk.books()).cash).toEqual([
    ["ANN", "9800", "0"],
    ["BOB", "10200", "0"],
  ]);
});

test("an exchange that is away for too long never sees what waited for it, and who asked is told", {
  timeout: 90_000,
}, async () => {
  const desk = await Desk.open("AWAY");
  const asked = [desk.call(desk.buy("ANN", "A1")), desk.askBySocket(desk.sell("BOB", "B1"))];
  await wait(LIMITS.REQUEST_TIMEOUT_MS / 2);
  const later = desk.call(desk.buy("ANN", "A2"));
  const timedOut = (id: string) => ({ RequestID: id, Status: "Rejected", Errors: [`Timeout ${FEED}`] });
  expect(await Promise.all(asked)).toMatchObject([timedOut("A1"), timedOut("B1")]);
  const exchange = await desk.exchange();
  expect(await later).toMatchObject(completed("A2"));
  await exchange.close();
  expect(desk.came).toEqual(["A2"]);
  expect((await desk.books()).orders).toEqual(["A2 Open"]);
});

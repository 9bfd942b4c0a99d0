/** A market that trades for a while, and two clients who watch their balances and holdings move. */
import { setTimeout as wait } from "node:timers/promises";
import { createClient, type Client as RestClient } from "../../src/client/index.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { Replica } from "../support/replica.ts";
import { Subscriber } from "../support/subscriber.ts";
import { Planner, type PlanOptions } from "../tape/plan.ts";
import { trading } from "./market.ts";
import { Screen } from "./screen.ts";
import { CURRENCY, EXCHANGE, openAccount, openDemo, openExchange } from "./set-up.ts";

export interface LiveOptions {
  readonly url: URL;
  readonly secret: string;
  readonly owner: string;
  readonly seconds: number;
}

const CLIENTS = ["ALICE", "BOB"] as const;
const DAY_MS = 86_400_000;

/** A client: its account's replica, kept by a subscription. */
interface Client {
  readonly account: string;
  readonly replica: Replica;
  readonly subscriber: Subscriber;
}

/** Plays the market for so many seconds. Throws when a client's replica is not what the server answers in the end. */
export async function playLive({ url, secret, owner, seconds }: LiveOptions): Promise<void> {
  const token = await openDemo(url, secret, owner);
  const rest = createClient({ url, token });
  const run = Date.now().toString(36);
  const clients = await Promise.all(CLIENTS.map((account) => connect(url, token, owner, account)));
  for (const account of CLIENTS) await openAccount(rest, { OwnerID: owner, AccountID: account }, `${run}-${account}`);

  const exchange = await openExchange(url, owner, token, run);
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const planner = new Planner({
    ...marketOf(owner, midnight),
    firstPosition: exchange.feed.durable + 1,
    prefix: `${run}-`,
  });
  const screen = new Screen();
  const started = Date.now();
  let updates = 0;
  for await (const print of trading({ seconds, midnight })) {
    for (const { request } of planner.framesFor(print)) {
      await exchange.submit(request);
      updates++;
    }
    await exchange.print(print.symbol, Decimal.of(print.price), Decimal.of(print.size));
    screen.show(() => picture(clients, progress(started, seconds, updates)));
  }
  await exchange.drain();
  const { durable } = exchange.feed;
  await exchange.close();
  await settleDown(clients, rest, owner);
  screen.finish(picture(clients, `Done: ${updates} updates, all durable up to position ${durable}.`));
  for (const { subscriber } of clients) await subscriber.close();
  console.log("Both clients, who only folded events by key, hold exactly what the server answers.");
}

/** Everybody trades with everybody: the clients on both sides, and the rest of the market. */
function marketOf(owner: string, midnight: number): PlanOptions {
  const accounts = [...CLIENTS, "MARKET"];
  return { owner, buyers: accounts, sellers: accounts, exchange: EXCHANGE, currency: CURRENCY, midnight };
}

async function connect(url: URL, token: string, owner: string, account: string): Promise<Client> {
  const replica = new Replica();
  const subscriber = new Subscriber({
    url,
    owner,
    token,
    types: ["SubscriptionType_Balances", "SubscriptionType_Holdings", "SubscriptionType_Orders"],
    targets: [{ Name: "Account", Values: [`${owner}/${account}`] }],
    replica,
  });
  await subscriber.start();
  return { account, replica, subscriber };
}

/** Waits until the last events have arrived: until each replica is what the server answers. */
async function settleDown(clients: readonly Client[], rest: RestClient, owner: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const difference = await differing(clients, rest, owner);
    if (difference === undefined) return;
    if (attempt === 20) throw new Error(`${difference} does not hold what the server answers`);
    await wait(100);
  }
}

async function differing(clients: readonly Client[], rest: RestClient, owner: string): Promise<string | undefined> {
  const [balances, holdings] = await Promise.all([rest.balances.list({ owner }), rest.holdings.list({ owner })]);
  return clients.find(({ account, replica }) => {
    const own = [...balances, ...holdings].filter(({ Account }) => Account?.AccountID === account);
    const folded = [...replica.balances.values(), ...replica.holdings.values()];
    return sorted(own) !== sorted(folded);
  })?.account;
}

function sorted(records: readonly object[]): string {
  return records
    .map((record) => JSON.stringify(record))
    .sort()
    .join("\n");
}

function progress(started: number, seconds: number, updates: number): string {
  const passed = (Date.now() - started) / 1000;
  const left = Math.max(0, Math.ceil(seconds - passed));
  return `${left} s left, ${updates} updates, ${Math.round(updates / passed)}/s`;
}

function picture(clients: readonly Client[], status: string): string[] {
  return [status, ...clients.flatMap(linesOf), ""];
}

function linesOf({ account, replica }: Client): string[] {
  const cash = [...replica.balances.values()].map(
    ({ Currency, Balance, UnbookedTransactions, UnfilledBuys }) =>
      `${Currency} ${money(Balance)}, unbooked ${money(UnbookedTransactions)}, reserved ${money(UnfilledBuys)}`,
  );
  const assets = [...replica.holdings.values()]
    .sort((left, right) => ((left.Code ?? "") < (right.Code ?? "") ? -1 : 1))
    .map(
      ({ Code, Quantity, AveragePrice }) =>
        `${Code} ${Quantity ?? 0}${AveragePrice === undefined ? "" : ` at ${rounded(AveragePrice, 4)}`}`,
    );
  const held = assets.length === 0 ? "no holdings" : assets.join(", ");
  return [`  ${account.padEnd(6)} ${cash.join("; ")}`, `         ${held}; ${replica.orders.size} orders`];
}

function money(amount: Decimal | undefined): string {
  return rounded(amount ?? Decimal.ZERO, 2);
}

/** For the eye alone: the figures themselves are never rounded. */
function rounded(amount: Decimal, decimals: number): string {
  return Number(amount.toString()).toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

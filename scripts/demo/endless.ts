/**
 * A market that trades on and on at a gentle pace, so that there is something to look at. It may be stopped and started
 * as often as one likes: its clients are paid in once, and what an earlier run left open is cancelled by the next.
 */
import { createClient } from "../../src/client/index.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { ExternalAction, FeedRequest, OrderState } from "../../src/protocol/messages/index.ts";
import { fromMicroseconds, type Timestamp } from "../../src/protocol/timestamp.ts";
import type { MarketAdapter } from "../support/market-adapter.ts";
import { Planner } from "../tape/plan.ts";
import { type Listed, trading } from "./market.ts";
import { CURRENCY, EXCHANGE, openAccount, openDemo, openExchange } from "./set-up.ts";

export interface EndlessOptions {
  readonly url: URL;
  readonly secret: string;
  readonly owner: string;
  readonly printsPerSecond: number;
  /** Ends it after the print that is under way. */
  readonly signal: AbortSignal;
}

const CLIENTS = [
  ["ALICE", "Alice Ashby"],
  ["BOB", "Bob Birch"],
  ["CAROL", "Carol Crane"],
  ["DAVE", "Dave Dunlop"],
] as const;
const LISTED: readonly Listed[] = [
  { symbol: "BHP", cents: 4512 },
  { symbol: "CBA", cents: 13870 },
  { symbol: "CSL", cents: 27645 },
  { symbol: "TLS", cents: 402 },
  { symbol: "WES", cents: 7318 },
];
/** How long a completed order stays in sight. */
const SHOWN_MS = 60_000;

/** Plays until it is told to end. Throws when the server cannot be reached for longer than its adapter's patience. */
export async function playEndlessly({ url, secret, owner, printsPerSecond, signal }: EndlessOptions): Promise<void> {
  const token = await openDemo(url, secret, owner);
  const rest = createClient({ url, token });
  for (const [AccountID, name] of CLIENTS) {
    await openAccount(rest, { OwnerID: owner, AccountID }, `opening-${AccountID}`, name);
  }
  const run = Math.floor(Date.now() / 1000).toString(36);
  const exchange = await openExchange(url, owner, token, run);
  await cancelAll(exchange, await rest.orders.list({ owner }));
  await exchange.drain();

  const midnight = 0;
  const accounts = CLIENTS.map(([account]) => account);
  const planner = new Planner({
    owner,
    buyers: accounts,
    sellers: accounts,
    exchange: EXCHANGE,
    currency: CURRENCY,
    midnight,
    prefix: `${run}-`,
  });
  for await (const print of trading({ midnight, printsPerSecond, listed: LISTED })) {
    if (signal.aborted) break;
    for (const { request } of planner.framesFor(print)) await exchange.submit(asShown(request));
    await exchange.print(print.symbol, Decimal.of(print.price), Decimal.of(print.size));
  }
  await exchange.close();
}

/** Ends the orders of an exchange that was shut: it does not know them any more. */
async function cancelAll(exchange: MarketAdapter, orders: readonly OrderState[]): Promise<void> {
  for (const order of orders) {
    if (order.Exchange !== EXCHANGE || order.IsCompleted === true) continue;
    const Order: OrderState = { ...order, IsCompleted: true, Status: "Canceled", RemoveAfter: inAWhile() };
    const Update = { Type: "OrderUpdateType_Update", Reason: "OrderUpdateReason_Cancel" } as const;
    const Action: ExternalAction = { Type: "ExternalActionType_Update", Order, Update };
    await exchange.submit({ Type: "FeedRequestType_Action", Action });
  }
}

/** The same, with fees in whole cents, and with an order that does not stay for ever once it is completed. */
function asShown<Request extends Omit<FeedRequest, "Position">>(request: Request): Request {
  const { Action } = request;
  if (Action?.Order === undefined) return request;
  const { AdditionalFunds, ExecutedAdditionalFunds, IsCompleted } = Action.Order;
  const Order: OrderState = {
    ...Action.Order,
    ...(AdditionalFunds !== undefined && { AdditionalFunds: inCents(AdditionalFunds) }),
    ...(ExecutedAdditionalFunds !== undefined && { ExecutedAdditionalFunds: inCents(ExecutedAdditionalFunds) }),
    ...(IsCompleted === true && { RemoveAfter: inAWhile() }),
  };
  const { Trade } = Action;
  if (Trade?.AdditionalFunds === undefined) return { ...request, Action: { ...Action, Order } };
  return {
    ...request,
    Action: { ...Action, Order, Trade: { ...Trade, AdditionalFunds: inCents(Trade.AdditionalFunds) } },
  };
}

/** What a broker would charge. */
function inCents(funds: Readonly<Record<string, Decimal>>): Record<string, Decimal> {
  const rounded = ([name, amount]: readonly [string, Decimal]) =>
    [name, Decimal.of(Number(amount.toString()).toFixed(2))] as const;
  return Object.fromEntries(Object.entries(funds).map(rounded));
}

function inAWhile(): Timestamp {
  return fromMicroseconds((Date.now() + SHOWN_MS) * 1000);
}

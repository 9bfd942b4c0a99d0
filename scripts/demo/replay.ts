/** Replays a trade tape through one Owner, and holds the result against books that were kept independently. */
import { createClient } from "../../src/client/index.ts";
import { FeedAdapter } from "../support/adapter.ts";
import { signToken } from "../support/bootstrap-token.ts";
import { defineOwner } from "../support/owners.ts";
import { amountText, keepBooks } from "../tape/books.ts";
import { planTape, tapeOptions } from "../tape/plan.ts";
import { cancelsOut, differences, type Sums, sumsOf } from "../tape/reconcile.ts";
import { readTape } from "../tape/tape.ts";
import { Screen } from "./screen.ts";

export interface ReplayOptions {
  readonly url: URL;
  readonly secret: string;
  readonly owner: string;
  readonly file: string;
  /** Accounts on each side. */
  readonly accounts: number;
}

const FEED = "tape";
const DIFFERENCES_SHOWN = 20;

/** Replays a tape. Resolves with whether every figure agrees. */
export async function replay({ url, secret, owner, file, accounts }: ReplayOptions): Promise<boolean> {
  const prints = await readTape(file);
  const options = tapeOptions(owner, accounts);
  const books = keepBooks(planTape(prints, options));
  await defineOwner(url, secret, owner);
  const owners = [owner];
  const token = await signToken(secret, { identity: "demo", owners, features: ["Operator"], feeds: [FEED] });
  const refusals: string[] = [];
  const onRefusal = (errors: readonly string[]): number => refusals.push(...errors);
  const adapter = new FeedAdapter({ url, owner, token, feed: FEED, agent: "demo", window: 1000, onRefusal });
  await adapter.start();

  const resumed = adapter.durable;
  if (resumed > 0) console.log(`${owner} knows this feed up to position ${resumed}: going on from there.`);
  const screen = new Screen();
  const started = performance.now();
  let last = 0;
  const rate = (): string => `${Math.round((adapter.durable - resumed) / ((performance.now() - started) / 1000))}/s`;
  for (const { position, request } of planTape(prints, options)) {
    await adapter.submit(position, request);
    last = position;
    screen.show(() => [`position ${adapter.durable}, ${rate()}`]);
  }
  await adapter.drain();
  const took = (performance.now() - started) / 1000;
  screen.finish([
    `${prints.length} prints, ${last} updates; ${last - resumed} sent in ${took.toFixed(1)} s, ${rate()}`,
  ]);
  await adapter.close();

  const rest = createClient({ url, token });
  const [balances, holdings, orders] = await Promise.all([
    rest.balances.list({ owner }),
    rest.holdings.list({ owner }),
    rest.orders.list({ owner }),
  ]);
  const state = { balances, holdings, orders };
  const found = [...refusals.map((text) => `refused: ${text}`), ...differences(books, state)];
  for (const difference of found.slice(0, DIFFERENCES_SHOWN)) console.log(difference);
  if (found.length > DIFFERENCES_SHOWN) console.log(`and ${found.length - DIFFERENCES_SHOWN} more`);
  const sums = sumsOf(books, state);
  console.log(described(sums));
  const agrees = found.length === 0 && cancelsOut(sums);
  console.log(
    agrees
      ? `All ${books.cash.size} balances, ${books.holdings.size} holdings and ${books.orders.size} orders equal the independent calculation.`
      : "The server does NOT agree with the independent calculation.",
  );
  return agrees;
}

function described({ cash, fees, holdings }: Sums): string {
  const symbols = [...holdings].map(([symbol, quantity]) => `${symbol} ${amountText(quantity)}`);
  return `Σ cash ${amountText(cash)}, Σ fees ${amountText(fees)}, Σ holdings ${symbols.join(", ")}`;
}

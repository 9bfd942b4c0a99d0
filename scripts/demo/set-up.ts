/** What a demo needs before it can trade: an Owner, accounts with money, and an exchange. */
import type { Client } from "../../src/client/index.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { Account } from "../../src/protocol/messages/index.ts";
import { signToken } from "../support/bootstrap-token.ts";
import { MarketAdapter } from "../support/market-adapter.ts";
import { defineOwner } from "../support/owners.ts";

/** The exchange that the demo plays, which is also the feed that executes orders on it. */
export const EXCHANGE = "DEMO";
export const CURRENCY = "AUD";

/** Defines the Owner; gives a token for whoever plays the exchange and moves the money. */
export async function openDemo(url: URL, secret: string, owner: string): Promise<string> {
  await defineOwner(url, secret, owner);
  return await signToken(secret, {
    identity: "demo",
    owners: [owner],
    features: ["Alter", "Operator"],
    feeds: [EXCHANGE],
    exchanges: [EXCHANGE],
    expires: "365d",
  });
}

/** The exchange, which anybody may place orders on while it is open. */
export async function openExchange(url: URL, owner: string, token: string, run: string): Promise<MarketAdapter> {
  const options = { url, owner, token, feed: EXCHANGE, agent: "demo", prefix: `${run}-X`, currency: CURRENCY };
  const exchange = new MarketAdapter(options);
  await exchange.start();
  await exchange.submit({
    Type: "FeedRequestType_Operation",
    Operation: { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange: EXCHANGE } },
  });
  return exchange;
}

/** An account from which orders may be placed, with money for them: once for each deposit's id. */
export async function openAccount(client: Client, account: Account, deposit: string, Name?: string): Promise<void> {
  await client.accounts.define({ Account: account, DefaultCurrency: CURRENCY, ...(Name !== undefined && { Name }) });
  await client.balances.transfer({
    Transaction: { TransactionID: deposit, Account: account },
    Transfer: { Currency: CURRENCY, Value: Decimal.of(1_000_000) },
  });
}

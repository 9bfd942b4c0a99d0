import { beforeAll, expect, test } from "vitest";
import { type Client, Decimal } from "../../src/client/index.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { someOwner, supply } from "../support/api.ts";
import { answerAll } from "../support/questions.ts";
import { all, clientWith, refusalOf } from "./worker.ts";

const SINCE = "2026-01-01";

let owner: string;
/** Two clients of the same Owner. */
let binary: Client;
let json: Client;

/** All that is written here is written in protobuf. */
beforeAll(async () => {
  owner = await someOwner();
  const claims = { owners: [owner], features: FEATURES };
  [binary, json] = [clientWith(claims, "binary"), clientWith(claims)];
  const Account = { OwnerID: owner, AccountID: "1" };
  const cash = (Value: string) => ({
    Transaction: { Account },
    Transfer: { Currency: "AUD", Value: Decimal.of(Value), AdditionalFunds: { fee: Decimal.of("0.01") } },
  });
  await binary.accounts.define({ Account, Name: "é", Attributes: { colour: "red" } });
  await binary.balances.transfer(cash("12345678901234567.89"));
  await binary.balances.transferAll([cash("-0.05"), cash("1e-7")]);
  await binary.balances.settle([{ Owner: owner, Account: "1", Currency: "USD", Settle: Decimal.of("-7") }]);
  await binary.holdings.transferAll([
    { Transaction: { Account }, Transfer: { Code: "BHP", Exchange: "ASX", Value: Decimal.of(3) } },
  ]);
  const order = {
    OrderID: "O1",
    Account,
    Code: "BHP",
    Exchange: "asx",
    Currency: "AUD",
    Side: "BUY",
    Price: 2,
    Quantity: 3,
  };
  const adapter = await supply(owner, "asx", [{ Type: "Update", Order: order }]);
  answerAll(adapter, ({ Type, QueryData }) => ({ Type, QueryData: QueryData ?? "" }));
  const name = { owner, account: "1", order: "O1" };
  const replaced = await binary.orders.replace(name, {
    ...(await binary.orders.get(name)),
    Quantity: Decimal.of("0.5"),
  });
  expect(replaced.Quantity?.toString()).toBe("0.5");
});

const READS: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
  ["an account", ({ accounts }) => accounts.get({ owner, account: "1" })],
  ["accounts", ({ accounts }) => accounts.list()],
  ["accounts by name", ({ accounts }) => accounts.getMany([{ owner, account: "1" }])],
  ["balances", ({ balances }) => balances.list({ owner })],
  ["holdings", ({ holdings }) => holdings.list({ owner })],
  ["an order", ({ orders }) => orders.get({ owner, account: "1", order: "O1" })],
  ["the history of a balance", ({ balances }) => all(balances.history({ owner, account: "1", currency: "AUD" }))],
  ["the history of an order", ({ orders }) => all(orders.history({ owner, account: "1", order: "O1" }))],
  ["the audit", ({ audit }) => all(audit.fromDate(SINCE))],
  ["the time of the last update", ({ audit }) => audit.latest()],
  ["the check of the log", ({ audit }) => audit.verify()],
  ["the export of the log", ({ audit }) => all(audit.export())],
  ["events", ({ events }) => all(events.fromDate(SINCE, { snapshot: true }))],
  ["what came by a feed", ({ feeds }) => all(feeds.updates("asx"))],
  ["feeds", ({ feeds }) => feeds.list()],
  ["a question to an adapter", ({ feeds }) => feeds.query("asx", "T", { data: new Uint8Array([1, 2]) })],
  ["statuses", ({ statuses }) => statuses.list()],
  ["the caller's permissions", ({ identities }) => identities.current()],
  ["raw records", ({ diagnostics }) => diagnostics.channel("balance")],
];

test.each(READS)("%s: protobuf tells what JSON tells", async (_what, read) => {
  const [told, expected] = [await read(binary), await read(json)];
  expect(JSON.stringify(told)).toBe(JSON.stringify(expected));
  expect(JSON.stringify(told).length).toBeGreaterThan(4);
});

test("what was written in protobuf is exact, and read at the same moment in both", async () => {
  const [told, expected] = [await binary.balances.list({ owner }), await json.balances.list({ owner })];
  expect(told.map(({ Currency, Balance }) => `${Currency} ${Balance}`)).toEqual([
    "AUD 12345678901234567.8100001",
    "USD -7",
  ]);
  expect(told.readAt).toBe(expected.readAt);
});

test("a refusal is told in the same codes", async () => {
  const refused = (client: Client) => refusalOf(client.balances.transfer({ Transaction: {} }));
  expect(await refused(binary)).toEqual([422, ["Field.Missing Transfer"]]);
  expect(await refused(json)).toEqual(await refused(binary));
});

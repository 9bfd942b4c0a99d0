import { beforeAll, describe, expect, test } from "vitest";
import { type CashTransferRequest, type Client, type ClientRequest, Decimal } from "../../src/client/index.ts";
import { someOwner, supply } from "../support/api.ts";
import { clientOf, refusalOf } from "./worker.ts";

const amount = Decimal.of;
let owner: string;
let client: Client;
/** Of every Owner. */
const operator = clientOf();

beforeAll(async () => {
  owner = await someOwner();
  client = clientOf(owner);
});

const account = (id: string) => ({ AccountID: id, OwnerID: owner });

/** Cash, to 19 digits: more than a double carries. */
function cash(id: string, value: string): CashTransferRequest {
  return {
    Transaction: { Account: account(id) },
    Transfer: { Currency: "AUD", Value: amount(value) },
  };
}

describe("accounts", () => {
  const named = (id: string, Name: string) => ({ Account: account(id), Name });

  test("are defined, read one by one, listed and found by name, and undefined, and read as they were", async () => {
    const [id, other] = ["acc/1", "acc 2"];
    const first = await client.accounts.define(named(id, "first"));
    await client.accounts.define(named(other, "other"));
    await client.accounts.define(named(id, "renewed"));

    const details = await client.accounts.get({ owner, account: id });
    expect(details).toEqual(named(id, "renewed"));
    const before = await client.accounts.get({ owner, account: id }, { asAt: first.at });
    expect([before.Name, before.readAt]).toEqual(["first", first.at]);
    const latest = details.readAt ?? "";
    expect(latest > (first.at ?? latest)).toBe(true);

    const both = [named(other, "other"), named(id, "renewed")];
    const byName = (list: readonly unknown[]) => expect([...list]).toEqual(expect.arrayContaining(both));
    const listed = await client.accounts.list({ owner });
    byName(listed);
    expect(listed.readAt).toBe(details.readAt);
    byName(await client.accounts.list());
    expect(await client.accounts.list({ owner, asAt: first.at })).toEqual([named(id, "first")]);

    await client.accounts.undefine({ owner, account: id });
    expect(await refusalOf(client.accounts.get({ owner, account: id }))).toEqual([404, ["Unknown"]]);
    expect(await refusalOf(client.accounts.undefine({ owner, account: id }))).toEqual([
      404,
      [`Unknown ${owner}/${id}`],
    ]);
    expect(await client.accounts.list({ owner })).toEqual([named(other, "other")]);
  });

  test.each([2, 100])("of %s names those that are known are found, in the order of the names", async (count) => {
    const ids = Array.from({ length: count }, (_, index) => `many${index}`);
    await client.accounts.define(named("many1", "one"));
    await client.accounts.define(named("many0", "zero"));
    const found = await client.accounts.getMany(ids.map((id) => ({ owner, account: id })));
    expect(found.map(({ Name }) => Name)).toEqual(["zero", "one"]);
  });
});

describe("balances", () => {
  test("hold every digit of what was transferred, now and as at a position", async () => {
    const { at } = await client.balances.transfer(cash("cash", "12345678901234567.89"));
    await client.balances.transferAll([cash("cash", "0.01"), cash("cash2", "-5")]);
    const [balance, ...more] = await client.balances.list({ owner, account: "cash" });
    expect(more).toEqual([]);
    expect(balance?.Balance?.toString()).toBe("12345678901234567.9");
    const [before] = await client.balances.list({ owner, account: "cash", asAt: at });
    expect(before?.Balance?.toString()).toBe("12345678901234567.89");
    for (const list of [
      await client.balances.list({ owner }),
      await client.balances.list(),
      await operator.balances.list(),
    ]) {
      const own = list.filter(({ Account }) => Account?.OwnerID === owner).map((each) => each.Balance?.toString());
      expect(own).toEqual(["12345678901234567.9", "-5"]);
    }
    const states = await client.balances.history({ owner, account: "cash", currency: "AUD" }).toArray();
    expect(states.map(({ Event }) => Event?.Balance?.Balance?.toString())).toEqual([
      "12345678901234567.89",
      "12345678901234567.9",
    ]);
    const position = states[0]?.Position ?? 0;
    const asAt = await client.balances.list({ owner, account: "cash", asAt: { oms: position } });
    expect(asAt).toEqual([before]);
    const later = client.balances.history({ owner, account: "cash", currency: "AUD" }, { from: { oms: position } });
    expect(await later.toArray()).toEqual(states.slice(1));
  });

  test("are settled all or none, and a batch with the same id does no more", async () => {
    const record = { Owner: owner, Account: "settled", Currency: "AUD", ExpectedBalance: amount(0), Settle: amount(7) };
    await client.balances.settle([record], { id: "batch" });
    await client.balances.settle([record], { id: "batch" });
    const refused = await refusalOf(client.balances.settle([record]));
    expect(refused).toEqual([422, [`Settlement.Balance 7 [0] ${owner}`]]);
    const [balance] = await client.balances.list({ owner, account: "settled" });
    expect([balance?.Balance?.toString(), balance?.UnbookedTransactions?.toString()]).toEqual(["7", "-7"]);
  });
});

test("holdings are transferred and listed, now and as they were, and their history is told", async () => {
  const assets = (Value: string) => ({
    Transaction: { Account: account("assets") },
    Transfer: { Code: "B/P", Exchange: "ASX", Value: amount(Value) },
  });
  const { at } = await client.holdings.transfer(assets("10"));
  await client.holdings.transferAll([assets("1"), assets("2")]);
  const quantities = (list: readonly { readonly Quantity?: Decimal | undefined }[]) =>
    list.map(({ Quantity }) => Quantity?.toString());
  expect(quantities(await client.holdings.list({ owner, account: "assets" }))).toEqual(["13"]);
  expect(quantities(await client.holdings.list({ owner }))).toEqual(["13"]);
  expect(quantities(await client.holdings.list())).toEqual(["13"]);
  expect(quantities(await client.holdings.list({ owner, asAt: at }))).toEqual(["10"]);
  const name = { owner, account: "assets", exchange: "ASX", code: "B/P" };
  const states = await client.holdings.history(name, { count: 2 }).toArray();
  expect(states.map(({ Event }) => Event?.Holding?.Quantity?.toString())).toEqual(["10", "11"]);
});

test("orders are listed, read and replaced, and their history is told", async () => {
  const order = (OrderID: string, change: object = {}) => ({
    OrderID,
    Account: account("orders"),
    Code: "BHP",
    Exchange: "orders",
    Currency: "AUD",
    Side: "SIDE_BUY",
    Price: 2,
    Quantity: 3,
    ...change,
  });
  const actions = [order("O1"), order("O2", { IsCompleted: true, Exchange: "elsewhere" })];
  await supply(
    owner,
    "orders",
    actions.map((Order) => ({ Type: "ExternalActionType_Update", Order })),
  );
  const ids = (list: readonly { readonly OrderID?: string | undefined }[]) => list.map(({ OrderID }) => OrderID);
  expect(ids(await client.orders.list())).toEqual(["O1", "O2"]);
  expect(ids(await client.orders.list({ owner }))).toEqual(["O1", "O2"]);
  expect(ids(await client.orders.list({ owner, account: "orders", onlyActive: true }))).toEqual(["O1"]);
  expect(ids(await client.orders.list({ exchange: "elsewhere" }))).toEqual(["O2"]);
  expect(ids(await client.orders.list({ owner, asAt: { orders: 1 } }))).toEqual(["O1"]);

  const name = { owner, account: "orders", order: "O1" };
  const state = await client.orders.get(name);
  expect([state.Side, state.Price?.toString()]).toEqual(["SIDE_BUY", "2"]);
  const replaced = await client.orders.replace(name, { ...state, Quantity: amount(4) });
  expect(replaced.Quantity?.toString()).toBe("4");
  const now = await client.orders.get(name);
  expect(now).toEqual(replaced);
  expect(now.readAt).toBe(replaced.readAt);
  expect(await client.orders.get(name, { asAt: state.readAt })).toEqual(state);
  const states = await client.orders.history(name).toArray();
  expect(states.map(({ Event }) => Event?.Order?.Quantity?.toString())).toEqual(["3", "4"]);
});

test("a client request is answered by its adapter, and listed while it is open", async () => {
  await operator.exchanges.define({ Exchange: "requests" });
  await client.accounts.define({ Account: account("requests"), DefaultCurrency: "AUD" });
  const adapter = await supply(owner, "requests", []);
  const request: ClientRequest = {
    Type: "ClientRequestType_New",
    Account: account("requests"),
    New: {
      Code: "BHP",
      Exchange: "requests",
      Side: "SIDE_BUY",
      OrderType: "ORDERTYPE_LIMIT",
      Price: amount("10.25"),
      Quantity: amount(1),
      Lifetime: "LIFETIME_GOOD_TILL_CANCEL",
    },
  };
  const outcome = client.requests.make(request);
  await adapter.until(() => adapter.feedEvents("Request").length > 0);
  const sent = adapter.feedEvents("Request")[0]?.Request;
  expect(sent?.RequestID).toMatch(/^[0-9a-f]{32}$/);
  for (const options of [{ owner }, { owner, account: "requests" }]) {
    const open = await client.requests.list(options);
    expect(open.map((each) => [each.Status, each.Request?.New?.Price?.toString()])).toEqual([["Submitted", "10.25"]]);
  }
  const { readAt } = await client.requests.list({ owner });
  const Account = account("requests");
  const response = { RequestID: sent?.RequestID, Account, OrderID: "R/1", Status: "Completed" };
  adapter.feed("requests", "RequestResponse", undefined, { RequestResponse: response });
  expect(await outcome).toEqual({ Type: "ClientRequestType_New", ...response });
  expect(await client.requests.list({ owner })).toEqual([]);
  expect(await client.requests.list({ owner, asAt: readAt })).toHaveLength(1);
});

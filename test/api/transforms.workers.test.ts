/** Transforms as callers make them over REST, and adapters over their feeds (rules X1, X2). */
import { beforeAll, describe, expect, test } from "vitest";
import { account, order, trade } from "../owner/actions.ts";
import type { Client } from "../owner/client.ts";
import { type Answer, ask, defineOwner, openSocket, someOwner, supply } from "../support/api.ts";

const claimsOf = (...owners: readonly string[]) => ({ owners, features: ["Alter", "Audit", "Operator"] });
const seen = ({ status, body }: Answer) => [status, body];

function get(owner: string, path: string): Promise<Answer> {
  return ask("GET", path, { claims: claimsOf(owner) });
}

function post(owner: string, path: string, body: object = {}): Promise<Answer> {
  return ask("POST", path, { claims: claimsOf(owner), body: JSON.stringify(body) });
}

function patch(owner: string, path: string, body: object = {}): Promise<Answer> {
  return ask("PATCH", path, { claims: claimsOf(owner), body: JSON.stringify(body) });
}

const renameSymbol = (owner: string, code: string, newCode: string, body: object = {}) =>
  post(owner, `/transform/rename/symbol?exchange=ASX&code=${code}&newCode=${newCode}`, body);
const renameCurrency = (owner: string, code: string, newCode: string, body: object = {}) =>
  post(owner, `/transform/rename/currency?code=${code}&newCode=${newCode}`, body);
const renameAccount = (owner: string, from: string, newAccount: string, body: object = {}) =>
  patch(owner, `/account/byid/${owner}/${from}?newAccount=${newAccount}`, body);

async function deposit(owner: string, id: string, Currency: string, Value: number, accountId = "A"): Promise<void> {
  const Transaction = { TransactionID: id, Account: account(owner, accountId) };
  const { status } = await post(owner, "/balance", { Transaction, Transfer: { Currency, Value } });
  expect(status).toBe(204);
}

/** An Owner whose account A has cash, an order of BHP that is partly executed, and a name. */
async function tradingOwner(): Promise<{ readonly owner: string; readonly adapter: Client }> {
  const owner = await someOwner();
  expect((await post(owner, "/account", { Account: account(owner), Name: "First" })).status).toBe(204);
  await deposit(owner, "D1", "AUD", 5000);
  const { Action } = trade(owner, "O1", "T1", 40, 10, { ExecutedQuantity: 40 });
  return { owner, adapter: await supply(owner, "asx", [Action]) };
}

/** All that is live, as a text. */
async function live(owner: string): Promise<string> {
  const paths = ["balance", "holding", "order", "request"];
  const bodies = await Promise.all(paths.map(async (kind) => (await get(owner, `/${kind}/for/${owner}`)).body));
  return JSON.stringify([bodies, (await get(owner, `/account/byid/${owner}`)).body]);
}

const atOf = ({ headers }: Answer) => headers.get("X-OMS-At") ?? "";

describe("a renamed symbol", () => {
  test("is the new one in orders and holdings, and the old one in what was before", async () => {
    const { owner } = await tradingOwner();
    const before = atOf(await get(owner, `/holding/for/${owner}`));
    const renamed = await renameSymbol(owner, "BHP", "BHG", { TransformID: "X1", Comments: "merged" });
    expect(seen(renamed)).toEqual([204, undefined]);
    expect((await get(owner, `/holding/for/${owner}`)).body).toMatchObject([{ Code: "BHG", Quantity: 40 }]);
    expect((await get(owner, `/order/for/${owner}/A/O1`)).body).toMatchObject({ Code: "BHG", ExecutedQuantity: 40 });
    for (const asAt of [before, atOf(renamed)]) {
      const { body } = await get(owner, `/holding/for/${owner}?asAt=${asAt}`);
      expect(body).toMatchObject([{ Code: asAt === before ? "BHP" : "BHG", Quantity: 40 }]);
    }
    const history = await get(owner, `/holding/for/${owner}/A/ASX/BHP/history`);
    expect(history.body).toMatchObject([
      { Sequence: "asx", Event: { Holding: { Code: "BHP", Quantity: 40 } } },
      { Sequence: "oms", Event: { UpdateAction: "UpdateAction_Remove", Holding: { Code: "BHP" } } },
    ]);
    const audit = await get(owner, `/audit/fromposition?owner=${owner}&from[oms]=0`);
    expect(JSON.stringify(audit.body)).toContain(
      JSON.stringify({
        TransformID: "X1",
        Code: "BHP",
        Exchange: "ASX",
        Parameters: { newCode: "BHG" },
        TransformType: "TRANSFORMTYPE_RENAME_SYMBOL",
        Text: "merged",
      }),
    );
  });

  test("is so in every Owner that the caller may see, or in those that are named", async () => {
    const [first, second, third] = [await tradingOwner(), await tradingOwner(), await tradingOwner()];
    const owners = [first.owner, second.owner, third.owner];
    const claims = claimsOf(first.owner, second.owner);
    const told = async (owner: string) => JSON.stringify((await get(owner, `/holding/for/${owner}`)).body);
    const codes = async () => (await Promise.all(owners.map(told))).map((text) => /"Code":"(\w+)"/.exec(text)?.[1]);
    const path = "/transform/rename/symbol?exchange=ASX";
    const named = await ask("POST", `${path}&code=BHP&newCode=ONE&owner=${first.owner}`, { claims, body: "{}" });
    expect(named.status).toBe(204);
    expect(await codes()).toEqual(["ONE", "BHP", "BHP"]);
    const everywhere = await ask("POST", `${path}&code=BHP&newCode=ALL`, { claims, body: "{}" });
    expect([everywhere.status, everywhere.headers.get("X-OMS-At")]).toEqual([204, null]);
    expect(await codes()).toEqual(["ONE", "ALL", "BHP"]);
    const unseen = await ask("POST", `${path}&code=BHP&newCode=ALL&owner=${third.owner}`, { claims, body: "{}" });
    expect(seen(unseen)).toEqual([404, [`Owner.Unknown ${third.owner}`]]);
  });
});

describe("a renamed currency", () => {
  test("is added to what there is of the other", async () => {
    const { owner } = await tradingOwner();
    await deposit(owner, "D2", "NZD", 5);
    expect((await renameCurrency(owner, "AUD", "NZD")).status).toBe(204);
    expect((await get(owner, `/balance/for/${owner}`)).body).toEqual([
      {
        Account: account(owner),
        Currency: "NZD",
        Margin: 0,
        Balance: 5005,
        UnbookedTransactions: -400,
        UnfilledBuys: 600,
      },
    ]);
    expect((await get(owner, `/order/for/${owner}/A/O1`)).body).toMatchObject({ Currency: "NZD" });
    expect((await get(owner, `/holding/for/${owner}`)).body).toMatchObject([{ Currency: "NZD", AveragePrice: 10 }]);
  });

  test("is refused as a whole when one TransactionID is known in both", async () => {
    const { owner } = await tradingOwner();
    await deposit(owner, "D1", "NZD", 5);
    const before = await live(owner);
    expect(seen(await renameCurrency(owner, "AUD", "NZD"))).toEqual([409, ["Transaction.Conflict D1"]]);
    expect(await live(owner)).toBe(before);
  });
});

describe("a renamed account", () => {
  test("is the new one everywhere, and unknown by the old name", async () => {
    const { owner } = await tradingOwner();
    const before = atOf(await get(owner, `/account/byid/${owner}`));
    expect(seen(await renameAccount(owner, "A", "B"))).toEqual([204, undefined]);
    expect(seen(await get(owner, `/account/byid/${owner}/A`))).toEqual([404, ["Unknown"]]);
    expect((await get(owner, `/account/byid/${owner}/B`)).body).toEqual({
      Account: account(owner, "B"),
      Name: "First",
    });
    for (const kind of ["balance", "holding", "order"]) {
      expect((await get(owner, `/${kind}/for/${owner}/A`)).body).toEqual([]);
      expect((await get(owner, `/${kind}/for/${owner}/B`)).body).toHaveLength(1);
      expect((await get(owner, `/${kind}/for/${owner}/A?asAt=${before}`)).body).toHaveLength(1);
    }
    // Settlement and history keep the old names.
    const history = await get(owner, `/balance/for/${owner}/A/AUD/history`);
    expect(JSON.stringify(history.body)).toContain('"Balance":5000');
    expect((await get(owner, `/trades/fromposition?owner=${owner}&from[asx]=0`)).body).toMatchObject([
      { Order: { Account: account(owner, "A") } },
    ]);
  });

  test("stays with its Owner: another is refused, its own may be named", async () => {
    const { owner } = await tradingOwner();
    const path = `/account/byid/${owner}/A?newAccount=B`;
    expect(seen(await patch(owner, `${path}&newOwner=another`))).toEqual([422, ["Account.OtherOwner another"]]);
    expect((await get(owner, `/account/byid/${owner}/A`)).status).toBe(200);
    expect(seen(await patch(owner, `${path}&newOwner=${owner}`))).toEqual([204, undefined]);
    expect((await get(owner, `/account/byid/${owner}/B`)).status).toBe(200);
  });

  test("takes a request along that somebody waits for, and whoever made it is told", async () => {
    const { owner, adapter } = await tradingOwner();
    const operator = { claims: { features: ["Admin", "Alter"] } };
    await ask("POST", "/exchange", { ...operator, body: JSON.stringify({ Exchange: "asx" }) });
    const New = { Code: "BHP", Exchange: "asx", Side: "BUY", OrderType: "LIMIT", Price: 10, Quantity: 1 };
    const request = { Type: "New", RequestID: "R1", New: { ...New, Lifetime: "GOOD_TILL_CANCEL" } };
    const waiting = post(owner, "/request", { ...request, Account: account(owner, "A") });
    await adapter.until(() => adapter.feedEvents("Request").length > 0);
    expect((await renameAccount(owner, "A", "B")).status).toBe(204);
    expect((await get(owner, `/request/for/${owner}/B`)).body).toMatchObject([
      { Status: "Submitted", Request: { RequestID: "R1", Account: account(owner, "B") } },
    ]);
    // A caller whose connection was cut asks again, by the only name that it knows.
    const again = post(owner, "/request", { ...request, Account: account(owner, "A") });
    adapter.feed("asx", "RequestResponse", undefined, {
      RequestResponse: { RequestID: "R1", Account: account(owner, "A"), OrderID: "O2", Status: "Completed" },
    });
    for (const answer of [waiting, again]) {
      expect(await answer).toMatchObject({
        status: 200,
        body: { RequestID: "R1", OrderID: "O2", Status: "Completed" },
      });
    }
    expect(adapter.feedEvents("Request")).toHaveLength(1);
  });
});

describe("a transform that comes again", () => {
  test.each<[string, (owner: string, to: string) => Promise<Answer>]>([
    ["of a symbol", (owner, to) => renameSymbol(owner, "BHP", to, { TransformID: "X1" })],
    ["of a currency", (owner, to) => renameCurrency(owner, "AUD", to, { TransformID: "X1" })],
    ["of an account", (owner, to) => renameAccount(owner, "A", to, { TransformID: "X1" })],
  ])("%s, with the same content changes nothing; with other content it is 409", async (_what, rename) => {
    const { owner } = await tradingOwner();
    expect((await rename(owner, "NEW")).status).toBe(204);
    const before = await live(owner);
    const head = (await get(owner, `/audit/latest?owner=${owner}`)).body;
    const again = await rename(owner, "NEW");
    expect(again.status).toBe(204);
    expect(seen(await rename(owner, "ELSE"))).toEqual([409, ["Transform.Conflict X1"]]);
    expect(await live(owner)).toBe(before);
    expect((await get(owner, `/audit/latest?owner=${owner}`)).body).toEqual(head);
  });
});

describe("what is refused, naming the field that is wrong", () => {
  let owner: string;
  let before: string;

  beforeAll(async () => {
    owner = (await tradingOwner()).owner;
    before = await live(owner);
  });

  const LONG = "x".repeat(1000);
  const symbol = "POST /transform/rename/symbol";
  const currency = "POST /transform/rename/currency";
  const patched = "PATCH /account/byid/OWNER/A";

  test.each<[string, string | object, number, string]>([
    [`${symbol}?code=BHP&newCode=B`, {}, 422, "Field.Missing exchange"],
    [`${symbol}?exchange=ASX&newCode=B`, {}, 422, "Field.Missing code"],
    [`${symbol}?exchange=ASX&code=BHP`, {}, 422, "Field.Missing newCode"],
    [`${symbol}?exchange=&code=BHP&newCode=B`, {}, 400, "Field.Invalid exchange"],
    [`${symbol}?exchange=ASX&code=&newCode=B`, {}, 400, "Field.Invalid code"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=`, {}, 400, "Field.Invalid newCode"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=BHP`, {}, 400, "Field.Invalid newCode"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=${LONG}`, {}, 400, "Field.Invalid newCode"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=A%1FB`, {}, 400, "Field.Invalid newCode"],
    [`${symbol}?exchange=ASX&exchange=NZX&code=BHP&newCode=B`, {}, 400, "Field.Invalid exchange"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=B`, { TransformID: 7 }, 400, "Field.Invalid TransformID"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=B`, { TransformID: LONG }, 400, "Field.Invalid TransformID"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=B`, { Comment: "" }, 400, "Field.Unknown Comment"],
    [`${symbol}?exchange=ASX&code=BHP&newCode=B`, "", 400, "Message.Unreadable empty"],
    [`${currency}?newCode=NZD`, {}, 422, "Field.Missing code"],
    [`${currency}?code=AUD`, {}, 422, "Field.Missing newCode"],
    [`${currency}?code=AUD&newCode=AUD`, {}, 400, "Field.Invalid newCode"],
    [`${currency}?code=AUD&newCode=NZD&exchange=ASX`, {}, 400, "Field.Unknown exchange"],
    [`${currency}?code=AUD&newCode=NZD`, "{", 400, "Message.Unreadable not JSON"],
    [`${patched}`, {}, 422, "Field.Missing newAccount"],
    [`${patched}?newAccount=`, {}, 400, "Field.Invalid newAccount"],
    [`${patched}?newAccount=A`, {}, 400, "Field.Invalid newAccount"],
    [`${patched}?newAccount=${LONG}`, {}, 400, "Field.Invalid newAccount"],
    [`${patched}?newAccount=B`, { TransformID: LONG }, 400, "Field.Invalid TransformID"],
    [`${patched}?newAccount=B`, { Text: "" }, 400, "Field.Unknown Text"],
    [`${patched}?newAccount=B&newOwner=`, {}, 400, "Field.Invalid newOwner"],
  ])("%s %j: %i %s", async (route, body, status, code) => {
    const [method = "", path = ""] = route.split(" ");
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await ask(method, path.replace("OWNER", owner), { claims: claimsOf(owner), body: text });
    expect(seen(answer)).toEqual([status, [code]]);
    expect(await live(owner)).toBe(before);
  });
});

describe("an adapter", () => {
  const operation = (type: string, content: object) => ({ Operation: { Type: type, ...content } });

  test("restates and removes orders, and renames, in frames of its feed (X1, X2)", async () => {
    const { owner, adapter } = await tradingOwner();
    const { client } = await openSocket("/streaming", { claims: { owners: [owner] } });
    client.send({ Type: "Subscribe", Subscription: { Type: "Orders" } });
    const transform = (Transform: object) => operation("Transform", { Transform });
    adapter.feed("asx", "Action", 2, { Action: { Type: "Update", Order: order(owner, "O2", { Group: "G" }) } });
    adapter.feed("asx", "Operation", 3, transform({ OrderStatus: "Parked", Code: "BHP" }));
    adapter.feed("asx", "Operation", 4, transform({ TransformType: "REMOVE", Group: "G" }));
    const AccountTransform = { Type: "Rename", Account: account(owner), Parameters: { newAccount: "B" } };
    adapter.feed("asx", "Operation", 5, operation("TransformAccount", { AccountTransform }));
    await adapter.synchronise();
    expect(adapter.errors).toEqual([]);
    expect((await get(owner, `/order/for/${owner}`)).body).toMatchObject([
      { OrderID: "O1", Account: account(owner, "B"), Status: "Parked" },
    ]);
    await client.synchronise();
    const told = client.events.flatMap(({ Order, UpdateAction = "" }) =>
      Order === undefined ? [] : [[Order.OrderID, Order.Account?.AccountID, Order.Status, UpdateAction.slice(13)]],
    );
    expect(told.slice(-5)).toEqual([
      ["O1", "A", "Parked", ""],
      ["O2", "A", "Parked", ""],
      ["O2", "A", "Parked", "Remove"],
      ["O1", "A", "Parked", "Remove"],
      ["O1", "B", "Parked", ""],
    ]);
  });

  test.each<[string, object, string]>([
    ["Transform", {}, "Field.Missing Operation.Transform"],
    ["Transform", { Transform: {} }, "Field.Missing Operation.Transform.OrderStatus"],
    [
      "Transform",
      { Transform: { TransformType: "REMOVE", RemoveAfter: {} } },
      "Field.Invalid Operation.Transform.RemoveAfter",
    ],
    [
      "Transform",
      { Transform: { TransformType: "RENAME_SYMBOL", Code: "A", Parameters: { newCode: "B" } } },
      "Field.Missing Operation.Transform.Exchange",
    ],
    ["TransformAccount", {}, "Field.Missing Operation.AccountTransform"],
    [
      "TransformAccount",
      { AccountTransform: { Type: "Rename", Parameters: { newAccount: "B" } } },
      "Field.Missing Operation.AccountTransform.Account",
    ],
  ])("is told what is wrong with a %s of %j, and its feed goes on: %s", async (type, content, code) => {
    const { adapter, owner } = await tradingOwner();
    adapter.feed("asx", "Operation", 2, operation(type, content));
    adapter.feed("asx", "Action", 3, { Action: { Type: "Update", Order: order(owner, "O3") } });
    await adapter.synchronise();
    expect(adapter.errors).toEqual([code]);
    expect((await get(owner, `/order/for/${owner}/A/O3`)).status).toBe(200);
  });
});

test("An Owner that is renamed keeps its history under its new name, and is unknown by the old one", async () => {
  const { owner } = await tradingOwner();
  const renamed = `${owner}-renamed`;
  const before = atOf(await get(owner, `/balance/for/${owner}`));
  const claims = { owners: [owner, renamed], features: ["Admin", "Alter"] };
  const answer = await ask("PATCH", `/owner/byid/${owner}?newOwner=${renamed}`, { claims, body: "{}" });
  expect(answer.status).toBe(204);
  expect(seen(await get(owner, `/balance/for/${owner}`))).toEqual([404, ["Owner.Unknown"]]);
  const then = await get(renamed, `/balance/for/${renamed}?asAt=${before}`);
  expect(then.body).toMatchObject([{ Balance: 5000, Account: account(owner) }]);
  await expect
    .poll(async () => (await get(renamed, `/balance/for/${renamed}`)).body)
    .toMatchObject([{ Balance: 5000, Account: account(renamed) }]);
  const verified = await get(renamed, `/audit/verify?owner=${renamed}`);
  expect(verified.body).toMatchObject({ Broken: null });
  await defineOwner(owner);
  expect((await get(owner, `/balance/for/${owner}`)).body).toEqual([]);
});

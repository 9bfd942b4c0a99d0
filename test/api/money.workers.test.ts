import { describe, expect, test } from "vitest";
import { type Answer, ask, openSocket, someOwner, supply } from "../support/api.ts";

const features = ["Alter", "Operator"];

/** Calls by a caller who may do everything on some Owners. */
function callerOf(...names: readonly string[]) {
  const claims = { owners: names, features };
  const send = (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ask(method, path, { claims, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return {
    get: (path: string, headers: Readonly<Record<string, string>> = {}) => ask("GET", path, { claims, headers }),
    post: (path: string, body: unknown) => send("POST", path, body),
    patch: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) =>
      send("PATCH", path, body, headers),
    delete: (path: string) => ask("DELETE", path, { claims }),
  };
}

const account = (OwnerID: string, AccountID = "1") => ({ AccountID, OwnerID });
const cash = (owner: string, Value: unknown, more: object = {}) => ({
  Transaction: { Account: account(owner), ...more },
  Transfer: { Currency: "AUD", Value },
});

const seen = ({ status, body }: Answer) => [status, body];

describe("cash", () => {
  test("a deposit shows in the balance, with every figure", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    const stored = await post("/balance", cash(owner, 1000.5));
    expect(seen(stored)).toEqual([204, undefined]);
    const { status, body, headers } = await get(`/balance/for/${owner}/1`);
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        Account: account(owner),
        Currency: "AUD",
        Margin: 0,
        Balance: 1000.5,
        UnbookedTransactions: 0,
        UnfilledBuys: 0,
      },
    ]);
    expect(headers.get("X-OMS-At")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(headers.get("X-OMS-At")).toBe(stored.headers.get("X-OMS-At"));
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Content-Type")).toBe("application/json");
  });

  test("money keeps every digit, as a number and as a text", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    const transaction = JSON.stringify({ Account: account(owner) });
    for (const value of ["12345678901234567890.123456789", '"0.000000001"']) {
      const body = `{"Transaction":${transaction},"Transfer":{"Currency":"AUD","Value":${value}}}`;
      expect((await post("/balance", body)).status).toBe(204);
    }
    const [position] = (await get(`/balance/for/${owner}`)).body as { Balance: { Scale: number; Value: string } }[];
    const bytes = [...Buffer.from(position?.Balance.Value ?? "", "base64")].reverse();
    expect([position?.Balance.Scale, BigInt(`0x${Buffer.from(bytes).toString("hex")}`)]).toEqual([
      8,
      1234567890123456789012345679n,
    ]);
  });

  test("C3: the same transaction again changes nothing; with other content it is a conflict", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    const deposit = cash(owner, 100, { TransactionID: "D1" });
    expect((await post("/balance", deposit)).status).toBe(204);
    expect((await post("/balance", deposit)).status).toBe(204);
    expect(seen(await post("/balance", cash(owner, 101, { TransactionID: "D1" })))).toEqual([
      409,
      ["Transaction.Conflict D1"],
    ]);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 100 }]);
  });

  test("a bulk call is all or none within an Owner, and names the item and the Owner that refused", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", cash(owner, 1, { TransactionID: "D1" }));
    const items = [cash(owner, 10), cash(owner, 2, { TransactionID: "D1" }), cash(owner, 10)];
    expect(seen(await post("/balance/bulk", items))).toEqual([409, [`Transaction.Conflict D1 [1] ${owner}`]]);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 1 }]);
    expect((await post("/balance/bulk", [cash(owner, 10), cash(owner, 20)])).status).toBe(204);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 31 }]);
  });

  test("over several Owners it is all or none within each: what the others took stands", async () => {
    const [first, second, third] = [await someOwner(), await someOwner(), await someOwner()];
    const { get, post } = callerOf(first, second, third);
    await post("/balance", cash(second, 1, { TransactionID: "D1" }));
    const items = [
      cash(first, 10, { TransactionID: "T1" }),
      cash(second, 10, { TransactionID: "T1" }),
      cash(third, 10, { TransactionID: "T1" }),
      cash(second, 2, { TransactionID: "D1" }),
    ];
    const refused = await post("/balance/bulk", items);
    expect(seen(refused)).toEqual([409, [`Transaction.Conflict D1 [3] ${second}`]]);
    expect((await get("/balance")).body).toMatchObject([
      { Account: { OwnerID: first }, Balance: 10 },
      { Account: { OwnerID: second }, Balance: 1 },
      { Account: { OwnerID: third }, Balance: 10 },
    ]);
    // Harmless, because each transfer is known by its id.
    expect((await post("/balance/bulk", items.slice(0, 3))).status).toBe(204);
    expect((await get("/balance")).body).toMatchObject([{ Balance: 10 }, { Balance: 11 }, { Balance: 10 }]);
  });

  test("refusals of several kinds are 422, one for each Owner", async () => {
    const [first, second] = [await someOwner(), await someOwner()];
    const { post } = callerOf(first, second);
    await post("/balance", cash(first, 1, { TransactionID: "D1" }));
    const pooled = { Transaction: { Account: account(second) }, Transfer: { Currency: "AUD", Value: 1, Pool: "P" } };
    const settled = { ...pooled, Transfer: { ...pooled.Transfer, Settlement: "Settle" } };
    expect(seen(await post("/balance/bulk", [settled, cash(first, 2, { TransactionID: "D1" })]))).toEqual([
      422,
      [`Settlement P [0] ${second}`, `Transaction.Conflict D1 [1] ${first}`],
    ]);
  });

  test("a field that only the rules miss is named as the caller's body has it", async () => {
    const owner = await someOwner();
    const { post } = callerOf(owner);
    const { Transaction } = cash(owner, 1);
    expect(seen(await post("/balance", { Transaction, Transfer: { Value: 1 } }))).toEqual([
      422,
      ["Field.Missing Transfer.Currency"],
    ]);
    const items = [cash(owner, 1), { Transaction, Transfer: { Currency: "AUD" } }];
    expect(seen(await post("/balance/bulk", items))).toEqual([422, [`Field.Missing [1].Transfer.Value ${owner}`]]);
  });
});

describe("settlement (C4)", () => {
  const unbooked = (owner: string, Value: number) => ({
    Transaction: { Account: account(owner) },
    Transfer: { Currency: "AUD", Value, Settlement: "Unbooked" },
  });
  const settle = (Owner: string, Settle: unknown, ExpectedBalance: unknown = 0) => ({
    Owner,
    Account: "1",
    Currency: "AUD",
    ExpectedBalance,
    Settle,
  });

  test("moves what is unbooked into the balance; the id makes a retry harmless", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", unbooked(owner, 1000));
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(seen(await post("/balance/settle?id=S1", [settle(owner, 400)]))).toEqual([204, undefined]);
      expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 400, UnbookedTransactions: 600 }]);
    }
  });

  test("ExpectedBalance must equal Balance", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", unbooked(owner, 1000));
    expect(seen(await post("/balance/settle?id=S1", [settle(owner, 400, 1)]))).toEqual([
      422,
      [`Settlement.Balance 0 [0] ${owner}`],
    ]);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 0, UnbookedTransactions: 1000 }]);
  });

  test("without ExpectedBalance it settles whatever the balance is", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", unbooked(owner, 1000));
    for (const id of ["S1", "S2"]) {
      expect(
        (await post(`/balance/settle?id=${id}`, [{ ...settle(owner, 400), ExpectedBalance: undefined }])).status,
      ).toBe(204);
    }
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 800, UnbookedTransactions: 200 }]);
  });

  test("without an id each call settles anew", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", unbooked(owner, 1000));
    await post("/balance/settle", [settle(owner, 400)]);
    await post("/balance/settle", [settle(owner, 400, 400)]);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 800, UnbookedTransactions: 200 }]);
  });

  test("one account and currency may be settled once in a batch", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    await post("/balance", unbooked(owner, 1000));
    const batch = [settle(owner, 400), { ...settle(owner, 1), Currency: "USD" }, settle(owner, 100, 400)];
    expect(seen(await post("/balance/settle?id=S1", batch))).toEqual([422, ["Settlement [2]"]]);
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 0, UnbookedTransactions: 1000 }]);
  });

  test.each(["Owner", "Account", "Currency", "Settle"])("%s must be given", async (field) => {
    const owner = await someOwner();
    const { post } = callerOf(owner);
    const record = { ...settle(owner, 400), [field]: undefined };
    expect(seen(await post("/balance/settle", [settle(owner, 1), record]))).toEqual([
      422,
      [`Field.Missing [1].${field}`],
    ]);
  });
});

describe("assets", () => {
  test("a transfer shows in the holding", async () => {
    const owner = await someOwner();
    const { get, post } = callerOf(owner);
    const assets = (Value: number, Price: number) => ({
      Transaction: { Account: account(owner, "a/b"), Values: { Price } },
      Transfer: { Code: "BHP", Exchange: "ASX", Value },
    });
    expect((await post("/holding", assets(100, 10))).status).toBe(204);
    expect((await post("/holding/bulk", [assets(100, 20), assets(-50, 99)])).status).toBe(204);
    expect((await get(`/holding/for/${owner}/a%2Fb`)).body).toMatchObject([
      { Account: account(owner, "a/b"), Code: "BHP", Exchange: "ASX", Quantity: 150, AveragePrice: 15 },
    ]);
    expect((await get(`/holding/for/${owner}/a`)).body).toEqual([]);
    expect((await get("/holding")).body).toHaveLength(1);
  });

  test("a field that only the rules miss is named as the caller's body has it", async () => {
    const owner = await someOwner();
    const { post } = callerOf(owner);
    const incomplete = { Transaction: { Account: account(owner) }, Transfer: { Code: "BHP", Value: 1 } };
    expect(seen(await post("/holding", incomplete))).toEqual([422, ["Field.Missing Transfer.Exchange"]]);
  });
});

describe("accounts", () => {
  test("are defined whole, read by id and in lists, and undefined", async () => {
    const owner = await someOwner();
    const { get, post, delete: undefine } = callerOf(owner);
    const details = (id: string) => ({ Account: account(owner, id), Name: `account ${id}`, DefaultCurrency: "AUD" });
    for (const id of ["1", "a/b", "100%", "é日"]) expect((await post("/account", details(id))).status).toBe(204);
    expect((await get(`/account/byid/${owner}`)).body).toHaveLength(4);
    for (const id of ["1", "a/b", "100%", "é日"]) {
      expect((await get(`/account/byid/${owner}/${encodeURIComponent(id)}`)).body).toEqual(details(id));
    }
    const ids = new URLSearchParams([`${owner}/a/b`, `${owner}/none`, `${owner}/1`].map((id) => ["id", id]));
    expect((await get(`/account/byids?${ids}`)).body).toEqual([details("a/b"), details("1")]);
    expect((await post("/account/byids", [`${owner}/é日`, `${owner}/é日`])).body).toEqual([details("é日")]);
    expect(seen(await undefine(`/account/byid/${owner}/a%2Fb`))).toEqual([204, undefined]);
    expect(seen(await undefine(`/account/byid/${owner}/a%2Fb`))).toEqual([404, [`Unknown ${owner}/a/b`]]);
    expect(seen(await get(`/account/byid/${owner}/a%2Fb`))).toEqual([404, ["Unknown"]]);
  });

  test("only the metadata goes: what the account has stays", async () => {
    const owner = await someOwner();
    const { get, post, delete: undefine } = callerOf(owner);
    await post("/account", { Account: account(owner) });
    await post("/balance", cash(owner, 5));
    await undefine(`/account/byid/${owner}/1`);
    expect((await get(`/balance/for/${owner}/1`)).body).toMatchObject([{ Balance: 5 }]);
  });

  test("byids takes owner/account and nothing else", async () => {
    const { get, post } = callerOf(await someOwner());
    for (const id of ["", "owner", "/1", "owner/"]) {
      expect(seen(await post("/account/byids", ["a/1", id]))).toEqual([400, ["Field.Invalid [1]"]]);
      expect(seen(await get(`/account/byids?id=${encodeURIComponent(id)}`))).toEqual([400, ["Field.Invalid id"]]);
    }
    expect(seen(await get("/account/byids"))).toEqual([200, []]);
  });
});

describe("orders", () => {
  const buy = (owner: string, OrderID: string, more: object = {}) => ({
    OrderID,
    Account: account(owner),
    Code: "BHP",
    Exchange: "ASX",
    Currency: "AUD",
    Side: "SIDE_BUY",
    Price: 2,
    Quantity: 3,
    ...more,
  });
  const placed = (Order: object) => ({ Type: "ExternalActionType_Update", Order });

  test("are listed by Owner, account and exchange, all or only those that are active", async () => {
    const owner = await someOwner();
    const { get } = callerOf(owner);
    await supply(owner, "asx", [
      placed(buy(owner, "O1")),
      placed(buy(owner, "O2", { IsCompleted: true })),
      placed(buy(owner, "O3", { Exchange: "NYSE" })),
      placed(buy(owner, "O4", { Account: account(owner, "2") })),
    ]);
    const idsOf = async (path: string) =>
      ((await get(path)).body as { OrderID: string }[]).map(({ OrderID }) => OrderID);
    expect(await idsOf("/order")).toEqual(["O1", "O2", "O3", "O4"]);
    expect(await idsOf("/order?onlyActive=true")).toEqual(["O1", "O3", "O4"]);
    expect(await idsOf("/order/on/NYSE")).toEqual(["O3"]);
    expect(await idsOf("/order/on/ASX?onlyActive=true")).toEqual(["O1", "O4"]);
    expect(await idsOf(`/order/for/${owner}`)).toEqual(["O1", "O2", "O3", "O4"]);
    expect(await idsOf(`/order/for/${owner}/1?onlyActive=true`)).toEqual(["O1", "O3"]);
    expect(await idsOf(`/order/for/${owner}/2`)).toEqual(["O4"]);
    expect((await get(`/order/for/${owner}/1/O1`)).body).toMatchObject(buy(owner, "O1"));
    expect(seen(await get(`/order/for/${owner}/2/O1`))).toEqual([404, ["Unknown"]]);
    expect((await get(`/feed/byid/asx`)).body).toMatchObject({ FeedID: "asx", Status: "CONNECTIONSTATUS_ONLINE" });
  });

  test("PATCH replaces the whole state and answers what it became", async () => {
    const owner = await someOwner();
    const { get, patch } = callerOf(owner);
    await supply(owner, "asx", [placed(buy(owner, "O1", { Group: "G" }))]);
    const before = (await get(`/order/for/${owner}/1/O1`)).body as { Created: string };
    const { OrderID: _id, Account: _account, ...terms } = buy(owner, "O1", { Quantity: 5 });
    const answer = await patch(`/order/for/${owner}/1/O1`, terms);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...buy(owner, "O1", { Quantity: 5 }), Created: before.Created });
    expect((await get(`/order/for/${owner}/1/O1`)).body).toEqual(answer.body);
    expect((await get(`/balance/for/${owner}/1`)).body).toMatchObject([{ UnfilledBuys: 10 }]);
    const compact = await patch(`/order/for/${owner}/1/O1`, terms, { "X-OMS-Compact": "true" });
    expect(compact.body).toMatchObject({ Side: "BUY" });
    expect((await get(`/order/for/${owner}/1`, { "X-OMS-Compact": "true" })).body).toMatchObject([{ Side: "BUY" }]);
  });

  test("PATCH neither makes an order nor moves one, and body and path must agree", async () => {
    const owner = await someOwner();
    const { get, patch } = callerOf(owner);
    await supply(owner, "asx", [placed(buy(owner, "O1"))]);
    const before = (await get("/order")).body;
    const terms = buy(owner, "O1");
    for (const [path, body, status, code] of [
      [`/order/for/${owner}/1/O2`, buy(owner, "O2"), 404, "Unknown O2"],
      [`/order/for/${owner}/2/O1`, buy(owner, "O1", { Account: account(owner, "2") }), 404, "Unknown O1"],
      [`/order/for/${owner}/1/O1`, { ...terms, Account: account(owner, "2") }, 422, `Account ${owner}/2`],
      [`/order/for/${owner}/1/O1`, { ...terms, OrderID: "O2" }, 400, "Field.Invalid OrderID"],
      [`/order/for/${owner}/1/O1`, { ...terms, Side: undefined }, 422, "Side"],
      [`/order/for/${owner}/1/O1`, { ...terms, Currency: undefined }, 422, "Field.Missing Currency"],
    ] as const) {
      const answer = await patch(path, body);
      expect(seen(answer)).toEqual([status, [expect.stringMatching(new RegExp(`^${code}`))]]);
    }
    expect((await get("/order")).body).toEqual(before);
  });
});

describe("whose doing it was", () => {
  test("is set by the server; what else the caller claims is kept beside it", async () => {
    const owner = await someOwner();
    const claims = { owners: [owner], features };
    const { post } = callerOf(owner);
    const { client } = await openSocket("/streaming", { claims });
    client.send({ Type: "Subscribe", RequestID: "1", Subscription: { Type: "Transactions" } });
    await client.synchronise();
    const Authorities = { "": { Identity: "User:somebody-else" }, desk: { Identity: "User:trader" } };
    await post("/balance", cash(owner, 1, { Authorities }));
    const frame = await client.until(({ Type }) => Type === "EventMessageType_Update");
    client.close();
    expect(frame).toMatchObject({
      Updates: [
        {
          Transaction: {
            Details: {
              Authorities: {
                "": { Type: "IdentityType_Operator", Identity: "User:alice", Source: "bootstrap" },
                desk: { Identity: "User:trader" },
              },
            },
          },
        },
      ],
    });
  });
});

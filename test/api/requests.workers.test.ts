import { beforeAll, describe, expect, test } from "vitest";
import { account } from "../owner/actions.ts";
import type { Client } from "../owner/client.ts";
import { type Answer, ask, openSocket, someOwner, supply } from "../support/api.ts";

const OPERATOR = { features: ["Admin", "Alter", "Operator"] };

beforeAll(async () => {
  await ask("POST", "/exchange", { claims: OPERATOR, body: JSON.stringify({ Exchange: "asx" }) });
});

/** An Owner with the account A, whose orders on `asx` the feed of that name executes. */
async function tradingOwner(): Promise<string> {
  const owner = await someOwner();
  const claims = { owners: [owner], features: ["Alter"] };
  const body = JSON.stringify({ Account: account(owner), DefaultCurrency: "AUD" });
  expect((await ask("POST", "/account", { claims, body })).status).toBe(204);
  return owner;
}

function buy(owner: string, RequestID: string, change: object = {}, request: object = {}): object {
  const terms = { Code: "BHP", Exchange: "asx", Side: "BUY", OrderType: "LIMIT", Price: 10.25, Quantity: 100 };
  return {
    Type: "New",
    RequestID,
    Account: account(owner),
    New: { ...terms, Lifetime: "GOOD_TILL_CANCEL", ...change },
    ...request,
  };
}

function post(owner: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask("POST", "/request", { claims: { owners: [owner] }, body: JSON.stringify(body), headers });
}

function open(owner: string, path = ""): Promise<Answer> {
  return ask("GET", `/request/for/${owner}${path}`, { claims: { owners: [owner] } });
}

async function sentTo(adapter: Client, count: number) {
  await adapter.until(() => adapter.feedEvents("Request").length >= count);
  return adapter.feedEvents("Request");
}

function answer(adapter: Client, owner: string, RequestID: string, told: object = {}): void {
  adapter.feed("asx", "RequestResponse", undefined, {
    RequestResponse: { RequestID, Account: account(owner), ...told },
  });
}

const seen = ({ status, body }: Answer) => [status, body];

describe("POST /request", () => {
  test("waits for the adapter's answer; meanwhile the request is listed, and afterwards as at that time", async () => {
    const owner = await tradingOwner();
    const adapter = await supply(owner, "asx", []);
    const answered = post(owner, buy(owner, "R1"));
    const [delivered] = await sentTo(adapter, 1);
    expect(delivered).toMatchObject({
      Position: { Sequence: "asx" },
      Request: { Type: "ClientRequestType_New", RequestID: "R1", New: { Price: expect.anything() } },
    });
    expect(delivered?.Request?.Authorities?.[""]).toMatchObject({ Identity: expect.any(String) });
    const meanwhile = await open(owner);
    const state = { Status: "Submitted", Route: "asx", Request: { RequestID: "R1", New: { Price: 10.25 } } };
    expect(meanwhile.body).toMatchObject([state]);
    expect((await open(owner, "/A")).body).toMatchObject([state]);
    expect((await open(owner, "/B")).body).toEqual([]);
    answer(adapter, owner, "R1", { OrderID: "O1", Status: "Completed" });
    const { status, body, headers } = await answered;
    expect([status, body]).toEqual([
      200,
      {
        Type: "ClientRequestType_New",
        RequestID: "R1",
        Account: { AccountID: "A", OwnerID: owner },
        OrderID: "O1",
        Status: "Completed",
      },
    ]);
    const at = headers.get("X-OMS-At") ?? "";
    expect((await open(owner, `?asAt=${at}`)).body).toEqual([]);
    const then = meanwhile.headers.get("X-OMS-At") ?? "";
    expect((await open(owner, `/A?asAt=${then}`)).body).toMatchObject([state]);
  });

  test("is harmless to repeat; with other content it is 409", async () => {
    const owner = await tradingOwner();
    const adapter = await supply(owner, "asx", []);
    const answers = [post(owner, buy(owner, "R1")), post(owner, buy(owner, "R1"))];
    await sentTo(adapter, 1);
    expect(seen(await post(owner, buy(owner, "R1", { Quantity: 1 })))).toEqual([409, ["Request.Conflict R1"]]);
    answer(adapter, owner, "R1");
    for (const { status, body } of await Promise.all(answers))
      expect([status, body]).toMatchObject([200, { Status: "Completed" }]);
    const later = await post(owner, buy(owner, "R1"), { "X-OMS-Compact": "true" });
    expect(later.body).toMatchObject({ Type: "New", Status: "Completed" });
    expect(await sentTo(adapter, 1)).toHaveLength(1);
  });

  test("tells everything that speaks against a request, which is recorded as rejected", async () => {
    const owner = await tradingOwner();
    const { status, body } = await post(owner, buy(owner, "R1", { Side: "OPPOSITE", Price: undefined }));
    expect([status, body]).toMatchObject([200, { Status: "Rejected", Errors: ["Side", "LimitPrice.Missing"] }]);
    const validated = await post(owner, buy(owner, "R2", { Quantity: -1 }, { IsValidate: true }));
    expect(validated.body).toMatchObject({ RequestID: "R2", Errors: ["TotalQuantity"] });
    const path = `/audit/fromdate?owner=${owner}&from=2000-01-01`;
    const audit = await ask("GET", path, { claims: { owners: [owner], features: ["Audit"] } });
    expect(JSON.stringify(audit.body).match(/"RequestID":"R\d"/g)).toEqual(['"RequestID":"R1"']);
  });

  test.each<[string, (owner: string) => object, number, (owner: string) => string]>([
    ["without an account", () => ({ Type: "New" }), 422, () => "Field.Missing Account"],
    [
      "of an account that there is not",
      (owner) => buy(owner, "R", {}, { Account: account(owner, "Z") }),
      422,
      (owner) => `Account ${owner}/Z`,
    ],
    ["without its content", (owner) => ({ Type: "New", Account: account(owner) }), 422, () => "Field.Missing New"],
    [
      "to change a queue, without Operator",
      (owner) => ({
        Type: "Update",
        RequestID: "U",
        Account: account(owner),
        Update: { Type: "Update", Update: { RequestID: "R" } },
      }),
      403,
      () => "Authority",
    ],
    ["with a field that there is not", (owner) => ({ ...buy(owner, "R"), Prise: 1 }), 400, () => "Field.Unknown Prise"],
    ["with an id that is too long", (owner) => buy(owner, "R".repeat(257)), 400, () => "Field.Invalid RequestID"],
  ])("%s is refused, and nothing is recorded", async (_what, body, status, code) => {
    const owner = await tradingOwner();
    const before = (await open(owner)).headers.get("X-OMS-At");
    expect(seen(await post(owner, body(owner)))).toEqual([status, [code(owner)]]);
    expect((await open(owner)).headers.get("X-OMS-At")).toBe(before);
  });
});

test("the Requests view shows a request from its beginning to its end", async () => {
  const owner = await tradingOwner();
  const { client } = await openSocket("/streaming", { claims: { owners: [owner] } });
  client.send({ Type: "ClientRequest", RequestID: "1", Request: buy(owner, "R1") });
  await client.synchronise();
  client.send({ Type: "Subscribe", Subscription: { Type: "Requests" } });
  await client.synchronise();
  const adapter = await supply(owner, "asx", []);
  await sentTo(adapter, 1);
  answer(adapter, owner, "R1", { Errors: ["Symbol"] });
  await client.until(({ RequestResponse }) => RequestResponse !== undefined);
  const shown = client.events.map(({ UpdateAction, Request }) => [Request?.Status, UpdateAction]);
  expect(shown).toEqual([
    ["Pending", undefined],
    ["Submitted", undefined],
    ["Rejected", "UpdateAction_Remove"],
  ]);
});

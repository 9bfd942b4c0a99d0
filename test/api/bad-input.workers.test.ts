import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { ask, defineOwner } from "../support/api.ts";

const OWNER = "bad-input";
const claims = { owners: [OWNER], features: ["Alter", "Operator"] };
const account = { AccountID: "1", OwnerID: OWNER };

beforeAll(() => defineOwner(OWNER));

async function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const { status, body: codes } = await ask("POST", path, { claims, body, headers });
  return [status, codes];
}

/** A transfer of cash whose Value is written so. */
const valued = (value: string) =>
  `{"Transaction":{"Account":{"AccountID":"1","OwnerID":"${OWNER}"}},"Transfer":{"Currency":"AUD","Value":${value}}}`;

describe("bodies that are refused, each with its code", () => {
  test.each<[string, string, number, string]>([
    ["nothing", "", 400, "Message.Unreadable empty"],
    ["no JSON", "Hello", 400, "Message.Unreadable not JSON"],
    ["JSON that ends early", valued("1").slice(0, -1), 400, "Message.Unreadable not JSON"],
    ["NaN", valued("NaN"), 400, "Message.Unreadable not JSON"],
    ["Infinity", valued("Infinity"), 400, "Message.Unreadable not JSON"],
    ["1e999", valued("1e999"), 400, "Field.Invalid Transfer.Value"],
    ["NaN as a text", valued('"NaN"'), 400, "Field.Invalid Transfer.Value"],
    ["a number of 10,000 digits", valued("1".repeat(10_000)), 400, "Field.Invalid Transfer.Value"],
    ["a fraction of 10,000 digits", valued(`0.${"1".repeat(10_000)}`), 400, "Field.Invalid Transfer.Value"],
    ["a text of 10,000 digits", valued(`"${"1".repeat(10_000)}"`), 400, "Field.Invalid Transfer.Value"],
    ["a boolean for a number", valued("true"), 400, "Field.Invalid Transfer.Value"],
    ["null for a number", valued("null"), 400, "Field.Invalid Transfer.Value"],
    ["an unknown field", `{"Transfer":{"Curency":"AUD"}}`, 400, "Field.Unknown Transfer.Curency"],
    ["an unknown enum", `{"Transfer":{"Settlement":"LATER"}}`, 400, "Field.Invalid Transfer.Settlement"],
    ["an unknown enum by number", `{"Transfer":{"Settlement":99}}`, 400, "Field.Invalid Transfer.Settlement"],
    ["no transaction", `{"Transfer":{}}`, 422, "Field.Missing Transaction"],
    ["no transfer", `{"Transaction":{}}`, 422, "Field.Missing Transfer"],
    ["no account", `{"Transaction":{},"Transfer":{}}`, 422, "Field.Missing Transaction.Account"],
    [
      "no owner",
      `{"Transaction":{"Account":{"AccountID":"1"}},"Transfer":{}}`,
      422,
      "Field.Missing Transaction.Account.OwnerID",
    ],
    [
      "an empty owner",
      `{"Transaction":{"Account":{"AccountID":"1","OwnerID":""}},"Transfer":{}}`,
      422,
      "Field.Missing Transaction.Account.OwnerID",
    ],
    [
      "no account id",
      `{"Transaction":{"Account":{"OwnerID":"${OWNER}"}},"Transfer":{}}`,
      422,
      "Field.Missing Transaction.Account.AccountID",
    ],
    [
      "an owner that cannot be one",
      `{"Transaction":{"Account":{"AccountID":"1","OwnerID":"a/b"}},"Transfer":{}}`,
      400,
      "Field.Invalid Transaction.Account.OwnerID",
    ],
    [
      "an account of another Owner",
      `{"Transaction":{"Account":{"AccountID":"1","OwnerID":"another"}},"Transfer":{}}`,
      403,
      "Authority",
    ],
    ["an array", "[]", 400, "Field.Invalid"],
  ])("%s", async (_what, body, status, code) => {
    expect(await post("/balance", body)).toEqual([status, [code]]);
  });

  test("none of them has changed anything", async () => {
    expect((await ask("GET", `/balance/for/${OWNER}`, { claims })).body).toEqual([]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/protobuf"])("415 for %s", async (type) => {
    expect(await post("/balance", valued("1"), { "Content-Type": type })).toEqual([415, ["Message.MediaType"]]);
  });

  test("2 MiB", async () => {
    const body = valued(`"${"1".repeat(2 * 1024 * 1024)}"`);
    expect(await post("/balance", body)).toEqual([413, ["Message.TooLarge"]]);
    expect(await post("/balance/bulk", `[${body}]`)).toEqual([413, ["Message.TooLarge"]]);
  });

  test("one update that is longer than an update may be, alone and among others", async () => {
    const padded = (bytes: number) =>
      JSON.stringify({
        Transaction: { Account: account, Properties: { note: "x".repeat(bytes) } },
        Transfer: { Currency: "AUD", Value: 0 },
      });
    expect(await post("/balance", padded(LIMITS.UPDATE_BYTES))).toEqual([413, ["Message.TooLarge"]]);
    expect(await post("/balance/bulk", `[${valued("0")},${padded(LIMITS.UPDATE_BYTES)}]`)).toEqual([
      413,
      ["Message.TooLarge [1]"],
    ]);
    expect(await post("/balance", padded(LIMITS.UPDATE_BYTES - 1024))).toEqual([204, undefined]);
  });

  test("deep nesting", async () => {
    const deep = (levels: number) => `{"Transfer":${'{"Transfer":'.repeat(levels)}1${"}".repeat(levels)}}`;
    for (const levels of [100, 10_000, 80_000]) {
      const [status, codes] = await post("/balance", deep(levels));
      expect([status, codes]).toEqual([
        400,
        [expect.stringMatching(/^(?:Field\.Unknown Transfer\.Transfer|Message\.Unreadable nested too deeply)$/)],
      ]);
    }
  });

  test("513 items", async () => {
    const items = `[${Array.from({ length: LIMITS.BULK_ITEMS + 1 }, () => "{}").join(",")}]`;
    for (const path of ["/balance/bulk", "/holding/bulk", "/balance/settle", "/account/byids"]) {
      expect(await post(path, items)).toEqual([413, ["Message.TooLarge 512 items"]]);
    }
  });

  test("the item of an array is named", async () => {
    expect(await post("/balance/bulk", `[${valued("1")},{},${valued("1")},${valued('"x"')}]`)).toEqual([
      400,
      ["Field.Invalid [3].Transfer.Value"],
    ]);
    expect(await post("/balance/bulk", `[${valued("1")},{}]`)).toEqual([422, ["Field.Missing [1].Transaction"]]);
    expect(await post("/account/byids", '["a/1",{}]')).toEqual([400, ["Field.Invalid [1]"]]);
  });

  test("an account without a name", async () => {
    expect(await post("/account", "{}")).toEqual([422, ["Field.Missing Account"]]);
    expect(await post("/account", '{"Account":{}}')).toEqual([422, ["Field.Missing Account.OwnerID"]]);
    expect(await post("/account", `{"Account":{"OwnerID":"${OWNER}"}}`)).toEqual([
      422,
      ["Field.Missing Account.AccountID"],
    ]);
  });
});

describe("URLs that are refused, each with its code", () => {
  test.each<[string, number, string]>([
    [`/account/byid/${OWNER}/%zz`, 400, "Message.Unreadable path"],
    [`/account/byid/${OWNER}/%FF`, 400, "Message.Unreadable path"],
    [`/account/byid/${OWNER}/a%00`, 400, "Field.Invalid account"],
    [`/balance/for/${OWNER}/a%1Fb`, 400, "Field.Invalid account"],
    [`/order/for/${OWNER}?onlyActive=perhaps`, 400, "Field.Invalid onlyActive"],
    [`/order?onlyActive=true&onlyActive=false`, 400, "Field.Invalid onlyActive"],
    [`/feed?owner=${OWNER}&asAt=2026-01-01`, 400, "Field.Unknown asAt"],
    [`/feed?owner=${OWNER}&owner=${OWNER}`, 400, "Field.Invalid owner"],
    [`/feed?owner=a%2Fb`, 404, "Owner.Unknown"],
    [`/streaming?owner=${OWNER}&compact=maybe`, 400, "Field.Invalid compact"],
  ])("%s", async (path, status, code) => {
    const answer = await ask("GET", path, { claims });
    expect([answer.status, answer.body]).toEqual([status, [code]]);
  });

  test("a header that says neither yes nor no", async () => {
    const answer = await ask("GET", "/balance", { claims, headers: { "X-OMS-Compact": "perhaps" } });
    expect([answer.status, answer.body]).toEqual([400, ["Field.Invalid X-OMS-Compact"]]);
  });

  test("an id of a settlement that is too long, at the limit and above", async () => {
    const settle = (id: string) => post(`/balance/settle?id=${id}`, "[]");
    expect(await settle("x".repeat(LIMITS.SETTLEMENT_ID_CHARACTERS))).toEqual([204, undefined]);
    expect(await settle("x".repeat(LIMITS.SETTLEMENT_ID_CHARACTERS + 1))).toEqual([400, ["Field.Invalid id"]]);
    expect(await settle("")).toEqual([400, ["Field.Invalid id"]]);
  });

  test("which Owner is meant must be said when the caller may see several, or all", async () => {
    for (const seen of [{ owners: ["a", "b"] }, { features: ["Admin"] }]) {
      const answer = await ask("GET", "/feed", { claims: seen });
      expect([answer.status, answer.body]).toEqual([422, ["Field.Missing owner"]]);
    }
  });

  test("who may see every Owner may ask for one", async () => {
    expect((await ask("GET", `/balance/for/${OWNER}`, { claims: { features: ["Operator"] } })).status).toBe(200);
  });
});

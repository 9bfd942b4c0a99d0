import { beforeAll, describe, expect, test } from "vitest";
import { app } from "../../src/api/app.ts";
import { FEATURES, type Feature } from "../../src/domain/permissions.ts";
import { type Answer, type Asked, ask, defineOwner, supply } from "../support/api.ts";
import { type Claims, tokenFor, unsignedToken } from "../support/token.ts";

/** How a route must answer whom. Its path and body concern the Owner A alone. */
interface Route {
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers without a token. */
  readonly isOpen?: true;
  /** At least one of these is needed. */
  readonly needs?: readonly Feature[];
  /** For who may. */
  readonly answers: number;
  /** For who may see another Owner only. */
  readonly unseen: { readonly status: number; readonly body?: unknown };
}

const A = "A";
const B = "B";
const NOT_ALLOWED = { status: 403, body: ["Authority"] };
const NOT_THERE = { status: 404, body: ["Owner.Unknown"] };
const NOTHING_OF_IT = { status: 200, body: [] };
const SAME_FOR_ALL = { status: 200 };

const account = (AccountID: string, OwnerID = A) => ({ Account: { AccountID, OwnerID } });
const cash = (id: string, OwnerID = A) => ({
  Transaction: { TransactionID: id, ...account("1", OwnerID) },
  Transfer: { Currency: "AUD", Value: 100 },
});
const assets = (id: string, OwnerID = A) => ({
  Transaction: { TransactionID: id, ...account("1", OwnerID) },
  Transfer: { Code: "BHP", Exchange: "ASX", Value: 10 },
});
const settlement = (Owner = A) => ({ Owner, Account: "1", Currency: "USD", ExpectedBalance: 0, Settle: 5 });
const order = (OwnerID: string) => ({
  OrderID: "O1",
  ...account("1", OwnerID),
  Code: "BHP",
  Exchange: "ASX",
  Currency: "AUD",
  Side: "SIDE_BUY",
  Price: 2,
  Quantity: 3,
});
const SOCKET = { Upgrade: "websocket" };

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /account": { path: "/account", answers: 200, unseen: NOTHING_OF_IT },
  "POST /account": {
    path: "/account",
    body: account("new"),
    needs: ["Alter"],
    answers: 204,
    unseen: NOT_ALLOWED,
  },
  "GET /account/byid/:owner": { path: "/account/byid/A", answers: 200, unseen: NOT_THERE },
  "GET /account/byid/:owner/:account": { path: "/account/byid/A/1", answers: 200, unseen: NOT_THERE },
  "DELETE /account/byid/:owner/:account": {
    path: "/account/byid/A/doomed",
    needs: ["Alter"],
    answers: 204,
    unseen: NOT_THERE,
  },
  "GET /account/byids": { path: "/account/byids?id=A/1", answers: 200, unseen: NOTHING_OF_IT },
  "POST /account/byids": { path: "/account/byids", body: ["A/1"], answers: 200, unseen: NOTHING_OF_IT },
  "GET /balance": { path: "/balance", needs: ["Operator", "Admin"], answers: 200, unseen: NOTHING_OF_IT },
  "POST /balance": { path: "/balance", body: cash("one"), needs: ["Alter"], answers: 204, unseen: NOT_ALLOWED },
  "POST /balance/bulk": {
    path: "/balance/bulk",
    body: [cash("two"), cash("three")],
    needs: ["Alter"],
    answers: 204,
    unseen: NOT_ALLOWED,
  },
  "POST /balance/settle": {
    path: "/balance/settle?id=matrix",
    body: [settlement()],
    needs: ["Alter"],
    answers: 204,
    unseen: NOT_ALLOWED,
  },
  "GET /balance/for/:owner": { path: "/balance/for/A", answers: 200, unseen: NOT_ALLOWED },
  "GET /balance/for/:owner/:account": { path: "/balance/for/A/1", answers: 200, unseen: NOT_ALLOWED },
  "GET /holding": { path: "/holding", needs: ["Operator", "Admin"], answers: 200, unseen: NOTHING_OF_IT },
  "POST /holding": { path: "/holding", body: assets("one"), needs: ["Alter"], answers: 204, unseen: NOT_ALLOWED },
  "POST /holding/bulk": {
    path: "/holding/bulk",
    body: [assets("two"), assets("three")],
    needs: ["Alter"],
    answers: 204,
    unseen: NOT_ALLOWED,
  },
  "GET /holding/for/:owner": { path: "/holding/for/A", answers: 200, unseen: NOT_ALLOWED },
  "GET /holding/for/:owner/:account": { path: "/holding/for/A/1", answers: 200, unseen: NOT_ALLOWED },
  "GET /order": { path: "/order", needs: ["Operator", "Admin"], answers: 200, unseen: NOTHING_OF_IT },
  "GET /order/on/:exchange": {
    path: "/order/on/ASX",
    needs: ["Operator", "Admin"],
    answers: 200,
    unseen: NOTHING_OF_IT,
  },
  "GET /order/for/:owner": {
    path: "/order/for/A",
    needs: ["Operator", "Admin"],
    answers: 200,
    unseen: NOT_THERE,
  },
  "GET /order/for/:owner/:account": { path: "/order/for/A/1", answers: 200, unseen: NOT_THERE },
  "GET /order/for/:owner/:account/:order": { path: "/order/for/A/1/O1", answers: 200, unseen: NOT_THERE },
  "PATCH /order/for/:owner/:account/:order": {
    path: "/order/for/A/1/O1",
    body: order(A),
    needs: ["Alter"],
    answers: 200,
    unseen: NOT_THERE,
  },
  "GET /feed": { path: "/feed?owner=A", answers: 200, unseen: NOT_THERE },
  "GET /feed/byid/:feed": { path: "/feed/byid/asx?owner=A", answers: 200, unseen: NOT_THERE },
  "GET /diagnostics/ping": { path: "/diagnostics/ping", isOpen: true, answers: 200, unseen: SAME_FOR_ALL },
  "GET /diagnostics/health": { path: "/diagnostics/health", isOpen: true, answers: 200, unseen: SAME_FOR_ALL },
  "GET /streaming": { path: "/streaming?owner=A", headers: SOCKET, answers: 101, unseen: NOT_ALLOWED },
};

function askRoute(name: string, { path, body, headers }: Route, asked: Asked = {}): Promise<Answer> {
  const [method = ""] = name.split(" ");
  return ask(method, path, {
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...asked,
    headers: { ...headers, ...asked.headers },
  });
}

const withToken = (token: string): Asked => ({ headers: { Authorization: `Bearer ${token}` } });
const everyFeature = (owner: string): Claims => ({ owners: [owner], features: FEATURES });
const minuteAgo = Math.floor(Date.now() / 1000) - 60;

/** All that can be read of an Owner. */
async function everythingOf(owner: string): Promise<readonly unknown[]> {
  const claims = everyFeature(owner);
  const paths = ["/account", "/balance", "/holding", "/order", "/feed"];
  return Promise.all(paths.map(async (path) => (await ask("GET", path, { claims })).body));
}

beforeAll(async () => {
  for (const owner of [A, B]) {
    await defineOwner(owner);
    const claims = { owners: [owner], features: ["Alter"] };
    for (const id of ["1", "doomed"]) {
      await ask("POST", "/account", {
        claims,
        body: JSON.stringify({ ...account(id, owner), Name: `${id} of ${owner}` }),
      });
    }
    await ask("POST", "/balance", { claims, body: JSON.stringify(cash("deposit", owner)) });
    await ask("POST", "/holding", { claims, body: JSON.stringify(assets("deposit", owner)) });
    await supply(owner, "asx", [{ Type: "ExternalActionType_Update", Order: order(owner) }]);
  }
});

test("every route of the app is in this table, and every line of the table is a route", () => {
  const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  expect(Object.keys(ROUTES).sort()).toEqual([...routes].sort());
});

describe.each(Object.entries(ROUTES))("%s", (name, route) => {
  const { needs = [], isOpen = false } = route;

  test.each<[string, () => Asked | Promise<Asked>]>([
    ["no token", () => ({})],
    ["a token signed with something else", async () => withToken(await tokenFor(everyFeature(A), "x".repeat(40)))],
    ["a token without a signature", () => withToken(unsignedToken(everyFeature(A)))],
    ["a token that has expired", async () => withToken(await tokenFor({ ...everyFeature(A), exp: minuteAgo }))],
    ["a token whose owners are no list", async () => withToken(await tokenFor({ ...everyFeature(A), owners: A }))],
  ])("with %s: 401 unless it is open to all", async (_what, asked) => {
    const { status, body, headers } = await askRoute(name, route, await asked());
    expect(status).toBe(isOpen ? 200 : 401);
    if (!isOpen) expect(body).toEqual(["Unauthenticated"]);
    if (!isOpen) expect(headers.get("WWW-Authenticate")).toBe("Bearer");
  });

  test("without the feature it needs: 403; it needs no other", async () => {
    const others = FEATURES.filter((feature) => !needs.includes(feature));
    const features = needs.length === 0 ? [] : others;
    const { status, body } = await askRoute(name, route, { claims: { owners: [A], features } });
    expect(status).toBe(needs.length === 0 ? route.answers : 403);
    if (needs.length > 0) expect(body).toEqual(["Authority"]);
  });

  test("for another Owner's token, with every feature: as rest.md says, and nothing of A", async () => {
    const { status, body } = await askRoute(name, route, { claims: everyFeature(B) });
    expect(status).toBe(route.unseen.status);
    const listed = Array.isArray(body) && body.some((item) => typeof item === "object");
    if (listed) expect(JSON.stringify(body)).not.toContain(`"OwnerID":"A"`);
    else if (route.unseen.body !== undefined && status !== 200) expect(body).toEqual(route.unseen.body);
  });

  test("for a token that names no Owner and is neither Admin nor Operator: never a success with content", async () => {
    const { status, body } = await askRoute(name, route, { claims: { features: ["Alter", "Audit", "Query"] } });
    if (isOpen) expect(status).toBe(200);
    else if (status === 200) expect(body).toEqual([]);
    else expect([403, 404]).toContain(status);
  });

  test.each(needs.length === 0 ? [undefined] : needs)("with what it needs (%s) it answers", async (feature) => {
    const features = feature === undefined ? [] : [feature];
    const { status, headers } = await askRoute(name, route, { claims: { owners: [A], features } });
    // The table's account is deleted once: then it is gone.
    expect(status).toBe(route.answers);
    if (status !== 101) expect(headers.get("Cache-Control")).toBe("no-store");
  });

  test("a query that it does not know is refused, not ignored", async () => {
    const separator = route.path.includes("?") ? "&" : "?";
    const path = `${route.path}${separator}asAt=2026-01-01T00:00:00Z`;
    const { status, body } = await askRoute(name, { ...route, path }, { claims: everyFeature(A) });
    expect([status, body]).toEqual([400, ["Field.Unknown asAt"]]);
  });

  test("its path under a method that it does not have: 405, with those that it has", async () => {
    const [method = ""] = name.split(" ");
    const { status, body, headers } = await ask("PUT", route.path, { claims: everyFeature(A) });
    expect([status, body]).toEqual([405, ["Message.Method"]]);
    expect(headers.get("Allow")?.split(", ")).toContain(method);
    const options = await ask("OPTIONS", route.path);
    expect([options.status, options.headers.get("Allow")]).toEqual([204, headers.get("Allow")]);
  });
});

describe("an Owner is not reached with another's token", () => {
  const claims = everyFeature(A);
  const post = (path: string, body: object) => ask("POST", path, { claims, body: JSON.stringify(body) });

  test.each<[string, () => Promise<Answer>, number, unknown]>([
    ["an account in the body", () => post("/account", account("1", B)), 403, ["Authority"]],
    ["a transfer of cash", () => post("/balance", cash("theft", B)), 403, ["Authority"]],
    ["one of many transfers of cash", () => post("/balance/bulk", [cash("own"), cash("theft", B)]), 403, ["Authority"]],
    ["a settlement", () => post("/balance/settle", [settlement(B)]), 403, ["Authority"]],
    ["a transfer of assets", () => post("/holding", assets("theft", B)), 403, ["Authority"]],
    ["one of many transfers of assets", () => post("/holding/bulk", [assets("theft", B)]), 403, ["Authority"]],
    [
      "an order under an own path",
      () => ask("PATCH", "/order/for/A/1/O1", { claims, body: JSON.stringify(order(B)) }),
      422,
      ["Account B/1"],
    ],
    [
      "an order under its path",
      () => ask("PATCH", "/order/for/B/1/O1", { claims, body: JSON.stringify(order(B)) }),
      404,
      ["Owner.Unknown"],
    ],
    ["an account by DELETE", () => ask("DELETE", "/account/byid/B/1", { claims }), 404, ["Owner.Unknown"]],
    ["accounts by id", () => ask("GET", "/account/byids?id=B/1&id=B/doomed", { claims }), 200, []],
    ["accounts by id in a body", () => post("/account/byids", ["B/1"]), 200, []],
    ["a feed", () => ask("GET", "/feed/byid/asx?owner=B", { claims }), 404, ["Owner.Unknown"]],
    ["its feeds", () => ask("GET", "/feed?owner=B", { claims }), 404, ["Owner.Unknown"]],
    ["its health", () => ask("GET", "/diagnostics/health?owner=B", { claims }), 403, ["Authority"]],
    ["its stream", () => ask("GET", "/streaming?owner=B", { claims, headers: SOCKET }), 403, ["Authority"]],
    ["an escaped name", () => ask("GET", "/balance/for/%42", { claims }), 403, ["Authority"]],
  ])("%s", async (_what, attempt, status, body) => {
    const before = await everythingOf(B);
    expect(JSON.stringify(before)).toContain(`"OwnerID":"B"`);
    const answer = await attempt();
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(await everythingOf(B)).toEqual(before);
  });

  test("a call that names another's item does nothing, also for the items that are its own", async () => {
    const before = await everythingOf(A);
    await post("/balance/bulk", [cash("own item"), cash("theft", B)]);
    expect(await everythingOf(A)).toEqual(before);
  });
});

describe("what is not a route", () => {
  test.each([
    "/",
    "/accounts",
    "/account/",
    "/account/byid",
    "/account/byid/A/1/2",
    "/balance/for",
    "/order/for//1",
    "/Account",
    "/%61ccount",
  ])("404 for %s, with or without a token", async (path) => {
    expect(await ask("GET", path)).toMatchObject({ status: 404, body: ["Unknown"] });
    expect(await ask("GET", path, { claims: everyFeature(A) })).toMatchObject({ status: 404, body: ["Unknown"] });
    expect((await ask("OPTIONS", path)).status).toBe(404);
  });
});

describe("HEAD", () => {
  test("answers as GET does, without the body, and needs the same", async () => {
    const { status, body, headers } = await ask("HEAD", "/account", { claims: everyFeature(A) });
    expect([status, body, headers.get("Content-Type")]).toEqual([200, undefined, "application/json"]);
    expect((await ask("HEAD", "/account")).status).toBe(401);
    expect((await ask("HEAD", "/account/byid/A/none", { claims: everyFeature(A) })).status).toBe(404);
  });

  test("is no way to open a socket", async () => {
    expect((await ask("HEAD", "/streaming", { claims: everyFeature(A) })).status).toBe(426);
  });
});

describe("health", () => {
  test("of the Worker is told to anybody, of an Owner to who may see it", async () => {
    expect((await ask("GET", "/diagnostics/ping")).body).toBe("OK");
    expect((await ask("GET", "/diagnostics/health")).body).toBe("Healthy");
    expect(await ask("GET", "/diagnostics/health?owner=A")).toMatchObject({ status: 401, body: ["Unauthenticated"] });
    const seen = await ask("GET", "/diagnostics/health?owner=A", { claims: { owners: [A] } });
    expect([seen.status, seen.body]).toEqual([200, "Healthy"]);
  });
});

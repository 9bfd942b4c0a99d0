import { beforeAll, describe, expect, test } from "vitest";
import { app } from "../../src/api/app.ts";
import { FEATURES, type Feature } from "../../src/domain/permissions.ts";
import { type Answer, type Asked, ask, defineOwner, supply } from "../support/api.ts";
import { answerAll } from "../support/questions.ts";
import { RegisteredIssuer } from "../support/registered.ts";
import type { Claims } from "../support/token.ts";
import { A, B, NOBODY, type Preparation, type Route } from "./route-kinds.ts";
import { account, assets, COMMON_SETUP, cash, order, ROUTES, SOCKET, settlement } from "./route-table.ts";
import { BAD_TOKENS, GOOD_TOKENS } from "./token-table.ts";

/** Every parameter that any query may have. */
const PARAMETERS = [...new Set(Object.values(ROUTES).flatMap(({ takes = [] }) => takes))];

let issuer: RegisteredIssuer;

function askRoute(name: string, route: Route, owner: string, asked: Asked = {}): Promise<Answer> {
  const [method = ""] = name.split(" ");
  const body = route.body?.(owner);
  return ask(method, route.path(owner), {
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...asked,
    headers: { ...route.headers, ...asked.headers },
  });
}

const withToken = (token: string): Asked => ({ headers: { Authorization: `Bearer ${token}` } });
const everyFeature = (...owners: readonly string[]): Claims => ({ owners, features: FEATURES });
const operator: Claims = { features: FEATURES };

/** Every way to have as many features as can be without being let in: one of each combination that suffices is missing. */
function insufficient(needs: readonly (readonly Feature[])[]): readonly (readonly Feature[])[] {
  const missing = needs.reduce<readonly (readonly Feature[])[]>(
    (chosen, combination) => chosen.flatMap((some) => combination.map((feature) => [...some, feature])),
    [[]],
  );
  return missing.map((some) => FEATURES.filter((feature) => !some.includes(feature)));
}

/** All that can be read of an Owner. */
async function everythingOf(owner: string): Promise<readonly unknown[]> {
  const claims = everyFeature(owner);
  const paths = ["/account", "/balance", "/holding", "/order", "/feed"];
  return Promise.all(paths.map(async (path) => (await ask("GET", path, { claims })).body));
}

/** All that can be read of A, of B and of what is common, with who made it so. */
async function everything(): Promise<unknown> {
  const common = await ask("GET", "/audit/system", { claims: operator });
  return [common.body, await everythingOf(A), await everythingOf(B)];
}

async function prepare(calls: readonly Preparation[] = []): Promise<void> {
  for (const [method, path, body] of calls) {
    const { status } = await ask(method, path, { claims: operator, ...(body && { body: JSON.stringify(body) }) });
    expect([204, 404]).toContain(status);
  }
}

beforeAll(async () => {
  issuer = await RegisteredIssuer.define("matrix");
  await prepare(COMMON_SETUP);
  for (const owner of [A, B]) {
    await defineOwner(owner);
    const claims = { owners: [owner], features: ["Alter"] };
    for (const id of ["1", "doomed"]) {
      const body = JSON.stringify({ ...account(id, owner), Name: `${id} of ${owner}` });
      await ask("POST", "/account", { claims, body });
    }
    await ask("POST", "/balance", { claims, body: JSON.stringify(cash("deposit", owner)) });
    await ask("POST", "/holding", { claims, body: JSON.stringify(assets("deposit", owner)) });
    const adapter = await supply(owner, "asx", [{ Type: "ExternalActionType_Update", Order: order(owner) }]);
    answerAll(adapter, () => ({ Tag: `answered at ${owner}` }));
  }
});

test("every route of the app is in this table, and every line of the table is a route", () => {
  const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  expect(Object.keys(ROUTES).sort()).toEqual([...routes].sort());
});

describe.each(Object.entries(ROUTES))("%s", (name, route) => {
  const { needs = [], isOpen = false, subject = A } = route;
  // The Owners that a caller must see for it to answer.
  const seen = [subject, ...(route.alsoSees ?? [])];
  const isCommon = route.unseen === "the same";
  const sufficient = (needs.length === 0 ? [[]] : needs).map((features) => ({ features }));
  const lacking = (needs.length === 0 ? [] : insufficient(needs)).map((features) => ({ features }));

  describe("lets nobody in by a bad token: 401 unless it is open to all", () => {
    let before: unknown;

    beforeAll(async () => {
      // Known already, so that a bad token of it is all that is new.
      await issuer.tokenFor(everyFeature(...seen));
      before = await everything();
    });

    async function expectNobody(asked: Asked): Promise<void> {
      const { status, body, headers } = await askRoute(name, route, subject, asked);
      expect(status).toBe(isOpen ? 200 : 401);
      if (!isOpen) expect(body).toEqual(["Unauthenticated"]);
      if (!isOpen) expect(headers.get("WWW-Authenticate")).toBe("Bearer");
    }

    test("none at all", () => expectNobody({}));

    test.each(BAD_TOKENS)("one %s", async (_what, make) => {
      await expectNobody(withToken(await make(issuer, everyFeature(...seen))));
    });

    test("and nothing has changed", async () => {
      expect(await everything()).toEqual(before);
    });
  });

  describe.each(GOOD_TOKENS)("with a token %s", (_kind, make) => {
    const bearing = async (claims: Claims) => withToken(await make(issuer, claims));
    const askWith = async (owner: string, claims: Claims) => askRoute(name, route, owner, await bearing(claims));

    test.each(lacking)("with no other features than $features: 403", async ({ features }) => {
      const asked = await bearing({ owners: seen, features });
      const before = await everything();
      const { status, body } = await askRoute(name, route, subject, asked);
      expect([status, body]).toEqual([403, ["Authority"]]);
      expect(await everything()).toEqual(before);
    });

    test.each(sufficient)("with the features that it needs, $features, it answers", async ({ features }) => {
      await prepare(route.prepare);
      const { status, headers } = await askWith(subject, { owners: seen, features });
      expect(status).toBe(route.answers);
      if (status !== 101) expect(headers.get("Cache-Control")).toBe("no-store");
    });

    test("for another Owner's, with every feature: as documented, and nothing of this one", async () => {
      await prepare(route.prepare);
      const { status, body } = await askWith(subject, everyFeature(B));
      expect(status).toBe(route.unseen === "the same" ? route.answers : route.unseen.status);
      if (route.unseen === "the same") return;
      if (status !== 200) expect(body).toEqual(route.unseen.body);
      else expect(JSON.stringify(body)).not.toContain(`"OwnerID":"A"`);
    });

    test("of who may see every Owner, about one that does not exist: as documented", async () => {
      await prepare([...(route.prepare ?? []), ["DELETE", `/owner/byid/${NOBODY}?force=true`]]);
      const { status, body } = await askWith(NOBODY, operator);
      if (route.unknown === "the same") expect(status).toBe(route.answers);
      else expect([status, body]).toEqual([route.unknown.status, route.unknown.body]);
    });

    test("of an identity that may do nothing: only what is common and needs no feature", async () => {
      const { status, body } = await askWith(subject, {});
      if (isCommon) expect(status).toBe(isOpen || needs.length === 0 ? route.answers : 403);
      else if (needs.length > 0) expect([status, body]).toEqual([403, ["Authority"]]);
      else if (status === 200) expect(body).toEqual([]);
      else expect([status, body]).toEqual([route.unseen.status, route.unseen.body]);
    });

    test("of who names no Owner and is neither Admin nor Operator: no content of any Owner", async () => {
      const features = ["Alter", "Audit", "Query"];
      const { status, body } = await askWith(subject, { features });
      const isEnough = sufficient.some((each) => each.features.every((feature) => features.includes(feature)));
      if (isCommon) expect(status).toBe(isEnough ? route.answers : 403);
      else if (status === 200) expect(body).toEqual([]);
      else expect([403, 404]).toContain(status);
    });
  });

  test("a query that it does not know is refused, not ignored", async () => {
    const path = route.path(subject);
    const asked = { ...route, path: () => `${path}${path.includes("?") ? "&" : "?"}fromAt=1` };
    const { status, body } = await askRoute(name, asked, subject, { claims: everyFeature(...seen) });
    expect([status, body]).toEqual([400, ["Field.Unknown fromAt"]]);
  });

  test("of the parameters that queries have, it takes those that are documented and no others", async () => {
    for (const parameter of PARAMETERS.filter((each) => route.takes?.includes(each) !== true)) {
      const path = route.path(subject);
      const asked = { ...route, path: () => `${path}${path.includes("?") ? "&" : "?"}${parameter}=1` };
      const { status, body } = await askRoute(name, asked, subject, { claims: everyFeature(...seen) });
      expect([status, body]).toEqual([400, [`Field.Unknown ${parameter}`]]);
    }
  });

  test("its path under a method that it does not have: 405, with those that it has", async () => {
    const [method = ""] = name.split(" ");
    const { status, body, headers } = await ask("PUT", route.path(subject), { claims: everyFeature(A) });
    expect([status, body]).toEqual([405, ["Message.Method"]]);
    expect(headers.get("Allow")?.split(", ")).toContain(method);
    const options = await ask("OPTIONS", route.path(subject));
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
    ["its adapter", () => ask("GET", "/feed/byid/asx/query/T?owner=B", { claims }), 404, ["Owner.Unknown"]],
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
    "/index.html",
    "/dashboard",
    "/dashboard/none.js",
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

import { Hono } from "hono";
import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { authorised, authorisedSocket } from "../../src/api/authentication.ts";
import type { Api } from "../../src/api/environment.ts";
import { answerError } from "../../src/api/refusals.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { type Claims, TEST_SECRET, tokenFor, unsignedToken } from "../support/token.ts";

const app = new Hono<Api>();
app.get("/any", authorised(), (call) => call.json(call.var.caller));
app.get("/alter", authorised("Alter"), (call) => call.json(call.var.caller));
app.get("/socket", authorisedSocket(), (call) => call.json(call.var.caller));
app.onError(answerError);

// No route here asks an Owner: who may enter is decided before.
const nobody = {
  idFromName: (name: string) => ({ name }),
  get: () => {
    throw new Error("asked an Owner");
  },
};

async function ask(path: string, headers: Record<string, string>, secret: string | undefined = TEST_SECRET) {
  const environment = { OWNERS: nobody, ...(secret !== undefined && { OMS_BOOTSTRAP_SECRET: secret }) };
  const response = await app.request(path, { headers }, environment);
  return { status: response.status, body: await response.json() };
}
const askWith = async (token: string, secret?: string) => ask("/any", { Authorization: `Bearer ${token}` }, secret);
const ASKED_IN_VAIN = { status: 401, body: ["Unauthenticated"] };

describe("a token that is accepted", () => {
  test("says who the caller is and what it may", async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { owners: ["XS", "YS", "XS"], features: ["Alter"], feeds: ["asx"], exchanges: ["ASX"], exp };
    const { status, body } = await askWith(await tokenFor(claims));
    expect(status).toBe(200);
    expect(body).toEqual({
      permissions: {
        Type: "IdentityType_Operator",
        Identity: "User:alice",
        Source: "bootstrap",
        Owners: ["XS", "YS"],
        Exchanges: ["ASX"],
        Features: ["Alter"],
        Feeds: ["asx"],
      },
      expires: exp,
    });
  });

  test("may leave everything out but who it is", async () => {
    const { body } = await askWith(await tokenFor({ owners: [] }));
    expect(body).toEqual({
      permissions: { Type: "IdentityType_Operator", Identity: "User:alice", Source: "bootstrap" },
    });
  });

  test("may name a program instead of a person", async () => {
    const { body } = await askWith(await tokenFor({ sub: undefined, client_id: "adapter" }));
    expect(body).toMatchObject({ permissions: { Type: "IdentityType_Service", Identity: "Client:adapter" } });
  });
});

describe("401 for everything else", () => {
  const sign = (claims: Claims, alg: string, secret = TEST_SECRET) =>
    new SignJWT({ sub: "alice", ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
  const now = () => Math.floor(Date.now() / 1000);

  test.each<[string, () => string | Promise<string>]>([
    ["what is no token", () => "hello"],
    ["another secret", () => tokenFor({}, "another secret, of sufficient length")],
    ["no algorithm", () => unsignedToken({ owners: ["XS"] })],
    ["another algorithm", () => sign({}, "HS384", TEST_SECRET.repeat(2))],
    ["the right secret under another algorithm", () => sign({}, "HS512", TEST_SECRET.repeat(2))],
    ["a changed payload", async () => (await tokenFor({})).replace(/\.[^.]+\./, ".eyJzdWIiOiJib2IifQ.")],
    ["no signature", async () => (await tokenFor({})).replace(/[^.]+$/, "")],
    ["expired", () => tokenFor({ exp: now() - LIMITS.CLOCK_SKEW_SECONDS - 1 })],
    ["not valid yet", () => tokenFor({ nbf: now() + LIMITS.CLOCK_SKEW_SECONDS + 60 })],
    ["an expiry that is no time", () => tokenFor({ exp: "tomorrow" as unknown as number })],
    ["nobody", () => tokenFor({ sub: undefined })],
    ["an empty name", () => tokenFor({ sub: "" })],
    ["a name with a control character", () => tokenFor({ sub: "al\u0000ice" })],
    ["owners that are one text", () => tokenFor({ owners: "XS" })],
    ["owners that are an object", () => tokenFor({ owners: { 0: "XS" } })],
    ["owners of which one is a number", () => tokenFor({ owners: ["XS", 7] })],
    ["owners that are null", () => tokenFor({ owners: null })],
    ["an owner that cannot be one", () => tokenFor({ owners: ["X/S"] })],
    ["an empty owner", () => tokenFor({ owners: [""] })],
    ["features that are one text", () => tokenFor({ features: "Alter" })],
    ["feeds of which one is null", () => tokenFor({ feeds: [null] })],
    ["a feed that cannot be one", () => tokenFor({ feeds: ["a@b"] })],
    ["exchanges that are a number", () => tokenFor({ exchanges: 1 })],
  ])("%s", async (_what, makeToken) => {
    expect(await askWith(await makeToken())).toEqual(ASKED_IN_VAIN);
  });

  test.each(["", "Bearer", "Bearer ", "Basic YWxpY2U6c2VjcmV0", "Bearer a b"])(
    "Authorization: '%s'",
    async (header) => {
      expect(await ask("/any", { Authorization: header })).toEqual(ASKED_IN_VAIN);
    },
  );

  test("no Authorization, with how to authenticate", async () => {
    const response = await app.request("/any", {}, { OWNERS: nobody, OMS_BOOTSTRAP_SECRET: TEST_SECRET });
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await response.json()).toEqual(["Unauthenticated"]);
  });
});

describe("features", () => {
  test("403 without the feature that is needed, also with all others", async () => {
    const headers = {
      Authorization: `Bearer ${await tokenFor({ features: ["Admin", "Audit", "Operator", "alter"] })}`,
    };
    expect(await ask("/alter", headers)).toEqual({ status: 403, body: ["Authority"] });
  });

  test("with it the call goes through", async () => {
    const headers = { Authorization: `Bearer ${await tokenFor({ features: ["Alter"] })}` };
    expect((await ask("/alter", headers)).status).toBe(200);
  });
});

describe("the secret", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("without one nobody gets in, not even with a token signed with nothing", async () => {
    const token = await tokenFor({}, TEST_SECRET);
    for (const secret of [undefined, ""]) {
      const environment = { OWNERS: nobody, ...(secret !== undefined && { OMS_BOOTSTRAP_SECRET: secret }) };
      for (const offered of [token, unsignedToken({})]) {
        const response = await app.request("/any", { headers: { Authorization: `Bearer ${offered}` } }, environment);
        expect(response.status).toBe(401);
      }
    }
  });

  test.each([LIMITS.SECRET_BYTES - 1, 1])("of %i bytes is refused, even when the token is right", async (length) => {
    const secret = "s".repeat(length);
    expect(await askWith(await tokenFor({}, secret), secret)).toEqual({ status: 503, body: ["Unhealthy"] });
  });

  test.each([LIMITS.SECRET_BYTES, LIMITS.SECRET_BYTES + 1])("of %i bytes is accepted", async (length) => {
    const secret = "s".repeat(length);
    expect((await askWith(await tokenFor({}, secret), secret)).status).toBe(200);
  });

  test("is counted in bytes", async () => {
    const secret = "é".repeat(LIMITS.SECRET_BYTES / 2);
    expect((await askWith(await tokenFor({}, secret), secret)).status).toBe(200);
  });
});

describe("a token as a subprotocol", () => {
  test("is accepted for a socket", async () => {
    const offered = `oms.v1, bearer.${await tokenFor({ owners: ["XS"] })}`;
    expect(await ask("/socket", { "Sec-WebSocket-Protocol": offered })).toMatchObject({
      body: { permissions: { Owners: ["XS"] } },
    });
  });

  test("is not accepted for anything else", async () => {
    const offered = `oms.v1, bearer.${await tokenFor({})}`;
    expect(await ask("/any", { "Sec-WebSocket-Protocol": offered })).toEqual(ASKED_IN_VAIN);
  });

  test("counts for nothing when it is not valid, or beside a header that is not", async () => {
    expect(await ask("/socket", { "Sec-WebSocket-Protocol": "oms.v1, bearer.x" })).toEqual(ASKED_IN_VAIN);
    const offered = `oms.v1, bearer.${await tokenFor({})}`;
    const headers = { Authorization: "Bearer x", "Sec-WebSocket-Protocol": offered };
    expect(await ask("/socket", headers)).toEqual(ASKED_IN_VAIN);
  });
});

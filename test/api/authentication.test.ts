import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { misconfiguration, secretProblem } from "../../src/api/bootstrap-identity.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { beginHour, forget, Installation, installationTrusting } from "../support/installation.ts";
import { makeSigningKey, type PublishedKeys } from "../support/published-keys.ts";
import { type Claims, TEST_SECRET, tokenFor, unsignedToken } from "../support/token.ts";

async function ask(path: string, headers: Record<string, string>, secret: string | undefined = TEST_SECRET) {
  const installation = new Installation();
  installation.secret = secret;
  return installation.ask(path, headers);
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
    ["not valid yet", () => tokenFor({ nbf: now() + LIMITS.CLOCK_SKEW_SECONDS + 5 })],
    ["an expiry that is no time", () => tokenFor({ exp: "tomorrow" as unknown as number })],
    ["an expiry that no clock can tell", () => tokenFor({ exp: 8_640_000_000_001 })],
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
    expect(await askWith(await makeToken())).toMatchObject(ASKED_IN_VAIN);
  });

  test.each(["", "Bearer", "Bearer ", "Basic YWxpY2U6c2VjcmV0", "Bearer a b"])(
    "Authorization: '%s'",
    async (header) => {
      expect(await ask("/any", { Authorization: header })).toMatchObject(ASKED_IN_VAIN);
    },
  );

  test("no Authorization, with how to authenticate", async () => {
    const { status, body, headers } = await ask("/any", {});
    expect({ status, body }).toMatchObject(ASKED_IN_VAIN);
    expect(headers.get("WWW-Authenticate")).toBe("Bearer");
  });
});

describe("features", () => {
  test("403 without the feature that is needed, also with all others", async () => {
    const headers = {
      Authorization: `Bearer ${await tokenFor({ features: ["Admin", "Audit", "Operator", "alter"] })}`,
    };
    expect(await ask("/alter", headers)).toMatchObject({ status: 403, body: ["Authority"] });
  });

  test("with it the call goes through", async () => {
    const headers = { Authorization: `Bearer ${await tokenFor({ features: ["Alter"] })}` };
    expect((await ask("/alter", headers)).status).toBe(200);
  });
});

describe("features of which several are named", () => {
  const statusWith = async (path: string, features: readonly string[]) =>
    (await ask(path, { Authorization: `Bearer ${await tokenFor({ features })}` })).status;

  test.each([
    [[], 403, 403],
    [["Audit"], 200, 403],
    [["Alter"], 200, 403],
    [["Admin"], 403, 403],
    [["Alter", "Audit"], 200, 403],
    [["Admin", "Alter"], 200, 200],
  ])("%j: at least one of Alter and Audit is %i, both Alter and Admin is %i", async (features, one, all) => {
    expect(await statusWith("/alter-or-audit", features)).toBe(one);
    expect(await statusWith("/alter-and-admin", features)).toBe(all);
  });

  test("401 comes before 403", async () => {
    expect(await ask("/alter-and-admin", {})).toMatchObject(ASKED_IN_VAIN);
  });
});

describe("the length of a token", () => {
  const padded = (characters: number, typ: string) =>
    new SignJWT({ sub: "alice", padding: "p".repeat(characters) })
      .setProtectedHeader({ alg: "HS256", typ })
      .sign(new TextEncoder().encode(TEST_SECRET));

  /** A valid token of exactly so many characters. Three characters of a part make four of the token. */
  async function tokenOfLength(length: number): Promise<string> {
    const missing = length - (await padded(0, "")).length;
    for (const less of [0, 1, 2, 3]) {
      for (const typ of ["", "T", "TT"]) {
        const token = await padded(Math.floor((missing * 3) / 4) - less, typ);
        if (token.length === length) return token;
      }
    }
    throw new Error(`no token of ${length} characters`);
  }

  test.each([
    [LIMITS.TOKEN_BYTES - 1, 200],
    [LIMITS.TOKEN_BYTES, 200],
    [LIMITS.TOKEN_BYTES + 1, 401],
  ])("of %i bytes: %i", async (length, status) => {
    const token = await tokenOfLength(length);
    expect((await askWith(token)).status).toBe(status);
    expect((await ask("/socket", { "Sec-WebSocket-Protocol": `oms.v1, bearer.${token}` })).status).toBe(status);
  });
});

describe("a bootstrap token and the clock", () => {
  const SKEW = LIMITS.CLOCK_SKEW_SECONDS;
  beforeEach(beginHour);
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    [{ exp: 1 - SKEW }, 200],
    [{ exp: -SKEW }, 401],
    [{ exp: -SKEW - 1 }, 401],
    [{ nbf: SKEW - 1 }, 200],
    [{ nbf: SKEW }, 200],
    [{ nbf: SKEW + 1 }, 401],
  ])("%o seconds from now: %i", async (moments, status) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = Object.fromEntries(Object.entries(moments).map(([claim, seconds]) => [claim, now + seconds]));
    expect((await askWith(await tokenFor(claims))).status).toBe(status);
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
      const installation = new Installation();
      installation.secret = secret;
      for (const offered of [token, unsignedToken({})]) {
        expect(await installation.askWith(offered)).toMatchObject(ASKED_IN_VAIN);
      }
    }
  });

  test.each([LIMITS.SECRET_BYTES - 1, 1])("of %i bytes is refused, even when the token is right", async (length) => {
    const secret = "s".repeat(length);
    expect(await askWith(await tokenFor({}, secret), secret)).toMatchObject({ status: 503, body: ["Unhealthy"] });
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

describe("the secret beside identity sources", () => {
  let issuer: PublishedKeys;
  let installation: Installation;
  const key = makeSigningKey({ kid: "1" });
  beforeEach(async () => {
    ({ issuer, installation } = await installationTrusting(await key));
  });
  afterEach(() => forget(issuer));

  test.each([
    ["none", undefined, 401],
    ["an empty one", "", 401],
    ["one that is too short", "s".repeat(LIMITS.SECRET_BYTES - 1), 503],
    ["one that is long enough", "s".repeat(LIMITS.SECRET_BYTES), 200],
  ])("%s does not lock out the tokens of sources", async (_what, secret, bootstrap) => {
    installation.secret = secret;
    expect((await installation.askWith(await issuer.token(await key))).status).toBe(200);
    expect((await installation.askWith(await tokenFor({}, secret || TEST_SECRET))).status).toBe(bootstrap);
  });

  test("one that is too short cannot be told from none by who has no token", async () => {
    installation.secret = "s";
    expect(await installation.ask("/any", {})).toMatchObject(ASKED_IN_VAIN);
  });

  test("a bootstrap token asks the System nothing", async () => {
    installation.secret = TEST_SECRET;
    installation.isReachable = false;
    const path = "/opened";
    expect((await installation.askWith(await tokenFor({ owners: ["XS"] }), path)).status).toBe(200);
    expect(installation.asked).toEqual({ sources: 0, permissions: 0 });
  });
});

describe("why nobody can be let in", () => {
  const short = { OMS_BOOTSTRAP_SECRET: "s".repeat(LIMITS.SECRET_BYTES - 1) };
  const long = { OMS_BOOTSTRAP_SECRET: "s".repeat(LIMITS.SECRET_BYTES) };

  test("neither a secret nor a source", () => {
    for (const environment of [{}, { OMS_BOOTSTRAP_SECRET: "" }]) {
      expect(misconfiguration(environment, 0)).toContain("is not set, and no identity source is defined");
      expect(misconfiguration(environment, 1)).toBeUndefined();
      expect(secretProblem(environment)).toContain("is not set");
    }
  });

  test("a secret that is too short and no source", () => {
    expect(misconfiguration(short, 0)).toContain(`less than ${LIMITS.SECRET_BYTES} bytes, and no identity source`);
    expect(misconfiguration(short, 1)).toBeUndefined();
    expect(secretProblem(short)).toContain("less than");
  });

  test("a secret that is long enough is enough", () => {
    expect(misconfiguration(long, 0)).toBeUndefined();
    expect(secretProblem(long)).toBeUndefined();
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
    expect(await ask("/any", { "Sec-WebSocket-Protocol": offered })).toMatchObject(ASKED_IN_VAIN);
  });

  test("counts for nothing when it is not valid, or beside a header that is not", async () => {
    expect(await ask("/socket", { "Sec-WebSocket-Protocol": "oms.v1, bearer.x" })).toMatchObject(ASKED_IN_VAIN);
    const offered = `oms.v1, bearer.${await tokenFor({})}`;
    const headers = { Authorization: "Bearer x", "Sec-WebSocket-Protocol": offered };
    expect(await ask("/socket", headers)).toMatchObject(ASKED_IN_VAIN);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { ask } from "../support/api.ts";
import { RegisteredIssuer } from "../support/registered.ts";
import { atOf, get, headPosition, OPERATOR, post, remove, seen, testCommonResource } from "./common-resource.ts";

const IDENTITIES = "/identity";
const SOURCES = "/identity/source";
const sourcePath = (code: string) => `${SOURCES}/bycode/${code}`;
const identityPath = (identity: string, source = "people") =>
  `${IDENTITIES}/for/${source}/${encodeURIComponent(identity)}`;
const source = (Code: string, Parameters: object = {}) => ({
  Code,
  Authentication: "IdentityAuthentication_JWT",
  Parameters: { Issuer: `https://${Code}.test`, Audience: "oms", ...Parameters },
});

let issuer: RegisteredIssuer;

beforeAll(async () => {
  issuer = await RegisteredIssuer.define("issuer");
  await post(SOURCES, source("people"));
});

describe("an identity source", () => {
  testCommonResource({
    path: SOURCES,
    pathOf: sourcePath,
    details: (Code) => ({ ...source(Code), Name: "The staff", Metadata: { contact: "the help desk" } }),
    change: { Name: "Everybody", Parameters: { Issuer: "https://changed.test", Audience: "others" } },
    nameless: ["Field.Missing Code"],
    absent: { read: "Unknown", removed: (name) => `Unknown ${name}` },
  });

  test.each<[object, number, string]>([
    [source("bootstrap"), 400, "Field.Invalid Code"],
    [source("a/b"), 400, "Field.Invalid Code"],
    [source("x".repeat(LIMITS.FEED_NAME_CHARACTERS + 1)), 400, "Field.Invalid Code"],
    [{ ...source("E"), Authentication: undefined }, 400, "Field.Invalid Authentication"],
    [{ ...source("E"), Authentication: "SAML" }, 400, "Field.Invalid Authentication"],
    [{ ...source("E"), Parameters: undefined }, 422, "Field.Missing Parameters.Issuer"],
    [source("E", { Audience: undefined }), 422, "Field.Missing Parameters.Audience"],
    [source("E", { Audience: "" }), 400, "Field.Invalid Parameters.Audience"],
    [source("E", { Audience: "x".repeat(257) }), 400, "Field.Invalid Parameters.Audience"],
    [source("E", { Issuer: "http://people.test" }), 400, "Field.Invalid Parameters.Issuer"],
    [source("E", { Issuer: "https://people.test?a=1" }), 400, "Field.Invalid Parameters.Issuer"],
    [source("E", { Issuer: "not a URL" }), 400, "Field.Invalid Parameters.Issuer"],
    [source("E", { JwksUri: "http://people.test/keys" }), 400, "Field.Invalid Parameters.JwksUri"],
    [source("E", { Secret: "x" }), 400, "Field.Unknown Parameters.Secret"],
    [source("E", { Issuer: "https://people.test" }), 400, "Field.Invalid Parameters.Audience"],
  ])("%j is refused", async (body, status, code) => {
    expect(seen(await post(SOURCES, body))).toEqual([status, [code]]);
    expect((await get(sourcePath("E"))).status).toBe(404);
  });

  test("is shown with enums in their short spelling to who asks for it", async () => {
    const compact = { "X-OMS-Compact": "true" };
    expect((await get(sourcePath("people"), compact)).body).toEqual({ ...source("people"), Authentication: "JWT" });
    expect((await get(SOURCES, compact)).body).toContainEqual({ ...source("people"), Authentication: "JWT" });
    expect(seen(await get(SOURCES, { "X-OMS-Compact": "yes" }))).toEqual([400, ["Field.Invalid X-OMS-Compact"]]);
  });

  test("takes its identities with it: defined anew, it knows none of them", async () => {
    await post(SOURCES, source("brief"));
    for (const name of ["User:a", "User:b"]) await post(IDENTITIES, { Source: "brief", Identity: name });
    const head = await headPosition();
    expect((await remove(sourcePath("brief"))).status).toBe(204);
    expect(await headPosition()).toBe(head + 3);
    expect(seen(await get(`${IDENTITIES}/for/brief`))).toEqual([404, ["Unknown"]]);
    await post(SOURCES, source("brief"));
    expect(seen(await get(`${IDENTITIES}/for/brief`))).toEqual([200, []]);
    expect((await get(`${IDENTITIES}/for/brief?asAt[system]=${head}`)).body).toHaveLength(2);
  });

  test("takes along more identities than a commit may have records", async () => {
    await post(SOURCES, source("crowd"));
    const names = Array.from({ length: LIMITS.BULK_ITEMS + 1 }, (_, index) => `Client:${index}`);
    await Promise.all(names.map((Identity) => post(IDENTITIES, { Source: "crowd", Identity })));
    expect((await get(`${IDENTITIES}/for/crowd`)).body).toHaveLength(names.length);
    expect((await remove(sourcePath("crowd"))).status).toBe(204);
    const { body } = await get(IDENTITIES);
    expect(JSON.stringify(body)).not.toContain('"Source":"crowd"');
  });
});

describe("an identity", () => {
  testCommonResource({
    path: IDENTITIES,
    pathOf: (name) => identityPath(`User:${name}`),
    details: (name) => ({
      Type: "IdentityType_Operator",
      Identity: `User:${name}`,
      Source: "people",
      Metadata: { team: "desk" },
      Owners: ["A", "B"],
      Exchanges: ["ASX"],
      Features: ["Admin", "Alter"],
      Feeds: ["asx"],
    }),
    change: { Owners: undefined, Features: ["Audit"] },
    nameless: ["Field.Missing Source"],
    absent: { read: "Unknown", removed: (name) => `Unknown people/User:${name}` },
  });

  const identity = (change: object) => ({ Source: "people", Identity: "User:E", ...change });

  test.each<[object, number, string]>([
    [identity({ Source: "nobody's" }), 400, "Field.Invalid Source"],
    [identity({ Source: "bootstrap" }), 400, "Field.Invalid Source"],
    [identity({ Identity: undefined }), 422, "Field.Missing Identity"],
    [identity({ Identity: "E" }), 400, "Field.Invalid Identity"],
    [identity({ Identity: "User:" }), 400, "Field.Invalid Identity"],
    [identity({ Identity: "Group:E" }), 400, "Field.Invalid Identity"],
    [identity({ Identity: `User:${"x".repeat(252)}` }), 400, "Field.Invalid Identity"],
    [identity({ Owners: ["A", "a/b"] }), 400, "Field.Invalid Owners[1]"],
    [identity({ Owners: ["A", "A"] }), 400, "Field.Invalid Owners[1]"],
    [identity({ Exchanges: [""] }), 400, "Field.Invalid Exchanges[0]"],
    [identity({ Features: ["Admin", "Everything"] }), 400, "Field.Invalid Features[1]"],
    [identity({ Feeds: ["oms"] }), 400, "Field.Invalid Feeds[0]"],
    [identity({ Feeds: "asx" }), 400, "Field.Invalid Feeds"],
    [identity({ Type: "GOD" }), 400, "Field.Invalid Type"],
  ])("%j is refused", async (body, status, code) => {
    expect(seen(await post(IDENTITIES, body))).toEqual([status, [code]]);
    expect((await get(identityPath("User:E"))).status).toBe(404);
  });

  test("is listed with the others of its source alone, under an escaped name too", async () => {
    await post(SOURCES, source("ones"));
    await post(SOURCES, source("others"));
    const mine = { Type: "IdentityType_Service", Identity: "Client:a/b %", Source: "ones" };
    const theirs = { Type: "IdentityType_Service", Identity: "Client:a/b %", Source: "others" };
    for (const each of [mine, theirs]) expect((await post(IDENTITIES, each)).status).toBe(204);
    expect((await get(`${IDENTITIES}/for/ones`)).body).toEqual([mine]);
    expect((await get(`${IDENTITIES}/for/others`)).body).toEqual([theirs]);
    expect((await get(IDENTITIES)).body).toEqual(expect.arrayContaining([mine, theirs]));
    const compact = await get(identityPath("Client:a/b %", "ones"), { "X-OMS-Compact": "true" });
    expect(compact.body).toEqual({ ...mine, Type: "Service" });
    expect((await remove(identityPath("Client:a/b %", "ones"))).status).toBe(204);
    expect((await get(`${IDENTITIES}/for/ones`)).body).toEqual([]);
    expect((await get(`${IDENTITIES}/for/others`)).body).toEqual([theirs]);
  });

  test("is listed as at a moment; of a source that is not defined: 404", async () => {
    await post(SOURCES, source("timed"));
    const before = atOf(await get(`${IDENTITIES}/for/timed`));
    await post(IDENTITIES, { Source: "timed", Identity: "User:a" });
    expect((await get(`${IDENTITIES}/for/timed`)).body).toHaveLength(1);
    expect((await get(`${IDENTITIES}/for/timed?asAt=${encodeURIComponent(before)}`)).body).toEqual([]);
    expect(seen(await get(`${IDENTITIES}/for/none`))).toEqual([404, ["Unknown"]]);
    expect(seen(await get(`${IDENTITIES}/for/timed?asAt=never`))).toEqual([400, ["Field.Invalid asAt"]]);
  });

  test("of a source that was removed since is still listed as at when it was there", async () => {
    await post(SOURCES, source("former"));
    await post(IDENTITIES, { Source: "former", Identity: "User:a" });
    const at = encodeURIComponent(atOf(await get(`${IDENTITIES}/for/former`)));
    await remove(sourcePath("former"));
    const then = await get(`${IDENTITIES}/for/former?asAt=${at}`);
    expect(then.body).toEqual([{ Identity: "User:a", Source: "former" }]);
  });
});

describe("the caller itself", () => {
  const current = (token: string) =>
    ask("GET", "/identity/current", { headers: { Authorization: `Bearer ${token}` } }).then(seen);

  test("of a bootstrap token is what the token says", async () => {
    const claims = { sub: "carol", owners: ["A"], features: ["Admin"], feeds: ["asx"], exchanges: ["ASX"] };
    expect(seen(await ask("GET", "/identity/current", { claims }))).toEqual([
      200,
      {
        Type: "IdentityType_Operator",
        Identity: "User:carol",
        Source: "bootstrap",
        Owners: ["A"],
        Exchanges: ["ASX"],
        Features: ["Admin"],
        Feeds: ["asx"],
      },
    ]);
    const client = { sub: undefined, client_id: "robot" };
    const { body } = await ask("GET", "/identity/current", { claims: client, headers: { "X-OMS-Compact": "true" } });
    expect(body).toEqual({ Type: "Service", Identity: "Client:robot", Source: "bootstrap" });
  });

  test("of a source's token is what was given to it, and only its name when nothing was", async () => {
    await issuer.permit("User:dave", { owners: ["A"], features: ["Audit"] });
    const given = { Identity: "User:dave", Source: "issuer", Owners: ["A"], Features: ["Audit"] };
    expect(await current(await issuer.sign({ sub: "dave" }))).toEqual([200, expect.objectContaining(given)]);
    const token = await issuer.sign({ sub: undefined, client_id: "unknown" });
    expect(await current(token)).toEqual([
      200,
      { Type: "IdentityType_Service", Identity: "Client:unknown", Source: "issuer" },
    ]);
  });

  test("is not told by what the token claims beside its name", async () => {
    const token = await issuer.sign({ sub: "mallory", features: ["Admin"], owners: ["A"] });
    expect(await current(token)).toEqual([
      200,
      { Type: "IdentityType_Operator", Identity: "User:mallory", Source: "issuer" },
    ]);
  });
});

test("the last source may be removed: the secret's tokens still let the operator in", async () => {
  const { body } = await get(SOURCES);
  const codes = Array.isArray(body) ? body.map(({ Code }) => String(Code)) : [];
  for (const code of codes) expect((await remove(sourcePath(code), OPERATOR)).status).toBe(204);
  expect(seen(await get(SOURCES))).toEqual([200, []]);
  expect(seen(await get(IDENTITIES))).toEqual([200, []]);
});

import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSources } from "../../src/api/identity-sources.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { forget, type Installation, installationTrusting, sourceOf, UNAUTHENTICATED } from "../support/installation.ts";
import { makeSigningKey, PublishedKeys, type SigningKey } from "../support/published-keys.ts";
import { unsignedToken } from "../support/token.ts";

const key = await makeSigningKey({ kid: "1" });
const other = await makeSigningKey({ kid: "1" });
let issuer: PublishedKeys;
let installation: Installation;

const now = () => Math.floor(Date.now() / 1000);
const callerIn = (body: unknown) => ({ status: 200, body });

beforeEach(async () => {
  ({ issuer, installation } = await installationTrusting(key));
});
afterEach(() => forget(issuer));

describe("a token of a registered source", () => {
  test("lets in a person, who may do nothing until somebody says what", async () => {
    expect(await installation.askWith(await issuer.token(key))).toEqual(
      callerIn({
        permissions: { Type: "IdentityType_Operator", Identity: "User:alice", Source: "main" },
        expires: now() + 3600,
      }),
    );
    expect(await installation.askWith(await issuer.token(key), "/alter")).toEqual({ status: 403, body: ["Authority"] });
  });

  test("lets in whom the System gave permissions, with those, and no others", async () => {
    const permissions = {
      Identity: "User:alice",
      Source: "main",
      Owners: ["XS"],
      Features: ["Alter"],
      Feeds: ["asx"],
    };
    installation.permissions = [permissions, { ...permissions, Identity: "User:bob", Features: ["Admin"] }];
    const claims = { features: ["Admin"], owners: ["YS"] };
    expect(await installation.askWith(await issuer.token(key, claims), "/alter")).toEqual(
      callerIn({ permissions: { Type: "IdentityType_Operator", ...permissions }, expires: now() + 3600 }),
    );
  });

  test.each([
    ["a subject and a client", { sub: "alice", client_id: "front-end" }, "User:alice", "IdentityType_Operator"],
    ["a client alone", { sub: undefined, client_id: "adapter" }, "Client:adapter", "IdentityType_Service"],
    ["a client as its own subject", { sub: "adapter", client_id: "adapter" }, "Client:adapter", "IdentityType_Service"],
  ])("names %s", async (_what, claims, Identity, Type) => {
    const { body } = await installation.askWith(await issuer.token(key, claims));
    expect(body).toMatchObject({ permissions: { Identity, Type, Source: "main" } });
  });

  test.each([
    ["neither subject nor client", { sub: undefined }],
    ["an empty subject", { sub: "" }],
    ["an empty subject beside a client", { sub: "", client_id: "adapter" }],
    ["a client that is no text", { sub: undefined, client_id: 7 }],
    ["a subject with a control character", { sub: "al\u0000ice" }],
  ])("401 with %s", async (_what, claims) => {
    expect(await installation.askWith(await issuer.token(key, claims))).toEqual(UNAUTHENTICATED);
  });

  test.each([
    [LIMITS.ID_CHARACTERS - 1, 200],
    [LIMITS.ID_CHARACTERS, 200],
    [LIMITS.ID_CHARACTERS + 1, 401],
  ])("an identity of %i characters: %i", async (length, status) => {
    const token = await issuer.token(key, { sub: "a".repeat(length - "User:".length) });
    expect((await installation.askWith(token)).status).toBe(status);
  });

  test.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"])(
    "may be signed by %s",
    async (algorithm) => {
      const signing = await makeSigningKey({}, algorithm);
      issuer.publish(signing);
      expect((await installation.askWith(await issuer.token(signing))).status).toBe(200);
    },
  );

  test("may be meant for several audiences", async () => {
    expect((await installation.askWith(await issuer.token(key, { aud: ["x", "oms"] }))).status).toBe(200);
  });
});

describe("401", () => {
  const named = (claims: object) => () => issuer.token(key, claims);
  const pem = async ({ published }: SigningKey) => new TextEncoder().encode(JSON.stringify(published));

  test.each<[string, () => string | Promise<string>]>([
    ["another audience", named({ aud: "another" })],
    ["an audience of which ours is a part", named({ aud: "oms2" })],
    ["several audiences without ours", named({ aud: ["x", "y"] })],
    ["no audience", named({ aud: undefined })],
    ["an issuer that is not registered", named({ iss: "https://elsewhere.invalid" })],
    ["an issuer that differs in a slash", () => issuer.token(key, { iss: `${issuer.url}/` })],
    ["no issuer", named({ iss: undefined })],
    ["another key with the same name", () => issuer.token(other)],
    ["a key with another name", () => issuer.token(key, {}, { kid: "2" })],
    ["no expiry", named({ exp: undefined })],
    ["an expiry that is no number", named({ exp: "tomorrow" })],
    ["an expiry that no clock can tell", named({ exp: 8_640_000_000_001 })],
    ["a beginning that is no number", named({ nbf: "yesterday" })],
    ["a changed payload", async () => (await issuer.token(key)).replace(/\.[^.]+\./, ".eyJzdWIiOiJib2IifQ.")],
    ["no signature", async () => (await issuer.token(key)).replace(/[^.]+$/, "")],
    ["what is no token", () => "hello"],
    ["a token without claims", async () => (await issuer.token(key)).replace(/\.[^.]+\./, "..")],
  ])("%s", async (_what, makeToken) => {
    expect(await installation.askWith(await makeToken())).toEqual(UNAUTHENTICATED);
  });

  test("no algorithm, or one by which secrets sign, whatever the claims: nobody is asked for a key", async () => {
    const claims = { iss: issuer.url, aud: "oms", sub: "alice", exp: now() + 60 };
    const byPublicKey = async (alg: string) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: "1" }).sign(await pem(key));
    for (const token of [unsignedToken(claims), await byPublicKey("HS256"), await byPublicKey("HS512")]) {
      expect(await installation.askWith(token)).toEqual(UNAUTHENTICATED);
    }
    expect([installation.asked.sources, issuer.asked]).toEqual([0, []]);
  });

  test("the public key as a secret stays refused while the installation has a secret of its own", async () => {
    installation.secret = "s".repeat(LIMITS.SECRET_BYTES);
    const claims = { iss: issuer.url, aud: "oms", sub: "alice", exp: now() + 60 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "1" }).sign(await pem(key));
    expect(await installation.askWith(token)).toEqual(UNAUTHENTICATED);
  });

  test("a token for nobody that is registered has no keys read", async () => {
    await installation.askWith(await issuer.token(key, { aud: "another" }));
    await installation.askWith(await issuer.token(key, { iss: "https://elsewhere.invalid" }));
    expect(issuer.asked).toEqual([]);
  });
});

describe("clocks may differ", () => {
  const SKEW = LIMITS.CLOCK_SKEW_SECONDS;
  test.each([
    ["expired less than the skew ago", { exp: 1 - SKEW }, 200],
    ["expired the skew ago", { exp: -SKEW }, 401],
    ["expired longer ago", { exp: -SKEW - 1 }, 401],
    ["valid in less than the skew", { nbf: SKEW - 1 }, 200],
    ["valid in the skew", { nbf: SKEW }, 200],
    ["valid later than that", { nbf: SKEW + 1 }, 401],
  ])("%s: %o is %i", async (_what, moments, expected) => {
    const claims = Object.fromEntries(Object.entries(moments).map(([claim, seconds]) => [claim, now() + seconds]));
    expect((await installation.askWith(await issuer.token(key, claims))).status).toBe(expected);
  });
});

describe("several sources", () => {
  const sourceFor = (audience: string, code: string, keys = issuer.keysUrl) =>
    sourceOf(issuer.url, { Audience: audience, JwksUri: keys }, code);
  const sourceIn = async (claims: object) => {
    const { body } = await installation.askWith(await issuer.token(key, claims));
    return body;
  };

  test("with one issuer are told apart by the audience", async () => {
    installation.sources = [sourceFor("front", "F"), sourceFor("back", "B")];
    expect(await sourceIn({ aud: "front" })).toMatchObject({ permissions: { Source: "F" } });
    expect(await sourceIn({ aud: "back" })).toMatchObject({ permissions: { Source: "B" } });
    expect(await sourceIn({ aud: "oms" })).toEqual(["Unauthenticated"]);
  });

  test("do not depend on each other: one whose keys cannot be had holds up none that verifies the token", async () => {
    installation.sources = [sourceFor("front", "A", `${issuer.url}/nowhere`), sourceFor("back", "B")];
    expect(await sourceIn({ aud: ["front", "back"] })).toMatchObject({ permissions: { Source: "B" } });
    expect(await sourceIn({ aud: "front" })).toEqual(["Retry"]);
  });

  test("that a token could be of are tried in order of their codes", async () => {
    installation.sources = [sourceFor("front", "F"), sourceFor("back", "B")];
    expect(await sourceIn({ aud: ["front", "back"] })).toMatchObject({ permissions: { Source: "B" } });
  });

  test("the first whose keys verify it counts", async () => {
    const elsewhere = await PublishedKeys.start();
    elsewhere.publish(other);
    installation.sources = [sourceFor("oms", "A", elsewhere.keysUrl), sourceFor("oms", "B")];
    expect(await sourceIn({})).toMatchObject({ permissions: { Source: "B" } });
    await elsewhere.stop();
  });

  test("of different issuers do not vouch for each other", async () => {
    const elsewhere = await PublishedKeys.start();
    elsewhere.publish(other);
    installation.sources = [sourceOf(issuer.url, {}, "A"), sourceOf(elsewhere.url, {}, "B")];
    expect(await installation.askWith(await elsewhere.token(key))).toEqual(UNAUTHENTICATED);
    expect((await installation.askWith(await elsewhere.token(other))).status).toBe(200);
    await elsewhere.stop();
  });
});

describe("how a source must be defined to be of use", () => {
  const good = sourceOf("https://issuer.test");

  test("with an issuer, an audience and, if it likes, its keys", () => {
    const withKeys = sourceOf("https://issuer.test", { JwksUri: "https://issuer.test/keys" }, "keys");
    const expected = { issuer: "https://issuer.test", audience: "oms" };
    expect(readSources(JSON.stringify([good, withKeys]))).toEqual([
      { code: "keys", ...expected, jwksUri: "https://issuer.test/keys" },
      { code: "main", ...expected },
    ]);
  });

  test.each([
    ["no code", { ...good, Code: undefined }],
    ["the code of bootstrap tokens", { ...good, Code: "bootstrap" }],
    ["another authentication", { ...good, Authentication: "IdentityAuthentication_Unknown" }],
    ["no issuer", { ...good, Parameters: { Audience: "oms" } }],
    ["an empty audience", { ...good, Parameters: { Issuer: "https://issuer.test", Audience: "" } }],
    ["no parameters", { ...good, Parameters: undefined }],
    ["what cannot be read", { Code: 7 }],
  ])("one with %s is left out and the others stay", (_what, source) => {
    expect(readSources(JSON.stringify([source, { ...good, Code: "good" }])).map(({ code }) => code)).toEqual(["good"]);
    expect(console.warn).toHaveBeenCalledOnce();
  });
});

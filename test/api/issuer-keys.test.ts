import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { configurationAddress } from "../../src/api/issuer-keys.ts";
import { isTrustworthy } from "../../src/domain/identity-sources.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import {
  forget,
  type Installation,
  installationTrusting,
  passTime,
  RETRY,
  sourceOf,
  UNAUTHENTICATED,
} from "../support/installation.ts";
import { json, makeSigningKey, PublishedKeys, type SigningKey, status } from "../support/published-keys.ts";

const first = await makeSigningKey({ kid: "1" });
const second = await makeSigningKey({ kid: "2" });
let issuer: PublishedKeys;
let installation: Installation;

const statusWith = async (key: SigningKey, claims: object = {}) =>
  (await installation.askWith(await issuer.token(key, claims))).status;
/** Tokens outlive what is remembered. */
const LASTING = { exp: 4_000_000_000 };

beforeEach(async () => {
  ({ issuer, installation } = await installationTrusting(first));
});
afterEach(() => forget(issuer));

describe("where the keys are", () => {
  test("an OpenID configuration says it", async () => {
    expect(await statusWith(first)).toBe(200);
    expect(issuer.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });

  test("a JwksUri says it without asking for a configuration", async () => {
    installation.sources = [sourceOf(issuer.url, { JwksUri: issuer.keysUrl })];
    expect(await statusWith(first)).toBe(200);
    expect(issuer.asked).toEqual(["/keys"]);
  });

  test.each([
    ["https://a.test", "https://a.test/.well-known/openid-configuration"],
    ["https://a.test/", "https://a.test/.well-known/openid-configuration"],
    ["https://a.test/b", "https://a.test/b/.well-known/openid-configuration"],
    ["https://a.test/b/", "https://a.test/b/.well-known/openid-configuration"],
  ])("the configuration of %s is at %s", (name, address) => expect(configurationAddress(name)).toBe(address));

  test.each(["/realms/oms", "/realms/oms/"])("an issuer may have a path: %s", async (path) => {
    const withPath = await PublishedKeys.start(path);
    withPath.publish(first);
    installation.sources = [sourceOf(withPath.url)];
    expect((await installation.askWith(await withPath.token(first))).status).toBe(200);
    await withPath.stop();
  });

  test.each([
    ["another issuer's", () => json({ issuer: "https://another.invalid", jwks_uri: issuer.keysUrl })],
    ["the issuer's but for a slash", () => json({ issuer: `${issuer.url}/`, jwks_uri: issuer.keysUrl })],
    ["without keys", () => json({ issuer: issuer.url })],
    ["with keys that travel in the clear", () => json({ issuer: issuer.url, jwks_uri: "http://keys.invalid/" })],
    ["a list", () => json([])],
    ["absent", () => status(404)],
    ["broken", () => status(500)],
  ])("503 when the configuration is %s, and it is not asked for again at once", async (_what, answer) => {
    issuer.answers.set("/.well-known/openid-configuration", answer());
    for (const _again of [1, 2, 3]) expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
    expect(issuer.asked).toEqual(["/.well-known/openid-configuration"]);
  });

  test.each([
    ["https://issuer.test/keys", true],
    ["http://localhost:3000/keys", true],
    ["http://127.0.0.1/keys", true],
    ["http://[::1]:80/keys", true],
    ["http://issuer.test/keys", false],
    ["http://localhost.issuer.test/keys", false],
    ["http://127.0.0.1.issuer.test/keys", false],
    ["https://user:secret@issuer.test/keys", false],
    ["file:///etc/passwd", false],
    ["data:application/json,{}", false],
    ["keys", false],
    ["", false],
  ])("'%s' may be read: %s", (address, expected) => expect(isTrustworthy(address)).toBe(expected));

  test("an address that may not be read is not: 503", async () => {
    const fetching = vi.spyOn(globalThis, "fetch");
    installation.sources = [sourceOf(issuer.url, { JwksUri: "http://keys.invalid/keys" })];
    expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
    expect(fetching).not.toHaveBeenCalled();
  });
});

describe("how often the keys are read", () => {
  const { KEYS_COOLDOWN_MS: COOLDOWN, KEYS_REMEMBERED_MS: REMEMBERED } = LIMITS;

  test("once for all calls that need them at the same time", async () => {
    const calls = await Promise.all(Array.from({ length: 20 }, () => statusWith(first)));
    expect(calls).toEqual(Array.from({ length: 20 }, () => 200));
    expect([issuer.configurationAsked, issuer.keysAsked]).toEqual([1, 1]);
  });

  test("the reading goes on when the client that caused it hangs up", async () => {
    await statusWith(first);
    expect(installation.goingOn).toHaveLength(2);
  });

  test("once for all sources that share them", async () => {
    installation.sources = ["A", "B"].map((code) => sourceOf(issuer.url, { Audience: code }, code));
    for (const aud of ["A", "B"]) expect(await statusWith(first, { aud })).toBe(200);
    expect([issuer.configurationAsked, issuer.keysAsked]).toEqual([1, 1]);
  });

  test.each([
    [REMEMBERED - 1, 1],
    [REMEMBERED, 2],
    [REMEMBERED + 1, 2],
  ])("anew when they are old: after %i ms they have been read %i times", async (milliseconds, times) => {
    await statusWith(first);
    passTime(milliseconds);
    expect(await statusWith(first, LASTING)).toBe(200);
    expect([issuer.configurationAsked, issuer.keysAsked]).toEqual([times, times]);
  });

  test("the time that the issuer took to answer counts", async () => {
    installation.sources = [sourceOf(issuer.url, { JwksUri: issuer.keysUrl })];
    issuer.answers.set("/keys", (response) => {
      passTime(1000);
      json({ keys: [first.published] })(response);
    });
    await statusWith(first);
    passTime(REMEMBERED - 1000);
    await statusWith(first, LASTING);
    expect(issuer.keysAsked).toBe(2);
  });

  test.each([
    [COOLDOWN - 1, 401, 1],
    [COOLDOWN, 200, 2],
    [COOLDOWN + 1, 200, 2],
  ])("a new key is known %i ms after the last reading: %i", async (milliseconds, expected, times) => {
    await statusWith(first);
    issuer.publish(second);
    passTime(milliseconds);
    expect(await statusWith(second)).toBe(expected);
    expect(issuer.keysAsked).toBe(times);
  });

  test("a key that was withdrawn is refused as soon as the keys are read", async () => {
    await statusWith(first);
    issuer.publish(second);
    passTime(COOLDOWN);
    expect(await statusWith(second)).toBe(200);
    expect(await installation.askWith(await issuer.token(first))).toEqual(UNAUTHENTICATED);
  });

  test("any number of keys that nobody knows, one after another or at once, cost one reading a minute", async () => {
    await statusWith(first);
    for (let minute = 1; minute <= 3; minute++) {
      passTime(COOLDOWN);
      const tokens = Array.from({ length: 10 }, (_item, index) =>
        issuer.token(second, {}, { kid: `unknown ${index}` }),
      );
      const calls = await Promise.all(tokens.map(async (token) => (await installation.askWith(await token)).status));
      expect(new Set(calls)).toEqual(new Set([401]));
      expect(await statusWith(second)).toBe(401);
      expect(issuer.keysAsked).toBe(1 + minute);
    }
    expect(await statusWith(first)).toBe(200);
  });

  test("a call that comes while they are read waits for that reading", async () => {
    await statusWith(first);
    issuer.publish(second);
    passTime(COOLDOWN);
    expect(await Promise.all([statusWith(second), statusWith(second), statusWith(first)])).toEqual([200, 200, 200]);
    expect(issuer.keysAsked).toBe(2);
  });
});

describe("which key", () => {
  test("a token that names none is of the only one that fits", async () => {
    const rsa = await makeSigningKey({ kid: "3" }, "RS256");
    issuer.publish(first, rsa);
    for (const key of [first, rsa]) {
      expect((await installation.askWith(await issuer.token(key, {}, { kid: undefined }))).status).toBe(200);
    }
  });

  test("401 for one that names none when several fit", async () => {
    issuer.publish(first, second);
    const token = await issuer.token(first, {}, { kid: undefined });
    expect(await installation.askWith(token)).toEqual(UNAUTHENTICATED);
    expect(await statusWith(first)).toBe(200);
  });

  test("401 for a key that is published for another algorithm or use", async () => {
    const encrypting = await makeSigningKey({ kid: "3", use: "enc" });
    const rsa = await makeSigningKey({ kid: "4", alg: "PS256" }, "RS256");
    issuer.publish(first, encrypting, rsa);
    for (const key of [encrypting, rsa]) expect(await statusWith(key)).toBe(401);
  });

  test("401 for a key that is too weak or no key at all, and the log says so", async () => {
    issuer.publish({ ...first, published: { ...first.published, x: "AA" } });
    expect(await statusWith(first)).toBe(401);
    expect(console.error).toHaveBeenCalledOnce();
  });
});

describe("503 when the keys cannot be had", () => {
  const { KEYS_COOLDOWN_MS: COOLDOWN, KEYS_REMEMBERED_MS: REMEMBERED } = LIMITS;
  beforeEach(() => {
    installation.sources = [sourceOf(issuer.url, { JwksUri: issuer.keysUrl })];
  });

  test.each([
    ["an error", () => status(500)],
    ["a redirect to another place", () => status(302, { Location: `${issuer.url}/elsewhere` })],
    ["nothing", () => status(204)],
    ["what is not JSON", () => (response: { end(text: string): void }) => response.end("<html>")],
    ["what is no set of keys", () => json({ keys: "none" })],
    ["keys that are no objects", () => json({ keys: [7] })],
    ["a connection that breaks", () => (response: { destroy(): void }) => response.destroy()],
  ])("%s: and the issuer is not asked again within the cooldown", async (_what, answer) => {
    issuer.answers.set("/elsewhere", json({ keys: [first.published] }));
    issuer.answers.set("/keys", answer());
    expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
    passTime(COOLDOWN - 1);
    expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
    expect(issuer.asked).toEqual(["/keys"]);
    issuer.publish(first);
    passTime(1);
    expect(await statusWith(first)).toBe(200);
    expect(issuer.asked).toEqual(["/keys", "/keys"]);
  });

  test("old keys do not stand in for those that cannot be read", async () => {
    expect(await statusWith(first)).toBe(200);
    issuer.answers.set("/keys", status(500));
    passTime(REMEMBERED - 1);
    expect(await statusWith(first, LASTING)).toBe(200);
    passTime(1);
    expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
  });

  test("a key that is not known may be a new one; those that are known stay good", async () => {
    expect(await statusWith(first)).toBe(200);
    issuer.answers.set("/keys", status(500));
    passTime(COOLDOWN);
    for (const _again of [1, 2]) expect(await installation.askWith(await issuer.token(second))).toEqual(RETRY);
    expect(await statusWith(first)).toBe(200);
    expect(issuer.keysAsked).toBe(2);
  });

  test.each([
    [-1, 200],
    [0, 200],
    [1, 503],
  ])(`of ${LIMITS.ISSUER_BYTES} and %i bytes: %i`, async (difference, expected) => {
    const bare = JSON.stringify({ keys: [first.published], padding: "" });
    const padding = "p".repeat(LIMITS.ISSUER_BYTES + difference - bare.length);
    issuer.answers.set("/keys", json({ keys: [first.published], padding }));
    expect(await statusWith(first)).toBe(expected);
  });

  test.each([
    ["does not answer", () => undefined],
    ["begins an answer and does not end it", (response: { write(text: string): void }) => response.write('{"keys":')],
  ])("an issuer that %s is given up", async (_what, begin) => {
    const giveUp = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(giveUp.signal);
    issuer.answers.set("/keys", (response) => {
      begin(response);
      setTimeout(() => giveUp.abort(new Error("too late")), 50);
    });
    expect(await installation.askWith(await issuer.token(first))).toEqual(RETRY);
    expect(timeout).toHaveBeenCalledExactlyOnceWith(LIMITS.ISSUER_TIMEOUT_MS);
  });

  test("a call does not wait for another's reading longer than it may take", async () => {
    // The reading of the first call never ends: its client hung up, and all that was under way for it ended.
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(new AbortController().signal);
    let reached: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => {
      reached = resolve;
    });
    issuer.answers.set("/keys", () => reached());
    const token = await issuer.token(first);
    const abandoned = installation.askWith(token);
    await reading;
    const waiting = installation.askWith(token);
    passTime(LIMITS.ISSUER_TIMEOUT_MS);
    expect(await waiting).toEqual(RETRY);
    expect(issuer.keysAsked).toBe(1);
    passTime(COOLDOWN);
    issuer.publish(first);
    expect(await statusWith(first)).toBe(200);
    issuer.disconnect();
    await abandoned;
    // What became of the abandoned reading changes nothing: the keys are known, and this one is not among them.
    expect(await statusWith(second)).toBe(401);
  });
});

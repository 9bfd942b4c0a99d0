import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { beginHour, Installation, passTime, RETRY, sourceOf, UNAUTHENTICATED } from "../support/installation.ts";
import { type Issuer, startIssuer } from "../support/issuer.ts";

const COOLDOWN = LIMITS.KEYS_COOLDOWN_MS;

describe.each(["ES256", "RS256"] as const)("tokens of an OpenID provider that signs by %s", (algorithm) => {
  let issuer: Issuer;
  let installation: Installation;
  const identityIn = async (token: string) => (await installation.askWith(token)).body;

  beforeAll(async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    issuer = await startIssuer({ audience: "oms", clients: ["adapter"], algorithm });
  });
  afterAll(() => issuer.stop());
  beforeEach(() => {
    vi.spyOn(console, "warn").mockReturnValue();
    beginHour();
    installation = new Installation();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  describe.each(["its configuration", "a JwksUri"])("with the keys that %s leads to", (way) => {
    beforeEach(() => {
      const parameters: Record<string, string> = way === "a JwksUri" ? { JwksUri: issuer.jwksUri } : {};
      installation.sources = [sourceOf(issuer.url, parameters)];
    });

    test("name a program that acts for itself", async () => {
      expect(await identityIn(await issuer.tokenOfClient("adapter"))).toMatchObject({
        permissions: { Type: "IdentityType_Service", Identity: "Client:adapter", Source: "main" },
      });
    });

    test("name a person who signed in", async () => {
      expect(await identityIn(await issuer.tokenOfUser("alice"))).toMatchObject({
        permissions: { Type: "IdentityType_Operator", Identity: "User:alice", Source: "main" },
      });
    });

    test("are refused when they are for another audience", async () => {
      expect(await installation.askWith(await issuer.tokenOfClient("adapter", "https://other.test/é"))).toEqual(
        UNAUTHENTICATED,
      );
    });

    test("are let in again a minute after the keys were rotated, and those of the old keys no more", async () => {
      const old = await issuer.tokenOfClient("adapter");
      expect((await installation.askWith(old)).status).toBe(200);
      await issuer.rotateKeys();
      const fresh = await issuer.tokenOfClient("adapter");
      expect(await installation.askWith(fresh)).toEqual(UNAUTHENTICATED);
      passTime(COOLDOWN);
      expect((await installation.askWith(fresh)).status).toBe(200);
      expect(await installation.askWith(old)).toEqual(UNAUTHENTICATED);
      expect((await installation.askWith(await issuer.tokenOfUser("alice"))).status).toBe(200);
    });
  });
});

test("an issuer that has gone is answered with 503 while nothing is known of its keys", async () => {
  beginHour();
  const logged = vi.spyOn(console, "warn").mockReturnValue();
  const issuer = await startIssuer({ audience: "oms", clients: ["adapter"], validSeconds: 60 });
  const token = await issuer.tokenOfClient("adapter");
  await issuer.stop();
  const installation = new Installation();
  installation.sources = [sourceOf(issuer.url)];
  expect(await installation.askWith(token)).toEqual(RETRY);
  expect(logged).toHaveBeenCalled();
  logged.mockRestore();
  vi.useRealTimers();
});

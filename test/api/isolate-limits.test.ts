/** How many things an isolate remembers: as many as it may, and the oldest is forgotten for one more. */
import { Hono } from "hono";
import { expect, test } from "vitest";
import { askIfKnown } from "../../src/api/directory.ts";
import type { Api, Call } from "../../src/api/environment.ts";
import { IssuerKeys } from "../../src/api/issuer-keys.ts";
import { LIMITS } from "../../src/protocol/limits.ts";

test(`the objects of ${LIMITS.OWNERS_REMEMBERED} Owners are`, async () => {
  const found: string[] = [];
  const environment = {
    OWNERS: { idFromName: (name: string) => ({ name }), get: () => ({ health: async () => "well" }) },
    SYSTEM: {
      idFromName: (name: string) => ({ name }),
      get: () => ({
        find: async (ownerId: string) => {
          found.push(ownerId);
          return { ownerId, object: ownerId, generation: 1 };
        },
      }),
    },
  };
  const askOnce = (call: Call, ownerId: string) =>
    askIfKnown(call, ownerId, (object, address) => object.health(address));
  const app = new Hono<Api>();
  app.get("/", async (call) => {
    for (let count = 0; count < LIMITS.OWNERS_REMEMBERED; count++) await askOnce(call, `R${count}`);
    await askOnce(call, "R0");
    expect(found).toHaveLength(LIMITS.OWNERS_REMEMBERED);
    await askOnce(call, "ONE-MORE");
    await askOnce(call, "R1");
    expect(found).toHaveLength(LIMITS.OWNERS_REMEMBERED + 1);
    await askOnce(call, "R0");
    expect(found).toHaveLength(LIMITS.OWNERS_REMEMBERED + 2);
    return call.text("done");
  });
  app.onError((error) => {
    throw error;
  });
  expect(await (await app.request("/", {}, environment)).text()).toBe("done");
});

test(`the keys of ${LIMITS.ISSUERS_REMEMBERED} issuers are`, async () => {
  const asked: string[] = [];
  const fetched = globalThis.fetch;
  globalThis.fetch = async (address) => {
    asked.push(String(address));
    return Response.json({ keys: [] });
  };
  try {
    const keys = new IssuerKeys();
    const askOnce = async (number: number) => {
      const jwksUri = `https://issuer${number}.test/keys`;
      const source = { code: `S${number}`, issuer: `https://issuer${number}.test`, audience: "oms", jwksUri };
      const keyOf = keys.of(source, () => undefined);
      await expect(keyOf({ alg: "ES256", kid: "none" }, { payload: "", signature: "" })).rejects.toThrow();
    };
    for (let number = 0; number < LIMITS.ISSUERS_REMEMBERED; number++) await askOnce(number);
    expect(asked).toHaveLength(LIMITS.ISSUERS_REMEMBERED);
    // Known, and not asked again so soon.
    await askOnce(0);
    expect(asked).toHaveLength(LIMITS.ISSUERS_REMEMBERED);
    await askOnce(LIMITS.ISSUERS_REMEMBERED);
    await askOnce(1);
    expect(asked).toHaveLength(LIMITS.ISSUERS_REMEMBERED + 1);
    await askOnce(0);
    expect(asked).toHaveLength(LIMITS.ISSUERS_REMEMBERED + 2);
  } finally {
    globalThis.fetch = fetched;
  }
});

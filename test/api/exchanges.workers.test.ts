import { describe, expect, test } from "vitest";
import type { Client } from "../owner/client.ts";
import { ask, openSocket, someOwner } from "../support/api.ts";
import { get, post, remove, seen, testCommonResource } from "./common-resource.ts";

const PATH = "/exchange";

describe("an exchange", () => {
  testCommonResource({
    path: PATH,
    pathOf: (name) => `${PATH}/byid/${name}`,
    details: (Exchange) => ({
      Exchange,
      Destinations: [
        { ExDestination: "LIT", Route: "asx", Metadata: { session: "1" }, IsLit: true, LitSource: "feed" },
      ],
      Metadata: { country: "AU", zone: "Australia/Sydney" },
      OrderStatuses: [{ Code: "Open", IsNormal: true, CanAmend: true, CanCancel: true, CanMove: true, CanTrade: true }],
    }),
    change: { Destinations: undefined, Metadata: { country: "NZ" } },
    nameless: ["Field.Missing Exchange"],
    absent: { read: "Unknown", removed: (name) => `Unknown ${name}` },
  });

  const destination = (change: object) => ({ Exchange: "E", Destinations: [{ ExDestination: "A" }, change] });

  test.each<[object, number, string]>([
    [{ Exchange: "x".repeat(257) }, 400, "Field.Invalid Exchange"],
    [{ Exchange: "" }, 422, "Field.Missing Exchange"],
    [destination({}), 422, "Field.Missing Destinations[1].ExDestination"],
    [destination({ ExDestination: "A" }), 400, "Field.Invalid Destinations[1].ExDestination"],
    [destination({ ExDestination: "x".repeat(257) }), 400, "Field.Invalid Destinations[1].ExDestination"],
    [destination({ ExDestination: "B", Route: "oms" }), 400, "Field.Invalid Destinations[1].Route"],
    [destination({ ExDestination: "B", Route: "system" }), 400, "Field.Invalid Destinations[1].Route"],
    [destination({ ExDestination: "B", Route: "a/b" }), 400, "Field.Invalid Destinations[1].Route"],
    [destination({ ExDestination: "B", LitSource: "x".repeat(257) }), 400, "Field.Invalid Destinations[1].LitSource"],
    [destination({ ExDestination: "B", IsLit: "yes" }), 400, "Field.Invalid Destinations[1].IsLit"],
    [destination({ ExDestination: "B", Way: "asx" }), 400, "Field.Unknown Destinations[1].Way"],
    [{ Exchange: "E", OrderStatuses: [{}] }, 422, "Field.Missing OrderStatuses[0].Code"],
    [{ Exchange: "E", OrderStatuses: [{ Code: "A" }, { Code: "A" }] }, 400, "Field.Invalid OrderStatuses[1].Code"],
    [{ Exchange: "E", OrderStatuses: {} }, 400, "Field.Invalid OrderStatuses"],
  ])("%j is refused", async (body, status, code) => {
    expect(seen(await post(PATH, body))).toEqual([status, [code]]);
    expect((await get(`${PATH}/byid/E`)).status).toBe(404);
  });
});

describe("the exchanges of an Owner", () => {
  const claims = (owner: string) => ({ owners: [owner] });

  async function adapterOf(owner: string, exchange: string): Promise<Client> {
    const { client } = await openSocket("/streaming", {
      claims: { sub: "adapter", owners: [owner], feeds: ["asx"], exchanges: [exchange] },
    });
    await client.open("asx");
    return client;
  }

  test("an adapter's own definition lies over the common one there, and nowhere else; undefined, that one is uncovered", async () => {
    const [owner, other] = [await someOwner(), await someOwner()];
    const exchange = { Exchange: "OVER", Metadata: { by: "all" } };
    const own = { Exchange: "OVER", Metadata: { by: "the adapter" } };
    await post(PATH, exchange);
    const read = async (ownerId: string) => {
      const one = await ask("GET", `${PATH}/byid/OVER?owner=${ownerId}`, { claims: claims(ownerId) });
      const all = await ask("GET", `${PATH}?owner=${ownerId}`, { claims: claims(ownerId) });
      if (one.status === 200) expect(all.body).toContainEqual(one.body);
      else expect(JSON.stringify(all.body)).not.toContain("OVER");
      return one.body;
    };
    const client = await adapterOf(owner, "OVER");
    client.feed("asx", "Operation", 1, { Operation: { Type: "DefineExchange", ExchangeDetails: own } });
    await client.synchronise();
    expect(await read(owner)).toEqual(own);
    await expect.poll(() => read(other)).toEqual(exchange);
    expect((await get(`${PATH}/byid/OVER`)).body).toEqual(exchange);
    client.feed("asx", "Operation", 2, { Operation: { Type: "UndefineExchange", ExchangeDetails: own } });
    await client.synchronise();
    await expect.poll(() => read(owner)).toEqual(exchange);
    await remove(`${PATH}/byid/OVER`);
    await expect.poll(() => read(owner)).toEqual(["Unknown"]);
    expect(client.errors).toEqual([]);
  });

  test("are those that are there as at a moment of its own log", async () => {
    const owner = await someOwner();
    const client = await adapterOf(owner, "MOVING");
    for (const [index, by] of ["first", "second"].entries()) {
      const ExchangeDetails = { Exchange: "MOVING", Metadata: { by } };
      client.feed("asx", "Operation", index + 1, { Operation: { Type: "DefineExchange", ExchangeDetails } });
      await client.synchronise();
    }
    const at = async (query: string) => (await get(`${PATH}/byid/MOVING?owner=${owner}&${query}`)).body;
    expect(await at("asAt[asx]=0")).toEqual(["Unknown"]);
    expect(await at("asAt[asx]=1")).toMatchObject({ Metadata: { by: "first" } });
    expect(await at("asAt[asx]=2")).toMatchObject({ Metadata: { by: "second" } });
    expect(await at("asAt=2001-01-01T00:00:00Z")).toEqual(["Unknown"]);
    const { headers, body } = await get(`${PATH}?owner=${owner}`);
    const moment = encodeURIComponent(headers.get("X-OMS-At") ?? "");
    client.feed("asx", "Operation", 3, {
      Operation: { Type: "UndefineExchange", ExchangeDetails: { Exchange: "MOVING" } },
    });
    await client.synchronise();
    expect((await get(`${PATH}?owner=${owner}&asAt=${moment}`)).body).toEqual(body);
    expect(JSON.stringify((await get(`${PATH}?owner=${owner}`)).body)).not.toContain("MOVING");
  });

  test("of one that the caller may not see, or that is not there: 404", async () => {
    const owner = await someOwner();
    for (const path of [PATH, `${PATH}/byid/ASX`]) {
      const unseen = await ask("GET", `${path}?owner=${owner}`, {
        claims: { owners: ["another"], features: ["Admin"] },
      });
      expect(seen(unseen)).toEqual([404, ["Owner.Unknown"]]);
      expect(seen(await get(`${path}?owner=nobody`))).toEqual([404, ["Owner.Unknown"]]);
      expect(seen(await get(`${path}?owner=`))).toEqual([400, ["Field.Invalid owner"]]);
      expect(seen(await get(`${path}?owner=${owner}&owner=${owner}`))).toEqual([400, ["Field.Invalid owner"]]);
    }
  });
});

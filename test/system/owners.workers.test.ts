/** Owners inside workerd: defined, found, renamed and undefined, with their sockets and what they keep. */
import { listDurableObjectIds, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { deposit, update } from "../owner/actions.ts";
import type { Client } from "../owner/client.ts";
import { newOwner } from "../owner/object.ts";
import { ask, defineOwner, openSocket, someOwner, supply } from "../support/api.ts";
import { defineExchange, handedDown, rule, systemObject } from "./objects.ts";

afterEach(reset);

/** What each kind of live record is made by, through the feed of an adapter. */
const LIVE = {
  balance: (ownerId: string) => deposit(ownerId, "T1", 10),
  holding: (ownerId: string) => ({
    Action: {
      Type: "AssetTransfer",
      Transaction: { TransactionID: "T2", Account: { OwnerID: ownerId, AccountID: "A" } },
      AssetTransfer: { Exchange: "ASX", Code: "BHP", Value: 5 },
    },
  }),
  order: (ownerId: string) => update(ownerId, "O1", { Side: "SELL", Quantity: 0 }),
} as const;

/** Makes a live record, and takes the adapter away again. */
async function occupy(ownerId: string, kind: keyof typeof LIVE): Promise<void> {
  const { Action } = LIVE[kind](ownerId);
  const adapter = await supply(ownerId, `${kind}s`, [Action]);
  adapter.close();
  await adapter.untilClosed();
}

/** How many live records of each kind an Owner has, as REST lists them. */
async function records(ownerId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of ["balance", "holding", "order"]) {
    const { status, body } = await rule("GET", `/${kind}/for/${ownerId}`);
    counts[kind] = status === 200 && Array.isArray(body) ? body.length : -status;
  }
  return counts;
}

async function objectCount(): Promise<number> {
  return (await listDurableObjectIds(env.OWNERS)).length;
}

function subscriber(ownerId: string): Promise<{ readonly client: Client }> {
  return openSocket("/streaming", { claims: { sub: "watcher", owners: [ownerId] } });
}

describe("an unknown Owner", () => {
  it("is 404 on every way in, and nothing is created for it", async () => {
    await someOwner();
    const before = await objectCount();
    const ownerId = newOwner();
    const claims = { owners: [ownerId], features: ["Admin", "Alter", "Operator"] };
    const calls = [
      ["GET", `/owner/byid/${ownerId}`],
      ["GET", `/exchange?owner=${ownerId}`],
      ["GET", `/balance/for/${ownerId}`],
      ["GET", `/order/for/${ownerId}`],
      ["GET", `/account/byid/${ownerId}`],
      ["DELETE", `/owner/byid/${ownerId}`],
      ["DELETE", `/owner/byid/${ownerId}?force=true`],
    ] as const;
    for (const [method, path] of calls)
      expect([path, (await ask(method, path, { claims })).status]).toEqual([path, 404]);
    const renamed = await ask("PATCH", `/owner/byid/${ownerId}?newOwner=${ownerId}`, { claims, body: "{}" });
    expect(renamed).toMatchObject({ status: 404, body: [`Owner.Unknown ${ownerId}`] });
    await expect(openSocket("/streaming", { claims })).rejects.toThrow("404");
    const body = JSON.stringify([
      { Transfer: { Currency: "AUD", Value: 1 }, Account: { OwnerID: ownerId, AccountID: "A" } },
    ]);
    expect((await ask("POST", "/balance", { claims, body })).status).toBeGreaterThanOrEqual(400);
    expect(await objectCount()).toBe(before);
  });
});

describe("where an Owner's object is created", () => {
  it("may be hinted at", async () => {
    const OwnerID = newOwner();
    expect(await rule("POST", "/owner", { OwnerID, Metadata: { LocationHint: "weur" } })).toMatchObject({
      status: 204,
    });
    expect(await systemObject().find(OwnerID)).toMatchObject({ locationHint: "weur" });
    expect(await records(OwnerID)).toEqual({ balance: 0, holding: 0, order: 0 });
  });

  it.each([
    [{ LocationHint: "mars" }, "Field.Invalid Metadata.LocationHint"],
    [{ Jurisdiction: "mars" }, "Field.Invalid Metadata.Jurisdiction"],
    // The platform of a developer's machine keeps to none.
    [{ Jurisdiction: "eu" }, "Field.Invalid Metadata.Jurisdiction"],
  ])("cannot be %j here", async (Metadata, error) => {
    const OwnerID = newOwner();
    expect(await rule("POST", "/owner", { OwnerID, Metadata })).toMatchObject({ status: 400, body: [error] });
    expect(await systemObject().find(OwnerID)).toBeUndefined();
  });
});

describe("an Owner that is undefined", () => {
  it.each(["balance", "holding", "order"] as const)(
    "is refused while there is a live %s, unless it is forced",
    async (kind) => {
      const ownerId = await someOwner();
      await occupy(ownerId, kind);
      const { client } = await subscriber(ownerId);
      const refused = await rule("DELETE", `/owner/byid/${ownerId}`);
      expect(refused).toMatchObject({ status: 422, body: [`Owner.Occupied ${ownerId}`] });
      await client.synchronise();
      expect((await records(ownerId))[kind]).toBe(1);
      expect(await rule("DELETE", `/owner/byid/${ownerId}?force=true`)).toMatchObject({ status: 204 });
      expect(await client.untilClosed()).toMatchObject({ code: 4404 });
      expect(await rule("GET", `/owner/byid/${ownerId}`)).toMatchObject({ status: 404 });
      expect(await records(ownerId)).toEqual({ balance: -404, holding: -404, order: -404 });
    },
  );

  it("goes without force when it has accounts and feeds, but no live records", async () => {
    const ownerId = await someOwner();
    const { client } = await subscriber(ownerId);
    expect(await rule("DELETE", `/owner/byid/${ownerId}`)).toMatchObject({ status: 204 });
    expect(await client.untilClosed()).toMatchObject({ code: 4404 });
    expect(await rule("DELETE", `/owner/byid/${ownerId}`)).toMatchObject({ status: 404 });
  });

  it("and defined anew is another, with none of the old records", async () => {
    const ownerId = await someOwner();
    await occupy(ownerId, "balance");
    const old = await systemObject().find(ownerId);
    await rule("DELETE", `/owner/byid/${ownerId}?force=true`);
    await defineOwner(ownerId);
    expect((await systemObject().find(ownerId))?.object).not.toBe(old?.object);
    // The Worker had remembered where the name led.
    expect(await records(ownerId)).toEqual({ balance: 0, holding: 0, order: 0 });
    expect((await handedDown(ownerId)).map(({ type }) => type)).toEqual([
      ...Array.from({ length: 5 }, () => "DefineRequestStatus"),
      "DefineOwner",
    ]);
    await occupy(ownerId, "order");
    expect(await records(ownerId)).toEqual({ balance: 0, holding: 0, order: 1 });
  });
});

describe("an Owner that is renamed", () => {
  it("is unknown by the old name, has its records by the new one, and closes its sockets with 4404", async () => {
    const [oldName, newName] = [await someOwner(), newOwner()];
    for (const kind of ["balance", "holding", "order"] as const) await occupy(oldName, kind);
    const before = await records(oldName);
    expect(before).toEqual({ balance: 1, holding: 1, order: 1 });
    const { client } = await subscriber(oldName);
    expect(await rule("PATCH", `/owner/byid/${oldName}?newOwner=${newName}`, {})).toMatchObject({ status: 204 });
    expect(await client.untilClosed()).toMatchObject({ code: 4404 });
    expect(await records(oldName)).toEqual({ balance: -404, holding: -404, order: -404 });
    expect(await rule("GET", `/owner/byid/${oldName}`)).toMatchObject({ status: 404 });
    expect(await records(newName)).toEqual(before);
    for (const kind of ["balance", "holding", "order"]) {
      const { body } = await rule("GET", `/${kind}/for/${newName}`);
      expect(body).toMatchObject([{ Account: { OwnerID: newName, AccountID: "A" } }]);
    }
    expect(await rule("GET", `/owner/byid/${newName}`)).toMatchObject({ status: 200, body: { OwnerID: newName } });
    const { client: anew } = await subscriber(newName);
    await anew.synchronise();
  });

  it("leaves its name to another: whoever remembers the old way there finds the right one", async () => {
    const [first, second] = [await someOwner(), newOwner()];
    await occupy(first, "balance");
    await rule("PATCH", `/owner/byid/${first}?newOwner=${second}`, {});
    await defineOwner(first);
    expect((await records(first)).balance).toBe(0);
    expect((await records(second)).balance).toBe(1);
    // They change places, by a third name.
    const third = newOwner();
    for (const [from, to] of [
      [first, third],
      [second, first],
      [third, second],
    ]) {
      expect(await rule("PATCH", `/owner/byid/${from}?newOwner=${to}`, {})).toMatchObject({ status: 204 });
    }
    expect((await records(first)).balance).toBe(1);
    expect((await records(second)).balance).toBe(0);
    expect((await records(third)).balance).toBe(-404);
    const { client } = await subscriber(first);
    client.send({ Type: "Subscribe", Subscription: { Type: "Balances" } });
    await client.synchronise();
    expect(client.events).toMatchObject([{ Balance: { Account: { OwnerID: first } } }]);
  });

  it("cannot take a name that is another's", async () => {
    const [first, second] = [await someOwner(), await someOwner()];
    const taken = await rule("PATCH", `/owner/byid/${first}?newOwner=${second}`, {});
    expect(taken).toMatchObject({ status: 409, body: [`Owner.Taken ${second}`] });
  });
});

describe("an exchange that an adapter defines", () => {
  it("lies over the System's for its Owner alone, and uncovers that when it is undefined", async () => {
    const [ownerId, other] = [await someOwner(), await someOwner()];
    await defineExchange("ASX", "common");
    const claims = { sub: "adapter", owners: [ownerId], feeds: ["asx"], exchanges: ["ASX"] };
    const { client: adapter } = await openSocket("/streaming", { claims });
    const { client: watcher } = await subscriber(ownerId);
    watcher.send({ Type: "Subscribe", Subscription: { Type: "Metadata" } });
    await watcher.synchronise();
    const seen = () =>
      watcher.events.flatMap(({ Operation }) => {
        const { Exchange, Metadata } = Operation?.ExchangeDetails ?? {};
        return Exchange === undefined ? [] : [`${Operation?.Type?.slice(14)} ${Exchange} ${Metadata?.Content}`];
      });
    // The exchange may be on its way while the snapshot is made: it is seen once in either case.
    await watcher.until(() => seen().length > 0);
    expect(seen()).toEqual(["DefineExchange ASX common"]);
    const contents = async () => {
      const found: unknown[] = [];
      for (const query of [`?owner=${ownerId}`, `?owner=${other}`, ""]) {
        const { body } = await rule("GET", `/exchange${query}`);
        found.push((body as { Metadata: { Content: string } }[]).map(({ Metadata }) => Metadata.Content).join());
      }
      return found;
    };
    await adapter.open("asx");
    const own = { Exchange: "ASX", Metadata: { Content: "own" } };
    adapter.feed("asx", "Operation", 1, { Operation: { Type: "DefineExchange", ExchangeDetails: own } });
    await adapter.synchronise();
    expect(await contents()).toEqual(["own", "common", "common"]);
    // A change of what lies under it shows where nothing lies over it.
    await defineExchange("ASX", "changed");
    await expect.poll(contents).toEqual(["own", "changed", "changed"]);
    adapter.feed("asx", "Operation", 2, {
      Operation: { Type: "UndefineExchange", ExchangeDetails: { Exchange: "ASX" } },
    });
    await adapter.synchronise();
    expect(await contents()).toEqual(["changed", "changed", "changed"]);
    await rule("DELETE", "/exchange/byid/ASX");
    await expect.poll(contents).toEqual(["", "", ""]);
    await watcher.synchronise();
    expect(seen().slice(0, 3)).toEqual([
      "DefineExchange ASX common",
      "DefineExchange ASX own",
      "DefineExchange ASX changed",
    ]);
    expect(seen().slice(3)).toEqual([expect.stringMatching(/^UndefineExchange ASX/)]);
  });
});

import { describe, expect, test } from "vitest";
import { type Client, Decimal } from "../../src/client/index.ts";
import { newOwner } from "../owner/object.ts";
import { openSocket, someOwner, supply } from "../support/api.ts";
import { answerAll } from "../support/questions.ts";
import { clientOf, clientWith, refusalOf } from "./worker.ts";

const operator = clientOf();

test("owners are defined, listed, read, renamed and undefined, and read as they were", async () => {
  const [name, renamed] = [newOwner(), newOwner()];
  const { at } = await operator.owners.define({ OwnerID: name, Name: "first" });
  await operator.owners.define({ OwnerID: name, Name: "second" });
  expect(await operator.owners.get(name)).toEqual({ OwnerID: name, Name: "second" });
  expect(await operator.owners.get(name, { asAt: at })).toEqual({ OwnerID: name, Name: "first" });
  expect(await operator.owners.list()).toContainEqual({ OwnerID: name, Name: "second" });
  expect(await clientOf(name).owners.list({ asAt: at })).toEqual([{ OwnerID: name, Name: "first" }]);

  await operator.owners.rename(name, renamed, { Comments: "by hand" });
  expect(await refusalOf(operator.owners.get(name))).toEqual([404, ["Owner.Unknown"]]);
  const client = clientOf(renamed);
  await client.balances.transfer({
    Transaction: { Account: { OwnerID: renamed, AccountID: "1" } },
    Transfer: { Currency: "AUD", Value: Decimal.of(1) },
  });
  expect(await refusalOf(operator.owners.undefine(renamed))).toEqual([422, [expect.stringMatching(/^Owner.Occupied/)]]);
  await operator.owners.undefine(renamed, { force: true });
  expect(await refusalOf(operator.owners.get(renamed))).toEqual([404, ["Owner.Unknown"]]);
});

describe("what is common is defined, listed, read, undefined, and read as it was", () => {
  interface Resource {
    readonly define: (client: Client, name?: string) => Promise<{ readonly at?: string }>;
    readonly list: (client: Client, asAt?: string) => Promise<readonly object[]>;
    readonly get: (client: Client, asAt?: string) => Promise<object>;
    readonly undefine: (client: Client) => Promise<unknown>;
    readonly key: object;
  }
  const Source = "sdk-source";
  const identity = { source: Source, identity: "User:sdk" };
  const RESOURCES: readonly (readonly [string, Resource])[] = [
    [
      "exchanges",
      {
        define: (client, name) => client.exchanges.define({ Exchange: "SDK/X", ...(name && { Metadata: { name } }) }),
        list: (client, asAt) => client.exchanges.list({ asAt }),
        get: (client, asAt) => client.exchanges.get("SDK/X", { asAt }),
        undefine: (client) => client.exchanges.undefine("SDK/X"),
        key: { Exchange: "SDK/X" },
      },
    ],
    [
      "statuses",
      {
        define: (client, name) => client.statuses.define({ Code: "Sdk", ...(name && { Name: name }) }),
        list: (client, asAt) => client.statuses.list({ asAt }),
        get: (client, asAt) => client.statuses.get("Sdk", { asAt }),
        undefine: (client) => client.statuses.undefine("Sdk"),
        key: { Code: "Sdk" },
      },
    ],
    [
      "identity sources",
      {
        define: (client, name) => client.identitySources.define(sourceOf(Source, name)),
        list: (client, asAt) => client.identitySources.list({ asAt }),
        get: (client, asAt) => client.identitySources.get(Source, { asAt }),
        undefine: (client) => client.identitySources.undefine(Source),
        key: { Code: Source },
      },
    ],
    [
      "identities",
      {
        define: (client, name) =>
          client.identities.define({
            Source,
            Identity: "User:sdk",
            Features: ["Audit"],
            ...(name && { Metadata: { name } }),
          }),
        list: (client, asAt) => client.identities.list({ asAt }),
        get: (client, asAt) => client.identities.get(identity, { asAt }),
        undefine: (client) => client.identities.undefine(identity),
        key: { Identity: "User:sdk" },
      },
    ],
  ];

  function sourceOf(Code: string, Name?: string) {
    return {
      Code,
      ...(Name !== undefined && { Name }),
      Authentication: "IdentityAuthentication_JWT",
      Parameters: { Issuer: `https://${Code}.test`, Audience: "oms", JwksUri: `https://${Code}.test/keys` },
    } as const;
  }

  test.each(RESOURCES)("%s", async (_name, { define, list, get, undefine, key }) => {
    await operator.identitySources.define(sourceOf(Source));
    await operator.identities.define({ Source: "bootstrap", Identity: "User:sdk", Features: ["Query"] }).catch(() => 0);
    const { at } = await define(operator);
    const first = await get(operator);
    expect(first).toMatchObject(key);
    await define(operator, "second");
    const second = await get(operator);
    expect(JSON.stringify(second)).toContain("second");
    expect(second).not.toEqual(first);
    expect(await get(operator, at)).toEqual(first);
    expect(await list(operator)).toContainEqual(second);
    expect(await list(operator, at)).toContainEqual(first);
    await undefine(operator);
    expect(await list(operator)).not.toContainEqual(expect.objectContaining(key));
    expect(await refusalOf(get(operator))).toEqual([404, ["Unknown"]]);
  });

  test("identities are listed by their source, and a caller is told its own", async () => {
    await operator.identitySources.define(sourceOf("sdk-listed"));
    const permissions = { Source: "sdk-listed", Identity: "Client:one", Feeds: ["asx"] };
    await operator.identities.define(permissions);
    expect(await operator.identities.list({ source: "sdk-listed" })).toEqual([expect.objectContaining(permissions)]);
    const { Identity, Owners } = await clientWith({ sub: "sdk", owners: ["XS"] }).identities.current();
    expect([Identity, Owners]).toEqual(["User:sdk", ["XS"]]);
  });
});

test("an exchange that an adapter defines lies over the common one, for its Owner alone", async () => {
  const owner = await someOwner();
  const client = clientOf(owner);
  await operator.exchanges.define({ Exchange: "LAID", Metadata: { by: "all" } });
  const claims = { owners: [owner], feeds: ["asx"], exchanges: ["LAID"] };
  const { client: adapter } = await openSocket("/streaming", { claims });
  await adapter.open("asx");
  const laid = { Exchange: "LAID", Metadata: { by: "its adapter" } };
  adapter.feed("asx", "Operation", 1, { Operation: { Type: "DefineExchange", ExchangeDetails: laid } });
  await adapter.synchronise();
  const common = { Exchange: "LAID", Metadata: { by: "all" } };
  expect(await client.exchanges.get("LAID")).toEqual(common);
  expect(await client.exchanges.get("LAID", { owner })).toEqual(laid);
  expect(await client.exchanges.list({ owner })).toContainEqual(laid);
  expect(await client.exchanges.list()).toContainEqual(common);
});

describe("feeds", () => {
  test("are listed and read, and what came by them is told from positions and times", async () => {
    const owner = await someOwner();
    const client = clientOf(owner);
    const transfer = (TransactionID: string) => ({
      Type: "ExternalActionType_CashTransfer",
      Transaction: { TransactionID, Account: { OwnerID: owner, AccountID: "1" } },
      CashTransfer: { Currency: "AUD", Value: "0.10" },
    });
    await supply(owner, "asx", ["1", "2", "3"].map(transfer));
    const feed = await client.feeds.get("asx");
    expect(feed).toMatchObject({ FeedID: "asx", Status: "CONNECTIONSTATUS_ONLINE" });
    expect(await operator.feeds.get("asx", { owner })).toEqual(feed);
    expect(await client.feeds.list()).toEqual([feed]);
    const positions = async (options: Parameters<Client["feeds"]["updates"]>[1]) =>
      (await client.feeds.updates("asx", options).toArray()).map(({ Position }) => Position?.Position);
    expect(await positions({})).toEqual([1, 2, 3]);
    expect(await positions({ from: 1, to: 2 })).toEqual([2]);
    expect(await positions({ from: "2026-01-01", to: 2 })).toEqual([1, 2]);
    expect(await positions({ from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await positions({ count: 1 })).toEqual([1]);
    const [first] = await client.feeds.updates("asx").toArray();
    expect(first?.Action?.CashTransfer?.Value?.toString()).toBe("0.1");
  });

  test("are asked by their adapters' own words, with and without data", async () => {
    const owner = await someOwner();
    const adapter = await supply(owner, "asx", []);
    answerAll(adapter, ({ Type, Tag, Parameters, QueryData }) => ({
      Type,
      Tag,
      Errors: ["in my own words"],
      ...(Parameters && { Parameters }),
      ...(QueryData && { QueryData }),
    }));
    const asked = { tag: "T", parameters: { "a b": "c&d" } };
    const answer = { Type: "depth/1", Tag: "T", Errors: ["in my own words"], Parameters: { "a b": "c&d" } };
    const client = clientOf(owner);
    expect(await client.feeds.query("asx", "depth/1", asked)).toEqual(answer);
    const data = new Uint8Array([0, 255, 7]);
    expect(await client.feeds.query("asx", "depth/1", { ...asked, data })).toEqual({ ...answer, QueryData: "AP8H" });
    expect(await refusalOf(client.feeds.query("nobody", "depth"))).toEqual([404, ["Unknown"]]);
  });
});

describe("diagnostics", () => {
  test("say that it works, to anybody; and of an Owner, to who may see it", async () => {
    const owner = await someOwner();
    await expect(clientWith({}).diagnostics.ping()).resolves.toBeUndefined();
    expect(await clientWith({}).diagnostics.health()).toBe("Healthy");
    expect(await clientOf(owner).diagnostics.health({ owner })).toBe("Healthy");
    expect(await refusalOf(clientOf("another").diagnostics.health({ owner }))).toEqual([403, ["Authority"]]);
  });

  test("show what is kept, now and as at a position", async () => {
    const owner = await someOwner();
    const client = clientOf(owner);
    const names = await client.diagnostics.channels();
    expect(names).toContain("account");
    const Account = { OwnerID: owner, AccountID: "1" };
    await client.accounts.define({ Account });
    const { Position, Records } = await client.diagnostics.channel("account");
    expect(Records).toEqual([{ Key: ["1"], State: { Account } }]);
    const before = await operator.diagnostics.channel("account", { owner, asAt: { oms: (Position.oms ?? 0) - 1 } });
    expect(before.Records).toEqual([]);
  });
});

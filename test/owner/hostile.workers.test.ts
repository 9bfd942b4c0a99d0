import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deposit, update } from "./actions.ts";
import { Client } from "./client.ts";
import { addressOf, defined, evict, list, newOwner, objectOf, positionsOf, ringAlarm } from "./object.ts";

/** One character that makes the platform keep a whole text in two bytes each. */
const WIDE = "\u4e2d";

async function transfer(owner: string, transactionId: string) {
  const { Action } = deposit(owner, transactionId, 10);
  const update = { Type: "UpdateEventType_Action", Action: { ...Action, Type: "ExternalActionType_CashTransfer" } };
  await defined(owner);
  return await objectOf(owner).submit(addressOf(owner), [{ update: JSON.stringify(update) }]);
}

function opening(sequence: string, Agent: string) {
  return { Type: "FeedRequest", Feed: { Type: "Open", Position: { Sequence: sequence }, Configuration: { Agent } } };
}

describe("what a session cannot carry through hibernation", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is refused to whoever opens a feed, and costs nobody of the same commit anything", async () => {
    const owner = newOwner();
    const subscriber = await Client.connect(owner);
    subscriber.send({ Type: "Subscribe", Subscription: { Type: "Balances" } });
    await subscriber.synchronise();
    const hostile = await Client.connect(owner, { feeds: ["asx"] });
    hostile.send(opening("asx", WIDE + "a".repeat(9000)));
    expect(await transfer(owner, "D1")).toHaveProperty("at");
    await hostile.synchronise();
    expect(hostile.errors).toEqual(["Subscription.TooLarge"]);
    await subscriber.synchronise();
    expect(subscriber.events).toHaveLength(1);
  });

  it("counts the feeds that are opened in the same commit", async () => {
    const owner = newOwner();
    const hostile = await Client.connect(owner, { feeds: ["asx", "nzx", "lse"] });
    hostile.send(["asx", "nzx", "lse"].map((feed) => opening(feed, "a".repeat(7000))));
    expect(await transfer(owner, "D1")).toHaveProperty("at");
    await hostile.synchronise();
    expect(hostile.errors).toEqual(["Subscription.TooLarge", "Subscription.TooLarge"]);
    await evict(owner);
    hostile.feed("asx", "Action", 1, deposit(owner, "D2", 1));
    await hostile.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([1]);
  });

  it("is refused to whoever subscribes, never answered with silence", async () => {
    const owner = newOwner();
    await transfer(owner, "D1");
    const hostile = await Client.connect(owner);
    hostile.send({ Type: "Subscribe", RequestID: WIDE + "a".repeat(9000), Subscription: { Type: "Balances" } });
    await hostile.synchronise();
    expect(hostile.errors).toEqual(["Subscription.TooLarge"]);
  });

  it("counts a snapshot's request once more while it is being sent, and stalls nobody else's", async () => {
    const owner = newOwner();
    const adapter = await Client.connect(owner, { feeds: ["asx"] });
    await adapter.open("asx");
    const note = "x".repeat(100_000);
    for (let order = 1; order <= 15; order++)
      adapter.feed("asx", "Action", order, update(owner, `O${order}`, { Properties: { note } }));
    await adapter.synchronise();
    const hostile = await Client.connect(owner);
    hostile.send({ Type: "Subscribe", RequestID: "a".repeat(10_500), Subscription: { Type: "Orders" } });
    await hostile.synchronise();
    expect(hostile.errors).toEqual(["Subscription.TooLarge"]);
    const subscriber = await Client.connect(owner);
    subscriber.send({ Type: "Subscribe", Subscription: { Type: "Orders" } });
    await subscriber.until(({ Type }) => Type === "EventMessageType_SnapshotFinish");
    expect(subscriber.events).toHaveLength(15);
  });
});

describe("a hostile client", () => {
  it("closes a superseded socket of a feed whose name is as long as a name may be", async () => {
    const owner = newOwner();
    const feed = WIDE.repeat(64);
    const older = await Client.connect(owner, { feeds: [feed] });
    await older.open(feed, { Agent: "primary" });
    const newer = await Client.connect(owner, { feeds: [feed] });
    expect(await newer.open(feed, { Agent: "primary" })).toBe(0);
    expect((await older.untilClosed()).code).toBe(4409);
  });

  it("cannot have a frame of its feed passed over by nesting it deeply in an array", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    client.sendText(
      `[{"Type":"FeedRequest","Feed":{"Type":"Action","Position":{"Sequence":"asx","Position":1},"Action":${deep}}}]`,
    );
    client.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await client.synchronise();
    expect(client.errors).toHaveLength(1);
    expect([[], [1, 2]]).toContainEqual(await positionsOf(owner, "asx"));
  });

  it("cannot make the alarm go off without end by an order that is removed after the year 2262", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.feed("asx", "Action", 1, update(owner, "O1", { RemoveAfter: "9999-12-31T00:00:00Z" }));
    await client.synchronise();
    const alarm = await runInDurableObject(objectOf(owner), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now() + 86_400_000);
  });

  it("cannot stop the alarm by a status that expired at the epoch", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.feed("asx", "Status", 1, { Status: { Status: "ONLINE", ExpireAfter: {} } });
    await client.synchronise();
    expect(await ringAlarm(owner)).toBe(true);
    expect((await list(owner, { kind: "feed" }))[0]?.Status).toBeUndefined();
  });

  it("may give funds and pools the names of what every object has", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.feed("asx", "Action", 1, update(owner, "O1", { AdditionalFunds: { constructor: 5 } }));
    const executed = { AdditionalFunds: { constructor: 5 }, ExecutedAdditionalFunds: { other: 1 } };
    client.feed("asx", "Action", 2, update(owner, "O1", executed));
    const { Action } = deposit(owner, "D1", 7);
    client.feed("asx", "Action", 3, {
      Action: { ...Action, CashTransfer: { ...Action.CashTransfer, Pool: "toString" } },
    });
    await client.synchronise();
    expect(client.errors).toEqual([]);
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ UnfilledBuys: 1005, Values: { toString: 7 } }]);
  });

  it("gets Field.Invalid for an Account target that is no owner/account", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner);
    for (const value of [owner, `${owner}/`])
      client.send({
        Type: "Subscribe",
        Subscription: { Type: "Orders", Targets: [{ Name: "Account", Values: [value] }] },
      });
    await client.synchronise();
    expect(client.errors).toEqual(Array(2).fill("Field.Invalid Subscription.Targets[0].Values"));
  });

  it("has nothing passed over by an unreadable frame when the feed is set Gapless", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx", { Settings: { Gapless: "true" } });
    client.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    client.feed("asx", "Action", 3, { Action: { Prise: 1 } });
    await client.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([1]);
    expect(client.feedEvents("Suspend")).toHaveLength(1);
  });

  it("may resume a feed of any name from its positions", async () => {
    const owner = newOwner();
    const adapter = await Client.connect(owner, { feeds: ["constructor"] });
    await adapter.open("constructor");
    adapter.feed("constructor", "Action", 1, deposit(owner, "D1", 1));
    await adapter.synchronise();
    const client = await Client.connect(owner);
    client.send({ Type: "Subscribe", Subscription: { Type: "Balances", From: { Positions: { oms: 1 } } } });
    await client.synchronise();
    expect(client.events).toHaveLength(1);
  });
});

describe("a client that closes its socket", () => {
  it("has every frame applied that it sent before, its Close among them", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    for (let position = 1; position <= 20; position++)
      client.feed("asx", "Action", position, deposit(owner, `D${position}`, 1));
    client.feed("asx", "Close");
    client.close();
    await client.untilClosed();
    await vi.waitFor(async () =>
      expect((await list(owner, { kind: "feed" }))[0]?.Status).not.toBe("CONNECTIONSTATUS_ONLINE"),
    );
    expect((await list(owner, { kind: "feed" }))[0]?.Status).toBe("CONNECTIONSTATUS_CLOSED");
    expect(await positionsOf(owner, "asx")).toHaveLength(20);
  });

  it.each([1000, 1001, 3000, 4999])("is answered the closing handshake, whatever its code: %i", async (code) => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.close(code);
    await client.untilClosed();
    await vi.waitFor(async () => expect((await list(owner, { kind: "feed" }))[0]?.Status).toBeUndefined());
  });
});

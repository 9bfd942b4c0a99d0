import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { EventMessage } from "../../src/protocol/messages/index.ts";
import { deposit, trade, update } from "./actions.ts";
import { Client } from "./client.ts";
import { addressOf, between, list, MODES, newOwner, objectOf } from "./object.ts";

interface Scenario {
  readonly owner: string;
  readonly adapter: Client;
  /** Sends updates at the next positions and waits until they are durable. */
  readonly apply: (...contents: readonly object[]) => Promise<void>;
}

async function scenario(): Promise<Scenario> {
  const owner = newOwner();
  const adapter = await Client.connect(owner, { feeds: ["asx"], identity: "adapter" });
  await adapter.open("asx");
  let position = 0;
  const apply = async (...contents: readonly object[]) => {
    for (const content of contents) adapter.feed("asx", "Action", ++position, content);
    await adapter.synchronise();
  };
  return { owner, adapter, apply };
}

async function subscribe(client: Client, Type: string, options: object = {}): Promise<void> {
  client.send({
    Type: "Subscribe",
    RequestID: `${Type} ${client.received.length}`,
    Subscription: { Type, ...options },
  });
  await client.synchronise();
}

function types(messages: readonly EventMessage[]): readonly string[] {
  return messages
    .filter(({ Request }) => Request?.Type !== "RequestMessageType_Synchronise")
    .map(({ Type = "" }) => Type.slice(17));
}

/** The event frames that came after so many messages. */
function since(client: Client, index: number): readonly EventMessage[] {
  return client.received.slice(index).filter(({ Type }) => Type === "EventMessageType_Update");
}

describe.each(MODES)("subscriptions (%s)", (mode) => {
  it("answer, send a snapshot with the position of every sequence, then stream each record's events in order", async () => {
    const { owner, apply } = await scenario();
    await apply(deposit(owner, "D1", 100));
    const client = await Client.connect(owner);
    await subscribe(client, "Balances");
    expect(types(client.received)).toEqual(["Response", "SnapshotStart", "Update", "SnapshotFinish"]);
    expect(client.received[1]?.Snapshot?.Positions).toEqual({ asx: 1, oms: 1, system: 1 });
    await between(mode, owner);
    await apply(deposit(owner, "D2", 50));
    await between(mode, owner);
    await apply(deposit(owner, "D3", 25), deposit(owner, "D4", 5));
    await client.synchronise();
    expect(client.events.map(({ Balance }) => Balance?.Balance?.toString())).toEqual(["100", "150", "175", "180"]);
    expect(since(client, 0).at(-1)?.Position).toMatchObject({ Sequence: "asx", Position: 4 });
  });

  it("share one cursor and one stream: an event that several match is sent once", async () => {
    const { owner, apply } = await scenario();
    const client = await Client.connect(owner);
    await subscribe(client, "Orders");
    await subscribe(client, "Orders", { Targets: [{ Name: "Exchange", Values: ["ASX"] }] });
    await subscribe(client, "Feed", { Targets: [{ Name: "Feed", Values: ["ASX"] }] });
    await between(mode, owner);
    await apply(update(owner, "O1"));
    await client.synchronise();
    expect(client.events).toHaveLength(1);
  });

  it("are narrowed by accounts, exchanges and feeds", async () => {
    const { owner, apply } = await scenario();
    await apply(update(owner, "O1"), update(owner, "O2", { AccountID: "B", Exchange: "NZX" }));
    const targets = (Name: string, ...Values: readonly string[]) => ({ Targets: [{ Name, Values }] });
    const client = async (Type: string, options: object) => {
      const subscriber = await Client.connect(owner);
      await subscribe(subscriber, Type, options);
      return subscriber;
    };
    const byAccount = await client("Orders", targets("Account", `${owner}/A`));
    const byExchange = await client("Orders", targets("Exchange", "NZX"));
    const byRoute = await client("Feed", targets("Feed", "NZX"));
    const bySequence = await client("Updates", targets("Feed", "lse"));
    const byOwner = await client("Balances", targets("Owner", owner));
    await between(mode, owner);
    await apply(update(owner, "O3"), update(owner, "O4", { AccountID: "B", Exchange: "NZX" }));
    for (const each of [byAccount, byExchange, byRoute, bySequence, byOwner]) await each.synchronise();
    const orders = (subscriber: Client) => subscriber.events.map(({ Order }) => Order?.OrderID);
    expect(orders(byAccount)).toEqual(["O1", "O3"]);
    expect(orders(byExchange)).toEqual(["O2", "O4"]);
    expect(orders(byRoute)).toEqual(["O2", "O4"]);
    expect(bySequence.events).toEqual([]);
    expect(byOwner.events).toHaveLength(4);
  });

  it("show all events of a trade to those who ask for all views, in the order of rule E2", async () => {
    const { owner, apply } = await scenario();
    const client = await Client.connect(owner);
    for (const view of ["Updates", "Orders", "Balances", "Holdings", "Transactions", "Status"])
      await subscribe(client, view);
    await between(mode, owner);
    const index = client.received.length;
    await apply(trade(owner, "O1", "T1", 10, 10, { ExecutedQuantity: 10 }));
    await client.synchronise();
    const [frame] = since(client, index);
    expect(frame?.Updates?.map(({ Type = "" }) => Type.slice(16))).toEqual([
      "Action",
      "Order",
      "Balance",
      "Holding",
      "Transaction",
    ]);
  });

  it("resume on a fresh socket with the missed records, then a bookmark, then the stream", async () => {
    const { owner, apply } = await scenario();
    await apply(deposit(owner, "D1", 1), deposit(owner, "D2", 1), deposit(owner, "D3", 1));
    const client = await Client.connect(owner);
    await subscribe(client, "Balances", { From: { Positions: { asx: 1, oms: 1 } } });
    expect(types(client.received)).toEqual(["Response", "Update", "Bookmark"]);
    expect(client.received.at(-2)?.Snapshot?.Positions).toEqual({ asx: 3, oms: 1, system: 1 });
    await between(mode, owner);
    await apply(deposit(owner, "D4", 1));
    await client.synchronise();
    expect(client.events.map(({ Balance }) => Balance?.Balance?.toString())).toEqual(["2", "3", "4"]);
  });

  it("resume from an At with the reserved key", async () => {
    const { owner, apply } = await scenario();
    await apply(deposit(owner, "D1", 1));
    const { at } = await objectOf(owner).record(addressOf(owner), { kind: "feed", parts: ["asx"] });
    await apply(deposit(owner, "D2", 1));
    const client = await Client.connect(owner);
    await subscribe(client, "Balances", { From: { Positions: { "@at": at } } });
    expect(client.events.map(({ Balance }) => Balance?.Balance?.toString())).toEqual(["2"]);
  });

  it("resume on a socket that is further: the missed events alone, without a sequence, up to its cursor", async () => {
    const { owner, apply } = await scenario();
    await apply(update(owner, "O1"), update(owner, "O2"), update(owner, "O3"));
    const client = await Client.connect(owner);
    await subscribe(client, "Balances");
    await between(mode, owner);
    const index = client.received.length;
    await subscribe(client, "Orders", { From: { Positions: { asx: 1, oms: 1 } } });
    const replayed = since(client, index);
    expect(replayed.flatMap(({ Updates = [] }) => Updates).map(({ Order }) => Order?.OrderID)).toEqual(["O2", "O3"]);
    expect(replayed.every(({ Position }) => Position?.Sequence === undefined)).toBe(true);
    expect(types(client.received.slice(index))).toEqual(["Response", "Update", "Bookmark"]);
    await between(mode, owner);
    await apply(update(owner, "O4"));
    await client.synchronise();
    expect(client.received.at(-2)?.Position).toMatchObject({ Sequence: "asx", Position: 4 });
  });

  it("get a snapshot, never silence, from positions that the log does not know", async () => {
    const { owner, apply } = await scenario();
    await apply(deposit(owner, "D1", 1));
    for (const Positions of [{ asx: 2 }, { lse: 1 }, { "@at": Number.MAX_SAFE_INTEGER }]) {
      const client = await Client.connect(owner);
      await subscribe(client, "Balances", { From: { Positions } });
      expect(types(client.received)).toEqual(["Response", "SnapshotStart", "Update", "SnapshotFinish"]);
    }
  });

  it("end with Unsubscribe; one that is not held is refused", async () => {
    const { owner, apply } = await scenario();
    const client = await Client.connect(owner);
    await subscribe(client, "Balances");
    await subscribe(client, "Orders");
    client.send({ Type: "Unsubscribe", Subscription: { Type: "Balances" } });
    client.send({ Type: "Unsubscribe", Subscription: { Type: "Holdings" } });
    await client.synchronise();
    await between(mode, owner);
    await apply(update(owner, "O1"));
    await client.synchronise();
    expect(client.errors).toEqual(["Subscription.Unknown"]);
    expect(client.events.map(({ Type = "" }) => Type.slice(16))).toEqual(["Order"]);
  });

  it("are told where the log is after every 1,000 records that their filter left out", async () => {
    const { owner, apply } = await scenario();
    const client = await Client.connect(owner);
    await subscribe(client, "Orders", { Targets: [{ Name: "Account", Values: [`${owner}/NOBODY`] }] });
    await apply(...Array.from({ length: LIMITS.BOOKMARK_RECORDS + 1 }, (_, index) => update(owner, `O${index}`)));
    await client.synchronise();
    const bookmarks = client.received.filter(({ Type }) => Type === "EventMessageType_Bookmark");
    expect(bookmarks).toHaveLength(1);
    expect(bookmarks[0]?.Snapshot?.Positions?.asx).toBeGreaterThanOrEqual(LIMITS.BOOKMARK_RECORDS);
    expect(bookmarks[0]?.Position?.ExecutedAt).toBeDefined();
  });

  it("write enums short for a socket that asks for it", async () => {
    const { owner, apply } = await scenario();
    await apply(update(owner, "O1"));
    const client = await Client.connect(owner, { compact: true });
    await subscribe(client, "Orders");
    await between(mode, owner);
    await apply(update(owner, "O2", { Side: "SELL" }));
    await client.synchronise();
    const frames = client.texts.filter((text) => text.includes("Order"));
    expect(frames.join()).not.toContain("SIDE_");
    expect(frames.join()).toContain('"Type":"Order"');
    expect(client.events.map(({ Order }) => Order?.Side)).toEqual(["SIDE_BUY", "SIDE_SELL"]);
  });

  it("lose no event and repeat none while a snapshot of many turns is being sent", async () => {
    const { owner, adapter, apply } = await scenario();
    const padding = "x".repeat(6000);
    const many = Array.from({ length: 600 }, (_, index) => update(owner, `O${index}`, { ExternalID: padding }));
    await apply(...many);
    const client = await Client.connect(owner);
    client.send({ Type: "Subscribe", RequestID: "big", Subscription: { Type: "Orders" } });
    // Without waiting for the snapshot: these fall into it.
    for (let change = 0; change < 50; change++) {
      adapter.feed("asx", "Action", 10_000 + change, update(owner, `O${change * 7}`, { Price: 20 + change }));
      if (change % 10 === 0) await adapter.synchronise();
    }
    await adapter.synchronise();
    await client.until(({ Type }) => Type === "EventMessageType_SnapshotFinish");
    await between(mode, owner);
    adapter.feed("asx", "Action", 20_000, update(owner, "LAST"));
    await client.until(({ Updates = [] }) => Updates.some(({ Order }) => Order?.OrderID === "LAST"));
    const folded = new Map(client.events.map(({ Order }) => [Order?.OrderID, Order?.Price?.toString()]));
    const orders = await list(owner, { kind: "order" });
    expect(folded).toEqual(new Map(orders.map(({ OrderID, Price }) => [String(OrderID), String(Price)])));
    const positions = client.received.flatMap(({ Position }) => Position?.Position ?? []);
    expect(positions).toEqual([...positions].sort((left, right) => left - right));
    expect(new Set(positions).size).toBe(positions.length);
  });
});

describe("a replay of many turns", () => {
  it("is bookmarked where it ends, not where the log is by then: no position comes twice", async () => {
    const { owner, adapter, apply } = await scenario();
    const padding = "x".repeat(6000);
    await apply(...Array.from({ length: 600 }, (_, index) => update(owner, `O${index}`, { ExternalID: padding })));
    const client = await Client.connect(owner);
    await subscribe(client, "Balances");
    client.send({ Type: "Subscribe", RequestID: "late", Subscription: { Type: "Orders", From: { Positions: {} } } });
    for (let change = 0; change < 60; change++) {
      adapter.feed("asx", "Action", 10_000 + change, update(owner, `O${change * 7}`, { Price: 20 + change }));
      await adapter.synchronise();
    }
    await client.until(({ Type, Request }) => Type === "EventMessageType_Bookmark" && Request?.RequestID === "late");
    await client.until(({ Position }) => Position?.Position === 10_059);
    let known = 0;
    for (const { Type, Position, Snapshot } of client.received) {
      if (Type === "EventMessageType_Bookmark") known = Math.max(known, Snapshot?.Positions?.asx ?? 0);
      if (Position?.Sequence !== "asx" || Position.Position === undefined) continue;
      expect(Position.Position).toBeGreaterThan(known);
      known = Position.Position;
    }
    const folded = new Map(
      client.events.flatMap(({ Order }) => (Order ? [[Order.OrderID, Order.Price?.toString()]] : [])),
    );
    const orders = await list(owner, { kind: "order" });
    expect(folded).toEqual(new Map(orders.map(({ OrderID, Price }) => [String(OrderID), String(Price)])));
  });
});

describe("a subscription that is refused", () => {
  it("names the field, or the Owner that the socket may not see", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner);
    const refused: readonly [object, string][] = [
      [{}, "Field.Invalid Subscription.Type"],
      [{ Type: "Recent" }, "Field.Invalid Subscription.Type"],
      [
        { Type: "Balances", Targets: [{ Name: "Feed", Values: ["asx"] }] },
        "Field.Invalid Subscription.Targets[0].Name",
      ],
      [{ Type: "Balances", Targets: [{ Name: "Account" }] }, "Field.Missing Subscription.Targets[0].Values"],
      [{ Type: "Feed" }, "Field.Missing Subscription.Targets Feed"],
      [{ Type: "Balances", Targets: [{ Name: "Owner", Values: [owner, "OTHER"] }] }, "Owner.Unknown OTHER"],
      [{ Type: "Orders", Targets: [{ Name: "Account", Values: ["OTHER/A"] }] }, "Owner.Unknown OTHER"],
    ];
    for (const [Subscription] of refused) client.send({ Type: "Subscribe", Subscription });
    await client.synchronise();
    expect(client.errors).toEqual(refused.map(([, error]) => error));
  });

  it("is TooLarge when the session would not survive hibernation, and the others go on", async () => {
    const { owner, apply } = await scenario();
    const client = await Client.connect(owner);
    await subscribe(client, "Balances");
    const Values = Array.from({ length: 1000 }, (_, index) => `${owner}/${"ACCOUNT".repeat(2)}${index}`);
    await subscribe(client, "Orders", { Targets: [{ Name: "Account", Values }] });
    expect(client.errors).toEqual(["Subscription.TooLarge"]);
    await apply(deposit(owner, "D1", 1));
    await client.synchronise();
    expect(client.events).toHaveLength(1);
  });
});

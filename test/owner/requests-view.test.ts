/** The views that show client requests: Requests, Feed and Updates, live, in snapshots, and when resumed. */
import { describe, expect, it } from "vitest";
import { type EventShape, matcherOf } from "../../src/domain/views.ts";
import { readSubscription } from "../../src/owner/subscriptions.ts";
import type { SubscriptionDetails } from "../../src/protocol/messages/index.ts";
import { account, order } from "./actions.ts";
import { askBySocket, newOrder, tradingWorld } from "./asking.ts";
import { OWNER, type PlayedSocket, type World } from "./world.ts";

const ADAPTER = { feeds: ["asx"], identity: "User:adapter" };

/** What a socket was shown of requests and orders, in short. */
function shown(socket: PlayedSocket): readonly string[] {
  return socket.events.map(({ UpdateAction, Request, Order, ClientRequest, ClientRequestUpdate, Action }) => {
    const gone = UpdateAction === undefined ? "" : " gone";
    if (Request !== undefined) return `${Request.Request.RequestID} ${Request.Status}${gone}`;
    if (Order !== undefined) return `${Order.OrderID}${gone}`;
    if (ClientRequest !== undefined) return `asks ${ClientRequest.RequestID}`;
    if (ClientRequestUpdate !== undefined) return `tells ${ClientRequestUpdate.RequestID}`;
    return `action ${Action?.Order?.OrderID}`;
  });
}

const target = (Name: string, ...Values: string[]) => ({ Targets: [{ Name, Values }] });

/** A world whose feed `asx` is supplied, with a client that may ask. */
function begin() {
  const world = tradingWorld();
  const [client, adapter] = [world.connect(), world.connect(ADAPTER)];
  world.open(adapter);
  return { world, client, adapter };
}

function ask(world: World, client: PlayedSocket, id: string, change: object = {}, fields: object = {}): void {
  askBySocket(world, client, newOrder(id, change, fields));
  world.settle();
}

function tell(world: World, adapter: PlayedSocket, id: string, position: number, content: object): void {
  world.feed(adapter, "Update", position, { Update: { RequestID: id, Account: account(OWNER), ...content } });
  world.settle();
}

describe("the Requests view", () => {
  it("shows each state that a request comes to, and what is completed once more as it goes", () => {
    const { world, client, adapter } = begin();
    const viewer = world.connect();
    world.subscribe(viewer, "Requests");
    ask(world, client, "R1");
    tell(world, adapter, "R1", 1, { Status: "Working" });
    tell(world, adapter, "R1", 2, { Status: "Completed" });
    ask(world, client, "R2", { Quantity: 0 });
    expect(shown(viewer)).toEqual(["R1 Submitted", "R1 Working", "R1 Completed gone", "R2 Rejected gone"]);
  });

  it("begins with the requests that are open, in the order of their accounts and ids", () => {
    const { world, client, adapter } = begin();
    ask(world, client, "R2");
    ask(world, client, "R1");
    ask(world, client, "R1", {}, { Account: account(OWNER, "B") });
    ask(world, client, "R3");
    tell(world, adapter, "R3", 1, { Status: "Completed" });
    const [all, some] = [world.connect(), world.connect()];
    world.subscribe(all, "Requests");
    world.subscribe(some, "Requests", target("Account", `${OWNER}/B`));
    expect(shown(all)).toEqual(["R1 Submitted", "R2 Submitted", "R1 Submitted"]);
    expect(some.events).toMatchObject([{ Request: { Request: { Account: account(OWNER, "B") } } }]);
  });

  it("is resumed from where it was left, also by an object that has lost its memory", () => {
    const { world, client, adapter } = begin();
    ask(world, client, "R1");
    const from = world.store.head().at;
    tell(world, adapter, "R1", 1, { Status: "Completed" });
    ask(world, client, "R2");
    world.wake();
    const viewer = world.connect();
    world.subscribe(viewer, "Requests", { From: { Positions: { "@at": from } } });
    expect(shown(viewer)).toEqual(["R1 Completed gone", "R2 Submitted"]);
  });

  it("shows them as they were at any moment", () => {
    const { world, client, adapter } = begin();
    ask(world, client, "R1");
    const then = world.store.head().at;
    tell(world, adapter, "R1", 1, { Status: "Completed" });
    const openAt = (at?: typeof then) =>
      [...world.store.list("request", {}, at)].map(({ body }) => JSON.parse(body).Status);
    expect(openAt(then)).toEqual(["Submitted"]);
    expect(openAt()).toEqual([]);
  });
});

describe("the Feed view", () => {
  it("shows an adapter the open orders and requests that are routed to it, and no others", () => {
    const { world, client, adapter } = begin();
    ask(world, client, "R1");
    ask(world, client, "R2", { Exchange: "nzx" });
    world.feed(adapter, "Action", 1, { Action: { Type: "Update", Order: order(OWNER, "O1", { Exchange: "asx" }) } });
    world.feed(adapter, "Action", 2, { Action: { Type: "Update", Order: order(OWNER, "O2", { Exchange: "nzx" }) } });
    world.settle();
    const again = world.connect(ADAPTER);
    world.subscribe(again, "Feed", target("Feed", "asx"));
    expect(shown(again)).toEqual(["O1", "R1 Submitted"]);
    ask(world, client, "R3");
    ask(world, client, "R4", { Exchange: "nzx" });
    expect(shown(again)).toEqual(["O1", "R1 Submitted", "R3 Submitted"]);
  });
});

describe("the Updates view", () => {
  it("shows what was asked and told, beside what adapters did", () => {
    const { world, client, adapter } = begin();
    const viewer = world.connect();
    world.subscribe(viewer, "Updates");
    ask(world, client, "R1");
    world.feed(adapter, "Action", 1, { Action: { Type: "Update", Order: order(OWNER, "O1", { RequestID: "R1" }) } });
    tell(world, adapter, "R1", 2, { Status: "Completed" });
    expect(shown(viewer)).toEqual(["asks R1", "action O1", "tells R1"]);
  });
});

describe("what narrows them", () => {
  const asked = { Account: account(OWNER, "A"), New: { Exchange: "asx" } };
  const request: EventShape = { Type: "UpdateEventType_Request", Request: { Request: asked, Route: "lit" } };
  const transfer: EventShape = { Request: { Request: { Account: account(OWNER, "A") }, Route: "bank" } };
  const operations = (["Amend", "Cancel", "Move"] as const).map(
    (name): EventShape => ({ Request: { Request: { ...asked, New: {}, [name]: { Exchange: "nzx" } }, Route: "lit" } }),
  );
  const matches = (
    Type: NonNullable<SubscriptionDetails["Type"]>,
    event: EventShape,
    targets: object,
    sequence = "oms",
  ) => matcherOf(readSubscription({ Type, ...targets }, OWNER), () => "")(event, sequence);

  it.each<readonly [string, string[], boolean]>([
    ["Owner", [OWNER], true],
    ["Account", [`${OWNER}/A`], true],
    ["Account", [`${OWNER}/B`, `${OWNER}/A`], true],
    ["Account", [`${OWNER}/B`], false],
    ["Exchange", ["asx"], true],
    ["Exchange", ["nzx"], false],
    ["Feed", ["lit"], true],
    ["Feed", ["asx"], false],
  ])("%s %j: %s", (name, values, isShown) => {
    expect(matches("SubscriptionType_Requests", request, target(name, ...values))).toBe(isShown);
  });

  it("each type of request is on the exchange that it names; a transfer is on none, and in a feed", () => {
    for (const event of operations) {
      const { New: _, ...content } = event.Request?.Request ?? {};
      const named = { Request: { ...event.Request, Request: content } };
      expect(matches("SubscriptionType_Requests", named, target("Exchange", "nzx"))).toBe(true);
      expect(matches("SubscriptionType_Requests", named, target("Exchange", "asx"))).toBe(false);
    }
    expect(matches("SubscriptionType_Requests", transfer, target("Exchange", "asx"))).toBe(false);
    expect(matches("SubscriptionType_Requests", transfer, target("Feed", "bank"))).toBe(true);
    expect(matches("SubscriptionType_Requests", transfer, {})).toBe(true);
  });

  it("the Feed view is that of the feed that carries a request out", () => {
    expect(matches("SubscriptionType_Feed", request, target("Feed", "lit"))).toBe(true);
    expect(matches("SubscriptionType_Feed", request, target("Feed", "asx"))).toBe(false);
    const both = { Targets: [...target("Feed", "lit").Targets, ...target("Account", `${OWNER}/B`).Targets] };
    expect(matches("SubscriptionType_Feed", request, both)).toBe(false);
  });

  it("the Updates view is narrowed by whose request it is, its exchange, and the sequence that it came in", () => {
    const asks: EventShape = { ClientRequest: asked };
    const tells: EventShape = { ClientRequestUpdate: { Account: account(OWNER, "A") } };
    const updates = (event: EventShape, targets: object, sequence?: string) =>
      matches("SubscriptionType_Updates", event, targets, sequence);
    expect([asks, tells].map((event) => updates(event, target("Account", `${OWNER}/A`)))).toEqual([true, true]);
    expect([asks, tells].map((event) => updates(event, target("Account", `${OWNER}/B`)))).toEqual([false, false]);
    expect([asks, tells].map((event) => updates(event, target("Exchange", "asx")))).toEqual([true, false]);
    expect([asks, tells].map((event) => updates(event, target("Feed", "asx"), "asx"))).toEqual([true, true]);
    expect([asks, tells].map((event) => updates(event, target("Feed", "asx"), "oms"))).toEqual([false, false]);
  });

  it("no other view shows them", () => {
    const others = ["Balances", "Holdings", "Orders", "Transactions", "Metadata", "Status"] as const;
    for (const view of others) expect(matches(`SubscriptionType_${view}`, request, {})).toBe(false);
    expect(matches("SubscriptionType_Updates", request, {})).toBe(false);
  });
});

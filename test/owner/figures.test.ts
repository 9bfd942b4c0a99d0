/** What operators are told of an Owner's object: its figures, its health and its lines of the log. */
import "./support/small-limits.ts";
import { describe, expect, it } from "vitest";
import type { OwnerMetrics } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit, update } from "./actions.ts";
import { OWNER, World } from "./world.ts";

const parking = { Type: "Operation", Operation: { Type: "Transform", Transform: { OrderStatus: "Parked" } } };
const figuresOf = (world: World): OwnerMetrics => world.engine.figures.metrics();
const eventsOf = (world: World) => world.told.map(({ event }) => event);

/** What a world has counted since a moment of it. */
function countedSince(world: World, before: OwnerMetrics) {
  const { counts } = figuresOf(world);
  return {
    commits: counts.commits - before.counts.commits,
    updates: counts.updates - before.counts.updates,
    events: counts.events - before.counts.events,
  };
}

describe("what an object counts", () => {
  it("are the commits, the updates and the events that became durable, and nothing else", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const before = figuresOf(world);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    world.feed(adapter, "Action", 2, deposit(OWNER, "D2", 1));
    world.settle();
    // Each deposit changes a balance, and is a transaction.
    const log = [...world.store.records(0 as never, world.store.head().at)].map(({ text }) => JSON.parse(text));
    const events = log.slice(-2).flatMap(({ Events }) => Events).length;
    expect(countedSince(world, before)).toEqual({ commits: 1, updates: 2, events });
    // A duplicate, and a frame that changes nothing, are none.
    world.feed(adapter, "Action", 2, deposit(OWNER, "D2", 1));
    world.send(adapter, { Type: "Synchronise" });
    world.settle();
    expect(countedSince(world, before)).toEqual({ commits: 1, updates: 2, events });
    world.feed(adapter, "Action", 3, deposit(OWNER, "D3", 1));
    world.settle();
    expect(countedSince(world, before)).toMatchObject({ commits: 2, updates: 3 });
  });

  it("are refusals by their code alone, by socket and by call, each once", async () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    world.feed(adapter, "Action", 2, deposit(OWNER, "D1", 2));
    world.engine.receive(adapter.id, "{");
    world.settle();
    const submitted = world.submit({ Type: "Operation", Operation: { Type: "UndefineAccount" } });
    world.settle();
    const refused = await submitted;
    const told = [...adapter.errors, ...("errors" in refused ? refused.errors : [])].map((text) => text.split(" ")[0]);
    const expected = Object.fromEntries(told.map((code) => [code, told.filter((other) => other === code).length]));
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(figuresOf(world).counts.refusals).toEqual(expected);
  });

  it("are sockets by what closed them, and begin anew with the object's memory", () => {
    const world = new World();
    const [one, two, three] = [world.connect(), world.connect(), world.connect({ expires: world.now + 1000 })];
    world.engine.lose(one?.id ?? "", 1000);
    world.engine.lose(one?.id ?? "", 1000);
    world.engine.lose(two?.id ?? "");
    world.now += 1000;
    world.engine.receive(three?.id ?? "", "{}");
    world.settle();
    const { counts, sockets } = figuresOf(world);
    expect([counts.socketsOpened, counts.socketsClosed, sockets]).toEqual([3, { 1000: 1, 1006: 1, 4401: 1 }, 0]);
    const { since } = counts;
    world.now += 5;
    world.wake();
    expect(figuresOf(world).counts).toMatchObject({ since: since + 1005, commits: 0, socketsOpened: 0 });
  });

  it("are errors of the program", () => {
    const world = new World();
    const socket = world.connect();
    world.subscribe(socket, "Balances");
    socket.isBroken = true;
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    expect(world.reported.length).toBeGreaterThan(0);
    expect(figuresOf(world).counts.failures).toBe(world.reported.length);
  });
});

describe("what an object is", () => {
  it("tells its sockets, their subscriptions, and those that are behind or do not acknowledge", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const [slow, quick] = [world.connect(), world.connect()];
    world.subscribe(slow, "Balances", { Window: 3 });
    world.subscribe(quick, "Balances");
    world.subscribe(quick, "Orders");
    expect(figuresOf(world)).toMatchObject({ sockets: 3, subscriptions: 3, socketsStalled: 0, socketsBehind: 0 });
    for (const position of [1, 2, 3]) {
      world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1));
      world.settle();
    }
    expect(figuresOf(world)).toMatchObject({ socketsStalled: 1, socketsBehind: 1 });
    world.send(slow, { Type: "Acknowledge", Received: 2 });
    world.settle();
    world.send(slow, { Type: "Acknowledge", Received: 5 });
    world.settle();
    expect(figuresOf(world)).toMatchObject({ socketsStalled: 0, socketsBehind: 0 });
  });

  it("tells what waits to be applied, and none when it has been", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    expect(figuresOf(world).queuedBytes).toBe(0);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    expect(figuresOf(world).queuedBytes).toBeGreaterThan(100);
    world.settle();
    expect(figuresOf(world).queuedBytes).toBe(0);
  });

  it("tells of each feed who supplies it, how far it is, and when it said something last; also when woken", () => {
    const world = new World();
    const [first, second] = [world.connect({ feeds: ["asx"] }), world.connect({ feeds: ["asx"] })];
    world.open(first);
    world.open(second);
    world.now += 10;
    world.feed(first, "Action", 7, deposit(OWNER, "D1", 1));
    world.settle();
    const lastUpdate = world.now;
    const expected = { feed: "asx", position: 7, isSupplied: true, standby: 1, lastUpdate };
    world.now += 10_000;
    expect(figuresOf(world).feeds).toEqual([expected]);
    world.wake();
    expect(figuresOf(world).feeds).toEqual([expected]);
    world.feed(first, "Bookmark", 9);
    world.settle();
    expect(figuresOf(world).feeds).toEqual([{ ...expected, position: 9, lastUpdate: world.now }]);
    // A bookmark leaves no record: after that it is known only that it was not before the last one.
    world.wake();
    expect(figuresOf(world).feeds).toEqual([{ ...expected, position: 9, lastUpdate }]);
  });

  it("tells for how long something has been due", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    world.feed(adapter, "Action", 1, update(OWNER, "O1", { IsCompleted: true, RemoveAfter: { Seconds: 10 } }));
    world.settle();
    const due = world.store.nextTimer() ?? 0;
    world.now = due;
    expect(figuresOf(world).timerLag).toBe(0);
    world.now = due + LIMITS.TIMER_LAG_DEGRADED_MS - 1;
    expect(figuresOf(world).timerLag).toBe(LIMITS.TIMER_LAG_DEGRADED_MS - 1);
    expect(world.engine.figures.health()).toMatchObject({ status: "Healthy", reasons: [] });
    world.now++;
    expect(world.engine.figures.health()).toMatchObject({ status: "Degraded", reasons: ["Timers"] });
  });
});

describe("health of an Owner", () => {
  it.each([
    ["Healthy", [], LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES - 1],
    ["Degraded", ["Storage.Degraded"], LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES],
    ["Degraded", ["Storage.Degraded"], LIMITS.STORAGE_FULL * LIMITS.STORAGE_BYTES - 1],
    ["Degraded", ["Storage.Full"], LIMITS.STORAGE_FULL * LIMITS.STORAGE_BYTES],
  ])("is %s, because of %j, with %d bytes in use", (status, reasons, bytes) => {
    const world = new World();
    world.data.bytes = bytes;
    expect(world.engine.figures.health()).toMatchObject({ status, reasons, bytesUsed: bytes });
  });

  it("is Degraded while a job of steps keeps updates waiting, and says since when", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    for (const order of [1, 2, 3]) world.feed(adapter, "Action", order, update(OWNER, `O${order}`));
    world.settle();
    void world.submit(parking);
    while (!world.hasJob) if (!world.turn()) throw new Error("nothing is left to do");
    expect(world.engine.figures.health()).toMatchObject({ status: "Degraded", reasons: ["Job"] });
    expect(figuresOf(world).jobSince).toBe(world.now);
    world.wake();
    expect(world.engine.figures.health()).toMatchObject({ reasons: ["Job"] });
    world.settle();
    expect(world.engine.figures.health()).toMatchObject({ status: "Healthy", reasons: [] });
    expect(figuresOf(world)).not.toHaveProperty("jobSince");
    expect(eventsOf(world)).toEqual(expect.arrayContaining(["job.begun", "job.resumed", "job.finished"]));
    expect(eventsOf(world).filter((event) => event === "job.begun")).toHaveLength(1);
  });
});

describe("the log of an Owner", () => {
  it("tells the life of a feed: supplied, passed on, superseded, suspended, vacant", () => {
    const world = new World();
    const open = (identity: string, Agent: string) => {
      const socket = world.connect({ identity, feeds: ["asx"] });
      world.feed(socket, "Open", undefined, { Configuration: { Agent } });
      world.settle();
      return socket;
    };
    const first = open("User:a", "1");
    open("User:b", "2");
    world.engine.lose(first.id, 1001);
    world.settle();
    const third = open("User:b", "2");
    world.feed(third, "Action");
    world.settle();
    const feeds = world.told.filter(({ event }) => event.startsWith("feed."));
    expect(feeds.map(({ event }) => event.slice(5))).toEqual([
      "supplied",
      "passed",
      "superseded",
      "suspended",
      "vacant",
    ]);
    expect(feeds.map(({ fields }) => fields)).toEqual(feeds.map(() => ({ owner: OWNER, feed: "asx", standby: 0 })));
  });

  it("tells sockets, and storage that comes to a threshold, once", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    world.data.bytes = LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES;
    for (const position of [1, 2]) {
      world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1));
      world.settle();
    }
    world.data.bytes = 0;
    world.feed(adapter, "Action", 3, deposit(OWNER, "D3", 1));
    world.settle();
    const states = world.told.flatMap(({ event, level, fields }) =>
      event === "storage.threshold" ? [[level, "state" in fields && fields.state]] : [],
    );
    expect(states).toEqual([
      ["warn", "degraded"],
      ["info", "roomy"],
    ]);
    expect(eventsOf(world)).toContain("socket.opened");
  });

  it("holds no identity, no account, no amount and nothing of what was sent", async () => {
    const world = new World();
    const adapter = world.connect({ identity: "User:mallory", source: "acme-login", feeds: ["asx"] });
    world.open(adapter);
    world.feed(adapter, "Action", 1, update(OWNER, "SECRET-ORDER", { Price: "123.456" }));
    world.feed(adapter, "Action", 2, { Action: { Type: "Update", Order: { OrderID: "SECRET-ORDER" } } });
    world.engine.receive(adapter.id, `{"Type": "SECRET-FRAME`);
    const submitted = world.submit({ Type: "Action", ...deposit(OWNER, "SECRET-DEPOSIT", 987_654, "SECRET-ACCOUNT") });
    world.settle();
    await submitted;
    world.engine.lose(adapter.id);
    world.settle();
    expect(eventsOf(world)).toEqual(expect.arrayContaining(["messages.refused", "feed.supplied", "socket.closed"]));
    expect(JSON.stringify(world.told)).not.toMatch(/mallory|acme|SECRET|123\.?456|987/);
  });

  it("tells a flood of refusals now and then, with how many there were", () => {
    const world = new World();
    const socket = world.connect();
    for (let frame = 0; frame < 500; frame++) {
      world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Orders" } });
      world.settle();
    }
    const told = world.told.filter(({ event }) => event === "messages.refused");
    expect(told).toHaveLength(1);
    world.now += 60_000;
    world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Orders" } });
    world.settle();
    expect(world.told.at(-1)).toMatchObject({ event: "messages.refused", fields: { count: 500 } });
  });
});

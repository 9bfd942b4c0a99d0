import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit, update } from "./actions.ts";
import { OWNER, World } from "./world.ts";

describe("waking", () => {
  it("does not take a feed from its supplier for a socket that was expelled and is still closing", () => {
    const world = new World();
    const expelled = world.connect({ feeds: ["asx"] });
    world.feed(expelled, "Open");
    world.settle();
    const next = world.connect({ feeds: ["asx"] });
    world.feed(next, "Open");
    world.settle();
    for (let bad = 0; bad < LIMITS.BAD_FRAMES; bad++) world.send(expelled, { Type: "Synchronise", Prise: 1 });
    world.settle();
    expect(expelled.closed).toBe(1008);
    expect(next.messages.at(-1)?.Feed.Type).toBe("FeedEventType_Resume");
    world.wake();
    world.settle();
    world.feed(next, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    expect(next.messages.at(-1)?.Feed).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 1 } });
    expect(next.messages.filter(({ Request }) => Request?.Errors !== undefined)).toEqual([]);
  });
});

describe("a socket that is lost while storage is full", () => {
  it("passes its feed on to who stands by, and never gets it back", () => {
    const world = new World();
    const sockets = [
      world.connect({ feeds: ["asx"] }),
      world.connect({ feeds: ["asx"] }),
      world.connect({ feeds: ["asx"] }),
    ];
    for (const socket of sockets) world.feed(socket, "Open");
    world.settle();
    const [first, second, third] = sockets;
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    for (const lost of [second, first]) {
      world.engine.lose(lost?.id ?? "");
      world.settle();
    }
    expect(third?.messages.at(-1)?.Feed?.Type).toBe("FeedEventType_Resume");
    world.data.bytes = 0;
    if (third !== undefined) world.feed(third, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    expect(third?.messages.at(-1)?.Feed).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 1 } });
  });
});

describe("an alarm that the platform gave up", () => {
  it("is set again on waking once its timer is overdue", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.feed(adapter, "Open");
    const due = Math.ceil(world.now / 1000) * 1000 + 60_000;
    const RemoveAfter = new Date(due).toISOString();
    world.feed(adapter, "Action", 1, update(OWNER, "O1", { RemoveAfter }));
    world.settle();
    expect(world.alarms).toEqual([due]);
    world.wake();
    expect(world.alarms).toEqual([due]);
    world.now = due + 1;
    world.wake();
    expect(world.alarms).toEqual([due, due]);
  });
});

describe("positions from before what is kept of the log", () => {
  it.each([{ asx: 1, oms: 1 }, { "@at": 5 }])("get a snapshot, never silence: %j", (Positions) => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.feed(adapter, "Open");
    for (const position of [1, 2, 3]) {
      world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1));
      world.settle();
    }
    world.data.keptFrom = world.store.head().at;
    world.wake();
    const client = world.connect();
    world.send(client, { Type: "Subscribe", Subscription: { Type: "Balances", From: { Positions } } });
    world.settle();
    expect(client.types()).toEqual(["Response", "SnapshotStart", "Update", "SnapshotFinish"]);
  });
});

describe("a replay of many turns", () => {
  it("ends with a bookmark of what its socket was served, not of what came meanwhile", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.feed(adapter, "Open");
    const note = "x".repeat(100_000);
    let position = 0;
    const apply = () => {
      world.feed(adapter, "Action", ++position, update(OWNER, `O${position}`, { Properties: { note } }));
    };
    for (let count = 0; count < 30; count++) apply();
    world.settle();
    const client = world.connect();
    world.send(client, { Type: "Subscribe", Subscription: { Type: "Balances" } });
    world.settle();
    const before = client.frames.length;
    world.send(client, { Type: "Subscribe", Subscription: { Type: "Orders", From: { Positions: { oms: 1 } } } });
    // More arrives in every turn, so that the head is always ahead of the replay.
    for (let turn = 0; turn < 12; turn++) {
      if (turn < 8) apply();
      world.turn();
    }
    world.settle();
    const frames = client.messages.slice(before);
    const at = frames.findIndex(({ Type }) => Type === "EventMessageType_Bookmark");
    const ordersIn = (messages: readonly { Updates?: readonly { Order?: { OrderID: string } }[] }[]) =>
      messages.flatMap(({ Updates = [] }) =>
        Updates.flatMap(({ Order }) => (Order === undefined ? [] : [Order.OrderID])),
      );
    expect(new Set(ordersIn(frames)).size).toBe(position);
    expect(new Set(ordersIn(frames.slice(0, at))).size).toBe(frames[at]?.Snapshot.Positions.asx);
  });
});

describe("a socket that cannot be sent to", () => {
  it("loses its place, and nobody else an event", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.feed(adapter, "Open");
    const broken = world.connect();
    const healthy = world.connect();
    for (const socket of [broken, healthy])
      world.send(socket, { Type: "Subscribe", Subscription: { Type: "Balances" } });
    world.settle();
    broken.isBroken = true;
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    expect(healthy.types().filter((type) => type === "Update")).toHaveLength(1);
    expect(broken.closed).toBeDefined();
  });

  it("does not hold up the snapshots of others", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.feed(adapter, "Open");
    const note = "x".repeat(100_000);
    for (let order = 1; order <= 30; order++)
      world.feed(adapter, "Action", order, update(OWNER, `O${order}`, { Properties: { note } }));
    world.settle();
    const sockets = [world.connect(), world.connect()];
    for (const socket of sockets) world.send(socket, { Type: "Subscribe", Subscription: { Type: "Orders" } });
    world.turn();
    const [broken, healthy] = sockets;
    expect(broken?.types()).toContain("Update");
    if (broken !== undefined) broken.isBroken = true;
    world.settle();
    expect(healthy?.types().at(-1)).toBe("SnapshotFinish");
    expect(broken?.closed).toBeDefined();
  });
});

describe("what somebody was told is settled", () => {
  /** How far an Owner said that it was settled, and the Ats of three records that came when the clock was set anew. */
  function recordedAfter(clock: (now: number) => number): {
    readonly settled: number;
    readonly ats: readonly number[];
  } {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const { at: before } = world.store.head();
    world.now += 1000;
    const settled = world.engine.settle();
    world.now = clock(world.now);
    for (const position of [1, 2, 3]) world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1));
    world.settle();
    return { settled, ats: [...world.store.records(before, world.store.head().at)].map(({ at }) => at) };
  }

  it("is all that was recorded, and all that the clock has passed", () => {
    const world = new World();
    world.now += 1000;
    expect(world.engine.settle()).toBe(world.now * 1000 - 1);
    world.now = 1;
    expect(world.wake().settle()).toBe(world.store.head().at);
  });

  it("has nothing recorded in it afterwards, wherever the clock goes", () => {
    for (const clock of [(now: number) => now, (now: number) => now - 500, () => 5]) {
      const { settled, ats } = recordedAfter(clock);
      expect(ats).toEqual([settled + 1, settled + 2, settled + 3]);
    }
  });

  it("does not hold the clock back once that has gone on", () => {
    const { settled, ats } = recordedAfter((now) => now + 7);
    expect(ats[0]).toBe(settled + 7001);
  });
});

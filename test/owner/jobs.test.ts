/**
 * Transforms that change more than one commit holds (design §5): each step a commit and a record that names it, nothing
 * else meanwhile, and a wake goes on where it was. Limits are small, so that few records are many.
 */
import "./support/small-limits.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { StoredRecord } from "../../src/domain/log-record.ts";
import { type At, KINDS } from "../../src/domain/records.ts";
import type { DeliveryItem, Submitted } from "../../src/owner/rpc.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { Commit } from "../../src/storage/store.ts";
import { account, deposit, trade, update } from "./actions.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

const BEGINNING = 0 as At;
const NOW = Date.UTC(2100, 0);

const transform = (Transform: object) => ({ Type: "Operation", Operation: { Type: "Transform", Transform } });
const parking = transform({ TransformID: "R1", OrderStatus: "Parked" });
const renameAccount = (from: string, newAccount: string) => ({
  Type: "Operation",
  Operation: {
    Type: "TransformAccount",
    AccountTransform: { TransformID: "R1", Type: "Rename", Account: account(OWNER, from), Parameters: { newAccount } },
  },
});

/** A world in which a feed has told of so many orders, each with a trade. */
function worldWith(orders: number): { readonly world: World; readonly adapter: PlayedSocket } {
  const world = new World();
  world.now = NOW;
  const adapter = world.connect({ feeds: ["asx"] });
  world.open(adapter);
  for (let order = 1; order <= orders; order++) {
    world.feed(
      adapter,
      "Action",
      order,
      trade(OWNER, `O${order}`, "T1", 10, 10, { Code: `C${order}`, ExecutedQuantity: 10 }),
    );
  }
  world.settle();
  return { world, adapter };
}

function log(world: World): readonly StoredRecord[] {
  return [...world.store.records(BEGINNING, world.store.head().at)].map(({ text }) => JSON.parse(text));
}

/** The records that name a transform, in short: sequence, position, step, and how many events. */
function recordsOf(world: World): readonly (readonly [sequence: string, step: string | undefined, events: number])[] {
  return log(world).flatMap(({ Sequence, Update, Events }) => {
    const { Transform, AccountTransform, OwnerTransform } = Update?.Operation ?? {};
    const named = Transform ?? AccountTransform ?? OwnerTransform;
    return named === undefined ? [] : [[Sequence, named.Parameters?.step, Events.length] as const];
  });
}

/** What there is, but for when. */
function contents(world: World): object {
  return KINDS.map((kind) => [kind, [...world.store.list(kind, {})].map(({ key, body }) => [key, JSON.parse(body)])]);
}

function statuses(world: World): readonly (string | undefined)[] {
  return [...world.store.list("order", {})].map(({ body }) => JSON.parse(body).Status);
}

/** Takes turns until a job is under way. */
function untilBegun(world: World): void {
  while (!world.hasJob) if (!world.turn()) throw new Error("nothing is left to do");
}

describe("a transform", () => {
  it.each([
    [2, [["oms", undefined, 2]]],
    [
      3,
      [
        ["oms", undefined, 2],
        ["oms", "2", 1],
      ],
    ],
  ])("of %i orders, looked at two in a turn, makes these records", async (orders, records) => {
    const { world } = worldWith(orders);
    const submitted = world.submit(parking);
    world.settle();
    expect(recordsOf(world)).toEqual(records);
    expect(await submitted).toMatchObject({ at: world.store.head().at });
    expect(new Set(statuses(world))).toEqual(new Set(["Parked"]));
    expect(world.hasJob).toBe(false);
    expect(world.store.nextTimer()).toBeUndefined();
  });

  it("of a feed stands in its sequence, and its steps in that of the OMS", () => {
    const { world, adapter } = worldWith(5);
    const { Operation } = parking;
    world.feed(adapter, "Operation", 20, { Operation });
    world.settle();
    expect(recordsOf(world)).toEqual([
      ["asx", undefined, 2],
      ["oms", "2", 2],
      ["oms", "3", 1],
    ]);
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 20 } });
  });

  it("comes to the same as if it had been one commit, whichever step the object is woken at", async () => {
    const whole = worldWith(9).world;
    void whole.submit(renameAccount("A", "B"));
    whole.settle();
    const expected = contents(whole);
    expect(recordsOf(whole).length).toBeGreaterThan(4);
    for (let steps = 0; steps < 60; steps++) {
      const { world } = worldWith(9);
      void world.submit(renameAccount("A", "B"));
      for (let turn = 0; turn < steps; turn++) world.turn();
      const isBegun = world.hasJob || recordsOf(world).length > 0;
      world.wake();
      world.settle();
      if (isBegun) expect(contents(world)).toEqual(expected);
      else expect(recordsOf(world)).toEqual([]);
      if (isBegun) expect(recordsOf(world)).toEqual(recordsOf(whole));
    }
  });

  it("is known once it has begun: told again it changes nothing", async () => {
    const { world } = worldWith(9);
    void world.submit(parking);
    untilBegun(world);
    world.wake();
    world.settle();
    const { at } = world.store.head();
    const again = world.submit(parking);
    world.settle();
    expect(await again).toMatchObject({ at });
    expect(world.store.head().at).toBe(at);
  });
});

describe("while a job goes on", () => {
  it("calls over REST are refused for now, and reads are not", async () => {
    const { world } = worldWith(9);
    const first = world.submit(parking);
    const behind = world.submit({ Type: "Action", ...deposit(OWNER, "D1", 5) });
    untilBegun(world);
    const during = world.submit({ Type: "Action", ...deposit(OWNER, "D2", 5) });
    const request = world.engine.request(
      { ownerId: OWNER, generation: 1 },
      { request: JSON.stringify({ Type: "ClientRequestType_Cancel" }), permissions: "{}" },
    );
    expect(statuses(world).filter((status) => status === "Parked").length).toBeGreaterThan(0);
    expect(statuses(world).filter((status) => status === undefined).length).toBeGreaterThan(0);
    world.settle();
    for (const refused of [behind, during]) expect(await refused).toEqual({ errors: ["Retry"], item: 0 });
    expect(await request).toEqual({ errors: ["Retry"] });
    expect(await first).toHaveProperty("at");
    const after = world.submit({ Type: "Action", ...deposit(OWNER, "D1", 5) });
    world.settle();
    expect(await after).toHaveProperty("at");
  });

  it("feeds are suspended, and told where to resume when it is done", () => {
    const { world, adapter } = worldWith(9);
    world.feed(adapter, "Operation", 20, { Operation: parking.Operation });
    for (const position of [21, 22]) world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 5));
    untilBegun(world);
    world.turn();
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Suspend" });
    world.open(adapter);
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume", Position: { Position: 20 } });
    expect(recordsOf(world)).toHaveLength(5);
    expect(adapter.errors).toEqual(["Retry"]);
    for (const position of [21, 22]) world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 5));
    world.settle();
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 22 } });
    // It was never offline: its adapter came back before anybody could say so.
    const told = log(world).flatMap(({ Update }) => (Update?.Status === undefined ? [] : [Update.Status.Status]));
    expect(new Set(told)).toEqual(new Set(["CONNECTIONSTATUS_ONLINE"]));
  });

  it("a frame that came meanwhile is never passed over, however quickly it was done", () => {
    const { world, adapter } = worldWith(9);
    world.feed(adapter, "Operation", 20, { Operation: parking.Operation });
    world.feed(adapter, "Action", 21, deposit(OWNER, "D21", 5));
    world.settle();
    world.feed(adapter, "Action", 22, deposit(OWNER, "D22", 5));
    world.settle();
    expect(world.store.head().positions.get("asx")).toBe(20);
  });

  it("who stands by takes over when it is done and the supplier has not come back", () => {
    const { world, adapter } = worldWith(9);
    const standby = world.connect({ feeds: ["asx"] });
    world.open(standby);
    world.feed(adapter, "Operation", 20, { Operation: parking.Operation });
    world.feed(adapter, "Action", 21, deposit(OWNER, "D21", 5));
    world.settle();
    expect(standby.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume", Position: { Position: 20 } });
  });

  it("a feed that nobody opens again is offline when it is done", () => {
    const { world, adapter } = worldWith(9);
    world.feed(adapter, "Operation", 20, { Operation: parking.Operation });
    world.feed(adapter, "Action", 21, deposit(OWNER, "D21", 5));
    world.settle();
    const [feed] = [...world.store.list("feed", {})];
    expect(JSON.parse(feed?.body ?? "")).not.toHaveProperty("Status");
  });

  it("a socket that is lost passes its feed on when it is done", () => {
    const { world, adapter } = worldWith(9);
    void world.submit(parking);
    untilBegun(world);
    world.engine.lose(adapter.id);
    world.settle();
    expect(recordsOf(world).at(-1)).toEqual(["oms", "5", 1]);
    expect(log(world).at(-1)?.Update?.Status).toEqual(expect.objectContaining({ FeedID: "asx" }));
  });

  it("subscribers are served, and shown each step", () => {
    const { world } = worldWith(9);
    const client = world.connect();
    world.subscribe(client, "Orders");
    void world.submit(parking);
    untilBegun(world);
    const late = world.connect();
    world.send(late, { Type: "Subscribe", Subscription: { Type: "Orders" } });
    world.send(late, { Type: "Synchronise" });
    world.turn();
    expect(late.types().slice(0, 2)).toEqual(["Response", "SnapshotStart"]);
    world.settle();
    for (const socket of [client, late]) {
      const last = new Map(socket.events.map(({ Order }) => [Order.OrderID, Order.Status]));
      expect([...last.values()]).toEqual(Array.from({ length: 9 }, () => "Parked"));
    }
  });

  it("metadata that is handed down waits; what takes permissions away does not", async () => {
    const { world } = worldWith(9);
    const socket = world.connectWith({ Source: "S", Identity: "User:y", Owners: [OWNER] });
    void world.submit(parking);
    untilBegun(world);
    const Operation = { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange: "NZX" } };
    const items: readonly DeliveryItem[] = [
      { position: 2, update: JSON.stringify({ Type: "UpdateEventType_Operation", Operation }) },
      { position: 3, source: "S", identity: "User:y" },
    ];
    const during = world.engine.handDown({ after: 1, items, upTo: 3 });
    world.turn();
    await expect(during).rejects.toThrow("Retry");
    expect(socket.closed).toBe(4403);
    expect(world.hasJob).toBe(true);
    world.settle();
    const after = world.engine.handDown({ after: 1, items, upTo: 3 });
    world.settle();
    expect(await after).toBe(3);
    const retiring = world.engine.retire({ ownerId: OWNER, generation: 1 }, false);
    world.settle();
    expect(await retiring).toBe("occupied");
  });

  it("timers wait for its end", async () => {
    const { world, adapter } = worldWith(9);
    const RemoveAfter = new Date(world.now + 1000).toISOString();
    world.feed(adapter, "Action", 20, update(OWNER, "O99", { RemoveAfter }));
    world.settle();
    void world.submit(parking);
    untilBegun(world);
    world.now += 2000;
    await world.engine.alarm();
    expect(world.alarmAt).toBe(world.now + 5000);
    world.settle();
    expect(statuses(world)).toHaveLength(10);
    await world.ring();
    expect(statuses(world)).toHaveLength(9);
  });
});

describe("a step that cannot be taken", () => {
  afterEach(() => vi.restoreAllMocks());

  it("for want of room is taken when the alarm finds that there is some", async () => {
    const { world } = worldWith(9);
    const submitted = world.submit(parking);
    untilBegun(world);
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    world.settle();
    expect(world.hasJob).toBe(true);
    const refused = world.submit({ Type: "Action", ...deposit(OWNER, "D1", 5) });
    world.settle();
    expect(await refused).toMatchObject({ errors: ["Retry"] });
    world.data.bytes = 0;
    world.now += 5000;
    await world.ring();
    expect(new Set(statuses(world))).toEqual(new Set(["Parked"]));
    expect(await submitted).toHaveProperty("at");
    expect(world.reported).toEqual([]);
  });

  it("because of an error is reported, and tried again", async () => {
    const { world } = worldWith(9);
    const submitted = world.submit(parking);
    untilBegun(world);
    const commit = MemoryStore.prototype.commit;
    vi.spyOn(MemoryStore.prototype, "commit").mockImplementation(function (this: MemoryStore, made: Commit) {
      if (made.records.some(({ text }) => text.includes('"step":"3"'))) throw new Error("a mistake of ours");
      commit.call(this, made);
    });
    world.settle();
    expect(world.hasJob).toBe(true);
    expect(world.reported).toEqual([new Error("a mistake of ours")]);
    expect(recordsOf(world)).toHaveLength(2);
    vi.restoreAllMocks();
    world.wake();
    world.settle();
    expect(new Set(statuses(world))).toEqual(new Set(["Parked"]));
    // Its caller went with the memory.
    expect(await Promise.race([submitted, "nothing"])).toBe("nothing");
  });
});

describe("what forbids a transform", () => {
  function worldWithTransfers(both: boolean): { readonly world: World; readonly adapter: PlayedSocket } {
    const { world, adapter } = worldWith(9);
    for (let id = 1; id <= 20; id++) world.feed(adapter, "Action", 20 + id, deposit(OWNER, `D${id}`, 1));
    if (both) world.feed(adapter, "Action", 50, deposit(OWNER, "D9", 1, "B"));
    world.settle();
    return { world, adapter };
  }

  it("is looked for over several turns before anything changes; what comes meanwhile waits", async () => {
    const { world } = worldWithTransfers(true);
    const before = contents(world);
    const submitted = world.submit(renameAccount("A", "B"));
    const behind = world.submit({ Type: "Action", ...deposit(OWNER, "D100", 5) });
    let answer: Submitted | undefined;
    void behind.then((given) => {
      answer = given;
    });
    for (let turn = 0; turn < 3; turn++) {
      world.turn();
      await Promise.resolve();
      expect(answer).toBeUndefined();
    }
    expect(contents(world)).toEqual(before);
    world.settle();
    expect(await submitted).toEqual({ errors: ["Transaction.Conflict D9"], item: 0 });
    expect(await behind).toHaveProperty("at");
    expect(recordsOf(world)).toEqual([]);
  });

  it("is recorded where a feed asked for it, and the feed goes on", () => {
    const { world, adapter } = worldWithTransfers(true);
    world.feed(adapter, "Operation", 60, { Operation: renameAccount("A", "B").Operation });
    world.feed(adapter, "Action", 61, deposit(OWNER, "D100", 1));
    world.settle();
    expect(log(world).find(({ Position, Sequence }) => Sequence === "asx" && Position === 60)).toMatchObject({
      Errors: ["Transaction.Conflict D9"],
      Events: [],
    });
    expect(adapter.errors).toEqual(["Transaction.Conflict D9"]);
    expect(world.store.head().positions.get("asx")).toBe(61);
  });

  it("is looked for again from the beginning when the object loses its memory", async () => {
    const { world, adapter } = worldWithTransfers(false);
    world.feed(adapter, "Operation", 60, { Operation: renameAccount("A", "B").Operation });
    for (let turn = 0; turn < 3; turn++) world.turn();
    expect(recordsOf(world)).toEqual([]);
    world.wake();
    world.settle();
    expect(world.store.head().positions.get("asx")).toBe(40);
    world.feed(adapter, "Operation", 60, { Operation: renameAccount("A", "B").Operation });
    world.settle();
    expect([...world.store.list("order", { prefix: "A\u001f" })]).toEqual([]);
  });
});

describe("an Owner that is renamed", () => {
  it("is so at once, and its records one step after the other", async () => {
    const { world, adapter } = worldWith(9);
    const Operation = {
      Type: "OperationType_TransformOwner",
      OwnerTransform: { OwnerID: OWNER, Parameters: { newOwner: "YT" } },
    };
    const exchange = { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange: "NZX" } };
    const item = (position: number, operation: object) => ({
      position,
      update: JSON.stringify({ Type: "UpdateEventType_Operation", Operation: operation }),
    });
    const delivery = { after: 1, items: [item(2, Operation), item(3, exchange)], upTo: 9 };
    const taken = world.engine.handDown(delivery);
    untilBegun(world);
    expect(await taken).toBe(2);
    expect(world.engine.ownerId).toBe("YT");
    expect(adapter.closed).toBe(4404);
    expect(world.hasJob).toBe(true);
    world.wake();
    expect(world.engine.ownerId).toBe("YT");
    world.settle();
    expect(JSON.stringify(contents(world))).not.toContain(`"OwnerID":"${OWNER}"`);
    expect(recordsOf(world)[0]?.[0]).toBe("system");
    expect(
      recordsOf(world)
        .slice(1)
        .every(([sequence]) => sequence === "oms"),
    ).toBe(true);
    const rest = world.engine.handDown(delivery);
    world.settle();
    expect(await rest).toBe(9);
  });
});

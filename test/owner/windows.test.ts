/** Flow control: how much is under way to a subscriber, and what becomes of one that reads slowly or not at all. */
import { describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account, deposit, update } from "./actions.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

/** A world whose adapter makes one commit of all that it is given. */
class Market extends World {
  readonly #adapter = this.connect({ feeds: ["asx"] });
  #position = 0;

  constructor() {
    super();
    this.open(this.#adapter);
  }

  apply(...actions: readonly object[]): void {
    for (const action of actions) this.feed(this.#adapter, "Action", ++this.#position, action);
    this.settle();
  }

  /** So many deposits, a commit each: as many frames to whoever is live. */
  deposit(count: number): void {
    for (let made = 0; made < count; made++) this.apply(deposit(OWNER, `D${this.#position}`, 1));
  }

  acknowledge(socket: PlayedSocket, Received: number): void {
    this.send(socket, { Type: "Acknowledge", Received });
    this.settle();
  }

  /** A subscriber to a view with a window, who has acknowledged the snapshot. */
  subscriber(Window: number, Type = "Transactions"): PlayedSocket {
    const socket = this.connect();
    this.subscribe(socket, Type, { Window });
    for (let received = 1; received <= streamOf(socket).length; received++) this.acknowledge(socket, received);
    socket.frames.length = 0;
    return socket;
  }
}

/** The frames that count. */
function streamOf(socket: PlayedSocket): readonly string[] {
  return socket.types().filter((type) => type !== "Response" && type !== "Feed");
}

/** The balances that a socket was told, one after another. */
function balancesOf({ events }: PlayedSocket): readonly number[] {
  return events.flatMap(({ Balance }) => Balance?.Balance ?? []);
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** A record of which each of two views is shown so much that they do not fit into one frame. */
const long = (orderId: string) => update(OWNER, orderId, { ExternalID: "x".repeat(LIMITS.EVENT_FRAME_BYTES * 0.6) });

describe("a window", () => {
  it(`is from 1 to ${LIMITS.WINDOW_FRAMES} frames`, () => {
    const world = new Market();
    const socket = world.connect();
    for (const Window of [0, -1, LIMITS.WINDOW_FRAMES + 1, 1, LIMITS.WINDOW_FRAMES])
      world.subscribe(socket, "Balances", { Window });
    expect(socket.errors).toEqual(Array(3).fill("Field.Invalid Subscription.Window"));
    expect(socket.kept?.stream.subscriptions.map(({ window }) => window)).toEqual([1, LIMITS.WINDOW_FRAMES]);
  });

  it("of one frame lets everything through, frame by frame: snapshot, what came meanwhile, and what comes", () => {
    const world = new Market();
    world.deposit(1);
    const socket = world.connect();
    world.subscribe(socket, "Balances", { Window: 1 });
    expect(socket.types()).toEqual(["Response", "SnapshotStart"]);
    world.deposit(1);
    world.acknowledge(socket, 1);
    world.deposit(1);
    expect(streamOf(socket)).toEqual(["SnapshotStart", "Update"]);
    expect(balancesOf(socket)).toEqual([1]);
    world.acknowledge(socket, 2);
    world.acknowledge(socket, 3);
    expect(streamOf(socket)).toEqual(["SnapshotStart", "Update", "SnapshotFinish", "Update"]);
    world.acknowledge(socket, 4);
    world.deposit(1);
    expect(balancesOf(socket)).toEqual(upTo(4));
    world.deposit(2);
    expect(balancesOf(socket)).toEqual(upTo(4));
    world.acknowledge(socket, 5);
    expect(balancesOf(socket)).toEqual(upTo(6));
  });

  it("bounds a resumption and the replay of another view", () => {
    const world = new Market();
    world.deposit(3);
    const socket = world.connect();
    world.subscribe(socket, "Balances", { Window: 1, From: { Positions: {} } });
    world.subscribe(socket, "Transactions", { From: { Positions: {} } });
    expect(socket.types()).toEqual(["Response", "Update", "Response"]);
    world.acknowledge(socket, 1);
    world.acknowledge(socket, 2);
    world.acknowledge(socket, 3);
    expect(streamOf(socket)).toEqual(["Update", "Bookmark", "Update", "Bookmark"]);
    expect(balancesOf(socket)).toEqual([1, 2, 3]);
    expect(socket.events.filter(({ Transaction }) => Transaction !== undefined)).toHaveLength(3);
  });

  it("holds back the stream alone: answers, and what an adapter is told, are sent", () => {
    const world = new Market();
    const socket = world.connect({ feeds: ["nzx"] });
    world.subscribe(socket, "Balances", { Window: 1 });
    world.feed(socket, "Open", undefined, { Position: { Sequence: "nzx" } });
    world.feed(socket, "Action", undefined, { Position: { Sequence: "nzx", Position: 1 }, ...deposit(OWNER, "D", 1) });
    world.send(socket, { Type: "Synchronise" });
    world.settle();
    expect(socket.types()).toEqual(["Response", "SnapshotStart", "Feed", "Feed", "Feed", "Response"]);
  });

  it("counts on its socket as the smallest; when it ends, the next one does, or none", () => {
    const world = new Market();
    const socket = world.connect();
    world.subscribe(socket, "Transactions", { Window: 4 });
    world.subscribe(socket, "Balances", { Window: 3 });
    world.deposit(10);
    expect(streamOf(socket)).toHaveLength(3);
    world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Balances" } });
    world.settle();
    expect(streamOf(socket)).toHaveLength(4);
    world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Transactions" } });
    world.subscribe(socket, "Balances");
    world.deposit(10);
    expect(balancesOf(socket).slice(-11)).toEqual(upTo(20).slice(9));
  });

  it("begins the count, which goes on for as long as the socket does", () => {
    const world = new Market();
    const socket = world.connect();
    world.subscribe(socket, "Balances");
    world.deposit(5);
    world.acknowledge(socket, 1);
    expect(socket.errors).toEqual(["Field.Invalid Received"]);
    world.subscribe(socket, "Transactions", { Window: 2 });
    world.acknowledge(socket, 2);
    world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Transactions" } });
    world.settle();
    world.deposit(3);
    world.acknowledge(socket, 5);
    expect(socket.errors).toEqual(["Field.Invalid Received"]);
    world.acknowledge(socket, 6);
    expect(socket.errors).toEqual(["Field.Invalid Received", "Field.Invalid Received"]);
  });

  it("does not split what may not be split: a record that is longer than its frames comes part by part", () => {
    const world = new Market();
    const socket = world.connect();
    world.subscribe(socket, "Orders", { Window: 1, From: { Positions: { asx: 0, oms: 1, system: 1 } } });
    world.subscribe(socket, "Updates");
    for (let received = 1; received <= streamOf(socket).length; received++) world.acknowledge(socket, received);
    socket.frames.length = 0;
    const before = socket.kept?.stream.flow?.received ?? 0;
    world.apply(long("O1"), update(OWNER, "O2"));
    expect(socket.messages.map(({ Position }) => Position?.Position)).toEqual([undefined]);
    world.wake();
    world.acknowledge(socket, before + 1);
    expect(socket.messages.map(({ Position }) => Position?.Position)).toEqual([undefined, 2]);
    const ids = socket.events.map(({ Order, Action }) => Order?.OrderID ?? `${Action.Order.OrderID} updated`);
    expect(ids).toEqual(["O1 updated", "O1", "O2 updated", "O2"]);
  });

  it("lets a replay too go on in the middle of a record", () => {
    const world = new Market();
    const moved = { ...long("O1").Action.Order, Account: { OwnerID: OWNER, AccountID: "B" } };
    world.apply(long("O1"), { Action: { Type: "Update", Order: moved, Update: { PreviousAccount: account(OWNER) } } });
    const socket = world.subscriber(1);
    const before = socket.kept?.stream.flow?.received ?? 0;
    world.subscribe(socket, "Orders", { From: { Positions: {} } });
    for (let received = 0; received < streamOf(socket).length; ) {
      world.wake();
      world.acknowledge(socket, before + ++received);
    }
    expect(socket.messages.slice(1).map(({ Position, Updates = [] }) => [Position?.Position, Updates.length])).toEqual([
      [1, 1],
      [undefined, 1],
      [2, 1],
      [undefined, 0],
    ]);
    expect(socket.events.map(({ Order }) => Order.Account.AccountID)).toEqual(["A", "A", "B"]);
  });

  it("ends a record that is under way also when nothing of its rest is wanted any more", () => {
    const world = new Market();
    const socket = world.connect();
    world.subscribe(socket, "Updates", { Window: 8 });
    world.subscribe(socket, "Orders", { Window: 1 });
    world.acknowledge(socket, 2);
    world.acknowledge(socket, 3);
    world.acknowledge(socket, 4);
    socket.frames.length = 0;
    world.apply(long("O1"));
    expect(socket.messages.map(({ Position }) => Position?.Position)).toEqual([undefined]);
    world.send(socket, { Type: "Unsubscribe", Subscription: { Type: "Orders" } });
    world.settle();
    const last = { Type: "EventMessageType_Update", Position: { Sequence: "asx", Position: 1 }, Updates: [] };
    expect(socket.messages.at(-1)).toMatchObject(last);
  });
});

describe("an acknowledgement", () => {
  it("of less than before, or of more than was sent, is refused and changes nothing", () => {
    const world = new Market();
    const socket = world.subscriber(4);
    world.deposit(3);
    const { received = 0, sent = 0 } = socket.kept?.stream.flow ?? {};
    expect(sent - received).toBe(3);
    for (const wrong of [received - 1, sent + 1, -1]) world.acknowledge(socket, wrong);
    world.send(socket, { Type: "Acknowledge", RequestID: "without" });
    world.settle();
    expect(socket.errors).toEqual(Array(4).fill("Field.Invalid Received"));
    expect(socket.messages.at(-1)?.Request).toMatchObject({
      Type: "RequestMessageType_Acknowledge",
      RequestID: "without",
    });
    expect(socket.kept?.stream.flow).toEqual({ received, sent });
    world.acknowledge(socket, received);
    world.acknowledge(socket, sent);
    expect(socket.errors).toHaveLength(4);
    expect(socket.kept?.stream.flow).toEqual({ received: sent, sent });
  });

  it("outlives the object's memory, so that nobody waits for one that was given", () => {
    const world = new Market();
    const socket = world.subscriber(2, "Balances");
    const before = socket.kept?.stream.flow?.sent ?? 0;
    world.deposit(2);
    world.acknowledge(socket, before + 2);
    world.wake();
    world.deposit(2);
    expect(balancesOf(socket)).toEqual(upTo(4));
  });

  it("is heard when the inbox has no room for anything else", () => {
    const world = new Market();
    const socket = world.subscriber(1, "Balances");
    const before = socket.kept?.stream.flow?.sent ?? 0;
    world.deposit(2);
    const other = world.connect();
    const RequestID = "x".repeat(LIMITS.UPDATE_BYTES * 0.9);
    for (let sent = 0; sent * RequestID.length <= LIMITS.INBOX_BYTES; sent++)
      world.send(other, { Type: "Synchronise", RequestID });
    world.send(socket, { Type: "Acknowledge", Received: before + 1 });
    world.settle();
    expect(other.errors).toEqual(["Retry"]);
    expect(balancesOf(socket)).toEqual([1, 2]);
  });

  it("costs at most one writing of the attachment a turn, and none when it says nothing new", () => {
    const world = new Market();
    const socket = world.subscriber(8, "Balances");
    const { sent = 0 } = socket.kept?.stream.flow ?? {};
    const keep = vi.spyOn(socket, "keep");
    world.apply(...upTo(5).map((id) => deposit(OWNER, `together${id}`, 1)));
    expect(keep).toHaveBeenCalledTimes(1);
    world.deposit(7);
    expect(keep).toHaveBeenCalledTimes(8);
    world.deposit(7);
    expect(keep).toHaveBeenCalledTimes(9);
    const several = [1, 2, 3, 4].map((more) => ({ Type: "Acknowledge", Received: sent + more }));
    world.send(socket, several);
    expect(keep).toHaveBeenCalledTimes(10);
    world.send(socket, several.slice(-1));
    world.settle();
    expect(keep).toHaveBeenCalledTimes(10);
    expect(balancesOf(socket).at(-1)).toBe(19);
  });
});

describe("a socket that acknowledges nothing", () => {
  it("costs nothing: it is neither sent, nor read for, nor written down, nor waited for", () => {
    const world = new Market();
    const socket = world.subscriber(2, "Balances");
    world.deposit(3);
    const keep = vi.spyOn(socket, "keep");
    const { length } = socket.frames;
    const read = vi.spyOn(Object.getPrototypeOf(world.store), "records");
    world.deposit(50);
    world.wake();
    expect(world.isBusy).toBe(false);
    expect(keep).not.toHaveBeenCalled();
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect(socket.frames).toHaveLength(length);
    expect(socket.closed).toBeUndefined();
    world.acknowledge(socket, socket.kept?.stream.flow?.sent ?? 0);
    expect(balancesOf(socket)).toEqual(upTo(53));
  });

  it("does not delay one that reads, with a window or without", () => {
    const world = new Market();
    const stalled = world.subscriber(1, "Balances");
    const reading = world.subscriber(2, "Balances");
    const unbounded = world.connect();
    world.subscribe(unbounded, "Balances");
    const first = reading.kept?.stream.flow?.sent ?? 0;
    for (let made = 1; made <= 20; made++) {
      world.deposit(1);
      expect(balancesOf(reading)).toEqual(upTo(made));
      expect(balancesOf(unbounded)).toEqual(upTo(made));
      world.acknowledge(reading, first + made);
    }
    expect(balancesOf(stalled)).toEqual([1]);
  });

  it.each([
    ["that had been served up to the end of the log", 3],
    ["that was behind", 2],
  ])("%s is told where the log is once it has room, not for every 1,000 records that it was not shown", (_, Window) => {
    const world = new Market();
    const socket = world.connect();
    const Targets = [{ Name: "Account", Values: [`${OWNER}/A`] }];
    world.subscribe(socket, "Transactions", { Targets, Window });
    if (Window === 3) world.deposit(1);
    socket.frames.length = 0;
    for (let made = 0; made < 3 * LIMITS.BOOKMARK_RECORDS; made += 100)
      world.apply(...upTo(100).map((id) => deposit(OWNER, `B${made + id}`, 1, "B")));
    expect(socket.frames).toEqual([]);
    world.acknowledge(socket, Window);
    for (const id of ["1", "2"]) world.apply(deposit(OWNER, `after${id}`, 1, "B"));
    expect(socket.types()).toEqual(["Bookmark"]);
  });

  it.each(["live", "replayed"] as const)(
    "is shown its views anew when what it was to be shown next has been archived (%s)",
    (what) => {
      const world = new Market();
      world.deposit(3);
      const socket = world.connect();
      world.subscribe(socket, "Balances", { Window: 3 });
      if (what === "live") world.subscribe(socket, "Transactions");
      else world.subscribe(socket, "Transactions", { From: { Positions: {} } });
      world.deposit(3);
      socket.frames.length = 0;
      world.data.keptFrom = world.store.head().at;
      world.deposit(1);
      world.acknowledge(socket, 3);
      world.acknowledge(socket, 6);
      expect(streamOf(socket)).toEqual([
        "SnapshotStart",
        "Update",
        "SnapshotFinish",
        "SnapshotStart",
        "SnapshotFinish",
      ]);
      expect(balancesOf(socket)).toEqual([7]);
      world.deposit(1);
      expect(balancesOf(socket)).toEqual([7, 8]);
      expect(world.reported).toEqual([]);
    },
  );
});

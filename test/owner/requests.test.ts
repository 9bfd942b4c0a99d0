import { describe, expect, it } from "vitest";
import { parseStoredRecord } from "../../src/domain/log-record.ts";
import type { At } from "../../src/domain/records.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account } from "./actions.ts";
import {
  answer,
  askBySocket,
  briefly,
  deliveriesTo,
  idsSentTo,
  newOrder,
  openRequests,
  toldTo,
  tradingWorld,
} from "./asking.ts";
import { OWNER, type PlayedSocket, type World } from "./world.ts";

const TIMEOUT = LIMITS.REQUEST_TIMEOUT_MS;
const ADAPTER = { feeds: ["asx"], identity: "User:adapter" };

/** The updates of requests in the log, in short: `oms 3 ClientRequestUpdate R1 Submitted`. */
function recorded(world: World): readonly string[] {
  const head = world.store.head().at;
  return [...world.store.records(0 as At, head)].flatMap(({ text }) => {
    const { Sequence, Update, Errors = [] } = parseStoredRecord(text);
    const { ClientRequest, ClientRequestUpdate } = Update ?? {};
    if (ClientRequest !== undefined) return [`${Sequence} asks ${[ClientRequest.RequestID, ...Errors].join(" ")}`];
    if (ClientRequestUpdate === undefined) return [];
    const { RequestID, Status } = ClientRequestUpdate;
    return [`${Sequence} tells ${[RequestID, Status, ...Errors].join(" ")}`];
  });
}

describe.each(["warm", "woken"])("a client request (%s)", (mode) => {
  /** Everything that was sent has arrived and is durable; then the object may lose its memory. */
  function between(world: World): void {
    world.settle();
    if (mode === "woken") world.wake();
    world.settle();
  }

  function begin() {
    const world = tradingWorld();
    const [client, adapter] = [world.connect(), world.connect(ADAPTER)];
    return { world, client, adapter };
  }

  function supplied() {
    const started = begin();
    started.world.open(started.adapter);
    between(started.world);
    return started;
  }

  function ask(world: World, client: PlayedSocket, id: string, change: object = {}): void {
    askBySocket(world, client, newOrder(id, change), `of ${id}`);
  }

  it("to a feed that is supplied is recorded, sent once to who supplies it, and answered with what that one says", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    between(world);
    expect(deliveriesTo(adapter)).toMatchObject([
      { Position: { Sequence: "asx" }, Request: { RequestID: "R1", Account: account(OWNER), New: { Quantity: 100 } } },
    ]);
    expect(deliveriesTo(adapter)[0]?.RequestID).toBeGreaterThan(0);
    expect(openRequests(world)).toEqual(["R1 Submitted"]);
    expect(briefly(client)).toEqual([]);
    answer(world, adapter, "R1", { OrderID: "O1", Status: "Completed" });
    between(world);
    expect(toldTo(client)).toEqual([
      [
        "of R1",
        { Type: "ClientRequestType_New", RequestID: "R1", Account: account(OWNER), OrderID: "O1", Status: "Completed" },
      ],
    ]);
    expect(openRequests(world)).toEqual([]);
    expect(recorded(world)).toEqual(["oms asks R1", "oms tells R1 Completed"]);
    expect([deliveriesTo(adapter).length, world.reported]).toEqual([1, []]);
  });

  it("is sent to the supplier alone, not to who stands by or supplies another feed", () => {
    const { world, client, adapter } = supplied();
    const others = [world.connect(ADAPTER), world.connect({ feeds: ["nzx"] })] as const;
    world.open(others[0]);
    world.feed(others[1], "Open", undefined, { Position: { Sequence: "nzx" } });
    between(world);
    ask(world, client, "R1");
    between(world);
    expect([adapter, ...others].map(idsSentTo)).toEqual([["R1"], [], []]);
  });

  it("is sent before anybody is shown that it was submitted, and not before that is durable", () => {
    const { world, client, adapter } = supplied();
    world.subscribe(adapter, "Feed", { Targets: [{ Name: "Feed", Values: ["asx"] }] });
    between(world);
    const from = adapter.frames.length;
    ask(world, client, "R1");
    expect(adapter.frames).toHaveLength(from);
    between(world);
    const told = adapter.messages.slice(from).map(({ Feed, Updates = [] }) => Feed?.Type ?? Updates[0]?.Request.Status);
    expect(told).toEqual(["FeedEventType_Request", "Submitted"]);
  });

  it("to a feed that nobody supplies waits, and goes out in the order of coming when somebody does", () => {
    const { world, client, adapter } = begin();
    for (const id of ["R2", "R1", "R3"]) {
      ask(world, client, id);
      between(world);
    }
    expect([...openRequests(world)].sort()).toEqual(["R1 Pending", "R2 Pending", "R3 Pending"]);
    world.now += TIMEOUT - 1000;
    world.open(adapter);
    between(world);
    expect(idsSentTo(adapter)).toEqual(["R2", "R1", "R3"]);
    expect([...openRequests(world)].sort()).toEqual(["R1 Submitted", "R2 Submitted", "R3 Submitted"]);
    expect(adapter.messages.flatMap(({ Feed }) => (Feed === undefined ? [] : [Feed.Type.slice(14)]))).toEqual([
      "Open",
      "Resume",
      "Request",
      "Request",
      "Request",
    ]);
    expect(recorded(world).slice(3)).toEqual([
      "oms tells R2 Submitted",
      "oms tells R1 Submitted",
      "oms tells R3 Submitted",
    ]);
    expect(briefly(client)).toEqual([]);
  });

  it.each(["the alarm", "the feed's Open"])(
    "that waited too long is rejected, and never sent: %s comes first",
    async (first) => {
      const { world, client, adapter } = begin();
      ask(world, client, "R1");
      between(world);
      world.now += 10_000;
      ask(world, client, "R2");
      between(world);
      world.now += TIMEOUT - 9_000;
      if (first === "the alarm") await world.ring();
      between(world);
      world.open(adapter);
      between(world);
      await world.ring();
      between(world);
      expect(briefly(client)).toEqual(["of R1 R1 Rejected Timeout asx"]);
      expect(idsSentTo(adapter)).toEqual(["R2"]);
      expect(openRequests(world)).toEqual(["R2 Submitted"]);
      expect(recorded(world).slice(2)).toEqual(["oms tells R1 Rejected", "oms tells R2 Submitted"]);
    },
  );

  it("that is not answered in time stays open: who asked is told so, and told again of a late answer", async () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    between(world);
    world.now += TIMEOUT - 1000;
    await world.ring();
    expect(briefly(client)).toEqual([]);
    world.now += 2000;
    await world.ring();
    between(world);
    await world.ring();
    expect(briefly(client)).toEqual(["of R1 R1 Submitted Submitted asx"]);
    expect(openRequests(world)).toEqual(["R1 Submitted"]);
    ask(world, client, "R1");
    between(world);
    expect(briefly(client).slice(1)).toEqual(["of R1 R1 Submitted Submitted asx"]);
    answer(world, adapter, "R1", { Status: "Rejected", Errors: ["Symbol"] });
    between(world);
    expect(briefly(client).slice(2)).toEqual(["of R1 R1 Rejected Symbol"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
  });

  it("that was sent is never sent again unasked; Request.Unknown permits that once, and the second time rejects it", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    between(world);
    adapter.closed = 1006;
    world.engine.lose(adapter.id);
    between(world);
    const second = world.connect(ADAPTER);
    world.subscribe(second, "Feed", { Targets: [{ Name: "Feed", Values: ["asx"] }] });
    expect(second.events).toMatchObject([{ Type: "UpdateEventType_Request", Request: { Status: "Submitted" } }]);
    world.open(second);
    between(world);
    expect(idsSentTo(second)).toEqual([]);
    answer(world, second, "R1", { Errors: ["Request.Unknown"] });
    between(world);
    expect(idsSentTo(second)).toEqual(["R1"]);
    expect(deliveriesTo(second)[0]?.RequestID).toBeGreaterThan(deliveriesTo(adapter)[0]?.RequestID ?? 0);
    expect(briefly(client)).toEqual([]);
    answer(world, second, "R1", { Errors: ["Request.Unknown"] });
    between(world);
    expect(idsSentTo(second)).toEqual(["R1"]);
    expect(briefly(client)).toEqual(["of R1 R1 Rejected Request.Unknown"]);
  });

  it("is answered by who supplies its feed alone, in the feed's own sequence or beside it", () => {
    const { world, client, adapter } = supplied();
    const standby = world.connect(ADAPTER);
    world.open(standby);
    const other = world.connect({ feeds: ["nzx"] });
    world.feed(other, "Open", undefined, { Position: { Sequence: "nzx" } });
    for (const id of ["R1", "R2"]) ask(world, client, id);
    between(world);
    answer(world, standby, "R1");
    answer(world, other, "R1", {}, "nzx");
    between(world);
    expect([standby.errors, other.errors]).toEqual([["Feed.Suspended asx"], ["Request.Unknown R1"]]);
    expect(briefly(client)).toEqual([]);
    answer(world, adapter, "R1");
    const Update = { RequestID: "R2", Account: account(OWNER), Status: "Completed" };
    world.feed(adapter, "Update", 7, { Update });
    between(world);
    expect(briefly(client)).toEqual(["of R1 R1 Completed", "of R2 R2 Completed"]);
    expect(recorded(world).slice(2)).toEqual(["oms tells R1 Completed", "asx tells R2 Completed"]);
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 7 } });
  });

  it("may be answered amiss: the answer is refused, acknowledges nothing and ends no supply", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    between(world);
    const events = () => adapter.messages.filter(({ Type }) => Type === "EventMessageType_Feed").length;
    const before = events();
    answer(world, adapter, "R9");
    world.feed(adapter, "RequestResponse");
    answer(world, adapter, "R1", { Account: undefined });
    answer(world, adapter, "R1", { Account: { AccountID: "A", OwnerID: "YT" } });
    world.feed(adapter, "RequestResponse", undefined, { RequestResponse: { RequestID: 1 } });
    between(world);
    expect(adapter.errors).toEqual([
      "Request.Unknown R9",
      "Field.Missing Feed.RequestResponse",
      "Field.Missing Feed.RequestResponse.Account",
      "Account YT/A",
      "Field.Invalid Feed.RequestResponse.RequestID",
    ]);
    expect(events()).toBe(before);
    answer(world, adapter, "R1");
    between(world);
    expect(briefly(client)).toEqual(["of R1 R1 Completed"]);
    answer(world, adapter, "R1");
    between(world);
    expect(adapter.errors.slice(5)).toEqual(["Request.Unknown R1"]);
    expect(briefly(client)).toHaveLength(1);
  });

  it("of an adapter itself takes its place in the feed's sequence, and is answered to it", () => {
    const { world, adapter } = supplied();
    world.send(adapter, {
      Type: "FeedRequest",
      RequestID: "mine",
      Feed: {
        Type: "Request",
        Position: { Sequence: "asx", Position: 3 },
        Request: newOrder("R1", { Exchange: "nowhere" }),
      },
    });
    between(world);
    expect(briefly(adapter)).toEqual(["mine R1 Rejected Exchange nowhere"]);
    expect(world.store.head().positions.get("asx")).toBe(3);
    expect(recorded(world)).toEqual(["asx asks R1"]);
  });

  it("is rejected at once, and recorded, when a check fails; refused without a record when it may not be made", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1", { Side: "AS_DEFINED", Quantity: 0 });
    askBySocket(world, client, newOrder("R2", {}, { Account: account(OWNER, "nobody") }), "of R2");
    between(world);
    expect(briefly(client)).toEqual(["of R1 R1 Rejected Side TotalQuantity"]);
    expect(client.errors).toEqual([`Account ${OWNER}/nobody`]);
    expect(recorded(world)).toEqual(["oms asks R1"]);
    expect(idsSentTo(adapter)).toEqual([]);
  });

  it("made again is answered with the outcome so far; with other content it is refused", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    between(world);
    const other = world.connect();
    askBySocket(world, other, newOrder("R1"), "again");
    askBySocket(world, other, newOrder("R1", { Quantity: 101 }), "changed");
    between(world);
    expect(briefly(other)).toEqual(["again R1 Submitted"]);
    expect(other.errors).toEqual(["Request.Conflict R1"]);
    answer(world, adapter, "R1", { OrderID: "O1" });
    between(world);
    askBySocket(world, other, newOrder("R1"), "later");
    between(world);
    expect(briefly(other).slice(1)).toEqual(["later R1 Completed"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
  });

  it("is not forgotten when who asked is gone, nor is anybody else told of it", () => {
    const { world, client, adapter } = supplied();
    ask(world, client, "R1");
    client.closed = 1006;
    world.engine.lose(client.id);
    const other = world.connect();
    between(world);
    expect(openRequests(world)).toEqual(["R1 Submitted"]);
    answer(world, adapter, "R1");
    between(world);
    expect(openRequests(world)).toEqual([]);
    expect([briefly(client), briefly(other)]).toEqual([[], []]);
    expect(world.reported).toEqual([]);
  });

  it("goes out to who takes over from a supplier, but what the first was sent does not", () => {
    const { world, client, adapter } = supplied();
    const standby = world.connect(ADAPTER);
    world.open(standby);
    ask(world, client, "R1");
    between(world);
    world.feed(adapter, "Close");
    ask(world, client, "R2");
    between(world);
    ask(world, client, "R3");
    between(world);
    expect([idsSentTo(adapter), idsSentTo(standby)]).toEqual([["R1"], ["R2", "R3"]]);
  });

  it("and a feed's Open that come in one commit: the adapter is told first that it supplies", () => {
    const { world, client, adapter } = begin();
    world.feed(adapter, "Open");
    ask(world, client, "R1");
    between(world);
    expect(adapter.messages.map(({ Feed }) => Feed?.Type.slice(14))).toEqual(["Open", "Resume", "Request"]);
    expect(openRequests(world)).toEqual(["R1 Submitted"]);
  });

  it("held in a queue goes out when an operator releases it, and who asked is told what became of it", () => {
    const { world, client, adapter } = supplied();
    askBySocket(world, client, newOrder("R1", {}, { Queue: { QueueID: "desk" } }), "of R1");
    between(world);
    expect(briefly(client)).toEqual(["of R1 R1 Queued"]);
    expect(idsSentTo(adapter)).toEqual([]);
    const release = {
      Type: "ClientRequestType_Update",
      RequestID: "U1",
      Account: account(OWNER),
      Update: { Type: "Update", Update: { RequestID: "R1", Account: account(OWNER), Status: "Pending" } },
    };
    askBySocket(world, client, release, "not allowed");
    const permissions = { Source: "test", Identity: "User:operator", Owners: [OWNER], Features: ["Operator"] };
    const operator = world.connectWith(permissions);
    askBySocket(world, operator, release, "release");
    between(world);
    expect(client.errors).toEqual(["Authority"]);
    expect(briefly(operator)).toEqual(["release U1 Completed"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
    answer(world, adapter, "R1");
    between(world);
    expect(briefly(client).slice(1)).toEqual(["of R1 R1 Completed"]);
  });

  it("that cannot be recorded for want of storage is refused, and not sent", () => {
    const { world, client, adapter } = supplied();
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    ask(world, client, "R1");
    between(world);
    expect(client.errors).toEqual(["Storage.Full"]);
    expect([briefly(client), idsSentTo(adapter)]).toEqual([[], []]);
  });
});

describe("requests that wait in great number", () => {
  const COUNT = LIMITS.COMMIT_RECORDS + 10;

  function waiting() {
    const world = tradingWorld();
    const client = world.connect();
    for (let number = 0; number < COUNT; number++) {
      askBySocket(world, client, newOrder(`R${String(number).padStart(4, "0")}`));
    }
    world.settle();
    return { world, client, ids: openRequests(world).map((text) => text.split(" ")[0] ?? "") };
  }

  it("go out in order, in bounded commits, and what comes meanwhile goes behind them", () => {
    const { world, client, ids } = waiting();
    const adapter = world.connect(ADAPTER);
    world.feed(adapter, "Open");
    let last = 0;
    for (let number = 0; world.turn(); number++) {
      const sent = idsSentTo(adapter).length;
      expect(sent - last).toBeLessThanOrEqual(LIMITS.COMMIT_RECORDS);
      last = sent;
      if (number === 2) askBySocket(world, client, newOrder("late"));
    }
    expect(idsSentTo(adapter)).toEqual([...ids, "late"]);
    expect(new Set(openRequests(world).map((text) => text.split(" ")[1]))).toEqual(new Set(["Submitted"]));
    askBySocket(world, client, newOrder("at once"));
    world.settle();
    expect(idsSentTo(adapter).at(-1)).toBe("at once");
  });

  it.each([1, 2, 3, 4])("go on after the object has lost its memory %i turns into it, and none goes twice", (turns) => {
    const { world, ids } = waiting();
    const adapter = world.connect(ADAPTER);
    world.feed(adapter, "Open");
    for (let turn = 0; turn < turns; turn++) world.turn();
    expect(idsSentTo(adapter).length).toBeLessThan(COUNT);
    world.wake();
    world.settle();
    // An Open that was not durable is lost with the memory, as the socket would be.
    if (idsSentTo(adapter).length === 0) world.open(adapter);
    expect(idsSentTo(adapter)).toEqual(ids);
  });
});

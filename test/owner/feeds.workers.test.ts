import { describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account, deposit, trade, update } from "./actions.ts";
import { Client } from "./client.ts";
import { between, evict, list, log, MODES, newOwner, positionsOf, ringAlarm } from "./object.ts";

async function adapter(ownerId: string, identity = "adapter"): Promise<Client> {
  return Client.connect(ownerId, { feeds: ["asx", "nzx"], identity });
}

async function statusOf(ownerId: string, feed: string): Promise<unknown> {
  const feeds = await list(ownerId, { kind: "feed" });
  return feeds.find(({ FeedID }) => FeedID === feed)?.Status ?? "CONNECTIONSTATUS_DISCONNECTED";
}

describe.each(MODES)("feeds (%s)", (mode) => {
  it("opens, applies, acknowledges and closes a feed; the next to open is told where to resume", async () => {
    const owner = newOwner();
    const first = await adapter(owner);
    expect(await first.open("asx")).toBe(0);
    expect(await statusOf(owner, "asx")).toBe("CONNECTIONSTATUS_ONLINE");
    await between(mode, owner);
    first.feed("asx", "Action", 3, deposit(owner, "D1", 100));
    await first.synchronise();
    await between(mode, owner);
    first.feed("asx", "Action", 7, deposit(owner, "D2", 50));
    await first.synchronise();
    expect(first.feedEvents("Bookmark").map(({ Position }) => Position?.Position)).toEqual([3, 7]);
    await between(mode, owner);
    first.feed("asx", "Close");
    await first.synchronise();
    expect(first.feedEvents("Close")).toHaveLength(1);
    expect(await statusOf(owner, "asx")).toBe("CONNECTIONSTATUS_CLOSED");
    await between(mode, owner);
    const second = await adapter(owner);
    expect(await second.open("asx")).toBe(7);
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ Balance: 150 }]);
  });

  it("ignores a position that is not above the last one, and acknowledges it again", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    client.feed("asx", "Action", 5, deposit(owner, "D1", 100));
    await client.synchronise();
    await between(mode, owner);
    client.feed("asx", "Action", 5, deposit(owner, "D2", 100));
    client.feed("asx", "Action", 4, deposit(owner, "D3", 100));
    await client.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([5]);
    expect(client.feedEvents("Bookmark").at(-1)?.Position?.Position).toBe(5);
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ Balance: 100 }]);
  });

  it("lets positions skip; a Bookmark of the supplier becomes the last durable position without a record", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    client.feed("asx", "Action", 10, deposit(owner, "D1", 1));
    client.feed("asx", "Bookmark", 500);
    await client.synchronise();
    await between(mode, owner);
    client.feed("asx", "Action", 400, deposit(owner, "D2", 1));
    await client.synchronise();
    expect(client.feedEvents("Bookmark").at(-1)?.Position?.Position).toBe(500);
    expect(await positionsOf(owner, "asx")).toEqual([10]);
    expect(await (await adapter(owner, "other")).open("nzx")).toBe(0);
  });

  it("answers a gap like a frame that was not taken when the feed is set Gapless", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx", { Settings: { Gapless: "true" } });
    client.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await client.synchronise();
    await between(mode, owner);
    client.feed("asx", "Action", 3, deposit(owner, "D3", 1));
    client.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await client.synchronise();
    expect(client.errors).toEqual(["Feed.Gap asx 2"]);
    expect(client.feedEvents("Suspend")).toHaveLength(1);
    expect(await positionsOf(owner, "asx")).toEqual([1]);
    await between(mode, owner);
    expect(await client.open("asx", { Settings: { Gapless: "true" } })).toBe(1);
  });

  it("never applies 12 before 11: after an unreadable frame the feed's frames are ignored until it opens again", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    client.feed("asx", "Action", 10, deposit(owner, "D10", 1));
    client.sendText('{"Type":"FeedRequest","Feed":{"Type":"Action","Position":{"Sequence":"asx","Position":11}');
    client.feed("asx", "Action", 12, deposit(owner, "D12", 1));
    await client.synchronise();
    await between(mode, owner);
    client.feed("asx", "Action", 13, deposit(owner, "D13", 1));
    await client.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([10]);
    expect(client.errors).toEqual(["Message.Unreadable not JSON"]);
    expect(client.feedEvents("Suspend")).toHaveLength(1);
    await between(mode, owner);
    expect(await client.open("asx")).toBe(10);
    for (const position of [11, 12, 13]) client.feed("asx", "Action", position, deposit(owner, `D${position}`, 1));
    await client.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([10, 11, 12, 13]);
  });

  it("ends the supply at a position of 2^60 and at one that is missing", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    for (const position of [2 ** 60, undefined]) {
      expect(await client.open("asx")).toBe(0);
      const suspends = client.feedEvents("Suspend").length;
      client.feed("asx", "Action", position, deposit(owner, "D", 1));
      client.feed("asx", "Action", 1, deposit(owner, "D", 1));
      await client.synchronise();
      await between(mode, owner);
      expect(client.feedEvents("Suspend")).toHaveLength(suspends + 1);
      expect(client.errors.at(-1)).toBe("Field.Invalid Feed.Position.Position");
    }
    expect(await positionsOf(owner, "asx")).toEqual([]);
  });

  it("ends the supply at a frame that is too large, whatever its position", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    const padding = "x".repeat(LIMITS.UPDATE_BYTES);
    client.feed("asx", "Action", 1, { Action: { ...deposit(owner, "D", 1).Action, Order: { OrderID: padding } } });
    client.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await client.synchronise();
    expect(client.errors).toEqual(["Message.TooLarge"]);
    expect(await positionsOf(owner, "asx")).toEqual([]);
    expect(await client.open("asx")).toBe(0);
  });

  it("records raw, with its errors, a frame whose position can be read and whose content cannot", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    client.feed("asx", "Action", 1, { Action: { Prise: 1 } });
    client.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await client.synchronise();
    expect(client.errors).toEqual(["Field.Unknown Feed.Action.Prise"]);
    const [first] = (await log(owner)).filter(({ Sequence }) => Sequence === "asx");
    expect(first).toMatchObject({ Position: 1, Errors: ["Field.Unknown Feed.Action.Prise"] });
    expect(JSON.parse(first?.Unreadable ?? "")).toMatchObject({ Feed: { Action: { Prise: 1 } } });
    expect(await positionsOf(owner, "asx")).toEqual([1, 2]);
  });

  it("records with its errors an update that the rules refuse, tells its sender, and goes on", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    client.feed("asx", "Action", 1, trade(owner, "O1", "T1", 10, 10));
    client.feed("asx", "Action", 2, trade(owner, "O1", "T1", 11, 10));
    client.feed("asx", "Action", 3, update(`NOT${owner}`, "O2"));
    client.feed("asx", "Operation", 4, { Operation: { Type: "DefineOwner", OwnerDetails: { OwnerID: "X" } } });
    client.feed("asx", "Action", 5, deposit(owner, "D", 1));
    await client.synchronise();
    const errors = ["Trade.Duplicate T1", `Account NOT${owner}/A`, "Operation OperationType_DefineOwner"];
    expect(client.errors).toEqual(errors);
    expect((await log(owner)).flatMap(({ Errors = [] }) => Errors)).toEqual(errors);
    expect(await positionsOf(owner, "asx")).toEqual([1, 2, 3, 4, 5]);
    expect(client.feedEvents("Bookmark").at(-1)?.Position?.Position).toBe(5);
    const told = client.received.filter(({ Request }) => Request?.Errors !== undefined);
    expect(told.map(({ Feed }) => Feed?.Position?.Position)).toEqual([2, 3, 4]);
  });

  it("remembers the last configuration and gives it to whoever opens the feed", async () => {
    const owner = newOwner();
    const first = await adapter(owner);
    await first.open("asx");
    first.feed("asx", "Configure", 1, { Configuration: { Name: "ASX", Settings: { Depth: "5" } } });
    await first.synchronise();
    first.close();
    await between(mode, owner);
    const second = await adapter(owner);
    expect(await second.open("asx")).toBe(1);
    expect(second.feedEvents("Resume")[0]?.Configuration).toEqual({ Name: "ASX", Settings: { Depth: "5" } });
  });

  it("shows the status that its supplier reports, and lets it expire", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    const ExpireAfter = new Date(Date.now() + 60_000).toISOString();
    client.feed("asx", "Status", 1, { Status: { Status: "ONLINE", ExpireAfter } });
    client.feed("asx", "Status", 2, { Status: { FeedID: "nzx", Status: "ONLINE" } });
    await client.synchronise();
    expect(client.errors).toEqual(["Field.Invalid Feed.Status.FeedID"]);
    await between(mode, owner);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await ringAlarm(owner)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    expect(await statusOf(owner, "asx")).toBe("CONNECTIONSTATUS_DISCONNECTED");
  });

  it("refuses a feed that the caller's permissions do not name, and the reserved sequences", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    for (const sequence of ["lse", "oms", "system", "a/b", "a@b"]) client.feed(sequence, "Open");
    await client.synchronise();
    const invalid = "Field.Invalid Feed.Position.Sequence";
    expect(client.errors).toEqual(["Authority lse", "Feed oms", "Feed system", invalid, invalid]);
    expect(await log(owner)).toEqual([]);
  });

  it("refuses the frames of a socket that does not supply the feed", async () => {
    const owner = newOwner();
    const supplier = await adapter(owner, "one");
    const zombie = await adapter(owner, "two");
    await supplier.open("asx");
    zombie.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await zombie.synchronise();
    await between(mode, owner);
    expect(await zombie.open("asx")).toBeUndefined();
    zombie.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await zombie.synchronise();
    expect(zombie.errors).toEqual(["Feed.Suspended asx", "Feed.Suspended asx"]);
    expect(await positionsOf(owner, "asx")).toEqual([]);
  });

  it("hands the feed to the one that stands by when the supplier's socket closes, at the right position", async () => {
    const owner = newOwner();
    const active = await adapter(owner, "one");
    const passive = await adapter(owner, "two");
    const third = await adapter(owner, "three");
    await active.open("asx");
    expect(await passive.open("asx")).toBeUndefined();
    expect(await third.open("asx")).toBeUndefined();
    active.feed("asx", "Action", 4, deposit(owner, "D", 1));
    await active.synchronise();
    await between(mode, owner);
    active.close();
    const resume = await passive.until(({ Feed }) => Feed?.Type === "FeedEventType_Resume");
    expect(resume.Feed?.Position?.Position).toBe(4);
    await between(mode, owner);
    passive.feed("asx", "Action", 5, deposit(owner, "D5", 1));
    await passive.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([4, 5]);
    expect(third.feedEvents("Resume")).toEqual([]);
  });

  it("lets the same identity and agent supersede its own older socket at once", async () => {
    const owner = newOwner();
    const older = await adapter(owner);
    await older.open("asx", { Agent: "primary" });
    older.feed("asx", "Action", 1, deposit(owner, "D", 1));
    await older.synchronise();
    await between(mode, owner);
    const newer = await adapter(owner);
    expect(await newer.open("asx", { Agent: "primary" })).toBe(1);
    expect((await older.untilClosed()).code).toBe(4409);
    await between(mode, owner);
    const stranger = await adapter(owner, "stranger");
    expect(await stranger.open("asx", { Agent: "primary" })).toBeUndefined();
  });

  it("closes a supplier that pinged and has been silent for 15 s while another stands by", async () => {
    const owner = newOwner();
    const hanging = await adapter(owner, "one");
    await hanging.open("asx");
    hanging.sendText("ping");
    hanging.feed("asx", "Action", 1, deposit(owner, "D", 1));
    await hanging.synchronise();
    const passive = await adapter(owner, "two");
    expect(await passive.open("asx")).toBeUndefined();
    await between(mode, owner);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + LIMITS.SUPPLIER_SILENCE_MS + 1000 });
    try {
      expect(await ringAlarm(owner)).toBe(true);
      expect((await hanging.untilClosed()).code).toBe(4408);
      const resume = await passive.until(({ Feed }) => Feed?.Type === "FeedEventType_Resume");
      expect(resume.Feed?.Position?.Position).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("records the loss of a socket that did not close its feed", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    const watcher = await Client.connect(owner);
    watcher.send({ Type: "Subscribe", Subscription: { Type: "Status" } });
    await watcher.synchronise();
    await client.open("asx");
    await between(mode, owner);
    client.close();
    await watcher.until(({ Updates = [] }) =>
      Updates.some(({ Status }) => Status !== undefined && Status.Status === undefined),
    );
    expect(await statusOf(owner, "asx")).toBe("CONNECTIONSTATUS_DISCONNECTED");
    expect((await log(owner)).map(({ Sequence, Update }) => [Sequence, Update?.Status?.Status])).toEqual([
      ["oms", "CONNECTIONSTATUS_ONLINE"],
      ["oms", undefined],
    ]);
  });

  it("accepts an array of messages as one frame, each answered and applied in order", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    const frames = [1, 2, 3].map((position) => ({
      Type: "FeedRequest",
      Feed: { Type: "Action", Position: { Sequence: "asx", Position: position }, ...deposit(owner, `D${position}`, 1) },
    }));
    client.send(frames);
    await client.synchronise();
    expect(await positionsOf(owner, "asx")).toEqual([1, 2, 3]);
    expect(client.feedEvents("Bookmark").map(({ Position }) => Position?.Position)).toEqual([3]);
  });

  it("defines and undefines accounts of its own Owner", async () => {
    const owner = newOwner();
    const client = await adapter(owner);
    await client.open("asx");
    const AccountDetails = { Account: account(owner), Name: "First", DefaultCurrency: "NZD" };
    client.feed("asx", "Operation", 1, { Operation: { Type: "DefineAccount", AccountDetails } });
    await client.synchronise();
    await between(mode, owner);
    client.feed("asx", "Action", 2, update(owner, "O1", { Currency: undefined }));
    await client.synchronise();
    expect(await list(owner, { kind: "order" })).toMatchObject([{ Currency: "NZD" }]);
    client.feed("asx", "Operation", 3, { Operation: { Type: "UndefineAccount", AccountDetails } });
    await client.synchronise();
    expect(await list(owner, { kind: "account" })).toEqual([]);
    expect(await list(owner, { kind: "order" })).toHaveLength(1);
  });
});

describe("unreadable frames", () => {
  it("closes a socket with 1008 after ten in a row, and counts anew after a readable one", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner);
    for (let frame = 1; frame < LIMITS.BAD_FRAMES; frame++) client.sendText("{");
    await client.synchronise();
    for (let frame = 1; frame <= LIMITS.BAD_FRAMES; frame++) client.sendText("{");
    expect((await client.untilClosed()).code).toBe(1008);
    expect(client.errors).toHaveLength(2 * LIMITS.BAD_FRAMES - 1);
  });

  it("survive the eviction of the object without being counted as supply", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner);
    client.sendText("{");
    await client.synchronise();
    await evict(owner);
    client.sendText("[]");
    await client.synchronise();
    expect(client.errors).toEqual(["Message.Unreadable not JSON", "Message.Unreadable an empty array"]);
  });
});

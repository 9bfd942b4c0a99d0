/** What is told of a part of the log: the audit, events, trades, a feed's updates. */
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import type { Subscription } from "../../src/domain/views.ts";
import { Past } from "../../src/owner/past.ts";
import type { LogContent, LogQuestion } from "../../src/owner/rpc.ts";
import { decodeText, encode } from "../../src/protocol/codec.ts";
import type { MessageSchema } from "../../src/protocol/fields.ts";
import { AuditRecord, EventMessage, FeedRequest, RecordedAction } from "../../src/protocol/messages/index.ts";
import { fromMicroseconds } from "../../src/protocol/timestamp.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { EMPTY, moment } from "../storage/samples.ts";
import { deposit, trade, update } from "./actions.ts";
import { told } from "./told.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

const AUDIT: LogContent = { type: "audit" };
const EVENTS: LogContent = { type: "events" };

function ask({ engine }: World, content: LogContent, options: Partial<LogQuestion> = {}) {
  return told(engine.past.log({ content, span: {}, ...options }));
}

function messages(world: World, content: LogContent, options: Partial<LogQuestion> = {}) {
  return ask(world, content, options).map(({ message }) => message);
}

/** An Owner whose feed sent one frame of each sort, each of them a commit. */
function busyWorld(): { readonly world: World; readonly adapter: PlayedSocket; readonly subscriber: PlayedSocket } {
  const world = new World();
  const subscriber = world.connect();
  const adapter = world.connect({ feeds: ["asx"] });
  for (const view of ["Balances", "Orders", "Transactions", "Updates", "Metadata", "Status"])
    world.subscribe(subscriber, view);
  world.open(adapter);
  const frames: readonly [string, number, object][] = [
    ["Action", 1, update(OWNER, "O1", { AccountID: "A" })],
    ["Action", 2, trade(OWNER, "O1", "T1", 10, 9.5)],
    ["Action", 4, { Action: { Type: "Update", Order: { Side: "BUY" } } }],
    ["Configure", 5, { Configuration: { Agent: "one", Settings: { Colour: "red" } } }],
    ["Action", 6, { Prise: 1 }],
    ["Status", 7, { Status: { ExpireAfter: "2199-01-01T00:00:00Z", Status: "ONLINE" } }],
    ["Bookmark", 9, {}],
    ["Operation", 10, { Operation: { Type: "DefineAccount", AccountDetails: account("A") } }],
    ["Action", 11, deposit(OWNER, "D1", "12345678901234567.89")],
  ];
  for (const [type, position, content] of frames) {
    world.feed(adapter, type, position, content);
    world.settle();
  }
  return { world, adapter, subscriber };
}

function account(AccountID: string) {
  return { Account: { OwnerID: OWNER, AccountID }, Name: "Ann" };
}

/** Every line says the same in its short spelling. */
function expectSameInShort(world: World, content: LogContent, schema: MessageSchema, options = {}) {
  const [full, short] = [false, true].map((compact) => ask(world, content, { compact, ...options }));
  expect(short?.map(({ json }) => encode(schema, decodeText(schema, json)))).toEqual(full?.map(({ json }) => json));
  expect(short?.some(({ json }) => json.includes("UpdateEventType_") || json.includes("FeedRequestType_"))).toBe(false);
  expect(JSON.stringify(short)).not.toEqual(JSON.stringify(full));
}

describe("the audit", () => {
  it("is every record of the log: refused ones, configurations and what could not be read among them", () => {
    const { world } = busyWorld();
    const lines = ask(world, AUDIT);
    expect(lines.map(({ message }) => [message.Sequence, message.ID, message.Update?.Type?.slice(16)])).toEqual([
      ["system", 1, "Operation"],
      ["oms", 1, "Status"],
      ["asx", 1, "Action"],
      ["asx", 2, "Action"],
      ["asx", 4, "Action"],
      ["asx", 5, undefined],
      ["asx", 6, undefined],
      ["asx", 7, "Status"],
      ["asx", 10, "Operation"],
      ["asx", 11, "Action"],
    ]);
    expect(lines[4]?.message).toMatchObject({
      Update: { Action: { Order: { Side: "SIDE_BUY" } } },
      Errors: ["Field.Missing Action.Order.OrderID"],
    });
    expect(lines[5]?.message.Configuration).toEqual({ Agent: "one", Settings: { Colour: "red" } });
    expect(lines[6]?.message).toMatchObject({ Errors: ["Field.Unknown Feed.Prise"] });
    expect(JSON.parse(lines[6]?.message.Unreadable)).toMatchObject({ Feed: { Prise: 1 } });
    for (const { at, records, message } of lines) {
      expect([records, message.Timestamp]).toEqual([1, fromMicroseconds(at)]);
    }
  });

  it("is written as its message is, and in short", () => {
    const { world } = busyWorld();
    for (const { json } of ask(world, AUDIT)) expect(encode(AuditRecord, decodeText(AuditRecord, json))).toBe(json);
    expectSameInShort(world, AUDIT, AuditRecord);
  });

  it("says on whose authority something was done that does not say so itself", () => {
    const store = new MemoryStore();
    const Authority = { Authority: "Operator", Identity: "User:ann" };
    const text = JSON.stringify({ At: 5, Sequence: "oms", Position: 1, Authority, Events: [] });
    store.commit({ ...EMPTY, records: [{ at: moment(5), text }], positions: new Map([["oms", 1]]) });
    const [line] = told(new Past(store, () => OWNER).log({ content: AUDIT, span: {} }));
    const Timestamp = "1970-01-01T00:00:00.000005Z";
    expect(line?.message).toEqual({ Sequence: "oms", ID: 1, Timestamp, Authority });
  });

  it("names sequences by their Owner when it is asked to, by the name that it has now", () => {
    const { world } = busyWorld();
    const names = messages(world, AUDIT, { qualified: true }).map(({ Sequence }) => Sequence);
    expect([...new Set(names)]).toEqual([`${OWNER}/system`, `${OWNER}/oms`, `${OWNER}/asx`]);
    const renamed = new Past(world.store, () => "new name");
    expect(told(renamed.log({ content: AUDIT, span: {}, qualified: true }))[0]?.message.Sequence).toBe(
      "new name/system",
    );
  });
});

describe("events", () => {
  const views = ["Balances", "Orders", "Transactions", "Updates", "Metadata", "Status"] as const;
  const subscriptions = views.map((view): Subscription => ({ type: `SubscriptionType_${view}`, targets: [] }));

  it("are the very frames that a subscriber was sent", () => {
    const { world, subscriber } = busyWorld();
    const sent = subscriber.frames.filter((frame) => frame.includes('"Position":{"Sequence"'));
    expect(sent).toHaveLength(6);
    const from = { positions: { system: 1 } };
    const lines = ask(world, { type: "events", subscriptions }, { span: { from } });
    expect(lines.map(({ json }) => json)).toEqual(sent);
    expect(lines.every(({ at, message }) => message.Position.ExecutedAt === fromMicroseconds(at))).toBe(true);
  });

  it("are those of a record that one of the subscriptions receives, each once", () => {
    const { world } = busyWorld();
    const balancesOf = (accountId: string): Subscription => ({
      type: "SubscriptionType_Balances",
      targets: [{ Name: "Account", Values: [`${OWNER}/${accountId}`] }],
    });
    const twice = { type: "events", subscriptions: [balancesOf("A"), balancesOf("A")] } as const;
    expect(messages(world, twice).map(({ Updates }) => Updates.map(({ Type }: { Type: string }) => Type))).toEqual([
      ["UpdateEventType_Balance"],
      ["UpdateEventType_Balance"],
      ["UpdateEventType_Balance"],
    ]);
    expect(messages(world, { type: "events", subscriptions: [balancesOf("B")] })).toEqual([]);
    expect(messages(world, { type: "events", subscriptions: [] })).toEqual([]);
  });

  it("are all of them without a subscription, holdings and the Owner's definition too", () => {
    const { world } = busyWorld();
    const all = messages(world, EVENTS).flatMap(({ Updates }) => Updates.map(({ Type }: { Type: string }) => Type));
    expect(new Set(all.map((type) => type.slice(16)))).toEqual(
      new Set(["Operation", "Status", "Action", "Order", "Balance", "Holding", "Transaction"]),
    );
  });

  it("of the Feed view are the orders that the named feed executes", () => {
    const { world } = busyWorld();
    const feedView = (feed: string) => ({
      type: "events" as const,
      subscriptions: [{ type: "SubscriptionType_Feed" as const, targets: [{ Name: "Feed", Values: [feed] }] }],
    });
    expect(messages(world, feedView("ASX"))).toMatchObject([{ Position: { Position: 1 } }]);
    expect(messages(world, feedView("asx"))).toEqual([]);
  });

  it("are written in short as on a socket, and named by their Owner when that is asked for", () => {
    const { world } = busyWorld();
    expectSameInShort(world, EVENTS, EventMessage);
    const [first] = messages(world, EVENTS, { qualified: true });
    expect(first.Position.Sequence).toBe(`${OWNER}/system`);
  });

  it("are told as they were raised, however today's program would write them", () => {
    const world = new World();
    // Fields in another order, one that is not known any more, an enum that means nothing today.
    const event = {
      Type: "UpdateEventType_Balance",
      Balance: { Balance: 1.25, Colour: "red", Currency: "AUD", Account: { AccountID: "A", OwnerID: OWNER } },
      UpdateAction: "UpdateAction_Repaint",
    };
    const at = moment(world.store.head().at + 1);
    const text = JSON.stringify({ At: at, Sequence: "asx", Position: 1, Events: [event] });
    world.store.commit({ ...EMPTY, records: [{ at, text }], positions: new Map([["asx", 1]]) });
    const span = { from: { positions: { system: 1 } } };
    const [full] = ask(world, EVENTS, { span });
    expect(full?.json).toContain(`"Updates":[${JSON.stringify(event)}]`);
    const [short] = ask(world, EVENTS, { span, compact: true });
    const shortened = { ...event, Type: "Balance", UpdateAction: "Repaint" };
    expect(short?.json).toContain(`"Updates":[${JSON.stringify(shortened)}]`);
  });
});

describe("trades", () => {
  /** Trades of two accounts, one of them corrected and cancelled, one refused; and actions that are none. */
  function tradingWorld(): World {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const again = (Type: string) => ({ Type, TradeID: "T1", Price: 9, Quantity: 10 });
    const changed = (Type: string) => {
      const { Action } = trade(OWNER, "O1", "T1", 10, 9);
      return { Action: { ...Action, Trade: again(Type) } };
    };
    const actions: readonly object[] = [
      update(OWNER, "O1"),
      trade(OWNER, "O1", "T1", 10, 10),
      trade(OWNER, "O2", "T2", 5, 10, { AccountID: "B", Exchange: "NZX" }),
      changed("Correction"),
      trade(OWNER, "O1", "T1", 11, 10),
      trade(OWNER, "O1", "T3", 1, 10, { Code: "ExternalActionType_Trade" }),
      changed("Cancel"),
      deposit(OWNER, "ExternalActionType_Trade", 10),
    ];
    for (const [index, action] of actions.entries()) world.feed(adapter, "Action", index + 1, action);
    world.settle();
    return world;
  }

  const all: LogContent = { type: "trades", targets: [] };
  const seen = (world: World, Name: string, ...Values: readonly string[]) =>
    messages(world, { type: "trades", targets: [{ Name, Values: [...Values] }] }).map(
      ({ Position }) => Position.Position,
    );

  it("are the trades, corrections and cancels that were applied, with their places", () => {
    const world = tradingWorld();
    const lines = ask(world, all);
    const shown = lines.map(({ message }) => [
      message.Trade.Type.split("_")[1],
      message.Trade.TradeID,
      message.Position,
    ]);
    const place = (Position: number, index: number) => ({
      Sequence: "asx",
      Position,
      ExecutedAt: fromMicroseconds(lines[index]?.at ?? 0),
    });
    expect(shown).toEqual([
      ["Trade", "T1", place(2, 0)],
      ["Trade", "T2", place(3, 1)],
      ["Correction", "T1", place(4, 2)],
      ["Trade", "T3", place(6, 3)],
      ["Cancel", "T1", place(7, 4)],
    ]);
    for (const { json } of lines) expect(encode(RecordedAction, decodeText(RecordedAction, json))).toBe(json);
    expectSameInShort(world, all, RecordedAction);
    expect(messages(world, all, { qualified: true })[0].Position.Sequence).toBe(`${OWNER}/asx`);
  });

  it("are narrowed to accounts, exchanges and feeds as the Updates view is", () => {
    const world = tradingWorld();
    expect(seen(world, "Account", `${OWNER}/B`)).toEqual([3]);
    expect(seen(world, "Account", `${OWNER}/A`, `${OWNER}/B`)).toEqual([2, 3, 4, 6, 7]);
    expect(seen(world, "Exchange", "ASX")).toEqual([2, 4, 6, 7]);
    expect(seen(world, "Feed", "asx")).toEqual([2, 3, 4, 6, 7]);
    expect(seen(world, "Feed", "lse")).toEqual([]);
    expect(messages(world, all, { count: 2 }).map(({ Position }) => Position.Position)).toEqual([2, 3]);
  });
});

describe("a feed's updates", () => {
  const updates = (feed: string): LogContent => ({ type: "updates", feed });

  it("are its frames as they were sent, refused ones too; of what could not be read the position alone", () => {
    const { world } = busyWorld();
    const lines = ask(world, updates("asx"));
    const shown = lines.map(({ message: { Type, Position, ...content } }) => [
      Type?.slice(16),
      Position.Position,
      Object.keys(content),
    ]);
    expect(shown).toEqual([
      ["Action", 1, ["Action"]],
      ["Action", 2, ["Action"]],
      ["Action", 4, ["Action"]],
      ["Configure", 5, ["Configuration"]],
      [undefined, 6, []],
      ["Status", 7, ["Status"]],
      ["Operation", 10, ["Operation"]],
      ["Action", 11, ["Action"]],
    ]);
    expect(lines[2]?.message.Action).toEqual({ Type: "ExternalActionType_Update", Order: { Side: "SIDE_BUY" } });
    expect(lines[6]?.message.Operation.AccountDetails).toEqual(account("A"));
    expect(lines[4]?.json).toBe('{"Position":{"Sequence":"asx","Position":6}}');
    for (const { json } of lines) expect(encode(FeedRequest, decodeText(FeedRequest, json))).toBe(json);
    expectSameInShort(world, updates("asx"), FeedRequest);
    expect(messages(world, updates("asx"), { qualified: true })[0].Position.Sequence).toBe(`${OWNER}/asx`);
  });

  it("are those after a position, or a time, through a position", () => {
    const { world } = busyWorld();
    const positions = (options: Partial<LogQuestion>) =>
      messages(world, updates("asx"), options).map(({ Position }) => Position.Position);
    const [, , second] = ask(world, updates("asx"));
    const from = { positions: { asx: 2 } };
    expect(positions({ span: { from } })).toEqual([4, 5, 6, 7, 10, 11]);
    expect(positions({ span: { from, to: { positions: { asx: 6 } } } })).toEqual([4, 5, 6]);
    expect(positions({ span: { from: { at: second?.at ?? 0 }, to: { positions: { asx: 9 } } } })).toEqual([5, 6, 7]);
    expect(positions({ span: { from }, count: 2 })).toEqual([4, 5]);
    expect(positions({ span: { from: { positions: { asx: 11 } } } })).toEqual([]);
  });

  it("are refused for a feed that the Owner never had, and for what is no feed", () => {
    const { world } = busyWorld();
    for (const feed of ["lse", "oms", "system", "", "__proto__"])
      expect(() => ask(world, updates(feed)), feed).toThrow("Unknown");
    const other = world.connect({ feeds: ["lse"] });
    world.send(other, { Type: "FeedRequest", Feed: { Type: "Open", Position: { Sequence: "lse" } } });
    world.settle();
    expect(ask(world, updates("lse"))).toEqual([]);
    expect(world.store.version("feed", keyOf.feed("lse"))).toBeDefined();
  });
});

/** The past as the real object tells it: on SQLite, over RPC, in streams. */
import { describe, expect, it } from "vitest";
import type { ChainStretch, LogContent, LogQuestion, Span } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import { deposit, order, trade, update } from "./actions.ts";
import { Client } from "./client.ts";
import { addressOf, between, list, log, MODES, newOwner, objectOf } from "./object.ts";
import { linesOf } from "./told.ts";

async function adapterOf(owner: string): Promise<Client> {
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  return adapter;
}

async function ask(owner: string, content: LogContent, options: Partial<LogQuestion> = {}) {
  const { body } = await objectOf(owner).log(addressOf(owner), { content, span: {}, ...options });
  return linesOf(await new Response(body).text());
}

/** An order that is moved while it is traded, over several commits. */
async function traded(owner: string): Promise<Client> {
  const adapter = await adapterOf(owner);
  adapter.feed("asx", "Action", 1, update(owner, "O1"));
  await adapter.synchronise();
  adapter.feed("asx", "Action", 3, trade(owner, "O1", "T1", 10, 9));
  adapter.feed("asx", "Action", 4, { Action: { Type: "Update", Order: { OrderID: "O2" } } });
  await adapter.synchronise();
  adapter.feed("asx", "Action", 5, update(owner, "O1", { AccountID: "B" }));
  adapter.feed("asx", "Action", 6, deposit(owner, "D1", 100));
  await adapter.synchronise();
  return adapter;
}

describe.each(MODES)("the past of an Owner (%s)", (mode) => {
  it("is told as it was recorded: audit, trades, a feed's updates, a record's history", async () => {
    const owner = newOwner();
    await traded(owner);
    await between(mode, owner);
    const audit = await ask(owner, { type: "audit" }, { span: { from: { positions: { system: 1, oms: 1 } } } });
    expect(audit.map(({ message }) => [message.Sequence, message.ID, message.Errors?.[0]])).toEqual([
      ["asx", 1, undefined],
      ["asx", 3, undefined],
      ["asx", 4, "Field.Missing Action.Order.Account"],
      ["asx", 5, undefined],
      ["asx", 6, undefined],
    ]);
    expect(audit.map(({ at }) => at)).toEqual((await log(owner)).slice(1).map(({ At }) => At));
    const trades = await ask(owner, { type: "trades", targets: [] });
    expect(trades).toMatchObject([{ message: { Trade: { TradeID: "T1" }, Position: { Position: 3 } } }]);
    const span: Span = { from: { positions: { asx: 3 } }, to: { positions: { asx: 5 } } };
    const updates = await ask(owner, { type: "updates", feed: "asx" }, { span });
    expect(updates.map(({ message }) => message.Position.Position)).toEqual([4, 5]);
    const history = await ask(owner, { type: "history", kind: "order", parts: ["B", "O1"] });
    expect(history.map(({ message: { Position, Event } }) => [Position, Event.Order.Account.AccountID])).toEqual([
      [1, "A"],
      [5, "A"],
      [5, "B"],
    ]);
    const balance = await ask(owner, { type: "history", kind: "balance", parts: ["A", "AUD"] }, { count: 1 });
    expect(balance).toMatchObject([{ message: { Position: 1, Event: { Balance: { UnfilledBuys: 1000 } } } }]);
  });

  it("begins with a snapshot, after which its events are those that a subscriber is sent", async () => {
    const owner = newOwner();
    const adapter = await adapterOf(owner);
    adapter.feed("asx", "Action", 1, update(owner, "O1"));
    adapter.feed("asx", "Action", 2, update(owner, "O2"));
    await adapter.synchronise();
    const subscriber = await Client.connect(owner);
    subscriber.send({ Type: "Subscribe", Subscription: { Type: "Orders" } });
    await subscriber.synchronise();
    for (const position of [3, 4]) {
      adapter.feed("asx", "Action", position, update(owner, `O${position}`));
      await adapter.synchronise();
      await between(mode, owner);
    }
    await subscriber.synchronise();
    const subscriptions = [{ type: "SubscriptionType_Orders", targets: [] }] as const;
    const { Positions: positions = {} } =
      subscriber.received.find(({ Type }) => Type === "EventMessageType_SnapshotStart")?.Snapshot ?? {};
    const lines = await ask(
      owner,
      { type: "events", subscriptions, snapshot: true },
      { span: { from: { positions } } },
    );
    const sent = subscriber.received.filter(({ Type }) => Type !== "EventMessageType_Response");
    // A socket's snapshot also says which of its requests it answers.
    const texts = sent.map(({ Request: _, ...message }) => JSON.stringify(message));
    expect(lines.map(({ json }) => json)).toEqual(texts);
    expect(lines.filter(({ records }) => records === 1)).toHaveLength(2);
  });

  it("is refused by name", async () => {
    const owner = newOwner();
    await adapterOf(owner);
    await between(mode, owner);
    const refused: readonly [LogContent, Span, string][] = [
      [{ type: "audit" }, { from: { positions: { lse: 1 } } }, "Feed lse"],
      [{ type: "updates", feed: "lse" }, {}, "Unknown"],
      [{ type: "updates", feed: "oms" }, {}, "Unknown"],
      [{ type: "history", kind: "order", parts: ["A", "O1"] }, {}, "Unknown"],
    ];
    for (const [content, span, refusal] of refused)
      await expect(ask(owner, content, { span })).rejects.toThrow(refusal);
    expect(await ask(owner, { type: "updates", feed: "asx" })).toEqual([]);
  });

  it("shows a channel as at a moment", async () => {
    const owner = newOwner();
    await traded(owner);
    await between(mode, owner);
    const read = async (asAt = {}) => {
      const question = { channel: "order", ...asAt } as const;
      const { body } = await objectOf(owner).channel(addressOf(owner), question);
      return JSON.parse(await new Response(body).text());
    };
    expect(await read()).toMatchObject({ Position: { asx: 6, oms: 1, system: 1 }, Records: [{ Key: ["B", "O1"] }] });
    const { OrderID, Code } = order(owner, "O1");
    expect(await read({ asAt: { sequence: "asx", position: 4 } })).toMatchObject({
      Position: { asx: 4 },
      Records: [{ Key: ["A", "O1"], State: { OrderID, Code } }],
    });
  });

  it("is a chain of hashes that the object walks, and that its export lets anybody walk", async () => {
    const owner = newOwner();
    await traded(owner);
    await between(mode, owner);
    let stretch: ChainStretch | undefined;
    do stretch = await objectOf(owner).verify(addressOf(owner), stretch);
    while (!stretch.isDone);
    expect(stretch.broken).toBeUndefined();
    const body = await objectOf(owner).exportLog(addressOf(owner), 0);
    const commits = (await new Response(body).text())
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(commits).toHaveLength(stretch.commits);
    let hash = "";
    for (const { Previous, Hash, Body } of commits) {
      expect([Previous, Hash]).toEqual([hash, chainHash(hash, Body)]);
      hash = Hash;
    }
    expect(hash).toBe(stretch.hash);
    const [, second] = commits;
    const rest = await objectOf(owner).exportLog(addressOf(owner), second.Commit, 1);
    expect(JSON.parse(await new Response(rest).text())).toEqual(commits[2]);
  });
});

describe("a long past", () => {
  /** More log than is read in a few turns. */
  async function longLog(owner: string): Promise<void> {
    const adapter = await adapterOf(owner);
    const Group = "x".repeat(LIMITS.UPDATE_BYTES - 1024);
    for (let position = 1; position <= 12; position++)
      adapter.feed("asx", "Action", position, update(owner, `O${position}`, { Group, IsCompleted: true }));
    await adapter.synchronise();
  }

  it("is searched to its end though nothing of it is wanted, log or list", async () => {
    const owner = newOwner();
    await longLog(owner);
    const targets = [{ Name: "Account", Values: [`${owner}/B`] }];
    const subscriptions = [{ type: "SubscriptionType_Orders", targets }] as const;
    expect(await ask(owner, { type: "events", subscriptions })).toEqual([]);
    expect(await list(owner, { kind: "order", onlyActive: true })).toEqual([]);
  });

  it("is let go by a reader that goes away, and read by the next", async () => {
    const owner = newOwner();
    await longLog(owner);
    const question = { content: { type: "audit" }, span: {} } as const;
    const { body } = await objectOf(owner).log(addressOf(owner), question);
    const reader = body.getReader();
    expect((await reader.read()).done).toBe(false);
    await reader.cancel();
    expect(await ask(owner, { type: "updates", feed: "asx" })).toHaveLength(12);
  });
});

import { describe, expect, it, vi } from "vitest";
import { trade, update } from "./actions.ts";
import { Client } from "./client.ts";
import { between, list, log, MODES, newOwner, ringAlarm } from "./object.ts";

async function subscribed(owner: string, ...types: readonly string[]): Promise<Client> {
  const client = await Client.connect(owner);
  for (const Type of types) client.send({ Type: "Subscribe", Subscription: { Type } });
  await client.synchronise();
  return client;
}

async function adapterOf(owner: string): Promise<Client> {
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  return adapter;
}

describe.each(MODES)("views (%s)", (mode) => {
  it("E3: the snapshot of Updates is the live orders as Actions of type Replace, completed ones too", async () => {
    const owner = newOwner();
    const adapter = await adapterOf(owner);
    adapter.feed("asx", "Action", 1, update(owner, "O1"));
    adapter.feed("asx", "Action", 2, update(owner, "O2", { IsCompleted: true }));
    adapter.feed("asx", "Action", 3, update(owner, "O3", { RemoveAfter: {} }));
    await adapter.synchronise();
    await between(mode, owner);
    const client = await subscribed(owner, "Updates");
    expect(client.events.map(({ Action }) => [Action?.Type, Action?.Order?.OrderID])).toEqual([
      ["ExternalActionType_Replace", "O1"],
      ["ExternalActionType_Replace", "O2"],
    ]);
  });

  it("Transactions have no snapshot, and stream from where they were subscribed to", async () => {
    const owner = newOwner();
    const adapter = await adapterOf(owner);
    adapter.feed("asx", "Action", 1, trade(owner, "O1", "T1", 10, 10));
    await adapter.synchronise();
    const client = await subscribed(owner, "Transactions");
    expect(client.events).toEqual([]);
    await between(mode, owner);
    adapter.feed("asx", "Action", 2, trade(owner, "O1", "T2", 10, 10));
    await adapter.synchronise();
    await client.synchronise();
    expect(client.events.map(({ Transaction }) => Transaction?.Details?.TransactionID)).toEqual(["T2"]);
  });

  it("O6: an order goes when its RemoveAfter passes, by a timer, recorded in oms, and its reservation with it", async () => {
    const owner = newOwner();
    const adapter = await adapterOf(owner);
    const client = await subscribed(owner, "Orders", "Balances");
    const RemoveAfter = new Date(Date.now() + 60_000).toISOString();
    adapter.feed("asx", "Action", 1, update(owner, "O1", { RemoveAfter }));
    adapter.feed("asx", "Action", 2, update(owner, "O2", { RemoveAfter }));
    adapter.feed("asx", "Action", 3, update(owner, "O2"));
    await adapter.synchronise();
    await between(mode, owner);
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ UnfilledBuys: 2000 }]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await ringAlarm(owner)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    expect(await list(owner, { kind: "order" })).toMatchObject([{ OrderID: "O2" }]);
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ UnfilledBuys: 1000 }]);
    expect((await log(owner)).at(-1)).toMatchObject({ Sequence: "oms", Update: { Type: "UpdateEventType_Action" } });
    await client.synchronise();
    const removed = client.events.filter(({ UpdateAction }) => UpdateAction === "UpdateAction_Remove");
    expect(removed.map(({ Order }) => Order?.OrderID)).toEqual(["O1"]);
  });
});

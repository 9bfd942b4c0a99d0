import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { At } from "../../src/domain/records.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { account, deposit } from "./actions.ts";
import { Client } from "./client.ts";
import { addressOf, evict, list, log, newOwner, objectOf, positionsOf } from "./object.ts";

/** Makes every commit fail in the middle that writes a balance of that account. */
function poison(owner: string, accountId: string): Promise<void> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => {
    storage.sql.exec(
      `CREATE TRIGGER poison BEFORE INSERT ON living WHEN NEW.kind = 'balance' AND NEW.key LIKE '${accountId}%'
       BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`,
    );
  });
}

/** Makes every commit fail. */
function breakStorage(owner: string): Promise<void> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => {
    storage.sql.exec("CREATE TRIGGER broken BEFORE INSERT ON commits BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
  });
}

async function opened(owner: string): Promise<Client> {
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  return adapter;
}

/** What the object holds in memory, and after it has forgotten everything: both must be the same. */
async function balancesWarmAndWoken(owner: string) {
  const warm = await list(owner, { kind: "balance" });
  await evict(owner);
  expect(await list(owner, { kind: "balance" })).toEqual(warm);
  return new Map(warm.map(({ Account, Balance }) => [(Account as { AccountID: string }).AccountID, Balance]));
}

describe("a storage write that fails in the middle of a commit", () => {
  afterEach(() => vi.restoreAllMocks());

  it("costs only the entry that cannot be written: recorded with its Errors and without its payload", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const owner = newOwner();
    const adapter = await opened(owner);
    const subscriber = await Client.connect(owner);
    subscriber.send({ Type: "Subscribe", Subscription: { Type: "Balances" } });
    await subscriber.synchronise();
    await poison(owner, "POISON");
    // One group: all of them are in the inbox before the first is written.
    adapter.send(
      [1, 2, 3, 4, 5].map((position) => ({
        Type: "FeedRequest",
        RequestID: `R${position}`,
        Feed: {
          Type: "Action",
          Position: { Sequence: "asx", Position: position },
          ...deposit(owner, `D${position}`, position, position === 3 ? "POISON" : "A"),
        },
      })),
    );
    await adapter.synchronise();
    expect(adapter.errors).toEqual(["Storage.Failed"]);
    expect(await positionsOf(owner, "asx")).toEqual([1, 2, 3, 4, 5]);
    const failed = (await log(owner)).find(({ Sequence, Position }) => Sequence === "asx" && Position === 3);
    expect(failed).toMatchObject({ Errors: ["Storage.Failed"] });
    expect(failed?.Update).toBeUndefined();
    expect(adapter.feedEvents("Bookmark").at(-1)?.Position?.Position).toBe(5);
    expect(await balancesWarmAndWoken(owner)).toEqual(new Map([["A", 12]]));
    await subscriber.synchronise();
    expect(subscriber.events.map(({ Balance }) => Balance?.Balance?.toString())).toEqual(["1", "3", "7", "12"]);
  });

  it("answers a REST call 503, changes nothing of it, and the object goes on", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const owner = newOwner();
    await (await opened(owner)).synchronise();
    await poison(owner, "POISON");
    const submit = (transactionId: string, accountId: string) => {
      const { Action } = deposit(owner, transactionId, 10, accountId);
      const update = { Type: "UpdateEventType_Action", Action: { ...Action, Type: "ExternalActionType_CashTransfer" } };
      return objectOf(owner).submit(addressOf(owner), [{ update: JSON.stringify(update) }]);
    };
    const answers = await Promise.all([submit("D1", "A"), submit("D2", "POISON"), submit("D3", "A")]);
    expect(answers[1]).toEqual({ errors: ["Storage.Failed"], item: 0 });
    expect(await balancesWarmAndWoken(owner)).toEqual(new Map([["A", 20]]));
    // The same call may be made again: nothing of it was remembered.
    await runInDurableObject(objectOf(owner), (_, { storage }) => storage.sql.exec("DROP TRIGGER poison").toArray());
    expect(await submit("D2", "POISON")).toHaveProperty("at");
  });

  it("gives the object up when not even the failure can be recorded, and everyone resumes", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const owner = newOwner();
    const adapter = await opened(owner);
    adapter.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await adapter.synchronise();
    await breakStorage(owner);
    adapter.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await adapter.untilClosed();
    await runInDurableObject(objectOf(owner), (_, { storage }) => storage.sql.exec("DROP TRIGGER broken").toArray());
    const again = await Client.connect(owner, { feeds: ["asx"] });
    expect(await again.open("asx")).toBe(1);
    again.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await again.synchronise();
    expect(await balancesWarmAndWoken(owner)).toEqual(new Map([["A", 2]]));
  });

  it("leaves the chain of commits whole", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const owner = newOwner();
    const adapter = await opened(owner);
    await poison(owner, "POISON");
    for (const [index, accountId] of ["A", "POISON", "B"].entries()) {
      adapter.feed("asx", "Action", index + 1, deposit(owner, `D${index}`, 1, accountId));
      await adapter.synchronise();
    }
    const ats = await runInDurableObject(objectOf(owner), (_, { storage }) => {
      const store = new SqliteStore(storage);
      return [...store.records(0 as At, store.head().at)].map(({ at }) => at);
    });
    expect(ats).toEqual([...ats].sort((left, right) => left - right));
    // The first tells the object who it is.
    expect(ats).toHaveLength(5);
  });
});

describe("storage that is full", () => {
  it("refuses updates with Storage.Full and suspends feeds, while reads go on", async () => {
    const owner = newOwner();
    const adapter = await opened(owner);
    adapter.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await adapter.synchronise();
    const size = vi.spyOn(SqliteStore.prototype, "bytesUsed").mockReturnValue(Number.MAX_SAFE_INTEGER);
    try {
      adapter.feed("asx", "Action", 2, deposit(owner, "D2", 1));
      await adapter.synchronise();
      expect(adapter.errors).toEqual(["Storage.Full"]);
      expect(adapter.feedEvents("Suspend")).toHaveLength(1);
      const update = {
        Type: "UpdateEventType_Operation",
        Operation: { Type: "OperationType_DefineAccount", AccountDetails: { Account: account(owner) } },
      };
      expect(await objectOf(owner).submit(addressOf(owner), [{ update: JSON.stringify(update) }])).toEqual({
        errors: ["Storage.Full"],
        item: 0,
      });
      expect(await list(owner, { kind: "balance" })).toMatchObject([{ Balance: 1 }]);
      expect((await objectOf(owner).health(addressOf(owner))).status).toBe("Degraded");
    } finally {
      size.mockRestore();
    }
    expect(await adapter.open("asx")).toBe(1);
    adapter.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await adapter.synchronise();
    expect(await list(owner, { kind: "balance" })).toMatchObject([{ Balance: 2 }]);
  });
});

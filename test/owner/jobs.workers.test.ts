/**
 * Renames that change more than one commit holds, on a real object (design §5): with the limits as they are, and with the
 * object reset in the middle of one.
 */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { At } from "../../src/domain/records.ts";
import { readJob } from "../../src/owner/job.ts";
import type { ChainStretch } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { deposit } from "./actions.ts";
import { Client } from "./client.ts";
import { writeAccounts } from "./many-records.ts";
import { addressOf, defined, evict, newOwner, objectOf, ringAlarm } from "./object.ts";

/** Four records each: enough that a rename takes a good many turns. */
const ACCOUNTS = 2000;

const BEGINNING = 0 as At;

const rename = JSON.stringify({
  Type: "UpdateEventType_Operation",
  Operation: {
    Type: "OperationType_Transform",
    Transform: {
      TransformID: "R1",
      Code: "AUD",
      Parameters: { newCode: "EUR" },
      TransformType: "TRANSFORMTYPE_RENAME_CURRENCY",
    },
  },
});

function submit(owner: string, update: string) {
  return objectOf(owner).submit(addressOf(owner), [{ update }]);
}

async function largeOwner(): Promise<string> {
  const owner = newOwner();
  await defined(owner);
  await runInDurableObject(objectOf(owner), (_, { storage }) =>
    writeAccounts(new SqliteStore(storage), owner, ACCOUNTS),
  );
  // Its memory is as of before they were written.
  await evict(owner);
  return owner;
}

/** How many records tell of the job that is under way; undefined when there is none. */
function stepsSoFar(owner: string): Promise<number | undefined> {
  return runInDurableObject(
    objectOf(owner),
    (_, { storage }) => readJob(new SqliteStore(storage).property("job"))?.progress.records,
  );
}

/** Lets the object take a turn: who only asks it questions keeps it from that. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits until a job has come some way. Fails when it was over before anybody saw it. */
async function untilUnderWay(owner: string): Promise<void> {
  for (let wasBegun = false; ; ) {
    await aMoment();
    const steps = await stepsSoFar(owner);
    if (steps !== undefined && steps > 2) return;
    if (steps === undefined && wasBegun) throw new Error("it was over too soon");
    wasBegun = steps !== undefined;
  }
}

/** Begins a rename without a call that would wait for its end. */
async function beginByFeed(owner: string): Promise<void> {
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  adapter.feed("asx", "Operation", 1, { Operation: JSON.parse(rename).Operation });
  await untilUnderWay(owner);
}

async function untilDone(owner: string): Promise<void> {
  while ((await stepsSoFar(owner)) !== undefined) await aMoment();
}

/** How many records there are with each currency. */
function currencies(owner: string): Promise<{ readonly AUD: number; readonly EUR: number }> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => {
    const store = new SqliteStore(storage);
    const found = { AUD: 0, EUR: 0 };
    for (const kind of ["order", "balance", "holding", "account"] as const) {
      for (const { body } of store.list(kind, {})) found[body.includes('Currency":"AUD"') ? "AUD" : "EUR"]++;
    }
    return found;
  });
}

/** The steps that the log's records name; the first has none. */
function namedSteps(owner: string): Promise<readonly (string | undefined)[]> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => {
    const store = new SqliteStore(storage);
    return [...store.records(BEGINNING, store.head().at)].flatMap(({ text }) => {
      const { Transform } = JSON.parse(text).Update?.Operation ?? {};
      return Transform === undefined ? [] : [Transform.Parameters.step];
    });
  });
}

async function expectRenamed(owner: string): Promise<void> {
  expect(await currencies(owner)).toEqual({ AUD: 0, EUR: 4 * ACCOUNTS });
  const steps = await namedSteps(owner);
  expect(steps.length).toBeGreaterThan((4 * ACCOUNTS) / LIMITS.COMMIT_RECORDS - 1);
  expect(steps).toEqual([undefined, ...steps.slice(1).map((_, index) => `${index + 2}`)]);
  let stretch: ChainStretch | undefined;
  do stretch = await objectOf(owner).verify(addressOf(owner), stretch);
  while (!stretch.isDone);
  expect(stretch.broken).toBeUndefined();
}

/** Resets the object as a crash does. */
async function crash(owner: string): Promise<void> {
  const reset = runInDurableObject(objectOf(owner), (_, state) => state.abort("made to fail"));
  await expect(reset).rejects.toThrow("made to fail");
}

describe("a rename of many records on a real object", () => {
  it("is answered when its last step is done; meanwhile others are told to come back, and reads go on", async () => {
    const owner = await largeOwner();
    const renamed = submit(owner, rename);
    await untilUnderWay(owner);
    const update = JSON.stringify({ Type: "UpdateEventType_Action", ...deposit(owner, "D1", 5) });
    expect(await submit(owner, update)).toMatchObject({ errors: ["Retry"] });
    const { body } = await objectOf(owner).list(addressOf(owner), { kind: "balance", accountId: "A1" });
    expect(JSON.parse(await new Response(body).text())).toHaveLength(1);
    expect(await renamed).toHaveProperty("at");
    await expectRenamed(owner);
    expect(await submit(owner, update)).toHaveProperty("at");
  });

  it("is told to subscribers step by step, and suspends feeds until it is done", async () => {
    const owner = await largeOwner();
    const adapter = await Client.connect(owner, { feeds: ["asx"] });
    await adapter.open("asx");
    const client = await Client.connect(owner);
    client.send({ Type: "Subscribe", Subscription: { Type: "Balances" } });
    await client.synchronise();
    const renamed = submit(owner, rename);
    await untilUnderWay(owner);
    adapter.feed("asx", "Action", 1, deposit(owner, "D1", 5, "A1"));
    expect(await adapter.open("asx")).toBeUndefined();
    await renamed;
    await adapter.until(({ Feed }) => Feed?.Type === "FeedEventType_Resume", adapter.received.length - 1);
    adapter.feed("asx", "Action", 1, deposit(owner, "D1", 5, "A1"));
    await adapter.synchronise();
    await client.synchronise();
    const held = new Map(
      client.events.flatMap(({ Balance, UpdateAction }) => {
        const { Account, Currency, ...amounts } = Balance ?? {};
        return Balance === undefined ? [] : [[`${Account?.AccountID} ${Currency}`, [UpdateAction, amounts]] as const];
      }),
    );
    const kept = [...held].filter(([, [action]]) => action === undefined);
    expect(kept).toHaveLength(ACCOUNTS + 1);
    expect(kept.filter(([name]) => name.endsWith("EUR"))).toHaveLength(ACCOUNTS);
  });

  it("goes on when its object is reset in the middle, first of all when it is woken", async () => {
    const owner = await largeOwner();
    await beginByFeed(owner);
    await crash(owner);
    const update = JSON.stringify({ Type: "UpdateEventType_Action", ...deposit(owner, "D1", 5, "B1") });
    expect(await submit(owner, update)).toMatchObject({ errors: ["Retry"] });
    await untilDone(owner);
    await expectRenamed(owner);
    const steps = await namedSteps(owner);
    expect(await submit(owner, rename)).toHaveProperty("at");
    expect(await namedSteps(owner)).toEqual(steps);
  });

  it("keeps its object awake: one that is evicted has done with it before, and not lost anything", async () => {
    const owner = await largeOwner();
    await beginByFeed(owner);
    await evict(owner);
    await expectRenamed(owner);
  });

  it("goes on by its alarm when nobody asks anything of the object any more", async () => {
    const owner = await largeOwner();
    await beginByFeed(owner);
    await crash(owner);
    expect(await ringAlarm(owner)).toBe(true);
    await untilDone(owner);
    await expectRenamed(owner);
  });
});

/** How metadata is handed down: pace, retries and batches. */
import { describe, expect, it } from "vitest";
import { KnownOwner } from "../../src/domain/state.ts";
import { decodeStored } from "../../src/protocol/codec.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { Deliveries } from "../../src/system/deliveries.ts";
import { DeliveryReader } from "../../src/system/delivery.ts";
import {
  exchange,
  type Fate,
  Installation,
  owner,
  permissions,
  renaming,
  source,
  withoutSource,
} from "./installation.ts";

/** An installation with Owners that have all that there is. */
async function installationOf(...names: readonly string[]): Promise<Installation> {
  const installation = new Installation();
  await installation.settle();
  for (const name of names) await installation.change(owner(name));
  await installation.rest();
  installation.calls.length = 0;
  return installation;
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `O${String(index).padStart(3, "0")}`);
}

/** The codes of the exchanges that an Owner knows. */
function exchangesOf(installation: Installation, ownerId: string): readonly string[] {
  return [...installation.storeOf(ownerId).list("exchange", {})].map(({ key }) => key);
}

function positionOf(installation: Installation, ownerId: string): number {
  return installation.storeOf(ownerId).head().positions.get("system") ?? 0;
}

/** Calls to the object of a name that never succeed, as long as it is so. */
function failing(installation: Installation, ownerId: string, fate: Fate = "lost"): { isSo: boolean } {
  const { object } = installation.entryOf(ownerId);
  const failure = { isSo: true };
  const before = installation.fateOf;
  installation.fateOf = (called, call) => (called === object && failure.isSo ? fate : before(called, call));
  return failure;
}

describe("an Owner that cannot be reached", () => {
  it("is tried again after 1 s, 2 s, 4 s and so on, up to the most", async () => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A");
    const begun = installation.now;
    await installation.change(exchange("X"));
    await expect(installation.rest(14)).rejects.toThrow("still");
    const tries = installation.calls.map(({ at }) => at - begun);
    const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(gaps.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1000));
    expect(gaps.slice(9).every((gap) => gap === LIMITS.DELIVERY_RETRY_MOST_MS)).toBe(true);
    failure.isSo = false;
    await installation.rest();
    expect(exchangesOf(installation, "A")).toEqual(["X"]);
  });

  it("starts again from the least once it was reached", async () => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A");
    await installation.change(exchange("X"));
    await expect(installation.rest(5)).rejects.toThrow("still");
    failure.isSo = false;
    await installation.rest();
    failure.isSo = true;
    const begun = installation.now;
    await installation.change(exchange("Y"));
    await expect(installation.rest(2)).rejects.toThrow("still");
    const tries = installation.calls.map(({ at }) => at - begun).filter((at) => at >= 0);
    expect(tries.slice(-3)).toEqual([0, 1000, 3000]);
  });

  it("costs the others nothing: each has its own pace", async () => {
    const installation = await installationOf("A", "B", "C");
    const failure = failing(installation, "B");
    for (const code of ["X", "Y", "Z"]) {
      await installation.change(exchange(code));
      for (const name of ["A", "C"]) expect(exchangesOf(installation, name)).toContain(code);
    }
    expect([...installation.data.timers.values()].map(({ key }) => key)).toEqual(["B"]);
    expect(exchangesOf(installation, "B")).toEqual([]);
    failure.isSo = false;
    await installation.rest();
    expect(exchangesOf(installation, "B")).toEqual(["X", "Y", "Z"]);
  });

  it("is tried at the same pace after the System has restarted, beginning anew", async () => {
    const installation = await installationOf("A");
    failing(installation, "A");
    await installation.change(exchange("X"));
    await expect(installation.rest(3)).rejects.toThrow("still");
    installation.restart();
    const due = installation.alarmAt ?? 0;
    expect(due).toBeGreaterThan(installation.now);
    await expect(installation.rest(2)).rejects.toThrow("still");
    const [last = 0, before = 0] = installation.calls.map(({ at }) => at).reverse();
    expect(last - before).toBe(LIMITS.DELIVERY_RETRY_MS);
  });

  it("and never answers is given up in time, and not before", async () => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A", "stuck");
    await installation.change(exchange("X"));
    failure.isSo = false;
    const begun = installation.now;
    installation.now = begun + LIMITS.DELIVERY_TIMEOUT_MS - 1;
    await installation.ring();
    expect(installation.calls).toHaveLength(1);
    installation.now = begun + LIMITS.DELIVERY_TIMEOUT_MS;
    await installation.ring();
    await installation.rest();
    expect(exchangesOf(installation, "A")).toEqual(["X"]);
  });

  it("does not keep a new Owner's definition waiting for ever", async () => {
    const installation = await installationOf();
    installation.fateOf = () => "stuck";
    const submitted = installation.ask(owner("A"));
    await installation.settle();
    installation.now += LIMITS.DELIVERY_TIMEOUT_MS;
    await installation.ring();
    expect(await submitted).toEqual({ errors: ["Retry"], item: 0 });
    installation.fateOf = () => "done";
    expect(await installation.change(owner("A"))).toHaveProperty("at");
    await installation.rest();
  });
});

describe("an Owner that answers, but has far to go", () => {
  it("is not given up: its time counts from its last answer", async () => {
    let now = 0;
    const reached: number[] = [];
    const failures: string[] = [];
    const deliveries: Deliveries = new Deliveries({
      find: () => ({ Object: "A@1", Generation: 1 }),
      position: () => 5,
      next: (_, after) => ({ after, items: [], upTo: after + 1 }),
      send: async (_ownerId, _known, { upTo }) => {
        now += LIMITS.DELIVERY_TIMEOUT_MS - 1;
        // Whatever is started looks for those that take too long.
        deliveries.start([]);
        return upTo;
      },
      caughtUp: (_, position) => void reached.push(position),
      postpone: (ownerId) => void failures.push(ownerId),
      now: () => now,
      report: () => undefined,
    });
    expect(await deliveries.bring("A")).toBe(true);
    expect([reached, failures]).toEqual([[5], []]);
  });
});

describe("deliveries at a time", () => {
  it.each([
    { owners: LIMITS.DELIVERIES_AT_ONCE - 1, most: LIMITS.DELIVERIES_AT_ONCE - 1 },
    { owners: LIMITS.DELIVERIES_AT_ONCE, most: LIMITS.DELIVERIES_AT_ONCE },
    { owners: LIMITS.DELIVERIES_AT_ONCE + 1, most: LIMITS.DELIVERIES_AT_ONCE },
    { owners: 3 * LIMITS.DELIVERIES_AT_ONCE, most: LIMITS.DELIVERIES_AT_ONCE },
  ])("to $owners Owners are $most at most", async ({ owners, most }) => {
    const names = numbered(owners);
    const installation = await installationOf(...names);
    installation.fateOf = () => "stuck";
    await installation.change(exchange("X"));
    expect(installation.calls).toHaveLength(most);
    installation.fateOf = () => "done";
    installation.now += LIMITS.DELIVERY_TIMEOUT_MS;
    await installation.ring();
    await installation.rest();
    for (const name of names) expect(exchangesOf(installation, name)).toEqual(["X"]);
  });
});

/** The last position of an installation with one Owner. */
const BEGUN = 6;

describe("batches", () => {
  it.each([
    // The log is cut at the same places for all, and these are not its first records.
    { records: LIMITS.DELIVERY_RECORDS - BEGUN - 1, batches: [LIMITS.DELIVERY_RECORDS - BEGUN - 1] },
    { records: LIMITS.DELIVERY_RECORDS - BEGUN, batches: [LIMITS.DELIVERY_RECORDS - BEGUN] },
    { records: LIMITS.DELIVERY_RECORDS - BEGUN + 1, batches: [LIMITS.DELIVERY_RECORDS - BEGUN, 1] },
  ])("of records: $records make $batches", async ({ records, batches }) => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A");
    for (let number = 1; number <= records; number++) await installation.change(exchange("X", `${number}`));
    failure.isSo = false;
    installation.calls.length = 0;
    installation.restart();
    await installation.rest();
    const sizes = installation.calls.map(({ delivery }) => delivery?.items.length ?? 0);
    // The first call asks how far it has come.
    expect(sizes).toEqual([0, ...batches]);
    expect(positionOf(installation, "A")).toBe(BEGUN + records);
  });

  it.each([
    { name: "below", surplus: -1, batches: [2, 1] },
    { name: "at", surplus: 0, batches: [1, 2] },
    { name: "above", surplus: 1, batches: [1, 2] },
  ])("of characters: a record that is $name the limit makes $batches", async ({ surplus, batches }) => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A");
    // The length of the record in the log beside its content.
    await installation.change(exchange("X", "a"));
    const records = [...installation.store.records(installation.store.head().keptFrom, installation.store.head().at)];
    const overhead = (records.at(-1)?.text.length ?? 0) - 1;
    const before = records.reduce((sum, { text }) => sum + text.length, 0);
    const failureOfFirst = failure;
    failureOfFirst.isSo = false;
    await installation.rest();
    failure.isSo = true;
    await installation.change(exchange("X", "b".repeat(LIMITS.DELIVERY_CHARACTERS - before - overhead + surplus)));
    await installation.change(exchange("Y", "c"));
    await installation.change(exchange("Z", "d"));
    failure.isSo = false;
    installation.calls.length = 0;
    await installation.rest();
    expect(installation.calls.map(({ delivery }) => delivery?.items.length)).toEqual(batches);
    expect(exchangesOf(installation, "A")).toEqual(["X", "Y", "Z"]);
  });

  it("hold nothing of other Owners' definitions, nor of sources that nobody was trusted by", async () => {
    const installation = await installationOf("A", "B");
    const failure = failing(installation, "A");
    await installation.change(owner("B", "Other"));
    await installation.change(source("S"));
    await installation.change(exchange("X"));
    failure.isSo = false;
    await installation.rest();
    const [last] = installation.calls.filter(({ object }) => object === installation.entryOf("A").object).reverse();
    expect(last?.delivery).toMatchObject({ items: [{ position: 10 }], upTo: 10 });
  });
});

describe("stretches of the log", () => {
  it("are read anew once the log goes on", async () => {
    const installation = await installationOf("A");
    const reader = new DeliveryReader(installation.store);
    const known = decodeStored(KnownOwner, installation.store.known("owner", "A")?.body ?? "");
    expect(reader.next(known, 5)).toMatchObject({ upTo: 6 });
    await installation.change(exchange("X"));
    expect(reader.next(known, 5)).toMatchObject({ upTo: 7 });
  });
});

describe("an Owner", () => {
  it("starts with all that is common, and its definition is answered when it has it", async () => {
    const installation = await installationOf();
    for (let number = 0; number < LIMITS.DELIVERY_RECORDS; number++) await installation.change(exchange(`X${number}`));
    const submitted = installation.ask(owner("A"));
    let isAnswered = false;
    void submitted.then(() => {
      isAnswered = true;
    });
    while (installation.system.find("A") === undefined) await installation.turn();
    while (exchangesOf(installation, "A").length < LIMITS.DELIVERY_RECORDS) {
      expect(isAnswered).toBe(false);
      await installation.turn();
    }
    await installation.settle();
    expect(await submitted).toHaveProperty("at");
  });

  it("that was restored from a backup is handed down again what it lost", async () => {
    const installation = await installationOf("A");
    const { object } = installation.entryOf("A");
    const backup = structuredClone(installation.dataOf("A"));
    await installation.change(exchange("X"));
    await installation.change(exchange("Y"));
    installation.restoreBackup(object, backup);
    expect(exchangesOf(installation, "A")).toEqual([]);
    await installation.change(exchange("Z"));
    await installation.rest();
    expect(exchangesOf(installation, "A")).toEqual(["X", "Y", "Z"]);
    expect(positionOf(installation, "A")).toBe(9);
  });

  it("that is renamed while it is asked how far it has come learns of it", async () => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A");
    await installation.change(exchange("X"));
    installation.restart();
    failure.isSo = false;
    installation.now = installation.alarmAt ?? 0;
    installation.system.alarm();
    // It is on its way; the answer will find another name.
    await installation.change(renaming("A", "B"));
    await installation.rest();
    expect(installation.engineOf(installation.entryOf("B").object).ownerId).toBe("B");
  });

  it("takes nothing twice when the answer is lost", async () => {
    const installation = await installationOf("A");
    const failure = failing(installation, "A", "unanswered");
    await installation.change(exchange("X"));
    await expect(installation.rest(2)).rejects.toThrow("still");
    failure.isSo = false;
    await installation.rest();
    const texts = [
      ...installation.storeOf("A").records(installation.store.head().keptFrom, installation.storeOf("A").head().at),
    ];
    expect(texts.filter(({ text }) => text.includes('"X"'))).toHaveLength(1);
  });
});

describe("a change of permissions is handed down", () => {
  const SEES_A = { Owners: ["A"] };

  it("to the Owners that could be seen before, and to no others", async () => {
    const installation = await installationOf("A", "B", "C");
    await installation.change(source("S"));
    await installation.change(permissions("S", "User:x", SEES_A));
    expect(installation.calls).toEqual([]);
    await installation.change(permissions("S", "User:x", { Owners: ["B"] }));
    expect(installation.calls.map(({ object }) => object)).toEqual([installation.entryOf("A").object]);
  });

  it("to all Owners when all could be seen, or when the source is not trusted any more", async () => {
    const installation = await installationOf("A", "B");
    await installation.change(source("S"));
    await installation.change(permissions("S", "User:x", { Features: ["Operator"] }));
    await installation.change(permissions("S", "User:x", SEES_A));
    const reached = () => new Set(installation.calls.map(({ object }) => object.slice(0, 1)));
    expect(reached()).toEqual(new Set(["A", "B"]));
    installation.calls.length = 0;
    await installation.change(source("S", "https://other.example"));
    expect(reached()).toEqual(new Set(["A", "B"]));
    installation.calls.length = 0;
    await installation.change(withoutSource("S"));
    expect(reached()).toEqual(new Set(["A", "B"]));
  });

  it("and closes that identity's sockets with 4403, unless they may go on, and no other's", async () => {
    const installation = await installationOf("A", "B");
    await installation.change(source("S"));
    await installation.change(source("T"));
    for (const [from, identity] of [
      ["S", "User:x"],
      ["S", "User:y"],
      ["T", "User:x"],
    ] as const) {
      await installation.change(permissions(from, identity, { Owners: ["A", "B"] }));
    }
    const atA = (Source: string, Identity: string) => installation.connect("A", { Source, Identity });
    const sockets = { mine: atA("S", "User:x"), other: atA("S", "User:y"), namesake: atA("T", "User:x") };
    const elsewhere = installation.connect("B", { Source: "S", Identity: "User:x" });
    await installation.change(permissions("S", "User:x", { Owners: ["B"] }));
    const { mine, other, namesake } = sockets;
    expect([mine.closed, other.closed, namesake.closed, elsewhere.closed]).toEqual([
      4403,
      undefined,
      undefined,
      undefined,
    ]);
    await installation.change(withoutSource("S"));
    expect([other.closed, namesake.closed, elsewhere.closed]).toEqual([4403, undefined, 4403]);
  });

  it("and closes them also when it comes late, by what the permissions are then", async () => {
    const installation = await installationOf("A");
    await installation.change(source("S"));
    for (const identity of ["User:x", "User:y"]) await installation.change(permissions("S", identity, SEES_A));
    const [lost, kept] = ["User:x", "User:y"].map((Identity) => installation.connect("A", { Source: "S", Identity }));
    const failure = failing(installation, "A");
    await installation.change(permissions("S", "User:x", { Owners: ["B"] }));
    await installation.change(permissions("S", "User:y", { Owners: ["B"] }));
    await installation.change(permissions("S", "User:y", SEES_A));
    installation.evict(installation.entryOf("A").object);
    expect([lost?.closed, kept?.closed]).toEqual([undefined, undefined]);
    failure.isSo = false;
    await installation.rest();
    expect([lost?.closed, kept?.closed]).toEqual([4403, undefined]);
  });

  it("and is heeded by an Owner that has no room to record how far it has come", async () => {
    const installation = await installationOf("A");
    await installation.change(source("S"));
    await installation.change(permissions("S", "User:x", SEES_A));
    const socket = installation.connect("A", { Source: "S", Identity: "User:x" });
    const data = installation.dataOf("A");
    data.bytes = LIMITS.STORAGE_BYTES;
    await installation.change(permissions("S", "User:x"));
    expect(socket.closed).toBe(4403);
    expect(installation.data.timers.size).toBe(1);
    data.bytes = 0;
    await installation.rest();
  });
});

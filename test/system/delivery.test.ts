/** What of the System's log each Owner is handed down, and what reading it costs when there are many of them. */
import { expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { DeliveryReader } from "../../src/system/delivery.ts";
import { exchange, Installation, owner, permissions, source, status, withoutSource } from "./installation.ts";

/** How many Owners there are in tests of many: several stretches of the log. */
const MANY = 2 * LIMITS.DELIVERY_RECORDS + 10;

const EVERYTHING = { Features: ["Admin"] };

class CountingStore extends MemoryStore {
  readings = 0;

  override records(...range: Parameters<MemoryStore["records"]>) {
    this.readings++;
    return super.records(...range);
  }
}

async function withManyOwners(): Promise<Installation> {
  const installation = new Installation();
  for (let count = 0; count < MANY; count++) void installation.ask(owner(`O${count}`));
  await installation.settle();
  return installation;
}

test("an Owner is handed in one delivery what concerns it, however much concerns others alone", async () => {
  const installation = await withManyOwners();
  await installation.change(exchange("ASX"));
  const { object } = installation.entryOf("O0");
  const deliveries = installation.calls.filter((call) => call.object === object && call.delivery?.items.length);

  // What it was set up with, and the exchange.
  expect(deliveries).toHaveLength(2);
  expect(deliveries.at(-1)?.delivery?.items).toHaveLength(1);
});

test("the log is read once for all Owners, wherever each of them is", async () => {
  const installation = await withManyOwners();
  await installation.change(exchange("ASX"));
  const store = new CountingStore(installation.data);
  const reader = new DeliveryReader(store);

  for (let count = 0; count < MANY; count++) {
    const known = store.known("owner", `O${count}`);
    const at = JSON.parse(known?.body ?? "").Generation;
    const { items } = reader.next(JSON.parse(known?.body ?? ""), at);
    expect(items).toHaveLength(1);
  }

  expect(store.readings).toBeLessThanOrEqual(
    Math.ceil((store.head().positions.get("system") ?? 0) / LIMITS.DELIVERY_RECORDS),
  );
});

test("a change of an identity is handed to those Owners that it could see before, as it is now", async () => {
  const installation = new Installation();
  for (const operation of [owner("A"), owner("B"), source("test")]) await installation.change(operation);
  await installation.change(permissions("test", "User:one", { Owners: ["A"] }));
  await installation.change(permissions("test", "User:all", EVERYTHING));
  await installation.change(permissions("test", "User:all"));
  await installation.change(permissions("test", "User:one", { Owners: ["B"] }));
  // A new Owner is handed everything anew; it has never seen anyone.
  await installation.change(owner("C"));

  const handed = (name: string) =>
    installation.calls
      .filter(({ object }) => object === installation.entryOf(name).object)
      .flatMap(({ delivery }) => delivery?.items ?? [])
      .flatMap((item) => ("identity" in item ? [[item.identity, JSON.parse(item.permissions ?? "").Owners]] : []));
  expect(handed("A")).toEqual([
    ["User:all", undefined],
    ["User:one", ["B"]],
  ]);
  expect(handed("B")).toEqual([["User:all", undefined]]);
});

test("a source whose tokens need not be trusted any more concerns every Owner", async () => {
  const installation = new Installation();
  for (const operation of [owner("A"), source("test"), withoutSource("test"), source("test")]) {
    await installation.change(operation);
  }
  const items = installation.calls.flatMap(({ delivery }) => delivery?.items ?? []);

  expect(items.filter((item) => "source" in item)).toHaveLength(1);
});

test("one delivery holds no more than its limit and one item, although identities have grown since", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  await installation.change(source("test"));
  const before = installation.store.head().positions.get("system") ?? 0;
  for (let count = 0; count < 20; count++) {
    void installation.ask(permissions("test", "User:x", { ...EVERYTHING, Feeds: [`f${count}`] }));
  }
  const large = Array.from({ length: 4000 }, (_, index) => `${index}`.padStart(60, "x"));
  await installation.change(permissions("test", "User:x", { ...EVERYTHING, Feeds: large }));
  const reader = new DeliveryReader(installation.store);
  const known = JSON.parse(installation.store.known("owner", "A")?.body ?? "");

  const sizes: number[] = [];
  let after = before;
  while (after < (installation.store.head().positions.get("system") ?? 0)) {
    const { items, upTo } = reader.next(known, after);
    sizes.push(JSON.stringify(items).length);
    expect(upTo).toBeGreaterThan(after);
    after = upTo;
  }

  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(LIMITS.DELIVERY_CHARACTERS + 2 * LIMITS.UPDATE_BYTES);
});

test("what is not handed down any more is not kept without bound", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  const content = "x".repeat(LIMITS.UPDATE_BYTES - 1024);
  const most = LIMITS.DELIVERIES_KEPT_CHARACTERS / LIMITS.UPDATE_BYTES;
  for (let count = 0; count < most + 20; count++) {
    void installation.ask(status("Large", `${content}${count}`));
    // More do not fit into the inbox.
    if (count % 32 === 0) await installation.settle();
  }
  await installation.settle();
  const store = new CountingStore(installation.data);
  const reader = new DeliveryReader(store);
  const known = JSON.parse(store.known("owner", "A")?.body ?? "");
  const walk = () => {
    store.readings = 0;
    const last = store.head().positions.get("system") ?? 0;
    for (let after = 0; after < last; ) after = reader.next(known, after).upTo;
    return store.readings;
  };

  const first = walk();
  // The oldest have made room for the newest, and must be read again.
  expect(walk()).toBeGreaterThan(0);
  expect(first).toBeGreaterThan(1);
});

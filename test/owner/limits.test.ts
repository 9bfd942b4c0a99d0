/** Limits of an Owner's object: each at, below and above, where its own module's tests do not. */
import { describe, expect, it, vi } from "vitest";
import { keyOf } from "../../src/domain/records.ts";
import { CommitLoop } from "../../src/owner/commit-loop.ts";
import { readFrame } from "../../src/owner/frames.ts";
import { type Entry, Inbox } from "../../src/owner/inbox.ts";
import { StoredState } from "../../src/owner/stored-state.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { deposit, update } from "./actions.ts";
import { OWNER, World } from "./world.ts";

/** The error of a frame that is refused as a whole, or "taken". */
function fateOf(frame: string | ArrayBuffer): string {
  const [first] = readFrame(frame);
  return first === undefined || first.isReadable ? "taken" : first.error;
}

/** A message of so many bytes in all. */
function messageOf(bytes: number): string {
  const empty = JSON.stringify({ Type: "Synchronise", RequestID: "" });
  return empty.replace('""', `"${"x".repeat(bytes - empty.length)}"`);
}

/** An array frame of so many bytes: small messages, and blanks between them. */
function arrayOf(bytes: number): string {
  const message = JSON.stringify({ Type: "Synchronise" });
  return `[${message}${" ".repeat(bytes - message.length - 2)}]`;
}

describe("a frame", () => {
  it.each([
    [LIMITS.UPDATE_BYTES - 1, "taken"],
    [LIMITS.UPDATE_BYTES, "taken"],
    [LIMITS.UPDATE_BYTES + 1, "Message.TooLarge"],
  ])("of one message of %d bytes is %s", (bytes, fate) => {
    expect(messageOf(bytes)).toHaveLength(bytes);
    expect(fateOf(messageOf(bytes))).toBe(fate);
  });

  it.each([
    [LIMITS.FRAME_BYTES - 1, "taken"],
    [LIMITS.FRAME_BYTES, "taken"],
    [LIMITS.FRAME_BYTES + 1, "Message.TooLarge"],
  ])("of an array of %d bytes is %s", (bytes, fate) => {
    expect(arrayOf(bytes)).toHaveLength(bytes);
    expect(fateOf(arrayOf(bytes))).toBe(fate);
  });

  it.each([
    [LIMITS.BULK_ITEMS - 1, "taken"],
    [LIMITS.BULK_ITEMS, "taken"],
    [LIMITS.BULK_ITEMS + 1, `Message.TooLarge ${LIMITS.BULK_ITEMS} messages`],
  ])("of an array of %d messages is %s", (count, fate) => {
    expect(fateOf(JSON.stringify(Array.from({ length: count }, () => ({ Type: "Synchronise" }))))).toBe(fate);
  });
});

describe("the inbox", () => {
  const entry = (bytes: number, records = 1): Entry => ({
    ...{ source: "socket", bytes, records },
    ...{ apply: () => undefined, refuse: () => undefined, fail: () => undefined },
  });
  /** What an entry costs beside its bytes. */
  const overhead = (() => {
    const inbox = new Inbox(10_000);
    inbox.add(entry(0));
    return inbox.bytes;
  })();

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("with %d bytes more than it has room for takes it: %s", (more, hasRoom) => {
    const inbox = new Inbox(10_000);
    inbox.add(entry(1_000));
    expect(inbox.hasRoomFor(10_000 - 1_000 - 2 * overhead + more)).toBe(hasRoom);
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])(`of an object has ${LIMITS.INBOX_BYTES} bytes: with %d more it has room: %s`, (more, hasRoom) => {
    const surroundings = { now: () => 1, digest: () => "", newId: () => "" };
    const never = () => {
      throw new Error("nothing is done here");
    };
    const context = { nextTurn: () => undefined, committed: never, abort: never, jobDone: never, report: never };
    const loop = new CommitLoop(new MemoryStore(), surroundings, context);
    expect(loop.hasRoomFor(LIMITS.INBOX_BYTES - overhead + more)).toBe(hasRoom);
  });

  it.each([
    { records: [2, 2], bytes: [10, 10], taken: 2, what: "less than both bounds" },
    { records: [2, 3], bytes: [10, 90], taken: 2, what: "exactly both bounds" },
    { records: [2, 4], bytes: [10, 10], taken: 1, what: "a record too many" },
    { records: [2, 2], bytes: [10, 91], taken: 1, what: "a byte too many" },
    { records: [9, 1], bytes: [10, 10], taken: 1, what: "too much alone: taken all the same, alone" },
  ])("gives a batch of $what: $taken", ({ records, bytes, taken }) => {
    const inbox = new Inbox(10_000);
    for (const index of [0, 1]) inbox.add(entry(bytes[index] ?? 0, records[index]));
    expect(inbox.take({ records: 5, bytes: 100 })).toHaveLength(taken);
  });

  it.each([
    [LIMITS.COMMIT_RECORDS - 1, 1],
    [LIMITS.COMMIT_RECORDS, 1],
    [LIMITS.COMMIT_RECORDS + 1, 2],
  ])("of %d updates makes %d commits", (updates, commits) => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const before = world.engine.figures.metrics().counts.commits;
    for (let position = 1; position <= updates; position++) {
      world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1));
    }
    world.settle();
    expect(world.engine.figures.metrics().counts.commits - before).toBe(commits);
  });

  it(`of more than ${LIMITS.COMMIT_BYTES} bytes makes a second commit`, () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    const commitsOf = (from: number, count: number) => {
      const before = world.engine.figures.metrics().counts.commits;
      for (let position = from; position < from + count; position++) {
        const ExternalID = "x".repeat(LIMITS.COMMIT_BYTES / 8);
        world.feed(adapter, "Action", position, update(OWNER, `O${position}`, { ExternalID }));
      }
      world.settle();
      return world.engine.figures.metrics().counts.commits - before;
    };
    // Each has a little more than an eighth.
    expect([commitsOf(1, 7), commitsOf(11, 8)]).toEqual([1, 2]);
  });
});

describe("sockets of one Owner", () => {
  it(`are ${LIMITS.SOCKETS} at most: the next one is told to come again, until one goes`, () => {
    const world = new World();
    for (let count = 0; count < LIMITS.SOCKETS - 1; count++) world.connect();
    const last = world.connect();
    expect(() => world.connect()).toThrow("Retry");
    expect(world.engine.figures.metrics().sockets).toBe(LIMITS.SOCKETS);
    world.engine.lose(last.id);
    expect(() => world.connect()).not.toThrow();
    expect(() => world.connect()).toThrow("Retry");
  });
});

describe("the state that is kept decoded", () => {
  const ORDERS = 50;
  const numbers = Array.from({ length: ORDERS }, (_, index) => index + 1);
  const world = new World();
  const adapter = world.connect({ feeds: ["asx"] });
  world.open(adapter);
  for (const number of numbers) world.feed(adapter, "Action", number, update(OWNER, `O${number}`));
  world.settle();
  const keyOfOrder = (number: number) => keyOf.order("A", `O${number}`);

  /** Of orders that were read one after another, how many of the last are still there. */
  function keptIn(cacheBytes: number): number {
    const { store } = world;
    const state = new StoredState(store, cacheBytes);
    for (const number of numbers) state.record("order", keyOfOrder(number));
    const read = vi.spyOn(store, "version");
    const kept = numbers.toReversed().findIndex((number) => {
      state.record("order", keyOfOrder(number));
      return read.mock.calls.length > 0;
    });
    return kept < 0 ? ORDERS : kept;
  }

  const characters = world.store.version("order", keyOfOrder(1))?.length ?? 0;

  it.each([0, 2_000, 20_000, 60_000])("takes no more than %d bytes", (bytes) => {
    expect(characters).toBeGreaterThan(100);
    // A character takes a byte at least; the one that is too much is still there.
    expect(keptIn(bytes) * characters).toBeLessThanOrEqual(bytes + characters);
  });

  it("is read once while it fits, the more of it the larger it is", () => {
    expect(keptIn(LIMITS.CACHE_BYTES)).toBe(ORDERS);
    expect(keptIn(20_000)).toBeGreaterThan(keptIn(2_000));
    expect(keptIn(20_000)).toBeLessThan(ORDERS);
  });
});

/** What becomes of metadata that is handed down and cannot be applied: it holds nothing else back. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import type { DeliveryItem } from "../../src/owner/rpc.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { Commit } from "../../src/storage/store.ts";
import { World } from "./world.ts";

const POISON = "POISON";

function exchangeAt(position: number, Exchange: string): DeliveryItem {
  const Operation = { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange } };
  return { position, update: JSON.stringify({ Type: "UpdateEventType_Operation", Operation }) };
}

/** Writing a certain exchange fails, as a programmer's error or as the database's would. */
function poison(message: string): void {
  const commit = MemoryStore.prototype.commit;
  vi.spyOn(MemoryStore.prototype, "commit").mockImplementation(function (this: MemoryStore, made: Commit) {
    if (made.records.some(({ text }) => text.includes(POISON))) throw new Error(message);
    commit.call(this, made);
  });
}

async function handDown(world: World, ...items: readonly DeliveryItem[]): Promise<number> {
  const upTo = items.at(-1)?.position ?? 0;
  const taken = world.engine.handDown({ after: 1, items, upTo: upTo + 10 });
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  taken.then(settled, settled);
  while (!isSettled) {
    world.settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return await taken;
}

function exchangesIn(world: World): readonly string[] {
  return [...world.store.list("exchange", {})].map(({ key }) => key);
}

function errorsIn(world: World): readonly unknown[] {
  const records = [...world.store.records(0 as never, world.store.head().at)].map(({ text }) => JSON.parse(text));
  return records
    .filter(({ Sequence, Errors }) => Sequence === SYSTEM_SEQUENCE && Errors !== undefined)
    .map(({ Position, Errors, Update }) => [Position, Errors, Update]);
}

describe("an item that meets a programmer's error", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is recorded with its Errors and without its payload, and the others are applied in order", async () => {
    const world = new World();
    poison("a mistake of ours");
    const upTo = await handDown(world, exchangeAt(2, "A"), exchangeAt(3, POISON), exchangeAt(5, "B"));
    expect(upTo).toBe(15);
    expect(exchangesIn(world)).toEqual(["A", "B"]);
    expect(errorsIn(world)).toEqual([[3, ["Internal"], undefined]]);
    expect(world.store.head().positions.get(SYSTEM_SEQUENCE)).toBe(15);
  });

  it("is passed over once: handed down again it changes nothing", async () => {
    const world = new World();
    poison("a mistake of ours");
    await handDown(world, exchangeAt(2, POISON));
    const { at } = world.store.head();
    await handDown(world, exchangeAt(2, POISON));
    expect(world.store.head().at).toBe(at);
  });
});

describe("an item that the storage fails on", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is not taken, and neither is what comes after it: it is handed down again", async () => {
    const world = new World();
    poison("disk I/O error");
    await expect(handDown(world, exchangeAt(2, "A"), exchangeAt(3, POISON))).rejects.toThrow("Storage.Failed");
    expect(world.store.head().positions.get(SYSTEM_SEQUENCE)).toBe(1);
    vi.restoreAllMocks();
    expect(await handDown(world, exchangeAt(2, "A"), exchangeAt(3, POISON))).toBe(13);
    expect(exchangesIn(world)).toEqual(["A", POISON]);
  });
});

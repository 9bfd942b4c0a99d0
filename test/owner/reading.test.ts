/** Lists and streams: read in bounded pieces, no faster than they are drawn. */
import { describe, expect, it } from "vitest";
import { type Key, keyOf } from "../../src/domain/records.ts";
import { arrayPieces, readList, streamOf } from "../../src/owner/reading.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { EMPTY, line, moment } from "../storage/samples.ts";
import { drawn } from "./told.ts";

/** What a test draws from, and what became of it. */
function source(...texts: readonly string[]) {
  const made = { drawn: 0, isEnded: false };
  function* pieces(): Generator<string, void> {
    try {
      for (const text of texts) {
        made.drawn++;
        yield text;
      }
    } finally {
      made.isEnded = true;
    }
  }
  return { made, pieces: pieces() };
}

/** Turns that the test gives. */
class Turns {
  #waiting: (() => void)[] = [];

  readonly next = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve));

  get asked(): number {
    return this.#waiting.length;
  }

  async give(): Promise<void> {
    this.#waiting.shift()?.();
    await settled();
  }
}

/** Everything that follows without a turn has happened. */
async function settled(): Promise<void> {
  for (let count = 0; count < 10; count++) await Promise.resolve();
}

const decoder = new TextDecoder();

describe("a stream", () => {
  it("makes nothing before it is read, and one piece for each reading", async () => {
    const { made, pieces } = source("a", "bé", "c");
    const reader = streamOf(pieces, new Turns().next).getReader();
    await settled();
    expect(made.drawn).toBe(0);
    const first = await reader.read();
    expect(decoder.decode(first.value)).toBe("a");
    expect(made.drawn).toBe(1);
    expect(decoder.decode((await reader.read()).value)).toBe("bé");
    await reader.read();
    expect(await reader.read()).toEqual({ value: undefined, done: true });
    expect(made).toEqual({ drawn: 3, isEnded: true });
  });

  it("lets others have a turn after each empty piece, and then says nothing but that it goes on", async () => {
    const { made, pieces } = source("", "a", "");
    const turns = new Turns();
    const reader = streamOf(pieces, turns.next).getReader();
    const first = reader.read();
    await settled();
    expect([made.drawn, turns.asked]).toEqual([1, 1]);
    await turns.give();
    expect(decoder.decode((await first).value)).toBe("\n");
    expect(made.drawn).toBe(1);
    expect(decoder.decode((await reader.read()).value)).toBe("a");
    const rest = reader.read();
    await settled();
    await turns.give();
    expect(decoder.decode((await rest).value)).toBe("\n");
    expect((await reader.read()).done).toBe(true);
  });

  it("ends its source when the reader goes away, and draws nothing more, also while it waits for its turn", async () => {
    const { made, pieces } = source("a", "b", "c");
    const reader = streamOf(pieces, new Turns().next).getReader();
    await reader.read();
    await reader.cancel();
    expect(made).toEqual({ drawn: 1, isEnded: true });

    const waiting = source("", "a", "b");
    const turns = new Turns();
    const other = streamOf(waiting.pieces, turns.next).getReader();
    const reading = other.read();
    await settled();
    await other.cancel();
    await turns.give();
    expect(waiting.made).toEqual({ drawn: 1, isEnded: true });
    expect(await reading).toMatchObject({ done: true });
  });

  it("breaks off when its source fails, so that what came is not taken for the whole", async () => {
    function* failing(): Generator<string, void> {
      yield "a";
      yield "";
      throw new Error("the disk is gone");
    }
    const turns = new Turns();
    const reader = streamOf(failing(), turns.next).getReader();
    await reader.read();
    const empty = reader.read();
    await settled();
    await turns.give();
    await empty;
    const rest = reader.read();
    await expect(rest).rejects.toThrow("the disk is gone");
  });
});

describe("a list", () => {
  const orders = (count: number, body: (index: number) => string) => {
    const store = new MemoryStore();
    store.commit({
      ...EMPTY,
      records: [line(10)],
      versions: Array.from({ length: count }, (_, index) => ({
        kind: "order" as const,
        key: keyOf.order("A", `O${1000 + index}`),
        body: body(index),
        before: false,
      })),
    });
    return store;
  };
  const completed = (index: number, Group = "x".repeat(1000)) =>
    JSON.stringify({ OrderID: `O${1000 + index}`, Group, IsCompleted: true });

  it("gives others a turn when a filter matches nothing of much", () => {
    const store = orders(2000, completed);
    const pieces = drawn(readList(store, { kind: "order", onlyActive: true }, moment(10)));
    const turns = Math.floor((2000 * completed(0).length) / LIMITS.READING_TURN_CHARACTERS);
    expect(turns).toBeGreaterThan(2);
    expect(pieces).toEqual(["[", ...Array(turns - 1).fill(""), "]"]);
    expect(JSON.parse(drawn(readList(store, { kind: "order" }, moment(10))).join(""))).toHaveLength(2000);
  });

  it("is whole whatever of it matches, wherever pieces end", () => {
    const active = new Set([0, 777, 1000, 1999]);
    const store = orders(2000, (index) => (active.has(index) ? `{"OrderID":"O${1000 + index}"}` : completed(index)));
    const text = drawn(readList(store, { kind: "order", onlyActive: true }, moment(10))).join("");
    expect(JSON.parse(text).map(({ OrderID }: { OrderID: string }) => OrderID)).toEqual([
      "O1000",
      "O1777",
      "O2000",
      "O2999",
    ]);
  });

  it("reads anew for each piece, after the last key", () => {
    const ranges: object[] = [];
    const key = (index: number) => `K${index}` as Key;
    const pieces = arrayPieces(
      { opening: '{"All":[', closing: "]}" },
      function* (range) {
        ranges.push(range);
        const from = range.after === undefined ? 0 : Number(range.after.slice(1)) + 1;
        for (let index = from; index < 4; index++) yield { key: key(index), body: `${index}` };
      },
      ({ body }) => JSON.stringify(body.padEnd(LIMITS.ANSWER_PIECE_BYTES / 2)),
    );
    const texts = drawn(pieces);
    expect(ranges).toEqual([{}, { after: "K1" }, { after: "K3" }]);
    expect(texts).toHaveLength(3);
    expect(JSON.parse(texts.join("")).All).toHaveLength(4);
    expect(
      drawn(
        arrayPieces(
          { opening: "[", closing: "]" },
          () => [],
          () => "1",
        ),
      ),
    ).toEqual(["[]"]);
  });
});

import { describe, expect, it } from "vitest";
import { KINDS, keyOf } from "../../src/domain/records.ts";
import { Past } from "../../src/owner/past.ts";
import type { ChannelQuestion } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { fromMicroseconds } from "../../src/protocol/timestamp.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { balance, balanceText, EMPTY, Ledger, line, order } from "../storage/samples.ts";
import { drawn } from "./told.ts";

function read(store: MemoryStore, question: ChannelQuestion) {
  const { at, pieces } = new Past(store, () => "XS").channel(question);
  return { at, ...JSON.parse(drawn(pieces).join("")) };
}

describe("a channel", () => {
  /** Two accounts' balances over two commits, and an order. */
  function store(): MemoryStore {
    const memory = new MemoryStore();
    const ledger = new Ledger();
    const positions = (at: number) => ({ positions: new Map([["asx", at]]) });
    memory.commit(ledger.commit({ 10: [balance("A/1", "AUD", 1)], 20: [balance("B", "AUD", 2)] }, positions(20)));
    memory.commit(ledger.commit({ 30: [balance("A/1", "AUD", 3)], 40: [order("B", "O1", 1)] }, positions(40)));
    return memory;
  }

  it("is the raw records of a kind with their keys, as at the head, whose positions it tells", () => {
    expect(read(store(), { channel: "balance" })).toEqual({
      at: 40,
      At: fromMicroseconds(40),
      Position: { asx: 40 },
      Records: [
        { Key: ["A/1", "AUD"], State: JSON.parse(balanceText("A/1", "AUD", 3)) },
        { Key: ["B", "AUD"], State: JSON.parse(balanceText("B", "AUD", 2)) },
      ],
    });
    expect(read(store(), { channel: "order" }).Records).toMatchObject([{ Key: ["B", "O1"], State: { OrderID: "O1" } }]);
  });

  it("is as at a moment: a time, or a position, also inside a commit", () => {
    const inside = { At: fromMicroseconds(10), Position: { asx: 10 }, Records: [{ State: { Balance: 1 } }] };
    expect(read(store(), { channel: "balance", asAt: { at: 10 } })).toMatchObject(inside);
    const after = read(store(), { channel: "balance", asAt: { sequence: "asx", position: 20 } });
    expect(after).toMatchObject({ at: 29, Position: { asx: 20 }, Records: [{ State: { Balance: 1 } }, {}] });
    expect(() => read(store(), { channel: "balance", asAt: { sequence: "lse", position: 1 } })).toThrow("Feed lse");
  });

  it("is empty for a kind of which there is nothing, whatever kind that is", () => {
    for (const channel of KINDS) {
      const empty = { at: 0, At: "1970-01-01T00:00:00.000000Z", Position: {}, Records: [] };
      expect(read(new MemoryStore(), { channel })).toEqual(empty);
    }
  });

  it("is drawn in pieces, each as at the moment where it began", () => {
    const memory = new MemoryStore();
    const body = (mark: string) => JSON.stringify({ mark: mark.padEnd(LIMITS.ANSWER_PIECE_BYTES / 2) });
    const versions = (mark: string, before: boolean) =>
      ["O1", "O2", "O3", "O4", "O5"].map((id) => ({
        kind: "order" as const,
        key: keyOf.order("A", id),
        body: body(mark),
        before,
      }));
    memory.commit({ ...EMPTY, records: [line(10)], versions: versions("old", false) });
    const { pieces } = new Past(memory, () => "XS").channel({ channel: "order" });
    const first = pieces.next();
    memory.commit({ ...EMPTY, records: [line(20)], versions: versions("new", true) });
    const texts = [first.value, ...drawn(pieces)];
    expect(texts).toHaveLength(3);
    const { Records } = JSON.parse(texts.join(""));
    expect(Records.map(({ State }: { State: { mark: string } }) => State.mark.trim())).toEqual(Array(5).fill("old"));
  });
});

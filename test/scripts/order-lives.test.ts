/** The orders of the logs whose past is read by the benchmark. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lifeFrames, orderMoment, SHORTEST_LOG } from "../../scripts/bench/order-lives.ts";
import { applyUpdate } from "../../src/domain/apply.ts";
import { Draft } from "../../src/domain/draft.ts";
import type { At } from "../../src/domain/records.ts";
import { decode } from "../../src/protocol/codec.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { type FeedRequest, type OrderState, RequestMessage } from "../../src/protocol/messages/index.ts";
import { NOTHING } from "../domain/support/book.ts";

const OWNER = "XS";
const RECORDS = 2 * SHORTEST_LOG;
const requests: readonly FeedRequest[] = lifeFrames(OWNER, 1, RECORDS, 50)
  .flatMap(({ content }): unknown[] => JSON.parse(String(content)))
  .map((message) => decode(RequestMessage, message).Feed ?? {});

/** The orders' updates, each with its position. */
const updates = requests.map(({ Action }, index) => ({ position: index + 1, order: Action?.Order ?? {} }));

function lifeOf(orderId: string | undefined): readonly { readonly position: number; readonly order: OrderState }[] {
  return updates.filter(({ order }) => order.OrderID === orderId);
}

describe("the orders of a log", () => {
  test("are the same however many are made at a time, and go on wherever the log was left", () => {
    const parts = [lifeFrames(OWNER, 1, 777, 50), lifeFrames(OWNER, 778, RECORDS, 50)];
    const texts = parts.flatMap((frames) => frames.flatMap(({ content }): unknown[] => JSON.parse(String(content))));
    expect(texts.map((message) => decode(RequestMessage, message).Feed)).toEqual(requests);
    expect(requests.map(({ Position }) => Position?.Position)).toEqual(updates.map(({ position }) => position));
  });

  test("obey the rules: no update is refused, and the trades add up to what the orders say was executed", () => {
    const state = new Draft(NOTHING);
    const traded = new Map<string, Decimal>();
    for (const [index, { Action }] of requests.entries()) {
      const draft = new Draft(state);
      // The place in the log: any that increases.
      const at = (index + 1) as At;
      const context = { ownerId: OWNER, at, digest: (text: string) => text, newId: () => String(at) };
      const update = { Type: "UpdateEventType_Action", ...(Action && { Action }) } as const;
      expect(() => applyUpdate(draft, update, context)).not.toThrow();
      draft.mergeInto(state);

      const { Order: order = {}, Trade: trade } = Action ?? {};
      const known = traded.get(order.OrderID ?? "") ?? Decimal.ZERO;
      const isNew = trade?.Type === "OrderTradeType_Trade";
      const sum = isNew ? known.plus(trade.Quantity ?? Decimal.ZERO) : known;
      traded.set(order.OrderID ?? "", sum);
      expect(sum.equals(order.ExecutedQuantity ?? Decimal.ZERO)).toBe(true);
    }
  });

  test("live through several updates, never two within a commit, and end in all ways", () => {
    const lives = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((order) => lifeOf(`O${order}`));
    for (const life of lives) {
      const steps = life.map(({ position }, index) => position - (life[index - 1]?.position ?? 0));
      expect(life).toHaveLength(8);
      expect(Math.min(...steps.slice(1))).toBeGreaterThan(LIMITS.COMMIT_RECORDS);
      expect(life.map(({ order }) => order.IsCompleted ?? false)).toEqual([...Array(7).fill(false), true]);
    }
    const ends = lives.map((life) => life.at(-1)?.order);
    expect(new Set(ends.map((order) => order?.Status))).toEqual(new Set(["Filled", "Canceled"]));
    expect(new Set(ends.map((order) => order?.RemoveAfter !== undefined))).toEqual(new Set([true, false]));
    expect(requests.some(({ Action }) => Action?.Trade?.Type === "OrderTradeType_Correction")).toBe(true);
  });

  test("a random one is told as it was at its moment: by its last update up to then", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    return fc.assert(
      fc.property(chance, chance, (first, second) => {
        const chances = [first, second];
        const { accountId, orderId, position, timestamp } = orderMoment(RECORDS, () => chances.shift() ?? 0);
        const life = lifeOf(orderId);
        const last = life.findLast((update) => update.position <= position)?.order;
        expect(Date.parse(last?.Timestamp ?? "")).toBe(timestamp);
        expect(last?.Account).toEqual({ AccountID: accountId, OwnerID: OWNER });
        // It lives on for longer than a commit.
        const completed = life.at(-1);
        expect(completed?.order.IsCompleted).toBe(true);
        expect((completed?.position ?? 0) - position).toBeGreaterThan(LIMITS.COMMIT_RECORDS);
      }),
      { seed: 20261122, numRuns: 1000 },
    );
  });

  test("none lives to its end in a shorter log", () => {
    expect(orderMoment(SHORTEST_LOG, () => 0).orderId).toBe("O0");
    expect(() => orderMoment(SHORTEST_LOG - 1, () => 0)).toThrow(RangeError);
  });
});

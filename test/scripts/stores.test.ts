/** What the benchmark compares: that the work is the same for every store, and is counted as it is done. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changesOf, keptOf } from "../../scripts/bench/stores/changes.ts";
import { findProgram } from "../../scripts/bench/stores/instance.ts";
import { Pipeline } from "../../scripts/bench/stores/pipeline.ts";
import { linesOf } from "../../scripts/bench/stores/socket.ts";
import { StoreFailed } from "../../scripts/bench/stores/store.ts";

describe("the work that every store does", () => {
  const changes = changesOf("X", 2_400);

  test("a purchase costs what it says and its fee, a sale brings what it says without its fee", () => {
    for (const { update, cents, quantity } of changes) {
      const { Order, Trade } = JSON.parse(update).Feed.Action;
      const sign = Order.Side === "BUY" ? 1 : -1;
      expect(quantity).toBe(sign * Trade.Quantity);
      expect(cents / 100).toBeCloseTo(-sign * Trade.Price * Trade.Quantity - Trade.AdditionalFunds.Fee, 6);
    }
  });

  test("orders are changed again, so that upserts meet what is there", () => {
    const { updates, states } = keptOf(changes);
    expect(updates).toBe(2_400);
    expect(new Set(changes.map(({ orderId }) => orderId)).size).toBeLessThan(updates);
    expect(states).toBeLessThan(updates + 50 + 500);
  });

  test("a holding of nothing is forgotten, unless an order is open for it", () => {
    const [bought] = changes;
    if (bought === undefined) throw new Error("no changes");
    const sold = { ...bought, orderId: "sold", isOpen: false, quantity: -bought.quantity };
    const states = (first: boolean) => keptOf([{ ...bought, isOpen: first }, sold], { withoutFlat: true }).states;
    expect([states(true), states(false)]).toEqual([4, 3]);
  });
});

describe("a pipeline", () => {
  test("sends each message once and in order, never more unanswered than its window", () => {
    const sizes = { count: fc.integer({ min: 1, max: 200 }), window: fc.integer({ min: 1, max: 50 }) };
    const answers = fc.infiniteStream(fc.integer({ min: 1, max: 50 }));
    return fc.assert(
      fc.asyncProperty(fc.record(sizes), answers, async ({ count, window }, answered) => {
        let [sent, done] = [0, 0];
        const pipeline = new Pipeline(count, window, (from, to) => {
          expect(from).toBe(sent);
          sent = to;
          expect(sent - done).toBeLessThanOrEqual(window);
        });
        const running = pipeline.run();
        for (const many of answered) {
          if (done === count) break;
          const few = Math.min(many, sent - done);
          done += few;
          pipeline.answered(few);
        }
        await running;
        expect(sent).toBe(count);
      }),
    );
  });

  test("ends with what the store refused", async () => {
    const pipeline = new Pipeline(2, 1, () => undefined);
    const running = pipeline.run();
    pipeline.answered(1);
    pipeline.failed(new StoreFailed("ERR full"));
    await expect(running).rejects.toThrow("ERR full");
  });
});

test("lines are the same however they are cut into pieces on their way", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", "1", " ") });
  return fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (lines, size) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\r\n`).join(""));
      const heard: string[] = [];
      const onBytes = linesOf((text) => heard.push(text));
      for (let at = 0; at < bytes.length; at += size) onBytes(bytes.subarray(at, at + size));
      expect(heard).toEqual(lines);
    }),
  );
});

test("a program that is not installed is not found", () => {
  expect(findProgram("sh")).toMatch(/\/sh$/);
  expect(findProgram("edge-oms-no-such-program")).toBeUndefined();
});

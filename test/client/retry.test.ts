import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_RETRY, delayAfter, retryAfterIn, unlessAborted, wait } from "../../src/client/retry.ts";

describe("the delay before the next attempt", () => {
  const retry = { attempts: 8, firstDelay: 100, longestDelay: 1_000 };

  test("doubles up to the longest, and is spread over its upper half", () => {
    return fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), (failed) => {
        const span = Math.min(1_000, 100 * 2 ** (failed - 1));
        const delay = delayAfter(failed, retry);
        expect(delay).toBeGreaterThanOrEqual(span / 2);
        expect(delay).toBeLessThanOrEqual(span);
      }),
    );
  });

  test("ends with the attempts", () => {
    expect(delayAfter(7, retry)).toBeDefined();
    expect(delayAfter(8, retry)).toBeUndefined();
    expect(delayAfter(1, { ...DEFAULT_RETRY, attempts: 1 })).toBeUndefined();
  });

  test("is no shorter than the server asks for, and none when it asks for more than a minute", () => {
    expect(delayAfter(1, retry, 30_000)).toBe(30_000);
    expect(delayAfter(1, retry, 60_000)).toBe(60_000);
    expect(delayAfter(1, retry, 60_001)).toBeUndefined();
  });
});

test.each([
  ["2", 2_000],
  ["Sun, 22 Nov 2026 10:00:05 GMT", 5_000],
  ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  ["soon", undefined],
  [null, undefined],
])("Retry-After: %s asks for %s ms", (header, milliseconds) => {
  expect(retryAfterIn(header, Date.parse("2026-11-22T10:00:00Z"))).toBe(milliseconds);
});

describe("waiting ends as soon as its signal is aborted, with the signal's reason", () => {
  const reason = new Error("enough");

  test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ["for a while", (signal) => wait(3_600_000, signal)],
    ["for a promise", (signal) => unlessAborted(signal, new Promise<never>(() => undefined))],
  ])("%s", async (_what, begin) => {
    const controller = new AbortController();
    const waiting = begin(controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(begin(controller.signal)).rejects.toBe(reason);
  });

  test("and what was promised before is given", async () => {
    await expect(unlessAborted(new AbortController().signal, Promise.resolve(7))).resolves.toBe(7);
  });
});

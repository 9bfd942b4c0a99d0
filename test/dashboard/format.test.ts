import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountText, differenceText } from "../../src/dashboard/format/amounts.ts";
import { fieldText, readField, spanText, timestampOf } from "../../src/dashboard/format/times.ts";
import { countText, wordsOf } from "../../src/dashboard/format/words.ts";
import { Decimal } from "../../src/protocol/decimal.ts";

const decimals = fc
  .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.integer({ min: 0, max: 12 }))
  .map(([coefficient, scale]) => Decimal.of(`${coefficient}e-${scale}`));

describe("an amount", () => {
  test("is shown with every digit: without its separators it is the same amount", () => {
    return fc.assert(
      fc.property(decimals, fc.integer({ min: 0, max: 4 }), (amount, least) => {
        const shown = amountText(amount, least);
        expect(Decimal.of(shown.replaceAll(",", "")).equals(amount)).toBe(true);
        expect(shown).toMatch(/^-?\d{1,3}(?:,\d{3})*(?:\.\d+)?$/);
        expect((shown.split(".")[1] ?? "").length).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  test.each([
    ["1234567.5", 2, "1,234,567.50"],
    ["-1234.5678", 2, "-1,234.5678"],
    ["0", 2, "0.00"],
    ["-0.001", 0, "-0.001"],
    ["9007199254740993", 0, "9,007,199,254,740,993"],
  ])("of %s with at least %i decimals is %s", (literal, least, shown) => {
    expect(amountText(Decimal.of(literal), least)).toBe(shown);
  });

  test("that is a difference says so also when it is positive", () => {
    expect(["5", "-5", "0"].map((literal) => differenceText(Decimal.of(literal)))).toEqual(["+5", "-5", "0"]);
  });
});

describe("a moment", () => {
  test("goes through the browser's field and back, to the second", () => {
    return fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(readField(fieldText(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  test("that is not complete is none", () => {
    expect(readField("")).toBeUndefined();
  });

  test("becomes the wire's text", () => {
    expect(timestampOf(1_795_388_641_042)).toBe("2026-11-22T23:04:01.042000Z");
  });

  test.each([
    [172_800_000, "2 days"],
    [86_400_000, "1 day"],
    [86_399_999, "23 hours"],
    [60_000, "1 minute"],
    [59_999, "less than a minute"],
    [-5, "less than a minute"],
  ])("%i ms away is %s away", (milliseconds, text) => {
    expect(spanText(milliseconds)).toBe(text);
  });
});

test.each([
  ["SIDE_SHORTSELL_EXEMPT", "Shortsell exempt"],
  ["ClientRequestType_CashTransfer", "Cash transfer"],
  ["CONNECTIONSTATUS_ONLINE", "Online"],
  [undefined, ""],
])("the contract's %s is read as %s", (name, words) => {
  expect(wordsOf(name)).toBe(words);
});

test("a count agrees with its noun", () => {
  expect([0, 1, 1024].map((count) => countText(count, "order"))).toEqual(["0 orders", "1 order", "1,024 orders"]);
});

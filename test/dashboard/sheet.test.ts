import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arranged, type Column, resorted, widthsOf } from "../../src/dashboard/table/columns.ts";
import { steppedRow, topShowing, windowOf } from "../../src/dashboard/table/window.ts";

interface Row {
  readonly id: number;
  readonly code: string;
  readonly price: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: "code", title: "Code", text: ({ code }) => code },
  {
    name: "price",
    title: "Price",
    isNumeric: true,
    text: ({ price }) => String(price),
    compare: (left, right) => left.price - right.price,
  },
];
const ROWS: readonly Row[] = [
  { id: 1, code: "BHP", price: 100 },
  { id: 2, code: "CBA", price: 20 },
  { id: 3, code: "BHP", price: 3 },
];
const idsOf = (rows: readonly Row[]): readonly number[] => rows.map(({ id }) => id);
const UNSORTED = { column: "", isDescending: false };

describe("a sheet's rows", () => {
  test("are sorted by what a column means, not by how it is written", () => {
    expect(idsOf(arranged(ROWS, COLUMNS, "", { column: "price", isDescending: false }))).toEqual([3, 2, 1]);
    expect(idsOf(arranged(ROWS, COLUMNS, "", { column: "price", isDescending: true }))).toEqual([1, 2, 3]);
  });

  test("that sort alike stay in their order", () => {
    expect(idsOf(arranged(ROWS, COLUMNS, "", { column: "code", isDescending: false }))).toEqual([1, 3, 2]);
    expect(idsOf(arranged(ROWS, COLUMNS, "", { column: "code", isDescending: true }))).toEqual([2, 1, 3]);
  });

  test("are filtered by every word, in any column, and not across two", () => {
    expect(idsOf(arranged(ROWS, COLUMNS, "bhp", UNSORTED))).toEqual([1, 3]);
    expect(idsOf(arranged(ROWS, COLUMNS, " bhp  10 ", UNSORTED))).toEqual([1]);
    expect(idsOf(arranged(ROWS, COLUMNS, "bhp1", UNSORTED))).toEqual([]);
  });

  test("rise at the first press of a title, and fall at the second", () => {
    const once = resorted(UNSORTED, "price");
    expect([once, resorted(once, "price"), resorted(resorted(once, "price"), "price")]).toEqual([
      { column: "price", isDescending: false },
      { column: "price", isDescending: true },
      { column: "price", isDescending: false },
    ]);
  });
});

test("a column is wide enough for every amount, for a text up to a measure, and never becomes narrower", () => {
  const long: Row = { id: 4, code: "A".repeat(99), price: 1234567890123 };
  const first = widthsOf(COLUMNS, [long], new Map());
  expect(first.get("price")).toBe(13);
  expect(first.get("code")).toBe(18);
  expect(widthsOf(COLUMNS, ROWS, first)).toEqual(first);
});

describe("of a long sheet", () => {
  const sizes = fc.record({
    count: fc.integer({ min: 0, max: 100_000 }),
    height: fc.integer({ min: 10, max: 60 }),
    view: fc.integer({ min: 0, max: 2_000 }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test("every row in view is drawn, and few others", () => {
    return fc.assert(
      fc.property(sizes, ({ count, height, view, place }) => {
        const top = place * Math.max(0, count * height - view);
        const { first, end } = windowOf(count, height, top, view);
        expect(first * height).toBeLessThanOrEqual(top);
        expect(end === count || end * height >= top + view).toBe(true);
        expect(end - first).toBeLessThanOrEqual(view / height + 20);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
      }),
    );
  });

  test("a row that is gone to comes wholly into view, and one that is in view moves nothing", () => {
    return fc.assert(
      fc.property(sizes, fc.nat(), ({ count, height, view, place }, pick) => {
        fc.pre(count > 0 && view >= height);
        const top = Math.floor(place * Math.max(0, count * height - view));
        const index = pick % count;
        const moved = topShowing(index, height, top, view);
        expect(index * height).toBeGreaterThanOrEqual(moved);
        expect((index + 1) * height).toBeLessThanOrEqual(moved + view);
        expect(topShowing(index, height, moved, view)).toBe(moved);
      }),
    );
  });

  test.each([
    ["ArrowDown", 5, 6],
    ["ArrowUp", 5, 4],
    ["PageDown", 5, 9],
    ["PageUp", 5, 0],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["ArrowDown", 9, 9],
    ["ArrowUp", 0, 0],
    ["a", 5, undefined],
  ])("%s leads from row %i to row %s of ten", (key, from, to) => {
    expect(steppedRow(key, from, 10, 7)).toBe(to);
  });

  test("no key leads anywhere in an empty one", () => {
    expect(steppedRow("End", -1, 0, 7)).toBeUndefined();
  });
});

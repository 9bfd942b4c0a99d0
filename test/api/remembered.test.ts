import { describe, expect, test } from "vitest";
import { Remembered } from "../../src/api/remembered.ts";

describe("what an isolate remembers", () => {
  test("is bounded: the one that was set longest ago is forgotten for one too many", () => {
    const remembered = new Remembered<number>(2);
    remembered.set("a", 1, 0);
    remembered.set("b", 2, 0);
    expect([remembered.get("a", 0), remembered.get("b", 0)]).toEqual([1, 2]);
    remembered.set("a", 3, 0);
    remembered.set("c", 4, 0);
    expect(["a", "b", "c"].map((name) => remembered.get(name, 0))).toEqual([3, undefined, 4]);
  });

  test("is forgotten after its time, counted from when it was set last", () => {
    const remembered = new Remembered<string>(10, 5000);
    remembered.set("a", "old", 1000);
    expect(remembered.get("a", 5999)).toBe("old");
    expect(remembered.get("a", 6000)).toBeUndefined();
    remembered.set("a", "new", 6000);
    expect(remembered.get("a", 10_999)).toBe("new");
  });

  test("is forgotten when it is told to be, and otherwise kept for ever", () => {
    const remembered = new Remembered<string>(10);
    remembered.set("a", "it", 0);
    expect(remembered.get("a", Number.MAX_SAFE_INTEGER)).toBe("it");
    remembered.delete("a");
    expect(remembered.get("a", 0)).toBeUndefined();
  });
});

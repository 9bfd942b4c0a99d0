import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { isFeedName, isOwnerId } from "../../src/protocol/names.ts";

describe.each([
  ["an OwnerID", isOwnerId, LIMITS.OWNER_ID_CHARACTERS],
  ["a feed's name", isFeedName, LIMITS.FEED_NAME_CHARACTERS],
])("%s", (_what, isName, limit) => {
  test.each(["XS", "x", "a b", "Ünïcode", "日本", "a.b", "...", "-", "a%2Fb", "😀"])("may be %j", (name) => {
    expect(isName(name)).toBe(true);
  });

  test.each(["", "a/b", "/", "a@b", "@", "a\u0000", "a\tb", "a\nb", "\u001f", "\u007f", "\u0085", ".", "..", "\ud800"])(
    "may not be %j",
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );

  test("may be as long as the limit and no longer", () => {
    expect(isName("x".repeat(limit - 1))).toBe(true);
    expect(isName("x".repeat(limit))).toBe(true);
    expect(isName("x".repeat(limit + 1))).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { claimsOf, pastedToken, problemWith } from "../../src/dashboard/sign-in/claims.ts";
import { tokenFor } from "../support/token.ts";

describe("a token", () => {
  test("says whom it lets in, and until when", async () => {
    const claims = claimsOf(await tokenFor({ sub: "Zoë 😀", exp: 1_900_000_000 }));
    expect(claims).toEqual({ identity: "Zoë 😀", expires: 1_900_000_000_000 });
  });

  test.each(["", "nonsense", "a.b", "a.b.c", "a.e30.c.d", "a.!!.c", "a.bnVsbA.c"])("is not %j", (text) => {
    expect(claimsOf(text)).toBeUndefined();
    expect(problemWith(text, 0)).toBe("not a token");
  });

  test("has expired from the very moment that it names", async () => {
    const token = await tokenFor({ exp: 1_000 });
    expect(problemWith(token, 999_999)).toBeUndefined();
    expect(problemWith(token, 1_000_000)).toBe("expired");
  });

  test.each([
    "a.b.c",
    "  a.b.c\n",
    "Bearer a.b.c",
    "Authorization: Bearer a.b.c",
    "http://localhost:8787/#token=a.b.c",
  ])("is found in %j", (text) => {
    expect(pastedToken(text)).toBe("a.b.c");
  });
});

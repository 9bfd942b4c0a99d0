import { describe, expect, test, vi } from "vitest";
import { errorsOf, Refusals, refused, statusOf } from "../../src/api/refusals.ts";
import { ERRORS, type ErrorCode, Refusal } from "../../src/protocol/errors.ts";

describe("how a refusal is answered", () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])("%s has the status of ERRORS and is a JSON array", async (code) => {
    const response = refused([`${code} some detail`]);
    expect(response.status).toBe(ERRORS[code].status);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual([`${code} some detail`]);
  });

  test("401 says how to authenticate, 503 when to come again", () => {
    expect(refused(["Unauthenticated"]).headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(refused(["Retry"]).headers.get("Retry-After")).toBe("1");
    expect(refused(["Unknown"]).headers.get("Retry-After")).toBeNull();
  });

  test("several with one status have it; with several it is 422", () => {
    expect(statusOf(["Storage.Full", "Retry"])).toBe(503);
    expect(statusOf(["Transaction.Conflict T1", "Transaction.Conflict T2"])).toBe(409);
    expect(statusOf(["Storage.Full", "Transaction.Conflict T1"])).toBe(422);
  });
});

describe("what a caller is told of an error", () => {
  const silently = (error: unknown) => {
    const logged = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")].map((log) => log.mockReturnValue());
    try {
      return { errors: errorsOf(error), isLogged: logged.some((log) => log.mock.calls.length > 0) };
    } finally {
      for (const log of logged) log.mockRestore();
    }
  };

  test("refusals tell their codes", () => {
    expect(silently(new Refusal("Order.Unheard" as ErrorCode)).errors).toEqual(["Order.Unheard"]);
    expect(silently(new Refusal("Unknown", "O1"))).toEqual({ errors: ["Unknown O1"], isLogged: false });
    expect(silently(new Refusals(["Retry", "Side"]))).toEqual({ errors: ["Retry", "Side"], isLogged: false });
  });

  test("a refusal that came from another isolate is still one", () => {
    expect(silently(Object.assign(new Error("Storage.Full"), { name: "Refusal" })).errors).toEqual(["Storage.Full"]);
    expect(silently(new Error("Refusal: Unknown O1")).errors).toEqual(["Unknown O1"]);
    expect(silently(new Error("Refusal: of something else")).errors).toEqual(["Internal"]);
  });

  test.each([
    ["retryable", Object.assign(new Error("x"), { retryable: true })],
    ["overloaded", Object.assign(new Error("x"), { overloaded: true })],
    ["reset", Object.assign(new Error("x"), { durableObjectReset: true })],
    ["a lost connection", new Error("Network connection lost.")],
    ["a deploy", new Error("Durable Object reset because its code was updated.")],
  ])("an object that could not be reached may be asked again: %s", (_what, error) => {
    expect(silently(error)).toEqual({ errors: ["Retry"], isLogged: true });
  });

  test.each([new TypeError("x is not a function"), "a text", undefined, { retryable: true }])(
    "anything else is logged, and its particulars are kept from the caller",
    (error) => expect(silently(error)).toEqual({ errors: ["Internal"], isLogged: true }),
  );
});

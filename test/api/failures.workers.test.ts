import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal } from "../../src/protocol/errors.ts";
import { SYSTEM_NAME } from "../../src/system/rpc.ts";
import { ask, defineOwner } from "../support/api.ts";
import { failing } from "./failing.ts";

const claimsFor = (...owners: readonly string[]) => ({ owners, features: ["Alter", "Operator"] });
const cash = (OwnerID: string, TransactionID: string) => ({
  Transaction: { TransactionID, Account: { AccountID: "1", OwnerID } },
  Transfer: { Currency: "AUD", Value: 10 },
});
const balancesOf = async (owner: string) =>
  (await ask("GET", `/balance/for/${owner}`, { claims: claimsFor(owner) })).body;

beforeAll(async () => {
  const owners = ["reset", "full", "broken", "sick", "many-1", "many-2", "many-3", "bulk-1", "bulk-2", "bulk-3"];
  for (const owner of owners) await defineOwner(owner);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("when an Owner's object fails", () => {
  test("that is reset while it is asked: 503 Retry", async () => {
    const entry = await env.SYSTEM.getByName(SYSTEM_NAME).find("reset");
    const stub = env.OWNERS.getByName(entry?.object ?? "");
    const state = await runInDurableObject(stub, (_owner, own) => own);
    failing("list", "reset", () => state.abort("made to fail"));
    const { status, body, headers } = await ask("GET", "/balance/for/reset", { claims: claimsFor("reset") });
    expect([status, body, headers.get("Retry-After")]).toEqual([503, ["Retry"], "1"]);
  });

  test("by a refusal: its own code and status", async () => {
    failing("list", "full", () => Promise.reject(new Refusal("Storage.Full")));
    const { status, body } = await ask("GET", "/balance/for/full", { claims: claimsFor("full") });
    expect([status, body]).toEqual([503, ["Storage.Full"]]);
  });

  test("by a programmer's error: 500, without its particulars", async () => {
    failing("record", "broken", () => Promise.reject(new TypeError("a secret detail")));
    const { status, body } = await ask("GET", "/account/byid/broken/1", { claims: claimsFor("broken") });
    expect([status, body]).toEqual([500, ["Internal"]]);
  });

  test("its health is 503 Unhealthy", async () => {
    failing("health", "sick", () => Promise.reject(new Error("no")));
    const { status, body } = await ask("GET", "/diagnostics/health?owner=sick", { claims: claimsFor("sick") });
    expect([status, body]).toEqual([503, "Unhealthy"]);
  });
});

describe("an answer over several Owners", () => {
  const owners = ["many-1", "many-2", "many-3"];
  const asking = () => ask("GET", "/balance", { claims: claimsFor(...owners) });

  beforeEach(async () => {
    const body = JSON.stringify(owners.map((owner) => cash(owner, "T1")));
    await ask("POST", "/balance/bulk", { claims: claimsFor(...owners), body });
  });

  test("is whole when all of them answer", async () => {
    expect((await asking()).body).toMatchObject(owners.map((OwnerID) => ({ Account: { OwnerID } })));
  });

  test("fails whole when one of them fails, never a short list", async () => {
    failing("list", "many-2", () => Promise.reject(new Refusal("Retry")));
    const { status, body } = await asking();
    expect([status, body]).toEqual([503, ["Retry"]]);
  });

  test("is broken off when one of them fails halfway", async () => {
    failing("list", "many-2", async () => {
      let pulls = 0;
      const body = new ReadableStream({
        type: "bytes",
        pull(controller) {
          if (pulls++ > 0) throw new Error("made to fail");
          controller.enqueue(new TextEncoder().encode("[{}"));
        },
      });
      return { at: 1, body };
    });
    await expect(asking()).rejects.toThrow();
  });

  test("is broken off when one of them ends early", async () => {
    failing("list", "many-3", async () => {
      const body = new Response('[{"Account":{}}').body;
      return { at: 1, body };
    });
    await expect(asking()).rejects.toThrow();
  });
});

describe("an answer over logs", () => {
  const owners = ["many-1", "many-2", "many-3"];
  const path = "/audit/fromdate?from=1970-01-01";
  const claims = { owners, features: ["Audit"] };
  const scopes = [path, `${path}&owner=many-2`];

  /** The log of one Owner is told as these pieces, and then fails if there is nothing that closes it. */
  function telling(pieces: readonly string[], end: "closes" | "fails"): void {
    failing("log", "many-2", async () => {
      const rest = pieces.values();
      const body = new ReadableStream({
        type: "bytes",
        pull(controller) {
          const { value, done } = rest.next();
          if (done !== true) controller.enqueue(new TextEncoder().encode(value));
          else if (end === "closes") controller.close();
          else throw new Error("made to fail");
        },
      });
      return { at: 1, settled: Number.MAX_SAFE_INTEGER, body };
    });
  }

  test.each(scopes)("%s is whole when all of them answer", async (asked) => {
    telling(["1 1 {}\n", "2 1 ", "{}\n"], "closes");
    const { status, body } = await ask("GET", asked, { claims });
    expect(status).toBe(200);
    expect(Array.isArray(body) && body.slice(0, 2)).toEqual([{}, {}]);
  });

  test.each(scopes)("%s is broken off when one of them fails halfway", async (asked) => {
    telling(["1 1 {}\n"], "fails");
    await expect(ask("GET", asked, { claims })).rejects.toThrow();
  });

  test.each(scopes)("%s is broken off when one of them ends in the middle of a line", async (asked) => {
    telling(["1 1 {}\n", "2 1 {"], "closes");
    await expect(ask("GET", asked, { claims })).rejects.toThrow();
  });

  test.each(scopes)("%s fails whole when one of them cannot be asked", async (asked) => {
    failing("log", "many-2", () => Promise.reject(new Refusal("Retry")));
    const { status, body } = await ask("GET", asked, { claims });
    expect([status, body]).toEqual([503, ["Retry"]]);
  });
});

describe("a bulk call over several Owners of which one cannot be reached", () => {
  test("says which, and what the others took stands", async () => {
    failing("submit", "bulk-2", () => Promise.reject(Object.assign(new Error("made to fail"), { retryable: true })));
    const items = ["bulk-1", "bulk-2", "bulk-3"].map((owner) => cash(owner, "T1"));
    const asked = { claims: claimsFor("bulk-1", "bulk-2", "bulk-3"), body: JSON.stringify(items) };
    const first = await ask("POST", "/balance/bulk", asked);
    expect([first.status, first.body]).toEqual([503, ["Retry [1] bulk-2"]]);
    expect(await balancesOf("bulk-1")).toMatchObject([{ Balance: 10 }]);
    expect(await balancesOf("bulk-2")).toEqual([]);
    vi.restoreAllMocks();
    expect((await ask("POST", "/balance/bulk", asked)).status).toBe(204);
    for (const owner of ["bulk-1", "bulk-2", "bulk-3"]) {
      expect(await balancesOf(owner)).toMatchObject([{ Balance: 10 }]);
    }
  });
});

/** Metadata on its way to 200 Owners, one of which fails, while the System is evicted and everything is aborted. */
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { defineOwner } from "../support/api.ts";
import {
  breakObject,
  defineExchange,
  handedDown,
  mendObject,
  pending,
  ringLater,
  rule,
  systemObject,
  until,
} from "./objects.ts";

const OWNERS = Array.from({ length: 200 }, (_, index) => `F${String(index).padStart(3, "0")}`);
const FAILING = "F100";
const OTHERS = OWNERS.filter((name) => name !== FAILING);
const LONG = 120_000;

// The System reports each attempt that fails.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The content of an exchange as it is in effect at an Owner. */
async function contentAt(ownerId: string, exchange: string): Promise<unknown> {
  const { status, body } = await rule("GET", `/exchange/byid/${exchange}?owner=${ownerId}`);
  return status === 200 ? (body as { Metadata: { Content: string } }).Metadata.Content : status;
}

async function contentsAt(ownerIds: readonly string[], exchange: string): Promise<readonly unknown[]> {
  const contents: unknown[] = [];
  for (const ownerId of ownerIds) contents.push(await contentAt(ownerId, exchange));
  return contents;
}

function all(content: string, names: readonly string[] = OTHERS): readonly string[] {
  return names.map(() => content);
}

describe("metadata for 200 Owners", { timeout: LONG }, () => {
  it("arrives at all but the one that fails, at that one later, and everywhere once and in order", async () => {
    for (let first = 0; first < OWNERS.length; first += 20) {
      await Promise.all(OWNERS.slice(first, first + 20).map(defineOwner));
    }
    await breakObject(FAILING);
    const isAllButOne = async () => (await pending()).join() === FAILING;

    await defineExchange("X", "first");
    await until(isAllButOne);
    expect(await contentsAt(OTHERS, "X")).toEqual(all("first"));

    await defineExchange("X", "evicted");
    await evictDurableObject(systemObject());
    await ringLater(LIMITS.DELIVERY_RETRY_MS);
    await until(isAllButOne);
    expect(await contentsAt(OTHERS, "X")).toEqual(all("evicted"));

    await defineExchange("X", "aborted");
    await abortAllDurableObjects();
    await ringLater(2 * LIMITS.DELIVERY_RETRY_MS);
    await until(isAllButOne);
    expect(await contentsAt(OTHERS, "X")).toEqual(all("aborted"));

    // Many changes at once share what is handed down.
    await Promise.all(Array.from({ length: 20 }, (_, index) => defineExchange(`Y${index}`, "y")));
    expect(await rule("POST", "/status/request", { Code: "Held" })).toMatchObject({ status: 204 });
    await rule("DELETE", "/exchange/byid/Y0");
    await until(isAllButOne);
    expect(await contentsAt(OTHERS.slice(0, 10), "Y19")).toEqual(all("y", OTHERS.slice(0, 10)));
    expect(await contentsAt(OTHERS.slice(0, 10), "Y0")).toEqual(OTHERS.slice(0, 10).map(() => 404));

    await mendObject(FAILING);
    await until(async () => {
      await ringLater(LIMITS.DELIVERY_RETRY_MOST_MS);
      return (await pending()).length === 0;
    });
    expect(await contentAt(FAILING, "X")).toBe("aborted");
    const expected = (await handedDown(OWNERS[0] ?? "")).filter(({ type }) => type !== "DefineOwner");
    expect(expected.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 5 }, () => "DefineRequestStatus"),
      ...Array.from({ length: 23 }, () => "DefineExchange"),
      ...["DefineRequestStatus", "UndefineExchange"],
    ]);
    for (const ownerId of OWNERS) {
      const common = (await handedDown(ownerId)).filter(({ type }) => type !== "DefineOwner");
      expect([ownerId, common]).toEqual([ownerId, expected]);
    }
  });
});

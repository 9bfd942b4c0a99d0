import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Callers } from "../../src/api/callers.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import {
  forget,
  type Installation,
  installationTrusting,
  passTime,
  RETRY,
  sourceOf,
  UNAUTHENTICATED,
} from "../support/installation.ts";
import { makeSigningKey, type PublishedKeys } from "../support/published-keys.ts";
import { tokenFor } from "../support/token.ts";

const REMEMBERED = LIMITS.PERMISSIONS_REMEMBERED_MS;
const key = await makeSigningKey({ kid: "1" });
const alice = { Type: "IdentityType_Operator", Identity: "User:alice", Source: "main" } as const;
let issuer: PublishedKeys;
let installation: Installation;
let token: string;

const statusOf = async (path: string) => (await installation.askWith(token, path)).status;

beforeEach(async () => {
  ({ issuer, installation } = await installationTrusting(key));
  installation.permissions = [{ ...alice, Features: ["Alter"] }];
  token = await issuer.token(key);
});
afterEach(() => forget(issuer));

describe("what the System says holds for 5 seconds at most", () => {
  test.each([
    ["given less", () => [alice], "/alter", 200, 403],
    ["given nothing any more", () => [], "/alter", 200, 403],
    ["given more", () => [{ ...alice, Features: ["Alter", "Admin"] }], "/alter-and-admin", 403, 200],
  ])("an identity that is %s", async (_what, changed, path, before, after) => {
    expect(await statusOf(path)).toBe(before);
    installation.permissions = changed();
    passTime(REMEMBERED - 1);
    expect(await statusOf(path)).toBe(before);
    passTime(1);
    expect(await statusOf(path)).toBe(after);
  });

  test("a source that is undefined lets nobody in any more", async () => {
    expect(await statusOf("/any")).toBe(200);
    installation.sources = [];
    passTime(REMEMBERED - 1);
    expect(await statusOf("/any")).toBe(200);
    passTime(1);
    expect(await installation.askWith(token)).toEqual(UNAUTHENTICATED);
  });

  test("a source that is defined lets its people in", async () => {
    const { sources } = installation;
    installation.sources = [];
    expect(await statusOf("/any")).toBe(401);
    installation.sources = sources;
    passTime(REMEMBERED);
    expect(await statusOf("/any")).toBe(200);
  });

  test("the System is asked no more often", async () => {
    for (const path of ["/any", "/alter", "/any"]) await statusOf(path);
    expect(installation.asked).toEqual({ sources: 1, permissions: 1 });
    passTime(REMEMBERED);
    await statusOf("/any");
    expect(installation.asked).toEqual({ sources: 2, permissions: 2 });
  });

  test("identities of the same name in other sources have permissions of their own", async () => {
    installation.sources = [sourceOf(issuer.url), sourceOf(issuer.url, { Audience: "other" }, "other")];
    expect(await statusOf("/alter")).toBe(200);
    const { status } = await installation.askWith(await issuer.token(key, { aud: "other" }), "/alter");
    expect(status).toBe(403);
  });

  test("counted from when the System was asked, however late it answers", async () => {
    const callers = new Callers();
    const slow = {
      sources: async () => {
        passTime(REMEMBERED - 1);
        return "[]";
      },
      permissions: async () => {
        passTime(REMEMBERED - 1);
        return JSON.stringify(alice);
      },
    };
    const identified = { named: { Type: alice.Type, Identity: alice.Identity }, source: "main" };
    await callers.sources(slow);
    expect(await callers.sources(installation.system)).toEqual([]);
    passTime(1);
    expect(await callers.sources(installation.system)).toHaveLength(1);
    await callers.permissions(slow, identified);
    expect(await callers.permissions(installation.system, identified)).toEqual(alice);
    passTime(1);
    expect(await callers.permissions(installation.system, identified)).toEqual({ ...alice, Features: ["Alter"] });
  });

  test.each([
    [LIMITS.IDENTITIES_REMEMBERED - 1, 0],
    [LIMITS.IDENTITIES_REMEMBERED, 0],
    [LIMITS.IDENTITIES_REMEMBERED + 1, 1],
  ])("of %i identities the first is asked for again %i times", async (count, times) => {
    const callers = new Callers();
    const permissions = vi.fn(async () => undefined);
    const ask = (index: number) =>
      callers.permissions(
        { ...installation.system, permissions },
        { named: { Type: alice.Type, Identity: `User:${index}` }, source: "main" },
      );
    for (let index = 0; index < count; index++) await ask(index);
    await ask(0);
    expect(permissions).toHaveBeenCalledTimes(count + times);
  });
});

describe("when the System cannot be reached", () => {
  test("503 for who was let in before, as soon as that is 5 seconds ago: never a stale yes", async () => {
    expect(await statusOf("/alter")).toBe(200);
    installation.isReachable = false;
    passTime(REMEMBERED - 1);
    expect(await statusOf("/alter")).toBe(200);
    passTime(1);
    expect(await installation.askWith(token, "/alter")).toEqual(RETRY);
    passTime(REMEMBERED);
    expect(await installation.askWith(token, "/alter")).toEqual(RETRY);
  });

  test("503 for who was never let in, and for anybody as soon as it answers", async () => {
    installation.isReachable = false;
    expect(await installation.askWith(token)).toEqual(RETRY);
    installation.isReachable = true;
    expect(await statusOf("/any")).toBe(200);
  });

  test("the secret lets in as before", async () => {
    installation.isReachable = false;
    installation.secret = "s".repeat(LIMITS.SECRET_BYTES);
    expect((await installation.askWith(await tokenFor({}, installation.secret))).status).toBe(200);
  });
});

describe("a socket that was opened by what is no longer true", () => {
  test.each<[string, { readonly status: number; readonly body: readonly string[] }, () => void]>([
    ["permissions", RETRY, () => (installation.permissions = [])],
    ["a source", UNAUTHENTICATED, () => (installation.sources = [])],
    ["the System's answer", RETRY, () => (installation.isReachable = false)],
  ])("is refused when %s went meanwhile, and the next call knows it", async (_what, refusal, change) => {
    await statusOf("/any");
    installation.meanwhile = change;
    expect(await installation.askWith(token, "/opened")).toEqual(refusal);
    installation.meanwhile = () => undefined;
    passTime(1);
    if (installation.isReachable) expect(await statusOf("/alter")).not.toBe(200);
  });

  test("stays when nothing has changed, or something that is not of this caller", async () => {
    installation.meanwhile = () => {
      installation.permissions = [...installation.permissions, { ...alice, Identity: "User:bob" }];
    };
    expect((await installation.askWith(token, "/opened")).status).toBe(200);
    installation.permissions = [];
    passTime(REMEMBERED);
    expect((await installation.askWith(token, "/opened")).status).toBe(200);
  });
});

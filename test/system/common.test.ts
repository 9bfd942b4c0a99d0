/** What is common to all Owners: how it begins, goes and is looked back on. */
import { describe, expect, it } from "vitest";
import { BUILT_IN_STATUSES } from "../../src/domain/request-statuses.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import {
  exchange,
  Installation,
  listed,
  owner,
  permissions,
  renaming,
  source,
  status,
  withoutExchange,
  withoutPermissions,
  withoutSource,
  withoutStatus,
} from "./installation.ts";

async function begun(): Promise<Installation> {
  const installation = new Installation();
  await installation.settle();
  return installation;
}

/** Records of the audit: who did what. */
function audited(installation: Installation, after = 0, upTo = Number.MAX_SAFE_INTEGER, count = 10_000) {
  return installation.system.audit(after, upTo, count).map(({ position, text }) => {
    const { ID, Update, Authority } = JSON.parse(text);
    expect(ID).toBe(position);
    const who = Authority.Identity ?? Authority.Type;
    return `${position} ${Update.Operation.Type.slice("OperationType_".length)} by ${who}`;
  });
}

function codes(records: readonly unknown[]): readonly unknown[] {
  return records.map((record) => {
    const { OwnerID, Exchange, Code, Identity } = record as Record<string, string>;
    return OwnerID ?? Exchange ?? Code ?? Identity;
  });
}

describe("the built-in statuses", () => {
  it("are the first records, and there before anything can be asked", async () => {
    const installation = new Installation();
    let isReady = false;
    void installation.system.ready.then(() => {
      isReady = true;
    });
    await installation.settle();
    expect(isReady).toBe(true);
    expect(listed(installation.system.list({ kind: "status" }))).toEqual(
      [...BUILT_IN_STATUSES].sort((left, right) => ((left.Code ?? "") < (right.Code ?? "") ? -1 : 1)),
    );
  });

  it("are seeded once, and stay as they were redefined", async () => {
    const installation = await begun();
    await installation.change(status("Pending", "Ours"));
    for (let restart = 0; restart < 3; restart++) installation.restart();
    await installation.settle();
    expect(audited(installation)).toHaveLength(BUILT_IN_STATUSES.length + 1);
    const { body = "" } = installation.system.record({ kind: "status", parts: ["Pending"] });
    expect(JSON.parse(body)).toEqual({ Code: "Pending", Name: "Ours" });
  });

  it("cannot be undefined", async () => {
    const installation = await begun();
    expect(await installation.change(withoutStatus("Queued"))).toEqual({ errors: ["Operation Queued"], item: 0 });
  });

  it("are seeded before anything else when they could not be at first", async () => {
    const installation = new Installation();
    installation.data.failure = new Error("disk I/O error");
    for (let turn = 0; turn < 5; turn++) await installation.turn();
    installation.data.failure = undefined;
    await installation.settle();
    await installation.change(exchange("X"));
    expect(audited(installation)).toHaveLength(BUILT_IN_STATUSES.length + 1);
    expect(audited(installation).at(-1)).toContain("DefineExchange");
  });
});

describe("a source that is undefined", () => {
  it.each([0, 1, LIMITS.BULK_ITEMS - 1, LIMITS.BULK_ITEMS, LIMITS.BULK_ITEMS + 1, 2 * LIMITS.BULK_ITEMS])(
    "takes its %d identities with it, and no other source's",
    async (count) => {
      const installation = await begun();
      await installation.change(source("S"));
      await installation.change(source("ST"));
      await installation.change(permissions("ST", "User:other"));
      for (let number = 0; number < count; number++) void installation.ask(permissions("S", `User:${number}`));
      await installation.settle();
      expect(listed(installation.system.list({ kind: "identity", source: "S" }))).toHaveLength(count);
      expect(await installation.change(withoutSource("S"), { mustExist: true }, "User:boss")).toHaveProperty("at");
      expect(codes(listed(installation.system.list({ kind: "identity" })))).toEqual(["User:other"]);
      expect(codes(listed(installation.system.list({ kind: "source" })))).toEqual(["ST"]);
      expect(installation.system.permissions("S", "User:0")).toBeUndefined();
      const mine = audited(installation).filter((line) => line.endsWith("by User:boss"));
      expect(mine).toHaveLength(count + 1);
      expect(mine.at(-1)).toContain("UndefineIdentitySource");
    },
  );

  it("takes an identity with it that was defined a moment before", async () => {
    const installation = await begun();
    await installation.change(source("S"));
    const defined = installation.ask(permissions("S", "User:late"));
    const undefined_ = installation.ask(withoutSource("S"));
    await installation.settle();
    expect(await defined).toHaveProperty("at");
    expect(await undefined_).toHaveProperty("at");
    await installation.change(source("S", "https://other.example"));
    expect(installation.system.permissions("S", "User:late")).toBeUndefined();
  });

  it("goes on with what is left of it when it was cut short between two commits", async () => {
    const installation = await begun();
    await installation.change(source("S"));
    for (let number = 0; number <= LIMITS.BULK_ITEMS; number++) {
      void installation.ask(permissions("S", `User:${number}`));
    }
    await installation.settle();
    void installation.ask(withoutSource("S"));
    await installation.turn();
    installation.restart();
    await installation.settle();
    expect(listed(installation.system.list({ kind: "identity", source: "S" }))).toHaveLength(1);
    expect(await installation.change(withoutSource("S"))).toHaveProperty("at");
    expect(listed(installation.system.list({ kind: "identity", source: "S" }))).toEqual([]);
  });

  it("must exist", async () => {
    const installation = await begun();
    const refused = await installation.change(withoutSource("S"), { mustExist: true });
    expect(refused).toEqual({ errors: ["Unknown S"], item: 0 });
  });
});

describe("as at a moment", () => {
  it("everything is read as it was, by time and by position", async () => {
    const installation = await begun();
    const { system } = installation;
    const moments: { readonly at: number; readonly position: number; readonly then: object }[] = [];
    const lists = (asAt?: { at: number } | { sequence: string; position: number }) =>
      Object.fromEntries(
        (["owner", "exchange", "status", "source", "identity"] as const).map((kind) => {
          return [kind, listed(system.list({ kind, ...(asAt && { asAt }) }))];
        }),
      );
    const changes = [
      owner("A"),
      exchange("X", "first"),
      source("S"),
      permissions("S", "User:x", { Owners: ["A"] }),
      exchange("X", "second"),
      renaming("A", "B"),
      status("Held"),
      withoutPermissions("S", "User:x"),
      withoutExchange("X"),
      permissions("S", "User:y"),
      withoutSource("S"),
      withoutStatus("Held"),
    ];
    for (const change of changes) {
      installation.now += 1000;
      await installation.change(change);
      const { at, positions } = installation.store.head();
      moments.push({ at, position: positions.get("system") ?? 0, then: lists() });
    }
    expect(new Set(moments.map(({ then }) => JSON.stringify(then))).size).toBe(changes.length);
    for (const { at, position, then } of moments) {
      expect(lists({ at })).toEqual(then);
      expect(lists({ sequence: "system", position })).toEqual(then);
    }
  });

  it("inside a commit there is what was recorded by then", async () => {
    const installation = await begun();
    const { system } = installation;
    const seeded = (position: number) =>
      codes(listed(system.list({ kind: "status", asAt: { sequence: "system", position } })));
    expect(seeded(0)).toEqual([]);
    expect(seeded(3)).toEqual(["Pending", "Queued", "Submitted"]);
    await installation.change(source("S"));
    for (const name of ["a", "b"]) await installation.change(permissions("S", `User:${name}`));
    await installation.change(withoutSource("S"));
    const identities = (position: number) =>
      codes(listed(system.list({ kind: "identity", source: "S", asAt: { sequence: "system", position } })));
    expect([8, 9, 10, 11].map(identities)).toEqual([["User:a", "User:b"], ["User:b"], [], []]);
    expect(codes(listed(system.list({ kind: "source", asAt: { sequence: "system", position: 10 } })))).toEqual(["S"]);
  });
});

describe("the audit", () => {
  it("says who did what, in order, from a position exclusive to another inclusive, at most so many", async () => {
    const installation = await begun();
    await installation.change(exchange("X"), {}, "User:ann");
    await installation.change(owner("A"), {}, "Client:ops");
    await installation.change(renaming("A", "B"), {}, "User:bob");
    const seeded = [1, 2, 3, 4, 5].map((position) => `${position} DefineRequestStatus by IdentityType_System`);
    const own = ["6 DefineExchange by User:ann", "7 DefineOwner by Client:ops", "8 TransformOwner by User:bob"];
    expect(audited(installation)).toEqual([...seeded, ...own]);
    expect(audited(installation, 5, 7)).toEqual(own.slice(0, 2));
    expect(audited(installation, 2, 8, 4)).toEqual([...seeded.slice(2), own[0]]);
    expect(audited(installation, 8)).toEqual([]);
    expect(audited(installation, 0, 8, 0)).toEqual([]);
  });

  it("holds nothing that was refused, nor what changed nothing", async () => {
    const installation = await begun();
    await installation.change(exchange("X"));
    await installation.change(exchange("X"));
    await installation.change(withoutExchange("Y"), { mustExist: true });
    await installation.change(permissions("none", "User:x"));
    expect(audited(installation, 5)).toEqual(["6 DefineExchange by User:x"]);
  });
});

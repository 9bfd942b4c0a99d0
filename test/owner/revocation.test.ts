import { describe, expect, it } from "vitest";
import { type PermissionChange, RecentChanges, verdictOn } from "../../src/owner/revocation.ts";
import type { FeedRole } from "../../src/owner/session.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { Permissions } from "../../src/protocol/messages/index.ts";
import { deposit } from "./actions.ts";
import { OWNER, World } from "./world.ts";

const WHO = { Source: "test", Identity: "User:x" };

/** The present permissions of the identity that the tests' sockets have. */
function changed(permissions: Permissions | undefined): PermissionChange {
  return { source: "test", identity: "User:x", permissions };
}

function role(of: FeedRole["role"]): FeedRole {
  return { role: of, order: 0, identity: "test/User:x", agent: "", gapless: false };
}

describe("what a change means for a socket", () => {
  const session = { permissions: { ...WHO, Owners: [OWNER], Feeds: ["asx"] }, feeds: {} };

  it("nothing when it is another's: the source and the identity must both be the socket's", () => {
    const others: readonly PermissionChange[] = [
      { source: "other", identity: "User:x", permissions: undefined },
      { source: "test", identity: "User:y", permissions: undefined },
      { source: "test", identity: "", permissions: undefined },
      { source: "other" },
      { source: "" },
    ];
    for (const change of others) expect(verdictOn(session, change, OWNER)).toEqual({ type: "unconcerned" });
  });

  it.each<[string, Permissions | undefined]>([
    ["it has none", undefined],
    ["they name other Owners", { ...WHO, Owners: ["YS"] }],
    ["they name none, and it is neither Admin nor Operator", { ...WHO, Features: ["Alter", "Audit", "Query"] }],
    ["they name others, though it is an Admin", { ...WHO, Owners: ["YS"], Features: ["Admin"] }],
  ])("closed when it may not see the Owner: %s", (_, permissions) => {
    expect(verdictOn(session, changed(permissions), OWNER)).toEqual({ type: "closed" });
  });

  it("closed when all of a source must show anew who they are", () => {
    expect(verdictOn(session, { source: "test" }, OWNER)).toEqual({ type: "closed" });
  });

  it("the present permissions, of this Owner alone, when they still allow it", () => {
    const present = { ...WHO, Owners: ["YS", OWNER], Features: ["Audit"], Feeds: ["nzx"] };
    expect(verdictOn(session, changed(present), OWNER)).toEqual({
      type: "changed",
      permissions: { ...present, Owners: [OWNER] },
    });
    expect(verdictOn(session, changed({ ...WHO, Features: ["Operator"] }), OWNER)).toEqual({
      type: "changed",
      permissions: { ...WHO, Features: ["Operator"], Owners: [OWNER] },
    });
  });

  it.each<[FeedRole["role"], string]>([
    ["supplier", "closed"],
    ["standby", "closed"],
    ["ended", "changed"],
  ])("a %s of a feed that is not among them any more: %s", (of, type) => {
    const held = { ...session, feeds: { asx: role(of) } };
    expect(verdictOn(held, changed({ ...WHO, Owners: [OWNER], Feeds: ["nzx"] }), OWNER).type).toBe(type);
    expect(verdictOn(held, changed({ ...WHO, Owners: [OWNER], Feeds: ["nzx", "asx"] }), OWNER).type).toBe("changed");
  });
});

describe.each(["warm", "woken"])("enforcing a change (%s)", (mode) => {
  const between = (world: World) => {
    if (mode === "woken") world.wake();
  };

  it("closes with 4403 the sockets of that identity, and of no other", () => {
    const world = new World();
    const [mine, again, other, elsewhere] = [
      world.connect(),
      world.connect(),
      world.connect({ identity: "User:y" }),
      world.connect({ source: "another" }),
    ];
    between(world);
    world.engine.admission.enforce(changed(undefined));
    expect([mine, again, other, elsewhere].map(({ closed }) => closed)).toEqual([4403, 4403, undefined, undefined]);
    world.engine.admission.enforce({ source: "another" });
    expect([other.closed, elsewhere.closed]).toEqual([undefined, 4403]);
  });

  it("passes a revoked supplier's feed on to who stands by; what it had sent before counts no more", () => {
    const world = new World();
    const revoked = world.connect({ feeds: ["asx"] });
    const standby = world.connect({ identity: "User:y", feeds: ["asx"] });
    world.open(revoked);
    world.open(standby);
    world.feed(revoked, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    between(world);
    world.feed(revoked, "Action", 2, deposit(OWNER, "D2", 1));
    world.engine.receive(
      revoked.id,
      '{"Type":"FeedRequest","Feed":{"Position":{"Sequence":"asx","Position":3},"x":1}}',
    );
    world.engine.admission.enforce(changed({ ...WHO, Owners: [OWNER], Feeds: ["nzx"] }));
    expect(revoked.closed).toBe(4403);
    world.settle();
    expect(standby.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume", Position: { Position: 1 } });
    expect(world.store.head().positions.get("asx")).toBe(1);
  });

  it("an Open that is still in the inbox does not get through", () => {
    const world = new World();
    const [closed, kept] = [world.connect({ feeds: ["asx"] }), world.connect({ identity: "User:y", feeds: ["asx"] })];
    between(world);
    for (const socket of [closed, kept]) world.feed(socket, "Open");
    world.engine.admission.enforce(changed(undefined));
    const permissions = { Source: "test", Identity: "User:y", Owners: [OWNER], Feeds: ["nzx"] };
    world.engine.admission.enforce({ source: "test", identity: "User:y", permissions });
    world.settle();
    expect([closed.closed, kept.closed]).toEqual([4403, undefined]);
    expect(kept.errors).toEqual(["Authority asx"]);
    expect([...world.store.list("feed", {})]).toEqual([]);
    const next = world.connect({ identity: "User:z", feeds: ["asx"] });
    world.open(next);
    expect(next.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
  });

  it("a socket that may go on does, by the present permissions, also after hibernation", () => {
    const world = new World();
    const socket = world.connect();
    world.subscribe(socket, "Status");
    world.open(socket);
    expect(socket.errors).toEqual(["Authority asx"]);
    world.engine.admission.enforce(changed({ ...WHO, Owners: ["YS", OWNER], Feeds: ["asx"] }));
    between(world);
    world.open(socket);
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
    expect(socket.kept?.permissions).toEqual({ ...WHO, Owners: [OWNER], Feeds: ["asx"] });
    expect(socket.events.at(-1)).toMatchObject({ Status: { FeedID: "asx", Status: "CONNECTIONSTATUS_ONLINE" } });
  });

  it("closes with 4403 a socket whose present permissions do not fit its attachment, and keeps one just below", () => {
    const world = new World();
    const sized = (characters: number) =>
      changed({ ...WHO, Owners: [OWNER], Metadata: { note: "x".repeat(characters) } });
    const socket = world.connect();
    between(world);
    const room = LIMITS.ATTACHMENT_BYTES - JSON.stringify(socket.kept).length;
    world.engine.admission.enforce(sized(room - 100));
    expect(socket.closed).toBeUndefined();
    expect(socket.kept?.permissions.Metadata?.note).toHaveLength(room - 100);
    world.engine.admission.enforce(sized(room + 100));
    expect(socket.closed).toBe(4403);
  });

  it("harms nobody when one socket cannot be closed", () => {
    const world = new World();
    const [broken, next] = [world.connect(), world.connect()];
    broken.close = () => {
      throw new Error("broken");
    };
    between(world);
    world.engine.admission.enforce(changed(undefined));
    expect(next.closed).toBe(4403);
    expect(broken.kept).toBeNull();
  });
});

describe("a socket that opens just after a change", () => {
  it("is turned away when the Worker let it in by what its identity may do no more", () => {
    const world = new World();
    world.engine.admission.enforce(changed(undefined));
    expect(() => world.connect()).toThrow("Retry");
    expect(world.connect({ identity: "User:y" }).closed).toBeUndefined();
    world.now += 2 * LIMITS.PERMISSIONS_REMEMBERED_MS - 1;
    expect(() => world.connect()).toThrow("Retry");
    world.now += 1;
    expect(world.connect().closed).toBeUndefined();
  });

  it("goes by the present permissions, and by the last ones when there were several", () => {
    const world = new World();
    world.engine.admission.enforce(changed(undefined));
    world.engine.admission.enforce(changed({ ...WHO, Owners: [OWNER], Feeds: ["nzx"] }));
    const socket = world.connect({ feeds: ["asx"] });
    world.open(socket);
    expect(socket.errors).toEqual(["Authority asx"]);
    expect(socket.kept?.permissions.Feeds).toEqual(["nzx"]);
  });

  it("of a source whose identities had to show anew who they are has done so", () => {
    const world = new World();
    world.engine.admission.enforce({ source: "test" });
    expect(world.connect().closed).toBeUndefined();
  });

  it("is held to the last changes of so many identities, and to no older one", () => {
    const world = new World();
    const change = (number: number) =>
      world.engine.admission.enforce({ source: "test", identity: `User:${number}`, permissions: undefined });
    for (let number = 1; number <= LIMITS.CHANGES_REMEMBERED; number++) change(number);
    expect(() => world.connect({ identity: "User:1" })).toThrow("Retry");
    change(LIMITS.CHANGES_REMEMBERED + 1);
    expect(world.connect({ identity: "User:1" }).closed).toBeUndefined();
    expect(() => world.connect({ identity: "User:2" })).toThrow("Retry");
    expect(() => world.connect({ identity: `User:${LIMITS.CHANGES_REMEMBERED + 1}` })).toThrow("Retry");
  });

  it("an identity that changed again counts as changed last", () => {
    const recent = new RecentChanges(10, 2);
    const change = (identity: string): PermissionChange => ({ source: "s", identity, permissions: undefined });
    const known = () => ["a", "b", "c"].filter((Identity) => recent.of({ Source: "s", Identity }, 5) !== undefined);
    recent.add(change("a"), 0);
    recent.add(change("b"), 1);
    expect(known()).toEqual(["a", "b"]);
    recent.add(change("a"), 2);
    recent.add(change("c"), 3);
    expect(known()).toEqual(["a", "c"]);
  });
});

describe("closing every socket", () => {
  it("passes nothing on: feeds count as lost, whoever stands by", () => {
    const world = new World();
    const sockets = [world.connect({ feeds: ["asx"] }), world.connect({ feeds: ["asx"] }), world.connect()];
    for (const socket of sockets.slice(0, 2)) world.open(socket);
    world.engine.admission.expelAll();
    world.settle();
    expect(sockets.map(({ closed }) => closed)).toEqual([4404, 4404, 4404]);
    expect(JSON.parse([...world.store.list("feed", {})][0]?.body ?? "")).not.toHaveProperty("Status");
    const next = world.connect({ feeds: ["asx"] });
    world.open(next);
    expect(next.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
  });
});

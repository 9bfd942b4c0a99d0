import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit, update } from "./actions.ts";
import { exchange, status } from "./defined.ts";
import { askForSocket, definedOwner, openSocketTo } from "./defined-object.ts";
import { addressOf, between, MODES, objectOf, ringAlarm } from "./object.ts";

afterEach(() => void vi.useRealTimers());

const seconds = (fromNow: number) => Math.ceil(Date.now() / 1000) + fromNow;

function passTime(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
}

function alarmOf(owner: string): Promise<number | null> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => storage.getAlarm());
}

describe.each(MODES)("a socket whose token expires (%s)", (mode) => {
  it("is closed with 4401 by the alarm, its feed passes on, and others stay", async () => {
    const owner = await definedOwner();
    const expires = seconds(60);
    const supplier = await openSocketTo(owner, { permissions: { Feeds: ["asx"] }, expires });
    const standby = await openSocketTo(owner, { permissions: { Feeds: ["asx"] } });
    expect(await supplier.open("asx")).toBe(0);
    supplier.feed("asx", "Action", 1, deposit(owner, "D1", 1));
    await supplier.synchronise();
    expect(await standby.open("asx")).toBeUndefined();
    await between(mode, owner);
    passTime(61_000);
    expect(await ringAlarm(owner)).toBe(true);
    expect((await supplier.untilClosed()).code).toBe(4401);
    const resume = await standby.until(({ Feed }) => Feed?.Type === "FeedEventType_Resume");
    expect(resume.Feed?.Position?.Position).toBe(1);
    await between(mode, owner);
    standby.feed("asx", "Action", 2, deposit(owner, "D2", 1));
    await standby.synchronise();
    expect(standby.closed).toBeUndefined();
  });

  it("has the alarm set for what comes first, the token or an order's timer, whichever came last", async () => {
    const owner = await definedOwner();
    const expires = seconds(100);
    const adapter = await openSocketTo(owner, { permissions: { Feeds: ["asx"] }, expires });
    expect(await alarmOf(owner)).toBe(expires * 1000);
    await between(mode, owner);
    await adapter.open("asx");
    const removal = (fromNow: number) => ({ RemoveAfter: new Date(seconds(fromNow) * 1000).toISOString() });
    adapter.feed("asx", "Action", 1, update(owner, "O1", removal(200)));
    await adapter.synchronise();
    expect(await alarmOf(owner)).toBe(expires * 1000);
    await between(mode, owner);
    const due = seconds(50);
    adapter.feed("asx", "Action", 2, update(owner, "O2", { RemoveAfter: new Date(due * 1000).toISOString() }));
    await adapter.synchronise();
    expect(await alarmOf(owner)).toBe(due * 1000);
    await between(mode, owner);
    await openSocketTo(owner, { expires: seconds(150) });
    expect(await alarmOf(owner)).toBe(due * 1000);
    await openSocketTo(owner, { expires: due - 10 });
    expect(await alarmOf(owner)).toBe((due - 10) * 1000);
  });

  it("is closed at its next frame when no alarm has gone off", async () => {
    const owner = await definedOwner();
    const socket = await openSocketTo(owner, { permissions: { Feeds: ["asx"] }, expires: seconds(60) });
    await between(mode, owner);
    passTime(61_000);
    socket.feed("asx", "Open");
    expect((await socket.untilClosed()).code).toBe(4401);
    const { body } = await objectOf(owner).record(addressOf(owner), { kind: "feed", parts: ["asx"] });
    expect(body).toBeUndefined();
  });
});

describe("a socket that is refused by the object", () => {
  it("is told why, by status and code, and leaves nothing behind", async () => {
    const owner = await definedOwner();
    const refused = async (call: Parameters<typeof askForSocket>[1]) => {
      const answer = await askForSocket(owner, call);
      return [answer.status, await answer.json()];
    };
    expect(await refused({ expires: seconds(-1) })).toEqual([401, ["Unauthenticated"]]);
    const Metadata = { note: "x".repeat(LIMITS.ATTACHMENT_BYTES) };
    expect(await refused({ permissions: { Metadata } })).toEqual([422, ["Subscription.TooLarge"]]);
    expect(await runInDurableObject(objectOf(owner), (_, state) => state.getWebSockets().length)).toBe(0);
    expect(await alarmOf(owner)).toBeNull();
  });
});

describe.each(MODES)("metadata (%s)", (mode) => {
  it("is a view with a snapshot of what is in effect, and events of what an adapter defines", async () => {
    const owner = await definedOwner(
      status("Pending"),
      exchange("ASX", "system"),
      exchange("NZX", "system"),
      exchange("NZX", "feed", "ownExchange"),
    );
    const adapter = await openSocketTo(owner, { permissions: { Feeds: ["asx"] } });
    await adapter.open("asx");
    const account = (AccountID: string) => ({
      Operation: { Type: "DefineAccount", AccountDetails: { Account: { AccountID, OwnerID: owner } } },
    });
    adapter.feed("asx", "Operation", 1, account("A"));
    await adapter.synchronise();
    await between(mode, owner);
    const client = await openSocketTo(owner);
    client.send({ Type: "Subscribe", Subscription: { Type: "Metadata" } });
    await client.synchronise();
    await between(mode, owner);
    adapter.feed("asx", "Operation", 2, account("B"));
    await adapter.synchronise();
    await client.synchronise();
    expect(client.errors).toEqual([]);
    expect(
      client.events.map(({ Operation }) => [
        Operation?.Type?.slice("OperationType_".length),
        Operation?.OwnerDetails?.OwnerID ??
          Operation?.RequestStatus?.Code ??
          Operation?.ExchangeDetails?.Metadata?.of ??
          Operation?.AccountDetails?.Account?.AccountID,
      ]),
    ).toEqual([
      ["DefineOwner", owner],
      ["DefineRequestStatus", "Pending"],
      ["DefineExchange", "system"],
      ["DefineExchange", "feed"],
      ["DefineAccount", "A"],
      ["DefineAccount", "B"],
    ]);
    expect(client.received.at(-2)?.Position).toMatchObject({ Sequence: "asx", Position: 2 });
  });

  it("is read as at a time or a position, and the answer says which moment that was", async () => {
    const owner = await definedOwner(exchange("ASX", "system"));
    const adapter = await openSocketTo(owner, { permissions: { Feeds: ["asx"] } });
    await adapter.open("asx");
    for (const position of [1, 2, 3]) {
      adapter.feed("asx", "Action", position, deposit(owner, `D${position}`, 10));
      await adapter.synchronise();
    }
    await between(mode, owner);
    const address = addressOf(owner);
    const balance = async (asAt?: { at: number } | { sequence: string; position: number }) => {
      const question = { ...(asAt !== undefined && { asAt }) };
      const one = await objectOf(owner).record(address, { kind: "balance", parts: ["A", "AUD"], ...question });
      const list = await objectOf(owner).list(address, { kind: "balance", ...question });
      const [listed] = JSON.parse(await new Response(list.body).text());
      expect(list.at).toBe(one.at);
      expect(listed).toEqual(one.body === undefined ? undefined : JSON.parse(one.body));
      return { at: one.at, balance: listed?.Balance };
    };
    const head = await balance();
    expect(head.balance).toBe(30);
    expect(await balance({ at: head.at + 1e9 })).toEqual(head);
    expect(await balance({ at: 1 })).toEqual({ at: 1, balance: undefined });
    for (const position of [0, 1, 2]) {
      const then = await balance({ sequence: "asx", position });
      expect(then.balance).toBe(position === 0 ? undefined : 10 * position);
      expect(await balance({ at: then.at })).toEqual(then);
    }
    expect(await balance({ sequence: "asx", position: 3 })).toEqual(head);
  });
});

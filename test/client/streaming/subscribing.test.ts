import { describe, expect, it } from "vitest";
import type { Change, ViewName } from "../../../src/client/index.ts";
import { LinkedWorld } from "./support/engine-link.ts";
import { settled } from "./support/fake-clock.ts";
import { balance, balanceGone, outcomeOf, ScriptedServer } from "./support/scripted.ts";

const at = (Sequence: string, Position: number) => ({ Position: { Sequence, Position } });

/** What a consumer makes of changes: from what to what each balance went. */
function told(changes: readonly Change<"Balances">[]): readonly string[] {
  return changes.map(
    ({ before, after, joined }) =>
      `${(after ?? before)?.Account?.AccountID} ${before?.Balance ?? "-"} ${after?.Balance ?? "-"}${joined > 0 ? ` of ${joined}` : ""}`,
  );
}

/** Takes as many changes as there are. */
async function taken<Name extends ViewName>(iterator: AsyncIterator<Change<Name>>, count: number) {
  const changes: Change<Name>[] = [];
  for (let taken = 0; taken < count; taken++) {
    const { done, value } = await iterator.next();
    if (done !== true) changes.push(value);
  }
  return changes;
}

async function liveBalances(options = {}) {
  const server = new ScriptedServer({ backoff: { first: 0 } });
  await server.accept();
  const subscription = server.session.subscribe("Balances", {}, options);
  const changes: Change<"Balances">[][] = [];
  subscription.onChange((batch) => void changes.push([...batch]));
  await server.show([balance("A", 1), balance("B", 2)], { asx: 3 });
  return { server, subscription, changes };
}

describe("a subscription", () => {
  it("is ready with its snapshot, which is folded at once", async () => {
    const server = new ScriptedServer();
    await server.accept();
    const subscription = server.session.subscribe("Balances", { accounts: ["A", "B"] }, { window: 8 });
    expect(server.sent.at(-1).Subscription).toEqual({
      Type: "SubscriptionType_Balances",
      Targets: [{ Name: "Account", Values: ["XS/A", "XS/B"] }],
      Window: 8,
    });
    const RequestID = await server.grant();
    await server.tell("SnapshotStart", { Request: { RequestID }, Snapshot: { Positions: { asx: 3 } } });
    await server.tell("Update", { Updates: [balance("A", 1)] });
    expect(subscription.records.size).toBe(0);
    await server.tell("SnapshotFinish", { Request: { RequestID } });
    await subscription.ready;
    expect([...subscription.records.values()].map(({ Balance }) => Balance?.toString())).toEqual(["1"]);
    expect(subscription.positions).toEqual({ asx: 3 });
    expect(subscription.state.current).toEqual({ name: "live" });
  });

  it("folds a record that is split over frames when it is complete", async () => {
    const { server, subscription, changes } = await liveBalances();
    await server.tell("Update", { Updates: [balance("A", 10)] });
    expect(changes.length).toBe(1);
    await server.tell("Update", { ...at("asx", 4), Updates: [balance("B", 20)] });
    expect(changes.slice(1).map(told)).toEqual([["A 1 10", "B 2 20"]]);
    expect(changes[1]?.[0]).toMatchObject({ place: { sequence: "asx", position: 4 }, isSnapshot: false });
    expect(subscription.positions).toEqual({ asx: 4 });
  });

  it("forgets the beginning of a record when the connection goes, and resumes before it", async () => {
    const { server, subscription } = await liveBalances();
    await server.tell("Update", { Updates: [balance("A", 10)] });
    server.socket.lose(1006);
    expect(subscription.state.current).toEqual({ name: "behind" });
    await server.clock.pass(1);
    await server.accept();
    expect(server.sent.at(-1).Subscription.From).toEqual({ Positions: { asx: 3 } });
    const RequestID = await server.grant();
    await server.tell("Update", { ...at("asx", 4), Updates: [balanceGone("A"), balance("B", 20)] });
    expect([...subscription.records.keys()].length).toBe(1);
    await server.tell("Bookmark", { Request: { RequestID }, Snapshot: { Positions: { asx: 4, oms: 1 } } });
    expect(subscription.positions).toEqual({ asx: 4, oms: 1 });
    expect(subscription.state.current).toEqual({ name: "live" });
  });

  it("is told a snapshot that takes the place of another as the difference", async () => {
    const { server, subscription, changes } = await liveBalances();
    server.socket.lose(1006);
    await server.clock.pass(1);
    await server.accept();
    await server.show([balance("B", 2), balance("C", 3)], { asx: 1 });
    expect(changes.slice(1).map(told)).toEqual([["C - 3", "A 1 -"]]);
    expect(changes[1]?.every(({ isSnapshot }) => isSnapshot)).toBe(true);
    expect(subscription.positions).toEqual({ asx: 1 });
  });

  it.each<[string, (server: ScriptedServer) => Promise<void>]>([
    ["a position that comes twice", (server) => server.tell("Update", { ...at("asx", 3), Updates: [balance("A", 1)] })],
    ["a position that goes back", (server) => server.tell("Update", { ...at("asx", 2), Updates: [balance("A", 1)] })],
    ["a bookmark that goes back", (server) => server.tell("Bookmark", { Snapshot: { Positions: { asx: 2 } } })],
    ["a snapshot that nobody asked for", (server) => server.tell("SnapshotStart", { Snapshot: { Positions: {} } })],
    ["the end of no snapshot", (server) => server.tell("SnapshotFinish")],
    ["a replay that nobody asked for", (server) => server.tell("Update", { Position: { Position: 4 }, Updates: [] })],
    ["a frame that cannot be read", async (server) => server.socket.receive("{")],
    [
      "a record that is never complete",
      async (server) => {
        await server.tell("Update", { Updates: [balance("A", 1)] });
        await server.tell("Bookmark", { Snapshot: { Positions: { asx: 4 } } });
      },
    ],
  ])("refuses %s: the session ends and says so", async (_, act) => {
    const { server, subscription } = await liveBalances();
    const iterator = subscription[Symbol.asyncIterator]();
    await act(server);
    const state = server.session.state.current;
    expect(state).toMatchObject({ name: "closed", why: { isRetryable: false } });
    expect(subscription.state.current).toEqual(state);
    expect(await outcomeOf(iterator.next())).toBe(state.name === "closed" && state.why);
    expect([...subscription.records.values()].map(({ Balance }) => Balance?.toString())).toEqual(["1", "2"]);
  });

  it("that is refused ends alone", async () => {
    const { server, subscription } = await liveBalances();
    const refused = server.session.subscribe("Orders", { accounts: ["?"] });
    const next = server.session.subscribe("Holdings");
    const { RequestID } = server.sent.at(-1);
    await server.tell("Response", { Request: { RequestID, Errors: ["Field.Invalid Subscription.Targets"] } });
    expect(await outcomeOf(refused.ready)).toMatchObject({ kind: "refused" });
    await server.show([], { asx: 3 });
    expect([subscription, next].map(({ state }) => state.current.name)).toEqual(["live", "live"]);
  });

  it("joins what a slow consumer has not taken, by key, and loses nothing of it", async () => {
    const { server, subscription } = await liveBalances({ bufferedChanges: 2 });
    const iterator = subscription[Symbol.asyncIterator]();
    const steps = [
      balance("A", 10),
      balance("B", 20),
      balance("A", 11),
      balance("C", 5),
      balanceGone("C"),
      balance("A", 12),
    ];
    for (const [index, event] of steps.entries())
      await server.tell("Update", { ...at("asx", 4 + index), Updates: [event] });
    expect(told(await taken(iterator, 2))).toEqual(["B 2 20", "A 1 12 of 3"]);
    await server.tell("Update", { ...at("asx", 20), Updates: [balance("B", 21)] });
    expect(told(await taken(iterator, 1))).toEqual(["B 20 21"]);
  });

  it("without a replica drops the oldest that a slow consumer has not taken, and says how many", async () => {
    const server = new ScriptedServer();
    await server.accept();
    const subscription = server.session.subscribe("Transactions", {}, { bufferedChanges: 2 });
    const iterator = subscription[Symbol.asyncIterator]();
    await server.show([], { asx: 3 });
    for (let position = 4; position < 9; position++) {
      const Transaction = { Details: { TransactionID: `T${position}` } };
      await server.tell("Update", {
        ...at("asx", position),
        Updates: [{ Type: "UpdateEventType_Transaction", Transaction }],
      });
    }
    const changes = await taken(iterator, 2);
    expect(changes.map(({ after, missed }) => [after?.Details?.TransactionID, missed])).toEqual([
      ["T7", 3],
      ["T8", 0],
    ]);
  });

  it("without a replica says that it missed who knows how much when it had to begin anew", async () => {
    const server = new ScriptedServer({ backoff: { first: 0 } });
    await server.accept();
    const subscription = server.session.subscribe("Transactions");
    const iterator = subscription[Symbol.asyncIterator]();
    await server.show([], { asx: 3 });
    server.socket.lose(1006);
    await server.clock.pass(1);
    await server.accept();
    await server.show([], { asx: 1 });
    expect(await taken(iterator, 1)).toMatchObject([{ missed: Number.POSITIVE_INFINITY }]);
  });

  it("acknowledges each half window, when its consumer has taken what came", async () => {
    const server = new ScriptedServer();
    await server.accept();
    const subscription = server.session.subscribe("Balances", {}, { window: 4 });
    const iterator = subscription[Symbol.asyncIterator]();
    await server.show([balance("A", 1)], { asx: 3 });
    const acknowledged = () =>
      server.sent.filter(({ Type }) => Type === "RequestMessageType_Acknowledge").map(({ Received }) => Received);
    expect(acknowledged()).toEqual([2]);
    const one = await iterator.next();
    expect(one.done).toBe(false);
    await server.tell("Update", { ...at("asx", 4), Updates: [balance("A", 2), balance("B", 2)] });
    await iterator.next();
    await iterator.next();
    expect(acknowledged()).toEqual([2]);
    void iterator.next();
    await settled();
    expect(acknowledged()).toEqual([2, 4]);
  });

  it("is unsubscribed when it is closed, unless another is alike", async () => {
    const { server, subscription } = await liveBalances();
    const alike = server.session.subscribe("Balances");
    await server.show([balance("A", 1), balance("B", 2)], { asx: 3 });
    alike.close();
    expect(server.sent.at(-1).Type).toBe("RequestMessageType_Subscribe");
    await server.tell("Update", { ...at("asx", 4), Updates: [balance("A", 10)] });
    expect(alike.positions).toEqual({ asx: 3 });
    expect(subscription.positions).toEqual({ asx: 4 });
    subscription.close();
    expect(server.sent.at(-1)).toMatchObject({
      Type: "RequestMessageType_Unsubscribe",
      Subscription: { Type: "SubscriptionType_Balances" },
    });
    expect(await outcomeOf(subscription.reached("asx", 5))).toMatchObject({ kind: "closed" });
  });

  it("ends the iteration when it is closed, and when the consumer stops", async () => {
    const { server, subscription } = await liveBalances();
    const reading = (async () => {
      for await (const { key } of subscription) return key;
      return "the end";
    })();
    await server.tell("Update", { ...at("asx", 4), Updates: [balance("A", 10)] });
    expect(await reading).toContain("AUD");
    const again = (async () => {
      for await (const { key } of subscription) return key;
      return "the end";
    })();
    subscription.close();
    expect(await again).toBe("the end");
  });

  it("shows orders in one view alone, since of an order only the server knows the feed", async () => {
    const server = new ScriptedServer();
    expect(() => server.session.subscribe("Feed")).toThrow("needs to be told");
    server.session.subscribe("Feed", { feeds: ["asx"] });
    expect(() => server.session.subscribe("Orders")).toThrow("session of its own");
    expect(server.session.subscribe("Balances").view).toBe("Balances");
  });

  it("gets a snapshot when the log does not know its positions", async () => {
    const linked = new LinkedWorld();
    const { session } = linked.session();
    const resumed = session.subscribe("Metadata", {}, { from: { asx: 4711 } });
    await linked.settle();
    expect(resumed.state.current).toEqual({ name: "live" });
    expect([...resumed.records.values()].map(({ kind }) => kind)).toContain("owner");
    expect(resumed.positions).not.toHaveProperty("asx");
  });
});

/** A feed's journal and its conversation, against an Owner's real engine. */
import { describe, expect, it } from "vitest";
import type { Feed, FeedOptions, FeedUpdate, OmsError } from "../../../src/client/index.ts";
import type { At } from "../../../src/domain/records.ts";
import { decode } from "../../../src/protocol/codec.ts";
import { Refusal } from "../../../src/protocol/errors.ts";
import { ExternalAction } from "../../../src/protocol/messages/index.ts";
import { deposit, order } from "../../owner/actions.ts";
import { askByCall, newOrder, openRequests, responseOf, tradingWorld } from "../../owner/asking.ts";
import { type Asked, ask } from "../../owner/questions.ts";
import { OWNER } from "../../owner/world.ts";
import { type LinkedSession, LinkedWorld } from "./support/engine-link.ts";
import { settled } from "./support/fake-clock.ts";
import { outcomeOf, ScriptedServer } from "./support/scripted.ts";

function action(content: { readonly Action: object }): FeedUpdate {
  return { Action: decode(ExternalAction, content.Action) };
}

const cash = (id: string, value = 1) => action(deposit(OWNER, id, value));
const orderUpdate = (orderId: string, change = {}) =>
  action({ Action: { Type: "Update", Order: order(OWNER, orderId, { Exchange: "asx", ...change }) } });

const BEGINNING = 0 as At;

interface Opened {
  readonly linked: LinkedWorld;
  readonly link: LinkedSession;
  readonly feed: Feed;
}

async function opened(options: FeedOptions = {}): Promise<Opened> {
  const linked = new LinkedWorld();
  const link = linked.session(["asx"]);
  const feed = link.session.feed("asx", options);
  await linked.settle();
  return { linked, link, feed };
}

/** The feed's records: their positions, with what was wrong with them. */
function logged({ world }: LinkedWorld) {
  return [...world.store.records(BEGINNING, world.store.head().at)]
    .map(({ text }) => JSON.parse(text))
    .filter(({ Sequence }) => Sequence === "asx")
    .map(({ Position, Errors }) => (Errors === undefined ? Position : `${Position} ${Errors}`));
}

describe("a feed's journal", () => {
  it("resolves what is submitted when it is durable, and not before", async () => {
    const { linked, link, feed } = await opened();
    expect(await feed.supplying).toEqual({ position: 0, configuration: undefined });
    const outcomes: string[] = [];
    void feed.submit(3, cash("D1")).then(() => outcomes.push("durable"));
    await settled();
    linked.world.settle();
    await settled();
    expect([outcomes, feed.unacknowledged]).toEqual([[], 1]);
    link.deliver(9);
    await settled();
    expect([outcomes, feed.unacknowledged, feed.durable]).toEqual([["durable"], 0, 3]);
  });

  it("rejects what the rules refuse, and goes on", async () => {
    const { linked, feed } = await opened();
    const updates = [cash("D0"), cash("D1", 2), cash("D1", 3)];
    const outcomes = Promise.all(updates.map((update, index) => outcomeOf(feed.submit(index + 1, update))));
    await linked.settle();
    const [first, second, third] = await outcomes;
    expect([first, second]).toEqual([undefined, undefined]);
    expect(third).toMatchObject({ kind: "refused", codes: ["Transaction.Conflict D1"], isRetryable: false });
    expect(logged(linked)).toEqual([1, 2, "3 Transaction.Conflict D1"]);
    expect(feed.state.current).toEqual({ name: "supplying" });
  });

  it("tells refusals to who would rather hear of them than await each update", async () => {
    const refusals: [number, readonly string[]][] = [];
    const onRefusal = (position: number, { codes }: OmsError) => void refusals.push([position, codes]);
    const { linked, feed } = await opened({ onRefusal });
    void feed.submit(1, cash("D1"));
    void feed.submit(2, cash("D1", 2));
    await linked.settle();
    expect(refusals).toEqual([[2, ["Transaction.Conflict D1"]]]);
  });

  it("sends again what was cut off, and nothing twice", async () => {
    const { linked, link, feed } = await opened();
    const all = [feed.submit(1, cash("D1")), feed.submit(2, cash("D2"))];
    linked.world.settle();
    // Both are durable, and nobody here has heard of it.
    link.cut();
    all.push(feed.submit(5, cash("D5")));
    expect(feed.state.current).toEqual({ name: "opening" });
    await linked.settle();
    await Promise.all(all);
    expect(logged(linked)).toEqual([1, 2, 5]);
    expect(link.connections).toBe(2);
  });

  it("opens again by itself when a frame was not taken", async () => {
    const { linked, feed } = await opened();
    linked.world.data.failure = new Refusal("Storage.Full");
    const durable = feed.submit(1, cash("D1"));
    await settled();
    linked.world.settle();
    await linked.settle();
    expect(feed.state.current).toEqual({ name: "opening" });
    linked.world.data.failure = undefined;
    await linked.clock.pass(10_000);
    await linked.settle();
    await durable;
    expect(logged(linked)).toEqual([1]);
  });

  it.each<[string, FeedOptions]>([
    ["updates", { unacknowledgedUpdates: 2 }],
    ["characters", { unacknowledgedLength: 500 }],
  ])("is ready while there is room for more %s", async (_, options) => {
    const { linked, feed } = await opened(options);
    await feed.ready();
    void feed.submit(1, cash("D1"));
    await feed.ready();
    void feed.submit(2, cash("D2"));
    let isReady = false;
    const ready = feed.ready().then(() => {
      isReady = true;
    });
    await settled();
    expect(isReady).toBe(false);
    await linked.settle();
    await ready;
  });

  it("says where the server is to one that begins, and takes what it has already as done", async () => {
    const { linked, link, feed } = await opened();
    void feed.submit(7, { ...cash("D1") });
    await linked.settle();
    link.session.close();
    const next = linked.session(["asx"]).session.feed("asx");
    await linked.settle();
    expect(await next.supplying).toMatchObject({ position: 7 });
    await next.submit(7, cash("D1"));
    expect(await outcomeOf(next.submit(0, cash("D0")))).toBeInstanceOf(RangeError);
    void next.submit(9, cash("D9"));
    expect(await outcomeOf(next.submit(8, cash("D8")))).toBeInstanceOf(RangeError);
  });

  it("passes over what is of no interest to this Owner with a bookmark", async () => {
    const { linked, feed } = await opened();
    const durable = feed.bookmark(40);
    await linked.settle();
    await durable;
    expect([feed.durable, logged(linked)]).toEqual([40, []]);
  });

  it("refuses what can never be taken before it is sent", async () => {
    const { feed } = await opened();
    const Text = "x".repeat(300_000);
    const Status = { FeedID: "asx" };
    const update: FeedUpdate = { Status, Configuration: { Name: Text } };
    expect(await outcomeOf(feed.submit(1, update))).toMatchObject({ codes: ["Message.TooLarge"] });
    expect(feed.unacknowledged).toBe(0);
  });

  it("drains and closes the feed, so that it counts as closed and not as lost", async () => {
    const { linked, feed } = await opened();
    void feed.submit(1, cash("D1"));
    const closing = feed.close();
    await linked.settle();
    await closing;
    expect(feed.state.current).toEqual({ name: "closed" });
    const [status] = [...linked.world.store.list("feed", {})].map(({ body }) => JSON.parse(body));
    expect(status).toMatchObject({ FeedID: "asx", Status: "CONNECTIONSTATUS_CLOSED" });
    expect(await outcomeOf(feed.submit(2, cash("D2")))).toMatchObject({ kind: "closed" });
  });

  it("that its identity may not supply ends at once, and the session goes on", async () => {
    const linked = new LinkedWorld();
    const { session } = linked.session([]);
    const feed = session.feed("asx");
    await linked.settle();
    expect(await outcomeOf(feed.supplying)).toMatchObject({ codes: ["Authority asx"] });
    expect(session.state.current.name).toBe("live");
  });
});

describe("a server that has forgotten", () => {
  const feedEvent = (server: ScriptedServer, Type: string, Position: number) =>
    server.tell("Feed", { Feed: { Type: `FeedEventType_${Type}`, Position: { Sequence: "asx", Position } } });
  const positions = (server: ScriptedServer) => server.sent.slice(1).map(({ Feed }) => Feed.Position.Position);

  async function forgetful(
    optionsOf: (feed: () => Feed) => FeedOptions,
  ): Promise<{ server: ScriptedServer; feed: Feed; last: Promise<void> }> {
    const server = new ScriptedServer({ backoff: { first: 0 } });
    const feed: Feed = server.session.feed(
      "asx",
      optionsOf(() => feed),
    );
    await server.accept();
    await feedEvent(server, "Resume", 0);
    for (const position of [1, 2]) feed.submit(position, cash(`D${position}`)).catch(() => undefined);
    await feedEvent(server, "Bookmark", 2);
    const last = feed.submit(4, cash("D4"));
    last.catch(() => undefined);
    server.socket.lose(1006);
    await server.clock.pass(1);
    await server.accept();
    await feedEvent(server, "Resume", 1);
    return { server, feed, last };
  }

  it("is sent it again by the adapter, before what is under way", async () => {
    const proceed = Promise.withResolvers<void>();
    const asked: number[] = [];
    const again: Promise<void>[] = [];
    const { server, last } = await forgetful((feed) => ({
      onResume: async (position) => {
        asked.push(position);
        again.push(feed().submit(2, cash("D2")));
        await proceed.promise;
        again.push(feed().submit(3, cash("D3")));
      },
    }));
    expect([asked, positions(server)]).toEqual([[1], [2]]);
    proceed.resolve();
    await settled();
    expect(positions(server)).toEqual([2, 3, 4]);
    await feedEvent(server, "Bookmark", 4);
    await Promise.all([...again, last]);
  });

  it("ends the feed when the adapter cannot", async () => {
    const { feed, last } = await forgetful(() => ({}));
    expect(feed.state.current).toMatchObject({ name: "closed", why: { kind: "forgotten" } });
    expect(await outcomeOf(last)).toMatchObject({ kind: "forgotten" });
  });
});

describe("several instances of an adapter", () => {
  it("stand by, and take over from where the other one was", async () => {
    const { linked, link, feed } = await opened({ agent: "one" });
    const events: string[] = [];
    const other = linked.session(["asx"]).session.feed("asx", {
      agent: "two",
      onStandby: () => void events.push("standby"),
      onSupply: ({ position }) => void events.push(`supplies from ${position}`),
    });
    void feed.submit(1, cash("D1"));
    await linked.settle();
    expect([events, other.state.current.name]).toEqual([["standby"], "standby"]);
    const supplying = other.supplying;
    link.session.close();
    await linked.settle();
    expect(await supplying).toMatchObject({ position: 1 });
    expect(events).toEqual(["standby", "supplies from 1"]);
  });

  it("supersede their own older self, which ends", async () => {
    const { linked, link, feed } = await opened({ agent: "one" });
    const other = linked.session(["asx"]).session.feed("asx", { agent: "one" });
    await linked.settle();
    expect(feed.state.current).toMatchObject({ name: "closed", why: { kind: "superseded", isRetryable: false } });
    expect(other.state.current).toEqual({ name: "supplying" });
    expect(link.session.state.current.name).toBe("live");
    expect(link.session.feed("asx", { agent: "three" }).name).toBe("asx");
  });

  it("leave the feed again when they are given it after they were closed", async () => {
    const { linked, link } = await opened({ agent: "one" });
    const second = linked.session(["asx"]).session.feed("asx", { agent: "two" });
    await linked.settle();
    await second.close();
    link.session.close();
    await linked.settle();
    const [status] = [...linked.world.store.list("feed", {})].map(({ body }) => JSON.parse(body));
    expect(status).toMatchObject({ Status: "CONNECTIONSTATUS_CLOSED" });
  });
});

describe("requests and questions", () => {
  async function trading(options: FeedOptions): Promise<Opened> {
    const linked = new LinkedWorld(tradingWorld());
    const link = linked.session(["asx"]);
    const feed = link.session.feed("asx", options);
    await linked.settle();
    return { linked, link, feed };
  }

  it("a request is answered with its outcome, behind the order that it became", async () => {
    const { linked, link, feed } = await trading({
      onRequest: ({ RequestID = "" }) => {
        void feed.submit(1, orderUpdate(`O-${RequestID}`, { RequestID }));
        return { Status: "Completed", OrderID: `O-${RequestID}` };
      },
    });
    const called = askByCall(linked.world, newOrder("R1"));
    await linked.settle();
    expect(responseOf(called)).toMatchObject({ RequestID: "R1", OrderID: "O-R1", Status: "Completed" });
    expect(logged(linked)).toEqual([1]);
    expect(link.connections).toBe(1);
  });

  it("an adapter without a handler takes no requests", async () => {
    const { linked } = await trading({});
    const called = askByCall(linked.world, newOrder("R1"));
    await linked.settle();
    expect(responseOf(called)).toMatchObject({ Status: "Rejected", Errors: ["Route.Market asx"] });
  });

  it("an outcome that was lost with the connection is told again, and the request is taken once", async () => {
    const taken: string[] = [];
    const decided = Promise.withResolvers<void>();
    const { linked, link } = await trading({
      onRequest: async ({ RequestID = "" }) => {
        taken.push(RequestID);
        await decided.promise;
        return { Status: "Completed", OrderID: "O1" };
      },
    });
    const called = askByCall(linked.world, newOrder("R1"));
    linked.world.settle();
    link.deliver(99);
    link.cut();
    decided.resolve();
    await linked.settle();
    expect(taken).toEqual(["R1"]);
    expect(responseOf(called)).toMatchObject({ Status: "Completed", OrderID: "O1" });
  });

  it("what nobody has answered is offered to the next instance, once; what never came is sent once more", async () => {
    const { linked, link } = await trading({ onRequest: () => new Promise(() => {}) });
    const calls = ["R1", "R2", "R3"].map((id) => askByCall(linked.world, newOrder(id)));
    await linked.settle();
    link.session.close();
    const offered: string[] = [];
    const taken: string[] = [];
    const next = linked.session(["asx"]);
    next.session.feed("asx", {
      onReconcile: ({ Request: { RequestID = "" } = {} }) => {
        offered.push(RequestID);
        if (RequestID === "R1") return { Status: "Completed", OrderID: "O1" };
        return RequestID === "R2" ? { Errors: ["Request.Unknown"] } : undefined;
      },
      onRequest: ({ RequestID = "" }) => {
        taken.push(RequestID);
        return { Status: "Completed", OrderID: "O2" };
      },
    });
    await linked.settle();
    expect([offered.sort(), taken]).toEqual([["R1", "R2", "R3"], ["R2"]]);
    expect(calls.map(responseOf)).toMatchObject([{ OrderID: "O1" }, { OrderID: "O2" }, undefined]);
    expect(openRequests(linked.world)).toEqual(["R3 Submitted"]);
  });

  it("a handler that throws leaves the request open, and says so", async () => {
    const errors: unknown[] = [];
    const { linked } = await trading({
      onRequest: () => {
        throw new Error("the exchange is down");
      },
      onError: (error) => void errors.push(error),
    });
    askByCall(linked.world, newOrder("R1"));
    await linked.settle();
    expect(errors).toMatchObject([{ message: "the exchange is down" }]);
    expect(openRequests(linked.world)).toEqual(["R1 Submitted"]);
  });

  it("a question is answered, or told that nobody answers such", async () => {
    const { linked, feed } = await trading({
      onQuery: ({ Parameters }) => ({ Parameters: { Bid: "1", ...Parameters } }),
    });
    const asked = ask(linked.world, { Tag: "mine", Parameters: { Code: "BHP" } });
    await linked.settle();
    expect(answerOf(asked)).toMatchObject({ Type: "Depth", Tag: "mine", Parameters: { Bid: "1", Code: "BHP" } });
    const closing = feed.close();
    await linked.settle();
    await closing;
    linked.session(["asx"]).session.feed("asx");
    await linked.settle();
    const again = ask(linked.world);
    await linked.settle();
    expect(answerOf(again)).toMatchObject({ Errors: ["Operation Depth"] });
  });
});

/** What who asked a question was answered. */
function answerOf({ answer }: Asked): unknown {
  return answer === undefined || "errors" in answer ? answer : JSON.parse(answer.response);
}

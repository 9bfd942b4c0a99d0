import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit } from "./actions.ts";
import { GENERATION } from "./defined.ts";
import { type Asked, answeredWith, ask, questionsTo, refusedWith, reply, settled } from "./questions.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

/** A world with an adapter that supplies the feed `asx`, and may supply `nzx`. */
function supplied(agent = ""): { readonly world: World; readonly adapter: PlayedSocket } {
  const world = new World();
  const adapter = world.connect({ feeds: ["asx", "nzx"] });
  world.feed(adapter, "Open", undefined, { Configuration: { Agent: agent } });
  world.settle();
  return { world, adapter };
}

/** Everything that is kept of an Owner beside what is in memory. */
function kept({ data, alarms }: World): string {
  return JSON.stringify([data, alarms], (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

describe("a question to an adapter", () => {
  it("is put to the socket that supplies the feed, under the server's own number, and answered as the adapter says", async () => {
    const { world, adapter } = supplied();
    const other = world.connect({ feeds: ["nzx"] });
    const asked = ask(world, { Tag: "mine", Parameters: { Code: "BHP" }, QueryData: "aGVsbG8=" });
    await settled(world);
    expect(adapter.messages.at(-1)).toEqual({
      Type: "EventMessageType_Feed",
      Feed: {
        Type: "FeedEventType_Query",
        RequestID: expect.any(Number),
        Position: { Sequence: "asx" },
        Query: { Type: "Depth", Tag: "mine", Parameters: { Code: "BHP" }, QueryData: "aGVsbG8=" },
      },
    });
    expect(other.frames).toEqual([]);
    expect(asked.answer).toBeUndefined();
    const response = { Type: "Depth", Tag: "yours", Parameters: { Bid: "45.10" }, QueryData: "d29ybGQ=" };
    reply(world, adapter, response);
    await settled(world);
    expect(asked.answer).toEqual(answeredWith(response));
    expect(adapter.errors).toEqual([]);
  });

  it("is passed on with the adapter's errors in the adapter's own words, and with whatever else it says", async () => {
    const { world, adapter } = supplied();
    const asked = ask(world);
    await settled(world);
    const response = { Errors: ["no such thing", "Retry"], QueryData: "AAAA" };
    reply(world, adapter, response);
    await settled(world);
    expect(asked.answer).toEqual(answeredWith(response));
  });

  it("leaves no trace: no record, no position, no alarm, no acknowledgement, nothing that keeps the object awake", async () => {
    const { world, adapter } = supplied();
    const before = kept(world);
    const said = adapter.frames.length;
    ask(world);
    await settled(world);
    expect(world.timeouts.size).toBe(1);
    reply(world, adapter, {});
    await settled(world);
    expect(world.timeouts.size).toBe(0);
    expect(kept(world)).toBe(before);
    expect(adapter.frames.length).toBe(said + 1);
  });

  it("is one of many, which are answered in any order", async () => {
    const { world, adapter } = supplied();
    const asked = ["a", "b", "c"].map((Tag) => ask(world, { Tag }));
    await settled(world);
    const questions = questionsTo(adapter);
    expect(questions.map(({ Query }) => Query.Tag)).toEqual(["a", "b", "c"]);
    expect(new Set(questions.map(({ RequestID }) => RequestID)).size).toBe(3);
    for (const { RequestID, Query } of [...questions].reverse()) {
      reply(world, adapter, { Tag: `to ${Query.Tag}` }, RequestID);
    }
    await settled(world);
    expect(asked.map(({ answer }) => answer)).toEqual(["a", "b", "c"].map((tag) => answeredWith({ Tag: `to ${tag}` })));
  });

  it("is answered in its order with the feed's updates: what the adapter sent before is durable by then", async () => {
    const { world, adapter } = supplied();
    const asked = ask(world);
    await settled(world);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    reply(world, adapter, {});
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
    expect(world.store.head().positions.get("asx")).toBe(1);
  });

  it("is refused at once when nobody supplies the feed, or there is none of that name", async () => {
    const { world, adapter } = supplied();
    world.feed(adapter, "Close");
    world.settle();
    const [closed, unheard, own] = [ask(world), ask(world, {}, { feed: "lse" }), ask(world, {}, { feed: "oms" })];
    await settled(world);
    expect(closed.answer).toEqual(refusedWith("Feed.Offline asx"));
    expect(unheard.answer).toEqual(refusedWith("Unknown"));
    expect(own.answer).toEqual(refusedWith("Unknown"));
    expect(questionsTo(adapter)).toEqual([]);
    expect(world.timeouts.size).toBe(0);
  });

  it("is refused when the supplier's socket breaks as it is asked, and the fault is reported", async () => {
    const { world, adapter } = supplied();
    adapter.isBroken = true;
    const asked = ask(world);
    await settled(world);
    expect(asked.answer).toEqual(refusedWith("Feed.Offline asx"));
    expect(world.reported).toHaveLength(1);
    expect(world.timeouts.size).toBe(0);
  });

  it("is refused when the Owner is no more by the time that its turn has come", async () => {
    const { world, adapter } = supplied();
    const before = ask(world);
    await settled(world);
    void world.engine.retire({ ownerId: OWNER, generation: GENERATION }, true);
    const after = ask(world);
    await settled(world);
    expect(before.answer).toEqual(refusedWith("Feed.Lost asx"));
    expect(after.answer).toEqual(refusedWith("Owner.Unknown"));
    expect(questionsTo(adapter)).toHaveLength(1);
  });

  it("goes on when the storage is full: nothing of it is stored", async () => {
    const { world, adapter } = supplied();
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    const asked = ask(world);
    await settled(world);
    reply(world, adapter, {});
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
  });
});

describe("a question that is not answered", () => {
  const lost = refusedWith("Feed.Lost asx");

  it.each<[string, (world: World, adapter: PlayedSocket) => unknown]>([
    ["closes the feed", (world, adapter) => world.feed(adapter, "Close")],
    ["is gone", (world, adapter) => world.engine.lose(adapter.id)],
    [
      "sends a frame that is not taken",
      (world, adapter) => world.feed(adapter, "Action", undefined, deposit(OWNER, "D", 1)),
    ],
    [
      "sends a frame that cannot be read",
      (world, adapter) => world.send(adapter, { Type: "FeedRequest", Feed: { Prise: 1 } }),
    ],
    [
      "finds no room for a frame",
      (world, adapter) => {
        world.data.bytes = Number.MAX_SAFE_INTEGER;
        world.feed(adapter, "Action", 1, deposit(OWNER, "D", 1));
      },
    ],
    [
      "is gone while the storage is full",
      (world, adapter) => {
        world.data.bytes = Number.MAX_SAFE_INTEGER;
        world.engine.lose(adapter.id);
      },
    ],
    [
      "is superseded by a newer socket of the same agent",
      (world) =>
        world.feed(world.connect({ feeds: ["asx"] }), "Open", undefined, { Configuration: { Agent: "first" } }),
    ],
    [
      "may supply it no more",
      (world) => world.engine.admission.enforce({ source: "test", identity: "User:x", permissions: undefined }),
    ],
  ])("is told to be lost, at once, when its adapter %s", async (_, go) => {
    const { world, adapter } = supplied("first");
    const asked = [ask(world), ask(world)];
    await settled(world);
    expect(questionsTo(adapter)).toHaveLength(2);
    go(world, adapter);
    await settled(world);
    expect(asked.map(({ answer }) => answer)).toEqual([lost, lost]);
    expect(world.timeouts.size).toBe(0);
  });

  it("is told to be lost when its adapter's token expires", async () => {
    const world = new World();
    const expiring = world.connect({ feeds: ["asx"], expires: world.now + 1000 });
    world.open(expiring);
    const asked = ask(world);
    await settled(world);
    world.now += 1000;
    await world.ring();
    await settled(world);
    expect(asked.answer).toEqual(lost);
  });

  it("is not asked of the next who supplies the feed: it may have had effects already", async () => {
    const { world, adapter } = supplied();
    const standby = world.connect({ feeds: ["asx"] });
    world.open(standby);
    const asked = ask(world);
    await settled(world);
    world.engine.lose(adapter.id);
    await settled(world);
    expect(asked.answer).toEqual(lost);
    expect(standby.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
    expect(questionsTo(standby)).toEqual([]);
    const next = ask(world);
    await settled(world);
    reply(world, standby, {}, questionsTo(adapter)[0]?.RequestID);
    reply(world, standby, { Tag: "mine" });
    await settled(world);
    expect(standby.errors).toEqual([`Query.Unknown ${questionsTo(adapter)[0]?.RequestID}`]);
    expect(next.answer).toEqual(answeredWith({ Tag: "mine" }));
  });

  it("goes on when another feed of the same socket is closed, and when its own is opened again by the same", async () => {
    const { world, adapter } = supplied();
    world.feed(adapter, "Open", undefined, { Position: { Sequence: "nzx" } });
    world.settle();
    const asked = ask(world);
    await settled(world);
    world.feed(adapter, "Close", undefined, { Position: { Sequence: "nzx" } });
    world.feed(adapter, "Open");
    await settled(world);
    expect(asked.answer).toBeUndefined();
    reply(world, adapter, {});
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
  });

  it("is given up when its time is over, and not a millisecond before", async () => {
    const { world, adapter } = supplied();
    const first = ask(world);
    await settled(world);
    world.pass(1);
    const second = ask(world);
    await settled(world);
    world.pass(LIMITS.QUERY_TIMEOUT_MS - 2);
    await settled(world);
    expect([first.answer, second.answer]).toEqual([undefined, undefined]);
    world.pass(1);
    await settled(world);
    expect([first.answer, second.answer]).toEqual([refusedWith("Timeout asx"), undefined]);
    world.pass(1);
    await settled(world);
    expect(second.answer).toEqual(refusedWith("Timeout asx"));
    expect(world.timeouts.size).toBe(0);
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Query" });
  });

  it("is forgotten when its asker has gone: before it was put to the adapter it never is, later nothing waits for it", async () => {
    const { world, adapter } = supplied();
    const early = ask(world);
    world.engine.queries.forget(early.id);
    const late = ask(world, { Tag: "late" });
    await settled(world);
    expect(questionsTo(adapter).map(({ Query }) => Query.Tag)).toEqual(["late"]);
    world.engine.queries.forget("of nobody");
    expect(world.timeouts.size).toBe(1);
    world.engine.queries.forget(late.id);
    expect(world.timeouts.size).toBe(0);
    reply(world, adapter, {});
    await settled(world);
    expect(adapter.errors).toEqual([`Query.Unknown ${questionsTo(adapter)[0]?.RequestID}`]);
    expect([early.answer, late.answer]).toEqual([refusedWith("Timeout asx"), refusedWith("Timeout asx")]);
  });
});

describe("an answer", () => {
  async function outstanding() {
    const { world, adapter } = supplied();
    world.feed(adapter, "Open", undefined, { Position: { Sequence: "nzx" } });
    const asked = ask(world);
    await settled(world);
    const number = questionsTo(adapter)[0]?.RequestID ?? 0;
    return { world, adapter, asked, number };
  }

  it("to what is not, or no longer, open is told so, and harmless", async () => {
    const { world, adapter, asked, number } = await outstanding();
    const before = kept(world);
    reply(world, adapter, {}, number + 1);
    reply(world, adapter, {}, -1);
    reply(world, adapter, {}, number, "nzx");
    reply(world, adapter, { Tag: "first" }, number);
    reply(world, adapter, { Tag: "second" }, number);
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({ Tag: "first" }));
    expect(adapter.errors).toEqual([number + 1, -1, number, number].map((id) => `Query.Unknown ${id}`));
    expect(adapter.messages.at(-1)).toEqual({
      Type: "EventMessageType_Response",
      Request: { Type: "RequestMessageType_FeedRequest", Errors: [`Query.Unknown ${number}`] },
      Feed: { RequestID: number, Position: { Sequence: "asx" } },
    });
    expect(kept(world)).toBe(before);
  });

  it("of a socket that does not supply the feed is refused, whether it stands by or never opened it", async () => {
    const { world, asked, number } = await outstanding();
    const standby = world.connect({ feeds: ["asx"] });
    world.open(standby);
    const stranger = world.connect({ feeds: ["asx"] });
    const unnamed = world.connect();
    for (const socket of [standby, stranger, unnamed]) reply(world, socket, {}, number);
    await settled(world);
    const errors = [standby, stranger, unnamed].map((socket) => socket.errors);
    expect(errors).toEqual([["Feed.Suspended asx"], ["Feed.Suspended asx"], ["Authority asx"]]);
    expect(asked.answer).toBeUndefined();
  });

  it.each<[string, (number: number) => object, string]>([
    ["without a number", () => ({ QueryResponse: {} }), "Field.Missing Feed.RequestID"],
    ["without a content", (RequestID) => ({ RequestID }), "Field.Missing Feed.QueryResponse"],
    [
      "whose content cannot be read",
      (RequestID) => ({ RequestID, QueryResponse: { QueryData: "no base64" } }),
      "Field.Invalid Feed.QueryResponse.QueryData",
    ],
    [
      "with a field that is unknown",
      (RequestID) => ({ RequestID, QueryResponse: { Prise: 1 } }),
      "Field.Unknown Feed.QueryResponse.Prise",
    ],
    [
      "that is larger than a frame's message may be",
      (RequestID) => ({ RequestID, QueryResponse: { QueryData: "A".repeat(LIMITS.UPDATE_BYTES) } }),
      "Message.TooLarge",
    ],
    [
      "that is larger than an answer may be",
      (RequestID) => ({
        RequestID,
        QueryResponse: { QueryData: Buffer.alloc(LIMITS.QUERY_DATA_BYTES + 1).toString("base64") },
      }),
      "Message.TooLarge Feed.QueryResponse.QueryData",
    ],
  ])("%s is told so: the feed goes on, and the question may be answered again", async (_, content, error) => {
    const { world, adapter, asked, number } = await outstanding();
    const before = kept(world);
    for (const type of ["QueryResponse", 41]) {
      world.send(adapter, {
        Type: "FeedRequest",
        Feed: { Type: type, Position: { Sequence: "asx" }, ...content(number) },
      });
      await settled(world);
      const echo = Object.hasOwn(content(number), "RequestID") ? { RequestID: number } : {};
      expect(adapter.messages.at(-1)).toEqual({
        Type: "EventMessageType_Response",
        Request: { Type: "RequestMessageType_FeedRequest", Errors: [error] },
        Feed: { ...echo, Position: { Sequence: "asx" } },
      });
    }
    expect(asked.answer).toBeUndefined();
    expect(kept(world)).toBe(before);
    reply(world, adapter, {}, number);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
    expect(adapter.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 1 } });
  });

  it("with a position is taken, and its position is not: it acknowledges nothing", async () => {
    const { world, adapter, asked, number } = await outstanding();
    const said = adapter.frames.length;
    const Position = { Sequence: "asx", Position: 7 };
    world.feed(adapter, "QueryResponse", undefined, { RequestID: number, QueryResponse: {}, Position });
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
    expect(adapter.frames.length).toBe(said);
    expect(world.store.head().positions.get("asx")).toBeUndefined();
  });

  it("that was sent before its adapter left counts; one that comes after does not", async () => {
    const { world, adapter, asked, number } = await outstanding();
    const second = ask(world);
    await settled(world);
    reply(world, adapter, {}, number);
    world.feed(adapter, "Close");
    reply(world, adapter, {});
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
    expect(second.answer).toEqual(refusedWith("Feed.Lost asx"));
    expect(adapter.errors).toEqual(["Feed.Suspended asx"]);
  });

  it("to a question from before the object hibernated answers none from after it", async () => {
    const { world, adapter, number } = await outstanding();
    world.pass(LIMITS.QUERY_TIMEOUT_MS);
    world.wake();
    const asked = ask(world);
    await settled(world);
    reply(world, adapter, { Tag: "late" }, number);
    await settled(world);
    expect(adapter.errors).toEqual([`Query.Unknown ${number}`]);
    expect(asked.answer).toBeUndefined();
    reply(world, adapter, {});
    await settled(world);
    expect(asked.answer).toEqual(answeredWith({}));
  });
});

describe("how many questions are under way", () => {
  const FEEDS = Array.from(
    { length: LIMITS.QUERIES_PER_OWNER / LIMITS.QUERIES_PER_FEED + 1 },
    (_, index) => `f${index}`,
  );
  const retry = refusedWith("Retry");

  function many(): { readonly world: World; readonly adapter: PlayedSocket } {
    const world = new World();
    const adapter = world.connect({ feeds: FEEDS });
    for (const Sequence of FEEDS) world.feed(adapter, "Open", undefined, { Position: { Sequence } });
    world.settle();
    return { world, adapter };
  }

  const refusals = (asked: readonly Asked[]) => asked.filter(({ answer }) => answer !== undefined);

  it("is limited for a feed, and for all of an Owner: what is over the limit is told to come again, and never asked", async () => {
    const { world, adapter } = many();
    const asked = FEEDS.slice(0, -1).flatMap((feed) => {
      const ofFeed = Array.from({ length: LIMITS.QUERIES_PER_FEED }, () => ask(world, {}, { feed }));
      return ofFeed;
    });
    await settled(world);
    expect(refusals(asked)).toEqual([]);
    expect(questionsTo(adapter)).toHaveLength(LIMITS.QUERIES_PER_OWNER);
    const over = FEEDS.map((feed) => ask(world, {}, { feed }));
    await settled(world);
    expect(over.map(({ answer }) => answer)).toEqual(FEEDS.map(() => retry));
    // One answered makes room for one.
    reply(world, adapter, {}, questionsTo(adapter)[0]?.RequestID, "f0");
    await settled(world);
    const other = ask(world, {}, { feed: "f1" });
    const next = ask(world, {}, { feed: FEEDS.at(-1) ?? "" });
    await settled(world);
    expect([other.answer, next.answer]).toEqual([retry, undefined]);
    expect(questionsTo(adapter)).toHaveLength(LIMITS.QUERIES_PER_OWNER + 1);
  });

  it("counts those that have yet to be put to the adapter", async () => {
    const { world } = many();
    const asked = Array.from({ length: LIMITS.QUERIES_PER_FEED + 1 }, () => ask(world, {}, { feed: "f0" }));
    await settled(world);
    expect(asked.map(({ answer }) => answer)).toEqual([...Array(LIMITS.QUERIES_PER_FEED).fill(undefined), retry]);
  });

  it("is limited in characters, for a feed and for all of an Owner: at the limit, and one above", async () => {
    const { world, adapter } = many();
    const half = LIMITS.QUERIES_PER_FEED_CHARACTERS / 2;
    const sized = (characters: number) => JSON.stringify({ Type: "x".repeat(characters - '{"Type":""}'.length) });
    const filling = (feed: string, characters: number) => ask(world, {}, { feed, query: sized(characters) });
    const first = [filling("f0", half), filling("f0", half + 1), filling("f0", half)];
    await settled(world);
    expect(first.map(({ answer }) => answer)).toEqual([undefined, retry, undefined]);
    const perOwner = LIMITS.QUERIES_PER_OWNER_CHARACTERS / LIMITS.QUERIES_PER_FEED_CHARACTERS;
    const others = FEEDS.slice(1, perOwner).flatMap((feed) => [filling(feed, half), filling(feed, half)]);
    const last = FEEDS.at(perOwner) ?? "";
    const over = filling(last, 100);
    await settled(world);
    expect(refusals(others)).toEqual([]);
    expect(over.answer).toEqual(retry);
    expect(questionsTo(adapter)).toHaveLength(2 * perOwner);
  });
});

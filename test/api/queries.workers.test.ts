import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Owner } from "../../src/owner/owner.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { SYSTEM_NAME } from "../../src/system/rpc.ts";
import type { Client } from "../owner/client.ts";
import { MODES } from "../owner/object.ts";
import { type Answer, ask, someOwner, supply } from "../support/api.ts";
import { answerAll, questionsTo, reply } from "../support/questions.ts";
import { tokenFor } from "../support/token.ts";

const FEED = "asx";

afterEach(() => {
  vi.restoreAllMocks();
});

interface Setting {
  readonly owner: string;
  readonly adapter: Client;
}

/** An Owner whose feed is supplied. */
async function supplied(): Promise<Setting> {
  const owner = await someOwner();
  return { owner, adapter: await supply(owner, FEED, []) };
}

const claimsOf = (owner: string) => ({ owners: [owner], features: ["Query"] });

function get(owner: string, path = "Depth", headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask("GET", `/feed/byid/${FEED}/query/${path}`, { claims: claimsOf(owner), headers });
}

/** Posts bytes, or no body at all. */
async function post(owner: string, path: string, bytes: Uint8Array<ArrayBuffer> | undefined, type?: string) {
  const response = await exports.default.fetch(`http://oms.test/feed/byid/${FEED}/query/${path}`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${await tokenFor(claimsOf(owner))}`,
      ...(type !== undefined && { "Content-Type": type }),
    },
    ...(bytes !== undefined && { body: bytes }),
  });
  return { status: response.status, body: await response.json() };
}

async function objectOf(owner: string) {
  const entry = await env.SYSTEM.getByName(SYSTEM_NAME).find(owner);
  return env.OWNERS.getByName(entry?.object ?? "");
}

const BYTES = "application/octet-stream";

describe("a question by GET", () => {
  test("goes to the adapter with its type, tag and parameters, and the answer comes back as it is", async () => {
    const { owner, adapter } = await supplied();
    const answer = get(owner, "Market%20Depth?tag=a%2Fb&param[Code]=BHP&param[Levels]=5&param%5Ba%3Db%5D%5D=%E4%B8%AD");
    const [question] = await questionsTo(adapter, 1);
    expect(question).toEqual({
      Type: "FeedEventType_Query",
      RequestID: expect.any(Number),
      Position: { Sequence: FEED },
      Query: { Type: "Market Depth", Tag: "a/b", Parameters: { Code: "BHP", Levels: "5", "a=b]": "中" } },
    });
    const response = { Type: "Market Depth", Tag: "a/b", Parameters: { Bid: "45.10" }, QueryData: "AAEC" };
    reply(adapter, question ?? {}, response);
    const { status, body, headers } = await answer;
    expect([status, body]).toEqual([200, response]);
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(headers.get("Cache-Control")).toBe("no-store");
  });

  test("is one of several at once, which the adapter answers in its own order", async () => {
    const { owner, adapter } = await supplied();
    const tags = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const answers = tags.map((tag) => get(owner, `Depth?tag=${tag}`));
    const questions = await questionsTo(adapter, tags.length);
    for (const question of [...questions].reverse()) reply(adapter, question, { Tag: `to ${question.Query?.Tag}` });
    const bodies = (await Promise.all(answers)).map(({ body }) => body);
    expect(bodies).toEqual(tags.map((tag) => ({ Tag: `to ${tag}` })));
    expect(adapter.errors).toEqual([]);
  });

  test("is answered with 200 also when the adapter answers with errors: they are its own words", async () => {
    const { owner, adapter } = await supplied();
    const response = { Type: "Depth", Errors: ["unknown code: BHQ", "Authority"] };
    answerAll(adapter, () => response);
    const { status, body } = await get(owner);
    expect([status, body]).toEqual([200, response]);
  });

  test("is asked in whichever spelling of enums the adapter wants, and answered in the caller's", async () => {
    const { owner, adapter } = await supplied();
    answerAll(adapter, ({ Type }) => ({ Type }));
    expect((await get(owner, "Depth", { "X-OMS-Compact": "true" })).body).toEqual({ Type: "Depth" });
    const bad = await get(owner, "Depth", { "X-OMS-Compact": "perhaps" });
    expect([bad.status, bad.body]).toEqual([400, ["Field.Invalid X-OMS-Compact"]]);
  });

  test.each(["Admin", "Query"])(
    "needs one feature, and %s will do; which Owner is meant must be plain",
    async (feature) => {
      const { owner, adapter } = await supplied();
      answerAll(adapter, () => ({ Tag: "here" }));
      const path = `/feed/byid/${FEED}/query/Depth`;
      const both = { owners: [owner, "another"], features: [feature] };
      expect(await ask("GET", path, { claims: both })).toMatchObject({ status: 422, body: ["Field.Missing owner"] });
      expect(await ask("GET", `${path}?owner=${owner}`, { claims: both })).toMatchObject({
        status: 200,
        body: { Tag: "here" },
      });
    },
  );
});

describe("a question by POST", () => {
  test("carries any bytes there and back", async () => {
    const { owner, adapter } = await supplied();
    const bytes = Uint8Array.from({ length: 1021 }, (_, index) => (index * 7) % 256);
    answerAll(adapter, ({ QueryData = "" }) => ({ QueryData }));
    const encoded = btoa(String.fromCharCode(...bytes));
    expect(await post(owner, "Raw?tag=x&param[a]=b", bytes, BYTES)).toEqual({
      status: 200,
      body: { QueryData: encoded },
    });
    expect(adapter.feedEvents("Query")[0]?.Query).toEqual({
      Type: "Raw",
      Tag: "x",
      Parameters: { a: "b" },
      QueryData: encoded,
    });
  });

  test("may carry none, and may leave out what they are", async () => {
    const { owner, adapter } = await supplied();
    answerAll(adapter, ({ QueryData = "none" }) => ({ Tag: QueryData }));
    expect((await post(owner, "Raw", undefined)).body).toEqual({ Tag: "none" });
    expect((await post(owner, "Raw", new Uint8Array(), BYTES)).body).toEqual({ Tag: "none" });
    expect((await post(owner, "Raw", Uint8Array.of(1, 2, 3), undefined)).body).toEqual({ Tag: "AQID" });
  });

  test.each(["application/json", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream2"])(
    "415 for %s, and nobody is asked",
    async (type) => {
      const { owner, adapter } = await supplied();
      expect(await post(owner, "Raw", Uint8Array.of(1), type)).toEqual({ status: 415, body: ["Message.MediaType"] });
      await adapter.synchronise();
      expect(adapter.feedEvents("Query")).toEqual([]);
    },
  );
});

describe("how large a question may be: at the limit, and above", () => {
  const long = (characters: number) => "x".repeat(characters);
  const name = LIMITS.QUERY_NAME_CHARACTERS;
  const params = (count: number) => Array.from({ length: count }, (_, index) => `param[p${index}]=1`).join("&");

  test.each<[string, string, string, string]>([
    ["type", long(name), long(name + 1), "type"],
    ["tag", `T?tag=${long(name)}`, `T?tag=${long(name + 1)}`, "tag"],
    ["parameters", `T?${params(LIMITS.QUERY_PARAMETERS)}`, `T?${params(LIMITS.QUERY_PARAMETERS + 1)}`, "param"],
    [
      "parameters' characters",
      `T?param[ab]=${long(LIMITS.QUERY_PARAMETERS_CHARACTERS - 2)}`,
      `T?param[ab]=${long(LIMITS.QUERY_PARAMETERS_CHARACTERS - 1)}`,
      "param",
    ],
  ])("%s", async (_what, within, above, named) => {
    const { owner, adapter } = await supplied();
    answerAll(adapter, () => ({ Tag: "asked" }));
    expect(await get(owner, within)).toMatchObject({ status: 200, body: { Tag: "asked" } });
    expect(await get(owner, above)).toMatchObject({ status: 413, body: [`Message.TooLarge ${named}`] });
    expect(adapter.feedEvents("Query")).toHaveLength(1);
  });

  test("data", async () => {
    const { owner, adapter } = await supplied();
    answerAll(adapter, ({ QueryData = "" }) => ({ QueryData }));
    const most = new Uint8Array(LIMITS.QUERY_DATA_BYTES).fill(0xfe);
    const { status, body } = await post(owner, "Raw", most, BYTES);
    expect(status).toBe(200);
    // The same limit is the answer's: it has come back whole.
    expect(body).toEqual({ QueryData: adapter.feedEvents("Query")[0]?.Query?.QueryData });
    const above = await post(owner, "Raw", new Uint8Array(LIMITS.QUERY_DATA_BYTES + 1), BYTES);
    expect(above).toEqual({ status: 413, body: ["Message.TooLarge"] });
    expect(adapter.feedEvents("Query")).toHaveLength(1);
    expect(adapter.errors).toEqual([]);
  });

  test("an answer of every limit at once fits into a frame, whatever its characters", async () => {
    const { owner, adapter } = await supplied();
    const texts = (count: number, characters: number) =>
      Array.from({ length: count }, (_, index) => `${index}`.padStart(characters / count, "\u{20ac}"));
    const names = texts(LIMITS.QUERY_PARAMETERS, LIMITS.QUERY_PARAMETERS_CHARACTERS);
    const response = {
      Type: "\u{20ac}".repeat(name),
      Tag: "\u{20ac}".repeat(name),
      Errors: texts(LIMITS.QUERY_ERRORS, LIMITS.QUERY_ERRORS_CHARACTERS),
      Parameters: Object.fromEntries(names.map((each) => [each, ""])),
      QueryData: "A".repeat(Math.floor(LIMITS.QUERY_DATA_BYTES / 3) * 4),
    };
    answerAll(adapter, () => response);
    expect(await get(owner)).toMatchObject({ status: 200, body: response });
  });
});

describe("URLs that are refused, and nobody is asked", () => {
  test.each<[string, number, string]>([
    ["T?param[a]=1&param[a]=2", 400, "Field.Invalid param[a]"],
    ["T?param[a]=", 400, "Field.Invalid param[a]"],
    ["T?param[__proto__]=1", 400, "Field.Invalid param[__proto__]"],
    ["T?param=1", 400, "Field.Unknown param"],
    ["T?param[]=1", 400, "Field.Unknown param[]"],
    ["T?parameter[a]=1", 400, "Field.Unknown parameter[a]"],
    ["T?tag=1&tag=2", 400, "Field.Invalid tag"],
    ["T?tag=", 400, "Field.Invalid tag"],
    ["T?tag=%00", 400, "Field.Invalid tag"],
    ["T?tag[x]=1", 400, "Field.Unknown tag[x]"],
    ["T?asAt=2026-01-01", 400, "Field.Unknown asAt"],
    ["T%00", 400, "Field.Invalid type"],
    ["%zz", 400, "Message.Unreadable path"],
    ["T?owner=another", 404, "Owner.Unknown"],
  ])("%s", async (path, status, code) => {
    const { owner, adapter } = await supplied();
    const answer = await get(owner, path);
    expect([answer.status, answer.body]).toEqual([status, [code]]);
    await adapter.synchronise();
    expect(adapter.feedEvents("Query")).toEqual([]);
  });
});

describe("a question that cannot be put to anybody", () => {
  test("404 when there is no such feed, as for GET /feed/byid; 422 when nobody supplies it", async () => {
    const { owner, adapter } = await supplied();
    const claims = claimsOf(owner);
    for (const path of ["/feed/byid/lse", "/feed/byid/lse/query/Depth", "/feed/byid/oms/query/Depth"]) {
      expect(await ask("GET", path, { claims })).toMatchObject({ status: 404, body: ["Unknown"] });
    }
    adapter.feed(FEED, "Close");
    await adapter.synchronise();
    expect(await get(owner)).toMatchObject({ status: 422, body: [`Feed.Offline ${FEED}`] });
  });

  test("503 when too many are under way: not more than so many are put to one adapter", async () => {
    const { owner, adapter } = await supplied();
    const asked = Array.from({ length: LIMITS.QUERIES_PER_FEED }, () => get(owner));
    const questions = await questionsTo(adapter, LIMITS.QUERIES_PER_FEED);
    const over = await get(owner);
    expect([over.status, over.body, over.headers.get("Retry-After")]).toEqual([503, ["Retry"], "1"]);
    for (const question of questions) reply(adapter, question, {});
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(questions.map(() => 200));
    answerAll(adapter, () => ({ Tag: "again" }));
    expect((await get(owner)).body).toEqual({ Tag: "again" });
  });
});

describe("a question that stays without an answer", () => {
  const lost = { status: 422, body: [`Feed.Lost ${FEED}`] };

  test.each<[string, (adapter: Client) => void]>([
    ["closes its feed", (adapter) => adapter.feed(FEED, "Close")],
    ["closes its socket", (adapter) => adapter.close()],
    ["sends what cannot be read", (adapter) => adapter.sendText("{")],
  ])("is told at once when the adapter %s, and is not asked of the next", async (_how, go) => {
    const { owner, adapter } = await supplied();
    const standby = await supply(owner, "other", []);
    const answers = [get(owner), get(owner)];
    await questionsTo(adapter, 2);
    go(adapter);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(lost);
    const next = await supply(owner, FEED, []);
    await standby.synchronise();
    expect([...next.feedEvents("Query"), ...standby.feedEvents("Query")]).toEqual([]);
  });

  test("is told to be lost when the object is reset under it: the adapter's socket went with it", async () => {
    const { owner, adapter } = await supplied();
    const answer = get(owner);
    await questionsTo(adapter, 1);
    const reset = runInDurableObject(await objectOf(owner), (_owner, state) => state.abort("made to fail"));
    await expect(reset).rejects.toThrow();
    expect(await answer).toMatchObject(lost);
  });

  test("is forgotten when its asker goes away: an answer is told that nobody waits for it", async () => {
    const { owner, adapter } = await supplied();
    const forgetting = vi.spyOn(Owner.prototype, "forgetQuery");
    const going = new AbortController();
    const token = await tokenFor(claimsOf(owner));
    const request = new Request(`http://oms.test/feed/byid/${FEED}/query/Depth`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: going.signal,
    });
    const asked = exports.default.fetch(request);
    const outcome = asked.then(
      () => "answered",
      () => "gone",
    );
    const [question] = await questionsTo(adapter, 1);
    going.abort();
    await outcome;
    await vi.waitUntil(() => forgetting.mock.results.length > 0);
    reply(adapter, question ?? {}, {});
    await adapter.synchronise();
    expect(adapter.errors).toEqual([`Query.Unknown ${question?.RequestID}`]);
  });
});

describe.each(MODES)("an adapter of an object that stays in memory or is evicted (%s)", (mode) => {
  test("is asked, also after questions that were answered and that were not", async () => {
    const { owner, adapter } = await supplied();
    const between = async () => (mode === "woken" ? evictDurableObject(await objectOf(owner)) : undefined);
    for (const Tag of ["first", "second", "third"]) {
      await between();
      const answer = get(owner);
      const question = (await questionsTo(adapter, adapter.feedEvents("Query").length + 1)).at(-1);
      reply(adapter, question ?? {}, { Tag });
      expect((await answer).body).toEqual({ Tag });
      await between();
      reply(adapter, question ?? {}, { Tag: "once more" });
      await adapter.synchronise();
      expect(adapter.errors.at(-1)).toBe(`Query.Unknown ${question?.RequestID}`);
    }
    const numbers = adapter.feedEvents("Query").map(({ RequestID = 0 }) => RequestID);
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
  });
});

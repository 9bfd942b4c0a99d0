/** The API reference against a running server: what it answers is what is described, and so is what it refuses. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JSON_TYPE, PROTOBUF_TYPE } from "../../src/api/media.ts";
import type { JsonObject } from "../../src/api/reference/json.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { decodeBinary } from "../../src/protocol/binary/codec.ts";
import { messagesIn } from "../../src/protocol/binary/runs.ts";
import { nameOf } from "../../src/protocol/declaration.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import {
  asyncApiDocument,
  isObject,
  objectIn,
  openApiDocument,
  Validators,
  withoutFurtherFields,
} from "../api/reference/documents.ts";
import { A, B, NOBODY, type Preparation, type Route } from "../api/route-kinds.ts";
import { account, assets, COMMON_SETUP, cash, order, ROUTES } from "../api/route-table.ts";
import { messages } from "../protocol/support/declared.ts";
import { type Claims, tokenFor } from "../support/token.ts";
import { RawSocket } from "./raw-socket.ts";
import { eventually, type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const described = withoutFurtherFields(openApiDocument);
const validators = new Validators(described);
const operator: Claims = { features: FEATURES };

let running: RunningServer;
let adapter: RawSocket;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
}

interface Asked {
  readonly claims?: Claims;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(method: string, path: string, { claims, body, headers }: Asked = {}): Promise<Answer> {
  const response = await fetch(new URL(path, running.server.url), {
    method,
    headers: {
      ...(claims !== undefined && { Authorization: `Bearer ${await tokenFor(claims, SECRET)}` }),
      ...(body !== undefined && { "Content-Type": JSON_TYPE }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: new TextDecoder().decode(bytes) };
}

async function prepare(calls: readonly Preparation[] = []): Promise<void> {
  for (const [method, path, body] of calls) {
    const { status } = await ask(method, path, { claims: operator, ...(body && { body: JSON.stringify(body) }) });
    expect([204, 404]).toContain(status);
  }
}

/** Asks a route about an Owner, with whatever is to be another. */
function askRoute(name: string, route: Route, owner: string, asked: Asked = {}, query = ""): Promise<Answer> {
  const [method = ""] = name.split(" ");
  const path = route.path(owner);
  const body = route.body === undefined ? undefined : JSON.stringify(route.body(owner));
  return ask(method, path + (query === "" ? "" : (path.includes("?") ? "&" : "?") + query), {
    ...(body !== undefined && { body }),
    ...asked,
    headers: { ...(name !== "GET /streaming" && route.headers), ...asked.headers },
  });
}

/** The names under which the document holds a route. */
function placeOf(name: string): readonly [path: string, method: string] {
  const [method = "", path = ""] = name.split(" ");
  return [path.replace(/:(\w+)/g, "{$1}"), method.toLowerCase()];
}

/** Fails unless the document says that the route may answer this. */
function expectDescribed(name: string, { status, headers, text }: Answer): void {
  const place = ["paths", ...placeOf(name), "responses"];
  const responses = objectIn(described, ...place);
  expect([name, ...Object.keys(responses)]).toContain(String(status));
  const reference = objectIn(responses, String(status)).$ref;
  const own = typeof reference === "string" ? reference.slice(2).split("/") : [...place, String(status)];
  const response = objectIn(described, ...own);
  const told = headers.has("X-OMS-At");
  const tells = isObject(response.headers) && "X-OMS-At" in response.headers;
  expect([name, "tells its moment", told]).toEqual([name, "tells its moment", tells]);
  if (response.content === undefined) {
    expect(text).toBe("");
    return;
  }
  const type = (headers.get("Content-Type") ?? "").replace(/;.*/, "");
  const validate = validators.at(...own, "content", type, "schema");
  validate(type === JSON_TYPE ? JSON.parse(text) : text);
  expect([name, status, text.slice(0, 500), validate.errors]).toEqual([name, status, text.slice(0, 500), null]);
}

beforeAll(async () => {
  running = await startTemporaryServer();
  await prepare(COMMON_SETUP);
  for (const owner of [A, B]) {
    await prepare([
      ["POST", "/owner", { OwnerID: owner }],
      [
        "POST",
        "/account",
        { ...account("1", owner), Name: "First", DefaultCurrency: "AUD", Attributes: { Desk: "1" } },
      ],
      ["POST", "/account", account("doomed", owner)],
      ["POST", "/balance", cash("deposit", owner)],
      ["POST", "/holding", assets("deposit", owner)],
    ]);
  }
  const token = await tokenFor({ sub: "adapter", owners: [A], feeds: ["asx"], features: FEATURES }, SECRET);
  adapter = await RawSocket.open(running.server.url, A, token);
  adapter.send(feed("Open", undefined, { Configuration: { Agent: "1" } }));
  await adapter.until("FeedEventType_Resume");
  const filled = { ...order(A), ExecutedQuantity: 1, Created: "2026-11-22T09:30:00+11:00", Properties: { A: "B" } };
  const trade = {
    TradeID: "T1",
    Type: "Trade",
    Price: "2.123456789012345678",
    Quantity: 1,
    AdditionalFunds: { Fee: 1 },
  };
  adapter.send(feed("Action", 1, { Action: { Type: "Update", Order: order(A) } }));
  adapter.send(feed("Action", 2, { Action: { Type: "Trade", Order: filled, Trade: trade } }));
  adapter.send(feed("Action", 3, { Action: { Type: "Trade", Order: filled, Trade: { ...trade, Price: 3 } } }));
  adapter.send(feed("Operation", 4, { Operation: { Type: "DefineExchange", ExchangeDetails: { Exchange: "ASX" } } }));
  adapter.send(feed("Status", 5, { Status: { FeedID: "asx", Status: "ONLINE" } }));
  adapter.send(feed("Configure", 6, { Configuration: { Agent: "1", Settings: { Session: "open" } } }));
  adapter.send(
    '{"Type":"FeedRequest","Feed":{"Type":"Action","Position":{"Sequence":"asx","Position":7},"Action":{"Prise":1}}}',
  );
  adapter.send({ Type: "Synchronise", RequestID: "all of it" });
  await adapter.until('"RequestID":"all of it"');
}, 60_000);
afterAll(async () => {
  adapter.close();
  await running.stop();
});

const feed = (Type: string, Position?: number, content: object = {}) => ({
  Type: "FeedRequest",
  Feed: { Type, Position: { Sequence: "asx", Position }, ...content },
});

/** Answers every question that the adapter is asked while something is done. */
async function answering<Result>(work: () => Promise<Result>): Promise<Result> {
  let read = adapter.frames.length;
  const timer = setInterval(() => {
    for (; read < adapter.frames.length; read++) {
      const { Feed = {} }: { Feed?: { Type?: string; RequestID?: number } } = JSON.parse(adapter.frames[read] ?? "");
      if (Feed.Type !== "FeedEventType_Query") continue;
      const QueryResponse = { Type: "Depth", Parameters: { Bid: "1" }, QueryData: "AQID" };
      adapter.send(feed("QueryResponse", undefined, { RequestID: Feed.RequestID, QueryResponse }));
    }
  }, 20);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

describe.each(Object.entries(ROUTES).filter(([name]) => name !== "GET /streaming"))("%s", (name, route) => {
  const { needs = [], subject = A, isOpen = false } = route;
  const seen = [subject, ...(route.alsoSees ?? [])];
  const everything: Claims = { owners: seen, features: FEATURES };

  test("answers as it is described", async () => {
    await prepare(route.prepare);
    const answer = await answering(() => askRoute(name, route, subject, { claims: everything }));
    expect(answer.status).toBe(route.answers);
    expectDescribed(name, answer);
  });

  test("answers in protobuf if that is described, and else as before", async () => {
    await prepare(route.prepare);
    const asked = { claims: everything, headers: { Accept: PROTOBUF_TYPE } };
    const { headers, bytes } = await answering(() => askRoute(name, route, subject, asked));
    const { content = {} } = objectIn(described, "paths", ...placeOf(name), "responses", String(route.answers));
    const types = Object.keys(content ?? {});
    const type = (headers.get("Content-Type") ?? "").replace(/;.*/, "");
    expect([type].filter((told) => told !== "")).toEqual(types.includes(PROTOBUF_TYPE) ? [PROTOBUF_TYPE] : types);
    const [, many, message] = /(messages|message) of type (\w+)/.exec(JSON.stringify(content)) ?? [];
    if (message === undefined) return;
    const schema = messages.find((each) => nameOf(each) === message);
    if (schema === undefined) throw new Error(`${message} is no message`);
    for (const each of many === "messages" ? messagesIn(bytes) : [bytes])
      expect(() => decodeBinary(schema, each)).not.toThrow();
  });

  test("refuses as it is described: who is not known, or may not, and what is not there", async () => {
    const unknown = await askRoute(name, route, subject);
    expect(unknown.status).toBe(isOpen ? 200 : 401);
    expectDescribed(name, unknown);
    if (needs.length > 0) {
      const forbidden = await askRoute(name, route, subject, { claims: { owners: seen } });
      expect(forbidden.status).toBe(403);
      expectDescribed(name, forbidden);
    }
    await prepare(route.prepare);
    if (route.unseen !== "the same")
      expectDescribed(name, await askRoute(name, route, subject, { claims: { owners: [B], features: FEATURES } }));
    await prepare([["DELETE", `/owner/byid/${NOBODY}?force=true`]]);
    if (route.unknown !== "the same") expectDescribed(name, await askRoute(name, route, NOBODY, { claims: operator }));
  });

  test("refuses a parameter that is not described", async () => {
    const answer = await askRoute(name, route, subject, { claims: everything }, "fromAt=1");
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, ["Field.Unknown fromAt"]]);
    expectDescribed(name, answer);
  });

  const { parameters = [], requestBody } = objectIn(described, "paths", ...placeOf(name));
  const required = (Array.isArray(parameters) ? parameters : []).filter(
    (parameter: JsonObject) => parameter.in === "query" && parameter.required === true,
  );
  test.each(required.map((parameter: JsonObject) => String(parameter.name)))(
    "needs the parameter %s",
    async (parameter) => {
      const [path = "", query = ""] = route.path(subject).split("?");
      const left = query.split("&").filter((pair) => !pair.startsWith(`${parameter}=`));
      expect(left.join("&")).not.toBe(query);
      const answer = await askRoute(name, { ...route, path: () => `${path}?${left.join("&")}` }, subject, {
        claims: everything,
      });
      expect([answer.status, JSON.parse(answer.text)]).toEqual([422, [`Field.Missing ${parameter}`]]);
      expectDescribed(name, answer);
    },
  );

  if (requestBody === undefined) return;
  const isMany = Array.isArray(route.body?.(subject));
  const isBytes = route.headers?.["Content-Type"] === "application/octet-stream";
  const limit = isBytes ? LIMITS.QUERY_DATA_BYTES : LIMITS.BODY_BYTES;

  test.each<[string, number, Asked]>([
    ["of another type", 415, { headers: { "Content-Type": "text/csv" } }],
    ["that is too large", 413, { body: " ".repeat(limit + 1) }],
    ...(isBytes
      ? []
      : ([
          ["that is not JSON", 400, { body: "{" }],
          ["that is no message", 400, { body: "true" }],
          ["with an unknown field", 400, { body: isMany ? '[{"Prise":1}]' : '{"Prise":1}' }],
        ] satisfies [string, number, Asked][])),
  ])("refuses a body %s", async (_, status, asked) => {
    const answer = await askRoute(name, route, subject, { claims: everything, ...asked });
    expect(answer.status).toBe(status);
    expectDescribed(name, answer);
  });

  const schema = requiredFieldsOf(requestBody);
  test.each(schema)("needs the field %s of its body", async (field) => {
    const body = route.body?.(subject);
    const [item] = isMany && Array.isArray(body) ? body : [body];
    const { [field]: _, ...rest } = item;
    const answer = await askRoute(name, route, subject, {
      claims: everything,
      body: JSON.stringify(isMany ? [rest] : rest),
    });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([422, [`Field.Missing ${isMany ? "[0]." : ""}${field}`]]);
    expectDescribed(name, answer);
  });
});

/** The fields that the schema of a JSON body says must be there. */
function requiredFieldsOf(requestBody: unknown): readonly string[] {
  const found = /#\/components\/schemas\/(\w+)/.exec(JSON.stringify(requestBody))?.[1];
  if (found === undefined) return [];
  const { required = [] } = objectIn(described, "components", "schemas", found);
  return Array.isArray(required) ? required.map(String) : [];
}

test("a socket is not opened by an ordinary call, as it is described", async () => {
  const answer = await ask("GET", `/streaming?owner=${A}`, { claims: { owners: [A] } });
  expect(answer.status).toBe(426);
  expectDescribed("GET /streaming", answer);
});

describe("the socket", () => {
  const frames = new Validators(withoutFurtherFields(asyncApiDocument));
  const sent = Object.values(objectIn(asyncApiDocument, "operations"))
    .filter(isObject)
    .filter(({ action }) => action === "send");
  const kindsOf = (frame: unknown) =>
    sent
      .map(({ title }) => String(title))
      .filter((name) => frames.at("components", "messages", name, "payload")(frame));

  test("says nothing that is not described, and nearly all that is", { timeout: 60_000 }, async () => {
    await prepare([["POST", "/exchange", { Exchange: "nzx" }]]);
    await eventually(async () => {
      return (await ask("GET", `/exchange/byid/nzx?owner=${A}`, { claims: operator })).status === 200;
    });
    const token = await tokenFor({ sub: "watcher", owners: [A], feeds: ["nzx"], features: FEATURES }, SECRET);
    const socket = await RawSocket.open(running.server.url, A, token);
    socket.send("ping");
    for (const Type of [
      "Balances",
      "Holdings",
      "Orders",
      "Requests",
      "Transactions",
      "Updates",
      "Metadata",
      "Status",
      "Feed",
    ]) {
      socket.send({ Type: "Subscribe", RequestID: Type, Subscription: { Type } });
    }
    socket.send({ Type: "Subscribe", RequestID: "bad", Subscription: { Type: "Recent" } });
    socket.send({ Type: "Prise" });
    socket.send(feedOf("nzx", "Open", { Configuration: { Agent: "1" } }));
    await socket.until("FeedEventType_Resume");
    const terms = { Code: "BHP", Exchange: "nzx" };
    const request = {
      Type: "New",
      RequestID: "asked on a socket",
      ...account("1"),
      New: { ...terms, Side: "BUY", OrderType: "LIMIT", Price: 1, Quantity: 1, Lifetime: "DAY" },
    };
    socket.send({ Type: "ClientRequest", RequestID: "asks", Request: request });
    await socket.until("FeedEventType_Request");
    const answer = { RequestID: "asked on a socket", ...account("1"), Status: "Completed" };
    socket.send(feedOf("nzx", "RequestResponse", { RequestResponse: answer }));
    const asking = ask("GET", `/feed/byid/nzx/query/Depth?owner=${A}`, { claims: operator });
    const { Feed } = JSON.parse(await socket.until("FeedEventType_Query"));
    socket.send(feedOf("nzx", "QueryResponse", { RequestID: Feed.RequestID, QueryResponse: { Type: "Depth" } }));
    expect((await asking).status).toBe(200);
    const Order = { ...order(A), OrderID: "O2", Exchange: "nzx" };
    socket.send({ ...feedOf("nzx", "Action", { Action: { Type: "Update", Order } }, 1) });
    await socket.until("FeedEventType_Bookmark");
    socket.send(feedOf("nzx", "Close", {}));
    await socket.until("FeedEventType_Close");
    socket.send(feedOf("nzx", "Bookmark", {}, 9));
    socket.send({ Type: "Unsubscribe", RequestID: "no more", Subscription: { Type: "Orders" } });
    await socket.until('"RequestID":"no more"');

    const resuming = await RawSocket.open(running.server.url, A, token);
    resuming.send({ Type: "Subscribe", Subscription: { Type: "Balances", From: { Positions: {} } } });
    await resuming.until("EventMessageType_Bookmark");
    const taken = await RawSocket.open(
      running.server.url,
      A,
      await tokenFor({ sub: "other", owners: [A], feeds: ["asx"] }, SECRET),
    );
    taken.send(feed("Open", undefined, { Configuration: { Agent: "2" } }));
    await taken.until("FeedEventType_Suspend");

    const seen = new Set<string>();
    for (const frame of [...socket.frames, ...resuming.frames, ...taken.frames, ...adapter.frames]) {
      const kinds = kindsOf(frame === "pong" ? frame : JSON.parse(frame));
      expect([frame, kinds.length]).toEqual([frame, 1]);
      for (const kind of kinds) seen.add(kind);
    }
    expect([...seen].sort()).toEqual(sent.map(({ title }) => String(title)).sort());
    for (const each of [socket, resuming, taken]) each.close();
  });
});

function feedOf(sequence: string, Type: string, content: object, Position?: number) {
  return { Type: "FeedRequest", Feed: { Type, Position: { Sequence: sequence, Position }, ...content } };
}

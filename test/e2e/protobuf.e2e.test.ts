/** A client that speaks nothing but protobuf, and knows nothing of our codec: protobufjs, over socket and REST. */
import protobuf from "protobufjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { decode, decodeStored, encode } from "../../src/protocol/codec.ts";
import type { MessageSchema } from "../../src/protocol/declaration.ts";
import { TimestampWithTimeZone } from "../../src/protocol/fields.ts";
import {
  AccountDetails,
  AssetPosition,
  AssetTransferRequest,
  AuditRecord,
  CashPosition,
  CashSettlementRecord,
  CashTransferRequest,
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  EventMessage,
  ExchangeDetails,
  FeedDetails,
  FeedRequest,
  FeedResponse,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RecordedAction,
  RecordedState,
  RequestStatusDetails,
  TransformRequest,
} from "../../src/protocol/messages/index.ts";
import { A, type Preparation, type Route } from "../api/route-kinds.ts";
import { assets, COMMON_SETUP, cash, ROUTES } from "../api/route-table.ts";
import { contractRoot } from "../protocol/binary/contract-schema.ts";
import { fromPlain, toPlain } from "../protocol/binary/plain.ts";
import { BinarySocket, Schema, type Told } from "./protobuf-client.ts";
import { type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const PROTOBUF = "application/x-protobuf";
const RAW = { longs: Number } as const;

/** What is told, by how the route begins. The longest that fits counts. */
const ANSWERS: Readonly<Record<string, MessageSchema>> = {
  "/owner": OwnerDetails,
  "/exchange": ExchangeDetails,
  "/status": RequestStatusDetails,
  "/identity": Permissions,
  "/identity/source": IdentitySource,
  "/account": AccountDetails,
  "/balance": CashPosition,
  "/holding": AssetPosition,
  "/order": OrderState,
  "/request": ClientRequestResponse,
  "/request/for": ClientRequestState,
  "/feed": FeedDetails,
  "/feed/byid/:feed/updates": FeedRequest,
  "/feed/byid/:feed/query": FeedResponse,
  "/audit": AuditRecord,
  "/event": EventMessage,
  "/trades": RecordedAction,
};

/** What is taken. */
const BODIES: Readonly<Record<string, MessageSchema>> = {
  "POST /owner": OwnerDetails,
  "PATCH /owner/byid/:owner": TransformRequest,
  "PATCH /account/byid/:owner/:account": TransformRequest,
  "POST /transform/rename/symbol": TransformRequest,
  "POST /transform/rename/currency": TransformRequest,
  "POST /exchange": ExchangeDetails,
  "POST /status/request": RequestStatusDetails,
  "POST /identity": Permissions,
  "POST /identity/source": IdentitySource,
  "POST /account": AccountDetails,
  "POST /balance": CashTransferRequest,
  "POST /balance/bulk": CashTransferRequest,
  "POST /balance/settle": CashSettlementRecord,
  "POST /holding": AssetTransferRequest,
  "POST /holding/bulk": AssetTransferRequest,
  "PATCH /order/for/:owner/:account/:order": OrderState,
  "POST /request": ClientRequest,
};

/** What is no message, and the same for everybody. */
const NO_MESSAGES = [
  "GET /proto",
  "GET /streaming",
  "GET /diagnostics/ping",
  "GET /diagnostics/health",
  "GET /metrics",
  "GET /diagnostics/channel",
  "GET /diagnostics/channel/:channel",
  "GET /audit/verify",
  "GET /audit/export",
];

/** Bodies that are no messages. */
const OTHER_BODIES = ["POST /account/byids", "POST /feed/byid/:feed/query/:type"];

const contract = new Schema(contractRoot());
let running: RunningServer;
let token: string;
/** The schema that the server serves, which has our own fields too. */
let served: Schema;
let adapter: BinarySocket;

function call(method: string, path: string, headers: Record<string, string>, body?: BodyInit): Promise<Response> {
  const address = new URL(path, running.server.url);
  const all = { Authorization: `Bearer ${token}`, ...headers };
  return fetch(address, { method, headers: all, ...(body !== undefined && { body }) });
}

async function prepare(calls: readonly Preparation[] = []): Promise<void> {
  for (const [method, path, body] of calls) {
    const json = body && JSON.stringify(body);
    const { status } = await call(method, path, { "Content-Type": "application/json" }, json);
    expect([204, 404]).toContain(status);
  }
}

function answerOf(name: string): MessageSchema {
  const path = name.slice(name.indexOf(" ") + 1);
  if (path.endsWith("/history")) return RecordedState;
  if (path === "/audit/latest") return TimestampWithTimeZone;
  const [best = ""] = Object.keys(ANSWERS)
    .filter((start) => path.startsWith(start))
    .sort((left, right) => right.length - left.length);
  const schema = ANSWERS[best];
  if (schema === undefined) throw new Error(`${name}: what does it tell?`);
  return schema;
}

function nameOf(schema: MessageSchema): string {
  const found = Object.entries(MESSAGES).find(([, each]) => each === schema);
  if (found === undefined) throw new Error("a message without a name");
  return found[0];
}

const MESSAGES = {
  ...{ AccountDetails, AssetPosition, AssetTransferRequest, AuditRecord, CashPosition, CashSettlementRecord },
  ...{ CashTransferRequest, ClientRequest, ClientRequestResponse, ClientRequestState, EventMessage, ExchangeDetails },
  ...{ FeedDetails, FeedRequest, FeedResponse, IdentitySource, OrderState, OwnerDetails, Permissions, RecordedAction },
  ...{ RecordedState, RequestStatusDetails, TimestampWithTimeZone, TransformRequest },
};

/** A message of protobufjs as our JSON of it. */
function textOf(schema: MessageSchema, plain: Told): string {
  return encode(schema, decodeStored(schema, JSON.stringify(fromPlain(schema, plain, () => true))));
}

function bodyOf(name: string, route: Route): { readonly type: string; readonly body: BodyInit } | undefined {
  const body = route.body?.(route.subject ?? A);
  if (body === undefined) return undefined;
  const schema = BODIES[name];
  if (schema === undefined) {
    expect(OTHER_BODIES).toContain(name);
    return { type: route.headers?.["Content-Type"] ?? "application/json", body: JSON.stringify(body) };
  }
  const plain = (item: object) => toPlain(schema, decode(schema, item), () => true);
  const bytes = Array.isArray(body)
    ? contract.encodeRun(nameOf(schema), body.map(plain))
    : contract.encode(nameOf(schema), plain(body));
  return { type: PROTOBUF, body: Uint8Array.from(bytes) };
}

beforeAll(async () => {
  running = await startTemporaryServer();
  token = await signToken(SECRET, {
    identity: "pb",
    features: [...FEATURES],
    owners: [],
    feeds: ["asx"],
    expires: "1h",
  });
  const proto = await fetch(new URL("/proto", running.server.url));
  expect(proto.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  const parsed = protobuf.parse(await proto.text(), { keepCase: true });
  served = new Schema(parsed.root.resolveAll().lookup(parsed.package ?? "") as protobuf.Namespace);
  await prepare(COMMON_SETUP);
  for (const owner of [A, "Moving", "Doomed"]) await prepare([["POST", "/owner", { OwnerID: owner }]]);
  await prepare([
    ["POST", "/account", { Account: { AccountID: "1", OwnerID: A } }],
    ["POST", "/balance", cash("deposit")],
    ["POST", "/holding", assets("deposit")],
  ]);
  const own = await signToken(SECRET, { identity: "adapter", owners: [A], feeds: ["asx"], expires: "1h" });
  adapter = await BinarySocket.open(running.server.url, A, own, contract);
}, 60_000);
afterAll(async () => {
  adapter.close();
  await running.stop();
});

describe("over a socket", () => {
  test("an adapter opens its feed, and what it sends becomes durable", async () => {
    const position = (Position?: number) => ({ Position: { Sequence: "asx", ...(Position && { Position }) } });
    const feed = (Type: string, content: object) =>
      adapter.send({ Type: 29, Feed: { Type: `FeedRequestType_${Type}`, ...content } });
    adapter.send({ Type: 10, RequestID: "S", Subscription: { Type: "SubscriptionType_Balances" } });
    await adapter.until(({ Type }) => Type === "EventMessageType_SnapshotFinish");
    feed("Open", position());
    await adapter.until(({ Feed }) => (Feed as Told | undefined)?.Type === "FeedEventType_Resume");
    const price = { Scale: 2, Value: Uint8Array.of(0xd1, 0x11) };
    const Order = {
      ...{ OrderID: "O1", Account: { AccountID: "1", OwnerID: A }, Code: "BHP", Exchange: "ASX", Currency: "AUD" },
      ...{ Side: "SIDE_BUY", Price: price, Quantity: { Value: Uint8Array.of(2) }, Status: "New" },
    };
    feed("Action", { ...position(1), Action: { Type: "ExternalActionType_Update", Order } });
    await adapter.until(({ Feed }) => {
      const { Type, Position } = (Feed ?? {}) as { Type?: string; Position?: { Position?: number } };
      return Type === "FeedEventType_Bookmark" && Position?.Position === 1;
    });
    const told = await adapter.until(({ Type }) => Type === "EventMessageType_Update", adapter.received.length - 2);
    const [update] = told.Updates as readonly { Balance: Told }[];
    // Two at 45.61.
    expect(update?.Balance.UnfilledBuys).toEqual({ Scale: 2, Value: Uint8Array.of(0xa2, 0x23) });
  });

  test("a frame that cannot be read is answered in kind, and its place is told", async () => {
    const before = adapter.received.length;
    const bytes = contract.encode("RequestMessage", {
      Type: 29,
      Feed: { Type: 20, Position: { Sequence: "asx", Position: 2 } },
    });
    const writer = protobuf.Writer.create();
    writer.uint32((99 << 3) | 0).uint32(1);
    adapter.sendBytes(Buffer.concat([bytes, writer.finish()]));
    const { Request } = await adapter.until((message) => message.Request !== undefined, before);
    expect(Request).toMatchObject({ Errors: ["Field.Unknown 99"] });
  });
});

describe("over REST", () => {
  const routes = Object.entries(ROUTES).filter(([name]) => !NO_MESSAGES.includes(name));

  beforeAll(() => {
    void answerQueries();
  });

  /** The adapter answers every question. */
  async function answerQueries(): Promise<void> {
    for (let from = 0; ; ) {
      const asked = await adapter.until(({ Feed }) => (Feed as Told | undefined)?.Type === "FeedEventType_Query", from);
      from = adapter.received.indexOf(asked) + 1;
      const { RequestID } = asked.Feed as Told;
      const QueryResponse = { Type: "Depth", Parameters: { Bid: "1" }, QueryData: Uint8Array.of(1, 0, 255) };
      adapter.send({
        Type: 29,
        Feed: { Type: "FeedRequestType_QueryResponse", RequestID, Position: { Sequence: "asx" }, QueryResponse },
      });
    }
  }

  test.each(routes)("%s takes and tells protobuf, the same as JSON", async (name, route) => {
    const [method = ""] = name.split(" ");
    const path = route.path(route.subject ?? A);
    await prepare(route.prepare);
    const sent = bodyOf(name, route);
    const ask = (Accept: string) =>
      call(
        method,
        path,
        { ...route.headers, ...(sent && { "Content-Type": sent.type }), Accept, "X-OMS-Compact": "maybe" },
        sent?.body,
      );
    const binary = await ask(PROTOBUF);
    expect(binary.status).toBe(route.answers);
    if (route.answers === 204) return;
    const schema = answerOf(name);
    expect(binary.headers.get("Content-Type")).toBe(PROTOBUF);
    const bytes = new Uint8Array(await binary.arrayBuffer());
    const json = await call(method, path, { ...route.headers, ...(sent && { "Content-Type": sent.type }) }, sent?.body);
    expect(json.headers.get("Content-Type")).toBe("application/json");
    const expected: unknown = JSON.parse(await json.text());
    if (schema === TimestampWithTimeZone) {
      const { Seconds, Nanoseconds } = served.decode(nameOf(schema), bytes, RAW);
      expect(Number(Seconds) + Number(Nanoseconds ?? 0) / 1e9).toBeCloseTo(Date.parse(String(expected)) / 1000, 2);
    } else if (Array.isArray(expected)) {
      const messages = served.decodeRun(nameOf(schema), bytes, RAW).map((plain) => textOf(schema, plain));
      expect(messages).toEqual(expected.map((each) => encode(schema, decode(schema, each))));
    } else {
      expect(textOf(schema, served.decode(nameOf(schema), bytes, RAW))).toBe(encode(schema, decode(schema, expected)));
    }
  });

  test("an exact amount comes and goes with every digit", async () => {
    const Value = { Scale: 18, IsNegative: true, Value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) };
    const transfer = {
      Transaction: { TransactionID: "exact", Account: { AccountID: "exact", OwnerID: A } },
      Transfer: { Currency: "AUD", Value },
    };
    const body = Uint8Array.from(contract.encode("CashTransferRequest", transfer));
    expect((await call("POST", "/balance", { "Content-Type": PROTOBUF }, body)).status).toBe(204);
    const answer = await call("GET", `/balance/for/${A}/exact`, { Accept: PROTOBUF });
    const [balance] = contract.decodeRun("CashPosition", new Uint8Array(await answer.arrayBuffer()));
    expect(balance?.Balance).toEqual(Value);
  });

  test("a refusal is a JSON array of codes, whatever is preferred", async () => {
    const body = Uint8Array.from(contract.encode("OwnerDetails", { OwnerID: "a/b" }));
    const refused = await call("POST", "/owner", { "Content-Type": PROTOBUF, Accept: PROTOBUF }, body);
    expect([refused.status, refused.headers.get("Content-Type")]).toEqual([400, "application/json"]);
    expect(await refused.json()).toEqual(["Field.Invalid OwnerID"]);
    const torn = await call("POST", "/owner", { "Content-Type": PROTOBUF }, Uint8Array.of(0x0a, 9));
    expect([torn.status, await torn.json()]).toEqual([400, ["Message.Unreadable not protobuf"]]);
  });

  test.each(NO_MESSAGES.filter((name) => name !== "GET /streaming"))("%s is the same for everybody", async (name) => {
    const route = ROUTES[name];
    const path = route?.path(A) ?? "";
    const [plain, binary] = [await call("GET", path, {}), await call("GET", path, { Accept: PROTOBUF })];
    expect(binary.status).toBe(200);
    expect(binary.headers.get("Content-Type")).toBe(plain.headers.get("Content-Type"));
    expect(await binary.text()).toBe(await plain.text());
  });
});

test("every route is known to tell messages, or not to", () => {
  expect(Object.keys(ROUTES)).toEqual(
    expect.arrayContaining([...NO_MESSAGES, ...OTHER_BODIES, ...Object.keys(BODIES)]),
  );
});

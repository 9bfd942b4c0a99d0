import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type At, SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import type { Owner } from "../../src/owner/owner.ts";
import { CLOSE } from "../../src/owner/socket.ts";
import { FeedRequestType, RequestMessageType } from "../../src/protocol/messages/index.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { SYSTEM_NAME } from "../../src/system/rpc.ts";
import { account, update } from "../owner/actions.ts";
import type { Client, Outgoing } from "../owner/client.ts";
import { ask, openSocket, someOwner } from "../support/api.ts";
import { RegisteredIssuer } from "../support/registered.ts";
import { type Claims, tokenFor } from "../support/token.ts";
import { FEED, FEED_FRAMES, type Frame, PLAIN_FRAMES, type Told } from "./frame-table.ts";
import { BAD_TOKENS, GOOD_TOKENS, type MakeToken } from "./token-table.ts";

let issuer: RegisteredIssuer;

beforeAll(async () => {
  issuer = await RegisteredIssuer.define("frames");
});

afterEach(() => {
  vi.useRealTimers();
});

const FRAMES: readonly (readonly [string, Frame, "feed" | "plain"])[] = [
  ...Object.entries(PLAIN_FRAMES).map(([type, frame]) => [type, frame, "plain"] as const),
  ...Object.entries(FEED_FRAMES).map(([type, frame]) => [type, frame, "feed"] as const),
];

/** A socket with the token of who may see an Owner. */
async function connect(
  owner: string,
  claims: Claims,
  make: MakeToken = (_, given) => tokenFor(given),
): Promise<Client> {
  const token = await make(issuer, { owners: [owner], ...claims });
  const { client } = await openSocket(`/streaming?owner=${owner}`, { headers: { Authorization: `Bearer ${token}` } });
  return client;
}

/** An Owner of its own for a test, with the account that frames name. */
async function ownerWithAccount(): Promise<string> {
  const owner = await someOwner();
  const body = JSON.stringify({ Account: account(owner) });
  await ask("POST", "/account", { claims: { owners: [owner], features: ["Alter"] }, body });
  return owner;
}

async function objectOf(owner: string) {
  const entry = await env.SYSTEM.getByName(SYSTEM_NAME).find(owner);
  return env.OWNERS.getByName(entry?.object ?? "");
}

/** An Owner's log, and where its sequences are, once all is done that was sent to it; without what the System handed down. */
async function logOf(owner: string): Promise<Log> {
  const last = await connect(owner, {});
  await last.synchronise();
  return runInDurableObject(await objectOf(owner), (_, { storage }) => {
    const store = new SqliteStore(storage);
    const { at, positions } = store.head();
    const lines = [...store.records(0 as At, at)].map(({ text }) => JSON.parse(text));
    return {
      lines: lines.filter(({ Sequence }) => Sequence !== SYSTEM_SEQUENCE),
      positions: Object.fromEntries([...positions].filter(([sequence]) => sequence !== SYSTEM_SEQUENCE)),
    };
  });
}

interface Log {
  readonly lines: readonly { readonly Sequence: string }[];
  readonly positions: Readonly<Record<string, number>>;
}

/** What the log says when a feed was lost, and nothing else has come to pass since. */
function withLostFeed({ lines, positions: { oms = 0, ...others } }: Log) {
  const lost = {
    Sequence: "oms",
    Update: { Type: "UpdateEventType_Status", Status: { FeedID: FEED, Timestamp: expect.any(String) } },
  };
  return { lines: [...lines, expect.objectContaining(lost)], positions: { ...others, oms: oms + 1 } };
}

/** Lets frames arrive at an Owner's object that its only socket sent before it knew that it is closed. */
async function onItsWay(owner: string): Promise<(frame: Outgoing) => Promise<void>> {
  const object = await objectOf(owner);
  const sockets = await runInDurableObject(object, (_, state) => state.getWebSockets());
  const [socket] = sockets;
  if (socket === undefined || sockets.length > 1) throw new Error("not its only socket");
  return (frame) =>
    runInDurableObject(object, (instance: Owner) => instance.webSocketMessage(socket, JSON.stringify(frame)));
}

/** Sends a frame, and gives what its socket was told because of it. */
async function tellingOf(client: Client, { frame }: Frame, owner: string) {
  const errors = client.errors.length;
  const events = client.received.length;
  client.send(frame(owner));
  await client.synchronise();
  const told = client.received.slice(events).flatMap(({ Feed }) => (Feed?.Type === undefined ? [] : [Feed.Type]));
  const feed = told.at(-1)?.replace("FeedEventType_", "");
  return { errors: client.errors.slice(errors), feed };
}

const exactly = ({ errors = [], feed }: Told) => ({ errors, feed });

describe("every type of frame is in the table", () => {
  test("of messages", () => {
    const types = [...RequestMessageType.names.values()].filter((type) => type !== "RequestMessageType_FeedRequest");
    expect(Object.keys(PLAIN_FRAMES).sort()).toEqual(types.sort());
  });

  test("of a feed's messages", () => {
    expect(Object.keys(FEED_FRAMES).sort()).toEqual([...FeedRequestType.names.values()].sort());
  });
});

describe("a socket is not opened", () => {
  test.each(BAD_TOKENS)("with a token %s, in whichever way it is shown", async (_what, make) => {
    const owner = await someOwner();
    const before = await logOf(owner);
    const token = await make(issuer, { owners: [owner], feeds: [FEED] });
    const shown: readonly Record<string, string>[] = [
      { Authorization: `Bearer ${token}` },
      { "Sec-WebSocket-Protocol": `oms.v1, bearer.${token}` },
    ];
    for (const headers of shown) {
      const path = `/streaming?owner=${owner}`;
      const { status, body } = await ask("GET", path, { headers: { Upgrade: "websocket", ...headers } });
      expect([status, body]).toEqual([401, ["Unauthenticated"]]);
    }
    expect(await logOf(owner)).toEqual(before);
  });

  test.each(GOOD_TOKENS)("at another Owner with a token %s: 403", async (_what, make) => {
    const [owner, other] = [await someOwner(), await someOwner()];
    const token = await make(issuer, { owners: [other], feeds: [FEED], features: ["Admin", "Operator"] });
    const headers = { Upgrade: "websocket", Authorization: `Bearer ${token}` };
    const { status, body } = await ask("GET", `/streaming?owner=${owner}`, { headers });
    expect([status, body]).toEqual([403, ["Authority"]]);
  });
});

describe.each(FRAMES)("%s", (_type, row, of) => {
  const refusal = (code: string) => (of === "feed" ? exactly({ errors: [code] }) : exactly(row.told));

  describe.each(GOOD_TOKENS)("on a socket with a token %s", (_kind, make) => {
    test.each<[string, Claims]>([
      ["without feeds", {}],
      ["without feeds, but with every feature", { features: ["Admin", "Alter", "Audit", "Operator", "Query"] }],
      ["of another feed", { feeds: ["nzx"] }],
    ])("%s: a feed's frame is refused, and changes nothing", async (_who, claims) => {
      const owner = await ownerWithAccount();
      const client = await connect(owner, claims, make);
      const before = await logOf(owner);
      expect(await tellingOf(client, row, owner)).toEqual(refusal(`Authority ${FEED}`));
      expect(await logOf(owner)).toEqual(before);
    });

    test("of this feed that has not opened it: as if somebody else supplied it", async () => {
      const owner = await ownerWithAccount();
      const client = await connect(owner, { feeds: [FEED] }, make);
      const before = await logOf(owner);
      const isOpen = row === FEED_FRAMES.FeedRequestType_Open;
      const expected = isOpen ? exactly(row.told) : refusal(`Feed.Suspended ${FEED}`);
      expect(await tellingOf(client, row, owner)).toEqual(expected);
      if (!isOpen) expect(await logOf(owner)).toEqual(before);
    });

    test("that stands by for this feed: refused, unless it is about the feed's supply", async () => {
      const owner = await ownerWithAccount();
      const supplier = await connect(owner, { feeds: [FEED] }, make);
      const standby = await connect(owner, { feeds: [FEED] }, make);
      expect([await supplier.open(FEED), await standby.open(FEED)]).toEqual([0, undefined]);
      const before = await logOf(owner);
      const isOpen = row === FEED_FRAMES.FeedRequestType_Open;
      const expected = isOpen ? { errors: [], feed: "Suspend" } : refusal(`Feed.Suspended ${FEED}`);
      expect(await tellingOf(standby, row, owner)).toEqual(expected);
      expect(await logOf(owner)).toEqual(before);
    });

    test("that supplies this feed: as documented", async () => {
      const owner = await ownerWithAccount();
      const client = await connect(owner, { feeds: [FEED] }, make);
      await client.open(FEED);
      expect(await tellingOf(client, row, owner)).toEqual(exactly(row.told));
    });

    test("of another Owner that supplies this feed there: nothing of this one is touched or shown", async () => {
      const [owner, other] = [await ownerWithAccount(), await ownerWithAccount()];
      const own = await connect(owner, { feeds: [FEED] });
      await own.open(FEED);
      own.feed(FEED, "Action", 1, update(owner, "O1"));
      await own.synchronise();
      const before = await logOf(owner);
      const client = await connect(other, { feeds: [FEED] }, make);
      await client.open(FEED);
      const expected = row.toldElsewhere?.(owner) ?? row.told;
      expect(await tellingOf(client, row, owner)).toEqual(exactly(expected));
      expect(client.events).toEqual([]);
      expect(await logOf(owner)).toEqual(before);
    });
  });

  test("when the token has expired: 4401, and nothing comes of it", async () => {
    const owner = await ownerWithAccount();
    const expiry = Math.floor(Date.now() / 1000) + 60;
    const client = await connect(owner, { feeds: [FEED], exp: expiry });
    await client.open(FEED);
    const send = await onItsWay(owner);
    const before = await logOf(owner);
    vi.useFakeTimers({ toFake: ["Date"], now: expiry * 1000 });
    await send(row.frame(owner));
    expect((await client.untilClosed()).code).toBe(CLOSE.expired);
    await send(row.frame(owner));
    expect(await logOf(owner)).toEqual(withLostFeed(before));
    expect(client.errors).toEqual([]);
  });

  test("when the permissions were taken away: 4403, and nothing comes of it", async () => {
    const owner = await ownerWithAccount();
    const subject = `loser ${owner}`;
    const make = () => issuer.sign({ sub: subject });
    await issuer.permit(`User:${subject}`, { owners: [owner], feeds: [FEED] });
    const client = await connect(owner, {}, make);
    await client.open(FEED);
    const send = await onItsWay(owner);
    const before = await logOf(owner);
    await issuer.permit(`User:${subject}`, {});
    expect((await client.untilClosed()).code).toBe(CLOSE.revoked);
    await send(row.frame(owner));
    expect(await logOf(owner)).toEqual(withLostFeed(before));
    expect(client.errors).toEqual([]);
    const headers = { Upgrade: "websocket", Authorization: `Bearer ${await make()}` };
    const again = await ask("GET", `/streaming?owner=${owner}`, { headers });
    // What an isolate remembers may still let it in; then the Owner refuses it.
    expect(["403 Authority", "503 Retry"]).toContain(`${again.status} ${String(again.body)}`);
  });

  test("when this feed was taken away before it was opened: refused by the present permissions", async () => {
    const owner = await ownerWithAccount();
    const subject = `former adapter ${owner}`;
    const make = () => issuer.sign({ sub: subject });
    await issuer.permit(`User:${subject}`, { owners: [owner], feeds: [FEED] });
    const [supplier, idle] = [await connect(owner, {}, make), await connect(owner, {}, make)];
    await supplier.open(FEED);
    await issuer.permit(`User:${subject}`, { owners: [owner], feeds: ["nzx"] });
    expect((await supplier.untilClosed()).code).toBe(CLOSE.revoked);
    const before = await logOf(owner);
    expect(await tellingOf(idle, row, owner)).toEqual(refusal(`Authority ${FEED}`));
    expect(await logOf(owner)).toEqual(before);
  });
});

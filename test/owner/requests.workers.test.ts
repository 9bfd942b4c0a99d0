import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { EventMessage } from "../../src/protocol/messages/index.ts";
import { account } from "./actions.ts";
import { newOrder } from "./asking.ts";
import type { Client } from "./client.ts";
import { exchange } from "./defined.ts";
import { definedOwner, openSocketTo } from "./defined-object.ts";
import { addressOf, between, list, MODES, objectOf, ringAlarm } from "./object.ts";

const LATE = LIMITS.REQUEST_TIMEOUT_MS + 2_000;

afterEach(() => {
  vi.useRealTimers();
});

/** An Owner with an account, whose orders on `asx` the feed of that name executes. */
async function tradingOwner(): Promise<string> {
  const handed = [exchange("asx", "requests")];
  const owner = await definedOwner(...handed);
  const Operation = { Type: "OperationType_DefineAccount", AccountDetails: { Account: account(owner) } };
  const update = JSON.stringify({ Type: "UpdateEventType_Operation", Operation });
  await objectOf(owner).submit(addressOf(owner), [{ update }]);
  return owner;
}

async function adapterOf(owner: string): Promise<Client> {
  return await openSocketTo(owner, { permissions: { Identity: "Client:adapter", Feeds: ["asx"] } });
}

function request(owner: string, id: string): object {
  return newOrder(id, {}, { Account: account(owner) });
}

function ask(client: Client, owner: string, id: string): void {
  client.send({ Type: "ClientRequest", RequestID: `of ${id}`, Request: request(owner, id) });
}

function call(owner: string, id: string) {
  const permissions = JSON.stringify({ Identity: "User:x", Owners: [owner] });
  return objectOf(owner).request(addressOf(owner), { request: JSON.stringify(request(owner, id)), permissions });
}

/** The ids of the requests that an adapter was sent, once there are so many. */
async function sentTo(adapter: Client, count: number): Promise<readonly (string | undefined)[]> {
  await adapter.until(() => adapter.feedEvents("Request").length >= count);
  return adapter.feedEvents("Request").map(({ Request }) => Request?.RequestID);
}

function answer(adapter: Client, owner: string, RequestID: string, told: object = {}): void {
  adapter.feed("asx", "RequestResponse", undefined, {
    RequestResponse: { RequestID, Account: account(owner), ...told },
  });
}

/** What a client is told of its request, once it is told so often. */
async function toldTo(client: Client, count: number): Promise<readonly unknown[]> {
  const isTold = ({ RequestResponse }: EventMessage) => RequestResponse !== undefined;
  await client.until(() => client.received.filter(isTold).length >= count);
  return client.received.filter(isTold).map(({ Request, RequestResponse }) => {
    const { RequestID, Status, Errors = [] } = RequestResponse ?? {};
    return [Request?.RequestID, RequestID, Status, ...Errors].join(" ");
  });
}

describe.each(MODES)("client requests on a real object (%s)", (mode) => {
  it("reach the adapter once, and their outcome who asked, a socket and a call, whatever sleeps in between", async () => {
    const owner = await tradingOwner();
    const [client, adapter] = [await openSocketTo(owner), await adapterOf(owner)];
    await adapter.open("asx");
    await between(mode, owner);
    ask(client, owner, "R1");
    expect(await sentTo(adapter, 1)).toEqual(["R1"]);
    await between(mode, owner);
    const called = call(owner, "R1");
    await client.synchronise();
    answer(adapter, owner, "R1", { OrderID: "O1", Status: "Completed" });
    expect(await toldTo(client, 1)).toEqual(["of R1 R1 Completed"]);
    const outcome = await called;
    expect("response" in outcome ? JSON.parse(outcome.response) : outcome).toMatchObject({
      RequestID: "R1",
      OrderID: "O1",
      Status: "Completed",
    });
    await adapter.synchronise();
    expect(adapter.feedEvents("Request")).toHaveLength(1);
    expect(await list(owner, { kind: "request" })).toEqual([]);
  });

  it("that waited are sent when the feed opens in time, and are over when the alarm finds them too old", async () => {
    const owner = await tradingOwner();
    const client = await openSocketTo(owner);
    ask(client, owner, "R1");
    await client.synchronise();
    expect(await list(owner, { kind: "request" })).toMatchObject([{ Status: "Pending", Route: "asx" }]);
    await between(mode, owner);
    const adapter = await adapterOf(owner);
    await adapter.open("asx");
    expect(await sentTo(adapter, 1)).toEqual(["R1"]);
    adapter.feed("asx", "Close");
    await adapter.synchronise();
    ask(client, owner, "R2");
    await client.synchronise();
    await between(mode, owner);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + LATE });
    expect(await ringAlarm(owner)).toBe(true);
    const told = await toldTo(client, 2);
    expect([...told].sort()).toEqual(["of R1 R1 Submitted Submitted asx", "of R2 R2 Rejected Timeout asx"]);
    await adapter.open("asx");
    await adapter.synchronise();
    expect(adapter.feedEvents("Request")).toHaveLength(1);
    answer(adapter, owner, "R1");
    expect((await toldTo(client, 3)).slice(2)).toEqual(["of R1 R1 Completed"]);
  });

  it("of a socket that is lost are not sent again to the next that supplies, unless that one says so", async () => {
    const owner = await tradingOwner();
    const [client, first] = [await openSocketTo(owner), await adapterOf(owner)];
    await first.open("asx");
    ask(client, owner, "R1");
    await sentTo(first, 1);
    first.close();
    await first.untilClosed();
    await between(mode, owner);
    const second = await adapterOf(owner);
    second.send({ Type: "Subscribe", Subscription: { Type: "Feed", Targets: [{ Name: "Feed", Values: ["asx"] }] } });
    await second.open("asx");
    await second.synchronise();
    expect(second.events).toMatchObject([{ Request: { Request: { RequestID: "R1" }, Status: "Submitted" } }]);
    expect(second.feedEvents("Request")).toEqual([]);
    await between(mode, owner);
    answer(second, owner, "R1", { Errors: ["Request.Unknown"] });
    expect(await sentTo(second, 1)).toEqual(["R1"]);
    answer(second, owner, "R1");
    expect(await toldTo(client, 1)).toEqual(["of R1 R1 Completed"]);
  });
});

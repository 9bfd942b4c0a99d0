/** Client requests whose account or symbol is renamed while they are open (rule X2): nobody who waits is forgotten. */
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account, trade } from "./actions.ts";
import {
  answer,
  askByCall,
  askBySocket,
  briefly,
  deliveriesTo,
  idsSentTo,
  newOrder,
  openRequests,
  responseOf,
  tradingWorld,
} from "./asking.ts";
import { settled } from "./questions.ts";
import { OWNER, type World } from "./world.ts";

const TIMEOUT = LIMITS.REQUEST_TIMEOUT_MS;
const ADAPTER = { feeds: ["asx"], identity: "User:adapter" };

function renameAccount(world: World, from: string, newAccount: string): Promise<object> {
  const AccountTransform = { Type: "Rename", Account: account(OWNER, from), Parameters: { newAccount } };
  return world.submit({ Type: "Operation", Operation: { Type: "TransformAccount", AccountTransform } });
}

function renameSymbol(world: World, Code: string, newCode: string): Promise<object> {
  const Transform = { TransformType: "RENAME_SYMBOL", Exchange: "asx", Code, Parameters: { newCode } };
  return world.submit({ Type: "Operation", Operation: { Type: "Transform", Transform } });
}

/** A world whose feed is supplied, and a request of the account A that was sent there: by a call, and by a socket. */
async function asked() {
  const world = tradingWorld();
  const adapter = world.connect(ADAPTER);
  world.open(adapter);
  const client = world.connect();
  const call = askByCall(world, newOrder("R1"));
  askBySocket(world, client, newOrder("R2"), "mine");
  await settled(world);
  expect(idsSentTo(adapter)).toEqual(["R1", "R2"]);
  expect(await renamed(world, renameAccount(world, "A", "C"))).toHaveProperty("at");
  expect(call.outcome).toBeUndefined();
  return { world, adapter, client, call };
}

async function renamed(world: World, submitted: Promise<object>): Promise<object> {
  await settled(world);
  return await submitted;
}

/** Whom an adapter answers: by the account that it was sent, or by the one that it has become. */
describe.each(["A", "C"])("a request of the account A, which was renamed C, answered for %s", (accountId) => {
  const Account = account(OWNER, accountId);

  it("is answered to the call and to the socket that wait for it", async () => {
    const { world, adapter, client, call } = await asked();
    for (const id of ["R1", "R2"]) answer(world, adapter, id, { OrderID: `O-${id}`, Status: "Completed", Account });
    await settled(world);
    const told = { RequestID: "R1", OrderID: "O-R1", Status: "Completed", Account: account(OWNER, "C") };
    expect(responseOf(call)).toMatchObject(told);
    expect(briefly(client)).toEqual(["mine R2 Completed"]);
    expect(openRequests(world)).toEqual([]);
  });

  it("made again, by the old name and by the new, is the same request", async () => {
    const { world, adapter } = await asked();
    const again = askByCall(world, newOrder("R1", {}, { Account }));
    await settled(world);
    expect(again.outcome).toBeUndefined();
    answer(world, adapter, "R1");
    await settled(world);
    expect(responseOf(again)).toMatchObject({ RequestID: "R1", Status: "Completed" });
    expect(idsSentTo(adapter)).toEqual(["R1", "R2"]);
    const other = askByCall(world, newOrder("R1", { Price: 11 }, { Account }));
    await settled(world);
    expect(responseOf(other)).toEqual(["Request.Conflict R1"]);
  });

  it("that was put to sleep with its object is answered to the socket", async () => {
    const { world, adapter, client } = await asked();
    world.wake();
    answer(world, adapter, "R2", { Account });
    await settled(world);
    expect(briefly(client)).toEqual(["mine R2 Completed"]);
  });
});

describe("requests whose account was renamed", () => {
  it("that are not answered in time tell so who waits", async () => {
    const { world, client, call } = await asked();
    world.now += TIMEOUT + 1000;
    await world.ring();
    await settled(world);
    expect(responseOf(call)).toMatchObject({ Status: "Submitted", Errors: ["Submitted asx"] });
    expect(briefly(client)).toEqual(["mine R2 Submitted Submitted asx"]);
  });

  it("are shown to their adapter by the new name when the feed opens again", async () => {
    const { world, adapter } = await asked();
    world.feed(adapter, "Close");
    await settled(world);
    world.open(adapter);
    world.subscribe(adapter, "Feed", { Targets: [{ Name: "Feed", Values: ["asx"] }] });
    const shown = adapter.events.flatMap(({ Request: state }) => (state === undefined ? [] : [state.Request]));
    expect(shown.map(({ RequestID, Account }) => [RequestID, Account.AccountID])).toEqual([
      ["R1", "C"],
      ["R2", "C"],
    ]);
  });
});

describe("requests that have not been sent when their account and symbol are renamed", () => {
  it("are sent by the new names once the feed is supplied, and answered to who asked", async () => {
    const world = tradingWorld();
    const call = askByCall(world, newOrder("R1"));
    await settled(world);
    await renamed(world, renameAccount(world, "A", "C"));
    await renamed(world, renameSymbol(world, "BHP", "BHG"));
    expect(openRequests(world)).toEqual(["R1 Pending"]);
    const adapter = world.connect(ADAPTER);
    world.open(adapter);
    await settled(world);
    const [sent] = deliveriesTo(adapter);
    expect(sent?.Request).toMatchObject({ RequestID: "R1", Account: account(OWNER, "C"), New: { Code: "BHG" } });
    answer(world, adapter, "R1", { Account: account(OWNER, "C") });
    await settled(world);
    expect(responseOf(call)).toMatchObject({ Status: "Completed" });
  });

  it("are too late under the new name when nobody comes to supply the feed", async () => {
    const world = tradingWorld();
    const call = askByCall(world, newOrder("R1"));
    await settled(world);
    await renamed(world, renameAccount(world, "A", "C"));
    world.now += TIMEOUT + 1000;
    await world.ring();
    await settled(world);
    expect(responseOf(call)).toMatchObject({ Status: "Rejected", Errors: ["Timeout asx"] });
    expect(openRequests(world)).toEqual([]);
  });

  it("wait in their queue under the new names, and are released by them", async () => {
    const world = tradingWorld();
    const adapter = world.connect(ADAPTER);
    world.open(adapter);
    askByCall(world, newOrder("R1", {}, { Queue: { QueueID: "desk" } }));
    await settled(world);
    await renamed(world, renameSymbol(world, "BHP", "BHG"));
    await renamed(world, renameAccount(world, "A", "C"));
    expect(openRequests(world)).toEqual(["R1 Queued"]);
    const release = {
      Type: "ClientRequestType_Update",
      RequestID: "U1",
      Account: account(OWNER, "C"),
      Update: { Type: "Update", Update: { RequestID: "R1", Account: account(OWNER, "C"), Status: "Pending" } },
    };
    askByCall(world, release, { Source: "test", Identity: "User:desk", Owners: [OWNER], Features: ["Operator"] });
    await settled(world);
    expect(deliveriesTo(adapter).map(({ Request }) => [Request.RequestID, Request.Account, Request.New])).toEqual([
      ["R1", account(OWNER, "C"), expect.objectContaining({ Code: "BHG" })],
    ]);
  });
});

it("An order that executes a request after its account was renamed is known to come of it", async () => {
  const { world, adapter, call } = await asked();
  world.feed(adapter, "Action", 1, trade(OWNER, "O1", "T1", 10, 10, { AccountID: "C", RequestID: "R1" }));
  await settled(world);
  expect(call.outcome).toBeUndefined();
  const [state] = [...world.store.list("request", {})].map(({ body }) => JSON.parse(body));
  expect(state.Request).toMatchObject({ RequestID: "R1", Account: account(OWNER, "C") });
  answer(world, adapter, "R1", { OrderID: "O1" });
  await settled(world);
  expect(responseOf(call)).toMatchObject({ OrderID: "O1", Status: "Completed" });
});

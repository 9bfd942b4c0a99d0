import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import {
  answer,
  askByCall,
  askBySocket,
  briefly,
  type Called,
  idsSentTo,
  newOrder,
  openRequests,
  responseOf,
  tradingWorld,
} from "./asking.ts";
import { GENERATION } from "./defined.ts";
import { settled } from "./questions.ts";
import { OWNER, type World } from "./world.ts";

const TIMEOUT = LIMITS.REQUEST_TIMEOUT_MS;
const ADAPTER = { feeds: ["asx"], identity: "User:adapter" };

/** Time passes, and what is due by then is done. */
async function pass(world: World, milliseconds: number): Promise<void> {
  world.now += milliseconds;
  await world.ring();
  await settled(world);
}

function supplied() {
  const world = tradingWorld();
  const adapter = world.connect(ADAPTER);
  world.open(adapter);
  return { world, adapter };
}

const statusOf = (called: Called) => {
  const response = responseOf(called);
  return response === undefined || !("Status" in response) ? response : [response.Status, ...(response.Errors ?? [])];
};

describe("a client request in a call", () => {
  it("waits for its adapter's answer", async () => {
    const { world, adapter } = supplied();
    const called = askByCall(world, newOrder("R1"));
    await settled(world);
    expect([idsSentTo(adapter), called.outcome]).toEqual([["R1"], undefined]);
    answer(world, adapter, "R1", { OrderID: "O1", Status: "Completed" });
    await settled(world);
    expect(responseOf(called)).toMatchObject({ RequestID: "R1", OrderID: "O1", Status: "Completed" });
    expect(called.outcome).toMatchObject({ at: world.store.head().at });
  });

  it("is answered at once when its outcome is known at once", async () => {
    const { world } = supplied();
    const [rejected, queued, validated] = [
      askByCall(world, newOrder("R1", { Quantity: 0 })),
      askByCall(world, newOrder("R2", {}, { Queue: { QueueID: "desk" } })),
      askByCall(world, newOrder("R3", { Quantity: 0 }, { IsValidate: true })),
    ];
    await settled(world);
    expect([rejected, queued].map(statusOf)).toEqual([["Rejected", "TotalQuantity"], ["Queued"]]);
    expect(responseOf(validated)).toMatchObject({ RequestID: "R3", Errors: ["TotalQuantity"] });
    expect(openRequests(world)).toEqual(["R2 Queued"]);
  });

  it("is given an id when it has none", async () => {
    const { world, adapter } = supplied();
    const called = askByCall(world, newOrder("", {}, { RequestID: undefined }));
    await settled(world);
    const [id = ""] = idsSentTo(adapter);
    expect(id).not.toBe("");
    answer(world, adapter, id);
    await settled(world);
    expect(responseOf(called)).toMatchObject({ RequestID: id, Status: "Completed" });
  });

  it("that nobody's feed takes is told so when its time is over", async () => {
    const world = tradingWorld();
    const called = askByCall(world, newOrder("R1"));
    await settled(world);
    await pass(world, TIMEOUT - 1000);
    expect(called.outcome).toBeUndefined();
    await pass(world, 2000);
    expect(statusOf(called)).toEqual(["Rejected", "Timeout asx"]);
  });

  it("that is not answered in time is told that its outcome is unknown, and made again, what is known by then", async () => {
    const { world, adapter } = supplied();
    const called = askByCall(world, newOrder("R1"));
    await settled(world);
    await pass(world, TIMEOUT + 1000);
    const again = askByCall(world, newOrder("R1"));
    await settled(world);
    const unknown = ["Submitted", "Submitted asx"];
    expect([called, again].map(statusOf)).toEqual([unknown, unknown]);
    answer(world, adapter, "R1");
    await settled(world);
    const later = askByCall(world, newOrder("R1"));
    await settled(world);
    expect(statusOf(later)).toEqual(["Completed"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
  });

  it("made several times, by a socket too, is sent once, and all are told its outcome", async () => {
    const { world, adapter } = supplied();
    const client = world.connect();
    askBySocket(world, client, newOrder("R1"), "mine");
    const first = askByCall(world, newOrder("R1"));
    await settled(world);
    const second = askByCall(world, newOrder("R1"));
    await settled(world);
    expect([first.outcome, second.outcome]).toEqual([undefined, undefined]);
    answer(world, adapter, "R1", { Errors: ["Symbol"] });
    await settled(world);
    expect([first, second].map(statusOf)).toEqual([
      ["Rejected", "Symbol"],
      ["Rejected", "Symbol"],
    ]);
    expect(briefly(client)).toEqual(["mine R1 Rejected Symbol"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
  });

  it("with the id of another is refused, and the other goes on", async () => {
    const { world, adapter } = supplied();
    const first = askByCall(world, newOrder("R1"));
    const other = askByCall(world, newOrder("R1", { Quantity: 7 }));
    await settled(world);
    expect(statusOf(other)).toEqual(["Request.Conflict R1"]);
    answer(world, adapter, "R1");
    await settled(world);
    expect(statusOf(first)).toEqual(["Completed"]);
  });

  it("that is cut off by the object's end may be made again, and is told the outcome", async () => {
    const { world, adapter } = supplied();
    askByCall(world, newOrder("R1"));
    await settled(world);
    world.wake();
    const again = askByCall(world, newOrder("R1"));
    await settled(world);
    expect([again.outcome, idsSentTo(adapter)]).toEqual([undefined, ["R1"]]);
    answer(world, adapter, "R1");
    await settled(world);
    expect(statusOf(again)).toEqual(["Completed"]);
  });

  it("is answered Storage.Full when it cannot be recorded, or not that its time is over", async () => {
    const { world, adapter } = supplied();
    const waiting = askByCall(world, newOrder("R1"));
    await settled(world);
    const { bytes } = world.data;
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    const called = askByCall(world, newOrder("R2"));
    await settled(world);
    expect([waiting.outcome, statusOf(called)]).toEqual([undefined, ["Storage.Full"]]);
    await pass(world, TIMEOUT + 1000);
    expect(statusOf(waiting)).toEqual(["Storage.Full"]);
    world.data.bytes = bytes;
    const again = askByCall(world, newOrder("R1"));
    await settled(world);
    await pass(world, LIMITS.TIMER_RETRY_MS);
    expect(statusOf(again)).toEqual(["Submitted", "Submitted asx"]);
    expect(idsSentTo(adapter)).toEqual(["R1"]);
  });

  it("does not wait for an Owner that is undefined meanwhile, or is another", async () => {
    const { world } = supplied();
    const called = askByCall(world, newOrder("R1"));
    await settled(world);
    const retired = world.engine.retire({ ownerId: OWNER, generation: GENERATION }, true);
    await settled(world);
    expect(await retired).toBe("retired");
    expect(statusOf(called)).toEqual(["Owner.Unknown"]);
    const late = askByCall(world, newOrder("R2"));
    await settled(world);
    expect(statusOf(late)).toEqual(["Owner.Unknown"]);
  });

  it("keeps to what its caller may do", async () => {
    const { world } = supplied();
    const named = { Source: "test", Identity: "User:x", Owners: [OWNER], Exchanges: ["nzx"] };
    const called = askByCall(world, newOrder("R1"), named);
    const elsewhere = askByCall(world, newOrder("R2"), { ...named, Owners: ["YT"], Exchanges: [] });
    await settled(world);
    expect([called, elsewhere].map(statusOf)).toEqual([["Authority asx"], ["Authority"]]);
    expect(openRequests(world)).toEqual([]);
  });
});

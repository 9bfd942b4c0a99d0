/** Owners: where names lead, and how Owners end, whatever is cut short. */
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { depositTo, exchange, Installation, listed, owner, renaming, withoutOwner } from "./installation.ts";

async function installationOf(...names: readonly string[]): Promise<Installation> {
  const installation = new Installation();
  await installation.settle();
  for (const name of names) await installation.change(owner(name));
  return installation;
}

async function deposit(installation: Installation, ownerId: string): Promise<void> {
  const entry = installation.entryOf(ownerId);
  const submitted = installation.engineOf(entry.object).submit(entry, [depositTo(ownerId)]);
  await installation.settle();
  expect(await submitted).toHaveProperty("at");
}

/** An order that is to be removed at a time. */
async function order(installation: Installation, OwnerID: string, removal: number): Promise<void> {
  const Order = {
    OrderID: "O1",
    Account: { AccountID: "A", OwnerID },
    Code: "BHP",
    Exchange: "ASX",
    Currency: "AUD",
    Side: "SIDE_SELL",
    Price: 10,
    Quantity: 0,
    IsCompleted: true,
    RemoveAfter: new Date(removal).toISOString(),
  };
  const update = JSON.stringify({
    Type: "UpdateEventType_Action",
    Action: { Type: "ExternalActionType_Update", Order },
  });
  const entry = installation.entryOf(OwnerID);
  const submitted = installation.engineOf(entry.object).submit(entry, [{ update }]);
  await installation.settle();
  expect(await submitted).toHaveProperty("at");
  expect(installation.storeOf(OwnerID).nextTimer()).toBe(removal);
}

/** Who changed Owners, and how, in the System's log. */
function endings(installation: Installation): readonly string[] {
  return installation.system.audit(0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).flatMap(({ text }) => {
    const { Update, Authority } = JSON.parse(text);
    const isEnding = Update.Operation.Type === "OperationType_UndefineOwner";
    return isEnding ? [Authority.Identity ?? Authority.Type] : [];
  });
}

const refusal = (code: string) => ({ errors: [code], item: 0 });

describe("an Owner's definition", () => {
  it("is the same object's for as long as the name leads to it", async () => {
    const installation = await installationOf("A");
    const before = installation.entryOf("A");
    await installation.change(owner("A", "Other"));
    expect(installation.entryOf("A")).toEqual(before);
  });

  it("is refused in a jurisdiction that the platform does not have, and kept in one that it has", async () => {
    const installation = await installationOf();
    const code = "Field.Invalid Operation.OwnerDetails.Metadata.Jurisdiction";
    expect(await installation.change(owner("A", "", { Jurisdiction: "fedramp" }))).toEqual(refusal(code));
    expect(installation.system.find("A")).toBeUndefined();
    await installation.change(owner("A", "", { Jurisdiction: "eu", LocationHint: "weur" }));
    expect(installation.entryOf("A")).toMatchObject({ jurisdiction: "eu", locationHint: "weur" });
  });

  it("keeps the place of the first definition, where the object is", async () => {
    const installation = await installationOf();
    await installation.change(owner("A", "", { LocationHint: "weur" }));
    expect(await installation.change(owner("A", "", { LocationHint: "apac" }))).toHaveProperty("at");
    expect(installation.entryOf("A")).toMatchObject({ locationHint: "weur" });
  });

  it("is answered `Retry` while its object cannot be reached, and is done when it can", async () => {
    const installation = await installationOf();
    installation.fateOf = () => "lost";
    expect(await installation.change(owner("A"))).toEqual(refusal("Retry"));
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.engineOf(installation.entryOf("A").object).ownerId).toBe("A");
  });
});

describe("an Owner that is renamed", () => {
  it("leads from the new name to the same object, which knows itself by it when that is answered", async () => {
    const installation = await installationOf("A");
    const { object } = installation.entryOf("A");
    await deposit(installation, "A");
    const submitted = installation.ask(renaming("A", "B"));
    let isAnswered = false;
    void submitted.then(() => {
      isAnswered = true;
    });
    while (!isAnswered) await installation.turn();
    expect(installation.standingOf(object).ownerId).toBe("B");
    expect(await submitted).toHaveProperty("at");
    expect(installation.system.find("A")).toBeUndefined();
    expect(installation.entryOf("B").object).toBe(object);
    const [balance] = listed(installation.engineOf(object).list({ kind: "balance" }));
    expect(balance).toMatchObject({ Account: { OwnerID: "B" } });
  });

  it("leaves the old name to whoever is defined by it: another object", async () => {
    const installation = await installationOf("A");
    const { object } = installation.entryOf("A");
    await installation.change(renaming("A", "B"));
    await installation.change(owner("A"));
    expect(installation.entryOf("A").object).not.toBe(object);
    await installation.change(renaming("A", "C"));
    await installation.change(renaming("B", "A"));
    expect(installation.entryOf("A").object).toBe(object);
    expect(installation.engineOf(object).ownerId).toBe("A");
  });

  it("is renamed although its object cannot be told at once, and learns of it later", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "done" : "lost");
    expect(await installation.change(renaming("A", "B"))).toHaveProperty("at");
    expect(installation.engineOf(installation.entryOf("B").object).ownerId).toBe("A");
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.engineOf(installation.entryOf("B").object).ownerId).toBe("B");
  });

  it("closes its sockets with 4404", async () => {
    const installation = await installationOf("A");
    const socket = installation.connect("A", { Source: "S", Identity: "User:x" });
    await installation.change(renaming("A", "B"));
    expect(socket.closed).toBe(4404);
  });
});

describe("an Owner's end", () => {
  it("is refused while it has live records, and not when it is forced", async () => {
    const installation = await installationOf("A");
    await deposit(installation, "A");
    const socket = installation.connect("A", { Source: "S", Identity: "User:x" });
    expect(await installation.change(withoutOwner("A"))).toEqual(refusal("Owner.Occupied A"));
    expect(installation.data.timers.size).toBe(0);
    expect(socket.closed).toBeUndefined();
    expect(await installation.change(withoutOwner("A"), { force: true }, "User:boss")).toHaveProperty("at");
    expect(installation.system.find("A")).toBeUndefined();
    expect(socket.closed).toBe(4404);
    expect(endings(installation)).toEqual(["User:boss"]);
    expect(installation.data.timers.size).toBe(0);
  });

  it("is that of an Owner that exists", async () => {
    const installation = await installationOf();
    expect(await installation.change(withoutOwner("A"), { mustExist: true })).toEqual(refusal("Owner.Unknown A"));
    expect(installation.owners.size).toBe(0);
    await installation.rest();
  });

  it("leaves nothing under way when its object cannot be reached: it is not undefined unawares later", async () => {
    const installation = await installationOf("A");
    await installation.change(exchange("X"));
    installation.fateOf = () => "lost";
    await installation.change(exchange("Y"));
    expect(await installation.change(withoutOwner("A"))).toEqual(refusal("Retry"));
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.system.find("A")).toBeDefined();
  });

  it("is asked of the object by the name that it has learnt, also right after a renaming", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "done" : "lost");
    await installation.change(renaming("A", "B"));
    installation.fateOf = () => "done";
    expect(await installation.change(withoutOwner("B"))).toHaveProperty("at");
    expect(installation.system.find("B")).toBeUndefined();
    await installation.rest();
  });

  it("is carried out although the answer was lost", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "unanswered" : "done");
    expect(await installation.change(withoutOwner("A"))).toEqual(refusal("Retry"));
    expect(installation.system.find("A")).toBeDefined();
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.system.find("A")).toBeUndefined();
  });

  it("may be asked for again when the answer was lost, and then is whoever's asks", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "unanswered" : "done");
    await installation.change(withoutOwner("A"));
    installation.fateOf = () => "done";
    expect(await installation.change(withoutOwner("A"), { mustExist: true }, "User:boss")).toHaveProperty("at");
    expect(endings(installation)).toEqual(["User:boss"]);
  });

  it("is one at a time", async () => {
    const installation = await installationOf("A");
    const first = installation.ask(withoutOwner("A"));
    const second = installation.ask(withoutOwner("A"));
    await installation.settle();
    expect(await second).toEqual(refusal("Retry"));
    expect(await first).toHaveProperty("at");
  });

  it("bars a renaming until it is settled", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "unanswered" : "done");
    await installation.change(withoutOwner("A"));
    expect(await installation.change(renaming("A", "B"))).toEqual(refusal("Retry"));
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.system.directory()).toEqual([]);
  });

  it("is given up for now when the object never answers, and never meets a namesake", async () => {
    const installation = await installationOf("A");
    installation.fateOf = (_, { delivery }) => (delivery === undefined ? "stuck" : "done");
    const late = installation.ask(withoutOwner("A"));
    await installation.settle();
    installation.now += LIMITS.DELIVERY_TIMEOUT_MS - 1;
    expect(await installation.change(withoutOwner("A"))).toEqual(refusal("Retry"));
    installation.fateOf = () => "done";
    installation.now += 1;
    expect(await installation.change(withoutOwner("A"))).toHaveProperty("at");
    await installation.change(owner("A"));
    // The first is answered at last.
    installation.release();
    await installation.settle();
    expect(await late).toEqual(refusal("Retry"));
    await installation.rest();
    expect(installation.system.find("A")).toBeDefined();
  });

  it("that the System's log has no room for goes on later", async () => {
    const installation = await installationOf("A");
    const submitted = installation.ask(withoutOwner("A"));
    // The object has agreed; what must follow cannot be written.
    while (!installation.standingOf("A@6").isRetired) await installation.turn();
    installation.data.bytes = LIMITS.STORAGE_BYTES;
    await installation.settle();
    expect(await submitted).toEqual(refusal("Storage.Full"));
    expect(installation.system.find("A")).toBeDefined();
    installation.data.bytes = 0;
    await installation.rest();
    expect(installation.system.find("A")).toBeUndefined();
  });

  it("leaves no timer of its own to go off afterwards", async () => {
    const installation = await installationOf("A");
    const { object } = installation.entryOf("A");
    await order(installation, "A", installation.now + 1000);
    await installation.change(withoutOwner("A"), { force: true });
    const store = installation.storeOfObject(object);
    const { at } = store.head();
    installation.now += 2000;
    void installation.engineOf(object).alarm();
    await installation.settle();
    expect(store.nextTimer()).toBeUndefined();
    expect(store.head().at).toBe(at);
  });

  it.each(["the System", "its object"])(
    "cut short by a reset of %s after any turn ends in the same way",
    async (reset) => {
      // Turns until nothing is left to be done without a reset.
      const whole = await installationOf("A");
      void whole.ask(withoutOwner("A"));
      let turns = 0;
      while (await whole.turn()) turns++;
      expect(turns).toBeGreaterThan(4);
      for (let after = 0; after <= turns; after++) {
        const installation = await installationOf("A");
        const { object } = installation.entryOf("A");
        void installation.ask(withoutOwner("A")).catch(() => undefined);
        for (let turn = 0; turn < after; turn++) await installation.turn();
        if (reset === "the System") installation.restart();
        else installation.evict(object);
        await installation.settle();
        const wasUndefined = installation.system.find("A") === undefined;
        if (wasUndefined) await installation.change(owner("A"));
        await installation.rest();
        const found = installation.system.find("A");
        const standing = installation.standingOf(object);
        // Either it was never begun, or it was carried out to the end, never half of it; and a namesake lives on.
        if (wasUndefined) expect([after, found?.object]).toEqual([after, "A@8"]);
        else expect([after, standing.isRetired]).toEqual([after, found === undefined]);
      }
    },
  );
});

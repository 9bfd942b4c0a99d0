import { describe, expect, it } from "vitest";
import { type EventShape, matcherOf } from "../../src/domain/views.ts";
import { readSubscription } from "../../src/owner/subscriptions.ts";
import type { SubscriptionDetails } from "../../src/protocol/messages/index.ts";
import { exchange, GENERATION, hand, owner, status, withoutExchange } from "./defined.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

const targets = (Name: string, ...Values: readonly string[]) => ({ Targets: [{ Name, Values }] });

function account(AccountID: string) {
  return { AccountDetails: { Account: { AccountID, OwnerID: OWNER }, Name: `Account ${AccountID}` } };
}

/** What the view shows, in short: the operation and what it is about. */
function shown(socket: PlayedSocket): readonly string[] {
  return socket.events.map(({ Operation }) => {
    const { Type, OwnerDetails, RequestStatus, ExchangeDetails, AccountDetails } = Operation;
    const name =
      OwnerDetails?.OwnerID ?? RequestStatus?.Code ?? ExchangeDetails?.Exchange ?? AccountDetails?.Account.AccountID;
    return `${Type.slice("OperationType_".length)} ${name}`;
  });
}

async function define(world: World, ...ids: readonly string[]): Promise<void> {
  const submitted = world.engine.submit(
    { ownerId: OWNER, generation: GENERATION },
    ids.map((id) => ({
      update: JSON.stringify({
        Type: "UpdateEventType_Operation",
        Operation: { Type: "OperationType_DefineAccount", ...account(id) },
      }),
    })),
  );
  world.settle();
  expect(await submitted).toMatchObject({ updates: expect.any(Array) });
}

async function worldWithAll(): Promise<World> {
  const world = new World(
    status("Queued"),
    status("Pending"),
    exchange("NZX", "system"),
    exchange("ASX", "system"),
    exchange("ASX", "feed", "ownExchange"),
  );
  await define(world, "B", "A", "AB");
  return world;
}

describe("the Metadata view's snapshot", () => {
  it("is the Owner, the request statuses, the exchanges in effect and the accounts, as what defines them", async () => {
    const world = await worldWithAll();
    const socket = world.connect();
    world.subscribe(socket, "Metadata");
    expect(socket.messages.map(({ Type }) => Type.slice(17))).toEqual([
      "Response",
      "SnapshotStart",
      ...["Update", "Update", "Update", "Update"],
      "SnapshotFinish",
    ]);
    expect(socket.events).toEqual(
      [
        { Type: "OperationType_DefineOwner", OwnerDetails: { OwnerID: OWNER, Name: `Owner ${OWNER}` } },
        { Type: "OperationType_DefineRequestStatus", RequestStatus: { Code: "Pending" } },
        { Type: "OperationType_DefineRequestStatus", RequestStatus: { Code: "Queued" } },
        { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange: "ASX", Metadata: { of: "feed" } } },
        { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange: "NZX", Metadata: { of: "system" } } },
        { Type: "OperationType_DefineAccount", ...account("A") },
        { Type: "OperationType_DefineAccount", ...account("AB") },
        { Type: "OperationType_DefineAccount", ...account("B") },
      ].map((Operation) => ({ Type: "UpdateEventType_Operation", Operation })),
    );
  });

  it("is narrowed by accounts and by exchanges, which narrow nothing else", async () => {
    const world = await worldWithAll();
    const common = [`DefineOwner ${OWNER}`, "DefineRequestStatus Pending", "DefineRequestStatus Queued"];
    const seen = (options: object) => {
      const socket = world.connect();
      world.subscribe(socket, "Metadata", options);
      return shown(socket);
    };
    const exchanges = ["DefineExchange ASX", "DefineExchange NZX"];
    const accounts = ["DefineAccount A", "DefineAccount AB", "DefineAccount B"];
    expect(seen(targets("Account", `${OWNER}/A`, `${OWNER}/C`))).toEqual([...common, ...exchanges, "DefineAccount A"]);
    expect(seen(targets("Exchange", "NZX"))).toEqual([...common, "DefineExchange NZX", ...accounts]);
    expect(seen(targets("Owner", OWNER))).toEqual([...common, ...exchanges, ...accounts]);
    expect(
      seen({ Targets: [...targets("Owner", OWNER).Targets, ...targets("Account", `${OWNER}/A`).Targets] }),
    ).toEqual([...common, ...exchanges, ...accounts]);
  });

  describe("that takes several turns", () => {
    const large = ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"];
    const whole = [
      `DefineOwner ${OWNER}`,
      "DefineRequestStatus Pending",
      ...large.map((code) => `DefineExchange ${code}`),
      "DefineAccount A",
    ];

    /** A world with a socket that has been sent the snapshot up to the middle of the exchanges. */
    async function interrupted(): Promise<{ world: World; socket: PlayedSocket }> {
      const note = "x".repeat(150_000);
      const world = new World(status("Pending"), ...large.map((code) => exchange(code, note)));
      await define(world, "A");
      const socket = world.connect();
      world.send(socket, { Type: "Subscribe", Subscription: { Type: "Metadata" } });
      world.turn();
      expect(shown(socket).length).toBeGreaterThan(2);
      expect(shown(socket).length).toBeLessThan(whole.length);
      return { world, socket };
    }

    function splitAtFinish(socket: PlayedSocket): readonly [before: readonly string[], after: readonly string[]] {
      const finish = socket.messages.findIndex(({ Type }) => Type === "EventMessageType_SnapshotFinish");
      const count = socket.messages.slice(0, finish).flatMap(({ Updates = [] }) => Updates).length;
      return [shown(socket).slice(0, count), shown(socket).slice(count)];
    }

    it("is as at where it began, and what happens meanwhile follows", async () => {
      const { world, socket } = await interrupted();
      await define(world, "A0", "0");
      expect(splitAtFinish(socket)).toEqual([whole, ["DefineAccount A0", "DefineAccount 0"]]);
    });

    it("goes on in the middle after a restart, as at where it began", async () => {
      const { world, socket } = await interrupted();
      hand(world.store, [withoutExchange("E9", "exchange"), exchange("E0", "late"), status("Queued")]);
      world.wake();
      world.settle();
      const since = ["UndefineExchange E9", "DefineExchange E0", "DefineRequestStatus Queued"];
      expect(splitAtFinish(socket)).toEqual([whole, since]);
    });
  });
});

describe("the Metadata view's events", () => {
  it("are what was defined and undefined since, live and missed, and no other view shows them", async () => {
    const world = await worldWithAll();
    const [live, other] = [world.connect(), world.connect()];
    world.subscribe(live, "Metadata", { From: { Positions: { "@at": world.store.head().at } } });
    for (const view of ["Updates", "Orders", "Balances", "Holdings", "Transactions", "Status"]) {
      world.subscribe(other, view, { From: { Positions: { "@at": world.store.head().at } } });
    }
    const from = world.store.head().at;
    await define(world, "C");
    expect(shown(live)).toEqual(["DefineAccount C"]);
    expect(other.events).toEqual([]);
    hand(world.store, [owner(OWNER, { Name: "New" }), status("Queued"), withoutExchange("NZX", "exchange")]);
    world.wake();
    const resumed = world.connect();
    world.subscribe(resumed, "Metadata", { From: { Positions: { "@at": from } } });
    expect(shown(resumed)).toEqual([
      "DefineAccount C",
      `DefineOwner ${OWNER}`,
      "DefineRequestStatus Queued",
      "UndefineExchange NZX",
    ]);
  });

  const matches = (details: SubscriptionDetails, operation: EventShape["Operation"]) =>
    matcherOf(readSubscription({ Type: "SubscriptionType_Metadata", ...details }, OWNER), () => "")(
      { Type: "UpdateEventType_Operation", ...(operation !== undefined && { Operation: operation }) },
      "system",
    );
  const ofAccount = (type: string) => ({
    Type: `OperationType_${type}`,
    AccountDetails: { Account: { AccountID: "A", OwnerID: OWNER } },
  });
  const ofExchange = (type: string) => ({ Type: `OperationType_${type}`, ExchangeDetails: { Exchange: "ASX" } });

  it.each([ofAccount("DefineAccount"), ofAccount("UndefineAccount")])(
    "of accounts are narrowed by accounts alone: $Type",
    (operation) => {
      expect(matches({}, operation)).toBe(true);
      expect(matches({ Targets: [{ Name: "Account", Values: [`${OWNER}/A`] }] }, operation)).toBe(true);
      expect(matches({ Targets: [{ Name: "Account", Values: [`${OWNER}/B`] }] }, operation)).toBe(false);
      expect(matches({ Targets: [{ Name: "Exchange", Values: ["NZX"] }] }, operation)).toBe(true);
    },
  );

  it.each([ofExchange("DefineExchange"), ofExchange("UndefineExchange")])(
    "of exchanges are narrowed by exchanges alone: $Type",
    (operation) => {
      expect(matches({}, operation)).toBe(true);
      expect(matches({ Targets: [{ Name: "Exchange", Values: ["ASX"] }] }, operation)).toBe(true);
      expect(matches({ Targets: [{ Name: "Exchange", Values: ["NZX"] }] }, operation)).toBe(false);
      expect(matches({ Targets: [{ Name: "Account", Values: [`${OWNER}/B`] }] }, operation)).toBe(true);
    },
  );

  it.each(["DefineRequestStatus", "UndefineRequestStatus", "DefineOwner", "TransformOwner"])(
    "of %s are narrowed by nothing",
    (type) => {
      const narrow = [
        { Name: "Account", Values: [`${OWNER}/B`] },
        { Name: "Exchange", Values: ["NZX"] },
      ];
      expect(matches({ Targets: narrow }, { Type: `OperationType_${type}` })).toBe(true);
    },
  );

  it.each(["Transform", "TransformAccount", "DefinePermissions", "DefineIdentitySource"])(
    "are not those of %s",
    (type) => expect(matches({}, { Type: `OperationType_${type}` })).toBe(false),
  );

  it("cannot be narrowed by feeds", () => {
    const details: SubscriptionDetails = {
      Type: "SubscriptionType_Metadata",
      Targets: [{ Name: "Feed", Values: ["asx"] }],
    };
    expect(() => readSubscription(details, OWNER)).toThrow("Field.Invalid Subscription.Targets[0].Name");
  });
});

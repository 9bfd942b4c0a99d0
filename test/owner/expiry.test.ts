import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit, update } from "./actions.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

const MINUTE = 60_000;

function setOrderTimer(world: World, socket: PlayedSocket, due: number): void {
  world.feed(socket, "Action", 1, update(OWNER, "O1", { RemoveAfter: new Date(due).toISOString() }));
  world.settle();
}

describe.each(["warm", "woken"])("a token's expiry (%s)", (mode) => {
  const between = (world: World) => {
    if (mode === "woken") world.wake();
  };

  it("closes its socket with 4401 when the alarm goes off, and no other", async () => {
    const world = new World();
    const [short, long, endless] = [
      world.connect({ expires: world.now + MINUTE }),
      world.connect({ expires: world.now + 2 * MINUTE }),
      world.connect(),
    ];
    between(world);
    expect(world.alarmAt).toBe(world.now + MINUTE);
    world.now += MINUTE;
    await world.ring();
    expect([short.closed, long.closed, endless.closed]).toEqual([4401, undefined, undefined]);
    expect(world.alarmAt).toBe(world.now + MINUTE);
    between(world);
    world.now += MINUTE;
    await world.ring();
    expect([long.closed, endless.closed]).toEqual([4401, undefined]);
    expect(world.alarmAt).toBeUndefined();
  });

  it("passes its feed on to who stands by, and records the feed as lost when nobody does", async () => {
    const world = new World();
    const supplier = world.connect({ feeds: ["asx"], expires: world.now + MINUTE });
    const standby = world.connect({ feeds: ["asx"], expires: world.now + 2 * MINUTE });
    world.open(supplier);
    world.open(standby);
    expect(standby.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Suspend" });
    between(world);
    world.now += MINUTE;
    await world.ring();
    expect(supplier.closed).toBe(4401);
    expect(standby.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
    between(world);
    world.now += MINUTE;
    await world.ring();
    const [feed] = [...world.store.list("feed", {})];
    expect(JSON.parse(feed?.body ?? "")).not.toHaveProperty("Status");
  });

  it("is not postponed by a later timer, nor by a later token, and postpones no earlier timer", async () => {
    const world = new World();
    const due = Math.ceil(world.now / 1000) * 1000 + 3 * MINUTE;
    const adapter = world.connect({ feeds: ["asx"], expires: due - MINUTE });
    world.connect({ expires: due + MINUTE });
    world.open(adapter);
    between(world);
    setOrderTimer(world, adapter, due);
    expect(world.alarmAt).toBe(due - MINUTE);
    world.now = due - MINUTE;
    await world.ring();
    expect(adapter.closed).toBe(4401);
    expect(world.alarmAt).toBe(due);
    between(world);
    world.connect({ expires: due + 1 });
    expect(world.alarmAt).toBe(due);
    world.now = due;
    await world.ring();
    expect([...world.store.list("order", {})]).toEqual([]);
    expect(world.alarmAt).toBe(due + 1);
  });

  it("survives an alarm that comes early or twice", async () => {
    const world = new World();
    const socket = world.connect({ expires: world.now + MINUTE });
    between(world);
    world.now += MINUTE - 1;
    await world.ring();
    expect(socket.closed).toBeUndefined();
    expect(world.alarmAt).toBe(world.now + 1);
    between(world);
    world.now += 1;
    await world.ring();
    socket.closed = undefined;
    await world.ring();
    expect(socket.closed).toBeUndefined();
    expect(world.reported).toEqual([]);
  });

  it("holds while the alarm is late: no frame of it counts, and it is shown nothing more", () => {
    const world = new World();
    const [late, subscriber] = [
      world.connect({ feeds: ["asx"], expires: world.now + MINUTE }),
      world.connect({ expires: world.now + MINUTE }),
    ];
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(late);
    world.open(adapter);
    world.subscribe(subscriber, "Balances");
    between(world);
    world.feed(late, "Action", 1, deposit(OWNER, "D1", 1));
    world.settle();
    const shown = subscriber.frames.length;
    world.now += MINUTE;
    world.feed(late, "Action", 2, deposit(OWNER, "D2", 1));
    world.settle();
    expect([late.closed, subscriber.closed]).toEqual([4401, 4401]);
    world.feed(adapter, "Action", 3, deposit(OWNER, "D3", 1));
    world.settle();
    expect(world.store.head().positions.get("asx")).toBe(3);
    expect(JSON.parse([...world.store.list("balance", {})][0]?.body ?? "")).toMatchObject({ Balance: 2 });
    expect(subscriber.frames).toHaveLength(shown);
  });

  it("is shown nothing that is committed after it, whoever else sent that", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    const subscriber = world.connect({ expires: world.now + MINUTE });
    world.open(adapter);
    world.subscribe(subscriber, "Balances");
    between(world);
    world.feed(adapter, "Action", 1, deposit(OWNER, "D1", 1));
    world.now += MINUTE;
    const shown = subscriber.frames.length;
    world.settle();
    expect(subscriber.closed).toBe(4401);
    expect(subscriber.frames).toHaveLength(shown);
  });

  it("retries a timer that cannot be dealt with later, but not the tokens", async () => {
    const world = new World();
    const due = Math.ceil(world.now / 1000) * 1000 + MINUTE;
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    setOrderTimer(world, adapter, due);
    const socket = world.connect({ expires: due + 1000 });
    between(world);
    world.data.bytes = Number.MAX_SAFE_INTEGER;
    world.now = due;
    await world.ring();
    expect(world.alarmAt).toBe(due + 1000);
    world.now = due + 1000;
    await world.ring();
    expect(socket.closed).toBe(4401);
    expect(world.alarmAt).toBe(due + 1000 + LIMITS.TIMER_RETRY_MS);
  });
});

describe("on waking", () => {
  it("a socket that expired meanwhile is closed at once, and the missed alarm is made up for the others", () => {
    const world = new World();
    const expired = world.connect({ feeds: ["asx"], expires: world.now + MINUTE });
    const successor = world.connect({ feeds: ["asx"], expires: world.now + 2 * MINUTE });
    world.open(expired);
    world.now += MINUTE + 1;
    // The platform has given the alarm up.
    world.alarmAt = undefined;
    world.wake();
    expect(expired.closed).toBe(4401);
    expect(world.alarmAt).toBe(world.now + MINUTE - 1);
    world.open(successor);
    expect(successor.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
  });

  it("the alarm is made up for who is left when the one that it was for has gone by itself", () => {
    const world = new World();
    const gone = world.connect({ expires: world.now + MINUTE });
    world.connect({ expires: world.now + 3 * MINUTE });
    world.now += 2 * MINUTE;
    world.alarmAt = undefined;
    gone.closed = 1000;
    world.wake();
    expect(world.alarmAt).toBe(world.now + MINUTE);
  });
});

describe("a socket that opens", () => {
  it("is refused, and not accepted, once its token has expired, and not a millisecond before", () => {
    const world = new World();
    expect(() => world.connect({ expires: world.now })).toThrow("Unauthenticated");
    expect(() => world.connect({ expires: world.now - MINUTE })).toThrow("Unauthenticated");
    expect(world.sockets).toEqual([]);
    expect(world.connect({ expires: world.now + 1 }).closed).toBeUndefined();
  });

  it("writes nothing to storage for its expiry", () => {
    const world = new World();
    const { bytes } = world.data;
    world.connect({ expires: world.now + MINUTE });
    expect(world.data.bytes).toBe(bytes);
    expect(world.store.nextTimer()).toBeUndefined();
  });

  it("counts its expiry in the room of its attachment", () => {
    const world = new World();
    const identity = (characters: number) => "x".repeat(characters);
    const fits = (characters: number, expires?: number) => {
      try {
        world.connect({ identity: identity(characters), ...(expires !== undefined && { expires }) });
        return true;
      } catch {
        return false;
      }
    };
    let most = LIMITS.ATTACHMENT_BYTES;
    while (!fits(most)) most--;
    expect(fits(most, world.now + MINUTE)).toBe(false);
    expect(fits(most - 100, world.now + MINUTE)).toBe(true);
  });
});

describe("every socket of an Owner expiring in one second", () => {
  it("closes each of them once, and leaves room for others and no alarm", async () => {
    const world = new World();
    const expires = world.now + MINUTE;
    let closed = 0;
    for (let count = 0; count < LIMITS.SOCKETS; count++) {
      const socket = world.connect({ expires });
      socket.close = () => {
        closed++;
      };
    }
    world.now = expires;
    await world.ring();
    expect(closed).toBe(LIMITS.SOCKETS);
    expect(world.sockets.every(({ kept }) => kept === null)).toBe(true);
    expect(world.alarmAt).toBeUndefined();
    expect(() => world.connect()).not.toThrow();
  });
});

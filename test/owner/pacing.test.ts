/** How fast one Owner serves snapshots and what was missed: so much a turn, and so much a second, whoever reads it. */
import { beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { deposit } from "./actions.ts";
import { SMALL_LIMITS } from "./support/small-limits.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

/** A second that is as long as the test wants it to be. */
const PER_SECOND = 5_000;
Object.assign(LIMITS, { CATCH_UP_BYTES_PER_SECOND: PER_SECOND });

/** What is read for one frame at most: a piece is told whole. */
const PIECE = SMALL_LIMITS.EVENT_FRAME_BYTES * 2;

let world: World;

beforeEach(() => {
  world = new World();
  // The beginning of a second, so that one test knows how much of it is left.
  world.now = Math.ceil(world.now / 1000) * 1000;
  const adapter = world.connect({ feeds: ["asx"] });
  world.open(adapter);
  for (let position = 1; position <= 200; position++) {
    world.feed(adapter, "Action", position, deposit(OWNER, `D${position}`, 1, `ACCOUNT${position}`));
  }
  world.settle();
});

const bytesOf = ({ frames }: PlayedSocket) => frames.reduce((sum, frame) => sum + frame.length, 0);

/** Takes turns as long as anything comes of them; a world takes turns that are late at once, so nothing may come then. */
function serveASecond(subscribers: readonly PlayedSocket[]): number {
  const sentBefore = subscribers.reduce((sum, socket) => sum + bytesOf(socket), 0);
  for (let idle = 0; idle < 3 && world.isBusy; ) {
    const before = subscribers.reduce((sum, socket) => sum + bytesOf(socket), 0);
    world.turn();
    idle = subscribers.reduce((sum, socket) => sum + bytesOf(socket), 0) > before ? 0 : idle + 1;
  }
  return subscribers.reduce((sum, socket) => sum + bytesOf(socket), 0) - sentBefore;
}

describe("snapshots", () => {
  it.each([1, 3])(
    "of %d subscribers together take no more of a second than its share, and go on in the next",
    (count) => {
      const subscribers = Array.from({ length: count }, () => world.connect());
      for (const socket of subscribers) {
        world.send(socket, { Type: "Subscribe", Subscription: { Type: "Balances" } });
      }
      const seconds: number[] = [];
      while (subscribers.some((socket) => !socket.types().includes("SnapshotFinish"))) {
        seconds.push(serveASecond(subscribers));
        world.now += 1000;
        if (seconds.length > 200) throw new Error("it does not come to an end");
      }
      expect(seconds.length).toBeGreaterThan(2 * count);
      for (const sent of seconds.slice(0, -1)) {
        expect(sent).toBeGreaterThan(0);
        // Frames carry what their bytes were read for, and a heading.
        expect(sent).toBeLessThan(PER_SECOND + PIECE + 600 * count);
      }
      for (const socket of subscribers) expect(socket.events).toHaveLength(200);
    },
  );

  it("are given a turn's share at a time, so that others have their turns between", () => {
    const socket = world.connect();
    world.send(socket, { Type: "Subscribe", Subscription: { Type: "Balances" } });
    const turns: number[] = [];
    while (world.isBusy && turns.length < 7) {
      const before = bytesOf(socket);
      world.turn();
      turns.push(bytesOf(socket) - before);
    }
    const sending = turns.filter((bytes) => bytes > 0);
    expect(sending.length).toBeGreaterThan(2);
    for (const bytes of sending) expect(bytes).toBeLessThan(SMALL_LIMITS.SNAPSHOT_TURN_BYTES + PIECE + 600);
  });
});

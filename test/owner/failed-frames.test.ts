/** What a disk that fails once does to the frames of a feed: none is ever passed over. */
import { describe, expect, it } from "vitest";
import type { At } from "../../src/domain/records.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import type { Commit } from "../../src/storage/store.ts";
import { update } from "./actions.ts";
import { define } from "./defined.ts";
import { EmptyWorld, OWNER, type PlayedSocket } from "./world.ts";

/** Commits that are yet to fail. */
interface Disk {
  failing: number;
}

class FailingStore extends MemoryStore {
  readonly #disk: Disk;

  constructor(data: MemoryData, disk: Disk) {
    super(data);
    this.#disk = disk;
  }

  override commit(commit: Commit): void {
    if (this.#disk.failing-- > 0) throw new Error("SQLITE_IOERR: disk I/O error");
    super.commit(commit);
  }
}

const UNREADABLE = { Action: { Type: "Update", Prise: 1 } };

/** An Owner whose feed `asx` is supplied, and what is on its disk. */
function supplied(configuration: object = {}) {
  const [data, disk] = [new MemoryData(), { failing: 0 }];
  define(new MemoryStore(data), OWNER);
  const world = new EmptyWorld(() => new FailingStore(data, disk));
  const socket = world.connect({ feeds: ["asx"] });
  world.feed(socket, "Open", undefined, { Configuration: configuration });
  world.settle();
  /** A frame in a commit of its own, of which the writing fails so often. */
  const frame = (to: PlayedSocket, position: number | undefined, content: object, failing = 0) => {
    disk.failing = failing;
    world.feed(to, "Action", position, content);
    world.settle();
  };
  const recorded = () =>
    [...world.store.records(0 as At, world.store.head().at)]
      .map(({ text }) => JSON.parse(text))
      .filter(({ Sequence }) => Sequence === "asx")
      .map(({ Position, Errors = [] }) => [Position, ...Errors].join(" "));
  return { world, socket, frame, recorded };
}

describe("When the disk fails over a frame of a feed", () => {
  it("what went wrong takes the frame's place", () => {
    const { socket, frame, recorded } = supplied();

    frame(socket, 1, update(OWNER, "O1"), 1);
    frame(socket, 2, update(OWNER, "O1"));

    expect(recorded()).toEqual(["1 Storage.Failed", "2"]);
  });

  it("it takes that of one whose position alone can be read, too", () => {
    const { socket, frame, recorded } = supplied();

    frame(socket, 1, UNREADABLE, 1);
    frame(socket, 2, update(OWNER, "O1"));

    expect(recorded()).toEqual(["1 Storage.Failed", "2"]);
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 2 } });
  });

  it.each([
    ["that cannot be read", UNREADABLE],
    ["that can be read", update(OWNER, "O1")],
  ])("the supply ends with one %s and has no position, and nothing behind it is taken", (_, content) => {
    const { world, socket, frame, recorded } = supplied();

    frame(socket, undefined, content, 1);
    frame(socket, 2, update(OWNER, "O1"));
    const taken = recorded();
    world.open(socket);
    frame(socket, 1, update(OWNER, "O1"));

    expect(socket.types()).toContain("Feed");
    expect([taken, recorded()]).toEqual([[], ["1"]]);
  });

  it("the supply ends with one that would leave a gap, when none may be left", () => {
    const { socket, frame, recorded } = supplied({ Settings: { Gapless: "true" } });

    frame(socket, 1, update(OWNER, "O1"));
    frame(socket, 3, update(OWNER, "O1"), 1);
    frame(socket, 4, update(OWNER, "O1"));

    expect(recorded()).toEqual(["1"]);
    expect(socket.messages.map(({ Feed }) => Feed?.Type)).toContain("FeedEventType_Suspend");
  });
});

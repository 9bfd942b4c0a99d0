/** What must happen in an Owner although nothing can be written any more. */
import { expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { World } from "./world.ts";

test("a source that could not be recorded is not held against who has shown anew who they are", async () => {
  const world = new World();
  // The delivery of it comes again and again until there is room.
  const hand = async () => {
    const handed = world.engine.handDown({ after: 1, items: [{ position: 7, source: "test" }], upTo: 7 });
    const refused = expect(handed).rejects.toThrow("Storage.Full");
    world.settle();
    await refused;
  };
  const before = world.connect();
  world.data.bytes = LIMITS.STORAGE_BYTES;
  await hand();
  const after = world.connect();
  await hand();

  expect([before.closed, after.closed]).toEqual([4403, undefined]);
});

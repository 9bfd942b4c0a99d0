import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { update } from "./actions.ts";
import { Client } from "./client.ts";
import { newOwner, objectOf, positionsOf } from "./object.ts";

/** How many records each commit of an Owner holds. */
async function commitSizes(owner: string): Promise<readonly number[]> {
  return runInDurableObject(objectOf(owner), (_, { storage }) => {
    const bodies = storage.sql.exec<{ body: string }>("SELECT body FROM commits ORDER BY id").toArray();
    return bodies.map(({ body }) => body.split("\n").length);
  });
}

function frames(owner: string, from: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    Type: "FeedRequest",
    Feed: {
      Type: "Action",
      Position: { Sequence: "asx", Position: from + index },
      ...update(owner, `O${from + index}`),
    },
  }));
}

it("updates that are pipelined share commits, and are acknowledged by one Bookmark for each", async () => {
  const owner = newOwner();
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  for (let first = 1; first <= 200; first += 10) adapter.send(frames(owner, first, 10));
  await adapter.synchronise();
  const sizes = await commitSizes(owner);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(202);
  expect(sizes.length).toBeLessThan(25);
  expect(adapter.feedEvents("Bookmark").length).toBeLessThan(sizes.length);
});

it("a commit holds at most COMMIT_RECORDS, and what is over them is in the next, in order", async () => {
  const owner = newOwner();
  const adapter = await Client.connect(owner, { feeds: ["asx"] });
  await adapter.open("asx");
  const half = LIMITS.COMMIT_RECORDS / 2;
  for (let part = 0; part < 3; part++) adapter.send(frames(owner, 1 + part * half, half));
  await adapter.synchronise();
  const sizes = await commitSizes(owner);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.COMMIT_RECORDS);
  expect(await positionsOf(owner, "asx")).toEqual(Array.from({ length: 3 * half }, (_, index) => index + 1));
});

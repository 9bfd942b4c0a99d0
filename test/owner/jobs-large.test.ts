/** Renames of 100,000 live records, with the object losing its memory on the way (design §5). */
import { expect, test } from "vitest";
import type { At } from "../../src/domain/records.ts";
import { verifiedStretch } from "../../src/owner/chain.ts";
import type { ChainStretch } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { writeAccounts } from "./many-records.ts";
import { OWNER, World } from "./world.ts";

const ACCOUNTS = 25_000;
const KINDS = ["account", "order", "balance", "holding"] as const;
const NO_TIMEOUT = 0;

const rename = {
  Type: "Operation",
  Operation: {
    Type: "Transform",
    Transform: { TransformID: "R1", TransformType: "RENAME_CURRENCY", Code: "AUD", Parameters: { newCode: "EUR" } },
  },
};

function* bodies(world: World): Iterable<string> {
  for (const kind of KINDS) for (const { body } of world.store.list(kind, {})) yield body;
}

/** The steps of all jobs, by what their records name them; the first has no number. */
function steps(world: World, after: At): readonly (number | undefined)[] {
  const found: (number | undefined)[] = [];
  for (const { text } of world.store.records(after, world.store.head().at)) {
    const { Transform, OwnerTransform } = JSON.parse(text).Update?.Operation ?? {};
    const named = Transform ?? OwnerTransform;
    if (named === undefined) continue;
    // An order tells of itself and of the two balances between which its reservation moves.
    expect(JSON.parse(text).Events.length).toBeLessThanOrEqual(3 * LIMITS.COMMIT_RECORDS);
    found.push(named.Parameters.step === undefined ? undefined : Number(named.Parameters.step));
  }
  return found;
}

/** Takes all turns; the object loses its memory every so many of them. */
function settleWithLosses(world: World, turns: number): number {
  let losses = 0;
  for (let turn = 1; world.turn(); turn++) {
    if (turn % turns !== 0 || !world.hasJob) continue;
    world.wake();
    losses++;
  }
  return losses;
}

const inOrder = (count: number) => [undefined, ...Array.from({ length: count - 1 }, (_, index) => index + 2)];

test("A currency, and then the Owner, of 100,000 live records are renamed, each step named in order", {
  timeout: NO_TIMEOUT,
}, async () => {
  const world = new World();
  writeAccounts(world.store, OWNER, ACCOUNTS);
  world.wake();
  const before = world.store.head().at;
  void world.submit(rename);
  expect(settleWithLosses(world, 20)).toBeGreaterThan(5);
  expect(world.hasJob).toBe(false);
  expect(world.reported).toEqual([]);
  const renamed = [...bodies(world)].filter((body) => body.includes('Currency":"EUR"') && !body.includes("AUD"));
  expect(renamed).toHaveLength(4 * ACCOUNTS);
  const told = steps(world, before);
  expect(told.length).toBeGreaterThanOrEqual((4 * ACCOUNTS) / LIMITS.COMMIT_RECORDS);
  expect(told).toEqual(inOrder(told.length));

  const between = world.store.head().at;
  const Operation = {
    Type: "OperationType_TransformOwner",
    OwnerTransform: { OwnerID: OWNER, Parameters: { newOwner: "YT" } },
  };
  const update = JSON.stringify({ Type: "UpdateEventType_Operation", Operation });
  const taken = world.engine.handDown({ after: 1, items: [{ position: 2, update }], upTo: 2 });
  settleWithLosses(world, 50);
  expect(await taken).toBe(2);
  const readdressed = [...bodies(world)].filter((body) => body.includes('"OwnerID":"YT"'));
  expect(readdressed).toHaveLength(4 * ACCOUNTS);
  const owned = steps(world, between);
  expect(owned).toEqual(inOrder(owned.length));
  let walked: ChainStretch | undefined;
  do walked = verifiedStretch(world.store, walked);
  while (!walked.isDone);
  expect([walked.broken, walked.hash]).toEqual([undefined, world.store.head().hash]);
  expect(world.reported).toEqual([]);
});

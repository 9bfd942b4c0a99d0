import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account, deposit, order } from "../owner/actions.ts";
import { ask, defineOwner, someOwner, supply } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { failing, instead } from "./failing.ts";

/** Far more than are asked at once, defined in another order than that of their names. */
const NAMES = Array.from({ length: 30 }, (_, index) => `many-${String((index * 7) % 30).padStart(2, "0")}`);
const ORDERED = [...NAMES].sort();
/** Those that have records: the first, the last and some between, so that there are gaps. */
const FULL = ORDERED.filter((_, index) => index % 3 === 0 || index === ORDERED.length - 1);
/** Those whose order is at the other exchange. */
const ELSEWHERE = FULL.filter((_, index) => index % 2 === 1);
const EVERYBODY: Claims = { features: ["Operator"] };

const PATHS: readonly (readonly [path: string, of: readonly string[]])[] = [
  ["/account", FULL],
  ["/balance", FULL],
  ["/holding", FULL],
  ["/order", FULL],
  ["/order/on/ASX", FULL.filter((owner) => !ELSEWHERE.includes(owner))],
  ["/order/on/NZX", ELSEWHERE],
  ["/order/on/none", []],
];

async function fill(owner: string): Promise<void> {
  const Exchange = ELSEWHERE.includes(owner) ? "NZX" : "ASX";
  const client = await supply(owner, "asx", [
    deposit(owner, "D1", 100).Action,
    {
      Type: "AssetTransfer",
      Transaction: { TransactionID: "A1", Account: account(owner) },
      AssetTransfer: { Code: "BHP", Exchange: "ASX", Value: 5 },
    },
    { Type: "Update", Order: order(owner, "O1", { Exchange }) },
  ]);
  client.close();
  const claims = { owners: [owner], features: ["Alter"] };
  await ask("POST", "/account", { claims, body: JSON.stringify({ Account: account(owner) }) });
}

/** Whose records an answer holds, in its order. */
async function ownersIn(path: string, claims = EVERYBODY): Promise<readonly unknown[]> {
  const { status, body } = await ask("GET", path, { claims });
  if (status !== 200 || !Array.isArray(body)) throw new Error(`no list: ${status} ${JSON.stringify(body)}`);
  return body.map(({ Account }) => Account.OwnerID);
}

beforeAll(async () => {
  for (const name of NAMES) await defineOwner(name);
  for (const name of FULL) await fill(name);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(PATHS)("GET %s", (path, of) => {
  test.each(["Operator", "Admin"])(
    "shows an %s who names no Owners every Owner's, each once, in order",
    async (feature) => {
      expect(await ownersIn(path, { features: [feature] })).toEqual(of);
    },
  );

  test("shows who names some Owners theirs alone, whether they exist or not", async () => {
    const owners = ["nobody", ...FULL.slice(0, 3), ...ORDERED.slice(10, 20)];
    const expected = of.filter((owner) => owners.includes(owner));
    expect(await ownersIn(path, { owners, features: ["Operator"] })).toEqual(expected);
  });

  test("asks all of them, but no more at once than LIMITS.QUESTIONS_AT_ONCE", async () => {
    let underWay = 0;
    let most = 0;
    const asked: string[] = [];
    const { promise: full, resolve: release } = Promise.withResolvers<void>();
    instead("list", async (ownerId, go) => {
      asked.push(ownerId);
      most = Math.max(most, ++underWay);
      // None answers before as many as may be are waited for, and one more had the time to be.
      if (underWay === LIMITS.QUESTIONS_AT_ONCE) setTimeout(release, 5);
      await full;
      underWay--;
      return go();
    });
    expect(await ownersIn(path)).toEqual(of);
    expect(asked.sort()).toEqual(ORDERED);
    expect(most).toBe(LIMITS.QUESTIONS_AT_ONCE);
  });

  const among = {
    first: ORDERED[0] ?? "",
    "as many as are asked at once": ORDERED[LIMITS.QUESTIONS_AT_ONCE - 1] ?? "",
  };

  test.each(Object.entries(among))("fails whole when the %s of them fails", async (_which, owner) => {
    failing("list", owner, () => Promise.reject(new Refusal("Retry")));
    const { status, body } = await ask("GET", path, { claims: EVERYBODY });
    expect([status, body]).toEqual([503, ["Retry"]]);
  });

  test.each([ORDERED[LIMITS.QUESTIONS_AT_ONCE], ORDERED.at(-1)])(
    "breaks off when %s fails, which is asked later",
    async (owner) => {
      failing("list", owner ?? "", () => Promise.reject(new Refusal("Retry")));
      await expect(ask("GET", path, { claims: EVERYBODY })).rejects.toThrow();
    },
  );

  test("fails rather than leave out one that the System knows and whose object does not know itself", async () => {
    failing("list", ORDERED[1] ?? "", () => Promise.reject(new Refusal("Owner.Unknown")));
    const { status, body } = await ask("GET", path, { claims: EVERYBODY });
    expect([status, body]).toEqual([503, ["Retry"]]);
  });
});

describe("an Owner that is undefined", () => {
  const claims: Claims = { features: ["Admin", "Alter", "Operator"] };

  test("is left out from then on, also for who names it", async () => {
    const owner = await someOwner();
    await fill(owner);
    expect(await ownersIn("/balance")).toContain(owner);
    expect((await ask("DELETE", `/owner/byid/${owner}?force=true`, { claims })).status).toBe(204);
    for (const [path, of] of PATHS) {
      expect(await ownersIn(path)).toEqual(of);
      expect(await ownersIn(path, { owners: [owner, "many-00"], features: ["Operator"] })).not.toContain(owner);
    }
  });

  test("while it is waited for, is left out and breaks nothing", async () => {
    const owner = await someOwner();
    await fill(owner);
    let isAsked = false;
    instead("list", async (ownerId, go) => {
      if (ownerId === owner && !isAsked) {
        isAsked = true;
        expect((await ask("DELETE", `/owner/byid/${owner}?force=true`, { claims })).status).toBe(204);
      }
      return go();
    });
    expect(await ownersIn("/balance")).toEqual(FULL);
    expect(isAsked).toBe(true);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { update } from "../owner/actions.ts";
import { ask, someOwner, supply } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { seen, type Told, tell } from "./past-owners.ts";

/** Orders of each Owner: their states alone are more than is read in one turn. */
const ORDERS = 800;
const NOTE = "n".repeat(Math.ceil((1.5 * LIMITS.READING_TURN_CHARACTERS) / ORDERS));

let x: string;
let y: string;
let both: Claims;

beforeAll(async () => {
  [x = "", y = ""] = [await someOwner(), await someOwner()].sort();
  both = { owners: [x, y], features: ["Audit", "Operator"] };
  const fill = async (owner: string) => {
    const orders = Array.from(
      { length: ORDERS },
      (_, index) => update(owner, `O${index}`, { Properties: { note: NOTE } }).Action,
    );
    (await supply(owner, "asx", orders)).close();
  };
  await Promise.all([fill(x), fill(y)]);
});

describe("logs of many pieces", () => {
  const positionsOf = (told: readonly Told[], sequence: string) =>
    told.filter((each) => each.sequence === sequence).map(({ position }) => position);
  const all = Array.from({ length: ORDERS }, (_, index) => index + 1);

  test.each(["audit", "event"])("/%s tells them whole, one by one or merged by time", async (content) => {
    const path = `/${content}/fromdate?from=1970-01-01`;
    const merged = await tell(path, both);
    expect(positionsOf(merged, `${x}/asx`)).toEqual(all);
    expect(positionsOf(merged, `${y}/asx`)).toEqual(all);
    const times = merged.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(positionsOf(await tell(`${path}&owner=${y}`, both), "asx")).toEqual(all);
  });

  test("pages of them are the whole, where commits of many records meet", async () => {
    const path = "/event/fromdate?for=Orders";
    const whole = await tell(`${path}&from=1970-01-01`, both);
    const paged: Told[] = [];
    for (let from = "1970-01-01"; ; from = paged.at(-1)?.at ?? "") {
      const page = await tell(`${path}&from=${from}&count=311`, both);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(2 * ORDERS);
  });

  test("where nothing is found in all that is read, the answer is an empty list", async () => {
    expect(await seen(`/event/fromdate?from=1970-01-01&for=Holdings`, both)).toEqual([200, []]);
    expect(await seen(`/trades/fromdate?from=1970-01-01&owner=${x}`, both)).toEqual([200, []]);
    expect(await seen("/order/on/NZX", both)).toEqual([200, []]);
    expect(
      await seen(`/event/fromdate?from=1970-01-01&for=Orders&account=${x}/nobody&owner=${y}&count=1`, both),
    ).toMatchObject([200, [{ Position: { Sequence: `${y}/asx`, Position: 1 } }]]);
  });

  test("as at a moment, lists of many pieces are what they were", async () => {
    const { body } = await ask("GET", `/order/for/${x}?asAt[asx]=${ORDERS - 1}`, { claims: both });
    expect(body).toHaveLength(ORDERS - 1);
    expect((await ask("GET", "/order", { claims: both })).body).toHaveLength(2 * ORDERS);
    const channel = await ask("GET", `/diagnostics/channel/order?owner=${x}`, { claims: both });
    expect(channel.body).toMatchObject({ Records: { length: ORDERS } });
  });
});

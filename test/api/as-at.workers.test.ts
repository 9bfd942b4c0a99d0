import { beforeAll, describe, expect, test } from "vitest";
import { order, update } from "../owner/actions.ts";
import { ask, someOwner, supply } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { depositIn, seen } from "./past-owners.ts";

/** Two Owners, the first by name too, of which the second was changed between the first's two changes. */
let x: string;
let y: string;
let both: Claims;
let one: Claims;
/** When the first of X, the first of Y and the second of X were recorded. */
let times: readonly string[];

async function holdIn(owner: string, id: string): Promise<void> {
  const body = JSON.stringify({
    Transaction: { TransactionID: id, Account: { AccountID: "A", OwnerID: owner } },
    Transfer: { Code: "BHP", Exchange: "ASX", Value: 1 },
  });
  await ask("POST", "/holding", { claims: { owners: [owner], features: ["Alter"] }, body });
}

async function defineIn(owner: string, Name: string): Promise<void> {
  const body = JSON.stringify({ Account: { AccountID: "A", OwnerID: owner }, Name });
  await ask("POST", "/account", { claims: { owners: [owner], features: ["Alter"] }, body });
}

/** One more of everything: four positions of `oms`, the last a deposit, and an order's state that says which time it is. */
async function change(owner: string, turn: number): Promise<string> {
  await defineIn(owner, `name ${turn}`);
  await holdIn(owner, `H${turn}`);
  const body = JSON.stringify(order(owner, "O1", { Price: turn }));
  await ask("PATCH", `/order/for/${owner}/A/O1`, { claims: { owners: [owner], features: ["Alter"] }, body });
  return depositIn(owner, `D${turn}`);
}

/** Positions of `oms` after so many changes: opening the feed is one, and each change four. */
const positionAfter = (turns: number) => 1 + 4 * turns;

beforeAll(async () => {
  [x = "", y = ""] = [await someOwner(), await someOwner()].sort();
  both = { owners: [x, y], features: ["Operator"] };
  one = { owners: [x], features: ["Operator"] };
  for (const owner of [x, y]) await supply(owner, "asx", [update(owner, "O1", { Price: 100 }).Action]);
  times = [await change(x, 1), await change(y, 1), await change(x, 2)];
});

/** What tells of each read how far a record of an Owner had come; undefined when it is not there. */
type Turn = number | undefined;

interface Read {
  readonly path: (owner: string) => string;
  readonly turnIn: (record: Readonly<Record<string, unknown>>) => Turn;
  /** What is shown of an Owner that only the feed has changed. */
  readonly unchanged?: number;
}

// The order's reserve makes the account a balance.
const balance = { turnIn: ({ Balance }) => Number(Balance), unchanged: 0 } satisfies Omit<Read, "path">;
const holding = { turnIn: ({ Quantity }) => Number(Quantity) } satisfies Omit<Read, "path">;
const ordered = { turnIn: ({ Price }) => Number(Price), unchanged: 100 } satisfies Omit<Read, "path">;
const account = { turnIn: ({ Name }) => Number(String(Name).slice(-1)) } satisfies Omit<Read, "path">;

const OF_ONE: Readonly<Record<string, Read>> = {
  "/account/byid/{owner}": { path: (owner) => `/account/byid/${owner}?`, ...account },
  "/account/byid/{owner}/{account}": { path: (owner) => `/account/byid/${owner}/A?`, ...account },
  "/account/byids": { path: (owner) => `/account/byids?id=${owner}/A&`, ...account },
  "/balance/for/{owner}": { path: (owner) => `/balance/for/${owner}?`, ...balance },
  "/balance/for/{owner}/{account}": { path: (owner) => `/balance/for/${owner}/A?`, ...balance },
  "/holding/for/{owner}": { path: (owner) => `/holding/for/${owner}?`, ...holding },
  "/holding/for/{owner}/{account}": { path: (owner) => `/holding/for/${owner}/A?`, ...holding },
  "/order/for/{owner}": { path: (owner) => `/order/for/${owner}?`, ...ordered },
  "/order/for/{owner}/{account}": { path: (owner) => `/order/for/${owner}/A?onlyActive=true&`, ...ordered },
  "/order/for/{owner}/{account}/{order}": { path: (owner) => `/order/for/${owner}/A/O1?`, ...ordered },
};

const OF_SEVERAL: Readonly<Record<string, Read>> = {
  "/account": { path: () => "/account?", ...account },
  "/account/byids": { path: () => `/account/byids?id=${x}/A&id=${y}/A&`, ...account },
  "/balance": { path: () => "/balance?", ...balance },
  "/holding": { path: () => "/holding?", ...holding },
  "/order": { path: () => "/order?", ...ordered },
  "/order/on/{exchange}": { path: () => "/order/on/ASX?", ...ordered },
};

/** How far each record had come that an answer shows. */
async function turns(path: string, claims: Claims, { turnIn }: Read): Promise<readonly Turn[]> {
  const [status, body] = await seen(path, claims);
  if (status === 404 && JSON.stringify(body) === '["Unknown"]') return [];
  if (status !== 200 || typeof body !== "object" || body === null) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return (Array.isArray(body) ? body : [body]).map(turnIn);
}

describe.each(Object.entries(OF_ONE))("%s as at a moment", (_name, read) => {
  const asked = (asAt: string, claims = both) => turns(read.path(x) + asAt, claims, read);

  test("is what it was then: by time, and after a position, under its bare and its qualified name", async () => {
    const before = read.unchanged === undefined ? [] : [read.unchanged];
    expect(await asked("")).toEqual([2]);
    expect(await asked(`asAt=${times[0]}`)).toEqual([1]);
    expect(await asked(`asAt=${times[2]}`)).toEqual([2]);
    expect(await asked("asAt=1970-01-01")).toEqual([]);
    expect(await asked("asAt=2999-01-01")).toEqual([2]);
    expect(await asked(`asAt[oms]=${positionAfter(1)}`)).toEqual([1]);
    expect(await asked(`asAt[oms]=${positionAfter(2)}`)).toEqual([2]);
    expect(await asked(`asAt[oms]=${positionAfter(0)}`)).toEqual(before);
    expect(await asked("asAt[oms]=9007199254740991")).toEqual([2]);
    expect(await asked(`asAt[${x}/oms]=${positionAfter(1)}`)).toEqual([1]);
    expect(await asked("asAt[asx]=1")).toEqual([2]);
    expect(await asked("asAt[system]=0")).toEqual([]);
  });

  test.each<[string, number, string]>([
    ["asAt[nosuch]=1", 422, "Feed nosuch"],
    ["asAt[X/nosuch]=1", 422, "Feed nosuch"],
    ["asAt[Y/oms]=1", 404, "Owner.Unknown Y"],
    ["asAt[oms]=1.5", 400, "Field.Invalid asAt[oms]"],
    ["asAt=1969-12-31", 400, "Field.Invalid asAt"],
    ["asAt=10000-01-01", 400, "Field.Invalid asAt"],
    ["asAt=2026-01-01&asAt[oms]=1", 400, "Field.Invalid asAt"],
  ])("?%s is refused: %i %s", async (asAt, status, code) => {
    const named = (text: string) => text.replace("X/", `${x}/`).replace("Y/", `${y}/`).replace(/Y$/, y);
    expect(await seen(read.path(x) + named(asAt), both)).toEqual([status, [named(code)]]);
  });
});

describe.each(Object.entries(OF_SEVERAL))("%s as at a moment", (name, read) => {
  const asked = (asAt: string, claims = both) => turns(read.path("") + asAt, claims, read);
  const before = read.unchanged === undefined ? [] : [read.unchanged];

  test("is what it was then: all of it as at the time at which one Owner had come to a position", async () => {
    expect(await asked("")).toEqual([2, 1]);
    expect(await asked(`asAt=${times[0]}`)).toEqual([1, ...before]);
    expect(await asked(`asAt=${times[1]}`)).toEqual([1, 1]);
    // Where an Owner's log ends, so does what it knows of the time.
    expect(await asked(`asAt[${y}/oms]=${positionAfter(1)}`)).toEqual([1, 1]);
    expect(await asked(`asAt[${y}/oms]=9007199254740991`)).toEqual([1, 1]);
    expect(await asked(`asAt[${y}/oms]=${positionAfter(0)}`)).toEqual([1, ...before]);
    expect(await asked(`asAt[${x}/oms]=${positionAfter(1)}`)).toEqual([1, 1]);
    expect(await asked(`asAt[${x}/oms]=${positionAfter(2)}`)).toEqual([2, 1]);
    expect(await asked(`asAt[${x}/oms]=${positionAfter(0)}`)).toEqual([...before, ...before]);
    expect(await asked("asAt=1970-01-01")).toEqual([]);
    expect(await asked("asAt=2999-01-01")).toEqual([2, 1]);
  });

  test("may be asked for by a bare name by who may see one Owner only", async () => {
    if (name === "/account/byids") return;
    expect(await asked(`asAt[oms]=${positionAfter(1)}`, one)).toEqual([1]);
    expect(await asked(`asAt[${x}/oms]=${positionAfter(1)}`, one)).toEqual([1]);
    expect(await seen(`${read.path("")}asAt[${y}/oms]=1`, one)).toEqual([404, [`Owner.Unknown ${y}`]]);
  });

  test.each<[string, number, string]>([
    ["asAt[oms]=1", 400, "Field.Invalid asAt[oms]"],
    ["asAt[X/nosuch]=1", 422, "Feed X/nosuch"],
    ["asAt[nobody/oms]=1", 404, "Owner.Unknown nobody"],
    ["asAt[X/oms]=x", 400, "Field.Invalid asAt[X/oms]"],
    ["asAt[X/oms]=1&asAt[Y/oms]=1", 400, "Field.Invalid asAt"],
    ["asAt[X/oms/oms]=1", 400, "Field.Invalid asAt[X/oms/oms]"],
    ["asAt[/oms]=1", 400, "Field.Invalid asAt[/oms]"],
  ])("?%s is refused: %i %s", async (asAt, status, code) => {
    const named = (text: string) => text.replaceAll("X/", `${x}/`).replaceAll("Y/", `${y}/`);
    expect(await seen(read.path("") + named(asAt), both)).toEqual([status, [named(code)]]);
  });

  test("one that the caller's permissions name and that does not exist is unknown by its name", async () => {
    const claims = { owners: [x, "nobody"], features: ["Operator"] };
    const path = name === "/account/byids" ? `/account/byids?id=${x}/A&id=nobody/A&` : read.path("");
    expect(await seen(`${path}asAt[nobody/oms]=1`, claims)).toEqual([404, ["Owner.Unknown nobody"]]);
  });
});

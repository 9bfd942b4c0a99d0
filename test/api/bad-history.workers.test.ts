import { beforeAll, describe, expect, test } from "vitest";
import type { Claims } from "../support/token.ts";
import { type PastOwners, pastOwners, seen, tell } from "./past-owners.ts";

let past: PastOwners;

beforeAll(async () => {
  past = await pastOwners();
});

/** The text with the Owners' names in place of X and Y. */
function named(text: string): string {
  return text.replace(/\b[XY]\b/g, (letter) => (letter === "X" ? past.x : past.y));
}

const T = "2026-01-01T00:00:00Z";
type Row = readonly [form: string, query: string, status: number, code: string];

/** What is refused whoever asks. */
const ANYBODY: readonly Row[] = [
  ["fromdate", `from=${T}&count=0`, 400, "Field.Invalid count"],
  ["fromdate", `from=${T}&count=-1`, 400, "Field.Invalid count"],
  ["fromdate", `from=${T}&count=1.5`, 400, "Field.Invalid count"],
  ["fromdate", `from=${T}&count=1e9`, 400, "Field.Invalid count"],
  ["fromdate", `from=${T}&count=9007199254740993`, 400, "Field.Invalid count"],
  ["fromdate", `from=${T}&count=ten`, 400, "Field.Invalid count"],
  ["fromdate", "from=2026-01-02&to=2026-01-01", 400, "Field.Invalid from"],
  ["fromdate", "from=0001-01-01", 400, "Field.Invalid from"],
  ["fromdate", "from=1969-12-31T23:59:59.999999Z", 400, "Field.Invalid from"],
  ["fromdate", "from=10000-01-01", 400, "Field.Invalid from"],
  ["fromdate", "from=-271821-04-20T00:00:00Z", 400, "Field.Invalid from"],
  ["fromdate", `from=${T}&to=99999-01-01`, 400, "Field.Invalid to"],
  ["fromdate", "from=now", 400, "Field.Invalid from"],
  ["fromdate", `from=${T}&to=${T}&to[X/asx]=1`, 400, "Field.Invalid to"],
  ["fromdate", `from=${T}&to[X/asx]=-1`, 400, "Field.Invalid to[X/asx]"],
  ["fromdate", `from=${T}&to[X/asx]=${T}`, 400, "Field.Invalid to[X/asx]"],
  ["fromdate", "", 422, "Field.Missing from"],
  ["fromposition", `from=${T}`, 400, "Field.Unknown from"],
  ["fromposition", "", 422, "Field.Missing from"],
  ["toposition", `from=${T}`, 422, "Field.Missing to"],
  ["between", "from[X/asx]=1", 422, "Field.Missing to"],
  ["between", "to[X/asx]=1", 422, "Field.Missing from"],
  ["between", "from[X/asx]=2&to[X/asx]=1", 400, "Field.Invalid from"],
  ["fromdate", `from=${T}&owner=nobody`, 404, "Owner.Unknown nobody"],
  ["fromdate", `from=${T}&owner=X&owner=nobody`, 404, "Owner.Unknown nobody"],
  ["fromdate", `from=${T}&owner=a/b`, 404, "Owner.Unknown a/b"],
  ["fromdate", `from=${T}&owner=`, 400, "Field.Invalid owner"],
  ["fromdate", `from=${T}&until=${T}`, 400, "Field.Unknown until"],
  ["fromdate", `from=${T}&asAt=${T}`, 400, "Field.Unknown asAt"],
  ["fromposition", "from[X/asx]=1&from[X/asx]=2", 400, "Field.Invalid from[X/asx]"],
  ["fromposition", "from[nobody/asx]=1", 404, "Owner.Unknown nobody"],
  ["fromposition", "from[X/nosuch/asx]=1", 400, "Field.Invalid from[X/nosuch/asx]"],
];

/** What is refused who may see several Owners. */
const OF_SEVERAL: readonly Row[] = [
  ["fromposition", "from[asx]=1", 400, "Field.Invalid from[asx]"],
  ["between", "from[X/asx]=1&to[asx]=2", 400, "Field.Invalid to[asx]"],
  ["fromposition", "from[X/nosuch]=1", 422, "Feed X/nosuch"],
  ["toposition", "to[Y/asx]=1&to[X/nosuch]=1", 422, "Feed X/nosuch"],
  ["fromposition", "from[Y/asx]=1&owner=X", 404, "Owner.Unknown Y"],
  ["fromposition", "from[nosuch]=1&owner=X", 422, "Feed nosuch"],
];

/** What is refused who may see X alone. */
const OF_ONE: readonly Row[] = [
  ["fromposition", "from[nosuch]=1", 422, "Feed nosuch"],
  ["fromposition", "from[X/nosuch]=1", 422, "Feed nosuch"],
  ["toposition", "to[nosuch]=0", 422, "Feed nosuch"],
  ["fromposition", "from[Y/asx]=1", 404, "Owner.Unknown Y"],
  ["fromdate", `from=${T}&owner=Y`, 404, "Owner.Unknown Y"],
  ["fromdate", `from=${T}&owner=X&owner=Y`, 404, "Owner.Unknown Y"],
  ["fromposition", "from[asx]=1&from[X/asx]=1", 400, "Field.Invalid from[X/asx]"],
];

describe.each(["audit", "event", "event/audit", "trades"])("/%s refuses", (content) => {
  async function expectRefused([form, query, status, code]: Row, claims: Claims): Promise<void> {
    expect(await seen(`/${content}/${form}?${named(query)}`, claims)).toEqual([status, [named(code)]]);
  }

  test.each(ANYBODY)("/%s?%s to anybody: %i %s", async (...row) => {
    await expectRefused(row, past.both);
    await expectRefused(row, past.one);
  });

  test.each(OF_SEVERAL)("/%s?%s to who may see several Owners: %i %s", async (...row) => {
    await expectRefused(row, past.both);
  });

  test.each(OF_ONE)("/%s?%s to who may see one: %i %s", async (...row) => {
    await expectRefused(row, past.one);
  });

  test("nothing of an Owner that is not there, or not the caller's, among several that are", async () => {
    const path = `/${content}/fromdate?from=${T}`;
    const claims = { owners: [past.x], features: ["Audit"] };
    expect(await seen(`${path}&owner=${past.x}&owner=${past.y}`, claims)).toEqual([404, [`Owner.Unknown ${past.y}`]]);
    const operator = { features: ["Audit", "Operator"] };
    expect(await seen(`${path}&owner=${past.x}&owner=NOBODY`, operator)).toEqual([404, ["Owner.Unknown NOBODY"]]);
  });

  test.each(["one", "both"] as const)("but not what is only far away: %s", async (scope) => {
    const claims = past[scope];
    const sequence = scope === "one" ? "asx" : `${past.y}/asx`;
    const whole = await tell(`/${content}/fromdate?from=1970-01-01`, claims);
    expect(whole.length).toBeGreaterThan(1);
    expect(await tell(`/${content}/fromdate?from=1970-01-01&count=1000000000`, claims)).toEqual(whole);
    expect(await tell(`/${content}/fromdate?from=1970-01-01&to=9999-12-31T23:59:59Z`, claims)).toEqual(whole);
    expect(await tell(`/${content}/fromdate?from=9999-12-31`, claims)).toEqual([]);
    expect(await tell(`/${content}/toposition?to[${sequence}]=1&from=9999-12-31`, claims)).toEqual([]);
    const most = Number.MAX_SAFE_INTEGER;
    expect(await tell(`/${content}/between?from[${sequence}]=${most}&to[${sequence}]=${most}`, claims)).toEqual([]);
    const ofSequence = whole.filter((told) => told.sequence === sequence);
    expect(await tell(`/${content}/toposition?to[${sequence}]=${most}`, claims)).toEqual(ofSequence);
    const others = whole.filter((told) => told.sequence !== sequence);
    expect(await tell(`/${content}/fromposition?from[${sequence}]=${most}`, claims)).toEqual(others);
  });
});

import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Api } from "../../src/api/environment.ts";
import { Query, rawPath } from "../../src/api/parameters.ts";
import { ANY_RANGE, RANGE_FORMS, rangeParameters, readRange, spansOf } from "../../src/api/ranges.ts";
import { answerError } from "../../src/api/refusals.ts";
import type { Concerned } from "../../src/api/sequences.ts";

const ONE: Concerned = { ownerIds: ["A"], only: "A" };
const SEVERAL: Concerned = { ownerIds: ["A", "B"] };

/** What a query means, or the codes that refuse it. */
async function meant(form: string, query: string, concerned = ONE): Promise<unknown> {
  const app = new Hono<Api>({ getPath: rawPath });
  app.get("/", (call) => {
    const ends = RANGE_FORMS[form] ?? ANY_RANGE;
    const range = readRange(new Query(call, ...rangeParameters(ends)), ends);
    const spanOf = spansOf(range, concerned);
    const spans = concerned.ownerIds.map((ownerId) => spanOf(ownerId));
    return call.json([...spans, ...(range.count === undefined ? [] : [range.count])]);
  });
  app.onError(answerError);
  const response = await app.request(`http://localhost/?${query}`);
  const body: unknown = await response.json();
  return response.status === 200 ? body : [response.status, ...(Array.isArray(body) ? body : [])];
}

const T1 = "2026-01-01T00:00:00Z";
const T2 = "2026-01-01T00:00:00.000001Z";
const at = (time: string) => ({ at: Date.parse(time) * 1000 + (time === T2 ? 1 : 0) });
const positions = (vector: Record<string, number>) => ({ positions: vector });

describe("each form takes its ends as times, positions, or either", () => {
  test.each<[string, string, unknown]>([
    ["between", "from[asx]=1&to[asx]=7", { from: positions({ asx: 1 }), to: positions({ asx: 7 }) }],
    [
      "between",
      "from[asx]=1&from[oms]=2&to[oms]=7",
      { from: positions({ asx: 1, oms: 2 }), to: positions({ oms: 7 }) },
    ],
    ["between", "from[asx]=7&to[asx]=7", { from: positions({ asx: 7 }), to: positions({ asx: 7 }) }],
    ["between", "from[asx]=7&to[oms]=0", { from: positions({ asx: 7 }), to: positions({ oms: 0 }) }],
    ["fromdate", `from=${T1}`, { from: at(T1) }],
    ["fromdate", `from=${T1}&to=${T2}`, { from: at(T1), to: at(T2) }],
    ["fromdate", `from=${T1}&to=${T1}`, { from: at(T1), to: at(T1) }],
    ["fromdate", `from=${T1}&to[asx]=7`, { from: at(T1), to: positions({ asx: 7 }) }],
    ["fromposition", "from[asx]=0", { from: positions({ asx: 0 }) }],
    ["fromposition", `from[asx]=1&to=${T1}`, { from: positions({ asx: 1 }), to: at(T1) }],
    ["fromposition", "from[asx]=1&to[asx]=2", { from: positions({ asx: 1 }), to: positions({ asx: 2 }) }],
    ["toposition", "to[asx]=7", { to: positions({ asx: 7 }) }],
    ["toposition", `from=${T1}&to[asx]=7`, { from: at(T1), to: positions({ asx: 7 }) }],
    ["toposition", "from[oms]=1&to[asx]=7", { from: positions({ oms: 1 }), to: positions({ asx: 7 }) }],
    ["history", "", {}],
    ["history", `from=${T1}&to[asx]=7`, { from: at(T1), to: positions({ asx: 7 }) }],
    ["history", `from[asx]=7&to=${T1}`, { from: positions({ asx: 7 }), to: at(T1) }],
    ["fromdate", "from=1970-01-01", { from: { at: 0 } }],
    ["fromdate", "from=9999-12-31", { from: at("9999-12-31T00:00:00Z") }],
  ])("/%s?%s", async (form, query, span) => {
    expect(await meant(form, query)).toEqual([span]);
  });

  test("a count is taken with any of them, however great", async () => {
    for (const count of [1, 100, 1_000_000_000, Number.MAX_SAFE_INTEGER]) {
      expect(await meant("history", `count=${count}`)).toEqual([{}, count]);
    }
  });
});

describe("what is refused, each by its name", () => {
  test.each<[string, string, number, string]>([
    ["between", "to[asx]=1", 422, "Field.Missing from"],
    ["between", "from[asx]=1", 422, "Field.Missing to"],
    ["between", "", 422, "Field.Missing from"],
    ["fromdate", "", 422, "Field.Missing from"],
    ["fromdate", `to=${T1}`, 422, "Field.Missing from"],
    ["fromposition", `to=${T1}`, 422, "Field.Missing from"],
    ["toposition", `from=${T1}`, 422, "Field.Missing to"],
    ["between", `from=${T1}&to[asx]=1`, 400, "Field.Unknown from"],
    ["between", `from[asx]=1&to=${T1}`, 400, "Field.Unknown to"],
    ["fromdate", "from[asx]=1", 400, "Field.Unknown from[asx]"],
    ["fromposition", `from=${T1}`, 400, "Field.Unknown from"],
    ["toposition", `to=${T1}`, 400, "Field.Unknown to"],
    ["history", `from=${T1}&from[asx]=1`, 400, "Field.Invalid from"],
    ["history", `to=${T1}&to[asx]=1`, 400, "Field.Invalid to"],
    ["history", `from=${T1}&from=${T1}`, 400, "Field.Invalid from"],
    ["history", "from[asx]=1&from[asx]=2", 400, "Field.Invalid from[asx]"],
    ["history", "from[asx]=1&from[A/asx]=1", 400, "Field.Invalid from[A/asx]"],
    ["history", "from=yesterday", 400, "Field.Invalid from"],
    ["history", "to=2026-02-30", 400, "Field.Invalid to"],
    ["history", "from=0001-01-01T00:00:00Z", 400, "Field.Invalid from"],
    ["history", "from=1969-12-31T23:59:59Z", 400, "Field.Invalid from"],
    ["history", "to=10000-01-01T00:00:00Z", 400, "Field.Invalid to"],
    ["history", "from=", 400, "Field.Invalid from"],
    ["history", "from[asx]=", 400, "Field.Invalid from[asx]"],
    ["history", "from[asx]=-1", 400, "Field.Invalid from[asx]"],
    ["history", "from[asx]=1.5", 400, "Field.Invalid from[asx]"],
    ["history", "from[asx]=1e3", 400, "Field.Invalid from[asx]"],
    ["history", "from[asx]=9007199254740992", 400, "Field.Invalid from[asx]"],
    ["history", `to[asx]=${T1}`, 400, "Field.Invalid to[asx]"],
    ["history", "to[a@b]=1", 400, "Field.Invalid to[a@b]"],
    ["history", "to[A/b/c]=1", 400, "Field.Invalid to[A/b/c]"],
    ["history", "to[/asx]=1", 400, "Field.Invalid to[/asx]"],
    ["history", "to[A/]=1", 400, "Field.Invalid to[A/]"],
    ["history", `to[${"x".repeat(65)}]=1`, 400, `Field.Invalid to[${"x".repeat(65)}]`],
    ["history", "to[]=1", 400, "Field.Unknown to[]"],
    ["history", `from=${T2}&to=${T1}`, 400, "Field.Invalid from"],
    ["history", "from[asx]=8&to[asx]=7", 400, "Field.Invalid from"],
    ["history", "from[asx]=1&from[oms]=8&to[asx]=7&to[oms]=7", 400, "Field.Invalid from"],
    ["history", "from[asx]=1&to[asx]=0", 400, "Field.Invalid from"],
    ["history", "from[B/asx]=1", 404, "Owner.Unknown B"],
    ["history", "count=0", 400, "Field.Invalid count"],
    ["history", "count=-1", 400, "Field.Invalid count"],
    ["history", "count=1.5", 400, "Field.Invalid count"],
    ["history", "count=1e9", 400, "Field.Invalid count"],
    ["history", "count=", 400, "Field.Invalid count"],
    ["history", "count=1&count=1", 400, "Field.Invalid count"],
  ])("/%s?%s: %i %s", async (form, query, status, code) => {
    expect(await meant(form, query)).toEqual([status, code]);
  });
});

describe("whose position is meant", () => {
  test("of one Owner the bare name and the qualified one are the same", async () => {
    const vector = { from: positions({ asx: 1, oms: 2 }) };
    expect(await meant("fromposition", "from[asx]=1&from[A/oms]=2")).toEqual([vector]);
  });

  test("a name that objects have is a sequence like any other", async () => {
    const proto = JSON.parse('{"from":{"positions":{"__proto__":1}}}');
    expect(await meant("fromposition", "from[__proto__]=1")).toEqual([proto]);
    expect(await meant("history", "from[toString]=3&to[asx]=1")).toEqual([
      { from: positions({ toString: 3 } as never), to: positions({ asx: 1 }) },
    ]);
  });

  test("of several it is qualified, and an Owner that is left out is at the beginning of its sequences", async () => {
    expect(await meant("fromposition", "from[B/asx]=1&from[B/oms]=2&count=3", SEVERAL)).toEqual([
      { from: positions({}) },
      { from: positions({ asx: 1, oms: 2 }) },
      3,
    ]);
    expect(await meant("between", "from[A/asx]=1&to[B/asx]=2", SEVERAL)).toEqual([
      { from: positions({ asx: 1 }), to: positions({}) },
      { from: positions({}), to: positions({ asx: 2 }) },
    ]);
    expect(await meant("fromdate", `from=${T1}`, SEVERAL)).toEqual([{ from: at(T1) }, { from: at(T1) }]);
  });

  test.each<[string, number, string]>([
    ["from[asx]=1", 400, "Field.Invalid from[asx]"],
    ["from[A/asx]=1&from[asx]=1", 400, "Field.Invalid from[asx]"],
    ["from[A/asx]=1&to[asx]=1", 400, "Field.Invalid to[asx]"],
    ["from[C/asx]=1", 404, "Owner.Unknown C"],
    ["from[A/asx]=1&to[C/asx]=1", 404, "Owner.Unknown C"],
    ["from[B/asx]=2&to[B/asx]=1", 400, "Field.Invalid from"],
  ])("of several, %s is refused", async (query, status, code) => {
    expect(await meant("history", query, SEVERAL)).toEqual([status, code]);
  });

  test("of none at all, no position can be meant", async () => {
    expect(await meant("history", "from[A/asx]=1", { ownerIds: [] })).toEqual([404, "Owner.Unknown A"]);
    expect(await meant("history", "from[asx]=1", { ownerIds: [] })).toEqual([400, "Field.Invalid from[asx]"]);
    expect(await meant("history", `from=${T1}`, { ownerIds: [] })).toEqual([]);
  });
});

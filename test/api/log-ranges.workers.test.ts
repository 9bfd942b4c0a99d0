import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ask, someOwner } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { depositIn, type PastOwners, pastOwners, seen, type Told, tell } from "./past-owners.ts";

const RUNS = 40;

let past: PastOwners;

beforeAll(async () => {
  past = await pastOwners();
});

/** An end of a range, as the query says it. */
type End = { readonly time: string } | { readonly vector: ReadonlyMap<string, number> };

function saying(name: "from" | "to", end: End | undefined): readonly string[] {
  if (end === undefined) return [];
  if ("time" in end) return [`${name}=${end.time}`];
  return [...end.vector].map(([sequence, position]) => `${name}[${sequence}]=${position}`);
}

/** Whether an end is at or after what is told. */
function reaches(end: End, { at, sequence, position }: Told): boolean {
  return "time" in end ? at <= end.time : position <= (end.vector.get(sequence) ?? 0);
}

/** What the whole says of a range. */
function within(whole: readonly Told[], from: End | undefined, to: End | undefined): readonly Told[] {
  return whole.filter((told) => !(from && reaches(from, told)) && (to === undefined || reaches(to, told)));
}

/** Where one who has been told so much is. */
function vectorAfter(told: readonly Told[]): ReadonlyMap<string, number> {
  return new Map(told.map(({ sequence, position }) => [sequence, position]));
}

const CONTENTS = ["/audit", "/event", "/event/audit", "/trades"] as const;
const EVERYTHING = "fromdate?from=1970-01-01";

describe.each(CONTENTS)("%s", (content) => {
  const SCOPES = ["one", "both"] as const;

  test.each(SCOPES)(
    "%s: is told in the order of time, with the names by which sequences are asked for",
    async (scope) => {
      const whole = await tell(`${content}/${EVERYTHING}`, past[scope]);
      expect(whole.length).toBeGreaterThan(1);
      const order = whole.map(({ at, sequence }) => `${at} ${sequence}`);
      expect(order).toEqual([...order].sort());
      const owners = new Set(whole.map(({ sequence }) => sequence.split("/").at(-2) ?? "none"));
      expect(owners).toEqual(scope === "one" ? new Set(["none"]) : new Set([past.x, past.y]));
    },
  );

  test("of several Owners is what each of them tells, under qualified names", async () => {
    const merged = await tell(`${content}/${EVERYTHING}`, past.both);
    for (const owner of [past.x, past.y]) {
      const alone = await tell(`${content}/${EVERYTHING}&owner=${owner}`, past.both);
      const own = merged.filter(({ sequence }) => sequence.startsWith(`${owner}/`));
      const bare = own.map(({ json, ...told }) => ({ ...told, sequence: told.sequence.slice(owner.length + 1) }));
      expect(bare).toEqual(alone.map(({ json, ...told }) => told));
    }
  });

  test.each(SCOPES)(
    "%s: property: any range, in any form, is its part of the whole: from exclusive, to inclusive",
    async (scope) => {
      const claims = past[scope];
      const whole = await tell(`${content}/${EVERYTHING}`, claims);
      const sequences = [...new Set((await tell(`/audit/${EVERYTHING}`, claims)).map(({ sequence }) => sequence))];
      const time = fc
        .constantFrom("1970-01-01T00:00:00.000000Z", ...whole.map(({ at }) => at), "2999-01-01T00:00:00.000000Z")
        .map((each): End => ({ time: each }));
      const vector = fc
        .uniqueArray(fc.tuple(fc.constantFrom(...sequences), fc.integer({ min: 0, max: 14 })), {
          minLength: 1,
          selector: ([sequence]) => sequence,
        })
        .map((entries): End => ({ vector: new Map(entries) }));
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.tuple(fc.constant("between"), vector, vector),
            fc.tuple(fc.constant("fromdate"), time, fc.option(fc.oneof(time, vector), { nil: undefined })),
            fc.tuple(fc.constant("fromposition"), vector, fc.option(fc.oneof(time, vector), { nil: undefined })),
            fc.tuple(fc.constant("toposition"), fc.option(fc.oneof(time, vector), { nil: undefined }), vector),
          ),
          fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
          async ([form, from, to], count) => {
            const ends = [
              ...saying("from", from),
              ...saying("to", to),
              ...(count === undefined ? [] : [`count=${count}`]),
            ];
            const path = `${content}/${form}?${ends.join("&")}`;
            if (isReversed(from, to)) {
              expect(await seen(path, claims)).toEqual([400, ["Field.Invalid from"]]);
            } else {
              expect(await tell(path, claims)).toEqual(within(whole, from, to).slice(0, count));
            }
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  test.each(SCOPES)(
    "%s: pages by the last time, or the last positions, are the whole, whatever their length",
    async (scope) => {
      const claims = past[scope];
      const whole = await tell(`${content}/${EVERYTHING}`, claims);
      for (const count of [1, 2, 3, 7, whole.length - 1, whole.length, whole.length + 1, 1_000_000_000]) {
        const byTime: Told[] = [];
        for (let from = "1970-01-01"; ; from = byTime.at(-1)?.at ?? "") {
          const page = await tell(`${content}/fromdate?from=${from}&count=${count}`, claims);
          expect(page.length).toBeLessThanOrEqual(count);
          if (page.length === 0) break;
          byTime.push(...page);
        }
        expect(byTime).toEqual(whole);
        const byPosition: Told[] = [];
        for (;;) {
          const from = [...vectorAfter(byPosition)].map(([sequence, position]) => `from[${sequence}]=${position}`);
          const start = from.length > 0 ? from.join("&") : `from[${scope === "one" ? "" : `${past.x}/`}oms]=0`;
          const page = await tell(`${content}/fromposition?${start}&count=${count}`, claims);
          if (page.length === 0) break;
          byPosition.push(...page);
        }
        expect(byPosition).toEqual(whole);
      }
    },
  );
});

/** Whether a query for it is refused: the same kind of end on both sides, and the first after the second. */
function isReversed(from: End | undefined, to: End | undefined): boolean {
  if (from === undefined || to === undefined) return false;
  if ("time" in from) return "time" in to && from.time > to.time;
  return (
    "vector" in to && [...from.vector].some(([sequence, position]) => position > (to.vector.get(sequence) ?? position))
  );
}

describe("which Owners are told of", () => {
  const path = `/audit/${EVERYTHING}`;
  const ownersIn = (told: readonly Told[]) => [...new Set(told.map(({ sequence }) => sequence.split("/")[0]))].sort();

  test("those that owner= names, each once, in whatever order it names them", async () => {
    const { x, y, both } = past;
    const whole = await tell(path, both);
    expect(await tell(`${path}&owner=${y}&owner=${x}&owner=${y}`, both)).toEqual(whole);
    expect(await tell(`${path}&owner=${x}&owner=${x}`, both)).toEqual(await tell(path, past.one));
  });

  test("without it all that the caller may see, whether they exist or not", async () => {
    const { x, y } = past;
    const claims: Claims = { owners: ["nobody", y, x], features: ["Audit"] };
    expect(ownersIn(await tell(path, claims))).toEqual([x, y]);
    expect(ownersIn(await tell(path, { features: ["Operator", "Audit"] }))).toEqual(expect.arrayContaining([x, y]));
  });

  test("the names stay qualified for who may see several, also if one of them alone exists", async () => {
    const claims: Claims = { owners: ["nobody", past.x], features: ["Audit"] };
    expect(ownersIn(await tell(path, claims))).toEqual([past.x]);
    expect(await seen("/audit/fromposition?from[asx]=1", claims)).toEqual([400, ["Field.Invalid from[asx]"]]);
  });
});

describe("the moment of an answer, in X-OMS-At", () => {
  const atOf = async (path: string, claims: Claims) => (await ask("GET", path, { claims })).headers.get("X-OMS-At");

  test.each(["one", "both"] as const)("%s: repeats it exactly, whatever has been recorded since", async (scope) => {
    const claims = past[scope];
    const before = await tell(`/audit/${EVERYTHING}`, claims);
    const at = await atOf(`/audit/${EVERYTHING}`, claims);
    const later = await depositIn(past.x, crypto.randomUUID());
    expect(await tell(`/audit/${EVERYTHING}&to=${at}`, claims)).toEqual(before);
    const after = await tell(`/audit/${EVERYTHING}`, claims);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)?.at).toBe(later);
  });

  test("what was acknowledged is told by whoever asks after that", async () => {
    for (let turn = 0; turn < 10; turn++) {
      const owner = turn % 2 === 0 ? past.x : past.y;
      const at = await depositIn(owner, crypto.randomUUID());
      const [last] = (await tell(`/audit/${EVERYTHING}`, past.both)).slice(-1);
      expect(last).toMatchObject({ at, sequence: `${owner}/oms` });
    }
  });

  test("where positions say how far it goes over several Owners, there is none", async () => {
    const path = `/audit/toposition?to[${past.x}/asx]=3`;
    expect(await atOf(path, past.both)).toBeNull();
    expect(await atOf("/audit/toposition?to[asx]=3", past.one)).not.toBeNull();
  });
});

describe("the time of the last update", () => {
  test("is the greatest of those that the caller may see, as a JSON string", async () => {
    const { x, y, both, one } = past;
    const latestOf = async (claims: Claims, query = "") => (await ask("GET", `/audit/latest${query}`, { claims })).body;
    const ofX = await depositIn(x, crypto.randomUUID());
    expect(await latestOf(one)).toBe(ofX);
    const ofY = await depositIn(y, crypto.randomUUID());
    expect(await latestOf(both)).toBe(ofY);
    expect(await latestOf(both, `?owner=${x}`)).toBe(ofX);
    expect(await latestOf(both, `?owner=${y}&owner=${x}`)).toBe(ofY);
  });

  test("204 when there is none", async () => {
    expect(await seen("/audit/latest", { owners: ["nobody"], features: ["Audit"] })).toEqual([204, undefined]);
    expect(await seen("/audit/latest", { features: ["Audit"] })).toEqual([204, undefined]);
  });

  test("404 for an Owner that is not there, by its name", async () => {
    const owner = await someOwner();
    const path = `/audit/latest?owner=${owner}&owner=nobody`;
    const unknown = [404, ["Owner.Unknown nobody"]];
    expect(await seen(path, { owners: [owner], features: ["Audit"] })).toEqual(unknown);
    expect(await seen(path, { features: ["Audit", "Operator"] })).toEqual(unknown);
  });
});

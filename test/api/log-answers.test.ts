import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { Claims } from "../support/token.ts";
import { type Told, ToldOwners } from "./told-owners.ts";

const AUDITOR: Claims = { features: ["Audit", "Operator"] };
const only = (...owners: readonly string[]): Claims => ({ owners, features: ["Audit"] });
const ALL = "/audit/fromdate?from=1970-01-01";

let run = 0;
const SUFFIX = /_\d+_/;

/** Owners of these logs, under names that no other test has used: isolates remember where an Owner is. */
function ownersOf(logs: Readonly<Record<string, Told>>): ToldOwners {
  run++;
  return new ToldOwners(Object.fromEntries(Object.entries(logs).map(([name, told]) => [nameOf(name), told])));
}

function nameOf(name: string): string {
  return `${name}_${run}_`;
}

/** What was told, with the Owners' names as the test has them. */
async function told(owners: ToldOwners, path = ALL, claims = AUDITOR): Promise<readonly string[]> {
  return (await owners.told(path, claims)).map((text) => text.replace(SUFFIX, ""));
}

const names = (owners: Iterable<string>) => [...owners].map((name) => name.replace(SUFFIX, ""));

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("several logs told as one", () => {
  test("are merged by time, at the same time in the order of their names", async () => {
    const owners = ownersOf({ B: { lines: [1, 5, 9] }, A: { lines: [2, 5, 10] }, C: { lines: [5] }, D: { lines: [] } });
    expect(await told(owners)).toEqual(["B1", "A2", "A5", "B5", "C5", "B9", "A10"]);
  });

  test("an Owner that finds nothing for long says so, and nothing of that is told", async () => {
    const owners = ownersOf({ A: { lines: [1, 3], hesitates: true }, B: { lines: [2], hesitates: true } });
    expect(await told(owners)).toEqual(["A1", "B2", "A3"]);
    expect(await told(ownersOf({ A: { lines: [], hesitates: true } }))).toEqual([]);
  });

  test("of no Owner, or of none that has anything, are an empty list", async () => {
    expect(await told(ownersOf({}))).toEqual([]);
    expect(await told(ownersOf({ A: { lines: [] }, B: { lines: [] } }))).toEqual([]);
  });

  test(
    "property: however the streams are cut, the merge is the sort, and pages by the last time are the whole",
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), { minLength: 2, maxLength: 6 }),
          fc.integer({ min: 1, max: 40 }),
          fc.integer({ min: 1, max: 12 }),
          fc.boolean(),
          async (logs, cut, count, hesitates) => {
            const sorted = logs.map((ats) => ats.sort((left, right) => left - right));
            const logsAfter = (from: number) =>
              ownersOf(
                Object.fromEntries(
                  sorted.map((ats, index) => [
                    String.fromCharCode(65 + index),
                    { lines: ats.filter((at) => at > from), cut, hesitates },
                  ]),
                ),
              );
            const whole = await told(logsAfter(0));
            const expected = sorted
              .flatMap((ats, index) => ats.map((at) => ({ at, name: String.fromCharCode(65 + index) })))
              .sort((left, right) => left.at - right.at || (left.name < right.name ? -1 : 1));
            expect(whole).toEqual(expected.map(({ at, name }) => `${name}${at}`));
            const paged: string[] = [];
            for (let last = 0; ; ) {
              const page = await told(logsAfter(last), `${ALL}&count=${count}`);
              if (page.length === 0) break;
              paged.push(...page);
              last = Number(page.at(-1)?.slice(1));
            }
            expect(paged).toEqual(whole);
          },
        ),
        { numRuns: 80 },
      ),
    60_000,
  );

  test("a page is completed by what the others recorded at the very time of its last record", async () => {
    const owners = () => ownersOf({ A: { lines: [1, 5, 6] }, B: { lines: [5, 6] }, C: { lines: [2, 5] } });
    expect(await told(owners(), `${ALL}&count=1`)).toEqual(["A1"]);
    expect(await told(owners(), `${ALL}&count=3`)).toEqual(["A1", "C2", "A5", "B5", "C5"]);
    expect(await told(owners(), `${ALL}&count=5`)).toEqual(["A1", "C2", "A5", "B5", "C5"]);
    expect(await told(owners(), `${ALL}&count=6`)).toEqual(["A1", "C2", "A5", "B5", "C5", "A6", "B6"]);
    expect(await told(owners(), `${ALL}&count=1000000000`)).toHaveLength(7);
  });

  test("a page counts records, whatever number of lines tells of one", async () => {
    const owners = () => ownersOf({ A: { lines: [5, 5, 6, 6, 7] }, B: { lines: [5, 5, 8] } });
    expect(await told(owners(), `${ALL}&count=1`)).toEqual(["A5", "A5", "B5", "B5"]);
    expect(await told(owners(), `${ALL}&count=3`)).toEqual(["A5", "A5", "B5", "B5", "A6", "A6"]);
    expect(await told(owners(), `${ALL}&count=4`)).toEqual(["A5", "A5", "B5", "B5", "A6", "A6", "A7"]);
  });

  test("snapshots come before all records, Owner by Owner, and are not counted", async () => {
    const owners = ownersOf({
      A: { lines: [[50, 0], [50, 0], 60, 61] },
      B: { lines: [[3, 0], 4, 70] },
      C: { lines: [5] },
    });
    expect(await told(owners, `${ALL}&count=3`)).toEqual(["A50", "A50", "B3", "B4", "C5", "A60"]);
  });

  test("are told up to where nothing can be recorded any more, so that who goes on from there misses nothing", async () => {
    const owners = ownersOf({ A: { lines: [1, 5, 8], settled: 8 }, B: { lines: [2, 6, 7], settled: 6 } });
    expect(await told(owners)).toEqual(["A1", "B2", "A5", "B6"]);
    expect((await owners.ask(ALL, AUDITOR)).headers.get("X-OMS-At")).toBe("1970-01-01T00:00:00.000006Z");
  });

  test("where positions say up to where, that is how far they are told", async () => {
    const owners = ownersOf({ A: { lines: [1, 5, 8], settled: 8 }, B: { lines: [2, 6, 7], settled: 6 } });
    const path = `/audit/toposition?to[${nameOf("A")}/asx]=9`;
    expect(await told(owners, path)).toEqual(["A1", "B2", "A5", "B6", "B7", "A8"]);
    expect((await owners.ask(path, AUDITOR)).headers.get("X-OMS-At")).toBeNull();
  });
});

describe("the clock, when several Owners are asked,", () => {
  /** A clock that goes on by so much whenever somebody waits; the time that has passed when the Owners are asked. */
  async function passedUntilAsked(logs: Readonly<Record<string, Told>>, step: number, claims: Claims) {
    const begun = Date.now();
    let now = begun;
    vi.spyOn(Date, "now").mockImplementation(() => now);
    vi.stubGlobal("setTimeout", (action: () => void) => {
      now += step;
      queueMicrotask(action);
    });
    const owners = ownersOf(logs);
    await told(owners, ALL, claims).finally(() => vi.unstubAllGlobals());
    return [...owners.askedAt.values()].map((asked) => asked - begun);
  }

  test("has gone on since what was acknowledged before, so that this is settled", async () => {
    expect(await passedUntilAsked({ A: { lines: [1] }, B: { lines: [2] } }, 1, AUDITOR)).toEqual([1, 1]);
  });

  test("is not waited for when it stands still", async () => {
    expect(await passedUntilAsked({ A: { lines: [1] }, B: { lines: [2] } }, 0, AUDITOR)).toEqual([0, 0]);
  });

  test("is not waited for when one alone is asked", async () => {
    expect(await passedUntilAsked({ A: { lines: [1] } }, 1, only(`A_${run + 1}_`))).toEqual([0]);
  });
});

describe("one log", () => {
  test("is told as it is, to its end, and says what it was read at", async () => {
    const owners = ownersOf({ A: { lines: [1, 2, 3], settled: 1 } });
    const answer = await owners.ask(ALL, only(nameOf("A")));
    expect(answer.headers.get("X-OMS-At")).toBe("1970-01-01T00:00:00.001000Z");
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(await told(owners, ALL, only(nameOf("A")))).toEqual(["A1", "A2", "A3"]);
  });

  test("of an Owner that the caller may see but that does not exist is empty, of one that is named unknown", async () => {
    const owners = ownersOf({});
    expect(await told(owners, ALL, only("nobody"))).toEqual([]);
    const answer = await owners.ask(`${ALL}&owner=nobody`, AUDITOR);
    expect([answer.status, await answer.json()]).toEqual([404, ["Owner.Unknown nobody"]]);
  });
});

describe("what each Owner is asked", () => {
  test("is its own part of the span, with the count, and pieces that together are a few MiB", async () => {
    const owners = ownersOf({ A: { lines: [] }, B: { lines: [] } });
    const [a, b] = [nameOf("A"), nameOf("B")];
    await told(owners, `/audit/between?from[${a}/asx]=1&to[${a}/asx]=5&to[${b}/oms]=7&count=9`);
    const common = { content: { type: "audit" }, count: 9, compact: false, qualified: true, pieceBytes: 131_072 };
    expect(owners.asked.get(a)).toEqual({
      ...common,
      span: { from: { positions: { asx: 1 } }, to: { positions: { asx: 5 } } },
    });
    expect(owners.asked.get(b)).toEqual({
      ...common,
      span: { from: { positions: {} }, to: { positions: { oms: 7 } } },
    });
  });

  test("with bare names when it alone is concerned", async () => {
    const owners = ownersOf({ A: { lines: [] }, B: { lines: [] } });
    const [a, b] = [nameOf("A"), nameOf("B")];
    await told(owners, `/audit/fromposition?from[asx]=1&owner=${b}`);
    expect([...owners.asked.keys()]).toEqual([b]);
    expect(owners.asked.get(b)).toMatchObject({ span: { from: { positions: { asx: 1 } } }, qualified: false });
    await told(owners, `/audit/fromposition?from[asx]=1`, only(a));
    expect(owners.asked.get(a)).toMatchObject({ span: { from: { positions: { asx: 1 } } }, qualified: false });
  });
});

describe("never a short answer", () => {
  const failing: readonly (readonly [string, Told])[] = [
    ["breaks off", { lines: [1, 2, 3, 4], breaksAfter: 2 }],
    ["ends in the middle of a line", { lines: [1, 2, 3, 4], isCutShort: true }],
  ];

  test.each(failing)("one log that %s breaks the answer off", async (_what, broken) => {
    const owners = ownersOf({ A: broken });
    await expect(told(owners, ALL, only(nameOf("A")))).rejects.toThrow();
  });

  test.each(failing)(
    "one of several that %s breaks the answer off, and the others are let go",
    async (_what, broken) => {
      const owners = ownersOf({ A: { lines: endless() }, B: broken, C: { lines: endless() } });
      await expect(told(owners)).rejects.toThrow();
      expect(names(owners.cancelled)).toEqual(expect.arrayContaining(["A", "C"]));
    },
  );

  test("an Owner that refuses fails the whole, and the others are let go", async () => {
    const owners = ownersOf({
      A: { lines: endless() },
      B: { lines: [], refusal: new Refusal("Feed", "asx") },
      C: { lines: endless() },
    });
    const answer = await owners.ask(`${ALL}&to[${nameOf("B")}/asx]=1`, AUDITOR);
    expect([answer.status, await answer.json()]).toEqual([422, [`Feed ${nameOf("B")}/asx`]]);
    expect(names(owners.cancelled).sort()).toEqual(["A", "C"]);
  });

  test("also one that is asked later", async () => {
    const logs: Record<string, Told> = {};
    for (let index = 0; index < 3 * LIMITS.QUESTIONS_AT_ONCE; index++) {
      logs[`N${String(index).padStart(2, "0")}`] = { lines: endless() };
    }
    const refusing = "N20";
    const owners = ownersOf({ ...logs, [refusing]: { lines: [], refusal: new Refusal("History.Archived") } });
    const answer = await owners.ask(ALL, AUDITOR);
    expect([answer.status, await answer.json()]).toEqual([422, ["History.Archived"]]);
    expect(names(owners.cancelled).sort()).toEqual(
      names(owners.asked.keys())
        .filter((name) => name !== refusing)
        .sort(),
    );
  });

  test("of one Owner alone the refusal says the sequence as the caller does", async () => {
    const owners = ownersOf({ A: { lines: [], refusal: new Refusal("Feed", "asx") } });
    const answer = await owners.ask("/audit/fromposition?from[asx]=1", only(nameOf("A")));
    expect([answer.status, await answer.json()]).toEqual([422, ["Feed asx"]]);
  });
});

describe("work is done only as the answer is read", () => {
  const BOUND = 20;

  test.each([1, 3])("of %i logs no more is drawn than was read, and a piece ahead", async (count) => {
    const logs = Object.fromEntries(["A", "B", "C"].slice(0, count).map((name) => [name, { lines: endless() }]));
    const owners = ownersOf(logs);
    const reader = (await owners.ask(ALL, AUDITOR)).body?.getReader();
    for (let read = 0; read < 3; read++) await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const drawn = [...owners.drawn.values()].reduce((sum, each) => sum + each, 0);
    expect(drawn).toBeGreaterThan(2);
    expect(drawn).toBeLessThan(BOUND);
    await reader?.cancel();
    expect(names(owners.cancelled).sort()).toEqual(Object.keys(logs));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...owners.drawn.values()].reduce((sum, each) => sum + each, 0)).toBe(drawn);
    expect(console.error).not.toHaveBeenCalled();
  });

  test("a client that goes away while an Owner has nothing to tell ends that Owner's work at once", async () => {
    const owners = ownersOf({ A: { lines: endless(), silentAfter: 1 }, B: { lines: endless(), silentAfter: 0 } });
    const reader = (await owners.ask(ALL, AUDITOR)).body?.getReader();
    const reading = reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader?.cancel();
    await reading;
    expect(names(owners.cancelled).sort()).toEqual(["A", "B"]);
    expect(console.error).not.toHaveBeenCalled();
  });

  test("what has come is told although another piece is not there yet", async () => {
    const owners = ownersOf({ A: { lines: [1, 2, 3], silentAfter: 2 } });
    const reader = (await owners.ask(ALL, only(nameOf("A")))).body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    while (!text.includes('"at":2')) text += decoder.decode((await reader?.read())?.value);
    expect(text).toBe(`[${ToldOwners.json(nameOf("A"), 1)},${ToldOwners.json(nameOf("A"), 2)}`);
    await reader?.cancel();
  });

  test("of a long line that waits for its turn no more is held than a piece, and it is told as it comes", async () => {
    const [padding, cut] = [300_000, 4096];
    const owners = ownersOf({ A: { lines: [1, 2, 9] }, B: { lines: [5, 6], padding, cut } });
    const reader = (await owners.ask(ALL, AUDITOR)).body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    const read = async () => {
      const { value, done } = (await reader?.read()) ?? { done: true };
      text += decoder.decode(value, { stream: !done });
      return done ? 0 : (value?.length ?? 0);
    };
    await read();
    expect(owners.pieces.get(nameOf("B"))).toBeLessThanOrEqual(2);
    let longest = 0;
    for (let size = await read(); size > 0; size = await read()) longest = Math.max(longest, size);
    expect(longest).toBeLessThanOrEqual(2 * cut);
    const body: unknown = JSON.parse(text);
    const [a, b] = [nameOf("A"), nameOf("B")];
    const pad = "é".repeat(padding);
    expect(body).toEqual([
      ...[1, 2].map((at) => ({ of: a, at })),
      ...[5, 6].map((at) => ({ of: b, at, pad })),
      { of: a, at: 9 },
    ]);
  });

  test("when a page is full the rest of the logs is let go", async () => {
    const owners = ownersOf({ A: { lines: endless() }, B: { lines: endless() } });
    expect(await told(owners, `${ALL}&count=4`)).toHaveLength(4);
    expect(Math.max(...owners.drawn.values())).toBeLessThan(BOUND);
  });
});

describe("the Owners whose logs one call may ask for", () => {
  const most = LIMITS.OWNERS_OF_A_CALL;
  const some = (count: number) =>
    ownersOf(Object.fromEntries(Array.from({ length: count }, (_, index) => [`many${index}`, { lines: [index + 1] }])));

  test.each([most - 1, most])("%i are merged", async (count) => {
    const owners = some(count);
    expect(await told(owners)).toHaveLength(count);
    const sizes = [...owners.asked.values()].map(({ pieceBytes = 0 }) => pieceBytes);
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(LIMITS.MERGED_BYTES);
    expect(Math.min(...sizes)).toBeGreaterThan(1024);
  });

  const fewest = LIMITS.MERGED_BYTES / LIMITS.ANSWER_PIECE_BYTES;

  test.each([
    [fewest - 1, LIMITS.ANSWER_PIECE_BYTES],
    [fewest, LIMITS.ANSWER_PIECE_BYTES],
    [fewest + 1, Math.floor(LIMITS.MERGED_BYTES / (fewest + 1))],
  ])("%i are asked for pieces of %i bytes", async (count, bytes) => {
    const owners = some(count);
    await told(owners);
    expect(new Set([...owners.asked.values()].map(({ pieceBytes }) => pieceBytes))).toEqual(new Set([bytes]));
  });

  test(`${most + 1} are refused, and may be asked for by name`, async () => {
    const owners = some(most + 1);
    const answer = await owners.ask(ALL, AUDITOR);
    expect([answer.status, await answer.json()]).toEqual([413, [`Message.TooLarge ${most} owners`]]);
    expect(owners.asked.size).toBe(0);
    expect(await told(owners, `${ALL}&owner=${nameOf("many3")}&owner=${nameOf("many1")}`)).toEqual([
      "many12",
      "many34",
    ]);
  });
});

function* endless(): Generator<number> {
  for (let at = 1; ; at++) yield at;
}

/** An exported log is checked offline, to the byte. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { BrokenLog, type CheckedLog, checkLog, type Expectations } from "../../scripts/verify/log-check.ts";
import { exportedCommits } from "../../src/owner/chain.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { Commit } from "../../src/storage/store.ts";
import { History, steps } from "../storage/random-history.ts";
import { balance, EMPTY, line, order } from "../storage/samples.ts";

const LINE_END = 0x0a;
const START = Date.UTC(2026, 10, 22) * 1000;

/** A log whose texts hold what JSON escapes, and what it does not. */
const COMMITS: readonly Commit[] = [
  { ...EMPTY, records: [line(START, [balance("A1", "AUD", 10)]), line(START + 5, [order("A\u001f1", "O1", 3)])] },
  { ...EMPTY, records: [line(START + 6, [], "asx", 'é "quoted" \u2028 \u{1F600} \ufffd \\')] },
  { ...EMPTY, records: [line(START + 7, [balance("A1", "AUD", 20)]), line(START + 8), line(START + 12)] },
];

/** What is exported of a store that has made these commits: a line for each. */
function exportOf(commits: readonly Commit[]): readonly string[] {
  const store = new MemoryStore();
  for (const commit of commits) store.commit(commit);
  return [...exportedCommits(store, 0)].join("").match(/[^\n]*\n/g) ?? [];
}

interface ExportedLine {
  readonly Commit: unknown;
  readonly Last: unknown;
  readonly Previous: string;
  readonly Hash: string;
  readonly Body: string;
}

function lineOf(commit: ExportedLine): string {
  return `${JSON.stringify(commit)}\n`;
}

const LINES = exportOf(COMMITS);
const [FIRST = "", SECOND = "", THIRD = ""] = LINES;
const hashOf = (exported: string): string => JSON.parse(exported).Hash;

/** Checks bytes that come in pieces of a size. */
function check(content: string | Uint8Array, expectations: Expectations = {}, size = 64): Promise<CheckedLog> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return checkLog(piecesOf(bytes, size), expectations);
}

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Why a log is not whole. */
async function faultOf(content: string | Uint8Array, expectations?: Expectations): Promise<string> {
  const error = await check(content, expectations).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BrokenLog) return error.message;
  throw error ?? new Error("the log was found to be whole");
}

describe("a log that is whole", () => {
  it("is told in figures", async () => {
    expect(await check(LINES.join(""))).toEqual({
      commits: 3,
      records: 6,
      firstCommit: START,
      lastCommit: START + 7,
      last: START + 12,
      head: hashOf(THIRD),
      previous: "",
    });
  });

  it("is found to be so whatever happened, and however its bytes are cut", () => {
    return fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4000 }), async (history, size) => {
        const commits = new History(history).commits.filter(({ records }) => records.length > 0);
        const records = commits.flatMap((commit) => commit.records);
        fc.pre(records.length > 0);
        const lines = exportOf(commits);
        const checked = await check(lines.join(""), { head: hashOf(lines.at(-1) ?? "") }, size);
        const [commitCount, recordCount, last] = [commits.length, records.length, records.at(-1)?.at];
        expect(checked).toMatchObject({ commits: commitCount, records: recordCount, last });
      }),
      { seed: 20261122, numRuns: 200 },
    );
  });

  it("may begin later: then what it goes on from is told, and held to what is known", async () => {
    const later = SECOND + THIRD;
    expect(await check(later)).toMatchObject({ commits: 2, firstCommit: START + 6, previous: hashOf(FIRST) });
    expect(await check(later, { after: hashOf(FIRST) })).toMatchObject({ commits: 2 });
    expect(await faultOf(later, { after: hashOf(SECOND) })).toMatch(`line 1, commit ${START + 6} `);
    expect(await faultOf(LINES.join(""), { after: hashOf(FIRST) })).toMatch(`line 1, commit ${START} `);
  });
});

describe("a log that was tampered with", () => {
  const bytes = new TextEncoder().encode(LINES.join(""));
  const ids = [START, START + 6, START + 7];

  /** The fault, when one byte is another; it must name the line and the commit in which that is. */
  async function expectFound(place: number, value: number): Promise<void> {
    const changed = bytes.with(place, value);
    const index = bytes.subarray(0, place).filter((byte) => byte === LINE_END).length;
    const fault = await faultOf(changed);
    // A line that is broken in two before its Commit names none.
    const named = value === LINE_END && !fault.includes(`${ids[index]}`) ? ids[index - 1] : ids[index];
    expect(fault).toMatch(new RegExp(`^line ${index + 1}, `));
    expect(fault).toContain(named === undefined ? "the first commit" : `${named} (2026-11-22T00:00:00.0000`);
  }

  it("is found when any byte is another", () => {
    return fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (place, value) => {
        fc.pre(bytes[place] !== value);
        await expectFound(place, value);
      }),
      { seed: 20261122, numRuns: 5000 },
    );
  });

  it("is found when any byte has lost its case, or became white space", async () => {
    for (const [place, byte] of bytes.entries()) {
      await expectFound(place, byte ^ 0x20);
      for (const white of [0x20, 0x0d, 0x09, LINE_END]) if (white !== byte) await expectFound(place, white);
    }
  });

  it("is found when any byte is gone, or there is one more", () => {
    const other = fc.integer({ min: 0, max: 255 });
    return fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.option(other), async (place, value) => {
        const inserted = value === null ? [] : [value];
        const kept = bytes.subarray(value === null ? place + 1 : place);
        await faultOf(Uint8Array.from([...bytes.subarray(0, place), ...inserted, ...kept]));
      }),
      { seed: 20261122, numRuns: 2000 },
    );
  });

  it.each([
    ["a commit is missing", FIRST + THIRD, `line 2, commit ${START + 7} `],
    ["two commits have changed places", FIRST + THIRD + SECOND, `line 2, commit ${START + 7} `],
    ["a commit is there twice", FIRST + SECOND + SECOND, `line 3, commit ${START + 6} `],
    ["the log begins anew", FIRST + FIRST, `line 2, commit ${START} `],
    ["a line is empty", `${FIRST}\n${SECOND}`, `line 2, the commit after ${START} `],
    ["a line is spelt in another way", FIRST.replace('"Last":', '"Last": '), `line 1, commit ${START} `],
    ["a member is there twice", FIRST.replace("{", '{"Commit":1,'), `line 1, commit 1 (1970-`],
    ["the last line is cut off", `${FIRST}${SECOND.slice(0, -20)}`, `line 2, commit ${START + 6} `],
    ["the last line has no end", (FIRST + SECOND).trimEnd(), `line 2, commit ${START + 6} `],
    ["a byte order mark was put before it", `\ufeff${FIRST}`, `line 1, commit ${START} `],
    ["it is an answer that tells of a refusal", '["Authority"]\n', "line 1, the first commit"],
    ["there is nothing", "", "not a single commit"],
  ])("is found when %s", async (_, content, fault) => {
    expect(await faultOf(content)).toContain(fault);
  });

  it("is found when bytes that are no text stand where the mark for such bytes stood", async () => {
    const place = bytes.findIndex((byte, index) => byte === 0xef && bytes[index + 1] === 0xbf);
    const changed = [...bytes.subarray(0, place), 0xff, ...bytes.subarray(place + 3)];
    expect(await faultOf(Uint8Array.from(changed))).toContain(`line 2, commit ${START + 6} `);
  });

  it("is found when its end was cut off, by the hash that it must end with", async () => {
    const head = hashOf(THIRD);
    expect(await check(LINES.join(""), { head })).toMatchObject({ head });
    const fault = await faultOf(FIRST + SECOND, { head });
    expect(fault).toContain(`ends with commit ${START + 6} `);
    expect(fault).toContain(hashOf(SECOND));
  });
});

describe("a log whose hashes are right and whose records are not", () => {
  /** A commit that goes on from the first one, hashed as it should be. */
  function forged(Body: string, others: Partial<ExportedLine> = {}): string {
    const Previous = hashOf(FIRST);
    const Hash = chainHash(Previous, Body);
    return FIRST + lineOf({ Commit: START + 6, Last: START + 7, Previous, Hash, Body, ...others });
  }
  const record = (at: number, more: object = {}): string =>
    JSON.stringify({ At: at, Sequence: "asx", Position: 1, Events: [], ...more });
  const [six, seven] = [record(START + 6), record(START + 7)];

  it("passes when they are", async () => {
    expect(await check(forged(`${six}\n${seven}`))).toMatchObject({ commits: 2, records: 4 });
  });

  it.each([
    ["it holds none", forged(""), "holds no records"],
    ["they are not in order", forged(`${six}\n${seven}\n${six}`), "record 3 is of"],
    ["two are of the same time", forged(`${six}\n${six}`), "record 2 is of"],
    ["the first is of another time", forged(seven), `its first record is of ${START + 7}`],
    ["the last is of another time", forged(six), `its last record is of ${START + 6}`],
    ["a line is empty", forged(`${six}\n\n${seven}`), "record 2 does not begin with its time"],
    ["the last line is empty", forged(`${six}\n${seven}\n`), "ends with an empty line"],
    ["one does not parse", forged(`${six}\n${seven.slice(0, -1)}`), "record 2 is not JSON"],
    ["one has two times", forged(`${six}\n${seven.slice(0, -1)},"At":1}`), "record 2 has two times"],
    ["one has no sequence", forged(`${six}\n${record(START + 7, { Sequence: 1 })}`), "record 2 lacks"],
    ["one has no position", forged(`${six}\n${record(START + 7, { Position: "1" })}`), "record 2 lacks"],
    ["one has no events", forged(`${six}\n${record(START + 7, { Events: {} })}`), "record 2 lacks"],
    ["one refers to nothing", forged(`${six}\n${record(START + 7, { Events: ["Order"] })}`), "record 2 refers"],
    ["one refers to what no record has", forged(`${six}\n${record(START + 7, { Events: ["x"] })}`), "record 2 refers"],
    ["they begin before the last commit ended", forged(record(START + 5), { Commit: START + 5 }), "is not after"],
    ["half a character is in one", forged(`${six}\n${seven}\ud800`), "Body is not text"],
    ["it says no Commit", forged(`${six}\n${seven}`, { Commit: "1" }), "says no Commit"],
    ["it says no Last", forged(`${six}\n${seven}`, { Last: 1.5 }), "says no Last"],
  ])("is found when %s", async (_, content, fault) => {
    expect(await faultOf(content)).toContain(fault);
  });
});

describe("npm run verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "edge-oms-verify-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const program = fileURLToPath(new URL("../../scripts/verify.ts", import.meta.url).href);

  function run(content: string, ...args: readonly string[]) {
    const file = join(folder, "log.ndjson");
    writeFileSync(file, content);
    return runOn(file, ...args);
  }
  function runOn(file: string, ...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, file, ...args], {
      encoding: "utf8",
      input: LINES.join(""),
    });
    return { status, stdout, stderr };
  }

  it("exits with 0 and tells how far a whole log goes", () => {
    const { status, stdout } = run(LINES.join(""), "--head", hashOf(THIRD));
    expect(stdout).toMatch(/commits +3\nrecords +6\n/);
    expect(stdout).toContain("2026-11-22T00:00:00.000012Z");
    expect(stdout).toContain(hashOf(THIRD));
    expect(status).toBe(0);
    expect(runOn("-").stdout).toMatch(/records +6\n/);
  });

  it("says so when it was checked from its first commit on only", () => {
    const only = `from commit ${START + 6} on only`;
    expect(run(SECOND + THIRD).stdout).toContain(only);
    expect(run(SECOND + THIRD, "--after", hashOf(FIRST)).stdout).not.toContain(only);
  });

  it("exits with 1 and names the commit when the log is not whole", () => {
    const { status, stdout, stderr } = run(FIRST + SECOND.replace("quoted", "quoteD"));
    expect(stderr).toContain(`line 2, commit ${START + 6} (2026-11-22T00:00:00.000006Z): `);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  it.each([
    ["there is no such file", [join(folder, "none.ndjson")]],
    ["a hash is none", ["-", "--head", "abc"]],
    ["an option is unknown", ["-", "--tail", "abc"]],
    ["two files are named", ["-", "-"]],
  ])("exits with 2 when %s", (_, [file = "", ...args]) => {
    const { status, stderr } = runOn(file, ...args);
    expect(stderr).not.toBe("");
    expect(status).toBe(2);
  });
});

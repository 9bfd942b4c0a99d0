/** The hash chain is walked in bounded turns, and written out so that anybody can walk it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportedCommits, verifiedStretch } from "../../src/owner/chain.ts";
import type { ChainStretch } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { EMPTY, line, moment } from "../storage/samples.ts";
import { drawn } from "./told.ts";

/** A log of commits of two records, each with a note. */
function logOf(commits: number, note = ""): { readonly data: MemoryData; readonly store: MemoryStore } {
  const data = new MemoryData();
  const store = new MemoryStore(data);
  for (let index = 0; index < commits; index++) {
    const at = 10 * index + 1;
    store.commit({ ...EMPTY, records: [line(at, [], "asx", note), line(at + 3, [], "asx", note)] });
  }
  return { data, store };
}

type KeptCommit = MemoryData["commits"][number];

function tamper(data: MemoryData, index: number, change: (commit: KeptCommit) => Partial<KeptCommit>): number {
  const commit = data.commits[index];
  if (commit === undefined) throw new Error(`there is no commit ${index}`);
  data.commits[index] = { ...commit, ...change(commit) };
  return commit.id;
}

/** The whole walk, turn by turn. */
function walk(store: Store): readonly ChainStretch[] {
  const stretches: ChainStretch[] = [];
  for (let last: ChainStretch | undefined; last?.isDone !== true; stretches.push(last)) {
    last = verifiedStretch(store, last);
  }
  return stretches;
}

describe("verification", () => {
  it("walks from the first commit to the last, and says where it is", () => {
    const { store } = logOf(5);
    expect(verifiedStretch(store)).toEqual({ id: 41, commits: 5, hash: store.head().hash, isDone: true });
    expect(verifiedStretch(logOf(0).store)).toEqual({ id: 0, commits: 0, hash: "", isDone: true });
  });

  it("does a bounded part of it in a turn, and goes on from there, also when the log has grown", () => {
    const { store } = logOf(9, "x".repeat(LIMITS.VERIFICATION_TURN_CHARACTERS / 8));
    const first = verifiedStretch(store);
    expect(first).toMatchObject({ id: 31, commits: 4, isDone: false });
    expect(walk(store).map(({ commits }) => commits)).toEqual([4, 8, 9]);
    store.commit({ ...EMPTY, records: [line(1000)] });
    const second = verifiedStretch(store, first);
    expect(verifiedStretch(store, second)).toEqual({ id: 1000, commits: 10, hash: store.head().hash, isDone: true });
  });

  it("finds any change of any commit, and names it", () => {
    const changes: readonly ((commit: KeptCommit) => Partial<KeptCommit>)[] = [
      ({ body }) => ({ body: body.replace("of", "on") }),
      ({ body }) => ({ body: `${body} ` }),
      ({ body }) => ({ body: body.slice(0, body.indexOf("\n")) }),
      () => ({ previous: "" }),
      ({ hash }) => ({ hash: hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }),
    ];
    for (const change of changes) {
      const { data, store } = logOf(4);
      const id = tamper(data, 2, change);
      expect(verifiedStretch(store)).toMatchObject({ id: 11, commits: 2, isDone: true, broken: id });
    }
  });

  it("finds a commit that was rehashed by the one after it, or by the head, and one that is missing or moved", () => {
    const rehashed = (index: number) => {
      const { data, store } = logOf(3);
      tamper(data, index, ({ previous, body }) => ({ body: `${body} `, hash: chainHash(previous, `${body} `) }));
      return verifiedStretch(store).broken;
    };
    expect([rehashed(0), rehashed(1), rehashed(2)]).toEqual([11, 21, 21]);
    const missing = logOf(3);
    missing.data.commits.splice(1, 1);
    expect(verifiedStretch(missing.store)).toMatchObject({ commits: 1, broken: 21 });
    const cut = logOf(3);
    cut.data.commits.pop();
    expect(verifiedStretch(cut.store)).toMatchObject({ commits: 2, broken: 11 });
    const swapped = logOf(3);
    const bodies = swapped.data.commits.map(({ body }) => body);
    tamper(swapped.data, 0, () => ({ body: bodies[1] ?? "" }));
    tamper(swapped.data, 1, () => ({ body: bodies[0] ?? "" }));
    expect(verifiedStretch(swapped.store).broken).toBe(1);
  });

  it("finds what the store says is not as it was written", () => {
    const { store } = logOf(3);
    const damaged = {
      head: () => store.head(),
      *commitsAfter(id: Parameters<Store["commitsAfter"]>[0]) {
        for (const commit of store.commitsAfter(id)) yield { ...commit, isIntact: commit.id !== 11 };
      },
    };
    expect(verifiedStretch(damaged)).toMatchObject({ id: 1, commits: 1, isDone: true, broken: 11 });
  });

  it("begins with the oldest commit that is kept", () => {
    const { data, store } = logOf(4);
    const removed = data.commits.splice(0, 2);
    data.keptFrom = removed[1]?.last ?? 0;
    expect(verifiedStretch(store)).toMatchObject({ commits: 2, hash: store.head().hash, isDone: true });
    expect(verifiedStretch(store).broken).toBeUndefined();
    const id = tamper(data, 0, ({ body }) => ({ body: `${body} ` }));
    expect(verifiedStretch(store).broken).toBe(id);
  });

  it("names the commit in which any one character is another, wherever it is", () => {
    return fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(), fc.nat(), (commits, which, where) => {
        const { data, store } = logOf(commits, "é\u{1F600}");
        const id = tamper(data, which % commits, ({ body }) => {
          const place = where % body.length;
          const other = body[place] === "x" ? "y" : "x";
          return { body: body.slice(0, place) + other + body.slice(place + 1) };
        });
        expect(verifiedStretch(store).broken).toBe(id);
      }),
    );
  });
});

describe("an export", () => {
  const lines = (store: Store, after = 0, count?: number) =>
    drawn(exportedCommits(store, after, count))
      .join("")
      .split("\n")
      .slice(0, -1)
      .map((text) => JSON.parse(text));

  it("is a line for each commit, which anybody can check by hand", () => {
    const { store } = logOf(4, 'a "line"\nwith é and \u{1F600}');
    let previous = "";
    for (const { Commit, Last, Previous, Hash, Body } of lines(store)) {
      expect(Previous).toBe(previous);
      expect(createHash("sha256").update(Previous, "utf8").update(Body, "utf8").digest("hex")).toBe(Hash);
      const ats = Body.split("\n").map((record: string) => JSON.parse(record).At);
      expect([ats[0], ats.at(-1)]).toEqual([Commit, Last]);
      previous = Hash;
    }
    expect(previous).toBe(store.head().hash);
  });

  it("has its fields in order, and tells what is kept, also when that was tampered with", () => {
    const { data, store } = logOf(2);
    tamper(data, 1, () => ({ body: "nothing" }));
    const [first = "", second = ""] = drawn(exportedCommits(store, 0)).join("").split("\n");
    expect(first).toMatch(/^\{"Commit":1,"Last":4,"Previous":"","Hash":"[0-9a-f]{64}","Body":"\{\\"At\\":1,/);
    expect(JSON.parse(second)).toMatchObject({ Commit: 11, Body: "nothing" });
  });

  it("begins after a commit, has at most so many, and none that came while it was read", () => {
    const { store } = logOf(6);
    const commits = (after: number, count?: number) => lines(store, after, count).map(({ Commit }) => Commit);
    expect(commits(11)).toEqual([21, 31, 41, 51]);
    expect(commits(11, 2)).toEqual([21, 31]);
    expect(commits(51)).toEqual([]);
    expect(commits(0, 1e9)).toHaveLength(6);
    const growing = logOf(3).store;
    const reading = {
      head: () => growing.head(),
      *commitsAfter(id: Parameters<Store["commitsAfter"]>[0]) {
        yield* growing.commitsAfter(id);
        growing.commit({ ...EMPTY, records: [line(1000)] });
        yield* growing.commitsAfter(moment(999));
      },
    };
    expect(drawn(exportedCommits(reading, 0)).join("").split("\n")).toHaveLength(3 + 1);
  });

  it("is drawn in pieces of about one commit, or of many small ones", () => {
    const large = logOf(4, "x".repeat(LIMITS.ANSWER_PIECE_BYTES));
    expect(drawn(exportedCommits(large.store, 0))).toHaveLength(4);
    const small = logOf(1000);
    const pieces = drawn(exportedCommits(small.store, 0));
    expect(pieces.length).toBeGreaterThan(2);
    const longest = Math.max(...pieces.map((piece) => piece.length));
    expect(longest).toBeLessThan(LIMITS.ANSWER_PIECE_BYTES * 1.1);
  });

  it("is refused where commits have been archived", () => {
    const { data, store } = logOf(4);
    data.keptFrom = 14;
    expect(() => exportedCommits(store, 1)).toThrow("History.Archived");
    expect(lines(store, 14).map(({ Commit }) => Commit)).toEqual([21, 31]);
  });
});

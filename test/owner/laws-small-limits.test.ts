/** The laws of history where everything is large: commits are full, frames split, and answers take many turns. */
import "./support/small-limits.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { historyLaws } from "./support/history-laws.ts";
import { inMemory, lawsOn, SEED } from "./support/laws.ts";
import { Player } from "./support/player.ts";
import { anyRun } from "./support/random-run.ts";
import { requestLaws } from "./support/request-laws.ts";
import { SMALL_LIMITS } from "./support/small-limits.ts";
import { spanLaws } from "./support/span-laws.ts";
import { stateLaws } from "./support/state-laws.ts";
import { streamLaws } from "./support/stream-laws.ts";

const law = lawsOn(inMemory, 0.25);

stateLaws(law);
spanLaws(law);
historyLaws(law);
streamLaws(lawsOn(inMemory, 0.5));
requestLaws(law);

test("The limits are as small as that: commits are full, records are split over frames, bookmarks say where the log is, and transforms are jobs", async () => {
  const found = { fullCommits: 0, parts: 0, bookmarks: 0, steps: 0 };
  for (const run of fc.sample(anyRun({ subscribers: true }), { seed: SEED, numRuns: 20 })) {
    const { world, readers } = await new Player().play(run);
    for (const { records } of world.data.commits) {
      expect(records.length).toBeLessThanOrEqual(SMALL_LIMITS.COMMIT_RECORDS);
      if (records.length === SMALL_LIMITS.COMMIT_RECORDS) found.fullCommits++;
      found.steps += records.filter(({ text }) => text.includes('"step":"2"')).length;
    }
    for (const { socket } of readers) {
      let isSnapshot = false;
      for (const { Type, Position, Request } of socket.messages) {
        if (/Snapshot(Start|Finish)$/.test(Type)) isSnapshot = /Start$/.test(Type);
        if (/Update$/.test(Type) && Position === undefined && !isSnapshot) found.parts++;
        if (/Bookmark$/.test(Type) && Request === undefined) found.bookmarks++;
      }
    }
  }
  for (const [what, count] of Object.entries(found)) expect(count, what).toBeGreaterThan(5);
});

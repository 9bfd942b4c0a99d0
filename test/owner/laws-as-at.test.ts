/** The state as at a moment is the fold of what was raised up to it, and a position means the moment that it should. */
import * as fc from "fast-check";
import { describe } from "vitest";
import { type At, KINDS } from "../../src/domain/records.ts";
import type { Store } from "../../src/storage/store.ts";
import { expectEqual } from "../domain/support/equal.ts";
import { FoldedLog, type FoldedState, inOrder } from "./support/folded-log.ts";
import { law } from "./support/laws.ts";
import { Player } from "./support/player.ts";
import { anyRun } from "./support/random-run.ts";
import { answersOf, expectedAnswers } from "./support/reads.ts";

describe("The state as at any moment", () => {
  law(
    "is the fold of the log up to it, for every kind of record, also inside a commit",
    60,
    fc.asyncProperty(anyRun({ renames: true }), async (run) => {
      const { world } = await new Player().play(run);
      const log = new FoldedLog(world.store);
      for (const at of log.moments) {
        const expected = log.stateAt(at);
        expectEqual(inOrder(stateOf(world.store, at)), inOrder(expected), `as at ${at}`);
        for (const { kind, key, name } of log.touched) {
          expectEqual(world.store.version(kind, key, at), expected.get(name), `${name} as at ${at}`);
        }
      }
      expectEqual(inOrder(stateOf(world.store)), inOrder(log.stateAt(world.store.head().at)), "the present");
    }),
  );

  law(
    "is what a client has that was given the events up to it, in every list and every record that REST reads",
    60,
    fc.asyncProperty(anyRun({ renames: true }), fc.infiniteStream(fc.nat(3)), async (run, chances) => {
      const { world } = await new Player().play(run);
      const log = new FoldedLog(world.store);
      for (const at of log.moments) {
        if (chances.next().value !== 0) continue;
        const read = answersOf(world.engine, log.touched, { at });
        expectEqual(read.answers, expectedAnswers(log.replicaAt(at), log.touched), `as at ${at}`);
        expectEqual(read.at, Math.min(at, world.store.head().at), "the moment that the answer says");
      }
      expectEqual(
        answersOf(world.engine, log.touched).answers,
        answersOf(world.engine, log.touched, { at: Infinity }).answers,
        "the present",
      );
    }),
  );
});

describe("The state after a position of a sequence", () => {
  law(
    "is the state just before the sequence's next record, and the same as at the time that the answer says",
    60,
    fc.asyncProperty(anyRun({ renames: true }), fc.infiniteStream(fc.nat(2)), async (run, chances) => {
      const { world } = await new Player().play(run);
      const log = new FoldedLog(world.store);
      for (const [sequence, last] of world.store.head().positions) {
        const own = log.records.filter(({ Sequence }) => Sequence === sequence);
        const isBookmarked = world.data.positions.some(
          (known) => known.sequence === sequence && !own.some(({ Position }) => Position === known.position),
        );
        for (let position = 0; position <= last + 1; position++) {
          if (chances.next().value !== 0) continue;
          const what = `${sequence} ${position}`;
          const read = answersOf(world.engine, log.touched, { sequence, position });
          const before = own.filter(({ Position }) => Position <= position);
          const next = own.find(({ Position }) => Position > position);
          const end = next === undefined ? world.store.head().at : next.At - 1;
          if (isBookmarked)
            expectEqual((before.at(-1)?.At ?? 0) <= read.at && read.at <= end, true, `${what} at ${read.at}`);
          else expectEqual(read.at, end, what);
          const expected = expectedAnswers(log.replicaAt(read.at), log.touched);
          expectEqual(read.answers, expected, what);
          expectEqual(answersOf(world.engine, log.touched, { at: read.at }), read, `${what} by time`);
        }
      }
    }),
  );
});

/** Every record of every kind, by kind and key, as the store lists it. */
function stateOf(store: Store, asAt?: At): FoldedState {
  return new Map(
    KINDS.flatMap((kind) => [...store.list(kind, {}, asAt)].map(({ key, body }) => [`${kind} ${key}`, body] as const)),
  );
}

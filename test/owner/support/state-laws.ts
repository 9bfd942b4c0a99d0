/** The state as at a moment is the fold of what was raised up to it, and a position means the moment that it should. */
import * as fc from "fast-check";
import { type At, KINDS } from "../../../src/domain/records.ts";
import type { Store } from "../../../src/storage/store.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import { FoldedLog, type FoldedState, inOrder } from "./folded-log.ts";
import type { Law } from "./laws.ts";
import { answersOf, expectedAnswers } from "./reads.ts";

/** Draws one of so many. */
const oneOf = (many: number) => fc.infiniteStream(fc.nat(many - 1)).map((drawn) => () => drawn.next().value === 0);

export function stateLaws(law: Law): void {
  law(
    "The state as at any moment is the fold of the log up to it, for every kind of record, also inside a commit",
    { runs: 40, of: { renames: true }, drawn: oneOf(2) },
    ({ world: { store } }, isChosen) => {
      const log = new FoldedLog(store);
      for (const at of log.moments.filter(isChosen)) {
        const expected = log.stateAt(at);
        expectEqual(inOrder(stateOf(store, at)), inOrder(expected), `as at ${at}`);
        for (const { kind, key, name } of log.touched) {
          expectEqual(store.version(kind, key, at), expected.get(name), `${name} as at ${at}`);
        }
      }
      expectEqual(inOrder(stateOf(store)), inOrder(log.stateAt(store.head().at)), "the present");
    },
  );

  law(
    "It is what a client has that was given the events up to it, in every list and record that REST reads",
    { runs: 40, of: { renames: true }, drawn: oneOf(3) },
    ({ world: { engine, store } }, isChosen) => {
      const log = new FoldedLog(store);
      for (const at of log.moments.filter(isChosen)) {
        const read = answersOf(engine, log.touched, { at });
        expectEqual(read.answers, expectedAnswers(log.replicaAt(at), log.touched), `as at ${at}`);
        expectEqual(read.at, Math.min(at, store.head().at), "the moment that the answer says");
      }
      expectEqual(
        answersOf(engine, log.touched),
        answersOf(engine, log.touched, { at: Number.MAX_SAFE_INTEGER }),
        "the present",
      );
    },
  );

  law(
    "The state after a position is the state just before its sequence's next record, and that of the time which the answer says",
    { runs: 20, of: { renames: true }, drawn: oneOf(6) },
    ({ world: { engine, store }, bookmarked }, isChosen) => {
      const log = new FoldedLog(store);
      for (const [sequence, last] of store.head().positions) {
        const own = log.records.filter(({ Sequence }) => Sequence === sequence);
        for (const position of Array.from({ length: last + 2 }, (_, index) => index).filter(isChosen)) {
          const what = `${sequence} ${position}`;
          const read = answersOf(engine, log.touched, { sequence, position });
          const begin = own.findLast(({ Position }) => Position <= position)?.At ?? 0;
          const next = own.find(({ Position }) => Position > position);
          const end = next === undefined ? store.head().at : next.At - 1;
          // Where a sequence was only bookmarked further, any place before its next record is as good.
          if (bookmarked.has(sequence)) expectEqual(begin <= read.at && read.at <= end, true, `${what} at ${read.at}`);
          else expectEqual(read.at, end, what);
          expectEqual(read.answers, expectedAnswers(log.replicaAt(read.at), log.touched), what);
          expectEqual(answersOf(engine, log.touched, { at: read.at }), read, `${what} by time`);
        }
      }
    },
  );
}

/** Every record of every kind, by kind and key, as the store lists it. */
function stateOf(store: Store, asAt?: At): FoldedState {
  return new Map(
    KINDS.flatMap((kind) => [...store.list(kind, {}, asAt)].map(({ key, body }) => [`${kind} ${key}`, body] as const)),
  );
}

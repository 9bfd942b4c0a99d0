/** Every state that a balance, a holding or an order ever had, each with what caused it. */
import * as fc from "fast-check";
import { KEY_SEPARATOR } from "../../../src/domain/records.ts";
import type { LogContent } from "../../../src/owner/rpc.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import { FoldedLog, type Touched } from "./folded-log.ts";
import { type Law, NOTHING_ELSE } from "./laws.ts";
import { statesOf, type ToldState } from "./lives.ts";
import { anyShares, boundsOf, isThrough, pagesOf, toldOf } from "./spans.ts";

const KINDS = ["balance", "holding", "order"] as const;

/** Every record that has a history, with the question for it and what should be told. */
function historiesIn(log: FoldedLog) {
  return log.touched.flatMap((touched) => {
    const kind = KINDS.find((known) => known === touched.kind);
    if (kind === undefined) return [];
    const content: LogContent = { type: "history", kind, parts: touched.key.split(KEY_SEPARATOR) };
    return [{ touched, content, states: statesOf(log.records, touched) }];
  });
}

export function historyLaws(law: Law): void {
  law(
    "The history of a record is every step of the fold for it, in order, each with the update that caused it",
    { runs: 60, of: { renames: true }, drawn: NOTHING_ELSE },
    ({ world }) => {
      const log = new FoldedLog(world.store);
      for (const { touched, content, states } of historiesIn(log)) {
        const lines = toldOf(world, { content, span: {} }).map(({ at, message }) => ({ at, message }));
        expectEqual(lines, states.map(asTold), `the history of ${touched.name}`);
        const own = states.filter(({ key }) => key === touched.key).map(({ state }) => state);
        expectEqual(distinct(own), stepsOfFold(log, touched), `the steps of ${touched.name}`);
      }
    },
  );

  law(
    "As at each moment of its history a record is in the state that was told, and the last one is its present one",
    { runs: 60, of: { renames: true }, drawn: NOTHING_ELSE },
    ({ world: { store, engine } }) => {
      for (const { touched, content, states } of historiesIn(new FoldedLog(store))) {
        if (content.type !== "history") continue;
        for (const { key, record, state } of states) {
          const asAt = { at: record.At };
          const read = engine.record({ kind: content.kind, parts: key.split(KEY_SEPARATOR), asAt });
          expectEqual(read, { at: record.At, body: state }, `${touched.name} as at ${record.At}`);
        }
        const last = states.findLast(({ key }) => key === touched.key);
        expectEqual(store.version(touched.kind, touched.key), last?.state, `the present ${touched.name}`);
      }
    },
  );

  law(
    "The history of a record in a span is the part of its history that lies in the span, also by pages",
    {
      runs: 40,
      of: { renames: true },
      drawn: fc.array(fc.tuple(anyShares, fc.integer({ min: 1, max: 4 })), { minLength: 6, maxLength: 6 }),
    },
    ({ world }, drawn) => {
      const histories = historiesIn(new FoldedLog(world.store));
      for (const [shares, count] of drawn) {
        const { from, to } = boundsOf(world, shares);
        for (const { touched, content, states } of histories) {
          const lines = toldOf(world, { content, span: { from, to } }).map(({ at, message }) => ({ at, message }));
          const held = states.filter(({ record }) => !isThrough(from, record) && isThrough(to, record));
          expectEqual(lines, held.map(asTold), `${touched.name} in ${JSON.stringify({ from, to })}`);
          const what = `${touched.name} in ${JSON.stringify({ from, to, count })}`;
          const pages = pagesOf(world, { content, span: { from, to } }, count, what).flat();
          expectEqual(
            pages.map(({ at, message }) => ({ at, message })),
            lines,
            what,
          );
        }
      }
    },
  );
}

function asTold({ record: { At: at, Sequence, Position, Update }, event }: ToldState) {
  return { at, message: { Sequence, Position, At: fromMicroseconds(at), Update, Event: event } };
}

/** The states that the fold gives a record, one after another; undefined while there is none. */
function stepsOfFold(log: FoldedLog, { name }: Touched): readonly (string | undefined)[] {
  return distinct(log.folded.map(({ replica }) => replica.get(name)));
}

/** Without those that equal the one before, beginning with nothing. */
function distinct(states: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return states.filter((state, index) => state !== states[index - 1]);
}

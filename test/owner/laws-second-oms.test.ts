/** What an OMS was is what another one is that was given only the updates up to then. */
import * as fc from "fast-check";
import { type At, KINDS } from "../../src/domain/records.ts";
import type { Head, Store } from "../../src/storage/store.ts";
import { expectEqual } from "../domain/support/equal.ts";
import { FoldedLog } from "./support/folded-log.ts";
import { inMemory, lawsOn } from "./support/laws.ts";
import { Player } from "./support/player.ts";
import { answersOf } from "./support/reads.ts";
import { type AuditLine, SecondOms } from "./support/second-oms.ts";
import { toldOf } from "./support/spans.ts";

const law = lawsOn(inMemory);

law(
  "As at each record, an OMS was what another is that was given the audit up to it, in every list and every read by time and by position",
  { runs: 40, of: { fullStorage: true, requests: false }, drawn: fc.infiniteStream(fc.nat(5)) },
  ({ world, bookmarked }, chances) => {
    const { records, touched } = new FoldedLog(world.store);
    const second = new SecondOms();
    const audit = toldOf(world, { content: { type: "audit" }, span: {} });
    const reached = new Map<string, number>();
    for (const [index, line] of audit.entries()) {
      second.take(line);
      const next = audit[index + 1];
      const { Sequence, ID } = line.message;
      reached.set(Sequence, ID);
      // Some lines share a commit with the next ones.
      if (next !== undefined && second.mayJoin(next) && chances.next().value === 0) continue;
      second.settle();
      const at = records[index]?.At;
      const what = `after ${Sequence} ${ID}`;
      expectEqual(stateOf(second.world.store), stateOf(world.store, at), what);
      if (chances.next().value !== 0) continue;
      const present = answersOf(second.world.engine, touched);
      expectEqual(answersOf(world.engine, touched, { at: line.at }), present, `${what} by time`);
      const sequence = next?.message.Sequence ?? Sequence;
      if (bookmarked.has(sequence)) continue;
      const position = reached.get(sequence) ?? 0;
      const read = answersOf(world.engine, touched, { sequence, position });
      expectEqual(read.answers, present.answers, `${what} by position ${sequence} ${position}`);
    }
    const lines = toldOf(second.world, { content: { type: "audit" }, span: {} });
    expectEqual(lines.map(withReason), audit.map(withReason), "the audit of the second is that of the first");
    const events = { content: { type: "events" }, span: {} } as const;
    expectEqual(toldOf(second.world, events), toldOf(world, events), "it has raised the same events");
  },
);

law(
  "At the end of any turn an OMS was what another is that went through the same up to then, to the last hash",
  {
    runs: 40,
    of: { renames: true, subscribers: true, fullStorage: true },
    drawn: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
  },
  async ({ world }, drawn, { played: run }) => {
    const { touched } = new FoldedLog(world.store);
    const ends: { readonly steps: number; readonly head: Head }[] = [];
    const again = new Player();
    await again.play(run, (step) => {
      if (!again.world.isBusy) ends.push({ steps: step + 1, head: again.world.store.head() });
    });
    expectEqual(again.world.store.head(), world.store.head(), "a run that is played again");
    for (const chance of drawn) {
      const end = ends[chance % ends.length];
      if (end === undefined) continue;
      const second = await new Player().play(run.slice(0, end.steps));
      const what = `after ${end.steps} steps`;
      expectEqual(second.world.store.head(), end.head, what);
      expectEqual(stateOf(second.world.store), stateOf(world.store, end.head.at), what);
      const past = answersOf(world.engine, touched, { at: end.head.at });
      expectEqual(answersOf(second.world.engine, touched), past, `${what}, read`);
    }
  },
);

/** Every record of every kind. */
function stateOf(store: Store, asAt?: At) {
  return KINDS.map((kind) => [kind, [...store.list(kind, {}, asAt)]]);
}

/** Of what could not be taken it is not kept what it was: another reason stands for the reason then. */
function withReason({ at, message: { Errors, ...rest } }: AuditLine) {
  const isKept = rest.Update !== undefined || rest.Unreadable !== undefined;
  return { at, ...rest, errors: isKept ? Errors : Errors !== undefined };
}

/** What is done to many records at once: looked into first, then done in one record of the log, or in as many as it takes. */
import type { Changes } from "./changes.ts";
import type { Step } from "./definable.ts";
import type { Outcome } from "./outcome.ts";
import { goThrough, type Pass } from "./passes.ts";
import type { Place, Progress } from "./progress.ts";
import type { At } from "./records.ts";
import type { State } from "./state.ts";

export interface Plan {
  /** Look whether it may be done, and change nothing. What forbids it is thrown as a Refusal. */
  readonly checks: (state: State) => readonly Pass[];
  /** What is done once, in the first record. */
  readonly begin: (changes: Changes) => void;
  /** What is done to each record, in an order in which the events of one record come in that of rule E2. */
  readonly passes: (since: At) => readonly Pass[];
}

/** Begins a plan, or goes on looking into it, and tells what came of it. */
export function begun(plan: Plan, { changes, update, conditions }: Step): Outcome {
  const lookedInto = goThrough(plan.checks(changes.draft), conditions.lookedInto ?? BEGINNING, changes).place;
  if (lookedInto !== undefined) return { update, events: [], repeated: true, lookedInto };
  plan.begin(changes);
  const since = changes.context.at;
  const { place } = goThrough(plan.passes(since), BEGINNING, changes);
  return {
    ...{ update, events: changes.finish(), repeated: false },
    ...movedBy(changes),
    ...(place !== undefined && { rest: { ...place, since, records: 1 } }),
  };
}

/** Goes on with a plan that was begun, as far as another record reaches: none is made where nothing was to be changed. */
export function continued(plan: Plan, { changes, update }: Step, from: Progress): Outcome {
  const { since } = from;
  const { place, isChanged } = goThrough(plan.passes(since), from, changes);
  const records = isChanged ? from.records + 1 : from.records;
  return {
    ...{ update, events: changes.finish(), repeated: !isChanged },
    ...movedBy(changes),
    ...(place !== undefined && { rest: { ...place, since, records } }),
  };
}

const BEGINNING: Place = { pass: 0 };

function movedBy({ requestsMoved }: Changes): Pick<Outcome, "requests"> {
  return requestsMoved.length === 0 ? {} : { requests: { answers: [], deliveries: [], moved: requestsMoved } };
}

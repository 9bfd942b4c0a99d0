/** What is done to many records at once: looked into first, then done in one record of the log, or in as many as it takes. */
import type { Changes } from "./changes.ts";
import type { Step } from "./definable.ts";
import type { Outcome } from "./outcome.ts";
import { goThrough, type Pass } from "./passes.ts";
import type { Progress } from "./progress.ts";
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

/** Carries out a plan as far as the budget of one record reaches. Gives how far it has come; undefined when it is done. */
function carryOut(plan: Plan, changes: Changes, from: Progress = { pass: 0, records: 0 }): Progress | undefined {
  if (from.since !== undefined) return goOn(plan, changes, { ...from, since: from.since });
  const lookedInto = goThrough(plan.checks(changes.draft), from, changes);
  if (lookedInto !== undefined) return { ...lookedInto, records: 0 };
  plan.begin(changes);
  return goOn(plan, changes, { pass: 0, since: changes.context.at, records: 0 });
}

function goOn(plan: Plan, changes: Changes, from: Progress & { readonly since: At }): Progress | undefined {
  const { since, records } = from;
  const reached = goThrough(plan.passes(since), from, changes);
  return reached && { ...reached, since, records: records + 1 };
}

/** Begins a plan, or goes on looking into it, and tells what came of it. */
export function begun(plan: Plan, { changes, update, conditions }: Step): Outcome {
  const rest = carryOut(plan, changes, conditions.lookedInto);
  return {
    update,
    events: changes.finish(),
    repeated: false,
    ...movedBy(changes),
    ...(rest !== undefined && { rest }),
  };
}

/** Goes on with a plan that was begun, as far as another record reaches. */
export function continued(plan: Plan, { changes, update }: Step, from: Progress): Outcome {
  const rest = carryOut(plan, changes, from);
  const events = changes.finish();
  // Where there was nothing to change there is nothing to record.
  const records = events.length === 0 ? from.records : from.records + 1;
  return {
    update,
    events,
    repeated: events.length === 0,
    ...movedBy(changes),
    ...(rest !== undefined && { rest: { ...rest, records } }),
  };
}

function movedBy({ requestsMoved }: Changes): Pick<Outcome, "requests"> {
  return requestsMoved.length === 0 ? {} : { requests: { answers: [], deliveries: [], moved: requestsMoved } };
}

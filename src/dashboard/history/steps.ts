/** The steps of a history: what a figure became, by how much it changed, and the update that caused it. */
import type { Decimal } from "../../protocol/decimal.ts";
import type { RecordedState, UpdateEvent } from "../../protocol/messages/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { updateText } from "../desk/told.ts";
import { millisecondsOf } from "../format/times.ts";
import type { Series } from "./subjects.ts";

export interface Step {
  /** Its place among all steps of the history, from 0. */
  readonly index: number;
  readonly at: Timestamp;
  /** For the chart alone, which draws no finer. */
  readonly milliseconds: number;
  /** Undefined where the record was gone, or had no such figure. */
  readonly value: Decimal | undefined;
  /** Since the step before; undefined for the first. */
  readonly difference: Decimal | undefined;
  readonly cause: string;
  /** Where in the log: `asx 4711`. */
  readonly place: string;
  readonly authority: string;
  readonly update: UpdateEvent | undefined;
}

/** The steps of one figure. */
export function stepsOf(states: readonly RecordedState[], { value }: Series): readonly Step[] {
  let before: Decimal | undefined;
  return states.flatMap(({ At, Event, Update, Sequence = "", Position = 0, Authority }, index) => {
    if (At === undefined) return [];
    const now = Event === undefined ? undefined : value(Event);
    const difference = now === undefined || before === undefined ? undefined : now.minus(before);
    before = now;
    return {
      index,
      at: At,
      milliseconds: millisecondsOf(At),
      value: now,
      difference,
      cause: updateText(Update),
      place: `${Sequence} ${Position}`,
      authority: Authority?.Identity ?? "",
      update: Update,
    };
  });
}

/** The step that was in effect at a time, or the first; undefined when there is none. */
export function stepAt(steps: readonly Step[], milliseconds: number): Step | undefined {
  return steps.findLast((step) => step.milliseconds <= milliseconds) ?? steps[0];
}

/** Chooses the moment that is shown: now, or any moment of the past. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../../client/index.ts";
import { fromMicroseconds, type Timestamp, toMicroseconds } from "../../protocol/timestamp.ts";
import type { Scope } from "../desk/past-tables.ts";
import { exactMomentText, fieldText, millisecondsOf, readField, timestampOf } from "../format/times.ts";
import { useNow } from "../parts/clock.ts";
import { SpanChoice } from "../parts/span-choice.tsx";
import { firstChange, nextChange, previousChange } from "./neighbours.ts";

interface TimeBarProps {
  readonly client: Client;
  readonly scope: Scope;
  /** The moment that is asked for; undefined is now. */
  readonly moment: Timestamp | undefined;
  readonly problem: string | undefined;
  readonly onMoment: (moment: Timestamp | undefined) => void;
}

/** How much of the past the slider reaches; the whole log where there is no number. */
const SPANS = [
  { name: "10 minutes", milliseconds: 600_000 },
  { name: "1 hour", milliseconds: 3_600_000 },
  { name: "1 day", milliseconds: 86_400_000 },
  { name: "Everything", milliseconds: undefined },
] as const;
/** Steps of the slider from end to end: what an arrow key moves. */
const STEPS = 600;

export function TimeBar({ client, scope, moment, problem, onMoment }: TimeBarProps) {
  const now = useNow();
  const [span, setSpan] = useState(0);
  const first = useFirst(client, scope);
  const isPast = moment !== undefined;
  const end = useEnd(now, moment);
  const reach = SPANS[span]?.milliseconds;
  const begin = reach === undefined ? (first ?? end - 1_000) : end - reach;
  const shown = moment === undefined ? end : Math.min(Math.max(millisecondsOf(moment), begin), end);

  const step = async (find: typeof nextChange): Promise<void> => {
    const found = await find(client, scope, moment ?? fromMicroseconds(Date.now() * 1000)).catch(() => undefined);
    if (found !== undefined) onMoment(found);
    else if (find === nextChange) onMoment(undefined);
  };
  const slide = (milliseconds: number): void => onMoment(milliseconds >= end ? undefined : timestampOf(milliseconds));

  return (
    <section class="time-bar" aria-label="Moment shown" data-past={isPast}>
      <button
        type="button"
        class="live-button"
        aria-pressed={!isPast}
        onClick={() => onMoment(undefined)}
        title={isPast ? "Back to now (Escape)" : "What is shown is live"}
      >
        <span class="dot" aria-hidden="true" /> Live
      </button>
      <button type="button" class="step" aria-label="Previous change" onClick={() => void step(previousChange)}>
        ‹
      </button>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={isPast ? exactMomentText(millisecondsOf(moment)) : "now"}
        min={begin}
        max={end}
        step={Math.max(1, Math.round((end - begin) / STEPS))}
        value={shown}
        onInput={({ currentTarget }) => slide(Number(currentTarget.value))}
      />
      <button
        type="button"
        class="step"
        aria-label="Next change"
        disabled={!isPast}
        onClick={() => void step(nextChange)}
      >
        ›
      </button>
      <SpanChoice label="Reach of the slider" spans={SPANS} chosen={span} onChoose={setSpan} />
      <input
        type="datetime-local"
        aria-label="Date and time"
        step={1}
        value={fieldText(isPast ? millisecondsOf(moment) : now)}
        onChange={({ currentTarget }) => {
          const chosen = readField(currentTarget.value);
          if (chosen !== undefined) onMoment(chosen >= Date.now() ? undefined : timestampOf(chosen));
        }}
      />
      <p class="past-note" role="status">
        {isPast && `The past: as at ${exactMomentText(millisecondsOf(moment))}${micros(moment)}`}
        {problem !== undefined && ` — it cannot be shown: ${problem}`}
      </p>
    </section>
  );
}

/** The digits beyond the millisecond, where there are any: several changes may share one. */
function micros(moment: Timestamp): string {
  const rest = toMicroseconds(moment) % 1_000;
  return rest === 0 ? "" : ` ${String(rest).padStart(3, "0")} µs`;
}

/** When the log begins, in milliseconds since 1970. */
function useFirst(client: Client, scope: Scope): number | undefined {
  const [first, setFirst] = useState<number>();
  const { owner } = scope;
  useEffect(() => {
    let isCurrent = true;
    firstChange(client, { owner, account: undefined })
      .then((at) => isCurrent && setFirst(at === undefined ? undefined : millisecondsOf(at)))
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [client, owner]);
  return first;
}

/** Where the slider ends: now; while the past is shown, where it ended when that began, so that it does not run away. */
function useEnd(now: number, moment: Timestamp | undefined): number {
  const end = useRef(now);
  if (moment === undefined) end.current = now;
  return end.current;
}

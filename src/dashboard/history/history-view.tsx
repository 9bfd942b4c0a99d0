/** One record on a page of its own: its fields, a chart of how it went, and every step with the update that caused it. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client } from "../../client/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { amountText, differenceText } from "../format/amounts.ts";
import { exactMomentText, momentText, shortMomentText } from "../format/times.ts";
import { countText } from "../format/words.ts";
import { SpanChoice } from "../parts/span-choice.tsx";
import type { Column } from "../table/columns.ts";
import { Sheet } from "../table/sheet.tsx";
import { ChartFigure } from "./chart-figure.tsx";
import { Fields } from "./fields.tsx";
import { type Step, stepAt, stepsOf } from "./steps.ts";
import { type Series, type Subject, seriesOf, titleOf } from "./subjects.ts";
import { SPANS, useHistory } from "./use-history.ts";

interface HistoryViewProps {
  readonly client: Client;
  readonly subject: Subject;
  /** The moment that the desk shows; undefined is now. */
  readonly moment: Timestamp | undefined;
  readonly onMoment: (moment: Timestamp) => void;
  readonly onClose: () => void;
}

export function HistoryView({ client, subject, moment, onMoment, onClose }: HistoryViewProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = titleOf(subject);
  const series = seriesOf(subject);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="record" aria-labelledby="record-title" onClose={onClose}>
      <header class="record-head">
        <h2 id="record-title">{title}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {series.length > 0 && (
        <HistorySteps client={client} subject={subject} series={series} moment={moment} onMoment={onMoment} />
      )}
      <Fields title="As it is shown" content={subject.record} />
    </dialog>
  );
}

interface HistoryStepsProps extends Omit<HistoryViewProps, "onClose"> {
  readonly series: readonly Series[];
}

function HistorySteps({ client, subject, series, moment, onMoment }: HistoryStepsProps) {
  const [span, setSpan] = useState(0);
  const [chosen, setChosen] = useState(series[0]?.name);
  const [active, setActive] = useState<string>();
  const { states, isCut, problem } = useHistory(client, subject, moment, span);
  const figure = series.find(({ name }) => name === chosen) ?? series[0];
  const steps = useMemo(() => (figure === undefined ? [] : stepsOf(states, figure)), [states, figure]);
  const newestFirst = useMemo(() => steps.toReversed(), [steps]);
  const columns = useMemo(() => columnsOf(figure?.decimals ?? 0), [figure]);
  const step = steps.find(({ index }) => String(index) === active) ?? steps.at(-1);
  if (figure === undefined) return null;

  return (
    <>
      <div class="record-tools">
        <fieldset class="choices">
          <legend class="unseen">Figure</legend>
          {series.map(({ name }) => (
            <button key={name} type="button" aria-pressed={name === figure.name} onClick={() => setChosen(name)}>
              {name}
            </button>
          ))}
        </fieldset>
        <SpanChoice label="Span of time" spans={SPANS} chosen={span} onChoose={setSpan} />
      </div>
      {problem !== undefined && <p role="alert">{problem}</p>}
      {isCut && (
        <p class="hint">{countText(states.length, "step")} are shown, and there are more: choose a shorter span.</p>
      )}
      <ChartFigure
        label={`${figure.name} of ${titleOf(subject)}`}
        steps={steps}
        decimals={figure.decimals}
        active={step?.index}
        onPoint={(milliseconds) => {
          const pointed = stepAt(steps, milliseconds);
          if (pointed !== undefined) setActive(String(pointed.index));
        }}
      />
      <Sheet
        title="Steps"
        noun="step"
        columns={columns}
        rows={newestFirst}
        keyOf={({ index }) => String(index)}
        sortedBy={{ column: "", isDescending: false }}
        isFixed={true}
        whenEmpty="Nothing changed in this span of time."
        active={step === undefined ? undefined : String(step.index)}
        onActive={({ index }) => setActive(String(index))}
      />
      {step !== undefined && <Cause step={step} onMoment={onMoment} />}
    </>
  );
}

/** The update that caused a step, whole. */
function Cause({ step, onMoment }: { readonly step: Step; readonly onMoment: (moment: Timestamp) => void }) {
  return (
    <section class="cause" aria-label="The update that caused this step">
      <p>
        <strong>{step.cause}</strong>
        <span>
          {exactMomentText(step.milliseconds)}, {step.place}
          {step.authority !== "" && `, by ${step.authority}`}
        </span>
      </p>
      <button type="button" onClick={() => onMoment(step.at)}>
        Show everything at {momentText(step.milliseconds)}
      </button>
      <Fields title="The update" content={step.update ?? {}} />
    </section>
  );
}

function columnsOf(decimals: number): readonly Column<Step>[] {
  return [
    { name: "at", title: "Time", most: 26, text: ({ milliseconds }) => shortMomentText(milliseconds) },
    {
      name: "value",
      title: "Value",
      isNumeric: true,
      text: ({ value }) => (value === undefined ? "—" : amountText(value, decimals)),
    },
    {
      name: "difference",
      title: "Change",
      isNumeric: true,
      text: ({ difference }) => (difference === undefined ? "" : differenceText(difference, decimals)),
      tone: ({ difference }) => (difference === undefined || difference.isZero ? undefined : toneOf(difference.sign)),
    },
    { name: "cause", title: "Caused by", most: 44, text: ({ cause }) => cause },
    { name: "place", title: "Position", isMinor: true, text: ({ place }) => place },
  ];
}

function toneOf(sign: number): string {
  return sign > 0 ? "up" : "down";
}

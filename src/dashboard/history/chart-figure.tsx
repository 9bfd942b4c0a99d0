/** The place of the chart. What it shows is also in the steps below it, so it is a picture with a caption. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Decimal } from "../../protocol/decimal.ts";
import { amountText, pixelValue } from "../format/amounts.ts";
import { momentText } from "../format/times.ts";
import { useMedia } from "../parts/media.ts";
import { useStore } from "../parts/store.ts";
import { theme } from "../parts/theme.ts";
import type { Chart, ChartColours, ChartPoints } from "./chart.ts";
import type { Step } from "./steps.ts";

interface ChartFigureProps {
  readonly label: string;
  readonly steps: readonly Step[];
  readonly decimals: number;
  readonly active: number | undefined;
  readonly onPoint: (milliseconds: number) => void;
}

const HEIGHT = 220;

export function ChartFigure({ label, steps, decimals, active, onPoint }: ChartFigureProps) {
  const place = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart>();
  const latest = useRef({ steps, decimals, onPoint });
  latest.current = { steps, decimals, onPoint };
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const chosen = useStore(theme);

  // Other colours need another chart.
  useEffect(() => {
    const into = place.current;
    if (into === null) return;
    let isCurrent = true;
    let drawn: Chart | undefined;
    const draw = async (): Promise<void> => {
      const { drawChart } = await import("./chart.ts");
      if (!isCurrent) return;
      drawn = drawChart({
        ...pointsOf(latest.current.steps),
        into,
        height: HEIGHT,
        colours: coloursOf(into),
        label: (value) => scaleText(value, latest.current.decimals),
        onPoint: (milliseconds) => latest.current.onPoint(milliseconds),
      });
      setChart(drawn);
    };
    void draw();
    return () => {
      isCurrent = false;
      setChart(undefined);
      drawn?.close();
    };
  }, [isDark, chosen]);
  useEffect(() => chart?.show(pointsOf(steps)), [chart, steps]);
  useEffect(() => chart?.mark(steps.findIndex(({ index }) => index === active)), [chart, steps, active]);

  return (
    <figure class="chart" role="img" aria-label={`${label}. ${summary(steps, decimals)}`}>
      <div ref={place} class="chart-place" style={{ minHeight: `${HEIGHT}px` }} />
    </figure>
  );
}

function pointsOf(steps: readonly Step[]): ChartPoints {
  return {
    times: steps.map(({ milliseconds }) => milliseconds),
    values: steps.map(({ value }) => (value === undefined ? null : pixelValue(value))),
  };
}

/** A mark of the scale, which the chart chose: round figures, of which the double's shortest notation is the right one. */
function scaleText(value: number, decimals: number): string {
  return amountText(Decimal.readNumber(value) ?? Decimal.ZERO, Math.abs(value) >= 10_000 ? 0 : decimals);
}

function summary(steps: readonly Step[], decimals: number): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return "Nothing to show.";
  const text = ({ value }: Step): string => (value === undefined ? "none" : amountText(value, decimals));
  return `From ${text(first)} at ${momentText(first.milliseconds)} to ${text(last)} at ${momentText(last.milliseconds)}; the steps are in the table below.`;
}

/** The colours of the style sheet, as a canvas takes them. */
function coloursOf(place: HTMLElement): ChartColours {
  const probe = document.createElement("span");
  place.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    line: colour("--accent"),
    fill: colour("--accent-wash"),
    text: colour("--faint"),
    grid: colour("--line"),
  };
  probe.remove();
  return colours;
}

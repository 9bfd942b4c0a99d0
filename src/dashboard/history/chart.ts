/** Draws a figure through time. Loaded when a chart is opened, and not before. */
import uPlot from "uplot";

export interface ChartPoints {
  /** Milliseconds since 1970, in order. */
  readonly times: readonly number[];
  /** Null where there was no figure. */
  readonly values: readonly (number | null)[];
}

export interface ChartColours {
  readonly line: string;
  readonly fill: string;
  readonly text: string;
  readonly grid: string;
}

export interface ChartOptions extends ChartPoints {
  readonly into: HTMLElement;
  readonly height: number;
  readonly colours: ChartColours;
  /** A value as the scale writes it. */
  readonly label: (value: number) => string;
  /** The reader has pointed at a time. */
  readonly onPoint: (milliseconds: number) => void;
}

export interface Chart {
  show(points: ChartPoints): void;
  /** Marks a point; undefined marks none. */
  mark(index: number | undefined): void;
  close(): void;
}

/** Draws a chart as wide as what it is drawn into, also when that changes. */
export function drawChart({ into, height, colours, label, onPoint, ...points }: ChartOptions): Chart {
  const axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1 },
  };
  const plot = new uPlot(
    {
      width: Math.max(into.clientWidth, 200),
      height,
      ms: 1,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
      scales: { x: { time: true } },
      axes: [
        { ...axis, space: 76, values: (_plot, splits, _axis, _space, step) => splits.map(timeLabel(step)) },
        { ...axis, size: 84, values: (_plot, splits) => splits.map(label) },
      ],
      series: [
        {},
        {
          stroke: colours.line,
          fill: colours.fill,
          width: 1.5,
          points: { show: false },
          ...(uPlot.paths.stepped !== undefined && { paths: uPlot.paths.stepped({ align: 1 }) }),
        },
      ],
    },
    dataOf(points),
    into,
  );
  const press = (): void => {
    const { left } = plot.cursor;
    if (left !== undefined && left >= 0) onPoint(plot.posToVal(left, "x"));
  };
  plot.over.addEventListener("click", press);
  const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(into.clientWidth, 200), height }));
  observer.observe(into);
  return {
    show: (shown) => plot.setData(dataOf(shown)),
    mark: (index) => {
      const [time, value] = [plot.data[0][index ?? -1], plot.data[1]?.[index ?? -1]];
      const left = time === undefined ? -10 : plot.valToPos(time, "x");
      const top = value === undefined || value === null ? -10 : plot.valToPos(value, "y");
      plot.setCursor({ left, top }, false);
    },
    close: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const LABELS = {
  days: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
  minutes: new Intl.DateTimeFormat("en-GB", clock),
  seconds: new Intl.DateTimeFormat("en-GB", { ...clock, second: "2-digit" }),
};

/** How a time is written on a scale with marks so far apart, in milliseconds. */
function timeLabel(step: number): (milliseconds: number) => string {
  const label = step >= DAY_MS ? LABELS.days : step >= MINUTE_MS ? LABELS.minutes : LABELS.seconds;
  return (milliseconds) => label.format(milliseconds);
}

function dataOf({ times, values }: ChartPoints): uPlot.AlignedData {
  return [[...times], [...values]];
}

/**
 * OpenMetrics text as its specification has it (version 1.0, "ABNF" and the rules around it), read slowly: everything
 * that a parser must refuse is thrown here, with its line. Exemplars and timestamps are left out: we write none.
 */

const METRIC_NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL_NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
/** Any character but these three, which are escaped. */
const ESCAPED = '(?:[^\\n"\\\\]|\\\\[n"\\\\])*';
const REAL = "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?";
const NUMBER = `(?:${REAL}|[+-]?(?:[iI][nN][fF](?:[iI][nN][iI][tT][yY])?)|[nN][aA][nN])`;
const LABEL = `${LABEL_NAME}="${ESCAPED}"`;

const TYPES = ["counter", "gauge", "histogram", "gaugehistogram", "stateset", "info", "summary", "unknown"];
const DESCRIPTOR = new RegExp(`^# (TYPE|HELP|UNIT) (${METRIC_NAME}) (.*)$`);
const SAMPLE = new RegExp(`^(${METRIC_NAME})(\\{(?:${LABEL}(?:,${LABEL})*)?\\})? (${NUMBER})$`);
const HELP = new RegExp(`^${ESCAPED}$`);
const UNIT = /^[a-zA-Z0-9_:]*$/;

export interface ReadSample {
  /** With its suffix. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly name: string;
  type?: string;
  unit?: string;
  help?: string;
  readonly samples: ReadSample[];
}

/** Reads a whole exposition. Throws an Error for anything that is not as the specification says. */
export function readOpenMetrics(text: string): ReadonlyMap<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.pop() !== "# EOF") throw new Error("it does not end in # EOF");
  let family: ReadFamily | undefined;
  for (const line of lines) {
    const refuse = (what: string): never => {
      throw new Error(`${what}: ${line}`);
    };
    const [, kind, described = "", content = ""] = DESCRIPTOR.exec(line) ?? [];
    if (kind !== undefined) {
      if (family?.name !== described) {
        if (families.has(described)) refuse("a family in two pieces");
        family = { name: described, samples: [] };
        families.set(described, family);
      }
      if (family.samples.length > 0) refuse("a description after a sample");
      describe(family, kind, content, refuse);
      continue;
    }
    const [, name = "", labels = "", value] = SAMPLE.exec(line) ?? [];
    if (value === undefined) return refuse("neither a description nor a sample");
    if (family === undefined || !suffixesOf(family).includes(name.slice(family.name.length))) {
      return refuse("a sample without its family");
    }
    if (!name.startsWith(family.name)) refuse("a sample of another family");
    take(family, { name, labels: labelsIn(labels, refuse), value: Number(value) }, refuse);
  }
  for (const each of families.values()) checkWhole(each);
  return families;
}

function describe(family: ReadFamily, kind: string, content: string, refuse: (what: string) => never): void {
  switch (kind) {
    case "TYPE":
      if (family.type !== undefined || !TYPES.includes(content)) refuse("a second type, or none that there is");
      family.type = content;
      return;
    case "UNIT":
      if (family.unit !== undefined || !UNIT.test(content)) refuse("a second unit, or no unit");
      if (content !== "" && !family.name.endsWith(`_${content}`)) refuse("a name that does not end in its unit");
      family.unit = content;
      return;
    default:
      if (family.help !== undefined || !HELP.test(content)) refuse("a second help, or one that is not escaped");
      family.help = content;
  }
}

/** What may follow the family's name in the names of its samples. */
function suffixesOf({ type }: ReadFamily): readonly string[] {
  if (type === "counter") return ["_total", "_created"];
  if (type === "gauge" || type === undefined || type === "unknown") return [""];
  throw new Error(`${type} is not written here`);
}

function labelsIn(text: string, refuse: (what: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = "", content = ""] of text.matchAll(new RegExp(`(${LABEL_NAME})="(${ESCAPED})"`, "g"))) {
    if (Object.hasOwn(labels, name)) refuse("a label twice");
    labels[name] = content.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function take({ type, samples }: ReadFamily, sample: ReadSample, refuse: (what: string) => never): void {
  const key = keyOf(sample);
  if (samples.some((other) => other.name === sample.name && keyOf(other) === key)) refuse("a sample twice");
  const before = samples.at(-1);
  if (samples.some((other) => keyOf(other) === key) && before !== undefined && keyOf(before) !== key) {
    refuse("the samples of a metric in two pieces");
  }
  const mayBeNegative = type !== "counter";
  if (!mayBeNegative && !(sample.value >= 0)) refuse("a counter that is negative or no number");
  samples.push(sample);
}

/** The labels of a metric, in whatever order. */
function keyOf({ labels }: ReadSample): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function checkWhole({ name, type, samples }: ReadFamily): void {
  if (type !== "counter") return;
  const totals = new Set(samples.filter((sample) => sample.name === `${name}_total`).map(keyOf));
  const without = samples.find((sample) => !totals.has(keyOf(sample)));
  if (without !== undefined) throw new Error(`${name}: a counter without its total`);
}

/** The value of the one sample of that name and those labels; undefined when there is none. */
export function figureOf(
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const key = keyOf({ name, labels, value: 0 });
  for (const { samples } of families.values()) {
    const found = samples.find((sample) => sample.name === name && keyOf(sample) === key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

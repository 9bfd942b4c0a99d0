/**
 * Figures as text, as the OpenMetrics 1.0 specification has it: families of samples, each family in one piece, and
 * `# EOF` at the end, by which who reads it knows that it is whole.
 */

export const OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export interface Family {
  /** Without the `_total` of a counter; it ends in the unit, if there is one. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly unit?: "bytes" | "seconds";
  readonly help: string;
}

export type Labels = Readonly<Record<string, string>>;

/** One figure of a family. */
export interface Sample {
  readonly family: Family;
  readonly labels: Labels;
  readonly value: number;
  /** Of a counter: since when it counts, in milliseconds since 1970. */
  readonly created?: number;
}

/** The text of all samples, grouped by family in the order in which each first occurs. */
export function exposition(samples: Iterable<Sample>): string {
  const lines: string[] = [];
  for (const [{ name, type, unit, help }, ofFamily] of Map.groupBy(samples, ({ family }) => family)) {
    lines.push(`# TYPE ${name} ${type}`);
    if (unit !== undefined) lines.push(`# UNIT ${name} ${unit}`);
    lines.push(`# HELP ${name} ${escaped(help)}`);
    for (const sample of ofFamily) lines.push(...linesOf(sample));
  }
  return `${[...lines, "# EOF"].join("\n")}\n`;
}

function linesOf({ family, labels, value, created }: Sample): readonly string[] {
  const label = labelsOf(labels);
  if (family.type === "gauge") return [`${family.name}${label} ${value}`];
  return [
    `${family.name}_total${label} ${value}`,
    ...(created === undefined ? [] : [`${family.name}_created${label} ${created / 1000}`]),
  ];
}

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, content]) => `${name}="${escaped(content)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The table that the benchmark prints. */
import type { Spread } from "./statistics.ts";

/** A row: what was measured, then the columns; the last one is a remark of any length. */
export type Row = readonly string[];

/** Aligns columns: the first and the last to the left, figures to the right. */
export function tableText(head: Row, rows: readonly Row[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    head
      .map((_, column) => {
        const cell = row[column] ?? "";
        const width = widths[column] ?? 0;
        return column === 0 || column === head.length - 1 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = "-".repeat(Math.max(...lines.map(({ length }) => length)));
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** A median with the least and the most, to so many decimals: `8,120 (7,900–8,400)`. */
export function spreadText({ median, least, most }: Spread, decimals = 0): string {
  return `${figure(median, decimals)} (${figure(least, decimals)}–${figure(most, decimals)})`;
}

export function figure(value: number, decimals = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Records as a table for people: figures lined up by their points and never cut, texts cut where the screen ends. */
import { styleText } from "node:util";
import Table from "cli-table3";
import { displayWidth, plainText } from "./plain-text.ts";

export interface TableColumn {
  readonly title: string;
  /** Whether it holds amounts. */
  readonly isFigure: boolean;
  /** Whether it is worth nothing when it is cut, as a moment is. */
  readonly isWhole?: boolean;
}

export interface TableStyle {
  /** Columns of the screen; without them a table is as wide as it likes. */
  readonly width?: number;
  readonly colours: boolean;
}

const GAP = "  ";
/** A text is not cut shorter than this; rather each record gets a block of its own. */
const LEAST_TEXT = 8;
const NO_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: GAP },
};

/**
 * The lines of a table, each with its end. Columns that are empty in every row are left out. On a screen that is too
 * narrow for the figures, every record is a block of lines instead.
 */
export function tableText(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const shown = columns.flatMap((column, index) => {
    const cells = rows.map((row) => plainText(row[index] ?? ""));
    const isEmpty = rows.length > 0 && cells.every((cell) => cell === "");
    return isEmpty ? [] : [{ ...column, cells: column.isFigure ? alignedByPoint(cells) : cells }];
  });
  const widths = shown.map(({ title, cells }) => Math.max(displayWidth(title), ...cells.map(displayWidth)));
  const fitting = style.width === undefined ? widths : fitted(shown, widths, style.width);
  return fitting === undefined ? blocks(shown, style) : grid(shown, fitting, style);
}

interface ShownColumn extends TableColumn {
  readonly cells: readonly string[];
}

function grid(shown: readonly ShownColumn[], widths: readonly number[], { colours }: TableStyle): string {
  const table = new Table({
    head: shown.map(({ title }) => (colours ? styleText("bold", title, { validateStream: false }) : title)),
    chars: NO_LINES,
    colWidths: [...widths],
    colAligns: shown.map(({ isFigure }) => (isFigure ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  const rows = shown[0]?.cells.map((_, index) => shown.map(({ cells }) => cells[index] ?? "")) ?? [];
  table.push(...rows);
  return ended(table.toString());
}

/** Each record as lines of a title and what it has there; what is empty is left out. */
function blocks(shown: readonly ShownColumn[], { colours }: TableStyle): string {
  const width = Math.max(...shown.map(({ title }) => displayWidth(title)));
  const titles = shown.map(({ title }) => {
    const padded = title + " ".repeat(width - displayWidth(title));
    return colours ? styleText("bold", padded, { validateStream: false }) : padded;
  });
  const records = shown[0]?.cells.map((_, row) =>
    shown
      .flatMap(({ cells }, column) => {
        const cell = cells[row]?.trim() ?? "";
        return cell === "" ? [] : [`${titles[column]}${GAP}${cell}`];
      })
      .join("\n"),
  );
  return ended(records?.join("\n\n") ?? "");
}

/** Widths with which the table is no wider than the screen; undefined when that takes more than cutting texts. */
function fitted(
  shown: readonly ShownColumn[],
  widths: readonly number[],
  width: number,
): readonly number[] | undefined {
  const fits = [...widths];
  let surplus = widths.reduce((total, column) => total + column, GAP.length * (widths.length - 1)) - width;
  while (surplus > 0) {
    const widest = widestText(shown, fits);
    if (widest === undefined) return undefined;
    fits[widest] = (fits[widest] ?? 0) - 1;
    surplus--;
  }
  return fits;
}

function widestText(shown: readonly ShownColumn[], widths: readonly number[]): number | undefined {
  let widest: number | undefined;
  for (const [index, { isFigure, isWhole = false, title }] of shown.entries()) {
    const width = widths[index] ?? 0;
    const least = Math.max(LEAST_TEXT, displayWidth(title));
    if (isFigure || isWhole || width <= least) continue;
    if (widest === undefined || width > (widths[widest] ?? 0)) widest = index;
  }
  return widest;
}

/** Figures padded so that their points are below each other: no digit is added, and none is lost. */
function alignedByPoint(cells: readonly string[]): readonly string[] {
  const behind = cells.map((cell) => (cell.includes(".") ? cell.length - cell.indexOf(".") : 0));
  const most = Math.max(0, ...behind);
  return cells.map((cell, index) => (cell === "" ? cell : cell + " ".repeat(most - (behind[index] ?? 0))));
}

function ended(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  return text === "" ? "" : `${lines.join("\n")}\n`;
}

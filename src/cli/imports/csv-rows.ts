/** A CSV file, row by row, each with the line that it begins on. */
import { pipeline, type Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { UsageError } from "../usage.ts";

export interface CsvRow {
  /** Counted from 1, the header's. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Bytes of the file up to its end. */
  readonly bytes: number;
}

/**
 * The rows of a CSV file, its header first. A byte order mark is passed over, and so are empty lines. Throws UsageError
 * with the line for what is not CSV, and whatever reading the file throws.
 */
export async function* csvRows(source: Readable): AsyncGenerator<CsvRow> {
  const parser = parse({ bom: true, info: true, record_delimiter: ["\r\n", "\n"], relax_column_count: true });
  // What goes wrong on the way destroys the parser with it, and so reaches whoever reads the rows.
  pipeline(source, parser, () => undefined);
  let line = 1;
  try {
    for await (const row of parser) {
      const { record: cells, info }: ParsedRow = row;
      if (!isEmptyLine(cells)) yield { line, cells, bytes: info.bytes };
      line += 1 + breaksIn(cells);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`This is not CSV: ${error.message}`);
    throw error;
  }
}

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

function isEmptyLine(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === "";
}

/** Lines that end within the cells of a row. */
function breaksIn(cells: readonly string[]): number {
  return cells.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

/** The records of a CSV file: each decoded, or refused with its line. */
import { decode, encode } from "../../protocol/codec.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { type Column, recordOf } from "../records/columns.ts";
import type { RecordKind } from "../records/kind.ts";
import { UsageError } from "../usage.ts";
import type { Item } from "./batches.ts";
import type { CsvRow } from "./csv-rows.ts";

/** A line that is refused, with every code that speaks against it. */
export interface RefusedLine {
  readonly line: number;
  readonly codes: readonly string[];
}

/** What is asked of a record beside what its declaration says. Throws Refusal. */
export type Requirement<Schema extends MessageSchema> = (record: Of<Schema>) => void;

/**
 * The records that rows say, the first of which is the header. What cannot be read is handed to `refuse` and left out.
 * Throws UsageError when there is no header, or one that names what is no column of this kind.
 */
export async function* recordsIn<Schema extends MessageSchema>(
  kind: RecordKind<Schema>,
  rows: AsyncIterable<CsvRow>,
  refuse: (refused: RefusedLine) => void,
  require: Requirement<Schema> = () => undefined,
): AsyncGenerator<Item<Of<Schema>>> {
  let columns: readonly Column[] | undefined;
  for await (const { line, cells } of rows) {
    if (columns === undefined) {
      columns = columnsOfHeader(kind, cells);
      continue;
    }
    try {
      if (cells.length > columns.length) throw new Refusal("Message.Unreadable", `${cells.length} cells`);
      const record = decode(kind.schema, recordOf(columns, cells, kind.opened));
      require(record);
      yield { line, record, bytes: Buffer.byteLength(encode(kind.schema, record)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse({ line, codes: [error.text] });
    }
  }
  if (columns === undefined) throw new UsageError("The file is empty: its first line must name the columns.");
}

function columnsOfHeader(kind: RecordKind, header: readonly string[]): readonly Column[] {
  const columns = header.map((name) => {
    const column = kind.columns.find((candidate) => candidate.header === name);
    if (column !== undefined) return column;
    const known = kind.columns.map((candidate) => candidate.header).join(", ");
    throw new UsageError(`'${name}' is no column of ${kind.name}. They are ${known}.`);
  });
  if (new Set(columns).size < columns.length) throw new UsageError("The header names a column twice.");
  return columns;
}

/** How one kind of record is shown: all its columns in CSV, a choice of them in a table, all of it in JSON. */
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { UsageError } from "../usage.ts";
import { type Column, cellOf, columnsOf, isFigure } from "./columns.ts";

/** A column of a table: what is written in it may be worked out. */
export interface ShownColumn<Item extends object = object> {
  readonly title: string;
  readonly isFigure: boolean;
  readonly isWhole?: boolean;
  readonly cell: (record: Item) => string;
}

export interface RecordKind<Schema extends MessageSchema = MessageSchema> {
  /** For people, in the plural: `balances`. */
  readonly name: string;
  readonly schema: Schema;
  /** Messages whose fields have columns of their own. */
  readonly opened: readonly string[];
  readonly columns: readonly Column[];
  /** What a table shows unless it is told otherwise. */
  readonly shown: readonly ShownColumn<Of<Schema>>[];
}

/** What a table shows: a column by its header, which may be given a shorter title, or what is worked out. */
type Choice<Schema extends MessageSchema> =
  | string
  | readonly [header: string, title: string]
  | { readonly title: string; readonly figure: (record: Of<Schema>) => unknown }
  | { readonly title: string; readonly text: (record: Of<Schema>) => string };

/** Declares a kind of record. */
export function recordKind<Schema extends MessageSchema>(
  name: string,
  schema: Schema,
  choices: readonly Choice<Schema>[],
  opened: readonly string[] = [],
): RecordKind<Schema> {
  const columns = columnsOf(schema, opened);
  const shown = choices.map((choice): ShownColumn<Of<Schema>> => {
    if (typeof choice === "string") return plainly(columnNamed(columns, choice), lastStep(choice));
    if ("figure" in choice) return workedOut(choice.title, choice.figure);
    if ("text" in choice) return { title: choice.title, isFigure: false, cell: choice.text };
    const [header, title] = choice;
    return plainly(columnNamed(columns, header), title);
  });
  return { name, schema, opened, columns, shown };
}

/** The columns that a person names, whatever their case; all of them without names. Throws UsageError. */
export function columnsNamed(kind: RecordKind, names: readonly string[] | undefined): readonly Column[] | undefined {
  return names?.map((name) => {
    const column = kind.columns.find(({ header }) => header.toLowerCase() === name.toLowerCase());
    if (column !== undefined) return column;
    const known = kind.columns.map(({ header }) => header).join(", ");
    throw new UsageError(`There is no column '${name}'. The columns of ${kind.name} are ${known}.`);
  });
}

/** A column as a table shows it. */
export function plainly(column: Column, title = column.header): ShownColumn {
  const isTime = column.field.type.kind === "time";
  const cell = (record: object): string => cellOf(column, record);
  return {
    title,
    isFigure: isFigure(column),
    isWhole: isTime,
    cell: isTime ? (record) => shortTime(cell(record)) : cell,
  };
}

/** A moment without the zeros at its end: it can be typed as it is. */
function shortTime(moment: string): string {
  return moment.replace(/\.(\d{3})000Z$/, (_, milliseconds) => (milliseconds === "000" ? "Z" : `.${milliseconds}Z`));
}

function workedOut<Item extends object>(title: string, figure: (record: Item) => unknown): ShownColumn<Item> {
  return { title, isFigure: true, cell: (record) => String(figure(record) ?? "") };
}

function columnNamed(columns: readonly Column[], header: string): Column {
  const column = columns.find((candidate) => candidate.header === header);
  if (column === undefined) throw new Error(`there is no column ${header}`);
  return column;
}

function lastStep(header: string): string {
  return header.slice(header.lastIndexOf(".") + 1);
}

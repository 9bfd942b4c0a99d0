/** A kind of record as columns, taken from its declaration: one for each field, in its order. */
import { type Field, fieldsOf, type MessageSchema } from "../../protocol/declaration.ts";
import { readCell, writeCell } from "./cells.ts";

/** A column: its header is the way to the field, `Transaction.TransactionID`. */
export interface Column {
  readonly header: string;
  readonly path: readonly string[];
  readonly field: Field;
}

/**
 * The columns of a message. The fields of the messages that `opened` names have columns of their own; such a message
 * counts as there whenever the record is. Any other message is one cell.
 */
export function columnsOf(schema: MessageSchema, opened: readonly string[] = []): readonly Column[] {
  return columnsWithin(schema, [], opened);
}

function columnsWithin(schema: MessageSchema, before: readonly string[], opened: readonly string[]): readonly Column[] {
  return [...fieldsOf(schema)].flatMap(([name, field]) => {
    const path = [...before, name];
    const header = path.join(".");
    return field.type.kind === "message" && opened.includes(header)
      ? columnsWithin(field.type.of, path, opened)
      : [{ header, path, field }];
  });
}

/** Whether a column holds amounts, which are lined up by their points. */
export function isFigure({ field: { label, type } }: Column): boolean {
  return label !== "list" && label !== "map" && (type.kind === "decimal" || type.kind.includes("int"));
}

/** The cell of a record in a column. */
export function cellOf(column: Column, record: object): string {
  return writeCell(column.field, contentAt(record, column.path));
}

function contentAt(record: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => {
    return typeof part === "object" && part !== null ? Reflect.get(part, name) : undefined;
  }, record);
}

/** The record that cells say, as JSON for the protocol's decoder. `opened` are the messages with columns of their own. */
export function recordOf(
  columns: readonly Column[],
  cells: readonly string[],
  opened: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = {};
  for (const message of opened) placed(record, message.split("."), {});
  for (const [index, { path, field }] of columns.entries()) {
    const content = readCell(field, cells[index] ?? "");
    if (content !== undefined) placed(record, path, content);
  }
  return record;
}

/** Puts a content at its place in a record, making the messages on the way. */
export function placed(record: Record<string, unknown>, path: readonly string[], content: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    record[name] = content;
    return;
  }
  const inner = record[name];
  const within: Record<string, unknown> = typeof inner === "object" && inner !== null ? { ...inner } : {};
  placed(within, rest, content);
  record[name] = within;
}

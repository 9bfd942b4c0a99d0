/** The fields of a record as options: `--default-currency AUD`, `--attributes Vetting.Funds=true`. */
import { decode, readJson } from "../../protocol/codec.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { OptionSpec, OptionTable } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { readCell } from "../records/cells.ts";
import { type Column, isFigure, placed } from "../records/columns.ts";
import type { RecordKind } from "../records/kind.ts";
import { UsageError } from "../usage.ts";

const JSON_OPTION: OptionSpec = { kind: "text", describe: "The whole record as JSON; other options lie over it" };

/** The options of a kind's fields, but for those of the columns that are said otherwise. */
export function fieldOptions(kind: RecordKind, otherwise: readonly string[]): OptionTable {
  const options = kind.columns
    .filter(({ header }) => !otherwise.includes(header))
    .map((column) => [optionName(column), optionOf(column)] as const);
  return { ...Object.fromEntries(options), json: JSON_OPTION };
}

/**
 * The record that options say, over `--json`; `said` are the cells of columns that are said otherwise. Throws
 * UsageError and the protocol's Refusal.
 */
export function recordFrom<Schema extends MessageSchema>(
  kind: RecordKind<Schema>,
  call: Invocation,
  said: Readonly<Record<string, string | undefined>>,
): Of<Schema> {
  const json = call.text("json");
  const record = json === undefined ? {} : objectIn(json);
  for (const column of kind.columns) {
    const { header } = column;
    const cells = Object.hasOwn(said, header) ? [said[header] ?? ""] : cellsOf(column, call);
    const content = contentOf(
      column,
      cells.filter((cell) => cell !== ""),
    );
    if (content !== undefined) placed(record, column.path, content);
  }
  return decode(kind.schema, record);
}

function cellsOf(column: Column, call: Invocation): readonly string[] {
  const name = optionName(column);
  if (column.field.type.kind === "bool") return call.flag(name) ? ["true"] : [];
  const isOne = column.field.label === "plain" || column.field.label === "explicit";
  return isOne ? [call.text(name) ?? ""] : call.texts(name);
}

/** What the values of one option say together. */
function contentOf({ field }: Column, cells: readonly string[]): unknown {
  const contents = cells.map((cell) => readCell(field, cell));
  if (contents.length < 2) return contents[0];
  return field.label === "map" ? Object.assign({}, ...contents) : contents.flat();
}

/** `DefaultCurrency` → `default-currency`, `Transaction.TransactionID` → `transaction-id`, `IDs` → `ids`. */
export function optionName({ path }: Column): string {
  const name = (path.at(-1) ?? "").replace(/IDs$/, "Ids");
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

function optionOf(column: Column): OptionSpec {
  const { header, field } = column;
  const { label, type } = field;
  if (type.kind === "bool") return { kind: "flag", describe: header };
  const isJson = type.kind === "message";
  if (label === "map") return { kind: "texts", describe: `${header}: ${isJson ? "JSON" : "NAME=VALUE"}` };
  if (label === "list") return { kind: "texts", describe: isJson ? `${header}: JSON` : header };
  if (type.kind === "enum") return { kind: "text", describe: `${header}: ${choicesOf(type.of.numbers.keys())}` };
  return { kind: "text", describe: header + (isFigure(column) ? ", a number" : isJson ? ": JSON" : "") };
}

function choicesOf(names: Iterable<string>): string {
  return [...names].map((name) => name.slice(name.indexOf("_") + 1)).join(", ");
}

function objectIn(json: string): Record<string, unknown> {
  const content = readJson(json);
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new UsageError("--json must be one JSON object.");
  }
  return { ...content };
}

/**
 * One field of a record as one text: a cell of a table or of CSV, or the value of an option. Every cell that is written
 * reads back as the same content, so that what was exported can be imported.
 */
import { Decimal } from "../../protocol/decimal.ts";
import { type Field, type MessageSchema, nameOf, type WireType } from "../../protocol/declaration.ts";
import { type Enumeration, shortNameOf } from "../../protocol/enumeration.ts";
import { NumberLiteral, parseExactly } from "../../protocol/exact-json.ts";
import { exactJson } from "../output/json.ts";
import { readAccountName, writeAccountName } from "./account-names.ts";

/** What separates the items of a list or a map that is written without JSON. */
const SEPARATOR = ";";
/** An item that cannot be taken for anything else: no separator, no quote, no bracket, no space around it. */
const PLAIN_ITEM = /^(?![\s"[{])[^;="]*(?<!\s)$/;

/** The cell of a field's content; empty when it is absent, and when an enumeration's default means nothing. */
export function writeCell({ label, type }: Field, content: unknown): string {
  switch (label) {
    case "list":
      return writeList(type, content);
    case "map":
      return writeMap(type, content);
    case "plain":
    case "explicit":
      return writeItem(type, content, label === "explicit");
  }
}

/**
 * The content of a cell, as JSON that the protocol's decoder can judge; undefined for an empty one. What cannot be read
 * is handed on as the text that it is, so that the decoder refuses it by its name.
 */
export function readCell({ label, type }: Field, cell: string): unknown {
  if (cell === "") return undefined;
  switch (label) {
    case "list":
      return readList(type, cell);
    case "map":
      return cell.startsWith("{") ? readJson(cell) : readPairs(cell);
    case "plain":
    case "explicit":
      return readItem(type, cell);
  }
}

function writeItem(type: WireType, content: unknown, isExplicit: boolean): string {
  switch (type.kind) {
    case "enum":
      return writeChoice(type.of, content);
    case "message":
      return content === undefined ? "" : writeMessage(type.of, content);
    case "string":
      return writeText(content, isExplicit);
    case "bool":
      return content === true ? "true" : "";
    default:
      return content === undefined ? "" : String(content);
  }
}

function readItem(type: WireType, cell: string): unknown {
  switch (type.kind) {
    case "message":
      return isAccount(type.of) && !cell.startsWith("{") ? readAccountName(cell) : readJson(cell);
    case "string":
      return cell.startsWith('"') ? readJson(cell) : cell;
    case "enum":
      return spelled(type.of, cell);
    case "bool":
      return cell === "true" ? true : cell === "false" ? false : cell;
    default:
      return cell;
  }
}

function writeMessage(schema: MessageSchema, content: unknown): string {
  if (!isAccount(schema) || typeof content !== "object" || content === null) return exactJson(content, schema);
  return writeAccountName(content);
}

function isAccount(schema: MessageSchema): boolean {
  return nameOf(schema) === "Account";
}

/** A text that is there and empty is told from one that is not there by its quotes. */
function writeText(content: unknown, isExplicit: boolean): string {
  if (typeof content !== "string") return "";
  return content.startsWith('"') || (content === "" && isExplicit) ? JSON.stringify(content) : content;
}

function writeChoice({ names }: Enumeration, content: unknown): string {
  if (typeof content === "string") return shortNameOf(content);
  const implied = shortNameOf(names.get(0) ?? "");
  return implied.toLowerCase() === "unknown" ? "" : implied;
}

/** A name of an enumeration in whatever case a person writes it. */
function spelled({ spellings }: Enumeration, cell: string): string {
  const lower = cell.toLowerCase();
  return [...spellings].find(([spelling]) => spelling.toLowerCase() === lower)?.[1] ?? cell;
}

function writeList(type: WireType, content: unknown): string {
  if (!Array.isArray(content)) return "";
  const isPlain = content.every((item) => typeof item === "string" && item !== "" && PLAIN_ITEM.test(item));
  return isPlain ? content.join(SEPARATOR) : jsonOf(type, content);
}

function writeMap(type: WireType, content: unknown): string {
  if (typeof content !== "object" || content === null) return "";
  const entries = Object.entries(content);
  const isPlain = entries.every(([key, item]) => key !== "" && PLAIN_ITEM.test(key) && isPlainElement(item));
  return isPlain ? entries.map(([key, item]) => `${key}=${item}`).join(SEPARATOR) : jsonOf(type, content);
}

function isPlainElement(item: unknown): boolean {
  return item instanceof Decimal || typeof item === "number" || (typeof item === "string" && PLAIN_ITEM.test(item));
}

function jsonOf(type: WireType, content: unknown): string {
  return exactJson(content, type.kind === "message" ? type.of : undefined);
}

/** One message of a list may stand without the brackets. */
function readList(type: WireType, cell: string): unknown {
  if (cell.startsWith("[")) return readJson(cell);
  return type.kind === "message" ? [readJson(cell)] : cell.split(SEPARATOR);
}

function readPairs(cell: string): unknown {
  const pairs = cell.split(SEPARATOR).map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? undefined : ([pair.slice(0, equals), pair.slice(equals + 1)] as const);
  });
  const entries = pairs.filter((pair) => pair !== undefined);
  return entries.length === pairs.length ? Object.fromEntries(entries) : cell;
}

function readJson(cell: string): unknown {
  try {
    const content = parseExactly(cell);
    return content instanceof NumberLiteral ? cell : content;
  } catch {
    return cell;
  }
}

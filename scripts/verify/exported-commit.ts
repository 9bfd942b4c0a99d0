/** One line of an exported log, and what must be true of it whatever stands around it. */
import { expand, parseStoredRecord } from "../../src/domain/log-record.ts";
import type { At } from "../../src/domain/records.ts";
import { fromMicroseconds } from "../../src/protocol/timestamp.ts";
import { exportedLine, recordsOf } from "../../src/storage/commit-body.ts";
import type { KeptCommit } from "../../src/storage/store.ts";

/** A commit as it is said to have been kept. */
export type ExportedCommit = Omit<KeptCommit, "isIntact">;

/** A line is not what an export writes; the message says why. */
export class WrongLine extends Error {
  override readonly name = "WrongLine";
}

const HASH = /^[0-9a-f]{64}$/;
const CLAIMED_ID = /^\{"Commit":(\d+),/;
const FIRST_RECORD = /"Body":"\{\\"At\\":(\d+)/;

export function isHash(text: string): boolean {
  return HASH.test(text);
}

/** Reads a line to the byte: another spelling of the same JSON is not what was exported. Throws WrongLine. */
export function readLine(bytes: Uint8Array): ExportedCommit {
  const text = textOf(bytes);
  const commit = commitOf(parsed(text, "the line"));
  if (exportedLine(commit) !== text) throw new WrongLine("the line is not spelt as an export spells it");
  return commit;
}

/** Counts the records of a commit. Throws WrongLine for one that is not a record, or not where it belongs. */
export function countRecords({ id, last, body }: ExportedCommit): number {
  let count = 0;
  let before = 0;
  for (const { at, text } of recordsOf(body)) {
    const name = `record ${count + 1}`;
    if (!Number.isSafeInteger(at)) throw new WrongLine(`${name} does not begin with its time`);
    if (count === 0 && at !== id) throw new WrongLine(`its first record is of ${momentText(at)}`);
    if (at <= before) throw new WrongLine(`${name} is of ${momentText(at)}, and so not after the one before it`);
    checkRecord(text, at, name);
    before = at;
    count++;
  }
  if (count === 0) throw new WrongLine("it holds no records");
  if (before !== last)
    throw new WrongLine(`its last record is of ${momentText(before)}, and not of ${momentText(last)}`);
  return count;
}

/** The commits that a line may be about: what it says itself, and what its first record says. Any line is looked at. */
export function commitsNamedIn(bytes: Uint8Array): readonly number[] {
  // What stands before the records' own content is short.
  const beginning = new TextDecoder().decode(bytes.subarray(0, 1000));
  const named = [CLAIMED_ID, FIRST_RECORD].map((pattern) => Number(pattern.exec(beginning)?.[1]));
  return [...new Set(named.filter(Number.isSafeInteger))];
}

/** A count of microseconds with the time that it means. */
export function momentText(at: number): string {
  return `${at} (${fromMicroseconds(at)})`;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new WrongLine("the line is not text in UTF-8");
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongLine(`${what} is not JSON`);
  }
}

function commitOf(line: unknown): ExportedCommit {
  const { Commit: id, Last: last, Previous: previous, Hash: hash, Body: body } = membersOf(line, "the line");
  if (!isAt(id)) throw new WrongLine("the line says no Commit");
  if (!isAt(last)) throw new WrongLine("the line says no Last");
  if (typeof previous !== "string" || !(previous === "" || isHash(previous)))
    throw new WrongLine("its Previous is not a hash");
  if (typeof hash !== "string" || !isHash(hash)) throw new WrongLine("its Hash is not a hash");
  // A lone half of a character is hashed as another character.
  if (typeof body !== "string" || !body.isWellFormed()) throw new WrongLine("its Body is not text");
  if (body.endsWith("\n")) throw new WrongLine("its Body ends with an empty line");
  return { id, last, previous, hash, body };
}

function checkRecord(text: string, at: At, name: string): void {
  const { At, Sequence, Position, Events } = membersOf(parsed(text, name), name);
  if (At !== at) throw new WrongLine(`${name} has two times`);
  if (typeof Sequence !== "string" || !Number.isSafeInteger(Position) || !Array.isArray(Events))
    throw new WrongLine(`${name} lacks its Sequence, its Position or its Events`);
  if (!eventsOf(text).every(isObject)) throw new WrongLine(`${name} refers to an event that it does not hold`);
}

/** The events as they were raised; none for a reference that leads nowhere. */
function eventsOf(text: string): readonly unknown[] {
  try {
    return expand(parseStoredRecord(text)).Events;
  } catch {
    return [undefined];
  }
}

function membersOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new WrongLine(`${what} is not a JSON object`);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAt(value: unknown): value is At {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

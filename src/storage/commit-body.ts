/**
 * The body of a commit: its records, one to a line. A line is a record's JSON, which never holds a line end, and begins
 * with its At; so a reader finds the records it wants without parsing the others.
 */
import { createHash } from "node:crypto";
import type { At } from "../domain/records.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Commit, KeptCommit, RecordText } from "./store.ts";

const LINE_END = "\n";
const AT = /^\{"At":(\d+)[,}]/;

/** Throws when a commit does not go on from the head in order, which only a programming error makes. */
export function checkOrder(commit: Commit, head: At): void {
  const { records, versions, ids, movements, movementsRemoved } = commit;
  let last = head;
  for (const { at } of records) {
    if (!(at > last)) throw new Error(`record ${at} is not after ${last}`);
    last = at;
  }
  const changes = versions.length + ids.length + movements.length + movementsRemoved.length;
  if (records.length === 0 && changes > 0) throw new Error("a commit without records changes no state");
}

/** Joins records. Throws when one is not a line that begins with its At, which only a programming error makes. */
export function joinRecords(records: readonly RecordText[]): string {
  for (const { at, text } of records) {
    if (atOf(text) !== at || text.includes(LINE_END))
      throw new Error(`record ${at} is not a line that begins with its At`);
  }
  return records.map(({ text }) => text).join(LINE_END);
}

/** The records of a body. */
export function* recordsOf(body: string): Iterable<RecordText> {
  let start = 0;
  while (start < body.length) {
    const end = body.indexOf(LINE_END, start);
    const text = body.slice(start, end < 0 ? body.length : end);
    yield { at: atOf(text), text };
    start += text.length + LINE_END.length;
  }
}

function atOf(line: string): At {
  // Only digits matched; the brand says what they mean.
  return Number(AT.exec(line)?.[1]) as At;
}

/** Cuts a body into parts of at most COMMIT_PART_BYTES, never inside a character. A short one is one part. */
export function partsOf(body: string, most: number = LIMITS.COMMIT_PART_BYTES): readonly string[] {
  if (body.length * MOST_BYTES_PER_UNIT <= most) return [body];
  const parts: string[] = [];
  const encoder = new TextEncoder();
  const room = new Uint8Array(most);
  for (let start = 0; start < body.length; ) {
    const { read } = encoder.encodeInto(body.slice(start, start + most), room);
    parts.push(body.slice(start, start + read));
    start += read;
  }
  return parts;
}

const MOST_BYTES_PER_UNIT = 3;

/**
 * The line that is exported of a commit: what `npm run verify` reads, to the byte. `Body` is the text that was hashed.
 */
export function exportedLine({ id, last, previous, hash, body }: Omit<KeptCommit, "isIntact">): string {
  return JSON.stringify({ Commit: id, Last: last, Previous: previous, Hash: hash, Body: body });
}

/** The hash that chains a commit to the one before: hex of SHA-256 over the previous hash and the body. */
export function chainHash(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex");
}

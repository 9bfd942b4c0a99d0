/** Whether an exported log is whole: every commit as it was written, and each one chained to the one before. */
import { chainHash } from "../../src/storage/commit-body.ts";
import {
  commitsNamedIn,
  countRecords,
  type ExportedCommit,
  momentText,
  readLine,
  WrongLine,
} from "./exported-commit.ts";
import { type Line, LineTooLong, linesOf } from "./lines.ts";

/** What whoever checks a log knows of it from elsewhere. */
export interface Expectations {
  /** The hash that the first commit goes on from. */
  readonly after?: string;
  /** The hash of the commit that it must end with. */
  readonly head?: string;
}

/** A log that is whole. */
export interface CheckedLog {
  readonly commits: number;
  readonly records: number;
  /** The commits that it begins and ends with, and the At of its last record. */
  readonly firstCommit: number;
  readonly lastCommit: number;
  readonly last: number;
  /** The hash of the last commit. */
  readonly head: string;
  /** What the first commit goes on from; empty at the beginning of a log. */
  readonly previous: string;
}

/** A log is not whole; the message says where and why. */
export class BrokenLog extends Error {
  override readonly name = "BrokenLog";
}

/** Far more than any commit has: a file without line ends must not fill the memory. */
const MOST_LINE_BYTES = 256 * 1024 * 1024;

/** Reads an export from its first byte to its last, keeping one line at a time. Throws BrokenLog. */
export async function checkLog(
  chunks: AsyncIterable<Uint8Array>,
  { after, head }: Expectations = {},
): Promise<CheckedLog> {
  let log: CheckedLog | undefined;
  try {
    for await (const line of linesOf(chunks, MOST_LINE_BYTES)) log = extended(log, line, after);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    throw new BrokenLog(`line ${error.number}, ${placeAfter(log)}: the line is too long to be a commit`);
  }
  if (log === undefined) throw new BrokenLog("there is nothing in it: not a single commit");
  if (head !== undefined && log.head !== head)
    throw new BrokenLog(`it ends with commit ${momentText(log.lastCommit)} of hash ${log.head}, not with hash ${head}`);
  return log;
}

/** A log with one more line. Throws BrokenLog, which names the line and the commit. */
function extended(log: CheckedLog | undefined, line: Line, after: string | undefined): CheckedLog {
  try {
    if (!line.isEnded) throw new WrongLine("the line has no end: the export was cut off");
    const commit = readLine(line.bytes);
    checkPlace(commit, log, after);
    if (commit.hash !== chainHash(commit.previous, commit.body))
      throw new WrongLine("its Hash is not that of its Previous and its Body");
    const records = countRecords(commit);
    return {
      commits: (log?.commits ?? 0) + 1,
      records: (log?.records ?? 0) + records,
      firstCommit: log?.firstCommit ?? commit.id,
      lastCommit: commit.id,
      last: commit.last,
      head: commit.hash,
      previous: log?.previous ?? commit.previous,
    };
  } catch (error) {
    if (!(error instanceof WrongLine)) throw error;
    throw new BrokenLog(`line ${line.number}, ${placeOf(line, log)}: ${error.message}`);
  }
}

/** Throws WrongLine when a commit does not go on where the log ends. */
function checkPlace({ id, previous }: ExportedCommit, log: CheckedLog | undefined, after: string | undefined): void {
  const expected = log?.head ?? after;
  if (expected !== undefined && previous !== expected) {
    const said = previous === "" ? "it is the first of its log" : `it follows the hash ${previous}`;
    throw new WrongLine(`it says that ${said}, but it should follow ${expected}`);
  }
  if (log !== undefined && id <= log.last) throw new WrongLine(`it is not after the record ${momentText(log.last)}`);
}

function placeOf({ bytes }: Line, log: CheckedLog | undefined): string {
  const [said, first] = commitsNamedIn(bytes).map(momentText);
  if (said === undefined) return placeAfter(log);
  return first === undefined ? `commit ${said}` : `commit ${said}, or ${first} by its first record`;
}

function placeAfter(log: CheckedLog | undefined): string {
  return log === undefined ? "the first commit" : `the commit after ${momentText(log.lastCommit)}`;
}

/** `npm run verify -- FILE`: whether an exported log is whole, without asking whoever exported it. */
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { fromMicroseconds } from "../src/protocol/timestamp.ts";
import { isHash } from "./verify/exported-commit.ts";
import { BrokenLog, type CheckedLog, checkLog, type Expectations } from "./verify/log-check.ts";

const HELP = `Checks an exported log: that every commit is as it was written, and chained to the one before.

  curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" "$OMS/audit/export?owner=XS" > xs.ndjson
  npm run verify -- xs.ndjson

  FILE           what /audit/export answered; - reads the standard input
  --head HASH    the hash that the last commit must have: without it, nothing shows that the end was not cut off
  --after HASH   the hash that the first commit must go on from, when the file does not begin where the log does

Exits with 0 when the log is whole, with 1 when it is not, and with 2 when it could not be checked.`;

const READ_BYTES = 1024 * 1024;

/** The command line asks for something that cannot be. */
class UsageError extends Error {}

try {
  await main();
} catch (error) {
  if (error instanceof TypeError || error instanceof UsageError) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
  } else if (isSystemError(error)) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      head: { type: "string" },
      after: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError("Name one file.");
  const expectations: Expectations = { ...hashOption("head", values.head), ...hashOption("after", values.after) };
  const name = file === "-" ? "standard input" : file;
  const chunks = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: READ_BYTES });
  try {
    console.log(reportOf(name, await checkLog(chunks, expectations), expectations));
  } catch (error) {
    if (!(error instanceof BrokenLog)) throw error;
    console.error(`${name} is not whole: ${error.message}.`);
    process.exitCode = 1;
  }
}

function reportOf(name: string, log: CheckedLog, { head, after }: Expectations): string {
  const { commits, records, firstCommit, last, previous } = log;
  const count = (number: number): string => number.toLocaleString("en");
  const lines = [
    `${name} is whole${head === undefined ? ", as far as it goes" : ""}.`,
    "",
    `commits  ${count(commits)}`,
    `records  ${count(records)}`,
    `from     ${fromMicroseconds(firstCommit)}`,
    `to       ${fromMicroseconds(last)}`,
    `head     ${log.head}`,
  ];
  if (previous !== "" && after === undefined)
    lines.push("", `The log begins before this file: it was checked from commit ${firstCommit} on only.`);
  return lines.join("\n");
}

function hashOption(name: keyof Expectations, hash: string | undefined): Expectations {
  if (hash === undefined) return {};
  if (!isHash(hash)) throw new UsageError(`--${name} must be 64 hexadecimal digits in lower case, not '${hash}'.`);
  return { [name]: hash };
}

/** The file is not there, or cannot be read. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

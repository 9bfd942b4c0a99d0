/** Whether an Owner's log is whole: by what the server says of it, and by `npm run verify` on what it exports. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";

const run = promisify(execFile);
const VERIFY = fileURLToPath(new URL("../../scripts/verify.ts", import.meta.url).href);

/** One record as /audit tells it, as far as the tests ask. */
export interface Told {
  readonly Sequence?: string;
  readonly ID?: number;
  readonly Errors?: readonly string[];
  readonly Update?: {
    readonly Action?: { readonly UpdateID?: string; readonly Transaction?: { readonly TransactionID?: string } };
    readonly Operation?: {
      readonly Transform?: { readonly TransformID?: string; readonly Parameters?: Readonly<Record<string, string>> };
    };
    readonly ClientRequest?: { readonly RequestID?: string };
  };
}

/** Checks the chain in both ways, and gives the records of the log. The token must allow audits. */
export async function expectWholeLog(url: URL, token: string, owner: string): Promise<readonly Told[]> {
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(new URL(path, url), { headers: { Authorization: `Bearer ${token}` } });
    const text = await answer.text();
    expect(answer.status, `${path}: ${text.slice(0, 300)}`).toBe(200);
    return text;
  };
  const { Broken, Head } = JSON.parse(await read(`/audit/verify?owner=${owner}`));
  expect(Broken).toBeNull();
  const folder = mkdtempSync(join(tmpdir(), "edge-oms-export-"));
  try {
    const file = join(folder, "log.ndjson");
    writeFileSync(file, await read(`/audit/export?owner=${owner}`));
    // It fails unless the program ends with 0.
    const { stdout } = await run(process.execPath, [VERIFY, file, "--head", Head]);
    expect(stdout).toContain("is whole.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return JSON.parse(await read(`/audit/fromdate?from=2000-01-01&owner=${owner}`));
}

/**
 * Runs every test once and ends with the line `N passed, N failed`, alone, over all projects. Arguments go to vitest
 * (`npm test -- test/protocol`). Exits with 0 only when something ran and nothing failed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./support/built.ts";

/** What is read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Local runs need neither the network nor anybody's statistics. */
const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_OBSERVABILITY: "false",
};

const root = fileURLToPath(new URL("..", import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), "edge-oms-test-"));
const reportFile = join(folder, "report.json");

try {
  // So that the pages which the browser tests open are those of these sources.
  buildAll();
  const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")).href);
  const { status } = spawnSync(
    process.execPath,
    [
      vitest,
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportFile}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: "inherit", env: { ...QUIET, ...process.env } },
  );
  const { passed, failed } = count(reportFile);
  // What broke the run without failing a test, such as an unhandled rejection, is a failure too.
  const failures = failed === 0 && status !== 0 ? 1 : failed;
  process.exitCode = failures > 0 || passed === 0 ? 1 : 0;
  console.log(`${passed} passed, ${failures} failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Counts the tests of a report; a file that could not be loaded counts as one failure. */
function count(file: string): { readonly passed: number; readonly failed: number } {
  const report = readReport(file);
  if (report === undefined) return { passed: 0, failed: 0 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    console.error("The test run left no report.");
    return undefined;
  }
}

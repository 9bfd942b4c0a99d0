/**
 * Holds the whole project to its standard: formatting and lint, types, tests. `--static` leaves the tests out. Every
 * step runs, so that one run shows all there is to mend; exits with 0 only when all of them pass.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Step {
  readonly name: string;
  /** A program of the project's own, with its arguments. */
  readonly command: readonly [program: string, ...parameters: string[]];
}

const WORKER_TYPES = "src/worker-configuration.d.ts";
const root = fileURLToPath(new URL("..", import.meta.url).href);

const steps: readonly Step[] = [
  ...(changedAt(WORKER_TYPES) > changedAt("wrangler.toml")
    ? []
    : [{ name: "worker types", command: ["wrangler", "types", "--include-runtime=true", WORKER_TYPES] } as const]),
  {
    name: "format and lint",
    command: ["biome", "check", "--error-on-warnings", "--reporter=concise", "--colors=off", "."],
  },
  { name: "types", command: ["tsc", "--noEmit", "--pretty", "false"] },
  // The page is checked by itself: what a browser offers is not what the Worker has.
  { name: "types, dashboard", command: ["tsc", "--noEmit", "--pretty", "false", "--project", "src/dashboard"] },
];

const failed = steps.filter((step) => !passes(step)).map(({ name }) => name);

if (!process.argv.includes("--static")) {
  // The tests come last and speak for themselves: their last line is their count.
  const { status } = spawnSync(process.execPath, [`${root}/scripts/test.ts`], { cwd: root, stdio: "inherit" });
  if (status !== 0) failed.push("tests");
}
if (failed.length > 0) console.error(`Failed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** When a file was written; never, if it is not there. */
function changedAt(path: string): number {
  return statSync(`${root}/${path}`, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}

/** Runs a step; says how it went in one line, and what the program said only if it failed. */
function passes({ name, command: [program, ...parameters] }: Step): boolean {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(`${root}/node_modules/.bin/${program}`, parameters, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const passed = error === undefined && status === 0;
  console.log(`${name.padEnd(16)} ${passed ? "ok" : "FAILED"}  ${seconds} s`);
  if (!passed) console.log(error?.message ?? `${stdout}${stderr}`.trim());
  return passed;
}

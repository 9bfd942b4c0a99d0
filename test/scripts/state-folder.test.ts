/** One server to a folder. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StateFolder, StateInUse } from "../../scripts/support/state-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "edge-oms-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a second server is refused the folder of the first, until the first gives it back", () => {
  const path = join(folder, "one");
  const first = new StateFolder(path);
  expect(() => new StateFolder(path)).toThrow(StateInUse);
  first.release();
  new StateFolder(path).release();
});

test("the runtime of a server that was killed keeps the folder, and the refusal names its process", async () => {
  const path = join(folder, "orphan");
  const runtime = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "orphan"], { stdio: "ignore" });
  await new Promise((resolve) => runtime.once("spawn", resolve));
  const program = new URL("../../scripts/support/state-folder.ts", import.meta.url).href;
  const server = `const { StateFolder } = await import(${JSON.stringify(program)});
    new StateFolder(${JSON.stringify(path)}).remember(${runtime.pid});
    process.kill(process.pid, "SIGKILL");`;
  const killed = spawn(process.execPath, ["--input-type=module", "-e", server], { stdio: "ignore" });
  expect(await new Promise((resolve) => killed.once("exit", (_, signal) => resolve(signal)))).toBe("SIGKILL");

  expect(() => new StateFolder(path)).toThrow(`process ${runtime.pid}`);
  const ended = new Promise((resolve) => runtime.once("exit", resolve));
  runtime.kill("SIGKILL");
  await ended;
  new StateFolder(path).release();
});

/** How the command line behaves in a terminal: what is watched, pipes that close, Ctrl-C, completion. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { eventually, type RunningServer, startTemporaryServer, tokenFor } from "../e2e/support.ts";
import { oms, wordsOf } from "./support/oms.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url).href);
let running: RunningServer;
let environment: Readonly<Record<string, string>>;
let folder: string;

beforeAll(async () => {
  running = await startTemporaryServer();
  const token = await tokenFor(running.server.url, "XS");
  environment = {
    PATH: process.env.PATH ?? "",
    OMS_URL: running.server.url.href,
    OMS_TOKEN: token,
    OMS_OWNER: "XS",
  };
  folder = mkdtempSync(join(tmpdir(), "oms-cli-"));
  // What a shell finds under the name that people type.
  writeFileSync(join(folder, "oms"), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
}, 60_000);
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

function bash(
  script: string,
): Promise<{ readonly code: number | undefined; readonly stdout: string; readonly stderr: string }> {
  const child = spawn("bash", ["-c", script], {
    // A shell whose input is a socket takes itself for a remote one, and reads its owner's settings.
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, PATH: `${folder}:${environment.PATH}`, SHELL: "/bin/bash" },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? undefined, stdout, stderr })));
}

describe("oms watch, read by a program", () => {
  it("tells every change as a line of JSON, goes on after the server was killed, and ends at once with Ctrl-C", async () => {
    await oms(wordsOf("balance transfer A1 AUD 100"), environment);
    const child = spawn(process.execPath, [MAIN, "watch", "balances", "--account", "A1"], { env: { ...environment } });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));

    await eventually(() => lines.length === 1);
    await oms(wordsOf("balance transfer A1 AUD 5.50"), environment);
    await oms(wordsOf("balance transfer A2 AUD 7"), environment);
    await eventually(() => lines.length === 2);
    await running.server.kill();
    await eventually(() => /not connected/.test(told));
    await oms(wordsOf("balance transfer A1 AUD 1"), environment);
    await eventually(() => lines.length === 3, 30);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { View: "balances", Change: "Snapshot", Record: { Balance: 100 } },
      { View: "balances", Change: "Update", Sequence: "oms", Record: { Balance: 105.5 } },
      { View: "balances", Change: "Update", Sequence: "oms", Record: { Balance: 106.5 } },
    ]);
    expect(told).toMatch(/^connected\nnot connected \(.+\); next attempt in \d+ s\n(?:.*\n)*connected\n$/);

    child.kill("SIGINT");
    expect(await ended).toBe(EXIT.interrupted);
  });

  it("ends with the code of what forbids it", async () => {
    expect(await oms(["watch", "balances"], { ...environment, OMS_TOKEN: "nonsense" })).toMatchObject({
      code: EXIT.forbidden,
      stdout: "",
    });
    expect(await oms(["watch", "nonsense"], environment)).toMatchObject({ code: EXIT.usage });
  });
});

describe("in a pipe", () => {
  it("ends without a word when nobody reads on", async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `T${index},XS/B${index},AUD,1`);
    const header = "Transaction.TransactionID,Transaction.Account,Transfer.Currency,Transfer.Value";
    const made = await oms(wordsOf("balance transfer --file -"), environment, [header, ...rows].join("\n"));
    expect(made).toMatchObject({ code: 0, stderr: "3000 transfers taken, 0 refused\n" });
    const { stdout, stderr } = await bash(`oms balance list -o csv | head -1; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toMatch(/^Account,.*\n141\n$/);
    expect(stderr).toBe("");
  });
});

describe("completion in bash", () => {
  const complete = async (...words: string[]): Promise<readonly string[]> => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `eval "$(oms completion)"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _oms_yargs_completions; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await bash(script);
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => line !== "");
  };

  it("completes families, verbs, options and what options take", async () => {
    expect(await complete("oms", "ba")).toEqual(["balance"]);
    expect(await complete("oms", "ident")).toEqual(["identity", "identity-source"]);
    expect(await complete("oms", "balance", "")).toEqual(
      expect.arrayContaining(["list", "transfer", "settle", "clear", "history", "import", "export"]),
    );
    expect(await complete("oms", "balance", "list", "--as")).toEqual(["--as-at"]);
    expect(await complete("oms", "balance", "list", "--output", "")).toEqual(["table", "csv", "json"]);
    expect(await complete("oms", "watch", "h")).toEqual(["holdings"]);
  });
});

/** The SDK as a program imports it: built, with its types, in the README's own example. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildClient } from "../../scripts/build/client.ts";
import { type RunningServer, startTemporaryServer, tokenFor } from "./support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
/** The most bytes of the SDK: a page should not wait for it. */
const MOST_BYTES = 130_000;

const run = promisify(execFile);

let folder: string;
let program: string;
let expected: string;

beforeAll(async () => {
  await buildClient();
  await mkdir(`${ROOT}/dist`, { recursive: true });
  // Only within the project does its own name lead to it.
  folder = await mkdtemp(`${ROOT}/dist/program-`);
  program = join(folder, "program.ts");
  const section = /^## From a program\n(.*?)^## /ms.exec(await readFile(`${ROOT}/README.md`, "utf8"))?.[1] ?? "";
  await writeFile(program, /^```ts\n(.*?)^```/ms.exec(section)?.[1] ?? "");
  expected = /^```text\n(.*?)^```/ms.exec(section)?.[1] ?? "";
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the README's program", () => {
  test.each([
    ["bundlers", "esnext", "bundler"],
    ["Node", "nodenext", "nodenext"],
  ])("has the types that %s look for, with nothing of Node in the SDK's own", async (_who, module, resolution) => {
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: "es2024",
        lib: ["es2024", "dom", "dom.asynciterable"],
        types: ["node"],
        module,
        moduleResolution: resolution,
      },
      files: ["program.ts"],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = await run(`${ROOT}/node_modules/.bin/tsc`, ["-p", folder]);
    expect(stdout).toBe("");
  });

  test("says what the README says that it says", async () => {
    const running: RunningServer = await startTemporaryServer();
    try {
      const { url } = running.server;
      const env = { ...process.env, OMS_URL: url.href, TOKEN: await tokenFor(url, "XS") };
      const { stdout } = await run(process.execPath, [program], { cwd: ROOT, env });
      expect(expected.split("\n").length).toBeGreaterThan(4);
      expect(stdout).toBe(expected);
    } finally {
      await running.stop();
    }
  });
});

test("the SDK is one file that needs nothing beside it, and is small", async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), "edge-oms-sdk-"));
  try {
    const file = join(elsewhere, "sdk.mjs");
    await copyFile(`${ROOT}/dist/client/index.js`, file);
    const script = `import { createClient } from ${JSON.stringify(file)}; console.log(typeof createClient);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: elsewhere });
    expect(stdout).toBe("function\n");
    expect((await stat(file)).size).toBeLessThan(MOST_BYTES);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

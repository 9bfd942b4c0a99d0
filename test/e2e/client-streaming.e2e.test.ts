/** The README's programs on sessions, as a newcomer runs them: watching, and an adapter. */
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildClient } from "../../scripts/build/client.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { createClient, Decimal } from "../../src/client/index.ts";
import { type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);

const run = promisify(execFile);

let folder: string;
let readme: string;
let running: RunningServer;

beforeAll(async () => {
  await buildClient();
  await mkdir(`${ROOT}/dist`, { recursive: true });
  // Only within the project does its own name lead to it.
  folder = await mkdtemp(`${ROOT}/dist/program-`);
  readme = await readFile(`${ROOT}/README.md`, "utf8");
  running = await startTemporaryServer();
}, 120_000);
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the README has under a mark. */
function marked(opening: string, closing = "\n```"): string {
  const start = readme.indexOf(opening);
  if (start < 0) throw new Error(`the README has no ${opening}`);
  return readme.slice(start + opening.length, readme.indexOf(closing, start + opening.length));
}

test("a newcomer watches a balance, and writes an adapter that works", async () => {
  const { url } = running.server;
  await defineOwner(url, SECRET, "XS");
  const token = await signToken(SECRET, { identity: "e2e", owners: ["XS"], features: ["Alter"], feeds: ["asx"] });
  const env = { ...process.env, OMS_URL: url.href, TOKEN: token };
  const oms = createClient({ url, token });
  const Account = { OwnerID: "XS", AccountID: "A1" };
  await oms.balances.transfer({
    Transaction: { TransactionID: "D1", Account },
    Transfer: { Currency: "AUD", Value: Decimal.of(10_000) },
  });
  const programs = {
    "exchange.mjs": marked("cat > /tmp/exchange.mjs <<'END'\n", "\nEND").replace("localhost:8787", url.host),
    "watch.ts": marked("```ts watch\n"),
    "adapter.ts": marked("```ts adapter\n"),
  };
  for (const [name, program] of Object.entries(programs)) await writeFile(join(folder, name), program);
  await run(process.execPath, [join(folder, "exchange.mjs")], { cwd: ROOT, env });

  const watching = spawn(process.execPath, [join(folder, "watch.ts")], { cwd: ROOT, env });
  const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
  try {
    const expected = marked("```text watch\n").split("\n");
    expect(expected.length).toBe(2);
    expect((await lines.next()).value).toBe(expected[0]);
    for (const _ of ["at first", "again"]) {
      const { stdout, stderr } = await run(process.execPath, [join(folder, "adapter.ts")], { cwd: ROOT, env });
      expect([stdout, stderr]).toEqual(["durable up to 12\n", ""]);
    }
    expect((await lines.next()).value).toBe(expected[1]);
  } finally {
    watching.kill();
  }
  const order = await oms.orders.get({ owner: "XS", account: "A1", order: "O2" });
  expect(order).toMatchObject({ Status: "Filled", IsCompleted: true });
});

test.each(["adapter", "watch"])("the README's %s has the types that the SDK says", async (name) => {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "es2024",
      lib: ["es2024", "dom", "dom.asynciterable"],
      types: ["node"],
      module: "nodenext",
      moduleResolution: "nodenext",
    },
    files: [`${name}.ts`],
  };
  await writeFile(join(folder, `${name}.ts`), marked(`\`\`\`ts ${name}\n`));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = await run(`${ROOT}/node_modules/.bin/tsc`, ["-p", folder]).catch((error: unknown) => {
    if (error instanceof Error && "stdout" in error) return { stdout: String(error.stdout) };
    throw error;
  });
  expect(stdout).toBe("");
});

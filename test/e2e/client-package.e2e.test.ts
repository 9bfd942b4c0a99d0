/** The SDK as a program imports it: built, with its types, in the README's own example. */
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildClient } from "../../scripts/build/client.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { createClient, Decimal } from "../../src/client/index.ts";
import { type RunningServer, SECRET, startTemporaryServer, tokenFor } from "./support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
/** The most bytes of the SDK when it is minified, as pages do: they should not wait for it. */
const MOST_BYTES = 130_000;

const run = promisify(execFile);

let folder: string;
let program: string;
let readme: string;
let expected: string;

beforeAll(async () => {
  await buildClient();
  await mkdir(`${ROOT}/dist`, { recursive: true });
  // Only within the project does its own name lead to it.
  folder = await mkdtemp(`${ROOT}/dist/program-`);
  program = join(folder, "program.ts");
  readme = await readFile(`${ROOT}/README.md`, "utf8");
  const section = /^## From a program\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  await writeFile(program, /^```ts\n(.*?)^```/ms.exec(section)?.[1] ?? "");
  expected = /^```text\n(.*?)^```/ms.exec(section)?.[1] ?? "";
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says against programs that import the SDK. */
async function complaints(files: readonly string[], module: string, moduleResolution: string): Promise<string> {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "es2024",
      lib: ["es2024", "dom", "dom.asynciterable"],
      types: ["node"],
      module,
      moduleResolution,
    },
    files,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  try {
    const { stdout } = await run(`${ROOT}/node_modules/.bin/tsc`, ["-p", folder]);
    return stdout;
  } catch (error) {
    // What the compiler finds it says on its output, which is no part of the error.
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}

describe("the README's program", () => {
  test.each([
    ["bundlers", "esnext", "bundler"],
    ["Node", "nodenext", "nodenext"],
  ])("has the types that %s look for, with nothing of Node in the SDK's own", async (_who, module, resolution) => {
    expect(await complaints(["program.ts"], module, resolution)).toBe("");
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

/** What the README has under a mark. */
function marked(opening: string, closing = "\n```"): string {
  const start = readme.indexOf(opening);
  if (start < 0) throw new Error(`the README has no ${opening}`);
  return readme.slice(start + opening.length, readme.indexOf(closing, start + opening.length));
}

describe("the README's programs on sessions", () => {
  let running: RunningServer;

  beforeAll(async () => {
    running = await startTemporaryServer();
  }, 60_000);
  afterAll(() => running.stop());

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

  test("run inside a Worker, too: it subscribes and supplies a feed", async () => {
    const { url } = running.server;
    await defineOwner(url, SECRET, "WORKER");
    const token = await signToken(SECRET, { identity: "e2e", owners: ["WORKER"], features: ["Alter"], feeds: ["asx"] });
    const worker = new Miniflare(
      convertV4MiniflareOptions({
        compatibilityDate: "2026-10-01",
        bindings: { url: url.href, token },
        modules: [
          { type: "ESModule", path: "worker.mjs", contents: WORKER },
          { type: "ESModule", path: "sdk.mjs", contents: await readFile(`${ROOT}/dist/client/index.js`, "utf8") },
        ],
      }),
    );
    try {
      const answer = await worker.dispatchFetch("http://worker.test/");
      expect(await answer.json()).toEqual({ known: 0, durable: 3, told: ["12.5"], state: "closed" });
    } finally {
      await worker.dispose();
    }
  });

  test("use the types that the SDK has", async () => {
    for (const name of ["adapter", "watch"]) await writeFile(join(folder, `${name}.ts`), marked(`\`\`\`ts ${name}\n`));
    expect(await complaints(["adapter.ts", "watch.ts"], "nodenext", "nodenext")).toBe("");
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
    const { code } = await transform(await readFile(file, "utf8"), { minify: true });
    expect(code.length).toBeLessThan(MOST_BYTES);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

/** A Worker that supplies a feed, and watches what comes of it. */
const WORKER = `
import { connect, Decimal } from "./sdk.mjs";
export default {
  async fetch(_request, { url, token }) {
    const session = connect({ url, token, owner: "WORKER" });
    const balances = session.subscribe("Balances");
    await balances.ready;
    const feed = session.feed("asx");
    const { position: known } = await feed.supplying;
    const Transaction = { TransactionID: "D1", Account: { OwnerID: "WORKER", AccountID: "A1" } };
    const CashTransfer = { Currency: "AUD", Value: Decimal.of("12.5") };
    await feed.submit(3, { Action: { Type: "ExternalActionType_CashTransfer", Transaction, CashTransfer } });
    await balances.reached("asx", 3);
    const told = [...balances.records.values()].map(({ Balance }) => String(Balance));
    await feed.close();
    session.close();
    return Response.json({ known, durable: feed.durable, told, state: session.state.current.name });
  },
};
`;

/** "Claim your installation", as the README says it, from an empty installation with a real issuer of tokens. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeedAdapter } from "../../scripts/support/adapter.ts";
import { type Server, startServer } from "../../scripts/support/server.ts";
import { Session } from "../../scripts/support/session.ts";
import { buildWorker, type WorkerBundle } from "../../scripts/support/worker-bundle.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { type Issuer, startIssuer } from "../support/issuer.ts";
import { eventually, SECRET } from "./support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "edge-oms-claim-"));
const secretFile = join(folder, "secret");
const logged: string[] = [];

let issuer: Issuer;
let bundle: WorkerBundle;
let server: Server;

beforeAll(async () => {
  writeFileSync(secretFile, `OMS_BOOTSTRAP_SECRET=${SECRET}\n`);
  issuer = await startIssuer({ audience: "edge-oms", clients: ["prodigy", "foundry", "desk"] });
  bundle = await buildWorker();
  server = await start(SECRET);
}, 60_000);

afterAll(async () => {
  await server.dispose();
  await issuer.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the README's commands claim an empty installation, one after another, and may be repeated", {
  timeout: 60_000,
}, async () => {
  expect(await health()).toEqual([200, "Healthy"]);
  for (let times = 0; times < 2; times++) expect(await shell(claim())).toEqual({ code: 0, output: "" });

  const alice = await issuer.tokenOfUser("alice");
  expect(await get("/identity/current", alice)).toEqual({
    Type: "IdentityType_Operator",
    Identity: "User:alice",
    Source: "main",
    Features: ["Admin", "Alter", "Audit"],
  });
  expect(await get("/owner", alice)).toMatchObject([{ OwnerID: "XS", Name: "Example Securities" }]);
  expect(await get("/balance/for/XS/A1", alice)).toMatchObject([{ Currency: "AUD", Balance: 10000 }]);
  const statuses = await get("/status/request", alice);
  expect(statuses).toMatchObject(["Completed", "Pending", "Queued", "Rejected", "Submitted"].map((Code) => ({ Code })));
  expect(await get("/balance", await issuer.tokenOfClient("desk"))).toMatchObject([{ Balance: 10000 }]);
  // What was so already has made no second record.
  const audited = await get("/audit/system", alice);
  expect(audited).toHaveLength(5 + 1 + 4 + 1);
  expect(audited).toMatchObject([
    ...Array.from({ length: 5 }, () => ({ Authority: { Type: "IdentityType_System" } })),
    ...Array.from({ length: 6 }, () => ({ Authority: { Identity: "User:claim", Source: "bootstrap" } })),
  ]);
});

test("an adapter supplies the feed that it was given, and no other", { timeout: 30_000 }, async () => {
  const token = await issuer.tokenOfClient("prodigy");
  const own = new FeedAdapter({ url: server.url, owner: "XS", token, feed: "Prodigy", agent: "only" });
  await own.start();
  expect(own.supplying).toBe(true);
  await own.close();
  const foreign = await Session.open({ url: server.url, owner: "XS", token });
  const refused = foreign.request({
    Type: "RequestMessageType_FeedRequest",
    Feed: { Type: "FeedRequestType_Open", Position: { Sequence: "Foundry" } },
  });
  await expect(refused).rejects.toThrow("Authority Foundry");
  foreign.close();
});

test("what is taken from an identity closes its socket with 4403, and counts for REST within five seconds", {
  timeout: 30_000,
}, async () => {
  const [alice, foundry] = [await issuer.tokenOfUser("alice"), await issuer.tokenOfClient("foundry")];
  const session = await Session.open({ url: server.url, owner: "XS", token: foundry });
  await session.request({ Type: "RequestMessageType_Synchronise" });
  expect(await status("/balance/for/XS", foundry)).toBe(200);
  expect(await status("/identity/for/main/Client:foundry", alice, "DELETE")).toBe(204);
  expect(await session.closed).toMatchObject({ code: 4403 });
  const taken = Date.now();
  await eventually(async () => (await status("/balance/for/XS", foundry)) === 403);
  expect(Date.now() - taken).toBeLessThan(LIMITS.PERMISSIONS_REMEMBERED_MS + 3000);
});

test("without the secret, identities are let in as before and the claim's token is not", {
  timeout: 60_000,
}, async () => {
  const claimed = await shell("npm run -s token -- --feature Admin --expires 1h");
  const bootstrap = claimed.output.trim();
  expect(await status("/identity", bootstrap)).toBe(200);
  await server.dispose();
  server = await start("");
  expect(await status("/identity", bootstrap)).toBe(401);
  expect(await health()).toEqual([200, "Healthy"]);
  const alice = await issuer.tokenOfUser("alice");
  expect(await get("/balance/for/XS/A1", alice)).toMatchObject([{ Currency: "AUD", Balance: 10000 }]);
});

test("with neither a source nor the secret nobody gets in, and health says so; a new secret opens it again", {
  timeout: 60_000,
}, async () => {
  const alice = await issuer.tokenOfUser("alice");
  expect(await status("/identity/source/bycode/main", alice, "DELETE")).toBe(204);
  await eventually(async () => (await status("/identity/current", alice)) === 401);
  expect(await health()).toEqual([503, "Unhealthy"]);
  expect(logged.some((message) => message.includes("no identity source"))).toBe(true);
  await server.dispose();
  server = await start(SECRET);
  expect(await shell(claim())).toEqual({ code: 0, output: "" });
  expect(await get("/balance/for/XS/A1", alice)).toMatchObject([{ Currency: "AUD", Balance: 10000 }]);
});

function start(secret: string): Promise<Server> {
  const onLog = (_level: string, message: string): number => logged.push(message);
  return startServer({ port: 0, state: join(folder, "state"), secret, bundle, onLog });
}

/** The commands of the README's block, as they stand there. */
function claim(): string {
  const [, commands] = /^```sh claim\n(.*?)^```$/ms.exec(README) ?? [];
  if (commands === undefined) throw new Error("the README does not say how to claim an installation");
  return commands;
}

/** Runs commands in a shell, in the project's folder, with what the README has its reader export. */
async function shell(commands: string): Promise<{ readonly code: number | null; readonly output: string }> {
  // A bash whose input is a socket may take itself for a remote login, and read what a machine has for these.
  const child = spawn("bash", ["--norc", "-eu", "-c", commands], {
    cwd: ROOT,
    env: {
      ...process.env,
      OMS_SECRET_FILE: secretFile,
      OMS: server.url.origin,
      ISSUER: issuer.url,
      AUDIENCE: "edge-oms",
      OPERATOR: "User:alice",
      PRODIGY: "Client:prodigy",
      FOUNDRY: "Client:foundry",
      DESK: "Client:desk",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

async function get(path: string, token: string): Promise<unknown> {
  const answer = await fetch(new URL(path, server.url), { headers: { Authorization: `Bearer ${token}` } });
  return await answer.json();
}

async function status(path: string, token: string, method = "GET"): Promise<number> {
  const answer = await fetch(new URL(path, server.url), { method, headers: { Authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

async function health(): Promise<[number, string]> {
  const answer = await fetch(new URL("/diagnostics/health", server.url));
  return [answer.status, await answer.text()];
}

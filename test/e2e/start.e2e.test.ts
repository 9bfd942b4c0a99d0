/** `npm start` and `npm run token`, as a person runs them. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { eventually } from "./support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), "edge-oms-start-"));
const secretFile = join(folder, "secret");
const environment = { ...process.env, OMS_STATE: join(folder, "state"), OMS_SECRET_FILE: secretFile };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("npm start serves, lets a token of npm run token in, and leaves no process behind when it is told to stop", {
  timeout: 120_000,
}, async () => {
  const started = await npmStart("0");
  const url = new URL(/listens on (\S+)/.exec(started.said())?.[1] ?? "");
  expect(statSync(secretFile).mode & 0o777).toBe(0o600);

  const operator = bearing(token("--feature", "Admin", "--feature", "Alter"));
  const defined = await fetch(new URL("/owner", url), {
    method: "POST",
    headers: { ...operator.headers, "Content-Type": "application/json" },
    body: JSON.stringify({ OwnerID: "XS" }),
  });
  expect(defined.status).toBe(204);
  const balances = await fetch(new URL("/balance/for/XS", url), bearing(token("--owner", "XS", "--feature", "Alter")));
  expect(await balances.json()).toEqual([]);
  expect(balances.status).toBe(200);
  const stranger = await fetch(new URL("/balance/for/XS", url), bearing(token("--owner", "OTHER")));
  expect([403, 404]).toContain(stranger.status);

  const second = await npmStart("0");
  expect(second.said()).toContain("Another server is using");
  expect(await second.ended).toBe(1);
  const taken = spawnSync("npm", ["start"], {
    cwd: ROOT,
    env: { ...environment, OMS_STATE: join(folder, "other"), PORT: url.port },
    encoding: "utf8",
  });
  expect(taken.stderr).toContain(`Port ${url.port} is taken`);
  expect(taken.status).toBe(1);

  const family = descendants(started.child.pid ?? 0);
  expect(family.length).toBeGreaterThanOrEqual(2);
  started.child.kill("SIGTERM");
  expect(await started.ended).toBe(0);
  expect(started.said()).toContain("Stopped.");
  await eventually(() => family.every((pid) => !isAlive(pid)));
  expect(family.filter(isAlive)).toEqual([]);
});

test("npm start serves again, with its data and its secret, after it was stopped", { timeout: 120_000 }, async () => {
  const secret = readFileSync(secretFile, "utf8");
  const transfer = {
    Transaction: { TransactionID: "D1", Account: { OwnerID: "XS", AccountID: "A1" } },
    Transfer: { Currency: "AUD", Value: 10000 },
  };
  const headers = {
    ...bearing(token("--owner", "XS", "--feature", "Alter")).headers,
    "Content-Type": "application/json",
  };
  const states: unknown[] = [];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { child, said, ended } = await npmStart("0");
    const url = new URL(/listens on (\S+)/.exec(said())?.[1] ?? "");
    const posted = await fetch(new URL("/balance", url), { method: "POST", headers, body: JSON.stringify(transfer) });
    expect(posted.status).toBe(204);
    states.push(await (await fetch(new URL("/balance/for/XS", url), { headers })).json());
    child.kill(signal);
    expect(await ended).toBe(0);
  }
  expect(states[1]).toEqual(states[0]);
  expect(states[0]).toMatchObject([{ Account: { AccountID: "A1" }, Currency: "AUD", Balance: 10000 }]);
  expect(readFileSync(secretFile, "utf8")).toBe(secret);
});

test("npm start opens with everything: a link that signs in, to an Owner whose market goes on, also after a restart", {
  timeout: 120_000,
}, async () => {
  const deposits: unknown[] = [];
  for (let start = 1; start <= 2; start++) {
    const { child, said, ended } = await npmStart("0");
    await eventually(() => said().includes("#token="));
    const link = new URL(/http\S+#token=\S+/.exec(said())?.[0] ?? "");
    const given = new URLSearchParams(link.hash.slice(1));
    const [bearer, owner] = [given.get("token") ?? "", given.get("owner") ?? ""];
    expect(await (await fetch(link)).text()).toContain("<title>Edge OMS</title>");
    const read = async (path: string): Promise<readonly Record<string, unknown>[]> =>
      (await fetch(new URL(path, link), bearing(bearer))).json();
    await eventually(async () => (await fetch(new URL(`/balance/for/${owner}`, link), bearing(bearer))).ok);
    const ordersAtFirst = JSON.stringify(await read(`/order/for/${owner}`));
    await eventually(async () => JSON.stringify(await read(`/order/for/${owner}`)) !== ordersAtFirst, 20);
    expect(JSON.stringify(await read(`/order/for/${owner}`))).not.toBe(ordersAtFirst);
    expect(await read(`/feed?owner=${owner}`)).toMatchObject([{ Status: "CONNECTIONSTATUS_ONLINE" }]);
    deposits.push((await read(`/balance/for/${owner}`)).map(({ Account, Balance }) => [Account, Balance]));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  }
  expect(deposits[0]).toHaveLength(4);
  expect(deposits[1]).toEqual(deposits[0]);
});

test("npm start -- --bare serves alone, and what it does not know is refused with code 2", {
  timeout: 60_000,
}, async () => {
  const other = { ...environment, OMS_STATE: join(folder, "bare") };
  const { child, said, ended } = await npmStart("0", ["--bare"], other);
  await eventually(() => said().includes("#token="));
  const link = new URL(/http\S+#token=\S+/.exec(said())?.[0] ?? "");
  const bearer = new URLSearchParams(link.hash.slice(1)).get("token") ?? "";
  expect(await (await fetch(new URL("/owner", link), bearing(bearer))).json()).toEqual([]);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  const wrong = spawnSync("npm", ["start", "--", "--bear"], { cwd: ROOT, env: other, encoding: "utf8" });
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("--bear");
});

test("npm run token prints a token and nothing else, and refuses what it does not know with code 2", {
  timeout: 60_000,
}, () => {
  expect(token("--owner", "XS", "--feature", "Alter", "--feature", "Operator", "--feed", "asx")).toMatch(
    /^[\w-]+\.[\w-]+\.[\w-]+$/,
  );
  const wrong = [["--feature", "Everything"], ["--ovner", "XS"], ["--owner", "a/b"], ["--expires", "soon"], ["XS"]];
  for (const parameters of wrong) {
    const { status, stdout, stderr } = npmToken(...parameters);
    expect({ parameters, status, stdout }).toEqual({ parameters, status: 2, stdout: "" });
    expect(stderr).toContain(parameters.at(-1) === "XS" ? parameters[0] : parameters.at(-1));
  }
});

interface Started {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: () => string;
  /** The code with which it ends. */
  readonly ended: Promise<number | null>;
}

/** Runs `npm start` until it serves or ends. */
async function npmStart(port: string, parameters: readonly string[] = [], given = environment): Promise<Started> {
  const child = spawn("npm", ["start", "--", ...parameters], { cwd: ROOT, env: { ...given, PORT: port } });
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await new Promise<void>((resolve) => {
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (said.includes("Ctrl-C stops it.")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then(() => resolve());
  });
  return { child, said: () => said, ended };
}

function npmToken(...parameters: readonly string[]) {
  return spawnSync("npm", ["run", "-s", "token", "--", ...parameters], {
    cwd: ROOT,
    env: environment,
    encoding: "utf8",
  });
}

function token(...parameters: readonly string[]): string {
  const { status, stdout, stderr } = npmToken(...parameters);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trimEnd();
}

function bearing(bearer: string): { readonly headers: Record<string, string> } {
  return { headers: { Authorization: `Bearer ${bearer}` } };
}

/** A process and all that it started, directly or not. */
function descendants(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const children = rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child = 0]) => child);
  return [pid, ...children.flatMap(descendants)];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

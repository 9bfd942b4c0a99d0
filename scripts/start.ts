/**
 * `npm start`: serves on PORT (8787), with its data in the folder OMS_STATE (.wrangler/state), until it is interrupted.
 * A small market trades on it, and a link opens the dashboard on that; with `--bare` it serves alone.
 */
import { relative, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildDashboard } from "./build/dashboard.ts";
import { playEndlessly } from "./demo/endless.ts";
import { signToken } from "./support/bootstrap-token.ts";
import { readOrMakeSecret, secretFile } from "./support/secret-file.ts";
import { PortTaken, type Server, startServer } from "./support/server.ts";
import { StateInUse } from "./support/state-folder.ts";
import { BuildFailure } from "./support/worker-bundle.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url).href);
const DEFAULT_PORT = 8787;
const DEMO_OWNER = "MARKET";
const PRINTS_PER_SECOND = 1;
const HELP = `Serves on PORT (${DEFAULT_PORT}), with its data in the folder OMS_STATE (.wrangler/state).

  npm start               with a market that trades, and a link to the dashboard
  npm start -- --bare     the server alone`;
/** A market that is asked to end is given so long to do it well. */
const FAREWELL_MS = 2_000;

let stopping = false;
const farewell = new AbortController();
let market = Promise.resolve();

const options = readOptions();
const port = readPort(process.env.PORT);
const state = resolve(ROOT, process.env.OMS_STATE ?? ".wrangler/state");
if (options === undefined || options.help) {
  console.log(HELP);
  process.exitCode = options === undefined ? 2 : 0;
} else if (port === undefined) {
  fail(`PORT must be a number from 0 to 65535, not '${process.env.PORT}'.`);
} else {
  await run(port, options.bare).catch((error: unknown) => {
    // Ctrl-C reaches the bundler too, which then fails.
    if (stopping) return;
    if (error instanceof PortTaken) fail(`${error.message} Choose another: PORT=${(port % 65_535) + 1} npm start`);
    else if (error instanceof StateInUse) fail(error.message);
    else if (error instanceof BuildFailure) fail(`The Worker cannot be built.\n${error.message}`);
    else throw error;
  });
}

async function run(port: number, isBare: boolean): Promise<void> {
  const { secret, made } = readOrMakeSecret();
  if (made) console.log(`Made the secret that signs tokens: ${shown(secretFile())}`);
  // The pages of these sources, also when they have changed since the last build.
  await buildDashboard();
  const starting = startServer({ port, state, secret, onLog: logged, onCrash: crashed });
  stopOnSignal(starting);
  const server = await starting;
  stopOnSignal(starting);
  console.log(welcome(server.url));
  console.log(`The dashboard, signed in for a day:\n\n  ${await dashboardLink(server.url, secret)}\n`);
  if (isBare) return;
  const demo = { url: server.url, secret, owner: DEMO_OWNER, printsPerSecond: PRINTS_PER_SECOND };
  market = playEndlessly({ ...demo, signal: farewell.signal }).catch((error: unknown) => {
    if (!stopping) console.error("The demo market has ended; the server goes on.", error);
  });
}

/** A link that signs in to look at every Owner and to change nothing of them. The token is behind the `#`: no server sees it. */
async function dashboardLink(url: URL, secret: string): Promise<string> {
  const token = await signToken(secret, { identity: "dashboard", features: ["Operator"], expires: "1d" });
  return `http://localhost:${url.port}/#token=${token}&owner=${DEMO_OWNER}`;
}

/** Miniflare answers signals in its own way: it ends the runtime, but neither cleanly nor with a code of success. */
function stopOnSignal(starting: Promise<Server>): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void stop(starting));
  }
}

async function stop(starting: Promise<Server>): Promise<void> {
  if (stopping) return;
  stopping = true;
  farewell.abort();
  await Promise.race([market, wait(FAREWELL_MS)]);
  await starting.then(
    (server) => server.dispose(),
    () => undefined,
  );
  console.log("Stopped.");
  process.exit(0);
}

function welcome(url: URL): string {
  const base = `http://localhost:${url.port}`;
  return `Edge OMS listens on ${base} with its data in ${shown(state)}. Ctrl-C stops it.

Try it from another terminal:

  ADMIN=$(npm run -s token -- --feature Admin --feature Alter)
  curl -H "Authorization: Bearer $ADMIN" -H "Content-Type: application/json" -d '{"OwnerID": "XS"}' ${base}/owner

  TOKEN=$(npm run -s token -- --owner XS --feature Alter)
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{"Transaction": {"TransactionID": "D1", "Account": {"OwnerID": "XS", "AccountID": "A1"}}, "Transfer": {"Currency": "AUD", "Value": 10000}}' \\
    ${base}/balance
  curl -H "Authorization: Bearer $TOKEN" ${base}/balance/for/XS
`;
}

function logged(level: string, message: string): void {
  if (stopping) return;
  if (level === "error" || level === "warn") console.error(message);
  else console.log(message);
}

function crashed(event: "ended" | "restarted" | "failed"): void {
  if (stopping) return;
  switch (event) {
    case "ended":
      console.error("The runtime ended unexpectedly; starting it again. What was acknowledged is on disk.");
      break;
    case "restarted":
      console.error("The runtime serves again.");
      break;
    case "failed":
      fail("The runtime cannot be started again.");
      process.exit(1);
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

function shown(path: string): string {
  const within = relative(process.cwd(), path);
  return within.startsWith("..") ? path : within;
}

/** What the command line says; undefined when it cannot be understood. */
function readOptions(): { readonly bare: boolean; readonly help: boolean } | undefined {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ options: { bare: flag, help: { ...flag, short: "h" } } }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return DEFAULT_PORT;
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

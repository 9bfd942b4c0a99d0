/**
 * `npm run demo`: plays an exchange adapter and two clients against the running server. With `--tape FILE` it replays
 * a trade tape instead and checks every figure at the end.
 */
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.ts";
import { playLive } from "./demo/live.ts";
import { replay } from "./demo/replay.ts";
import { readSecret, secretFile } from "./support/secret-file.ts";

const HELP = `Plays an exchange and its clients against the server on PORT (8787).

  npm run demo                          a small market and two clients
  npm run demo -- --tape FILE           a trade tape in CSV: ${"time_ms,symbol,price,size,venue"}

  --seconds N     how long the market trades (45)
  --owner NAME    the Owner to use (DEMO; for a tape TAPE)
  --accounts N    accounts on each side of a tape (50)`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      tape: { type: "string" },
      seconds: { type: "string", default: "45" },
      owner: { type: "string" },
      accounts: { type: "string", default: "50" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const url = new URL(`http://localhost:${process.env.PORT || 8787}`);
  await requireServer(url);
  const secret = readSecret();
  if (secret === undefined) throw new Error(`There is no secret in ${secretFile()}: npm start makes one.`);
  if (values.tape === undefined) {
    await playLive({ url, secret, owner: values.owner ?? "DEMO", seconds: count("--seconds", values.seconds) });
    return 0;
  }
  const accounts = count("--accounts", values.accounts);
  return (await replay({ url, secret, owner: values.owner ?? "TAPE", file: values.tape, accounts })) ? 0 : 1;
}

/** Throws when no Edge OMS answers at an address. */
async function requireServer(url: URL): Promise<void> {
  try {
    await createClient({ url, retry: { attempts: 1 } }).diagnostics.ping();
  } catch (cause) {
    throw new Error(`No server answers at ${url.origin}. Start one with: npm start`, { cause });
  }
}

function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new TypeError(`${option} must be a whole number from 1 on, not '${text}'`);
  return Number(text);
}

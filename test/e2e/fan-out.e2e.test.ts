/** Metadata reaches every Owner although the runtime is killed in the middle of handing it down. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { eventually, type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const OWNERS = Array.from({ length: 20 }, (_, index) => `FAN${index}`);
const KILLS = 8;

let running: RunningServer;
let token: string;

beforeAll(async () => {
  running = await startTemporaryServer();
  token = await signToken(SECRET, { identity: "operator", features: ["Admin", "Alter", "Audit"] });
  for (const owner of OWNERS) await defineOwner(running.server.url, SECRET, owner);
}, 60_000);
afterAll(() => running.stop());

test("what was answered is in every Owner, once and as the System has it, whenever the runtime was killed", {
  timeout: 120_000,
}, async () => {
  for (let change = 1; change <= KILLS; change++) {
    await define(`X${change}`, change);
    await define("SAME", change);
    // At once: the fan-out has hardly begun.
    await running.server.kill();
  }
  const common = await read("/exchange");
  expect(common).toHaveLength(KILLS + 1);
  for (const owner of OWNERS) {
    const path = `/exchange?owner=${owner}`;
    await eventually(async () => JSON.stringify(await read(path)) === JSON.stringify(common), 20);
    expect(await read(path)).toEqual(common);
  }
  const positions = (await read("/audit/system")).map(({ ID }) => ID);
  expect(positions).toEqual(positions.map((_, index) => index + 1));
});

/** Defines an exchange; one that was not answered is defined again. */
async function define(Exchange: string, version: number): Promise<void> {
  const body = JSON.stringify({ Exchange, Metadata: { version: `${version}` } });
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answered = async () => {
    const answer = await fetch(new URL("/exchange", running.server.url), { method: "POST", headers, body });
    return answer.status === 204;
  };
  await eventually(() => answered().catch(() => false));
}

interface Shown {
  readonly ID?: number;
  readonly Exchange?: string;
}

async function read(path: string): Promise<readonly Shown[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(path, running.server.url), { headers });
  // The test says what it expects of it.
  return (await answer.json()) as readonly Shown[];
}

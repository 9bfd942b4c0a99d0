/** Parameters that no decent client gives, to every route that takes some. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMON_SETUP, ROUTES } from "../api/route-table.ts";
import { type RunningServer, startTemporaryServer } from "../e2e/support.ts";
import { Caller } from "./caller.ts";
import { HOSTILE_VALUES } from "./json-texts.ts";
import { PATIENCE_MS, SEED, samples } from "./runs.ts";

const OWNER = "A";
const CALLS_OF_A_ROUTE = 12;
/** An address is at most so long that the server still takes it. */
const MOST_CHARACTERS = 4_000;

let running: RunningServer;
let caller: Caller;

beforeAll(async () => {
  console.log(`SEED=${SEED}`);
  running = await startTemporaryServer();
  const operator = await Caller.of(running);
  for (const [method, path, body] of COMMON_SETUP)
    await operator.call({ method, path, ...(body !== undefined && { body: JSON.stringify(body) }) });
  caller = await Caller.of(running, OWNER);
}, 60_000);
afterAll(() => running.stop());

/** Values as they are, without their quotation marks, and what only an address can say. */
const VALUES = [
  ...HOSTILE_VALUES.map((value) => encodeURIComponent(value.replaceAll('"', "")).slice(0, MOST_CHARACTERS)),
  "",
  "%",
  "%zz",
  "%00",
  "%ff",
  "%ed%a0%80",
  "%2e%2e%2f",
  "+",
  "&owner=",
  "#",
];
/** Routes that are asked and change nothing, with what their queries may have. */
const CASES = Object.entries(ROUTES)
  .filter(([name, { takes = [] }]) => name.startsWith("GET ") && takes.length > 0 && name !== "GET /streaming")
  .map(([name, { path, takes = [] }]) => [name, path(OWNER), takes] as const);

describe("whatever a query says, it is answered or refused in order, and nothing changes", () => {
  test.each(CASES)("%s", { timeout: PATIENCE_MS }, async (_, path, takes) => {
    const before = await caller.everythingOf(OWNER);
    const names = fc.constantFrom(...takes, ...takes.map((name) => `${name}[__proto__]`), "unknown", "__proto__", "[]");
    const queries = samples(fc.tuple(names, fc.constantFrom(...VALUES)), CALLS_OF_A_ROUTE);
    for (const [name, value] of queries) {
      await caller.call({ method: "GET", path: `${path}${path.includes("?") ? "&" : "?"}${name}=${value}` });
    }
    expect(await caller.everythingOf(OWNER)).toEqual(before);
  });
});

test("whatever stands in a path, it is answered or refused in order", { timeout: PATIENCE_MS }, async () => {
  for (const [, path] of CASES) {
    const parts = path.split("?")[0]?.split("/") ?? [];
    for (const [place, value] of samples(fc.tuple(fc.nat(parts.length), fc.constantFrom(...VALUES)), 4)) {
      const changed = parts.map((part, index) => (index > 0 && index === place ? value : part)).join("/");
      await caller.call({ method: "GET", path: changed === "" ? "/owner" : changed });
    }
  }
  await caller.expectAlive(OWNER, "after hostile paths");
});

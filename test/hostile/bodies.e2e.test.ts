/** Bodies that no decent client sends, to every route that takes one. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTES as DOCUMENTED } from "../../src/api/reference/routes.ts";
import { encodeBinary } from "../../src/protocol/binary/codec.ts";
import { decode } from "../../src/protocol/codec.ts";
import type { MessageSchema } from "../../src/protocol/declaration.ts";
import { COMMON_SETUP, ROUTES } from "../api/route-table.ts";
import { type RunningServer, startTemporaryServer } from "../e2e/support.ts";
import { type Json, list, print } from "../protocol/support/json.ts";
import { Caller, detailOf, shown } from "./caller.ts";
import { NOT_JSON, NOT_UTF_8 } from "./json-texts.ts";
import { alike, jsonOf, mutantsOf, unreadableMutantsOf } from "./mutants.ts";
import { bytesMutantsOf } from "./protobuf-mutants.ts";
import { PATIENCE_MS, SEED, samples } from "./runs.ts";

const OWNER = "A";
/** The Owner that is renamed. */
const MOVING = "Moving";
const NAMES = { OwnerID: OWNER, Owner: OWNER };
const MUTANTS_OF_A_ROUTE = 10;
const BYTES_OF_A_ROUTE = 10;

interface Target {
  readonly method: string;
  readonly path: string;
  readonly schema: MessageSchema;
  readonly isMany: boolean;
  /** A body that is taken. */
  readonly good: Json;
}

let running: RunningServer;
let caller: Caller;

beforeAll(async () => {
  console.log(`SEED=${SEED}`);
  running = await startTemporaryServer();
  const operator = await Caller.of(running);
  for (const [method, path, body] of COMMON_SETUP)
    await operator.call({ method, path, ...(body !== undefined && { body: JSON.stringify(body) }) });
  caller = await Caller.of(running, OWNER, MOVING);
}, 60_000);
afterAll(() => running.stop());

/** Every route that takes messages in its body, with one that it takes. */
const TARGETS: readonly Target[] = Object.entries(ROUTES).flatMap(([name, { path, body, subject }]) => {
  const { body: documented } = DOCUMENTED[name] ?? {};
  const [method = ""] = name.split(" ");
  if (body === undefined || documented === undefined) return [];
  const schema = "one" in documented ? documented.one : "many" in documented ? documented.many : undefined;
  if (schema === undefined) return [];
  const given = body(subject ?? OWNER);
  const good = jsonOf(Array.isArray(given) ? given[0] : given);
  return [{ method, path: path(subject ?? OWNER), schema, isMany: "many" in documented, good }];
});
const CASES = TARGETS.map((target) => [`${target.method} ${target.path}`, target] as const);

/** A body of messages in JSON, and where the first of them stands in it. */
const bodyOf = ({ isMany }: Target, message: Json): string => print(isMany ? list([message]) : message);
const rootOf = ({ isMany }: Target): string => (isMany ? "[0]" : "");

test("every route with a body of messages is among them", () => {
  const documented = Object.entries(DOCUMENTED).filter(([, { body = {} }]) => "one" in body || "many" in body);
  expect(TARGETS).toHaveLength(documented.length);
});

describe("a body that cannot be read is refused, names its field, and changes nothing", () => {
  test.each(CASES)("%s", { timeout: PATIENCE_MS }, async (_, target) => {
    const before = await caller.everythingOf(OWNER);
    const mutants = alike(target.schema, target.good, NAMES).chain((json) =>
      unreadableMutantsOf(json, target.schema, rootOf(target)),
    );
    for (const { json, site } of samples(mutants, MUTANTS_OF_A_ROUTE)) {
      const body = bodyOf(target, json);
      const { status, codes } = await caller.call({ ...target, body });
      expect(status, shown(body)).toBe(400);
      expect(codes, shown(body)).toHaveLength(1);
      expect(codes[0], shown(body)).toMatch(/^Field\.(?:Invalid|Unknown)(?: |$)/);
      expect(detailOf(codes[0] ?? "").startsWith(site), `${shown(body)}: ${codes[0]} is not at ${site}`).toBe(true);
    }
    expect(await caller.everythingOf(OWNER)).toEqual(before);
  });
});

describe("a body that is no JSON is refused, and changes nothing", () => {
  test.each(CASES)("%s", { timeout: PATIENCE_MS }, async (_, target) => {
    const before = await caller.everythingOf(OWNER);
    for (const [what, body] of Object.entries({ ...NOT_JSON, ...NOT_UTF_8 })) {
      const { status, codes } = await caller.call({ ...target, body });
      expect([what, status, codes]).toEqual([what, 400, [expect.stringMatching(/^(?:Message\.Unreadable|Field\.)/)]]);
    }
    expect(await caller.everythingOf(OWNER)).toEqual(before);
  });
});

describe("whatever is changed in a good body, it is taken or refused in order, and the Owner goes on", () => {
  test.each(CASES)("%s", { timeout: PATIENCE_MS }, async (_, target) => {
    const mutants = alike(target.schema, target.good, NAMES).chain((json) =>
      mutantsOf(json, target.schema, rootOf(target)),
    );
    for (const { json } of samples(mutants, MUTANTS_OF_A_ROUTE)) {
      await caller.call({ ...target, body: bodyOf(target, json) });
    }
    await caller.expectAlive(OWNER, `after ${target.method} ${target.path}`.replaceAll(/[/?&=]/g, " "));
  });
});

describe("whatever bytes stand for protobuf, they are taken or refused in order, and the Owner goes on", () => {
  const headers = { "Content-Type": "application/x-protobuf" };

  test.each(CASES)("%s", { timeout: PATIENCE_MS }, async (_, target) => {
    const good = encodeBinary(target.schema, decode(target.schema, JSON.parse(print(target.good))));
    const run = target.isMany ? Uint8Array.from([good.length, ...good]) : good;
    for (const body of samples(fc.oneof(bytesMutantsOf(run), bytesMutantsOf(good)), BYTES_OF_A_ROUTE)) {
      await caller.call({ ...target, body, headers });
    }
    await caller.expectAlive(OWNER, `after bytes to ${target.method} ${target.path}`.replaceAll(/[/?&=]/g, " "));
  });
});

test("the Worker has logged no error", () => {
  expect(running.errors).toEqual([]);
});

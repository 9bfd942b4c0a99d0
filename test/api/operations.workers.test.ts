/** What operators are told of real objects: the figures are those of what was done, and health says why. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { deposit } from "../owner/actions.ts";
import { ask, open, openSocket, someOwner, supply } from "../support/api.ts";
import { figureOf, readOpenMetrics } from "../support/openmetrics.ts";
import type { Claims } from "../support/token.ts";
import { breakObject, mendObject, objectOf, ROOT } from "../system/objects.ts";

beforeEach(() => {
  for (const level of ["warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

async function metricsText(query: string, claims: Claims): Promise<string> {
  const answer = await open(`/metrics${query}`, claims);
  expect(answer.status).toBe(200);
  return new TextDecoder().decode(await answer.arrayBuffer());
}

async function figures(query = "", claims: Claims = ROOT) {
  return readOpenMetrics(await metricsText(query, claims));
}

const actions = (owner: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => deposit(owner, `D${from + index}`, 1).Action);

describe("/metrics of real objects", () => {
  test("counts the updates, their events, refusals and sockets that there were", async () => {
    const owner = await someOwner();
    const before = await figures(`?owner=${owner}`);
    const adapter = await supply(owner, "asx", actions(owner, 1, 20));
    adapter.feed("asx", "Action", 21, deposit(owner, "D1", 99));
    await adapter.synchronise();
    const after = await figures(`?owner=${owner}`);
    const grown = (name: string, labels = {}) =>
      (figureOf(after, `oms_${name}_total`, { owner, ...labels }) ?? 0) -
      (figureOf(before, `oms_${name}_total`, { owner, ...labels }) ?? 0);
    const audit = await ask("GET", `/audit/fromposition?owner=${owner}&from[system]=1000`, { claims: ROOT });
    const records: unknown[] = Array.isArray(audit.body) ? audit.body : [];
    // All updates but those that were handed down before: the feed came online, 20 were taken, one was refused.
    expect(grown("updates")).toBe(22);
    expect(records.length).toBe(22);
    const told = await ask("GET", `/event/audit/fromposition?owner=${owner}&from[system]=1000`, { claims: ROOT });
    const events = (Array.isArray(told.body) ? told.body : []).flatMap(({ Updates = [] }) => Updates);
    expect(grown("events")).toBe(events.length);
    expect(grown("refusals", { code: "Transaction.Conflict" })).toBe(1);
    expect(grown("commits")).toBeGreaterThan(0);
    expect(grown("commits")).toBeLessThanOrEqual(22);
    expect(grown("sockets_opened")).toBe(1);
    const feed = { owner, feed: "asx" };
    expect([figureOf(after, "oms_sockets", { owner }), figureOf(after, "oms_feed_supplied", feed)]).toEqual([1, 1]);
    expect(figureOf(after, "oms_feed_position", feed)).toBe(21);
    adapter.close();
    await adapter.untilClosed();
    await vi.waitUntil(async () => figureOf(await figures(`?owner=${owner}`), "oms_feed_supplied", feed) === 0);
    const closed = await figures(`?owner=${owner}`);
    expect(figureOf(closed, "oms_sockets", { owner })).toBe(0);
    expect(closed.get("oms_sockets_closed")?.samples.filter(({ name }) => name.endsWith("_total"))).toHaveLength(1);
  });

  test("tells the storage that is in use, and every row that was written", async () => {
    const owner = await someOwner();
    const object = await objectOf(owner);
    const before = await figures(`?owner=${owner}`);
    let written = 0;
    await runInDurableObject(object, (_, { storage }) => {
      const exec = storage.sql.exec.bind(storage.sql);
      vi.spyOn(storage.sql, "exec").mockImplementation((query: string, ...bindings: unknown[]) => {
        const cursor = exec(query, ...bindings);
        written += cursor.rowsWritten;
        return cursor;
      });
    });
    await supply(owner, "asx", actions(owner, 1, 5));
    const after = await figures(`?owner=${owner}`);
    const rows = figureOf(after, "oms_rows_written_total", { owner }) ?? 0;
    expect(rows - (figureOf(before, "oms_rows_written_total", { owner }) ?? 0)).toBe(written);
    expect(written).toBeGreaterThan(5);
    const used = await runInDurableObject(object, (_, { storage }) => storage.sql.databaseSize);
    expect(figureOf(after, "oms_storage_bytes", { owner })).toBe(used);
  });

  test("tells of an object that cannot be reached that it is down, and of the others all the same", async () => {
    const [good, bad] = [await someOwner(), await someOwner()];
    await breakObject(bad);
    try {
      const families = await figures(`?owner=${good}&owner=${bad}`);
      expect([good, bad].map((owner) => figureOf(families, "oms_up", { owner }))).toEqual([1, 0]);
    } finally {
      await mendObject(bad);
    }
  });

  test("tells an auditor of one tenant of no other, and nothing of the System", async () => {
    const [mine, other] = [await someOwner(), await someOwner()];
    const text = await metricsText("", { owners: [mine], features: ["Audit"] });
    expect(text).toContain(`owner="${mine}"`);
    expect(text).not.toContain(other);
    expect(text).not.toContain("oms_system");
    expect(await metricsText("", ROOT)).toContain("oms_system_storage_bytes");
  });
});

describe("health of real objects, with its reasons", () => {
  const detailed = async (query: string, claims: Claims = ROOT) =>
    ask("GET", `/diagnostics/health?detail=true${query}`, { claims });

  test("is told to who has Audit alone", async () => {
    const owner = await someOwner();
    expect((await ask("GET", "/diagnostics/health?detail=true")).status).toBe(401);
    const without = { owners: [owner], features: ["Admin", "Alter", "Operator", "Query"] };
    expect(await detailed(`&owner=${owner}`, without)).toMatchObject({ status: 403, body: ["Authority"] });
    const stranger = { owners: ["ELSEWHERE"], features: ["Audit"] };
    expect(await detailed(`&owner=${owner}`, stranger)).toMatchObject({ status: 403, body: ["Authority"] });
  });

  test("tells an Owner's figures; of the System only to who sees every Owner", async () => {
    const owner = await someOwner();
    await supply(owner, "asx", actions(owner, 1, 2));
    const claims = { owners: [owner], features: ["Audit"] };
    const { status, body } = await detailed(`&owner=${owner}`, claims);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      Status: "Healthy",
      Reasons: [],
      Details: { Sockets: 1, QueueBytes: 0, Feeds: [{ Feed: "asx", Position: 2, IsSupplied: true, Standby: 0 }] },
    });
    expect((await detailed("", claims)).body).toEqual({ Status: "Healthy", Reasons: [] });
    expect((await detailed("")).body).toMatchObject({
      Status: "Healthy",
      Details: { StorageBytes: expect.any(Number) },
    });
  });

  test("says that storage fills up, and is still 200: reads go on", async () => {
    const owner = await someOwner();
    const used = LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES;
    const size = vi.spyOn(SqliteStore.prototype, "bytesUsed").mockReturnValue(used);
    expect(await detailed(`&owner=${owner}`)).toMatchObject({
      status: 200,
      body: { Status: "Degraded", Reasons: ["Storage.Degraded"] },
    });
    size.mockReturnValue(used - 1);
    expect(await detailed(`&owner=${owner}`)).toMatchObject({ body: { Status: "Healthy", Reasons: [] } });
  });

  test("says that an Owner's object cannot be reached: 503", async () => {
    const owner = await someOwner();
    await breakObject(owner);
    try {
      const expected = { status: 503, body: { Status: "Unhealthy", Reasons: ["Unreachable"] } };
      expect(await detailed(`&owner=${owner}`)).toMatchObject(expected);
    } finally {
      await mendObject(owner);
    }
  });
});

test("a socket that is opened and refused something is in its object's figures alone", async () => {
  const [one, other] = [await someOwner(), await someOwner()];
  const { client } = await openSocket("/streaming", { claims: { owners: [one] } });
  client.send({ Type: "Unsubscribe", Subscription: { Type: "Orders" } });
  await client.synchronise();
  const families = await figures(`?owner=${one}&owner=${other}`);
  expect(figureOf(families, "oms_refusals_total", { owner: one, code: "Subscription.Unknown" })).toBe(1);
  expect(figureOf(families, "oms_sockets", { owner: other })).toBe(0);
  expect(families.get("oms_refusals")?.samples.filter(({ labels }) => labels.owner === other)).toEqual([]);
});

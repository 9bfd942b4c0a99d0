/** Which objects /metrics asks, and what it tells when they do not answer. The objects are played. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { app } from "../../src/api/app.ts";
import type { OwnerMetrics } from "../../src/owner/rpc.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { SystemMetrics } from "../../src/system/rpc.ts";
import { figureOf, readOpenMetrics } from "../support/openmetrics.ts";
import { type Claims, tokenFor } from "../support/token.ts";

const SECRET = "s".repeat(LIMITS.SECRET_BYTES);
const SCRAPER: Claims = { features: ["Audit", "Operator"] };
/** Long enough that isolates remember none of them from another test. */
let installations = 0;

const COUNTS = {
  ...{ since: 1_700_000_000_000, commits: 3, updates: 5, events: 7, failures: 0, alarmsRetried: 1 },
  ...{ refusals: { Authority: 2 }, socketsOpened: 4, socketsClosed: { 1000: 1, 4401: 2 } },
};
const FEED = { feed: "asx", position: 9, isSupplied: true, standby: 1, lastUpdate: 1_700_000_001_500 };
const METRICS: OwnerMetrics = {
  counts: COUNTS,
  ...{ rowsWritten: 21, queuedBytes: 100, storageBytes: 4096, timerLag: 250 },
  ...{ sockets: 1, subscriptions: 2, socketsBehind: 1, socketsStalled: 0, jobSince: 1_700_000_002_000 },
  feeds: [FEED],
};
const SYSTEM_METRICS: SystemMetrics = {
  counts: COUNTS,
  ...{ queuedBytes: 0, storageBytes: 8192, timerLag: 0, rowsWritten: 6, owners: 2 },
  deliveries: { outstanding: 2, failing: 1, overdue: 0, failures: 3 },
};

/** An installation with so many Owners. */
class Played {
  readonly names: readonly string[];
  /** The objects that were asked. */
  readonly asked: string[] = [];
  answer: (ownerId: string) => Promise<OwnerMetrics> = async () => METRICS;

  constructor(owners: number) {
    const installation = ++installations;
    this.names = Array.from({ length: owners }, (_, index) => `I${installation}-${index}`);
  }

  async ask(path: string, claims: Claims) {
    const entry = (ownerId: string) => ({ ownerId, object: ownerId, generation: 1 });
    const system = {
      directory: async () => this.names.map(entry),
      find: async (ownerId: string) => (this.names.includes(ownerId) ? entry(ownerId) : undefined),
      metrics: async () => SYSTEM_METRICS,
    };
    const metrics = (ownerId: string) => {
      this.asked.push(ownerId);
      return this.answer(ownerId);
    };
    const environment = {
      OWNERS: {
        idFromName: (name: string) => ({ name }),
        get: ({ name }: { readonly name: string }) => ({ metrics: () => metrics(name) }),
      },
      SYSTEM: { idFromName: (name: string) => ({ name }), get: () => system },
      OMS_BOOTSTRAP_SECRET: SECRET,
    };
    const headers = { Authorization: `Bearer ${await tokenFor(claims, SECRET)}` };
    const response = await app.request(path, { headers }, environment);
    return { status: response.status, type: response.headers.get("Content-Type"), text: await response.text() };
  }

  async figures(path = "/metrics", claims = SCRAPER) {
    const { text } = await this.ask(path, claims);
    return readOpenMetrics(text);
  }
}

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("what an object tells is told, with the Owner's name", () => {
  test("every figure, in its unit", async () => {
    const installation = new Played(1);
    const [owner = ""] = installation.names;
    const { status, type, text } = await installation.ask("/metrics", SCRAPER);
    expect([status, type]).toEqual([200, "application/openmetrics-text; version=1.0.0; charset=utf-8"]);
    const families = readOpenMetrics(text);
    const of = (name: string, labels = {}) => figureOf(families, `oms_${name}`, { owner, ...labels });
    expect(of("up")).toBe(1);
    expect([of("commits_total"), of("updates_total"), of("events_total")]).toEqual([3, 5, 7]);
    expect(of("commits_created")).toBe(1_700_000_000);
    expect([of("refusals_total", { code: "Authority" }), of("alarm_retries_total"), of("failures_total")]).toEqual([
      2, 1, 0,
    ]);
    expect([of("sockets_opened_total"), of("sockets_closed_total", { code: "4401" })]).toEqual([4, 2]);
    expect([of("sockets"), of("subscriptions"), of("sockets_behind"), of("sockets_stalled")]).toEqual([1, 2, 1, 0]);
    expect([of("queue_bytes"), of("storage_bytes"), of("rows_written_total")]).toEqual([100, 4096, 21]);
    expect([of("timer_lag_seconds"), of("job_started_timestamp_seconds")]).toEqual([0.25, 1_700_000_002]);
    const feed = { feed: "asx" };
    expect([of("feed_supplied", feed), of("feed_standby", feed), of("feed_position", feed)]).toEqual([1, 1, 9]);
    expect(of("feed_last_update_timestamp_seconds", feed)).toBe(1_700_000_001.5);
    expect(figureOf(families, "oms_storage_limit_bytes")).toBe(LIMITS.STORAGE_BYTES);
    expect(figureOf(families, "oms_owners")).toBe(2);
    expect(figureOf(families, "oms_deliveries_outstanding")).toBe(2);
    expect(figureOf(families, "oms_deliveries_failing")).toBe(1);
    expect(figureOf(families, "oms_delivery_failures_total")).toBe(3);
    expect(figureOf(families, "oms_system_rows_written_total")).toBe(6);
  });

  test("no job, no figure of one; an object of an earlier version tells no rows", async () => {
    const installation = new Played(1);
    const { jobSince: _, rowsWritten: __, ...rest } = METRICS;
    installation.answer = async () => rest;
    const families = await installation.figures();
    const [owner = ""] = installation.names;
    expect(families.get("oms_job_started_timestamp_seconds")).toBeUndefined();
    expect(figureOf(families, "oms_rows_written_total", { owner })).toBe(0);
  });
});

describe("an object that is asked is woken", () => {
  test.each([
    { owners: LIMITS.METRICS_OWNERS - 1, asked: LIMITS.METRICS_OWNERS - 1, notAsked: 0 },
    { owners: LIMITS.METRICS_OWNERS, asked: LIMITS.METRICS_OWNERS, notAsked: 0 },
    { owners: LIMITS.METRICS_OWNERS + 1, asked: 0, notAsked: LIMITS.METRICS_OWNERS + 1 },
  ])("of $owners Owners that none names, $asked are, and it says that $notAsked are not", async (expected) => {
    const installation = new Played(expected.owners);
    const families = await installation.figures();
    expect(installation.asked).toHaveLength(expected.asked);
    expect(families.get("oms_up")?.samples ?? []).toHaveLength(expected.asked);
    expect(figureOf(families, "oms_owners_not_asked")).toBe(expected.notAsked);
    expect(figureOf(families, "oms_owners")).toBe(2);
  });

  test("so a call may name the most that are asked, and no more", async () => {
    const installation = new Played(LIMITS.METRICS_OWNERS + 1);
    const naming = (count: number) =>
      `/metrics?${installation.names
        .slice(0, count)
        .map((name) => `owner=${name}`)
        .join("&")}`;
    const families = await installation.figures(naming(LIMITS.METRICS_OWNERS));
    expect(families.get("oms_up")?.samples).toHaveLength(LIMITS.METRICS_OWNERS);
    installation.asked.length = 0;
    const { status, text } = await installation.ask(naming(LIMITS.METRICS_OWNERS + 1), SCRAPER);
    expect([status, text]).toEqual([413, `["Message.TooLarge ${LIMITS.METRICS_OWNERS} owners"]`]);
    expect(installation.asked).toEqual([]);
  });
});

describe("an object that cannot tell its figures", () => {
  test.each([
    ["cannot be reached", () => Promise.reject(new Error("Network connection lost."))],
    ["is of a version that has none", () => Promise.reject(new TypeError("it does not implement the method"))],
  ])("that %s is told to be down, and the others' figures are told", async (_what, answer) => {
    const installation = new Played(3);
    const [, down = ""] = installation.names;
    installation.answer = (ownerId) => (ownerId === down ? answer() : Promise.resolve(METRICS));
    const families = await installation.figures();
    const ups = installation.names.map((owner) => figureOf(families, "oms_up", { owner }));
    expect(ups).toEqual([1, 0, 1]);
    expect(families.get("oms_commits")?.samples.filter(({ labels }) => labels.owner === down)).toEqual([]);
  });

  test("that does not answer in time is not waited for", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const installation = new Played(2);
    const [, stuck = ""] = installation.names;
    installation.answer = (ownerId) => (ownerId === stuck ? new Promise(() => undefined) : Promise.resolve(METRICS));
    let isAnswered = false;
    const figures = installation.figures().then((families) => {
      isAnswered = true;
      return families;
    });
    while (installation.asked.length < 2 || vi.getTimerCount() !== 1) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(LIMITS.METRICS_TIMEOUT_MS - 1);
    expect(isAnswered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const ups = installation.names.map(async (owner) => figureOf(await figures, "oms_up", { owner }));
    expect(await Promise.all(ups)).toEqual([1, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("nothing of an Owner is told to who may not see it", () => {
  test.each<[string, Claims]>([
    ["Audit", { features: ["Audit"] }],
    ["Admin", { features: ["Admin"] }],
    ["Audit and Operator", SCRAPER],
  ])("with the feature %s, of some Owners", async (_features, claims) => {
    const installation = new Played(3);
    const [mine = "", other = "", third = ""] = installation.names;
    const { text } = await installation.ask("/metrics", { ...claims, owners: [mine] });
    const families = readOpenMetrics(text);
    expect(figureOf(families, "oms_up", { owner: mine })).toBe(1);
    expect(text).not.toContain(other);
    expect(text).not.toContain(third);
    expect([...families.keys()].filter((name) => /system|deliver|^oms_owners$/.test(name))).toEqual([]);
    expect(installation.asked).toEqual([mine]);
    const { status } = await installation.ask(`/metrics?owner=${mine}&owner=${other}`, { ...claims, owners: [mine] });
    expect(status).toBe(404);
    expect(installation.asked).toEqual([mine]);
  });

  test("who may see none is told of none", async () => {
    const installation = new Played(2);
    const families = await installation.figures("/metrics", { features: ["Audit"] });
    expect([...families.keys()].sort()).toEqual(["oms_owners_not_asked", "oms_storage_limit_bytes"]);
    expect(installation.asked).toEqual([]);
  });

  test("an Owner that a token names and that does not exist is left out; one that the call names is not there", async () => {
    const installation = new Played(1);
    const [mine = ""] = installation.names;
    const claims = { features: ["Audit"], owners: [mine, "GONE"] };
    expect((await installation.figures("/metrics", claims)).get("oms_up")?.samples).toHaveLength(1);
    const { status, text } = await installation.ask("/metrics?owner=GONE", claims);
    expect([status, text]).toEqual([404, '["Owner.Unknown GONE"]']);
  });
});

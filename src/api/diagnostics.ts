/** Whether it works. */
import { Hono } from "hono";
import { seesEveryOwner } from "../domain/permissions.ts";
import { errorFields, tell } from "../operations/log.ts";
import type { Health, HealthReason, OwnerMetrics } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SystemHealth } from "../system/rpc.ts";
import { told } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { admit, bearerToken } from "./authentication.ts";
import { misconfiguration, secretProblem } from "./bootstrap-identity.ts";
import { askOwner } from "./directory.ts";
import type { Api, Call } from "./environment.ts";
import { detailsOf } from "./figures.ts";
import { JSON_TYPE } from "./media.ts";
import { Query, refuseQuery } from "./parameters.ts";
import { Remembered } from "./remembered.ts";
import { systemStub } from "./system.ts";

export const diagnostics = new Hono<Api>();

diagnostics.get("/diagnostics/ping", (call) => {
  refuseQuery(call);
  return told("OK");
});

/** Of the Worker itself, for anybody; with `owner=`, of that Owner's object, for who may see it; with `detail=`, why. */
diagnostics.get("/diagnostics/health", async (call) => {
  const query = new Query(call, "owner", "detail");
  const isDetailed = query.flag("detail");
  const own = await ownHealth(call);
  const isOfOwner = query.one("owner") !== undefined;
  if (!isDetailed && (own.status === "Unhealthy" || !isOfOwner)) return answerStatus(own.status);
  // Nobody can be let in when it is unhealthy: this throws why.
  await admit(call, bearerToken(call), isDetailed ? ["Audit"] : []);
  const ownerId = isOfOwner ? ownerInQuery(call, query, "Authority") : undefined;
  const found = ownerId === undefined ? own : await healthOf(call, ownerId, isDetailed);
  if (!isDetailed) return answerStatus(found.status);
  const { status, reasons, details } = found;
  const shown = ownerId !== undefined || seesEveryOwner(call.var.caller.permissions) ? details : undefined;
  return answerDetailed(status, { Status: status, Reasons: reasons, ...(shown !== undefined && { Details: shown }) });
});

type Status = "Healthy" | "Degraded" | "Unhealthy";

/** Why it is not Healthy: what an object says, or what only the Worker knows. */
type Reason = HealthReason | "Misconfigured" | "Unreachable";

interface Found {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** Figures that go with it. */
  readonly details?: object;
}

const codeOf = (status: Status) => (status === "Unhealthy" ? 503 : 200);

function answerStatus(status: Status): Response {
  return told(status, codeOf(status));
}

function answerDetailed(status: Status, body: object): Response {
  const headers = { "Content-Type": JSON_TYPE, "Cache-Control": "no-store" };
  return new Response(JSON.stringify(body), { status: codeOf(status), headers });
}

/**
 * Whether anybody can be let in, and how the System is without which nothing goes. With identity sources a secret may
 * be absent, but one that can be guessed should not be there.
 */
async function ownHealth(call: Call): Promise<Found> {
  try {
    const health = await systemHealth(call);
    const cause = misconfiguration(call.env, health.sources);
    const problem = call.env.OMS_BOOTSTRAP_SECRET ? secretProblem(call.env) : undefined;
    const found = foundIn(health, { IdentitySources: health.sources, StorageBytes: health.bytesUsed });
    const said = cause ?? problem;
    if (said === undefined) return found;
    tell("error", "misconfigured", { problem: said });
    const status = cause === undefined ? "Degraded" : "Unhealthy";
    return { ...found, status, reasons: ["Misconfigured", ...found.reasons] };
  } catch (error) {
    tell("error", "object.unreachable", errorFields(error));
    return UNREACHABLE;
  }
}

const UNREACHABLE: Found = { status: "Unhealthy", reasons: ["Unreachable"] };

function foundIn({ status, reasons = [] }: Health, details?: object): Found {
  return { status, reasons, ...(details !== undefined && { details }) };
}

const remembered = new Remembered<SystemHealth>(1, LIMITS.HEALTH_REMEMBERED_MS);

/** Anybody may ask, as often as they like: the System is not asked as often. */
async function systemHealth(call: Call): Promise<SystemHealth> {
  const now = Date.now();
  const known = remembered.get("", now);
  if (known !== undefined) return known;
  const health = await systemStub(call).health();
  remembered.set("", health, now);
  return health;
}

/** An Owner that does not answer is not healthy, whatever the reason. */
async function healthOf(call: Call, ownerId: string, isDetailed: boolean): Promise<Found> {
  try {
    const health = await askOwner(call, ownerId, (object, address) => object.health(address));
    if (!isDetailed) return foundIn(health);
    const metrics = await askOwner(call, ownerId, (object, address) => object.metrics(address));
    return foundIn(health, ownerDetails(metrics));
  } catch (error) {
    if (error instanceof Refusal && error.code === "Owner.Unknown") throw error;
    tell("error", "object.unreachable", errorFields(error));
    return UNREACHABLE;
  }
}

function ownerDetails(metrics: OwnerMetrics): object {
  const { sockets, socketsBehind, socketsStalled, jobSince, feeds } = metrics;
  return {
    ...detailsOf(metrics),
    Sockets: sockets,
    SocketsBehind: socketsBehind,
    SocketsStalled: socketsStalled,
    ...(jobSince !== undefined && { JobSince: new Date(jobSince).toISOString() }),
    Feeds: feeds.map(({ feed, position, isSupplied, standby, lastUpdate }) => ({
      Feed: feed,
      Position: position,
      IsSupplied: isSupplied,
      Standby: standby,
      ...(lastUpdate !== undefined && { LastUpdate: new Date(lastUpdate).toISOString() }),
    })),
  };
}

/** Whether it works. */
import { Hono } from "hono";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SystemHealth } from "../system/rpc.ts";
import { told } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { admit, bearerToken } from "./authentication.ts";
import { misconfiguration, secretProblem } from "./bootstrap-identity.ts";
import { askOwner } from "./directory.ts";
import type { Api, Call } from "./environment.ts";
import { Query, refuseQuery } from "./parameters.ts";
import { Remembered } from "./remembered.ts";
import { systemStub } from "./system.ts";

export const diagnostics = new Hono<Api>();

diagnostics.get("/diagnostics/ping", (call) => {
  refuseQuery(call);
  return told("OK");
});

/** Of the Worker itself, for anybody; with `owner=`, of that Owner's object, for who may see it. */
diagnostics.get("/diagnostics/health", async (call) => {
  const query = new Query(call, "owner");
  const status = await ownHealth(call);
  if (status === "Unhealthy") return told(status, 503);
  if (query.one("owner") === undefined) return told(status);
  await admit(call, bearerToken(call), []);
  return told(...(await healthOf(call, ownerInQuery(call, query, "Authority"))));
});

/**
 * Whether anybody can be let in, and how the System is without which nothing goes. With identity sources a secret may
 * be absent, but one that can be guessed should not be there.
 */
async function ownHealth(call: Call): Promise<"Healthy" | "Degraded" | "Unhealthy"> {
  try {
    const { status, sources } = await systemHealth(call);
    const cause = misconfiguration(call.env, sources);
    const problem = call.env.OMS_BOOTSTRAP_SECRET ? secretProblem(call.env) : undefined;
    if (cause !== undefined || problem !== undefined) console.error(cause ?? problem);
    if (cause !== undefined) return "Unhealthy";
    return problem === undefined ? status : "Degraded";
  } catch (error) {
    console.error(error);
    return "Unhealthy";
  }
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
async function healthOf(call: Call, ownerId: string): Promise<[status: string, code: number]> {
  try {
    const { status } = await askOwner(call, ownerId, (object, address) => object.health(address));
    return [status, 200];
  } catch (error) {
    if (error instanceof Refusal && error.code === "Owner.Unknown") throw error;
    console.error(error);
    return ["Unhealthy", 503];
  }
}

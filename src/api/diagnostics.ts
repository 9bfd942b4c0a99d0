/** Whether it works. */
import { Hono } from "hono";
import { Refusal } from "../protocol/errors.ts";
import { told } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { admit, bearerToken, countSources } from "./authentication.ts";
import { misconfiguration, secretProblem } from "./bootstrap-identity.ts";
import { askOwner } from "./directory.ts";
import type { Api, Call } from "./environment.ts";
import { Query, refuseQuery } from "./parameters.ts";

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
 * Whether anybody can be let in. With identity sources a secret may be absent, but one that can be guessed should not
 * be there.
 */
async function ownHealth(call: Call): Promise<"Healthy" | "Degraded" | "Unhealthy"> {
  const problem = secretProblem(call.env);
  if (problem === undefined) return "Healthy";
  try {
    const cause = misconfiguration(call.env, await countSources(call));
    const isDegraded = Boolean(call.env.OMS_BOOTSTRAP_SECRET);
    if (cause !== undefined || isDegraded) console.error(cause ?? problem);
    if (cause !== undefined) return "Unhealthy";
    return isDegraded ? "Degraded" : "Healthy";
  } catch (error) {
    console.error(error);
    return "Unhealthy";
  }
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

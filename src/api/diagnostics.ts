/** Whether it works. */
import { Hono } from "hono";
import { told } from "./answers.ts";
import { admit, bearerToken, misconfiguration } from "./authentication.ts";
import type { Api, Call } from "./environment.ts";
import { ownerInQuery, ownerStub } from "./owners.ts";
import { Query, refuseQuery } from "./parameters.ts";

export const diagnostics = new Hono<Api>();

diagnostics.get("/diagnostics/ping", (call) => {
  refuseQuery(call);
  return told("OK");
});

/** Of the Worker itself, for anybody; with `owner=`, of that Owner's object, for who may see it. */
diagnostics.get("/diagnostics/health", async (call) => {
  const query = new Query(call, "owner");
  const problem = misconfiguration(call.env);
  if (problem !== undefined) {
    console.error(problem);
    return told("Unhealthy", 503);
  }
  if (query.one("owner") === undefined) return told("Healthy");
  await admit(call, bearerToken(call), []);
  return told(...(await healthOf(call, ownerInQuery(call, query, "Authority"))));
});

/** An Owner that does not answer is not healthy, whatever the reason. */
async function healthOf(call: Call, ownerId: string): Promise<[status: string, code: number]> {
  try {
    const { status } = await ownerStub(call, ownerId).health(ownerId);
    return [status, 200];
  } catch (error) {
    console.error(error);
    return ["Unhealthy", 503];
  }
}

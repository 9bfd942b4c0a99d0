/** A Worker that lets callers in as the project's does, with a System that says what the test has bound to it. */
import { Hono } from "hono";
import { authorised } from "../../src/api/authentication.ts";
import type { Api, Environment, SystemStub } from "../../src/api/environment.ts";
import { answerError } from "../../src/api/refusals.ts";

interface Bound {
  /** A JSON array of IdentitySource. */
  readonly SOURCES: string;
}

const app = new Hono<Api>();
app.get("/any", authorised(), (call) => call.json(call.var.caller));
app.onError(answerError);

function unasked(): never {
  throw new Error("asked what nobody should ask here");
}

function systemOf({ SOURCES }: Bound): SystemStub {
  return {
    ...{ change: unasked, list: unasked, record: unasked, find: unasked, directory: unasked, jurisdiction: unasked },
    ...{ audit: unasked, health: unasked, metrics: unasked, jurisdiction: unasked },
    sources: async () => SOURCES,
    permissions: async () => undefined,
  };
}

export default {
  fetch(request: Request, bound: Bound, context: ExecutionContext): Response | Promise<Response> {
    const namespace = { idFromName: (name: string) => ({ name }) };
    const environment: Environment = {
      OWNERS: { ...namespace, get: unasked, jurisdiction: unasked },
      SYSTEM: { ...namespace, get: () => systemOf(bound) },
    };
    return app.fetch(request, environment, context);
  },
};

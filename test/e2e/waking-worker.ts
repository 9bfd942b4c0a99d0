/** The whole Worker as it is, which also says how often each Owner's object has been constructed: that is, has woken. */
import worker, { Owner as Silent } from "../../src/worker.ts";

export { System } from "../../src/worker.ts";

/** Where the count is asked for: `/test/wakes?owner=XS`. Answered without waking anyone. */
const PATH = "/test/wakes";

// Shared with the objects: they live in the isolate of the Worker that exports them.
const wakes = new Map<string, number>();

export class Owner extends Silent {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    // An object's name begins with that of its Owner.
    const [name = ""] = (state.id.name ?? "").split("@");
    wakes.set(name, (wakes.get(name) ?? 0) + 1);
  }
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === PATH) return Response.json(wakes.get(searchParams.get("owner") ?? "") ?? 0);
    return worker.fetch(request, env, context);
  },
};

/** The entry: HTTP and sockets come in here; the objects that keep the state are named here for the platform. */
import { app } from "./api/app.ts";
import type { Environment } from "./api/environment.ts";
import { setLevelBy } from "./operations/log.ts";

export { Owner } from "./owner/owner.ts";
export { System } from "./system/system.ts";

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    // Says to the compiler that what wrangler.toml binds is what the routes expect.
    const bindings: Environment = env;
    setLevelBy(env);
    return app.fetch(request, bindings, context);
  },
};

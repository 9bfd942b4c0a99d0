/** The entry: HTTP and sockets come in here; the objects that keep the state are named here for the platform. */
import { app } from "./api/app.ts";

export { Owner } from "./owner/owner.ts";

export default { fetch: app.fetch };

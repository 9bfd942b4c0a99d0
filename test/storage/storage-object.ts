/** An object with a database and nothing else, in which the storage is tested. */
import { DurableObject } from "cloudflare:workers";

export class StorageObject extends DurableObject {}

declare global {
  namespace Cloudflare {
    interface Env {
      readonly STORAGE: DurableObjectNamespace<StorageObject>;
    }
  }
}

export default { fetch: () => new Response("Only tests live here.") };

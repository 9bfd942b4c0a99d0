/** The one object of what is common to all Owners. */
import { SYSTEM_NAME } from "../system/rpc.ts";
import type { Call, SystemStub } from "./environment.ts";

/** The System object, as a call reaches it. */
export function systemStub({ env }: Pick<Call, "env">): SystemStub {
  return env.SYSTEM.get(env.SYSTEM.idFromName(SYSTEM_NAME));
}

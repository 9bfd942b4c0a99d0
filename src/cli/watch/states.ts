/** The state of a connection in words. */
import type { SessionState } from "../../client/index.ts";
import { failureOf } from "../exit-codes.ts";

/** What people are told of a session's state; `now` is in milliseconds since 1970. */
export function stateText(state: SessionState, now: number): string {
  switch (state.name) {
    case "connecting":
      return state.attempt === 1 ? "connecting" : `connecting, attempt ${state.attempt}`;
    case "live":
      return "connected";
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((state.until - now) / 1000));
      return `not connected (${reasonOf(state.why)}); next attempt in ${seconds} s`;
    }
    case "closed":
      return state.why === undefined ? "closed" : `closed (${reasonOf(state.why)})`;
  }
}

function reasonOf(error: Error): string {
  return failureOf(error)?.lines.join(", ") ?? error.message;
}

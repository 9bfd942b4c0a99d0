/** What a session, a subscription and a feed end with, and throw. */
import { OmsError } from "../errors.ts";

/** What was asked for was closed by its own side before it was done. */
export function closedError(what: string): OmsError {
  return new OmsError({ kind: "closed", what, reason: "it was closed" });
}

/** The stream broke a promise of the protocol: a position came twice or went back, or what nobody asked for came. */
export function brokenError(reason: string): OmsError {
  return new OmsError({ kind: "broken", what: "The stream", reason });
}

/** The connection was lost, or could not be made. */
export function lostError(reason: string): OmsError {
  return new OmsError({ kind: "unreachable", what: "The session", reason });
}

/** The server refused it, for these codes. */
export function refusedError(what: string, codes: readonly string[], status?: number): OmsError {
  return new OmsError({ kind: "refused", what, codes, ...(status !== undefined && { status }) });
}

/** Whatever was thrown, as an OmsError of a kind. */
export function failedError(kind: "token" | "unreachable" | "unreadable", what: string, cause: unknown): OmsError {
  if (cause instanceof OmsError) return cause;
  return new OmsError({ kind, what, reason: cause instanceof Error ? cause.message : String(cause), cause });
}

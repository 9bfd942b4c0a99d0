/**
 * A client request as it comes in. What the engine does with the outcome:
 * - It throws Refusal when nothing is to be recorded (unreadable, no account of this Owner, not permitted, another
 *   request of that id): the caller is answered with its text, as the only error.
 * - `repeated`: nothing is recorded (a repetition, or a validation); `requests.response` is the answer.
 * - Otherwise `update` and `events` are recorded in the sequence `oms`, also when the request was rejected. The
 *   deliveries are sent once the record is durable. The caller is answered with `requests.response`, unless
 *   `requests.isAwaited` and a requester was named: then it hears of an answer of a later update or timer.
 */
import type { ClientRequest } from "../../protocol/messages/index.ts";
import type { Changes } from "../changes.ts";
import type { Outcome } from "../outcome.ts";
import type { Asking } from "./effects.ts";

/** Checks, vets, routes and applies a client request. Throws Refusal when nothing is to be recorded. */
export function applyRequest(_changes: Changes, _request: ClientRequest, _asking: Asking): Outcome {
  throw new Error("not yet");
}

/**
 * What becomes of a client request, as its adapter or the OMS itself tells it. What the engine does with the outcome:
 * `update` and `events` are recorded, an adapter's FeedRequest Update in its own sequence at its own position, its
 * RequestResponse (`updateOfResponse`) and what the OMS tells (outstanding.ts) in `oms`. Once that is durable, each of
 * `requests.deliveries` is sent to its feed once, and each of `requests.answers` is given to whoever waits.
 * A Refusal is recorded with its Errors where the frame has a position, and answered where it came as a response.
 */
import type { ClientRequestUpdate } from "../../protocol/messages/index.ts";
import type { Changes } from "../changes.ts";
import type { Outcome } from "../outcome.ts";
import type { Teller } from "./effects.ts";

/** Applies an update of an open request. Throws Refusal, `Request.Unknown <id>` when there is no such one. */
export function applyRequestUpdate(_changes: Changes, _update: ClientRequestUpdate, _teller: Teller): Outcome {
  throw new Error("not yet");
}

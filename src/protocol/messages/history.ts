/** What the past is told in, where the contract has no message for it: all of it ours. */
import { int64, message, type Of, one, text, time } from "../fields.ts";
import { ClientAuthority } from "./identities.ts";
import { UpdatePosition } from "./streaming.ts";
import { ExternalAction, UpdateEvent } from "./updates.ts";

/** An action with its place in the log. To a reader that knows ExternalAction alone it is one. */
export const RecordedAction = message("RecordedAction", {
  ...ExternalAction.shape,
  Position: one(1000, UpdatePosition),
});
export type RecordedAction = Of<typeof RecordedAction>;

/**
 * One state that a record had: since when, the event that told of it, and the update that caused it, which is at
 * `Position` of `Sequence`. `Authority` says on whose authority, when the update itself does not.
 */
export const RecordedState = message("RecordedState", {
  Sequence: text(1),
  Position: int64(2),
  At: time(9),
  Update: one(10, UpdateEvent),
  Event: one(20, UpdateEvent),
  Authority: one(1001, ClientAuthority),
});
export type RecordedState = Of<typeof RecordedState>;

/**
 * Flow control: a subscription may say how many frames of the stream may be under way to its client unacknowledged. A
 * socket that has no more room is sent nothing; its cursor stays where it is, and the log holds what it has yet to be
 * told. A socket has one stream: the smallest of its windows counts.
 */
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SubscriptionDetails } from "../protocol/messages/index.ts";

/** The frames of the stream that were counted on a socket since it first had a window. */
export interface Flow {
  readonly sent: number;
  /** How many of them its client has acknowledged. */
  readonly received: number;
}

/** Where counting begins. */
export const UNCOUNTED: Flow = { sent: 0, received: 0 };

/** What says how much a socket may be sent. */
interface Windowed {
  readonly flow: Flow | undefined;
  readonly subscriptions: readonly { readonly window: number | undefined }[];
}

/** How many frames of the stream a socket may be sent now. */
export function roomOf({ flow, subscriptions }: Windowed): number {
  if (flow === undefined) return Number.POSITIVE_INFINITY;
  let window = Number.POSITIVE_INFINITY;
  for (const each of subscriptions) window = Math.min(window, each.window ?? window);
  // A window that came later may be smaller than what was under way.
  return Math.max(0, window - (flow.sent - flow.received));
}

/** One more frame was sent. */
export function withSent({ sent, received }: Flow): Flow {
  return { sent: sent + 1, received };
}

/** So many were received in all. Throws Refusal when that is fewer than were said before, or more than were sent. */
export function withReceived(flow: Flow, received = 0): Flow {
  if (received < flow.received || received > flow.sent) throw new Refusal("Field.Invalid", "Received");
  return { ...flow, received };
}

/** The window that a subscription asks for; undefined when it asks for none. Throws Refusal when there is none like it. */
export function readWindow({ Window }: SubscriptionDetails = {}): number | undefined {
  if (Window !== undefined && (Window < 1 || Window > LIMITS.WINDOW_FRAMES))
    throw new Refusal("Field.Invalid", "Subscription.Window");
  return Window;
}

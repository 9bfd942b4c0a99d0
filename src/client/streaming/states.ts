/** What state a session, a subscription and a feed can be in, and how one listens for changes of it. */
import type { OmsError } from "../errors.ts";

/** How a session's connection is. */
export type SessionState =
  /** A socket is being opened; `attempt` counts from 1 since the last one that lasted. */
  | { readonly name: "connecting"; readonly attempt: number }
  /** The socket is open. */
  | { readonly name: "live" }
  /** Between two attempts: when the next one is made, in milliseconds since 1970, and why the last one ended. */
  | { readonly name: "waiting"; readonly until: number; readonly why: OmsError }
  /** Ended for good: by whoever opened it, or, with `why`, because no attempt can mend it. */
  | { readonly name: "closed"; readonly why?: OmsError };

/** How far a subscription is. */
export type SubscriptionState =
  /** Its replica is not complete yet: there is no connection, or the snapshot is on its way. */
  | { readonly name: "starting" }
  /** Complete, and behind: there is no connection, or what was missed is on its way. */
  | { readonly name: "behind" }
  /** Up to date; every change follows as it happens. */
  | { readonly name: "live" }
  /** Ended for good: by whoever subscribed, or, with `why`, because it cannot go on. */
  | { readonly name: "closed"; readonly why?: OmsError };

/** What this instance is to its feed. */
export type FeedState =
  /** It has not been told yet, or there is no connection. */
  | { readonly name: "opening" }
  /** Another instance supplies the feed; this one takes over when that one goes. */
  | { readonly name: "standby" }
  /** It supplies the feed. */
  | { readonly name: "supplying" }
  /** Ended for good: by whoever opened it, or, with `why`, because it cannot go on. */
  | { readonly name: "closed"; readonly why?: OmsError };

/** A state that changes. */
export interface Observed<State> {
  readonly current: State;
  /** Calls back after each change, until what is given back is called. */
  onChange(listener: (state: State) => void): () => void;
  /** The present state, then each one that follows; ends after "closed". Who is slow misses what lies between. */
  [Symbol.asyncIterator](): AsyncIterator<State>;
}

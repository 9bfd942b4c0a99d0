/** What `session.subscribe` gives: a replica of a view that keeps itself up to date, and what changes in it. */

import type { UpdateEvent } from "../../protocol/messages/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import type { Positions } from "../rest/address.ts";
import type { Observed, SubscriptionState } from "./states.ts";
import type { RecordOf, ViewName } from "./views.ts";

/** Where in the log a change came from: the last record of the frame that brought it. */
export interface Place {
  /** Absent while what was missed is replayed for a subscription beside others. */
  readonly sequence?: string;
  readonly position: number;
  /** When that record was applied; it orders all records of the Owner. */
  readonly executedAt?: Timestamp;
}

/** What has become of one record of a view. */
export interface Change<Name extends ViewName = ViewName> {
  /** The record's key in the replica; for a view without replica, empty. */
  readonly key: string;
  /** The record before: absent when it is new. Views without a replica have none. */
  readonly before?: RecordOf<Name>;
  /** The record now: absent when it is gone. */
  readonly after?: RecordOf<Name>;
  /** The event that told it; absent where two snapshots differ by a record that is gone. */
  readonly event?: UpdateEvent;
  /** Absent for a snapshot's. */
  readonly place?: Place;
  /** It is part of a snapshot, or of the difference that one made to the replica. */
  readonly isSnapshot: boolean;
  /**
   * How many changes of this record were joined into this one because they were not taken in time: 0 when none were.
   * `before` is the record before the first of them.
   */
  readonly joined: number;
  /**
   * Views without a replica only: how many changes were dropped before this one because they were not taken in time.
   * Infinity when the server no longer knew where this client was, and nobody knows what it missed; then there may be
   * nothing else in this change.
   */
  readonly missed: number;
}

/** The live records of a view by key. It never changes in the middle of a turn of the event loop. */
export interface Replica<Name extends ViewName> extends ReadonlyMap<string, RecordOf<Name>> {}

/**
 * A live subscription. As an async iterable it gives every change from the moment on that it is first iterated, and
 * ends when it is closed; it throws what ended it. One iterator at a time.
 */
export interface Subscription<Name extends ViewName = ViewName> extends AsyncIterable<Change<Name>> {
  readonly view: Name;
  readonly state: Observed<SubscriptionState>;
  /** Resolves when the replica is complete for the first time. Rejects with what ended the subscription before. */
  readonly ready: Promise<void>;
  /** The records now; always empty for Transactions and Updates. */
  readonly records: Replica<Name>;
  /** How far it is: what to give as `from` to go on from here. Undefined until it is complete. */
  readonly positions: Positions | undefined;
  /**
   * Calls back once for all changes that belong together (a frame, a snapshot), after they have been folded, until what
   * is given back is called. Changes come in order, unjoined; a listener is never behind.
   */
  onChange(listener: (changes: readonly Change<Name>[]) => void): () => void;
  /** Resolves when everything of a sequence up to a position has been folded. Rejects with what ended the subscription. */
  reached(sequence: string, position: number): Promise<void>;
  /** Ends it. The replica stays as it is. */
  close(): void;
}

/** How to subscribe. */
export interface SubscribeOptions {
  /** Begins after these positions instead of with a snapshot; `{}` is the beginning of the log. */
  readonly from?: Positions;
  /**
   * Frames that the server may be ahead of the consumer: beyond that it waits, and the consumer misses and joins
   * nothing. Absent: it never waits.
   */
  readonly window?: number;
  /**
   * Changes that wait for a slow iterator before they are joined by key, or, in views without a replica, the oldest are
   * dropped. 10,000 unless said.
   */
  readonly bufferedChanges?: number;
}

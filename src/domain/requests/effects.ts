/**
 * What client requests are applied under, and what follows from them beside events. The engine passes an Asking or a
 * Teller in with the Conditions, and when the record is durable does what Outcome.requests says: it sends each delivery
 * once to whoever supplies the feed, and gives each answer to the requester that waits for it.
 */
import type { ClientRequest, ClientRequestResponse, Permissions } from "../../protocol/messages/index.ts";
import type { RequestMove } from "../changes.ts";
import type { Requester } from "../state.ts";

/** By whom a ClientRequest is made, and what the engine knows at that moment. */
export interface Asking {
  readonly permissions: Permissions;
  /** Who is to be told of an outcome that is not known yet; absent when nobody could be. */
  readonly requester?: Requester;
  /** Whether somebody supplies the feed of that name, so that the request can be sent in this very commit. */
  readonly isSupplied: (route: string) => boolean;
}

/** Who tells a ClientRequestUpdate: the adapter that supplies a feed, or the OMS itself. */
export type Teller =
  | {
      readonly feed: string;
      /** It is the adapter's answer to a delivery (FeedRequest RequestResponse): the requester is told in any case. */
      readonly isResponse?: boolean;
    }
  | "oms";

/** A request to be sent to whoever supplies a feed, once. It has been recorded as Submitted. */
export interface RequestDelivery {
  readonly route: string;
  readonly request: ClientRequest;
}

/** What a requester that waits is told. */
export interface RequestAnswer {
  /** The id that the request is known by (`requestKey`): POST /request may wait under it. */
  readonly key: string;
  /** Who asked, if that is kept. While the request is open, more may follow. */
  readonly requester: Requester | undefined;
  readonly response: ClientRequestResponse;
}

/** What follows from an update for client requests, once its record is durable. */
export interface RequestEffects {
  /** For a ClientRequest: what its caller is answered, or would be if it were to be answered now. */
  readonly response?: ClientRequestResponse;
  /**
   * For a ClientRequest: its outcome is not known yet (Pending, Submitted). A requester that was named is told by an
   * answer of a later update or timer, and nothing now. A repetition never waits: it is told the outcome so far.
   */
  readonly isAwaited?: boolean;
  readonly answers: readonly RequestAnswer[];
  readonly deliveries: readonly RequestDelivery[];
  /** The requests that are known by another key than before: who waits under the one waits under the other. */
  readonly moved?: readonly RequestMove[];
}

/** What the server says on sockets. Called only once everything it speaks of is durable. */

import type { ErrorText } from "../protocol/errors.ts";
import type {
  ClientRequestResponse,
  EventMessage,
  FeedConfiguration,
  FeedEvent,
  FeedRequest,
  RequestMessageType,
} from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import type { Head } from "../storage/store.ts";
import type { Session } from "./session.ts";

/** Where the outbox finds sessions and the end of the log. */
export interface OutboxContext {
  session(id: string): Session | undefined;
  head(): Head;
  /** Closes a session's socket and counts it as lost at once: a half-open socket might never say so itself. */
  disconnect(session: Session, code: number, reason: string): void;
  /** Somebody was refused something. */
  refused(errors: readonly ErrorText[]): void;
}

/** What an answer refers to. */
export interface Addressed {
  readonly Type?: RequestMessageType;
  readonly RequestID?: string;
}

export class Outbox {
  readonly #context: OutboxContext;

  constructor(context: OutboxContext) {
    this.#context = context;
  }

  /** Sends one message, in the form that the client speaks. */
  send(session: Session, message: EventMessage): void {
    if (!session.isGone) session.socket.send(session.form.message(message));
  }

  /** Sends a message that is part of the stream. */
  stream(session: Session, message: EventMessage): void {
    if (!session.isGone) session.sendStream(session.form.message(message));
  }

  /** Answers a message. A feed's frame is told by its position as well. */
  respond(session: Session, { Type, RequestID }: Addressed, errors: readonly ErrorText[], feed?: FeedRequest): void {
    this.#context.refused(errors);
    this.send(session, {
      Type: "EventMessageType_Response",
      Request: requestDetails({ Type, RequestID }, errors),
      ...(feed !== undefined && { Feed: { ...echoed(feed) } }),
    });
  }

  /** Tells an adapter something about a feed. */
  feed(session: Session, event: FeedEvent): void {
    this.send(session, { Type: "EventMessageType_Feed", Feed: event });
  }

  /** Tells the adapter on a socket something about a feed. Gives whether that socket is still there. */
  tellFeed(sessionId: string, event: FeedEvent): boolean {
    const session = this.#context.session(sessionId);
    if (session !== undefined) this.feed(session, event);
    return session !== undefined;
  }

  /** Tells a session what has become of a client request that it made, if it is still there. */
  answer(sessionId: string, requestId: string | undefined, response: ClientRequestResponse): void {
    const session = this.#context.session(sessionId);
    if (session === undefined) return;
    const asked = { Type: "RequestMessageType_ClientRequest", RequestID: requestId } as const;
    this.send(session, {
      Type: "EventMessageType_Response",
      Request: requestDetails(asked),
      RequestResponse: response,
    });
  }

  /** Tells a supplier the last durable position: it may forget all up to it. */
  bookmarkFeed(session: Session, sequence: string): void {
    this.feed(session, { Type: "FeedEventType_Bookmark", Position: this.#positionOf(sequence) });
  }

  /** Tells a new supplier that it supplies the feed, and where to resume. */
  resumeFeed(sessionId: string, sequence: string, Configuration?: FeedConfiguration, RequestID?: number): void {
    const session = this.#context.session(sessionId);
    if (session === undefined) return;
    const correlation = RequestID === undefined ? {} : { RequestID };
    this.feed(session, { Type: "FeedEventType_Open", ...correlation, Position: { Sequence: sequence } });
    this.feed(session, {
      Type: "FeedEventType_Resume",
      ...correlation,
      Position: this.#positionOf(sequence),
      ...(Configuration !== undefined && { Configuration }),
    });
  }

  /** Tells a subscriber that has been served up to the head where that is: every sequence's position, and the time. */
  bookmark(session: Session, request?: Addressed): void {
    const { at, positions } = this.#context.head();
    this.stream(session, {
      Type: "EventMessageType_Bookmark",
      ...(request !== undefined && { Request: requestDetails(request) }),
      Snapshot: { Positions: Object.fromEntries(positions) },
      Position: { ExecutedAt: fromMicroseconds(at) },
    });
  }

  /** Closes the socket of a session that has lost its place. */
  close(sessionId: string, code: number, reason: string): void {
    const session = this.#context.session(sessionId);
    if (session !== undefined) this.#context.disconnect(session, code, reason);
  }

  #positionOf(Sequence: string) {
    const position = this.#context.head().positions.get(Sequence);
    return { Sequence, ...(position !== undefined && { Position: position }) };
  }
}

/** The request that a frame answers, with what was wrong with it. */
export function requestDetails({ Type, RequestID }: Addressed, errors: readonly ErrorText[] = []) {
  return {
    ...(Type !== undefined && { Type }),
    ...(RequestID !== undefined && { RequestID }),
    ...(errors.length > 0 && { Errors: [...errors] }),
  };
}

function echoed({ RequestID, Position }: FeedRequest): FeedEvent {
  return { ...(RequestID !== undefined && { RequestID }), ...(Position !== undefined && { Position }) };
}

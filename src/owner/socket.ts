import type { Frame } from "./frame-form.ts";

/** What the engine sees of a socket; the Durable Object adapts the real one, tests may bring their own. */
export interface Socket {
  /** Sends a frame: a text is JSON, bytes are protobuf. A socket that is closing swallows it: what was not received is resumed. */
  send(frame: Frame): void;
  /** Closes it. A reason is at most 123 bytes: names that callers chose may be longer. */
  close(code: number, reason: string): void;
  /** Keeps the session through hibernation; null = it is no session any more, however long the socket takes to close. */
  keep(state: object | null): void;
  /** When the last ping was answered, in milliseconds since 1970; undefined if this client never pinged. */
  lastPing(): number | undefined;
}

/** How a socket counts that has gone without being closed: as the protocol has it, no socket is ever closed with it. */
export const LOST = 1006;

/** Why the server closes a socket. 4000 and up are ours. */
export const CLOSE = {
  /** Too many frames in a row that could not be read. */
  policy: 1008,
  /** Something went wrong here: the client may resume. */
  failed: 1011,
  /** Its token has expired. */
  expired: 4401,
  /** Its identity is no longer allowed what it did. */
  revoked: 4403,
  /** The Owner is not known by that name any more. */
  moved: 4404,
  /** Another socket of the same identity and agent took the feed over. */
  superseded: 4409,
  /** It supplied a feed, was silent for too long, and another stood by. */
  silent: 4408,
} as const;

/** What calls answer with, as programs get it. */
import type { Timestamp } from "../../protocol/timestamp.ts";

/**
 * What was read, and when: `readAt` is the moment that it was read at, to be read as at again; absent where what several
 * Owners hold was read at moments of their own. It is no field of the message: it is neither enumerated nor sent.
 */
export type Answer<Content extends object> = Content & { readonly readAt?: Timestamp };

/** A list with the moment that it was read at. */
export type Listing<Item> = Answer<readonly Item[]>;

/** A change that was made: when it was recorded; absent where several Owners recorded it at moments of their own. */
export interface Done {
  readonly at?: Timestamp;
}

/**
 * A long answer. Each iteration is a call of its own, and streams: it holds a few items at a time, reads no faster than
 * they are taken, and ends the transfer when it is left. One that breaks off throws, it never ends early.
 */
export interface Rows<Item> extends AsyncIterable<Item> {
  /** All of them at once, with the moment that they were read at. */
  toArray(): Promise<Listing<Item>>;
}

/** Says of what was read when that was. */
export function readAt<Content extends object>(content: Content, at: Timestamp | undefined): Answer<Content> {
  // Not enumerable, so that a message that was read is the same message, and can be sent as one.
  return at === undefined ? content : Object.defineProperty(content, "readAt", { value: at });
}

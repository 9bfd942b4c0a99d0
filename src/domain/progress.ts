/** How much is done in one record of the log, and how far it has come. */
import type { At } from "./records.ts";

/** How much is done in one record. */
export interface Budget {
  /** Records that are changed. */
  readonly changed: number;
  /** Characters of the states that they had. */
  readonly characters: number;
  /** Records, or ids, that are looked at. */
  readonly lookedAt: number;
}

/** Where passes go on: in which of them, and what was looked at last there. */
export interface Place {
  readonly pass: number;
  readonly after?: string;
}

/** How far something has come that has begun to change things. Plain data: it is kept beside the log until it is done. */
export interface Progress extends Place {
  /** The At of the record that it began in. */
  readonly since: At;
  /** Records that tell of it so far. */
  readonly records: number;
}

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

/** How far something has come. Plain data: it is kept beside the log until it is done. */
export interface Progress {
  /** The pass that it is in, and what it looked at last there. */
  readonly pass: number;
  readonly after?: string;
  /** The At of the record that it began in; absent while nothing has been changed. */
  readonly since?: At;
  /** Records that tell of it so far. */
  readonly records: number;
}

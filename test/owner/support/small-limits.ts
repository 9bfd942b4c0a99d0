/**
 * Makes limits so small that a few records are as many as it otherwise takes thousands for. To be imported before
 * anything else: what has read the limits by then goes on with the large ones.
 */
import { LIMITS } from "../../../src/protocol/limits.ts";

export const SMALL_LIMITS = {
  COMMIT_RECORDS: 5,
  STEP_LOOKS: 2,
  COMMIT_BYTES: 4_000,
  COMMIT_PART_BYTES: 1_500,
  STATEMENT_BYTES: 1_000,
  CACHE_BYTES: 2_000,
  ANSWER_PIECE_BYTES: 600,
  READING_TURN_CHARACTERS: 1_500,
  SNAPSHOT_TURN_BYTES: 600,
  EVENT_FRAME_BYTES: 700,
  BOOKMARK_RECORDS: 6,
} as const;

Object.assign(LIMITS, SMALL_LIMITS);

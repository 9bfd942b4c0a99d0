/** What a session throws. */

/** Until the client has its own. */
export interface OmsError extends Error {
  readonly codes: readonly string[];
  readonly status: number | undefined;
  readonly isRetryable: boolean;
}

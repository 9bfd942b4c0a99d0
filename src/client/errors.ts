/** What calls and sessions throw. */
import { ERRORS, type ErrorCode } from "../protocol/errors.ts";

/**
 * Why a call came to nothing: the server refused it; it could not be reached, or the transfer broke off; it answered what
 * is not understood; or the token function failed.
 */
export type OmsErrorKind = "refused" | "unreachable" | "unreadable" | "token" | StreamingErrorKind;

/**
 * Why a session, a subscription or a feed ended: it was closed by its own side; the stream broke a promise of the
 * protocol; another instance of the feed's adapter took over; or the server asks for what the journal has forgotten.
 */
export type StreamingErrorKind = "closed" | "broken" | "superseded" | "forgotten";

/** What an OmsError is made of. */
export interface OmsErrorDetails {
  readonly kind: OmsErrorKind;
  /** What was being done: `GET /balance/for/XS`. */
  readonly what: string;
  /** As they travelled; or, where the server said nothing, none. */
  readonly codes?: readonly string[];
  readonly status?: number;
  /** Milliseconds that the server asks to be left alone for. */
  readonly retryAfter?: number | undefined;
  /** Why, in words, where no code says it. */
  readonly reason?: string;
  readonly cause?: unknown;
}

/** Statuses that say "later", whether the OMS or something before it answers. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What every call and session of the client throws. Only an AbortSignal's own reason is thrown beside it. */
export class OmsError extends Error {
  override readonly name = "OmsError";
  readonly kind: OmsErrorKind;
  /** The refusals as they travelled: a code each, its detail after a space (`Field.Unknown Order.Prise`). */
  readonly codes: readonly string[];
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /**
   * The same call may succeed later, unchanged. Whether this one was done may be unknown: what carries an id of its own
   * may be sent again all the same.
   */
  readonly isRetryable: boolean;
  /** Milliseconds that the server asks to be left alone for. */
  readonly retryAfter: number | undefined;

  constructor({ kind, what, codes = [], status, retryAfter, reason, cause }: OmsErrorDetails) {
    super(messageOf(what, codes, status, reason), cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.codes = codes;
    this.status = status;
    this.retryAfter = retryAfter;
    this.isRetryable = isRetryable(kind, codes, status);
  }

  /** Whether it was refused with a code, whatever the detail. */
  has(code: ErrorCode): boolean {
    return this.codes.some((text) => text === code || text.startsWith(`${code} `));
  }
}

function messageOf(what: string, codes: readonly string[], status?: number, reason?: string): string {
  const why = [...(codes.length > 0 ? [codes.join(", ")] : []), ...(reason !== undefined ? [reason] : [])].join(": ");
  const answer = status === undefined ? "" : ` (${status})`;
  return `${what}: ${why === "" ? "refused" : why}${answer}`;
}

function isRetryable(kind: OmsErrorKind, codes: readonly string[], status: number | undefined): boolean {
  switch (kind) {
    case "unreachable":
      return true;
    case "unreadable":
    case "token":
    case "closed":
    case "broken":
    case "superseded":
    case "forgotten":
      return false;
    case "refused":
      return codes.length > 0 ? codes.every(isRetryableCode) : status !== undefined && TRANSIENT_STATUSES.has(status);
  }
}

/** Whether a status says "later". */
export function isTransient(status: number | undefined): boolean {
  return status !== undefined && TRANSIENT_STATUSES.has(status);
}

function isRetryableCode(text: string): boolean {
  const [code = ""] = text.split(" ", 1);
  return isErrorCode(code) && ERRORS[code].retryable;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

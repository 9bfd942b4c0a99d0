/**
 * The closed set of refusals. Every refusal travels as a text: the code first, its detail after a space
 * (`Field.Unknown Order.Prise`). The vocabulary is the reference front end's where it has the word.
 */
interface ErrorKind {
  /** The HTTP status that answers a REST call refused with this code. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 426 | 429 | 500 | 503;
  /** The same message may be taken later, unchanged. */
  readonly retryable: boolean;
}

const refused: ErrorKind = { status: 422, retryable: false };
const unreadable: ErrorKind = { status: 400, retryable: false };
const later: ErrorKind = { status: 503, retryable: true };
const absent: ErrorKind = { status: 404, retryable: false };

export const ERRORS = {
  // What cannot be read.
  "Message.Unreadable": unreadable,
  "Message.TooLarge": { status: 413, retryable: false },
  "Message.MediaType": { status: 415, retryable: false },
  "Message.Method": { status: 405, retryable: false },
  "Message.Upgrade": { status: 426, retryable: false },
  "Field.Unknown": unreadable,
  "Field.Invalid": unreadable,
  "Field.Missing": refused,

  // Who may do what.
  Unauthenticated: { status: 401, retryable: false },
  Authority: { status: 403, retryable: false },
  "Owner.Unknown": absent,
  /** It has live records, and cannot be undefined unless told to. */
  "Owner.Occupied": refused,
  /** The name is another's. */
  "Owner.Taken": { status: 409, retryable: false },
  Unknown: absent,

  // What the accounting rules refuse (rule O8, T3-T5, C2-C4).
  Account: refused,
  /** An account stays with its Owner. */
  "Account.OtherOwner": refused,
  Order: refused,
  Side: refused,
  Exchange: refused,
  Operation: refused,
  "Trade.Duplicate": refused,
  "Trade.Unknown": refused,
  "Trade.Cancelled": refused,
  "Transaction.Conflict": { status: 409, retryable: false },
  /** The same TransformID with other content. */
  "Transform.Conflict": { status: 409, retryable: false },
  "Settlement.Balance": refused,
  Settlement: refused,

  // What is wrong with a client request.
  Symbol: refused,
  "Route.Market": refused,
  "Order.Status": refused,
  OrderType: refused,
  Validity: refused,
  ExpiryDate: refused,
  LimitPrice: refused,
  "LimitPrice.Missing": refused,
  "LimitPrice.Given": refused,
  "LimitPrice.Distance": refused,
  TotalQuantity: refused,
  "TotalQuantity.Maximum": refused,
  "TotalQuantity.Holdings": refused,
  "TotalValue.Maximum": refused,
  "TotalValue.Balance": refused,
  /** Another request of the account has this id. */
  "Request.Conflict": { status: 409, retryable: false },
  "Request.Unknown": refused,
  /** It was sent and has not been answered in time: what became of it is not known yet, and asking again tells. */
  Submitted: later,

  // The streaming conversation.
  Feed: refused,
  "Feed.Suspended": refused,
  "Feed.Gap": refused,

  // Questions to adapters.
  /** Nobody supplies the feed: it was asked nothing. */
  "Feed.Offline": { status: 422, retryable: true },
  /** Whoever supplied the feed went before it had answered: what it did is not known. */
  "Feed.Lost": refused,
  /**
   * A request waited too long for somebody to deal with it, so nobody will. Or an adapter was asked a question and has
   * not answered in time: what it did is not known. So not 503, nor 504, which clients and what is
   * on the way to them take as leave to send the same again.
   */
  Timeout: refused,
  /** An answer to what was not asked, was answered before, or is not waited for any more. */
  "Query.Unknown": refused,

  "Subscription.TooLarge": refused,
  "Subscription.Unknown": refused,
  "History.Archived": refused,

  // Operating conditions.
  "Storage.Full": later,
  "Storage.Failed": later,
  Retry: later,
  /** The installation is configured so that nobody can be let in. */
  Unhealthy: later,
  /** A programmer's error: logged where it happened, and it cost only the update that met it. */
  Internal: { status: 500, retryable: false },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal as it travels: `Code` or `Code detail`. */
export type ErrorText = ErrorCode | `${ErrorCode} ${string}`;

/**
 * An operating error: the caller is told, and nothing has changed. Thrown inside the rules and caught where the
 * update entered. A programmer's error is any other exception and is not caught there.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = "") {
    super(detail === "" ? code : `${code} ${detail}`);
    this.code = code;
    this.detail = detail;
  }

  /** The refusal as it travels. */
  get text(): ErrorText {
    return this.detail === "" ? this.code : `${this.code} ${this.detail}`;
  }
}

/** The code that a travelling refusal begins with. */
export function codeOf(text: ErrorText): ErrorCode {
  const space = text.indexOf(" ");
  const code = space < 0 ? text : text.slice(0, space);
  if (!isErrorCode(code)) throw new Error(`not an error code: ${text}`);
  return code;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

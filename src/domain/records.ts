/**
 * What an Owner keeps: the kinds of record, how each is keyed, and the log line that holds what happened.
 */

import type { ErrorText } from "../protocol/errors.ts";
import type {
  AccountDetails,
  AssetPosition,
  CashPosition,
  ClientAuthority,
  ClientRequestState,
  ExchangeDetails,
  FeedConfiguration,
  FeedDetails,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RequestStatusDetails,
  UpdateEvent,
} from "../protocol/messages/index.ts";

declare const brand: unique symbol;

/** Microseconds since 1970, strictly increasing in an Owner: it orders, pages and dates records at once. */
export type At = number & { readonly [brand]: "At" };

/** The current state of each kind of record. Positions show every figure, also zeros. */
export interface Records {
  readonly account: AccountDetails;
  readonly balance: CashPosition;
  readonly holding: AssetPosition;
  readonly order: OrderState;
  readonly feed: FeedDetails;
  readonly configuration: FeedConfiguration;
  /** Tenants: all of them in the System, its own in an Owner. */
  readonly owner: OwnerDetails;
  /** Exchanges as the System defines them. */
  readonly exchange: ExchangeDetails;
  /** Exchanges as an Owner's own feeds define them: they lie over the System's. */
  readonly ownExchange: ExchangeDetails;
  /** Request statuses. */
  readonly status: RequestStatusDetails;
  /** Identity sources: in the System alone, as the next. */
  readonly source: IdentitySource;
  /** The permissions of identities. */
  readonly identity: Permissions;
  /** Client requests that are not completed. */
  readonly request: ClientRequestState;
}

export type Kind = keyof Records;

/** Every kind of record. */
export const KINDS = [
  "account",
  "balance",
  "holding",
  "order",
  "feed",
  "configuration",
  "owner",
  "exchange",
  "ownExchange",
  "status",
  "source",
  "identity",
  "request",
] as const satisfies readonly Kind[];

/** The key of a record within its kind and Owner. Keys begin with the account where the record has one. */
export type Key<K extends Kind = Kind> = string & { readonly [brand]: K };

/** Separates the parts of a key: readable text never holds it (see `isReadableText`). */
export const KEY_SEPARATOR = "\u001f";

function key<K extends Kind>(...parts: readonly string[]): Key<K> {
  // The one place where keys are made, so that two parts are never mistaken for one.
  return parts.join(KEY_SEPARATOR) as Key<K>;
}

/** Makes the key of each kind of record. Account ids here are within the Owner: `AccountID`, never `owner/account`. */
export const keyOf = {
  account: (accountId: string): Key<"account"> => key(accountId),
  balance: (accountId: string, currency: string): Key<"balance"> => key(accountId, currency),
  holding: (accountId: string, exchange: string, code: string): Key<"holding"> => key(accountId, exchange, code),
  /** A line of a holding's movements (see lines.ts). The first under a name has the name's own key. */
  holdingLine: (accountId: string, exchange: string, code: string, since: number): Key<"holding"> =>
    since === 0 ? key(accountId, exchange, code) : key(accountId, exchange, code, `${since}`),
  order: (accountId: string, orderId: string): Key<"order"> => key(accountId, orderId),
  feed: (name: string): Key<"feed"> => key(name),
  configuration: (name: string): Key<"configuration"> => key(name),
  owner: (ownerId: string): Key<"owner"> => key(ownerId),
  exchange: (exchange: string): Key<"exchange"> => key(exchange),
  ownExchange: (exchange: string): Key<"ownExchange"> => key(exchange),
  status: (status: string): Key<"status"> => key(status),
  source: (source: string): Key<"source"> => key(source),
  identity: (source: string, identity: string): Key<"identity"> => key(source, identity),
  request: (accountId: string, requestId: string): Key<"request"> => key(accountId, requestId),
} as const;

/** What all keys of one account's records begin with; of one source's identities, too. */
export function accountPrefix(accountId: string): string {
  return accountId + KEY_SEPARATOR;
}

/** One line of the log. */
export interface LogRecord<Event = UpdateEvent> {
  readonly At: At;
  readonly Sequence: string;
  readonly Position: number;
  /** The update, completed by what the server fills in. Absent for a configuration, and for what could not be read. */
  readonly Update?: Event;
  /** What a feed configured, for a record of that. */
  readonly Configuration?: FeedConfiguration;
  /** On whose authority it was done, when the update itself does not say. */
  readonly Authority?: ClientAuthority;
  /** The text of a frame that could not be read but whose position could. */
  readonly Unreadable?: string;
  readonly Events: readonly Event[];
  /** Why the update changed nothing. */
  readonly Errors?: readonly ErrorText[];
}

/** The sequence of what comes by REST, as client requests, or from the OMS itself. */
export const OMS_SEQUENCE = "oms";

/** The sequence of metadata handed down by the System object. */
export const SYSTEM_SEQUENCE = "system";

/** The SDK: what programs use of an Edge OMS, in browsers, Node and Workers. */
export { Decimal } from "../protocol/decimal.ts";
export type { ErrorCode } from "../protocol/errors.ts";
export type * from "../protocol/messages/index.ts";
export { fromMicroseconds, readTimestamp, type Timestamp, toMicroseconds } from "../protocol/timestamp.ts";
export { OmsError, type OmsErrorKind, type StreamingErrorKind } from "./errors.ts";
export type { AccountName } from "./rest/accounts.ts";
export type { Moment, Positions, Time } from "./rest/address.ts";
export type { Answer, Done, Listing, Rows } from "./rest/answers.ts";
export type { Verification } from "./rest/audit.ts";
export type { BalanceName } from "./rest/balances.ts";
export { type Client, createClient } from "./rest/client.ts";
export type { ChannelSnapshot, Health } from "./rest/diagnostics.ts";
export type { EncodingName } from "./rest/encodings.ts";
export type { HoldingName } from "./rest/holdings.ts";
export type { ClientOptions, Fetch } from "./rest/http.ts";
export type { IdentityName } from "./rest/identities.ts";
export type {
  AccountLogOptions,
  CallOptions,
  CountOptions,
  EventAuditOptions,
  EventOptions,
  LogOptions,
  OwnerOptions,
  ReadOptions,
  Scope,
} from "./rest/options.ts";
export type { OrderName, OrderScope } from "./rest/orders.ts";
export type { LogRanges } from "./rest/ranges.ts";
export type { RetryOptions } from "./retry.ts";
export * from "./streaming/index.ts";
export type { Token } from "./token.ts";

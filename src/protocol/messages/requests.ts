/** What a client asks of an adapter, and what became of it. */
import {
  bool,
  choice,
  decimal,
  decimalItem,
  listOf,
  mapOf,
  message,
  type Of,
  one,
  optionalText,
  text,
  textItem,
  time,
} from "../fields.ts";
import { Account } from "./accounts.ts";
import { ClientQueueUpdateType, ClientRequestType, Lifetime, OrderType, Side } from "./enums.ts";
import { ClientAuthority } from "./identities.ts";
import { ID } from "./orders.ts";

/** Holds a request back in a named queue until somebody releases it or `ExpireAfter` passes. `Reason` is for people. */
export const ClientQueue = message("ClientQueue", {
  QueueID: optionalText(1),
  ExpireAfter: time(10),
  Reason: text(20),
});
export type ClientQueue = Of<typeof ClientQueue>;

/**
 * What became of a client request: an adapter's answer, or an operator's decision. Texts that are optional mean
 * something when they are empty, and nothing when they are absent. `Route` is the feed, `Target` the queue that it
 * waits in.
 */
export const ClientRequestUpdate = message("ClientRequestUpdate", {
  RequestID: text(1),
  Account: one(2, Account),
  OrderID: optionalText(3),
  ExternalID: optionalText(4),
  Authorities: mapOf(9, ClientAuthority),
  Status: optionalText(10),
  Errors: listOf(11, textItem),
  Text: optionalText(12),
  Target: one(13, ClientQueue),
  Route: optionalText(14),
  IsCompleted: bool(20),
});
export type ClientRequestUpdate = Of<typeof ClientRequestUpdate>;

/** What is to be done with a request that waits in a queue: changed, or replaced. */
export const ClientQueueUpdate = message("ClientQueueUpdate", {
  Type: choice(1, ClientQueueUpdateType),
  Update: one(10, ClientRequestUpdate),
});
export type ClientQueueUpdate = Of<typeof ClientQueueUpdate>;

/** Asks for a new order. Without a `Price` it has no limit. */
export const OrderNew = message("OrderNew", {
  Code: text(10),
  Exchange: text(11),
  CfiCode: text(19),
  Side: choice(20, Side),
  OrderType: choice(21, OrderType),
  Price: decimal(22),
  Quantity: decimal(23),
  Lifetime: choice(24, Lifetime),
  ExpiryDate: time(25),
  ExDestination: text(26),
  FeeCodes: mapOf(30, textItem),
});
export type OrderNew = Of<typeof OrderNew>;

/**
 * Asks for other terms of an order: a full replacement of them. Code, Exchange and Side must be those of the order.
 * `Quantity` is the new total, what is executed included. `PrevRequestID` is the request that made the present terms.
 */
export const OrderAmend = message("OrderAmend", {
  OrderID: text(1),
  PrevRequestID: text(2),
  Code: text(10),
  Exchange: text(11),
  CfiCode: text(19),
  Side: choice(20, Side),
  OrderType: choice(21, OrderType),
  Price: decimal(22),
  Quantity: decimal(23),
  Lifetime: choice(24, Lifetime),
  ExpiryDate: time(25),
  ExDestination: text(26),
  FeeCodes: mapOf(30, textItem),
});
export type OrderAmend = Of<typeof OrderAmend>;

/** Asks for the end of what is left of an order. The other fields repeat the order's, for adapters that need them. */
export const OrderCancel = message("OrderCancel", {
  OrderID: text(1),
  PrevRequestID: text(2),
  Code: text(10),
  Exchange: text(11),
  CfiCode: text(19),
  Side: choice(20, Side),
  Quantity: decimal(23),
  ExDestination: text(26),
});
export type OrderCancel = Of<typeof OrderCancel>;

/** Asks that an order belong to another account: the request's Account is the target, `PrevAccount` the present one. */
export const OrderMove = message("OrderMove", {
  OrderID: text(1),
  PrevRequestID: text(2),
  PrevAccount: one(3, Account),
  Code: text(10),
  Exchange: text(11),
  CfiCode: text(19),
  Side: choice(20, Side),
  ExDestination: text(26),
});
export type OrderMove = Of<typeof OrderMove>;

/** Asks for cash to be moved between the account and the outside: `Value` is signed, negative for a withdrawal. */
export const ClientCashTransfer = message("ClientCashTransfer", {
  Currency: text(10),
  ExternalAccount: optionalText(12),
  Value: decimal(19),
  ExDestination: text(26),
  FeeCodes: mapOf(30, textItem),
});
export type ClientCashTransfer = Of<typeof ClientCashTransfer>;

/**
 * What a client asks of an adapter. Type says which of the other fields is meant. `RequestID` is the client's own,
 * unique in its account, and makes a repetition harmless. `IsValidate` asks for the checks alone. `Values` and
 * `Properties` are for the adapter, but `Properties.Currency` names the currency and `Values.ReservePrice` what an
 * unpriced buy reserves at.
 */
export const ClientRequest = message("ClientRequest", {
  Type: choice(1, ClientRequestType),
  RequestID: text(2),
  Account: one(3, Account),
  IsValidate: bool(5),
  Timestamp: time(7),
  Queue: one(8, ClientQueue),
  Authorities: mapOf(9, ClientAuthority),
  New: one(10, OrderNew),
  Amend: one(11, OrderAmend),
  Cancel: one(12, OrderCancel),
  Move: one(13, OrderMove),
  CashTransfer: one(20, ClientCashTransfer),
  Values: mapOf(30, decimalItem),
  Properties: mapOf(31, textItem),
  IDs: listOf(32, ID),
  Update: one(100, ClientQueueUpdate),
});
export type ClientRequest = Of<typeof ClientRequest>;

/**
 * The answer to a client request: the adapter's, or the OMS's where nobody supplies the feed. No `Errors` means taken;
 * `Parameters` and `Values` are what a validation found out.
 */
export const ClientRequestResponse = message("ClientRequestResponse", {
  Type: choice(1, ClientRequestType),
  RequestID: text(2),
  Account: one(3, Account),
  OrderID: text(8),
  Status: text(10),
  Errors: listOf(11, textItem),
  Parameters: mapOf(19, textItem),
  Values: mapOf(30, decimalItem),
});
export type ClientRequestResponse = Of<typeof ClientRequestResponse>;

/** The whole state of a client request: what was asked and what has become of it. */
export const ClientRequestState = message("ClientRequestState", {
  Request: one(1, ClientRequest),
  ExternalID: text(2),
  OrderID: text(3),
  Timestamp: time(7),
  Status: text(10),
  Errors: listOf(11, textItem),
  Text: text(12),
  Route: text(14),
  IsCompleted: bool(20),
});
export type ClientRequestState = Of<typeof ClientRequestState>;

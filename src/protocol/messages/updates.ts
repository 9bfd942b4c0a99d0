/** Updates, events, and the record that keeps them. */
import { choice, int64, listOf, message, type Of, one, text, textItem, time } from "../fields.ts";
import { ExternalActionType, ExternalActionVersion, UpdateAction, UpdateEventType } from "./enums.ts";
import { FeedConfiguration, FeedDetails } from "./feed-status.ts";
import { ClientAuthority } from "./identities.ts";
import { Operation } from "./operations.ts";
import { OrderState, OrderTrade, OrderUpdate } from "./orders.ts";
import { AssetPosition, CashPosition } from "./positions.ts";
import { ClientRequest, ClientRequestState, ClientRequestUpdate } from "./requests.ts";
import { AssetTransfer, CashTransfer, ClientTransaction, TransactionDetails } from "./transactions.ts";

/**
 * What happened outside: an order's new state, with the trade that caused it where there is one, or a transfer. Type
 * says which of the other fields is meant.
 */
export const ExternalAction = message("ExternalAction", {
  Version: choice(1, ExternalActionVersion),
  Type: choice(2, ExternalActionType),
  Order: one(10, OrderState),
  Update: one(11, OrderUpdate),
  Trade: one(12, OrderTrade),
  Transaction: one(20, TransactionDetails),
  CashTransfer: one(21, CashTransfer),
  AssetTransfer: one(22, AssetTransfer),
});
export type ExternalAction = Of<typeof ExternalAction>;

/**
 * An update, or an event that one caused: Type says which of the other fields it is. Operation to Status are updates;
 * Holding to Transaction are events that carry the whole new state of one record, or, when `UpdateAction` is Remove,
 * the last state of one that is gone.
 */
export const UpdateEvent = message("UpdateEvent", {
  Type: choice(1, UpdateEventType),
  UpdateAction: choice(2, UpdateAction),
  Operation: one(10, Operation),
  Action: one(11, ExternalAction),
  ClientRequest: one(12, ClientRequest),
  ClientRequestUpdate: one(13, ClientRequestUpdate),
  Status: one(19, FeedDetails),
  Holding: one(20, AssetPosition),
  Balance: one(21, CashPosition),
  Order: one(22, OrderState),
  Request: one(23, ClientRequestState),
  Transaction: one(24, ClientTransaction),
});
export type UpdateEvent = Of<typeof UpdateEvent>;

/**
 * One update as it was applied: its sequence, its position there (`ID`), and when. Ours: `Errors` say why an update
 * that is kept changed nothing, `Authority` on whose authority it was done when the update itself does not. In place of
 * an update there may be what a feed configured, or the text of a frame that could not be read but had a position: of a
 * binary one, a data URL.
 */
export const AuditRecord = message("AuditRecord", {
  Sequence: text(1),
  ID: int64(2),
  Timestamp: time(9),
  Update: one(10, UpdateEvent),
  Errors: listOf(1000, textItem),
  Authority: one(1001, ClientAuthority),
  Unreadable: text(1002),
  Configuration: one(1003, FeedConfiguration),
});
export type AuditRecord = Of<typeof AuditRecord>;

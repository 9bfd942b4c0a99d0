/** Operations on records and metadata. */
import { choice, mapOf, message, type Of, one, text, textItem, time } from "../fields.ts";
import { AccountDetails, AccountTransform } from "./accounts.ts";
import { OperationType, OperationVersion, TransformType } from "./enums.ts";
import { IdentitySource, Permissions } from "./identities.ts";
import { ExchangeDetails, OwnerDetails, OwnerTransform, RequestStatusDetails } from "./metadata.ts";

/**
 * Changes many orders at once, or renames a symbol or a currency (rules X1, X2). Exchange, Code, Group and OrderStatus
 * choose the orders or name what is renamed, empty meaning all; orders later than `NotAfter` are exempt; `RemoveAfter`
 * is set on what is restated.
 */
export const Transform = message("Transform", {
  TransformID: text(1),
  Code: text(4),
  Exchange: text(5),
  Timestamp: time(13),
  Parameters: mapOf(15, textItem),
  OrderStatus: text(20),
  TransformType: choice(21, TransformType),
  Text: text(25),
  NotAfter: time(35),
  RemoveAfter: time(36),
  Group: text(37),
});
export type Transform = Of<typeof Transform>;

/** What a REST caller adds to a transform that is named by the address: its own id and a comment for the log. */
export const TransformRequest = message("TransformRequest", {
  TransformID: text(1),
  Comments: text(10),
});
export type TransformRequest = Of<typeof TransformRequest>;

/**
 * An operation on accounts, owners, exchanges, statuses or permissions. Type says which of the other fields is meant;
 * to undefine something, only its key is looked at.
 */
export const Operation = message("Operation", {
  Version: choice(1, OperationVersion),
  Type: choice(2, OperationType),
  Transform: one(10, Transform),
  AccountTransform: one(11, AccountTransform),
  OwnerDetails: one(20, OwnerDetails),
  OwnerTransform: one(21, OwnerTransform),
  AccountDetails: one(25, AccountDetails),
  ExchangeDetails: one(30, ExchangeDetails),
  RequestStatus: one(31, RequestStatusDetails),
  Permissions: one(40, Permissions),
  IdentitySource: one(41, IdentitySource),
});
export type Operation = Of<typeof Operation>;

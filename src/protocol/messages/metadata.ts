/** What is common to tenants: exchanges, statuses, owners. */
import { bool, choice, listOf, mapOf, message, type Of, text, textItem } from "../fields.ts";
import { OwnerTransformType } from "./enums.ts";

/**
 * What an exchange's order status means: whether the order is finished, in transition or handled by hand, and which
 * requests and trades are possible in it. The rules read it where a transform sets a status (rule X1).
 */
export const OrderStatusDetails = message("OrderStatusDetails", {
  Code: text(1),
  Name: text(10),
  IsNormal: bool(20),
  IsManual: bool(21),
  IsTransition: bool(22),
  IsCompleted: bool(23),
  CanAmend: bool(30),
  CanCancel: bool(31),
  CanMove: bool(32),
  CanTrade: bool(39),
});
export type OrderStatusDetails = Of<typeof OrderStatusDetails>;

/** A place where an exchange's orders are executed, and the feed that requests for it are routed to (`Route`). */
export const ExchangeDestination = message("ExchangeDestination", {
  ExDestination: text(1),
  Route: text(10),
  Metadata: mapOf(19, textItem),
  IsLit: bool(20),
  LitSource: text(21),
});
export type ExchangeDestination = Of<typeof ExchangeDestination>;

/** An exchange: where its orders may go and what their statuses mean. `Metadata` holds what vetting needs to know. */
export const ExchangeDetails = message("ExchangeDetails", {
  Exchange: text(5),
  Destinations: listOf(12, ExchangeDestination),
  Metadata: mapOf(19, textItem),
  OrderStatuses: listOf(20, OrderStatusDetails),
});
export type ExchangeDetails = Of<typeof ExchangeDetails>;

/**
 * What the status of a client request means: whether it is finished or in transition, and whether a request in it may
 * still be amended or cancelled.
 */
export const RequestStatusDetails = message("RequestStatusDetails", {
  Code: text(1),
  Name: text(10),
  IsNormal: bool(20),
  IsManual: bool(21),
  IsTransition: bool(22),
  IsCompleted: bool(23),
  CanAmend: bool(30),
  CanCancel: bool(31),
});
export type RequestStatusDetails = Of<typeof RequestStatusDetails>;

/** Where an owner's cash transfers go: the feed (`Route`) that carries them out. */
export const TransferDestination = message("TransferDestination", {
  ExDestination: text(1),
  Route: text(10),
});
export type TransferDestination = Of<typeof TransferDestination>;

/** A tenant: a namespace of account codes with a log of its own. `Destinations` say who carries out its transfers. */
export const OwnerDetails = message("OwnerDetails", {
  OwnerID: text(1),
  Name: text(10),
  Destinations: listOf(12, TransferDestination),
  Metadata: mapOf(19, textItem),
});
export type OwnerDetails = Of<typeof OwnerDetails>;

/** Renames an owner. `OwnerID` is the present name; the new one is in Parameters. */
export const OwnerTransform = message("OwnerTransform", {
  Type: choice(1, OwnerTransformType),
  TransformID: text(2),
  Parameters: mapOf(15, textItem),
  Text: text(25),
  OwnerID: text(39),
});
export type OwnerTransform = Of<typeof OwnerTransform>;

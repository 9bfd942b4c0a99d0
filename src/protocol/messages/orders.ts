/** Orders and their trades. */
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
  text,
  textItem,
  time,
} from "../fields.ts";
import { Account } from "./accounts.ts";
import { Lifetime, OrderTradeType, OrderType, OrderUpdateReason, OrderUpdateType, Side } from "./enums.ts";

/** A named set of identifiers that other systems use for the same thing. */
export const ID = message("ID", {
  Name: text(1),
  Values: mapOf(2, textItem),
});
export type ID = Of<typeof ID>;

/**
 * One side of one fill: `Quantity` is positive whichever side it is, `Price` is per unit in the order's currency,
 * `AdditionalFunds` are fees and taxes by name, negative for a refund. A Correction carries the complete new content, a
 * Cancel only the TradeID counts of (rules T3-T5).
 */
export const OrderTrade = message("OrderTrade", {
  TradeID: text(1),
  Type: choice(10, OrderTradeType),
  Price: decimal(11),
  Quantity: decimal(12),
  ExDestination: text(13),
  AdditionalFunds: mapOf(14, decimalItem),
});
export type OrderTrade = Of<typeof OrderTrade>;

/**
 * The whole state of an order; each one replaces the last (rule O1). `Quantity` and `ExecutedQuantity` are totals over
 * its life, `Price` is the limit per unit, `AdditionalFunds` and `ExecutedAdditionalFunds` what it may cost and has
 * cost beside the price, by name. `Created` is kept from first sight; `RemoveAfter` says when it goes: zero means at
 * once, absent means never (rule O6). `Values`, `Properties`, `IDs` and `FeeCodes` are carried, not interpreted.
 */
export const OrderState = message("OrderState", {
  OrderID: text(1),
  Account: one(2, Account),
  ExternalID: text(8),
  RequestID: text(9),
  Code: text(10),
  Exchange: text(11),
  Currency: text(12),
  Group: text(13),
  CfiCode: text(19),
  Side: choice(20, Side),
  OrderType: choice(21, OrderType),
  Price: decimal(22),
  Quantity: decimal(23),
  Lifetime: choice(24, Lifetime),
  ExpiryDate: time(25),
  ExDestination: text(26),
  AdditionalFunds: mapOf(29, decimalItem),
  Values: mapOf(30, decimalItem),
  Properties: mapOf(31, textItem),
  IDs: listOf(32, ID),
  FeeCodes: mapOf(39, textItem),
  Created: time(40),
  Timestamp: time(41),
  ExecutedValue: decimal(42),
  ExecutedQuantity: decimal(43),
  ExecutedAdditionalFunds: mapOf(44, decimalItem),
  IsCompleted: bool(47),
  Errors: listOf(48, textItem),
  Status: text(49),
  RemoveAfter: time(50),
});
export type OrderState = Of<typeof OrderState>;

/**
 * Why an order's state changed. It is recorded and passed on; the rules read `PreviousAccount` alone, which says that
 * the order moved (rule O5).
 */
export const OrderUpdate = message("OrderUpdate", {
  UpdateID: text(1),
  PreviousAccount: one(9, Account),
  Type: choice(10, OrderUpdateType),
  Reason: choice(11, OrderUpdateReason),
  Values: mapOf(30, decimalItem),
  Properties: mapOf(31, textItem),
  IDs: listOf(32, ID),
});
export type OrderUpdate = Of<typeof OrderUpdate>;

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

export const ID = message("ID", {
  Name: text(1),
  Values: mapOf(2, textItem),
});
export type ID = Of<typeof ID>;

export const OrderTrade = message("OrderTrade", {
  TradeID: text(1),
  Type: choice(10, OrderTradeType),
  Price: decimal(11),
  Quantity: decimal(12),
  ExDestination: text(13),
  AdditionalFunds: mapOf(14, decimalItem),
});
export type OrderTrade = Of<typeof OrderTrade>;

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

/** Transfers, settlements, and the transactions that clients are shown. */
import {
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
import { ClientTransactionType, SettlementStatus } from "./enums.ts";
import { ClientAuthority } from "./identities.ts";
import { ID } from "./orders.ts";

export const TransactionDetails = message("TransactionDetails", {
  TransactionID: text(1),
  Account: one(2, Account),
  Authorities: mapOf(9, ClientAuthority),
  Values: mapOf(30, decimalItem),
  Properties: mapOf(31, textItem),
  IDs: listOf(32, ID),
  Timestamp: time(40),
});
export type TransactionDetails = Of<typeof TransactionDetails>;

export const CashTransfer = message("CashTransfer", {
  Currency: text(10),
  Pool: optionalText(11),
  ExternalAccount: optionalText(12),
  AdditionalFunds: mapOf(14, decimalItem),
  Value: decimal(19),
  Settlement: choice(20, SettlementStatus),
});
export type CashTransfer = Of<typeof CashTransfer>;

export const AssetTransfer = message("AssetTransfer", {
  OrderID: optionalText(1),
  Code: text(10),
  Exchange: text(11),
  Value: decimal(19),
  ExDestination: text(26),
});
export type AssetTransfer = Of<typeof AssetTransfer>;

export const CashAdjustment = message("CashAdjustment", {
  Currency: text(10),
  Pool: optionalText(11),
  Value: decimal(19),
  Reason: text(20),
  Settlement: choice(21, SettlementStatus),
});
export type CashAdjustment = Of<typeof CashAdjustment>;

export const AssetAdjustment = message("AssetAdjustment", {
  Code: text(10),
  Exchange: text(11),
  Value: decimal(19),
  Reason: text(20),
});
export type AssetAdjustment = Of<typeof AssetAdjustment>;

export const ClientTransaction = message("ClientTransaction", {
  Type: choice(1, ClientTransactionType),
  Details: one(10, TransactionDetails),
  CashTransfer: one(20, CashTransfer),
  AssetTransfer: one(21, AssetTransfer),
  AssetAdjustment: one(30, AssetAdjustment),
  CashAdjustment: one(31, CashAdjustment),
});
export type ClientTransaction = Of<typeof ClientTransaction>;

export const CashTransferRequest = message("CashTransferRequest", {
  Transaction: one(1, TransactionDetails),
  Transfer: one(10, CashTransfer),
});
export type CashTransferRequest = Of<typeof CashTransferRequest>;

export const AssetTransferRequest = message("AssetTransferRequest", {
  Transaction: one(1, TransactionDetails),
  Transfer: one(10, AssetTransfer),
});
export type AssetTransferRequest = Of<typeof AssetTransferRequest>;

export const CashSettlementRecord = message("CashSettlementRecord", {
  Owner: text(1),
  Account: text(2),
  Currency: text(3),
  ExpectedBalance: decimal(10),
  Settle: decimal(11),
});
export type CashSettlementRecord = Of<typeof CashSettlementRecord>;

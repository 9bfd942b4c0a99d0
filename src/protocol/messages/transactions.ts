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

/**
 * Whose transaction it is and how it is known: `TransactionID` is unique in its account for ever (rule C3) and makes a
 * repetition harmless; an empty one is generated. `Values.Price` prices an asset transfer (rule H2).
 */
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

/**
 * A movement of cash: `Value` is signed, and `AdditionalFunds` (fees by name) are taken from it. Settlement says
 * whether it changes the Balance, what is unbooked, or moves from one to the other (rule C1). With a `Pool` it changes
 * that pool instead (rule C2).
 */
export const CashTransfer = message("CashTransfer", {
  Currency: text(10),
  Pool: optionalText(11),
  ExternalAccount: optionalText(12),
  AdditionalFunds: mapOf(14, decimalItem),
  Value: decimal(19),
  Settlement: choice(20, SettlementStatus),
});
export type CashTransfer = Of<typeof CashTransfer>;

/** A movement of a security: `Value` is a signed quantity. */
export const AssetTransfer = message("AssetTransfer", {
  OrderID: optionalText(1),
  Code: text(10),
  Exchange: text(11),
  Value: decimal(19),
  ExDestination: text(26),
});
export type AssetTransfer = Of<typeof AssetTransfer>;

/** A correction of cash: `Value` is the signed difference, funds included; `Reason` says why (rule E1). */
export const CashAdjustment = message("CashAdjustment", {
  Currency: text(10),
  Pool: optionalText(11),
  Value: decimal(19),
  Reason: text(20),
  Settlement: choice(21, SettlementStatus),
});
export type CashAdjustment = Of<typeof CashAdjustment>;

/** A correction of a holding: `Value` is the signed difference in quantity; `Reason` says why (rule E1). */
export const AssetAdjustment = message("AssetAdjustment", {
  Code: text(10),
  Exchange: text(11),
  Value: decimal(19),
  Reason: text(20),
});
export type AssetAdjustment = Of<typeof AssetAdjustment>;

/**
 * What changed an account's cash or holdings, as its client is shown it: a trade, a transfer, or the adjustment that a
 * corrected trade makes (rule E1). Signs are the account's: a buy has negative cash and positive assets.
 */
export const ClientTransaction = message("ClientTransaction", {
  Type: choice(1, ClientTransactionType),
  Details: one(10, TransactionDetails),
  CashTransfer: one(20, CashTransfer),
  AssetTransfer: one(21, AssetTransfer),
  AssetAdjustment: one(30, AssetAdjustment),
  CashAdjustment: one(31, CashAdjustment),
});
export type ClientTransaction = Of<typeof ClientTransaction>;

/** A cash transfer as a REST caller sends it. */
export const CashTransferRequest = message("CashTransferRequest", {
  Transaction: one(1, TransactionDetails),
  Transfer: one(10, CashTransfer),
});
export type CashTransferRequest = Of<typeof CashTransferRequest>;

/** An asset transfer as a REST caller sends it. */
export const AssetTransferRequest = message("AssetTransferRequest", {
  Transaction: one(1, TransactionDetails),
  Transfer: one(10, AssetTransfer),
});
export type AssetTransferRequest = Of<typeof AssetTransferRequest>;

/**
 * One line of a settlement: `Settle` (signed) moves from what is unbooked to the Balance. When `ExpectedBalance` is
 * given, the Balance before it must equal that, else the whole batch is refused (rule C4).
 */
export const CashSettlementRecord = message("CashSettlementRecord", {
  Owner: text(1),
  Account: text(2),
  Currency: text(3),
  ExpectedBalance: decimal(10),
  Settle: decimal(11),
});
export type CashSettlementRecord = Of<typeof CashSettlementRecord>;

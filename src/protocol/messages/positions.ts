/** Positions: cash (balances) and assets (holdings). */
import { decimal, decimalItem, mapOf, message, type Of, one, text } from "../fields.ts";
import { Account } from "./accounts.ts";

export const AssetPosition = message("AssetPosition", {
  Account: one(1, Account),
  Code: text(2),
  Exchange: text(3),
  Quantity: decimal(10),
  UnfilledSells: decimal(11),
  AveragePrice: decimal(20),
  Currency: text(21),
  Values: mapOf(30, decimalItem),
});
export type AssetPosition = Of<typeof AssetPosition>;

export const CashPosition = message("CashPosition", {
  Account: one(1, Account),
  Currency: text(2),
  Margin: decimal(5),
  Balance: decimal(10),
  UnbookedTransactions: decimal(11),
  UnfilledBuys: decimal(12),
  Values: mapOf(30, decimalItem),
});
export type CashPosition = Of<typeof CashPosition>;

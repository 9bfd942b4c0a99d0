/** Positions: cash (balances) and assets (holdings). */
import { decimal, decimalItem, mapOf, message, type Of, one, text } from "../fields.ts";
import { Account } from "./accounts.ts";

/**
 * A holding: how much of one security an account has, negative when short, and what open sells reserve of it
 * (`UnfilledSells`, a positive total). `AveragePrice` per unit in `Currency` is absent when flat or unknown (rules
 * H1-H3).
 */
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

/**
 * A balance: an account's cash in one currency. `Balance` is settled, `UnbookedTransactions` (signed) is traded but not
 * settled, `UnfilledBuys` (a positive total) is what open buys reserve, `Margin` may be drawn on beside it. Available
 * is Balance + UnbookedTransactions − UnfilledBuys + Margin (rule O4). `Values` are pools by name (rule C2).
 */
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

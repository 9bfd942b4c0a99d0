/** Trading accounts: what they are called and what is known of them. */
import { choice, listOf, mapOf, message, type Of, one, optionalText, text, textItem } from "../fields.ts";
import { AccountTransformType } from "./enums.ts";

/**
 * A Trading Account, `<OwnerID>/<AccountID>`: its owner and its code there. Both are case-sensitive; an OwnerID
 * contains neither `/` nor `@`, an AccountID may.
 */
export const Account = message("Account", {
  AccountID: text(3),
  OwnerID: text(39),
});
export type Account = Of<typeof Account>;

/**
 * What is known of an account. Its records exist without it: only `DefaultCurrency` has an effect, as the currency of
 * an order that names none (rule O8). Classification, Attributes and Categories are the owner's own words.
 */
export const AccountDetails = message("AccountDetails", {
  Account: one(1, Account),
  Name: text(10),
  Classification: text(11),
  DefaultCurrency: optionalText(19),
  Attributes: mapOf(20, textItem),
  Categories: listOf(21, textItem),
});
export type AccountDetails = Of<typeof AccountDetails>;

/**
 * Renames an account in everything that is live (rule X2); history and settlement keep the old name. `Account` is the
 * present name; the new one is in Parameters. `TransformID` is the caller's own, `Text` a comment for the log.
 */
export const AccountTransform = message("AccountTransform", {
  Type: choice(1, AccountTransformType),
  TransformID: text(2),
  Account: one(3, Account),
  Parameters: mapOf(15, textItem),
  Text: text(25),
});
export type AccountTransform = Of<typeof AccountTransform>;

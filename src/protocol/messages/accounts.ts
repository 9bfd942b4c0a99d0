/** Trading accounts: what they are called and what is known of them. */
import { choice, listOf, mapOf, message, type Of, one, optionalText, text, textItem } from "../fields.ts";
import { AccountTransformType } from "./enums.ts";

export const Account = message("Account", {
  AccountID: text(3),
  OwnerID: text(39),
});
export type Account = Of<typeof Account>;

export const AccountDetails = message("AccountDetails", {
  Account: one(1, Account),
  Name: text(10),
  Classification: text(11),
  DefaultCurrency: optionalText(19),
  Attributes: mapOf(20, textItem),
  Categories: listOf(21, textItem),
});
export type AccountDetails = Of<typeof AccountDetails>;

export const AccountTransform = message("AccountTransform", {
  Type: choice(1, AccountTransformType),
  TransformID: text(2),
  Account: one(3, Account),
  Parameters: mapOf(15, textItem),
  Text: text(25),
});
export type AccountTransform = Of<typeof AccountTransform>;

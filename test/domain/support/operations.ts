/** Operations as on the wire, with short defaults. */
import { type AccountName, accountOnTheWire } from "./adapter.ts";
import { DEFAULTS } from "./notation.ts";

export interface OperationOnTheWire {
  readonly Type: string;
  readonly [part: string]: unknown;
}

/** A transform of orders, or a rename of a symbol or a currency; its fields as on the wire. */
export function transform(Transform: object): OperationOnTheWire {
  return { Type: "OperationType_Transform", Transform };
}

/** A symbol gets another code. */
export function symbolRename(
  Code: string,
  newCode: string,
  { Exchange = DEFAULTS.Exchange, TransformID }: { readonly Exchange?: string; readonly TransformID?: string } = {},
): OperationOnTheWire {
  return transform({ TransformID, TransformType: "RENAME_SYMBOL", Exchange, Code, Parameters: { newCode } });
}

export function currencyRename(Code: string, newCode: string): OperationOnTheWire {
  return transform({ TransformType: "RENAME_CURRENCY", Code, Parameters: { newCode } });
}

export function accountRename(account: AccountName, newAccount: string, fields: object = {}): OperationOnTheWire {
  const Account = accountOnTheWire(account);
  const AccountTransform = { Type: "Rename", Account, Parameters: { newAccount }, ...fields };
  return { Type: "OperationType_TransformAccount", AccountTransform };
}

/** One of the Owner's own exchanges, with what its statuses mean. */
export function exchangeDefinition(Exchange: string, OrderStatuses: readonly object[]): OperationOnTheWire {
  return { Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange, OrderStatuses } };
}

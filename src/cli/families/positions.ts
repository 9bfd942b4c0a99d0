/** What cash and assets have in common. */
import { Refusal } from "../../protocol/errors.ts";
import type { Account, TransactionDetails } from "../../protocol/messages/index.ts";
import type { OptionTable } from "../command.ts";
import { type AccountName, writeAccountName } from "../records/account-names.ts";

export const TRANSFER_FILE: OptionTable = {
  file: { kind: "text", alias: "f", describe: "A CSV file of transfers, - for stdin; each with a TransactionID" },
};

interface OfAccount {
  readonly Account?: Account | undefined;
}

/** The account of a position. Throws Refusal `Field.Missing Account`. */
export function named({ Account }: OfAccount): AccountName {
  const { OwnerID, AccountID } = Account ?? {};
  if (OwnerID === undefined || AccountID === undefined) throw new Refusal("Field.Missing", "Account");
  return { OwnerID, AccountID };
}

export function nameOfPosition({ Account = {} }: OfAccount): string {
  return writeAccountName(Account);
}

/** A transfer of a file is known by an id that the file says: so a file may be sent again. Throws Refusal. */
export function requireTransactionId(transaction: TransactionDetails | undefined): void {
  if (transaction?.TransactionID === undefined) throw new Refusal("Field.Missing", "Transaction.TransactionID");
}

/** How an account is written: `owner/account`. An OwnerID holds no slash, so the first one parts them. */
import { UsageError } from "../usage.ts";

/** An account by its two names. */
export interface AccountName {
  readonly OwnerID: string;
  readonly AccountID: string;
}

/** An Account of the protocol as one text; what is missing of it is empty. */
export function writeAccountName({ OwnerID = "", AccountID = "" }: Partial<AccountName>): string {
  const canBeParted = !OwnerID.includes("/") && !OwnerID.startsWith("{");
  return canBeParted ? `${OwnerID}/${AccountID}` : JSON.stringify({ OwnerID, AccountID });
}

/** The account that a text names, as JSON for the protocol's decoder, which judges what is missing. */
export function readAccountName(text: string): unknown {
  const slash = text.indexOf("/");
  return slash < 0 ? text : { OwnerID: text.slice(0, slash), AccountID: text.slice(slash + 1) };
}

/** The account that a person names: `owner/account`, or the account alone where the Owner is known otherwise. */
export function accountNamed(text: string, owner: string | undefined): AccountName {
  const slash = text.indexOf("/");
  const name =
    slash < 0
      ? { OwnerID: owner ?? "", AccountID: text }
      : { OwnerID: text.slice(0, slash), AccountID: text.slice(slash + 1) };
  if (name.OwnerID === "")
    throw new UsageError(`Whose account is '${text}'? Write OWNER/${text}, or name it with --owner.`);
  if (name.AccountID === "") throw new UsageError(`'${text}' names no account.`);
  return name;
}

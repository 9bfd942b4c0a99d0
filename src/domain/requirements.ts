/** What every update must name before a rule can be applied to it (rule O8). Paths begin at the update. */
import type { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Account } from "../protocol/messages/index.ts";
import type { Context } from "./changes.ts";

/** The content of a field that must be given. Throws Refusal `Field.Missing <path>`. */
export function required<Content>(content: Content | undefined, path: string): Content {
  if (content === undefined) throw new Refusal("Field.Missing", path);
  return content;
}

/** An id or code that a record is known by. Throws Refusal `Field.Missing`, or `Field.Invalid` when it is too long. */
export function requiredId(content: string | undefined, path: string): string {
  return checkedId(required(content, path), path);
}

/** An id or code that may be left out. Throws Refusal `Field.Invalid` when it is too long. */
export function checkedId(content: string, path: string): string {
  if (content.length > LIMITS.ID_CHARACTERS) throw new Refusal("Field.Invalid", path);
  return content;
}

/** Whether a text may be an id or code that a record is known by. */
export function isId(text: string): boolean {
  return text !== "" && text.length <= LIMITS.ID_CHARACTERS;
}

/** Ids that must be given and differ. Throws Refusal naming the first that is missing, too long, or there already. */
export function requiredDistinct(ids: readonly (string | undefined)[], pathOf: (index: number) => string): void {
  const seen = new Set<string>();
  for (const [index, content] of ids.entries()) {
    const id = requiredId(content, pathOf(index));
    if (seen.has(id)) throw new Refusal("Field.Invalid", pathOf(index));
    seen.add(id);
  }
}

/** Parameters of an operation that may only have certain names. Throws Refusal `Field.Unknown <path>.<name>`. */
export function onlyNamed(
  parameters: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
  path: string,
): void {
  const unknown = Object.keys(parameters ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Refusal("Field.Unknown", `${path}.${unknown}`);
}

/** A decimal that must be given and positive. Throws Refusal `Field.Missing` or `Field.Invalid` with its path. */
export function requiredPositive(content: Decimal | undefined, path: string): Decimal {
  const amount = required(content, path);
  if (amount.sign <= 0) throw new Refusal("Field.Invalid", path);
  return amount;
}

/** The AccountID of an account that must be one of this Owner. Throws Refusal `Field.Missing` or `Account`. */
export function ownAccountId(account: Account | undefined, path: string, context: Context): string {
  const { AccountID, OwnerID } = required(account, path);
  const accountId = requiredId(AccountID, `${path}.AccountID`);
  const ownerId = required(OwnerID, `${path}.OwnerID`);
  if (ownerId !== context.ownerId) throw new Refusal("Account", `${ownerId}/${accountId}`);
  return accountId;
}

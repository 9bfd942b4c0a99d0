/** What cash and assets have in common. */
import type { TransactionDetails } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import { newId } from "./caller.ts";
import type { Scope } from "./options.ts";

/** `/balance`, `/balance/for/XS`, `/balance/for/XS/A1`. */
export function scoped(kind: "balance" | "holding" | "order", { owner, account }: Scope): string {
  if (owner === undefined) return path`/${kind}`;
  return account === undefined ? path`/${kind}/for/${owner}` : path`/${kind}/for/${owner}/${account}`;
}

/** A transfer that is known by an id, so that sending it again does no harm. */
export function identified<Request extends { readonly Transaction?: TransactionDetails | undefined }>(
  request: Request,
): Request {
  const { Transaction } = request;
  if (Transaction === undefined || Transaction.TransactionID !== undefined) return request;
  return { ...request, Transaction: { ...Transaction, TransactionID: newId() } };
}

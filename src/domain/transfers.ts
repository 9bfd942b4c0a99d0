/** Cash and asset transfers, settlements among them (rules C1-C4, H2). */
import type { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import {
  type AssetTransfer,
  type CashTransfer,
  type ExternalAction,
  TransactionDetails,
} from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Balance, Changes } from "./changes.ts";
import { addMovement } from "./holdings.ts";
import { keyOf } from "./records.ts";
import { checkedId, ownAccountId, required, requiredId } from "./requirements.ts";
import { addedAmounts, sumOf } from "./reservation.ts";
import { knownTransfer, type TransferName, transferId } from "./transfer-names.ts";

/** The pool that is a field of its own. */
export const MARGIN_POOL = "Margin";

/** What a transfer became: its action with the id that it is known by, or nothing when it was known already. */
export type Transferred = { readonly action: ExternalAction; readonly repeated: boolean };

/** Applies a cash transfer. Throws Refusal `Transaction.Conflict`, `Settlement.Balance` with the actual balance, `Settlement`. */
export function transferCash(
  changes: Changes,
  action: ExternalAction,
  expectedBalance: Decimal | undefined,
): Transferred {
  const { transaction, accountId, transactionId } = readTransaction(changes, action);
  const transfer = required(action.CashTransfer, "Action.CashTransfer");
  const currency = requiredId(transfer.Currency, "Action.CashTransfer.Currency");
  const value = required(transfer.Value, "Action.CashTransfer.Value");
  const pool = checkedId(transfer.Pool ?? "", "Action.CashTransfer.Pool");
  const settlement = transfer.Settlement ?? "SettlementStatus_Booked";
  const completed: ExternalAction = { ...action, Transaction: transaction };
  const { Currency: _currency, Pool: _pool, ...content } = transfer;
  const name = { form: "cash", accountId, transactionId, currency, pool } as const;
  if (isRepeated(changes, name, transaction, content)) return { action: completed, repeated: true };

  const balance = changes.balance(accountId, currency);
  if (expectedBalance !== undefined && !expectedBalance.equals(balance.Balance)) {
    throw new Refusal("Settlement.Balance", balance.Balance.toString());
  }
  const settles = settlement === "SettlementStatus_Settle" || settlement === "SettlementStatus_Reverse";
  if (pool !== "" && settles) throw new Refusal("Settlement", pool);
  const effect = value.minus(sumOf(transfer.AdditionalFunds));
  const figures = pool === "" ? cashFigures(balance, settlement, value, effect) : poolFigures(balance, pool, effect);
  changes.setBalance(accountId, currency, figures);
  changes.transaction({ Type: "ClientTransactionType_CashTransfer", Details: transaction, CashTransfer: transfer });
  return { action: completed, repeated: false };
}

/** Applies an asset transfer: a movement at `Transaction.Values.Price`, or unpriced. */
export function transferAsset(changes: Changes, action: ExternalAction): Transferred {
  const { transaction, accountId, transactionId } = readTransaction(changes, action);
  const transfer = required(action.AssetTransfer, "Action.AssetTransfer");
  const code = requiredId(transfer.Code, "Action.AssetTransfer.Code");
  const exchange = requiredId(transfer.Exchange, "Action.AssetTransfer.Exchange");
  const quantity = required(transfer.Value, "Action.AssetTransfer.Value");
  const completed: ExternalAction = { ...action, Transaction: transaction };
  const { Exchange: _exchange, Code: _code, ...content } = transfer;
  const name = { form: "asset", accountId, transactionId, exchange, code } as const;
  if (isRepeated(changes, name, transaction, content)) return { action: completed, repeated: true };

  const price = transaction.Values?.Price;
  const currency =
    transaction.Properties?.Currency ?? changes.draft.record("account", keyOf.account(accountId))?.DefaultCurrency;
  if (!quantity.isZero) {
    const named = { currency: { name: currency ?? "", at: changes.context.at } };
    addMovement(
      changes,
      { accountId, exchange, code },
      {
        quantity,
        ...(price !== undefined && { price, ...(currency !== undefined && named) }),
      },
    );
  }
  changes.transaction({ Type: "ClientTransactionType_AssetTransfer", Details: transaction, AssetTransfer: transfer });
  return { action: completed, repeated: false };
}

function readTransaction(changes: Changes, action: ExternalAction) {
  const given = required(action.Transaction, "Action.Transaction");
  const accountId = ownAccountId(given.Account, "Action.Transaction.Account", changes.context);
  const transactionId = requiredId(given.TransactionID ?? changes.context.newId(), "Action.Transaction.TransactionID");
  const transaction = ordered(TransactionDetails, { ...given, TransactionID: transactionId });
  return { transaction, accountId, transactionId };
}

/**
 * Whether the transfer is known with this content; knows it if it is new (rule C3). What it is known by is no part of
 * the content: renames may have changed that, and a transfer is the same under each of its names.
 */
function isRepeated(
  { draft, context }: Changes,
  name: TransferName,
  { TransactionID, Account: _account, Timestamp: _when, Authorities: _who, ...details }: TransactionDetails,
  content: CashTransfer | AssetTransfer,
): boolean {
  const digest = context.digest(JSON.stringify([details, content]));
  const known = knownTransfer(draft, name);
  if (known === undefined) {
    draft.know("transfer", transferId(name), { At: context.at, Digest: digest });
    return false;
  }
  if (known.Digest !== digest) throw new Refusal("Transaction.Conflict", TransactionID);
  return true;
}

/** Rule C1. */
function cashFigures(
  { Balance, UnbookedTransactions }: Balance,
  settlement: NonNullable<CashTransfer["Settlement"]>,
  value: Decimal,
  effect: Decimal,
): Partial<Balance> {
  switch (settlement) {
    case "SettlementStatus_Booked":
      return { Balance: Balance.plus(effect) };
    case "SettlementStatus_Unbooked":
      return { UnbookedTransactions: UnbookedTransactions.plus(effect) };
    case "SettlementStatus_Settle":
      return { UnbookedTransactions: UnbookedTransactions.minus(value), Balance: Balance.plus(effect) };
    case "SettlementStatus_Reverse":
      return { UnbookedTransactions: UnbookedTransactions.plus(value), Balance: Balance.minus(effect) };
  }
}

/** Rule C2: a pool at zero disappears. */
function poolFigures({ Margin, Values }: Balance, pool: string, effect: Decimal): Partial<Balance> {
  if (pool === MARGIN_POOL) return { Margin: Margin.plus(effect) };
  return { Values: addedAmounts(Values, { [pool]: effect }) };
}

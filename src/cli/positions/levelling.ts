/**
 * Transfers that bring the figures of an account to what they should be: to zero, to clear it, or to what a file says.
 * What open orders reserve is theirs and cannot be transferred.
 */
import { Decimal } from "../../protocol/decimal.ts";
import type {
  Account,
  AssetPosition,
  AssetTransferRequest,
  CashPosition,
  CashTransferRequest,
} from "../../protocol/messages/index.ts";

/** The pool that the field Margin is (rule C2). */
const MARGIN = "Margin";

/**
 * Counter-transfers of cash, one for each figure that differs: the balance booked, what is unbooked unbooked, and each
 * pool. `id` begins their TransactionIDs, and must be new: the same figure may be levelled again later.
 */
export function levelCash(from: CashPosition, to: CashPosition, id: string): readonly CashTransferRequest[] {
  const { Account, Currency } = from;
  const transfer = (suffix: string, value: Decimal, kind: Partial<CashTransferRequest["Transfer"]>) =>
    value.isZero
      ? []
      : [
          {
            Transaction: { TransactionID: `${id}/${suffix}`, ...(Account !== undefined && { Account }) },
            Transfer: { ...(Currency !== undefined && { Currency }), Value: value, ...kind },
          },
        ];
  const pools = new Set([...Object.keys(from.Values ?? {}), ...Object.keys(to.Values ?? {})]);
  pools.delete(MARGIN);
  return [
    ...transfer("booked", difference(from.Balance, to.Balance), {}),
    ...transfer("unbooked", difference(from.UnbookedTransactions, to.UnbookedTransactions), {
      Settlement: "SettlementStatus_Unbooked",
    }),
    ...transfer("pool", difference(from.Margin, to.Margin), { Pool: MARGIN }),
    ...[...pools].sort().flatMap((Pool) => {
      return transfer("pool", difference(from.Values?.[Pool], to.Values?.[Pool]), { Pool });
    }),
  ];
}

/**
 * Transfers of a security, when its quantity or average price differs: all of it out, and what should be there in, at
 * its average price, because no other way gives a holding an average that is exactly so.
 */
export function levelAsset(from: AssetPosition, to: AssetPosition, id: string): readonly AssetTransferRequest[] {
  const { Account, Code, Exchange } = from;
  const [held, wanted] = [amount(from.Quantity), amount(to.Quantity)];
  if (held.equals(wanted) && (held.isZero || sameAverage(from, to))) return [];
  const asset = { ...(Code !== undefined && { Code }), ...(Exchange !== undefined && { Exchange }) };
  const out = { Transaction: transaction(`${id}/out`, Account), Transfer: { ...asset, Value: held.negated() } };
  const price = to.AveragePrice;
  const into = {
    Transaction: {
      ...transaction(`${id}/in`, Account),
      ...(price !== undefined && { Values: { Price: price } }),
      ...(price !== undefined && to.Currency !== undefined && { Properties: { Currency: to.Currency } }),
    },
    Transfer: { ...asset, Value: wanted },
  };
  return [...(held.isZero ? [] : [out]), ...(wanted.isZero ? [] : [into])];
}

function transaction(TransactionID: string, account: Account | undefined) {
  return { TransactionID, ...(account !== undefined && { Account: account }) };
}

function sameAverage(left: AssetPosition, right: AssetPosition): boolean {
  if (left.AveragePrice === undefined || right.AveragePrice === undefined) {
    return left.AveragePrice === right.AveragePrice;
  }
  return left.AveragePrice.equals(right.AveragePrice) && left.Currency === right.Currency;
}

function difference(from: Decimal | undefined, to: Decimal | undefined): Decimal {
  return amount(to).minus(amount(from));
}

function amount(figure: Decimal | undefined): Decimal {
  return figure ?? Decimal.ZERO;
}

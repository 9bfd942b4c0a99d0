/**
 * A second, slow and obvious implementation of the accounting rules, made from their text alone. It keeps nothing but
 * the list of the updates that were accepted, and works everything out from that list whenever it is asked; it shares
 * no arithmetic with what it checks. Where the rules leave open which of several reasons a refusal names, it takes any.
 */
import type { Conditions } from "../../src/domain/apply.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type {
  AccountDetails,
  ExternalAction,
  FeedDetails,
  Operation,
  OrderState,
  OrderTrade,
  UpdateEvent,
} from "../../src/protocol/messages/index.ts";
import { DEFAULTS } from "./support/notation.ts";
import { balancesOf, type Facts, timersOf } from "./support/oracle-books.ts";
import {
  dated,
  type Fact,
  gathered,
  renamedTransfer,
  renamingOf,
  tradeKey,
  transferKey,
  transformContent,
} from "./support/oracle-facts.ts";
import { holdingsOf } from "./support/oracle-holdings.ts";
import { Rational } from "./support/rational.ts";
import { type Figures, positionKey } from "./support/sums.ts";

export type Verdict = "applied" | "repeated" | { readonly refusedForAnyOf: readonly ErrorCode[] };

export interface Books {
  readonly balances: Figures;
  readonly holdings: Figures;
  readonly orders: Readonly<Record<string, OrderState>>;
  readonly accounts: Readonly<Record<string, AccountDetails>>;
  readonly feeds: Readonly<Record<string, FeedDetails>>;
  /** What each timer is for, and when it is due in ISO 8601. */
  readonly timers: readonly string[];
}

export class Oracle {
  readonly #accepted: Fact[];

  constructor(accepted: readonly Fact[] = []) {
    this.#accepted = [...accepted];
  }

  /** Another oracle that has seen the same. */
  fork(): Oracle {
    return new Oracle(this.#accepted);
  }

  /** Judges an update by what was accepted before. */
  judge(at: number, update: UpdateEvent, conditions: Conditions = {}): Verdict {
    return judged(gathered(this.#accepted), at, update, conditions);
  }

  /** Takes in an update that is to be applied. An id that was generated for it is known from then on (rule C3). */
  accept(at: number, update: UpdateEvent, generatedId: string | undefined): void {
    const { Action } = update;
    const isTransfer = Action?.CashTransfer !== undefined || Action?.AssetTransfer !== undefined;
    if (!isTransfer || Action.Transaction?.TransactionID !== undefined) this.#accepted.push({ at, update });
    else {
      const Transaction = { TransactionID: generatedId, ...Action.Transaction };
      this.#accepted.push({ at, update: { ...update, Action: { ...Action, Transaction } } });
    }
  }

  /** The state that all accepted updates amount to. */
  books(): Books {
    const facts = gathered(this.#accepted);
    return {
      balances: balancesOf(facts),
      holdings: holdingsOf(facts),
      orders: Object.fromEntries(facts.orders),
      accounts: Object.fromEntries(facts.accounts),
      feeds: Object.fromEntries(facts.feeds),
      timers: timersOf(facts),
    };
  }
}

// Judging.

function judged(facts: Facts, at: number, update: UpdateEvent, conditions: Conditions): Verdict {
  const { Action, Operation } = update;
  if (Operation?.Transform !== undefined || Operation?.AccountTransform !== undefined) {
    return judgedTransform(facts, at, Operation);
  }
  if (Action?.Type === "ExternalActionType_CashTransfer" || Action?.Type === "ExternalActionType_AssetTransfer") {
    return judgedTransfer(facts, Action, conditions);
  }
  if (Action !== undefined) return judgedOrder(facts, Action, conditions);
  return Operation === undefined ? judgedStatus(facts, at, update) : judgedOperation(facts, Operation, conditions);
}

function verdict(reasons: readonly ErrorCode[], repeated = false): Verdict {
  if (reasons.length > 0) return { refusedForAnyOf: reasons };
  return repeated ? "repeated" : "applied";
}

function reasonsOfAccount(account: OrderState["Account"]): readonly ErrorCode[] {
  if (account?.AccountID === undefined || account.OwnerID === undefined) return ["Field.Missing", "Account"];
  if (account.AccountID.length > LIMITS.ID_CHARACTERS) return ["Field.Invalid"];
  return account.OwnerID === DEFAULTS.Owner ? [] : ["Account"];
}

function reasonsOfIds(...ids: readonly (string | undefined)[]): readonly ErrorCode[] {
  return ids.some((id) => id !== undefined && id.length > LIMITS.ID_CHARACTERS) ? ["Field.Invalid"] : [];
}

function judgedOrder(facts: Facts, { Type, Order, Trade }: ExternalAction, { mustExist }: Conditions): Verdict {
  if (Order === undefined) return verdict(["Field.Missing"]);
  const reasons: ErrorCode[] = [...reasonsOfAccount(Order.Account)];
  reasons.push(...reasonsOfIds(Order.OrderID, Order.Exchange, Order.Code, Order.Currency, Trade?.TradeID));
  if (Order.OrderID === undefined) reasons.push("Field.Missing");
  if (Order.Side === undefined) reasons.push("Side");
  const byDefault = facts.accounts.get(Order.Account?.AccountID ?? "")?.DefaultCurrency;
  if ((Order.Currency ?? byDefault ?? "") === "") reasons.push("Field.Missing");
  const live = facts.orders.get(Order.OrderID ?? "");
  if (mustExist === true && live?.Account?.AccountID !== Order.Account?.AccountID) reasons.push("Unknown");
  if (Type !== "ExternalActionType_Trade") return verdict(reasons);
  if (Trade === undefined) return verdict([...reasons, "Field.Missing"]);

  const known = facts.trades.get(tradeKey(Order, Trade));
  if (Trade.TradeID === undefined) reasons.push("Field.Missing");
  if (Trade.Type !== "OrderTradeType_Cancel") {
    if (Trade.Price === undefined) reasons.push("Field.Missing");
    if (Trade.Quantity === undefined) reasons.push("Field.Missing", "Field.Invalid");
    else if (Rational.of(Trade.Quantity.toString()).sign <= 0) reasons.push("Field.Invalid");
  }
  switch (Trade.Type) {
    case "OrderTradeType_Trade":
      if (known === undefined) return verdict(reasons);
      return sameFigures(Trade, known.original) || sameFigures(Trade, known.content)
        ? verdict(reasons, true)
        : verdict([...reasons, "Trade.Duplicate"]);
    case "OrderTradeType_Correction":
      if (known === undefined) return verdict([...reasons, "Trade.Unknown"]);
      return verdict(known.cancelled ? [...reasons, "Trade.Cancelled"] : reasons);
    case "OrderTradeType_Cancel":
      if (known === undefined) return verdict([...reasons, "Trade.Unknown"]);
      return verdict(reasons, known.cancelled);
    default:
      return verdict([...reasons, "Field.Missing", "Field.Invalid"]);
  }
}

/** The same content, whether it came as a Trade or as its Correction. */
function sameFigures(left: OrderTrade, right: OrderTrade): boolean {
  return JSON.stringify({ ...left, Type: undefined }) === JSON.stringify({ ...right, Type: undefined });
}

function judgedTransfer(facts: Facts, action: ExternalAction, { expectedBalance }: Conditions): Verdict {
  const { Transaction: transaction, CashTransfer: cash, AssetTransfer: asset } = action;
  const reasons: ErrorCode[] = [...reasonsOfAccount(transaction?.Account)];
  reasons.push(...reasonsOfIds(transaction?.TransactionID, cash?.Currency, cash?.Pool, asset?.Exchange, asset?.Code));
  if ((cash ?? asset)?.Value === undefined) reasons.push("Field.Missing");
  if (cash !== undefined && cash.Currency === undefined) reasons.push("Field.Missing");
  if (asset !== undefined && (asset.Exchange === undefined || asset.Code === undefined)) reasons.push("Field.Missing");
  const settles = cash?.Settlement === "SettlementStatus_Settle" || cash?.Settlement === "SettlementStatus_Reverse";
  if (settles && (cash?.Pool ?? "") !== "") reasons.push("Settlement");

  const key = transaction?.TransactionID === undefined ? undefined : transferKey(action);
  const known = key === undefined ? undefined : facts.transfers.find(({ knownAs }) => knownAs.has(key));
  if (known !== undefined) {
    return transferContent(known.original) === transferContent(action)
      ? verdict(reasons, true)
      : verdict([...reasons, "Transaction.Conflict"]);
  }
  if (expectedBalance !== undefined) {
    const key = positionKey([transaction?.Account?.AccountID, cash?.Currency]);
    const balance = balancesOf(facts)[key]?.Balance ?? "0";
    if (balance !== Rational.of(expectedBalance.toString()).toString()) reasons.push("Settlement.Balance");
  }
  return verdict(reasons);
}

/** Rule C3: a transfer's content, without Timestamp and Authorities, and without what it is known by. */
function transferContent({ Type, Transaction, CashTransfer, AssetTransfer }: ExternalAction): string {
  const { Timestamp: _, Authorities: __, TransactionID: ___, Account: ____, ...transaction } = Transaction ?? {};
  const { Currency: _currency, Pool: _pool, ...cash } = CashTransfer ?? {};
  const { Exchange: _exchange, Code: _code, ...asset } = AssetTransfer ?? {};
  return JSON.stringify([Type, transaction, cash, asset]);
}

/** Rules X1 and X2. Only what a rename must not do is judged; what a transform must say is tested by itself. */
function judgedTransform(facts: Facts, at: number, operation: Operation): Verdict {
  const { TransformID } = operation.Transform ?? operation.AccountTransform ?? {};
  const known = TransformID === undefined ? undefined : facts.transforms.get(TransformID);
  const renaming = renamingOf(at, operation);
  const reasons: ErrorCode[] = renaming !== undefined && renaming.from === renaming.to ? ["Field.Invalid"] : [];
  if (known !== undefined) {
    const isSame = known === transformContent(operation);
    return isSame ? verdict(reasons, true) : verdict([...reasons, "Transform.Conflict"]);
  }
  if (renaming === undefined || reasons.length > 0) return verdict(reasons);
  const collides = facts.transfers.some((transfer) => {
    const renamed = renamedTransfer(transfer.action, renaming);
    const key = transferKey(renamed);
    return renamed !== transfer.action && facts.transfers.some((other) => other !== transfer && other.knownAs.has(key));
  });
  return collides ? { refusedForAnyOf: ["Transaction.Conflict"] } : "applied";
}

function judgedOperation(
  facts: Facts,
  { Type, AccountDetails: details, ExchangeDetails: exchange }: Operation,
  { mustExist }: Conditions,
): Verdict {
  if (exchange !== undefined) {
    const after = Type === "OperationType_DefineExchange" ? exchange : undefined;
    return verdict([], JSON.stringify(facts.exchanges.get(exchange.Exchange ?? "")) === JSON.stringify(after));
  }
  const reasons: ErrorCode[] = [...reasonsOfAccount(details?.Account)];
  const before = facts.accounts.get(details?.Account?.AccountID ?? "");
  if (mustExist === true && before === undefined) reasons.push("Unknown");
  const after = Type === "OperationType_DefineAccount" ? details : undefined;
  return verdict(reasons, JSON.stringify(before) === JSON.stringify(after));
}

function judgedStatus(facts: Facts, at: number, { Status, UpdateAction }: UpdateEvent): Verdict {
  if (Status?.FeedID === undefined) return verdict(["Field.Missing"]);
  if (Status.FeedID.length > LIMITS.ID_CHARACTERS) return verdict(["Field.Invalid"]);
  const before = facts.feeds.get(Status.FeedID);
  if (UpdateAction === "UpdateAction_Remove") return verdict([], before === undefined);
  const after = dated(Status, at);
  const unchanged =
    before?.Status === after.Status &&
    before?.Timestamp === after.Timestamp &&
    before?.ExpireAfter === after.ExpireAfter;
  return verdict([], before !== undefined && unchanged);
}

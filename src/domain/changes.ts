/**
 * The changes of one update: positions as they were and as they are, and the events that follow in the order of
 * rule E2. A position that did not change raises nothing; one whose every figure is zero is removed (rule H4).
 */

import { sameContent } from "../protocol/codec.ts";
import { Decimal } from "../protocol/decimal.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  ClientTransaction,
  OrderState,
  UpdateEvent,
} from "../protocol/messages/index.ts";
import type { Draft } from "./draft.ts";
import type { Budget } from "./progress.ts";
import { type At, type Key, keyOf } from "./records.ts";

/** What an update is applied in: passed in, so that the rules know no clock and no randomness. */
export interface Context {
  readonly ownerId: string;
  /** The At of the record being made. */
  readonly at: At;
  /** A collision-resistant digest of a text. */
  readonly digest: (text: string) => string;
  /** A new unique id. */
  readonly newId: () => string;
  /** How much one record may hold; absent: everything. */
  readonly budget?: Budget;
}

/** The keys by which a request was known, and is. */
export interface RequestMove {
  readonly from: Key<"request">;
  readonly to: Key<"request">;
}

interface Touched<State> {
  readonly before: State | undefined;
  now: State;
}

/** A balance with every figure present. */
export type Balance = CashPosition & Required<Pick<CashPosition, (typeof CASH_FIGURES)[number]>>;
/** A holding with its quantities present. */
export type Holding = AssetPosition & Required<Pick<AssetPosition, (typeof ASSET_FIGURES)[number]>>;

const CASH_FIGURES = ["Margin", "Balance", "UnbookedTransactions", "UnfilledBuys"] as const;
const ASSET_FIGURES = ["Quantity", "UnfilledSells"] as const;

export class Changes {
  readonly draft: Draft;
  readonly context: Context;
  readonly #balances = new Map<Key<"balance">, Touched<Balance>>();
  readonly #holdings = new Map<Key<"holding">, Touched<Holding>>();
  readonly #ordersRemoved: OrderState[] = [];
  readonly #ordersUpdated: OrderState[] = [];
  readonly #transactions: ClientTransaction[] = [];
  readonly #requests: UpdateEvent[] = [];
  /** The requests that are known by another key than before. */
  readonly requestsMoved: RequestMove[] = [];
  readonly #metadata: UpdateEvent[] = [];

  constructor(draft: Draft, context: Context) {
    this.draft = draft;
    this.context = context;
  }

  /** The balance of an account in a currency, zero if it never had one. */
  balance(accountId: string, currency: string): Balance {
    return this.#touchBalance(accountId, currency).now;
  }

  /** The holding of an account in an asset, zero if it never had one. */
  holding(accountId: string, exchange: string, code: string): Holding {
    return this.#touchHolding(accountId, exchange, code).now;
  }

  setBalance(accountId: string, currency: string, figures: Partial<Balance>): void {
    const touched = this.#touchBalance(accountId, currency);
    touched.now = { ...touched.now, ...figures };
  }

  setHolding(accountId: string, exchange: string, code: string, figures: Partial<Holding>): void {
    const touched = this.#touchHolding(accountId, exchange, code);
    touched.now = { ...touched.now, ...figures };
  }

  orderRemoved(order: OrderState): void {
    this.#ordersRemoved.push(order);
  }

  orderUpdated(order: OrderState): void {
    this.#ordersUpdated.push(order);
  }

  transaction(transaction: ClientTransaction): void {
    this.#transactions.push(transaction);
  }

  /** A request has come to a new state; one that is completed goes with it. */
  requestChanged(request: ClientRequestState): void {
    this.#requests.push(changedRequest(request));
  }

  /** A request is known by another key: it goes under the one, and its state under the other follows. */
  requestMoved(Request: ClientRequestState, move: RequestMove): void {
    this.#requests.push({ Type: "UpdateEventType_Request", ...REMOVE, Request });
    this.requestsMoved.push(move);
  }

  /** An event of metadata. */
  defined(event: UpdateEvent): void {
    this.#metadata.push(event);
  }

  /** Writes the changed positions to the draft and gives the events, those of an update that is one first (rule E2). */
  finish(update?: UpdateEvent): readonly UpdateEvent[] {
    return [
      ...(update === undefined ? [] : [update]),
      ...this.#ordersRemoved.map(removedOrder),
      ...this.#ordersUpdated.map((Order): UpdateEvent => ({ Type: "UpdateEventType_Order", Order })),
      ...this.#finishBalances(),
      ...this.#finishHoldings(),
      ...this.#transactions.map((Transaction): UpdateEvent => ({ Type: "UpdateEventType_Transaction", Transaction })),
      ...this.#requests,
      ...this.#metadata,
    ];
  }

  #touchBalance(accountId: string, currency: string): Touched<Balance> {
    const key = keyOf.balance(accountId, currency);
    let touched = this.#balances.get(key);
    if (touched === undefined) {
      const before = this.draft.record("balance", key);
      const Account = { AccountID: accountId, OwnerID: this.context.ownerId };
      const now = wholeBalance(before ?? { Account, Currency: currency });
      touched = { before: before && now, now };
      this.#balances.set(key, touched);
    }
    return touched;
  }

  #touchHolding(accountId: string, exchange: string, code: string): Touched<Holding> {
    const key = keyOf.holding(accountId, exchange, code);
    let touched = this.#holdings.get(key);
    if (touched === undefined) {
      const before = this.draft.record("holding", key);
      const fresh = {
        Account: { AccountID: accountId, OwnerID: this.context.ownerId },
        ...(code !== "" && { Code: code }),
        ...(exchange !== "" && { Exchange: exchange }),
      };
      const now = wholeHolding(before ?? fresh);
      touched = { before: before && now, now };
      this.#holdings.set(key, touched);
    }
    return touched;
  }

  #finishBalances(): UpdateEvent[] {
    return inKeyOrder(this.#balances).flatMap(([key, { before, now }]): UpdateEvent[] => {
      const isZero = CASH_FIGURES.every((figure) => now[figure].isZero) && now.Values === undefined;
      if (isUnchanged(before, now, isZero, sameBalance)) return [];
      this.draft.put("balance", key, isZero ? undefined : now);
      return [{ Type: "UpdateEventType_Balance", ...(isZero && REMOVE), Balance: now }];
    });
  }

  #finishHoldings(): UpdateEvent[] {
    return inKeyOrder(this.#holdings).flatMap(([key, { before, now }]): UpdateEvent[] => {
      const isZero = ASSET_FIGURES.every((figure) => now[figure].isZero) && now.Values === undefined;
      if (isUnchanged(before, now, isZero, sameHolding)) return [];
      this.draft.put("holding", key, isZero ? undefined : now);
      return [{ Type: "UpdateEventType_Holding", ...(isZero && REMOVE), Holding: now }];
    });
  }
}

const REMOVE = { UpdateAction: "UpdateAction_Remove" } as const;

/** A position that never was and is all zero, or that is as it was, raises nothing. */
function isUnchanged<State>(
  before: State | undefined,
  now: State,
  isZero: boolean,
  isSame: (before: State, now: State) => boolean,
): boolean {
  return before === undefined ? isZero : !isZero && isSame(before, now);
}

function changedRequest(Request: ClientRequestState): UpdateEvent {
  return { Type: "UpdateEventType_Request", ...(Request.IsCompleted === true && REMOVE), Request };
}

function removedOrder(Order: OrderState): UpdateEvent {
  return { Type: "UpdateEventType_Order", ...REMOVE, Order };
}

function inKeyOrder<K extends string, Value>(touched: ReadonlyMap<K, Value>): [K, Value][] {
  const entries = [...touched];
  return entries.length < 2 ? entries : entries.sort(([left], [right]) => (left < right ? -1 : 1));
}

// The figures are listed in the order of the wire contract, so that equal states are equal texts.

function wholeBalance({ Account, Currency, Values, ...figures }: CashPosition): Balance {
  return {
    Account,
    Currency,
    Margin: figures.Margin ?? Decimal.ZERO,
    Balance: figures.Balance ?? Decimal.ZERO,
    UnbookedTransactions: figures.UnbookedTransactions ?? Decimal.ZERO,
    UnfilledBuys: figures.UnfilledBuys ?? Decimal.ZERO,
    Values,
  };
}

function wholeHolding({ Account, Code, Exchange, Values, ...figures }: AssetPosition): Holding {
  return {
    Account,
    Code,
    Exchange,
    Quantity: figures.Quantity ?? Decimal.ZERO,
    UnfilledSells: figures.UnfilledSells ?? Decimal.ZERO,
    AveragePrice: figures.AveragePrice,
    Currency: figures.Currency,
    Values,
  };
}

function sameBalance(before: Balance, now: Balance): boolean {
  return (
    CASH_FIGURES.every((figure) => before[figure].equals(now[figure])) &&
    sameContent(before.Account, now.Account) &&
    sameContent(before.Values, now.Values)
  );
}

function sameHolding(before: Holding, now: Holding): boolean {
  return (
    ASSET_FIGURES.every((figure) => before[figure].equals(now[figure])) &&
    sameContent(before.AveragePrice, now.AveragePrice) &&
    before.Currency === now.Currency &&
    sameContent(before.Account, now.Account) &&
    sameContent(before.Values, now.Values)
  );
}

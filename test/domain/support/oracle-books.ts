/** The adding up of the oracle: cash and timers from all facts, nothing remembered between two questions. */
import type {
  AccountDetails,
  ExchangeDetails,
  ExternalAction,
  FeedDetails,
  OrderState,
  OrderTrade,
} from "../../../src/protocol/messages/index.ts";
import type { Line, NamedCurrency, Renaming } from "./oracle-names.ts";
import { orZero, Rational } from "./rational.ts";
import { add, addCash, type Figures, figure, positionKey, type Sums, total, withoutZeros } from "./sums.ts";

/** A trade as it stands: where it was booked, and what it says now (rules T2, T4, T5). */
export interface BookedTrade {
  /** Its place in the sequence is that of the original. */
  readonly at: number;
  readonly original: OrderTrade;
  readonly content: OrderTrade;
  /** Under which names, as they are now. */
  readonly order: OrderState;
  readonly cancelled: boolean;
  /** Where its movement lies, and in which currency it was said to be there. */
  readonly line: Line;
  readonly currency: NamedCurrency;
}

/** What all accepted updates together say, before anything is added up. */
export interface Facts {
  readonly accounts: ReadonlyMap<string, AccountDetails>;
  readonly feeds: ReadonlyMap<string, FeedDetails>;
  readonly exchanges: ReadonlyMap<string, ExchangeDetails>;
  readonly orders: ReadonlyMap<string, OrderState>;
  /** When the present state of each order was made. */
  readonly ordersMade: ReadonlyMap<string, number>;
  readonly trades: ReadonlyMap<string, BookedTrade>;
  readonly transfers: readonly Transfer[];
  /** The content of every transform by its id. */
  readonly transforms: ReadonlyMap<string, string>;
  readonly renamings: readonly Renaming[];
}

export interface Transfer {
  readonly at: number;
  /** Under its names as they are now. */
  readonly action: ExternalAction;
  /** Under its names as they were. */
  readonly original: ExternalAction;
  /** What a priced asset transfer is priced in. */
  readonly pricedIn: string | undefined;
  /** All that it was ever known by (rule C3). */
  readonly knownAs: ReadonlySet<string>;
}

/** 1 for what buys, −1 for what sells, 0 for what moves nothing (rule O3). */
export function direction({ Side }: OrderState): Rational {
  switch (Side) {
    case "SIDE_BUY":
      return Rational.of(1);
    case "SIDE_SELL":
    case "SIDE_SHORTSELL":
    case "SIDE_SHORTSELL_EXEMPT":
      return Rational.of(-1);
    default:
      return Rational.ZERO;
  }
}

/** All balances, worked out from all facts. */
export function balancesOf({ orders, trades, transfers }: Facts): Figures {
  const sums: Sums = new Map();
  for (const { content, order, cancelled } of trades.values()) {
    const sign = direction(order);
    if (cancelled || sign.isZero) continue;
    const key = positionKey([order.Account?.AccountID, order.Currency]);
    const consideration = figure(content.Price).times(figure(content.Quantity));
    add(sums, key, "UnbookedTransactions", sign.negated().times(consideration).minus(total(content.AdditionalFunds)));
  }
  for (const { action } of transfers) {
    const { Transaction: transaction, CashTransfer: cash } = action;
    if (cash !== undefined) addCash(sums, positionKey([transaction?.Account?.AccountID, cash.Currency]), cash);
  }
  for (const order of orders.values()) {
    if (order.Side !== "SIDE_BUY") continue;
    add(sums, positionKey([order.Account?.AccountID, order.Currency]), "UnfilledBuys", reservedByBuy(order));
  }
  return withoutZeros(sums);
}

/** Rule O3 for buys. */
function reservedByBuy(order: OrderState): Rational {
  const left = leaves(order);
  if (order.IsCompleted === true || left.isZero) return Rational.ZERO;
  const funds = Object.entries(order.AdditionalFunds ?? {}).map(([name, value]) => {
    const spent = orZero(figure(order.ExecutedAdditionalFunds?.[name]));
    return orZero(figure(value).minus(spent));
  });
  return orZero(left.times(figure(order.Price))).plus(Rational.sum(funds));
}

export function leaves({ Quantity, ExecutedQuantity }: OrderState): Rational {
  return orZero(figure(Quantity).minus(figure(ExecutedQuantity)));
}

/** Rule O6, and the expiry of a feed's status. Timers count milliseconds and are never early. */
export function timersOf({ orders, feeds }: Facts): readonly string[] {
  const due = (moment: string): string => {
    const wholeSeconds = Date.parse(`${moment.slice(0, 19)}Z`);
    return new Date(wholeSeconds + Math.ceil(Number(moment.slice(20, 26)) / 1000)).toISOString();
  };
  const removals = [...orders].map(([id, { RemoveAfter }]) => RemoveAfter && `order ${id} ${due(RemoveAfter)}`);
  const expiries = [...feeds].map(([name, { ExpireAfter }]) => ExpireAfter && `feed ${name} ${due(ExpireAfter)}`);
  return [...removals, ...expiries].filter((timer) => timer !== undefined).sort();
}

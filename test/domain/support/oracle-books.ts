/** The adding up of the oracle: all positions from all facts, nothing remembered between two questions. */
import type {
  AccountDetails,
  ExternalAction,
  FeedDetails,
  OrderState,
  OrderTrade,
} from "../../../src/protocol/messages/index.ts";
import { orZero, Rational } from "./rational.ts";
import { add, addCash, type Figures, figure, positionKey, type Sums, total, withoutZeros } from "./sums.ts";

/** A trade as it stands: where it was booked, and what it says now (rules T2, T4, T5). */
export interface BookedTrade {
  /** Its place in the sequence is that of the original. */
  readonly at: number;
  readonly original: OrderTrade;
  readonly content: OrderTrade;
  readonly order: OrderState;
  readonly cancelled: boolean;
}

/** What all accepted updates together say, before anything is added up. */
export interface Facts {
  readonly accounts: ReadonlyMap<string, AccountDetails>;
  readonly feeds: ReadonlyMap<string, FeedDetails>;
  readonly orders: ReadonlyMap<string, OrderState>;
  readonly trades: ReadonlyMap<string, BookedTrade>;
  /** The content of every transfer by what it is known by (rule C3). */
  readonly transfers: ReadonlyMap<string, Transfer>;
}

export interface Transfer {
  readonly at: number;
  readonly action: ExternalAction;
  /** What a priced asset transfer is priced in. */
  readonly pricedIn: string | undefined;
}

interface Movement {
  readonly at: number;
  readonly quantity: Rational;
  readonly price: Rational | undefined;
  readonly currency: string | undefined;
}

/** 1 for what buys, −1 for what sells, 0 for what moves nothing (rule O3). */
function direction({ Side }: OrderState): Rational {
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
  for (const { action } of transfers.values()) {
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

function leaves({ Quantity, ExecutedQuantity }: OrderState): Rational {
  return orZero(figure(Quantity).minus(figure(ExecutedQuantity)));
}

/** All holdings, worked out from all facts. */
export function holdingsOf({ orders, trades, transfers }: Facts): Figures {
  const movements = new Map<string, Movement[]>();
  const move = (key: string, movement: Movement): void => {
    movements.set(key, [...(movements.get(key) ?? []), movement]);
  };
  for (const { at, content, order, cancelled } of trades.values()) {
    const quantity = direction(order).times(figure(content.Quantity));
    if (cancelled || quantity.isZero) continue;
    const key = positionKey([order.Account?.AccountID, order.Exchange, order.Code]);
    move(key, { at, quantity, price: figure(content.Price), currency: order.Currency });
  }
  for (const { at, action, pricedIn } of transfers.values()) {
    const { Transaction: transaction, AssetTransfer: asset } = action;
    if (asset === undefined) continue;
    const price = transaction?.Values?.Price;
    move(positionKey([transaction?.Account?.AccountID, asset.Exchange, asset.Code]), {
      at,
      quantity: figure(asset.Value),
      price: price === undefined ? undefined : figure(price),
      currency: price === undefined ? undefined : pricedIn,
    });
  }
  const sums: Sums = new Map();
  const averages = new Map<string, Average>();
  for (const [key, list] of movements) {
    const { quantity, average } = folded(list);
    add(sums, key, "Quantity", quantity);
    averages.set(key, average);
  }
  for (const order of orders.values()) {
    if (order.IsCompleted === true || direction(order).sign >= 0) continue;
    add(sums, positionKey([order.Account?.AccountID, order.Exchange, order.Code]), "UnfilledSells", leaves(order));
  }
  const figures = withoutZeros(sums);
  return Object.fromEntries(Object.entries(figures).map(([key, of]) => [key, { ...of, ...shown(averages.get(key)) }]));
}

/** Undefined: no position. `unpriced` and `mixed` are the two ways in which an average is unknown (rules H2, H3). */
type Average = { readonly price: Rational; readonly currency: string | undefined } | "unpriced" | "mixed" | undefined;

function shown(average: Average): Readonly<Record<string, string>> {
  if (typeof average !== "object") return {};
  const { price, currency } = average;
  return { AveragePrice: price.toString(), ...(currency !== undefined && { Currency: currency }) };
}

/** Rules H1 to H3. */
function folded(movements: readonly Movement[]): { readonly quantity: Rational; readonly average: Average } {
  let quantity = Rational.ZERO;
  let average: Average;
  for (const movement of [...movements].sort((left, right) => left.at - right.at)) {
    const after = quantity.plus(movement.quantity);
    if (after.isZero) average = undefined;
    else if (quantity.isZero || after.sign !== quantity.sign) average = opened(movement);
    else if (movement.quantity.sign === quantity.sign) average = increased(quantity, average, movement, after);
    quantity = after;
  }
  return { quantity, average };
}

function opened({ price, currency }: Movement): Average {
  return price === undefined ? "unpriced" : { price, currency };
}

function increased(quantity: Rational, average: Average, movement: Movement, after: Rational): Average {
  if (average === "mixed") return "mixed";
  if (average === "unpriced" || average === undefined) return opened(movement);
  if (movement.price === undefined) return average;
  const currencies = new Set([average.currency, movement.currency].filter((currency) => currency !== undefined));
  if (currencies.size > 1) return "mixed";
  const value = quantity.times(average.price).plus(movement.quantity.times(movement.price));
  return { price: value.quotientToTenDecimals(after), currency: average.currency ?? movement.currency };
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

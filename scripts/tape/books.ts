/**
 * What the accounts must hold after a replay, worked out a second time. It shares nothing with the server's rules: it
 * reads the plain facts of the frames, keeps them all until the end, and adds them up in integers. Slow and obvious.
 */
import type { PlannedFrame } from "./plan.ts";

/** So many decimals are kept of every figure, which is more than any product of two of the tape's has. */
const SCALE = 24;
const ONE = 10n ** BigInt(SCALE);
/** An average is rounded half-even to so many decimals, each time that it is worked out (rules H1, H3). */
const AVERAGE_SCALE = 10;

export interface CashLine {
  readonly account: string;
  readonly currency: string;
  /** Booked and unbooked together: a tape settles nothing. */
  readonly cash: bigint;
  readonly unfilledBuys: bigint;
}

export interface HoldingLine {
  readonly account: string;
  readonly exchange: string;
  readonly code: string;
  readonly quantity: bigint;
  readonly unfilledSells: bigint;
  /** Undefined when the holding is flat. */
  readonly average: bigint | undefined;
}

/** Every account's figures at the end, by a name of its own; a line of zeros is left out. */
export interface Books {
  readonly cash: ReadonlyMap<string, CashLine>;
  readonly holdings: ReadonlyMap<string, HoldingLine>;
  /** The orders that are still there: all but those whose RemoveAfter has passed. */
  readonly orders: ReadonlySet<string>;
  readonly fees: bigint;
}

/** The facts that the frames tell, as they stand when all are told. */
interface OrderFact {
  readonly account: string;
  readonly currency: string;
  readonly exchange: string;
  readonly code: string;
  readonly buys: boolean;
  readonly price: bigint;
  readonly leaves: bigint;
  readonly isCompleted: boolean;
  readonly isRemoved: boolean;
  /** Funds expected and not yet paid. */
  readonly fundsAhead: bigint;
}

interface TradeFact {
  readonly order: OrderFact;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly fees: bigint;
}

/** Reads a figure's plain text. Throws on one with more decimals than are kept. */
export function amountOf(text: string): bigint {
  const [, sign = "", integer = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (integer === "" || fraction.length > SCALE) throw new Error(`not an amount: ${text}`);
  const magnitude = BigInt(integer + fraction.padEnd(SCALE, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

/** An amount as plain text, without trailing zeros. */
export function amountText(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(SCALE + 1, "0");
  const fraction = digits.slice(-SCALE).replace(/0+$/, "");
  const text = digits.slice(0, -SCALE) + (fraction === "" ? "" : `.${fraction}`);
  return amount < 0n ? `-${text}` : text;
}

/** Works out the books after all frames of a plan. */
export function keepBooks(frames: Iterable<PlannedFrame>): Books {
  const orders = new Map<string, OrderFact>();
  // In the order in which the trades were first told: a correction takes the original's place.
  const trades = new Map<string, TradeFact | undefined>();
  for (const { request } of frames) {
    const { Order, Trade } = request.Action ?? {};
    if (Order === undefined) throw new Error("a tape's frame without an order");
    const order = orderFact(Order);
    orders.set(Order.OrderID ?? "", order);
    if (Trade === undefined) continue;
    const fees = sumOf(Trade.AdditionalFunds);
    const fact = { order, price: amountOf(String(Trade.Price)), quantity: amountOf(String(Trade.Quantity)), fees };
    trades.set(`${Order.OrderID} ${Trade.TradeID}`, Trade.Type === "OrderTradeType_Cancel" ? undefined : fact);
  }
  return addUp(
    [...orders],
    [...trades.values()].filter((trade) => trade !== undefined),
  );
}

type FrameOrder = NonNullable<NonNullable<PlannedFrame["request"]["Action"]>["Order"]>;

function orderFact(order: FrameOrder): OrderFact {
  const leaves = amountOf(String(order.Quantity)) - amountOf(String(order.ExecutedQuantity));
  const paid = order.ExecutedAdditionalFunds ?? {};
  let fundsAhead = 0n;
  for (const [name, expected] of Object.entries(order.AdditionalFunds ?? {})) {
    fundsAhead += atLeastZero(amountOf(String(expected)) - atLeastZero(amountOf(String(paid[name] ?? "0"))));
  }
  return {
    account: order.Account?.AccountID ?? "",
    currency: order.Currency ?? "",
    exchange: order.Exchange ?? "",
    code: order.Code ?? "",
    buys: order.Side === "SIDE_BUY",
    price: amountOf(String(order.Price)),
    leaves: atLeastZero(leaves),
    isCompleted: order.IsCompleted === true,
    isRemoved: order.RemoveAfter !== undefined,
    fundsAhead,
  };
}

function addUp(orders: readonly (readonly [string, OrderFact])[], trades: readonly TradeFact[]): Books {
  const cash = new Map<string, CashLine>();
  const holdings = new Map<string, HoldingLine>();
  let fees = 0n;
  for (const trade of trades) {
    fees += trade.fees;
    const value = product(trade.price, trade.quantity);
    changeCash(cash, trade.order, { cash: (trade.order.buys ? -value : value) - trade.fees, unfilledBuys: 0n });
    changeHolding(holdings, trade.order, (line) => moved(line, trade));
  }
  for (const [, order] of orders) {
    if (order.isCompleted || order.leaves === 0n) continue;
    if (order.buys) {
      const unfilledBuys = product(order.leaves, order.price) + order.fundsAhead;
      changeCash(cash, order, { cash: 0n, unfilledBuys });
    } else {
      changeHolding(holdings, order, (line) => ({ ...line, unfilledSells: line.unfilledSells + order.leaves }));
    }
  }
  const living = orders.filter(([, order]) => !order.isRemoved).map(([id]) => id);
  for (const [name, line] of cash) if (line.cash === 0n && line.unfilledBuys === 0n) cash.delete(name);
  for (const [name, line] of holdings) if (line.quantity === 0n && line.unfilledSells === 0n) holdings.delete(name);
  return { cash, holdings, orders: new Set(living), fees };
}

function changeCash(
  lines: Map<string, CashLine>,
  { account, currency }: OrderFact,
  change: { readonly cash: bigint; readonly unfilledBuys: bigint },
): void {
  const name = `${account} ${currency}`;
  const line = lines.get(name) ?? { account, currency, cash: 0n, unfilledBuys: 0n };
  const unfilledBuys = line.unfilledBuys + change.unfilledBuys;
  lines.set(name, { ...line, cash: line.cash + change.cash, unfilledBuys });
}

function changeHolding(
  lines: Map<string, HoldingLine>,
  { account, exchange, code }: OrderFact,
  change: (line: HoldingLine) => HoldingLine,
): void {
  const name = `${account} ${exchange} ${code}`;
  const none = { account, exchange, code, quantity: 0n, unfilledSells: 0n, average: undefined };
  lines.set(name, change(lines.get(name) ?? none));
}

/** A holding after a trade. */
function moved(line: HoldingLine, { order, price, quantity }: TradeFact): HoldingLine {
  const movement = order.buys ? quantity : -quantity;
  const total = line.quantity + movement;
  return { ...line, quantity: total, average: averageAfter(line, movement, price, total) };
}

function averageAfter(line: HoldingLine, movement: bigint, price: bigint, total: bigint): bigint | undefined {
  if (total === 0n) return undefined;
  if (line.quantity === 0n || line.average === undefined) return price;
  const sameDirection = line.quantity > 0n === movement > 0n;
  if (sameDirection) return roundedQuotient(line.quantity * line.average + movement * price, total);
  return total > 0n === line.quantity > 0n ? line.average : price;
}

/** A product of two amounts. Throws when it has more decimals than are kept: then nothing would be exact any more. */
function product(left: bigint, right: bigint): bigint {
  const whole = left * right;
  if (whole % ONE !== 0n) throw new Error("an amount with too many decimals");
  return whole / ONE;
}

/** A quotient, half-even to AVERAGE_SCALE decimals. The dividend carries the scale twice, the divisor once. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const unit = 10n ** BigInt(SCALE - AVERAGE_SCALE);
  const numerator = divisor < 0n ? -dividend : dividend;
  const denominator = (divisor < 0n ? -divisor : divisor) * unit;
  let floor = numerator / denominator;
  if (numerator < 0n && floor * denominator !== numerator) floor -= 1n;
  const twice = 2n * (numerator - floor * denominator);
  const up = twice > denominator || (twice === denominator && floor % 2n !== 0n);
  return (up ? floor + 1n : floor) * unit;
}

function sumOf(funds: Readonly<Record<string, unknown>> | undefined): bigint {
  return Object.values(funds ?? {}).reduce((sum: bigint, amount) => sum + amountOf(String(amount)), 0n);
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}

/**
 * What an exchange's adapter would have sent for a tape: for each print a buyer's and a seller's order, and both sides'
 * trades. Some orders are filled by several prints, some amended before, some cancelled with a remainder; some trades
 * are corrected or cancelled later. Nothing is left to chance: the same prints give the same frames at the same
 * positions, so that every instance of the adapter is replaceable by another.
 */
import { Decimal } from "../../src/protocol/decimal.ts";
import type {
  ExternalAction,
  FeedRequest,
  OrderTrade,
  OrderTradeType,
  OrderUpdateReason,
} from "../../src/protocol/messages/index.ts";
import { fromMicroseconds, type Timestamp } from "../../src/protocol/timestamp.ts";
import type { Print } from "./tape.ts";
import { feesOf, negated, type Removal, type TapeSide, WorkingOrder } from "./working-order.ts";

export interface PlanOptions {
  readonly owner: string;
  readonly buyers: readonly string[];
  readonly sellers: readonly string[];
  readonly exchange: string;
  readonly currency: string;
  /** Midnight where the market is, in milliseconds since 1970. */
  readonly midnight: number;
  /** The position of the first frame. */
  readonly firstPosition?: number;
  /** What every OrderID and TradeID begins with, to tell one replay from another. */
  readonly prefix?: string;
}

/** How the tape of a day in New York, 7 October 2013, is replayed through one Owner. */
export function tapeOptions(owner: string, accounts: number): PlanOptions {
  const named = (side: string): string[] =>
    Array.from({ length: accounts }, (_, index) => `${side}${String(index + 1).padStart(2, "0")}`);
  const midnight = Date.UTC(2013, 9, 7, 4);
  return { owner, buyers: named("B"), sellers: named("S"), exchange: "US", currency: "USD", midnight };
}

/** A frame at its upstream position. */
export interface PlannedFrame {
  readonly position: number;
  readonly request: Omit<FeedRequest, "Position">;
}

/** Open orders of one side and symbol. */
const MOST_WORKING = 16;
const TICK = Decimal.of("0.01");
/** Every so many prints, the trades of an earlier one are cancelled or corrected. */
const BUST = { every: 97, offset: 50, ago: 7 } as const;
const CORRECTION = { every: 61, offset: 30, ago: 5 } as const;
const REMEMBERED = 8;

/** The frames for a tape, made one after another. */
export function* planTape(prints: Iterable<Print>, options: PlanOptions): Generator<PlannedFrame> {
  const planner = new Planner(options);
  for (const print of prints) yield* planner.framesFor(print);
}

/** What the Update of the frame at a position is called: so it is recognised in the log. */
export function updateIdAt(position: number): string {
  return `U${position}`;
}

/** A trade of one side, while it may still be corrected. */
interface Execution {
  readonly order: WorkingOrder;
  readonly tradeId: string;
  price: Decimal;
  readonly quantity: Decimal;
  isCancelled: boolean;
}

/** Plans print by print. */
export class Planner {
  readonly #options: PlanOptions;
  readonly #working = new Map<string, WorkingOrder[]>();
  readonly #executions = new Map<number, readonly Execution[]>();
  readonly #orderCount = { SIDE_BUY: 0, SIDE_SELL: 0 };
  #position: number;
  #prints = 0;

  constructor(options: PlanOptions) {
    this.#options = options;
    this.#position = options.firstPosition ?? 1;
  }

  /** The frames for the next print. Each carries the state of the moment at which it is made. */
  *framesFor(print: Print): Generator<PlannedFrame> {
    for (const action of this.#actionsFor(print, this.#prints++)) {
      const position = this.#position++;
      const Action = { ...action, Update: { ...action.Update, UpdateID: updateIdAt(position) } };
      yield { position, request: { Type: "FeedRequestType_Action", Action } };
    }
  }

  *#actionsFor(print: Print, number: number): Generator<ExternalAction> {
    const time = fromMicroseconds((this.#options.midnight + print.time) * 1000);
    const made: Execution[] = [];
    for (const side of ["SIDE_BUY", "SIDE_SELL"] as const) yield* this.#sideOf(print, number, side, time, made);
    this.#executions.set(number, made);
    this.#executions.delete(number - REMEMBERED);
    if (number % CORRECTION.every === CORRECTION.offset) {
      for (const execution of this.#earlier(number - CORRECTION.ago)) yield* corrected(execution, time);
    }
    if (number % BUST.every === BUST.offset) {
      for (const execution of this.#earlier(number - BUST.ago)) yield* busted(execution, time);
    }
  }

  *#sideOf(
    print: Print,
    number: number,
    side: TapeSide,
    time: Timestamp,
    made: Execution[],
  ): Generator<ExternalAction> {
    const chance = mixed(number, side === "SIDE_BUY" ? 1 : 2);
    const price = Decimal.of(print.price);
    const size = Decimal.of(print.size);
    const working = this.#workingOn(side, print.symbol);
    let order = working[chance % MOST_WORKING];
    if (order === undefined) {
      order = this.#enter(print, side, time, chance);
      working.push(order);
      yield update(order, time, "OrderUpdateReason_New");
    }
    if (!covers(order, price, size)) {
      const quantity = order.executedQuantity.plus(size.times(Decimal.of(1 + ((chance >>> 3) % 2))));
      order.amend(atLeastAsGood(order, price), quantity);
      yield update(order, time, "OrderUpdateReason_Replace");
    }
    const execution = { order, tradeId: this.#named(`T${number}`), price, quantity: size, isCancelled: false };
    made.push(execution);
    order.fills++;
    order.execute(price, size, feesOf(side, price, size));
    if (order.leaves.isZero) order.complete("Filled", removalBy(chance));
    yield trade(execution, time, "OrderTradeType_Trade", "OrderUpdateReason_Trade");
    if (!order.isCompleted && order.fills >= 3 && (chance >>> 6) % 2 === 0) {
      order.complete("Canceled", removalBy(chance));
      yield update(order, time, "OrderUpdateReason_Cancel");
    }
    if (order.isCompleted) working.splice(working.indexOf(order), 1);
  }

  #workingOn(side: TapeSide, symbol: string): WorkingOrder[] {
    const key = `${side} ${symbol}`;
    const known = this.#working.get(key);
    if (known !== undefined) return known;
    const none: WorkingOrder[] = [];
    this.#working.set(key, none);
    return none;
  }

  #enter(print: Print, side: TapeSide, entered: Timestamp, chance: number): WorkingOrder {
    const { owner, buyers, sellers, exchange, currency } = this.#options;
    const accounts = side === "SIDE_BUY" ? buyers : sellers;
    const number = ++this.#orderCount[side];
    const id = this.#named(`${side === "SIDE_BUY" ? "B" : "S"}${number}`);
    const account = accounts[(chance >>> 9) % accounts.length];
    if (account === undefined) throw new Error("a plan needs an account on each side");
    const terms = { id, owner, account, side, code: print.symbol, exchange, currency, entered };
    const quantity = Decimal.of(print.size).times(Decimal.of(1 + ((chance >>> 15) % 4)));
    return new WorkingOrder(terms, Decimal.of(print.price), quantity);
  }

  #earlier(number: number): readonly Execution[] {
    return (this.#executions.get(number) ?? []).filter(({ isCancelled }) => !isCancelled);
  }

  #named(name: string): string {
    return `${this.#options.prefix ?? ""}${name}`;
  }
}

function* corrected(execution: Execution, time: Timestamp): Generator<ExternalAction> {
  const { order, price, quantity } = execution;
  const { side } = order.terms;
  order.execute(price, quantity.negated(), negated(feesOf(side, price, quantity)));
  execution.price = price.plus(TICK);
  order.execute(execution.price, quantity, feesOf(side, execution.price, quantity));
  yield trade(execution, time, "OrderTradeType_Correction", "OrderUpdateReason_TradeCorrection");
}

function* busted(execution: Execution, time: Timestamp): Generator<ExternalAction> {
  const { order, price, quantity } = execution;
  execution.isCancelled = true;
  order.execute(price, quantity.negated(), negated(feesOf(order.terms.side, price, quantity)));
  yield trade(execution, time, "OrderTradeType_Cancel", "OrderUpdateReason_TradeCancel");
}

function update(order: WorkingOrder, time: Timestamp, reason: OrderUpdateReason): ExternalAction {
  return {
    Type: "ExternalActionType_Update",
    Order: order.stateAt(time),
    Update: { Type: "OrderUpdateType_Update", Reason: reason },
  };
}

function trade(execution: Execution, time: Timestamp, type: OrderTradeType, reason: OrderUpdateReason): ExternalAction {
  const { order, tradeId, price, quantity } = execution;
  const Trade: OrderTrade = {
    TradeID: tradeId,
    Type: type,
    Price: price,
    Quantity: quantity,
    AdditionalFunds: Object.fromEntries(feesOf(order.terms.side, price, quantity)),
  };
  return {
    Type: "ExternalActionType_Trade",
    Order: order.stateAt(time),
    Update: { Type: "OrderUpdateType_Update", Reason: reason },
    Trade,
  };
}

function covers(order: WorkingOrder, price: Decimal, size: Decimal): boolean {
  return order.leaves.compare(size) >= 0 && atLeastAsGood(order, price).equals(order.price);
}

/** The limit at which the order can trade at a price. */
function atLeastAsGood({ terms, price: limit }: WorkingOrder, price: Decimal): Decimal {
  const reaches = terms.side === "SIDE_BUY" ? limit.compare(price) >= 0 : limit.compare(price) <= 0;
  return reaches ? limit : price;
}

function removalBy(chance: number): Removal {
  const draw = (chance >>> 20) % 16;
  if (draw < 8) return "at once";
  return draw === 8 ? "by timer" : "never";
}

/** A number of 32 bits that looks random, and is always the same for the same print and side. */
function mixed(number: number, salt: number): number {
  let bits = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

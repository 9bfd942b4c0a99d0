/**
 * What the logs are made of whose past is read: orders that live through several updates, far apart in the log, in
 * several accounts, markets and currencies. Nothing is left to chance, so what an order was at a position can be told
 * without the log.
 */
import { accountOf, type Frame, framesOf, scrambled, timeAt } from "./updates.ts";

/** What happens to an order, in turn. */
const STEPS = ["enter", "fill", "reprice", "fill", "fill or correct", "enlarge", "fill", "fill or cancel"] as const;
const LAST_STEP = STEPS.length - 1;

/** Other orders' steps between two of an order: so many that no commit holds both. */
const ORDERS_BETWEEN = 65;
/** Positions from one step of an order to the next. */
const STEP_DISTANCE = STEPS.length * ORDERS_BETWEEN + 1;

/** Records of the shortest log in which an order lives to its end. */
export const SHORTEST_LOG = STEPS.length * (LAST_STEP * ORDERS_BETWEEN + 1);

const MARKETS = [
  { Exchange: "ASX", ExDestination: "XASX", Currency: "AUD" },
  { Exchange: "NYSE", ExDestination: "XNYS", Currency: "USD" },
  { Exchange: "NZX", ExDestination: "XNZE", Currency: "NZD" },
] as const;
const SYMBOLS = 10;
/** What is ordered at first, and how much more when it is enlarged. */
const QUANTITY = 1000;
const ENLARGED_BY = 500;
/** What one fill fills, but for one that completes. */
const FILL = 200;
const REPRICED_BY_CENTS = 5;
const FEE_CENTS = 9;
/** RemoveAfter at the epoch: in the same record. */
const AT_ONCE = "1970-01-01T00:00:00.000000Z";

/** An order at one of its steps: where in the log that is, and when its state says it was. */
export interface OrderMoment {
  readonly accountId: string;
  readonly orderId: string;
  readonly position: number;
  /** Its state's Timestamp, in milliseconds since 1970. */
  readonly timestamp: number;
}

/** Frames for positions from `first` to `last`. */
export function lifeFrames(owner: string, first: number, last: number, perFrame: number): Frame[] {
  return framesOf((position) => actionAt(owner, position), first, last, perFrame);
}

/**
 * An order of a log of so many records, at a position while it lives and not within a commit of its end. `random` gives
 * a number from 0 to less than 1 each time.
 */
export function orderMoment(records: number, random: () => number): OrderMoment {
  const lives = Math.floor(records / STEPS.length) - LAST_STEP * ORDERS_BETWEEN;
  if (lives < 1) throw new RangeError(`in a log of ${records} records no order lives to its end`);
  const order = Math.floor(random() * lives);
  const [entered, completed] = [positionOf(order, 0), positionOf(order, LAST_STEP)];
  const position = entered + Math.floor(random() * (completed - STEP_DISTANCE - entered));
  const step = Math.floor((position - entered) / STEP_DISTANCE);
  const timestamp = Date.parse(timeAt(positionOf(order, step)));
  return { accountId: traitsOf(order).accountId, orderId: `O${order}`, position, timestamp };
}

/** Records of the shortest log in which an order lives to its end. */
export const SHORTEST_STEPS_LOG = STEPS.length * (LAST_STEP * ORDERS_BETWEEN + 1);

function positionOf(order: number, step: number): number {
  return STEPS.length * order + step * STEP_DISTANCE + 1;
}

/**
 * Each run of as many positions as there are steps holds one step each of so many orders. At first no order has come so
 * far: then one is entered that stays open.
 */
function actionAt(owner: string, position: number): object {
  const step = (position - 1) % STEPS.length;
  const order = Math.floor((position - 1) / STEPS.length) - step * ORDERS_BETWEEN;
  return order < 0
    ? actionOf({ owner, orderId: `S${position}`, traits: traitsOf(position), step: 0, position })
    : actionOf({ owner, orderId: `O${order}`, traits: traitsOf(order), step, position });
}

/** What an order is, as if by chance. */
interface Traits {
  readonly accountId: string;
  readonly market: (typeof MARKETS)[number];
  readonly code: string;
  readonly side: "BUY" | "SELL";
  readonly cents: number;
  readonly isCorrected: boolean;
  readonly end: "Filled" | "Canceled";
  readonly goesAtOnce: boolean;
}

function traitsOf(order: number): Traits {
  const random = scrambled(order + 1);
  return {
    accountId: accountOf(random >>> 16),
    market: MARKETS[random % MARKETS.length] ?? MARKETS[0],
    code: `SYM${(random >>> 4) % SYMBOLS}`,
    side: (random >>> 8) % 2 === 0 ? "BUY" : "SELL",
    cents: 1000 + ((random >>> 3) % 9000),
    isCorrected: (random >>> 9) % 8 === 0,
    end: (random >>> 12) % 2 === 0 ? "Filled" : "Canceled",
    goesAtOnce: (random >>> 13) % 2 === 0,
  };
}

interface OrderStep {
  readonly owner: string;
  readonly orderId: string;
  readonly traits: Traits;
  readonly step: number;
  readonly position: number;
}

function actionOf({ owner, orderId, traits, step, position }: OrderStep): object {
  const Order = orderAt({ owner, orderId, traits, step, position });
  const update = (Reason: string) => ({ UpdateID: `U${position}`, Reason });
  const trade = (Type: string, of: number, Quantity: number, cents: number) => ({
    TradeID: `T${orderId}.${of}`,
    Type,
    Price: cents / 100,
    Quantity,
    AdditionalFunds: { Fee: FEE_CENTS / 100 },
  });
  const filled = (Quantity: number) => ({
    Type: "Trade",
    Order,
    Update: update("Trade"),
    Trade: trade("Trade", step, Quantity, priceAt(traits, step)),
  });
  switch (STEPS[step]) {
    case "fill":
      return filled(FILL);
    case "fill or correct":
      if (!traits.isCorrected) return filled(FILL);
      // The first fill turns out to have been a cent better.
      return {
        Type: "Trade",
        Order,
        Update: update("TradeCorrection"),
        Trade: trade("Correction", 1, FILL, traits.cents - 1),
      };
    case "reprice":
    case "enlarge":
      return { Type: "Update", Order, Update: update("Replace") };
    case "fill or cancel":
      if (traits.end === "Filled") return filled(Order.Quantity - executedAt(traits, step - 1));
      return { Type: "Update", Order, Update: update("Cancel") };
    default:
      return { Type: "Update", Order, Update: update("New") };
  }
}

function orderAt({ owner, orderId, traits, step, position }: OrderStep) {
  const { accountId, market, code, side, end, goesAtOnce } = traits;
  const ExecutedQuantity = executedAt(traits, step);
  const isCompleted = step === LAST_STEP;
  return {
    OrderID: orderId,
    Account: { OwnerID: owner, AccountID: accountId },
    Code: code,
    ...market,
    Side: side,
    OrderType: "LIMIT",
    Price: priceAt(traits, step) / 100,
    Quantity: quantityAt(step),
    Lifetime: "GOOD_TILL_CANCEL",
    AdditionalFunds: { Fee: (5 * FEE_CENTS) / 100 },
    Timestamp: timeAt(position),
    ...(ExecutedQuantity > 0 && {
      ExecutedQuantity,
      ExecutedAdditionalFunds: { Fee: (fillsAt(traits, step) * FEE_CENTS) / 100 },
    }),
    ...(isCompleted && { IsCompleted: true, ...(goesAtOnce && { RemoveAfter: AT_ONCE }) }),
    Status: isCompleted ? end : ExecutedQuantity > 0 ? "PartiallyFilled" : "New",
  };
}

/** In cents. */
function priceAt({ cents }: Traits, step: number): number {
  return step >= STEPS.indexOf("reprice") ? cents + REPRICED_BY_CENTS : cents;
}

function quantityAt(step: number): number {
  return step >= STEPS.indexOf("enlarge") ? QUANTITY + ENLARGED_BY : QUANTITY;
}

function executedAt(traits: Traits, step: number): number {
  if (step === LAST_STEP && traits.end === "Filled") return quantityAt(step);
  return FILL * fillsAt(traits, Math.min(step, LAST_STEP - 1));
}

function fillsAt({ isCorrected, end }: Traits, step: number): number {
  const done = STEPS.slice(0, step + 1);
  const fills = done.filter((each) => each === "fill").length;
  const sometimes = Number(done.includes("fill or correct") && !isCorrected);
  return fills + sometimes + Number(done.includes("fill or cancel") && end === "Filled");
}

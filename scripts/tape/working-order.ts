/** One side's order as its exchange keeps it while a tape is replayed. */
import { Decimal } from "../../src/protocol/decimal.ts";
import type { OrderState } from "../../src/protocol/messages/index.ts";
import { EPOCH, fromMicroseconds, type Timestamp } from "../../src/protocol/timestamp.ts";

export type TapeSide = "SIDE_BUY" | "SIDE_SELL";

/** What is fixed when the order is entered. */
export interface OrderTerms {
  readonly id: string;
  readonly owner: string;
  readonly account: string;
  readonly side: TapeSide;
  readonly code: string;
  readonly exchange: string;
  readonly currency: string;
  readonly entered: Timestamp;
}

/** When a completed order is removed: in the same record, by a timer that is long due, or never. */
export type Removal = "at once" | "by timer" | "never";

type Funds = ReadonlyMap<string, Decimal>;

/** A day after the tape: when the server reads it, it has long passed. */
const NEXT_DAY = fromMicroseconds(Date.UTC(2013, 9, 8) * 1000);
const BROKERAGE_PER_SHARE = Decimal.of("0.0035");
/** What a seller pays on the value of a sale: 17.40 on a million. */
const LEVY_ON_VALUE = Decimal.of("0.0000174");

export class WorkingOrder {
  readonly terms: OrderTerms;
  price: Decimal;
  quantity: Decimal;
  fills = 0;
  #executedQuantity = Decimal.ZERO;
  #executedValue = Decimal.ZERO;
  #executedFunds: Funds = new Map();
  #status = "New";
  #removal: Removal | undefined;

  constructor(terms: OrderTerms, price: Decimal, quantity: Decimal) {
    this.terms = terms;
    this.price = price;
    this.quantity = quantity;
  }

  get leaves(): Decimal {
    return this.quantity.minus(this.#executedQuantity);
  }

  get executedQuantity(): Decimal {
    return this.#executedQuantity;
  }

  get isCompleted(): boolean {
    return this.#removal !== undefined;
  }

  amend(price: Decimal, quantity: Decimal): void {
    this.price = price;
    this.quantity = quantity;
    this.#status = "Replaced";
  }

  /** Books an execution; a bust books what it takes back, negative. */
  execute(price: Decimal, quantity: Decimal, funds: Funds): void {
    this.#executedQuantity = this.#executedQuantity.plus(quantity);
    this.#executedValue = this.#executedValue.plus(price.times(quantity));
    this.#executedFunds = added(this.#executedFunds, funds);
    if (!this.isCompleted) this.#status = this.leaves.isZero ? "Filled" : "PartiallyFilled";
  }

  complete(status: "Filled" | "Canceled", removal: Removal): void {
    this.#status = status;
    this.#removal = removal;
  }

  /** The order as an Action carries it. */
  stateAt(timestamp: Timestamp): OrderState {
    const { id, owner, account, side, code, exchange, currency, entered } = this.terms;
    return {
      OrderID: id,
      Account: { AccountID: account, OwnerID: owner },
      Code: code,
      Exchange: exchange,
      Currency: currency,
      Side: side,
      OrderType: "ORDERTYPE_LIMIT",
      Price: this.price,
      Quantity: this.quantity,
      Lifetime: "LIFETIME_DAY",
      AdditionalFunds: { Brokerage: BROKERAGE_PER_SHARE.times(this.quantity) },
      Created: entered,
      Timestamp: timestamp,
      ExecutedValue: this.#executedValue,
      ExecutedQuantity: this.#executedQuantity,
      ...(this.#executedFunds.size > 0 && { ExecutedAdditionalFunds: Object.fromEntries(this.#executedFunds) }),
      ...(this.isCompleted && { IsCompleted: true }),
      Status: this.#status,
      ...this.#removeAfter(),
    };
  }

  #removeAfter(): { RemoveAfter?: Timestamp } {
    if (this.#removal === "at once") return { RemoveAfter: EPOCH };
    return this.#removal === "by timer" ? { RemoveAfter: NEXT_DAY } : {};
  }
}

/** What one side pays for an execution. */
export function feesOf(side: TapeSide, price: Decimal, quantity: Decimal): Funds {
  const fees = new Map([["Brokerage", BROKERAGE_PER_SHARE.times(quantity)]]);
  if (side === "SIDE_SELL") fees.set("Levy", LEVY_ON_VALUE.times(price.times(quantity)));
  return fees;
}

export function negated(funds: Funds): Funds {
  return new Map([...funds].map(([name, amount]) => [name, amount.negated()]));
}

function added(left: Funds, right: Funds): Funds {
  const sum = new Map(left);
  for (const [name, amount] of right) sum.set(name, (sum.get(name) ?? Decimal.ZERO).plus(amount));
  return sum;
}

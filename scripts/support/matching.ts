/**
 * An exchange in small: takes client requests for new orders and cancels by a feed adapter, matches them by price and
 * time, and tells of orders and trades. It remembers what it did with each request, so that nothing is done twice; one
 * that is to survive its own crash must keep that on disk.
 */
import { Decimal } from "../../src/protocol/decimal.ts";
import type {
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  FeedRequest,
  OrderState,
} from "../../src/protocol/messages/index.ts";

/** Whatever the market does, in order. */
export type MarketEvent =
  | { readonly tells: "feed"; readonly request: Omit<FeedRequest, "Position"> }
  | { readonly tells: "requester"; readonly response: ClientRequestResponse };

/** An order in the book. */
interface Resting {
  state: OrderState;
  readonly isBuy: boolean;
  /** Undefined for one that takes any price. */
  readonly limit: Decimal | undefined;
}

export interface MarketOptions {
  /** What ids of orders and trades begin with: never the same in two runs. */
  readonly prefix: string;
  readonly currency: string;
  /** Takes what the market does. */
  readonly onEvent: (event: MarketEvent) => void;
}

export class Market {
  readonly #options: MarketOptions;
  /** Orders with something left, oldest first. */
  #book: Resting[] = [];
  /** What was answered to each request. */
  readonly #answered = new Map<string, ClientRequestResponse>();
  #orders = 0;
  #trades = 0;

  constructor(options: MarketOptions) {
    this.#options = options;
  }

  /** A request that has come. Gives whether it came for the first time. */
  take(request: ClientRequest): boolean {
    const known = this.#answered.get(nameOf(request));
    if (known !== undefined) {
      this.#answer(request, known);
      return false;
    }
    if (request.New !== undefined) this.#placeNew(request);
    else if (request.Cancel !== undefined) this.#cancel(request);
    else this.#answer(request, { Status: "Rejected", Errors: ["Operation"] });
    return true;
  }

  /** A request that was sent and never answered: what has become of it, or that it never came. */
  reconcile({ Request = {} }: ClientRequestState): void {
    this.#answer(Request, this.#answered.get(nameOf(Request)) ?? { Errors: ["Request.Unknown"] }, false);
  }

  /** Others have traded at a price: orders in the book that would have taken it trade with them, each up to that size. */
  print(code: string, price: Decimal, size: Decimal): void {
    for (const order of this.#book.filter(({ state }) => state.Code === code)) {
      if (!takes(order, price)) continue;
      this.#fill(order, `${this.#options.prefix}T${++this.#trades}`, least(leavesOf(order), size), price);
    }
  }

  #placeNew(request: ClientRequest): void {
    const {
      Code,
      Exchange,
      Side,
      OrderType,
      Price,
      Quantity = Decimal.ZERO,
      Lifetime,
      ExDestination,
    } = request.New ?? {};
    if (Side !== "SIDE_BUY" && Side !== "SIDE_SELL") {
      this.#answer(request, { Status: "Rejected", Errors: ["Side"] });
      return;
    }
    const OrderID = `${this.#options.prefix}O${++this.#orders}`;
    const resting: Resting = {
      isBuy: Side === "SIDE_BUY",
      limit: Price,
      state: {
        OrderID,
        Account: request.Account,
        RequestID: request.RequestID,
        Code,
        Exchange,
        Currency: this.#options.currency,
        Side,
        OrderType,
        Price,
        Quantity,
        Lifetime,
        ExDestination,
        Status: "Open",
        ExecutedQuantity: Decimal.ZERO,
      },
    };
    this.#tellOrder(resting);
    this.#answer(request, { OrderID, Status: "Completed" });
    this.#match(resting);
    if (leavesOf(resting).sign > 0) this.#book.push(resting);
  }

  #cancel(request: ClientRequest): void {
    const found = this.#book.find(({ state }) => state.OrderID === request.Cancel?.OrderID);
    if (found === undefined) {
      this.#answer(request, { Status: "Rejected", Errors: ["Order"] });
      return;
    }
    this.#end(found, "Cancelled", request.RequestID);
    this.#answer(request, { OrderID: found.state.OrderID, Status: "Completed" });
  }

  #match(taker: Resting): void {
    const others = this.#book.filter((maker) => maker.state.Code === taker.state.Code && crosses(taker, maker));
    others.sort(
      (left, right) => (taker.isBuy ? 1 : -1) * (left.limit ?? Decimal.ZERO).compare(right.limit ?? Decimal.ZERO),
    );
    for (const maker of others) {
      if (leavesOf(taker).sign === 0) return;
      const quantity = least(leavesOf(taker), leavesOf(maker));
      const trade = `${this.#options.prefix}T${++this.#trades}`;
      this.#fill(maker, `${trade}M`, quantity, maker.limit);
      this.#fill(taker, `${trade}T`, quantity, maker.limit);
    }
  }

  #fill(order: Resting, TradeID: string, Quantity: Decimal, Price: Decimal | undefined): void {
    const { state } = order;
    const ExecutedQuantity = (state.ExecutedQuantity ?? Decimal.ZERO).plus(Quantity);
    const isDone = ExecutedQuantity.equals(state.Quantity ?? Decimal.ZERO);
    order.state = { ...state, ExecutedQuantity, ...(isDone ? { Status: "Filled", IsCompleted: true } : {}) };
    if (isDone) this.#book = this.#book.filter((other) => other !== order);
    this.#options.onEvent({
      tells: "feed",
      request: {
        Type: "FeedRequestType_Action",
        Action: {
          Type: "ExternalActionType_Trade",
          Order: order.state,
          Trade: { TradeID, Type: "OrderTradeType_Trade", Price, Quantity },
        },
      },
    });
  }

  #end(order: Resting, Status: string, RequestID = order.state.RequestID): void {
    order.state = { ...order.state, RequestID, Status, IsCompleted: true };
    this.#book = this.#book.filter((other) => other !== order);
    this.#tellOrder(order);
  }

  #tellOrder({ state }: Resting): void {
    const Action = { Type: "ExternalActionType_Update", Order: state } as const;
    this.#options.onEvent({ tells: "feed", request: { Type: "FeedRequestType_Action", Action } });
  }

  #answer({ Account, RequestID }: ClientRequest, told: ClientRequestResponse, isKept = true): void {
    if (isKept) this.#answered.set(nameOf({ Account, RequestID }), told);
    this.#options.onEvent({ tells: "requester", response: { ...told, RequestID, Account } });
  }
}

function crosses(taker: Resting, maker: Resting): boolean {
  return taker.isBuy !== maker.isBuy && maker.limit !== undefined && takes(taker, maker.limit);
}

/** Whether an order would trade at a price. */
function takes({ isBuy, limit }: Resting, price: Decimal): boolean {
  if (limit === undefined) return true;
  return isBuy ? limit.compare(price) >= 0 : limit.compare(price) <= 0;
}

function leavesOf({ state }: Resting): Decimal {
  return (state.Quantity ?? Decimal.ZERO).minus(state.ExecutedQuantity ?? Decimal.ZERO);
}

function least(left: Decimal, right: Decimal): Decimal {
  return left.compare(right) <= 0 ? left : right;
}

/** An id is unique in its account alone. */
function nameOf({ Account, RequestID }: ClientRequest): string {
  return JSON.stringify([Account?.AccountID, RequestID]);
}

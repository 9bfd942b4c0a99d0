/** What happens upstream: each feed has a journal that all instances of its adapter read, the same for every Owner. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { EPOCH, fromMicroseconds } from "../../src/protocol/timestamp.ts";
import type { WireAction, WireOrder } from "./plain-texts.ts";
import type { Random } from "./random.ts";

type WireTrade = NonNullable<WireAction["Trade"]>;

/** One line of a feed's journal. */
export interface Entry {
  readonly position: number;
  readonly owner: string;
  /** What the frame says beside its position. */
  readonly frame: object;
  /** The update that it carries; undefined when it cannot be read. */
  readonly update: WireEvent | undefined;
}

interface Fill {
  readonly trade: WireTrade;
  readonly order: WireOrder;
}

const SIDES = ["SIDE_BUY", "SIDE_BUY", "SIDE_SELL", "SIDE_SELL", "SIDE_SHORTSELL", "SIDE_AS_DEFINED"] as const;
const PRICES = [7, 10, 0.1, 45.12, 3.3333, 12.5, 0, 99.99] as const;
const QUANTITIES = [1, 2, 3, 7, 10, 100, 0.5, 0.001, 33] as const;
const CODES = ["BHP", "RIO", "VOD"] as const;
const CURRENCIES = ["AUD", "AUD", "AUD", "USD"] as const;
const SETTLEMENTS = ["SettlementStatus_Unbooked", "SettlementStatus_Settle", "SettlementStatus_Reverse"] as const;
/** Orders that an Owner has in a feed before they are brought to their end. */
const MOST_ORDERS = 12;

/** What an adapter knows of one Owner. */
class Desk {
  readonly owner: string;
  readonly accounts: readonly string[];
  readonly orders = new Map<string, WireOrder>();
  readonly fills: Fill[] = [];
  readonly transfers: WireAction[] = [];

  constructor(owner: string) {
    this.owner = owner;
    this.accounts = ["1", "2", "3"].map((number) => `${owner}-A${number}`);
  }
}

export class Market {
  readonly feed: string;
  readonly entries: Entry[] = [];
  readonly #random: Random;
  readonly #desks: readonly Desk[];
  #position = 0;
  #ids = 0;

  constructor(feed: string, owners: readonly string[], random: Random) {
    this.feed = feed;
    this.#random = random;
    this.#desks = owners.map((owner) => new Desk(owner));
    // Requests are of accounts that are defined.
    for (const desk of this.#desks) this.#append(desk, defined(desk.owner, `${desk.owner}-A1`, "AUD"));
  }

  /** Something happens, at a time in milliseconds since 1970. Positions may skip. */
  happen(now: number): Entry {
    const random = this.#random;
    const desk = random.pick(this.#desks);
    return this.#append(desk, random.percent(1) ? undefined : this.#content(desk, now));
  }

  #append(desk: Desk, content: WireEvent | undefined): Entry {
    this.#position += this.#random.percent(90) ? 1 : 1 + this.#random.below(5);
    const entry: Entry = {
      position: this.#position,
      owner: desk.owner,
      frame: content === undefined ? { Type: "Action", Action: { Type: "Update", Prise: 1 } } : frameOf(content),
      update: content,
    };
    this.entries.push(entry);
    return entry;
  }

  #content(desk: Desk, now: number): WireEvent {
    const random = this.#random;
    const isFull = desk.orders.size >= MOST_ORDERS;
    const happens = random.weighted<(desk: Desk, now: number) => WireEvent | undefined>([
      [isFull ? 1 : 16, () => this.#open(desk)],
      [24, () => this.#trade(desk)],
      [8, () => this.#amend(desk)],
      [isFull ? 30 : 5, () => this.#end(desk, now)],
      [3, () => this.#again(desk)],
      [5, () => this.#correct(desk)],
      [3, () => this.#bust(desk)],
      [10, () => this.#cash(desk)],
      [4, () => this.#asset(desk)],
      [2, () => this.#transferAgain(desk)],
      [2, () => this.#account(desk)],
      [1, () => action({ Type: "ExternalActionType_Update", Order: { ...this.#newOrder(desk), Side: undefined } })],
    ]);
    return happens(desk, now) ?? this.#open(desk);
  }

  #id(kind: string): string {
    return `${kind}${this.feed}${++this.#ids}`;
  }

  #newOrder(desk: Desk): WireOrder {
    const random = this.#random;
    return {
      OrderID: this.#id("O"),
      Account: { AccountID: random.pick(desk.accounts), OwnerID: desk.owner },
      Code: random.pick(CODES),
      Exchange: random.pick(["ASX", "XLON"]),
      ...(random.percent(90) && { Currency: random.pick(CURRENCIES) }),
      Side: random.pick(SIDES),
      ...(random.percent(95) && { Price: random.pick(PRICES) }),
      Quantity: random.pick(QUANTITIES),
      ...(random.percent(30) && { AdditionalFunds: { Fee: random.pick([9.95, 1, -2]) } }),
    };
  }

  #open(desk: Desk): WireEvent {
    return this.#tell(desk, this.#newOrder(desk));
  }

  #tell(desk: Desk, order: WireOrder, content: Omit<WireAction, "Order"> = {}): WireEvent {
    const id = order.OrderID ?? "";
    if (order.RemoveAfter === undefined) desk.orders.set(id, order);
    else desk.orders.delete(id);
    return action({ Type: "ExternalActionType_Update", Order: order, ...content });
  }

  #someOrder(desk: Desk): WireOrder | undefined {
    return this.#random.pickAny([...desk.orders.values()]);
  }

  #trade(desk: Desk): WireEvent | undefined {
    const random = this.#random;
    const order = this.#someOrder(desk);
    if (order === undefined) return undefined;
    const Quantity = random.pick(QUANTITIES);
    const executed = Math.round((Number(order.ExecutedQuantity ?? 0) + Quantity) * 1000) / 1000;
    const traded = {
      ...order,
      ExecutedQuantity: executed,
      ...(executed >= Number(order.Quantity) && { IsCompleted: true }),
    };
    const trade: WireTrade = {
      TradeID: this.#id("T"),
      Type: "OrderTradeType_Trade",
      Price: random.pick(PRICES),
      Quantity,
      ...(random.percent(30) && { AdditionalFunds: { Fee: random.pick([3.98, 0.1, -1]) } }),
    };
    desk.fills.push({ trade, order: traded });
    if (desk.fills.length > 50) desk.fills.shift();
    return this.#tell(desk, traded, { Type: "ExternalActionType_Trade", Trade: trade });
  }

  #amend(desk: Desk): WireEvent | undefined {
    const random = this.#random;
    const order = this.#someOrder(desk);
    if (order === undefined) return undefined;
    const change = random.weighted<() => Partial<WireOrder>>([
      [6, () => ({ Price: random.pick(PRICES), Quantity: random.pick(QUANTITIES) })],
      [2, () => ({ Account: { AccountID: random.pick(desk.accounts), OwnerID: desk.owner } })],
      [1, () => ({ Side: random.pick(SIDES) })],
      [1, () => ({ Currency: random.pick(CURRENCIES), Code: random.pick(CODES) })],
    ])();
    return this.#tell(desk, { ...order, ...change }, { Type: "ExternalActionType_Replace" });
  }

  /** It is completed, and goes: at once, or soon, which another state may still put off. */
  #end(desk: Desk, now: number): WireEvent | undefined {
    const random = this.#random;
    const order = this.#someOrder(desk);
    if (order === undefined) return undefined;
    const later = fromMicroseconds((now + random.below(60_000)) * 1000 + random.pick([0, 1, 999]));
    const told = this.#tell(desk, { ...order, IsCompleted: true, RemoveAfter: random.percent(30) ? EPOCH : later });
    if (random.percent(5)) desk.orders.set(order.OrderID ?? "", order);
    return told;
  }

  /** A trade that is known comes again, mostly as it was. */
  #again(desk: Desk): WireEvent | undefined {
    const random = this.#random;
    const fill = random.pickAny(desk.fills);
    if (fill === undefined) return undefined;
    const Trade = random.percent(70) ? fill.trade : { ...fill.trade, Price: 11 };
    return action({ Type: "ExternalActionType_Trade", Order: fill.order, Trade });
  }

  #correct(desk: Desk): WireEvent | undefined {
    const random = this.#random;
    const fill = random.pickAny(desk.fills);
    if (fill === undefined) return undefined;
    const order = desk.orders.get(fill.order.OrderID ?? "") ?? fill.order;
    const TradeID = random.percent(95) ? fill.trade.TradeID : "Tnone";
    const Trade: WireTrade = { ...fill.trade, TradeID, Type: "OrderTradeType_Correction", Price: random.pick(PRICES) };
    return action({ Type: "ExternalActionType_Trade", Order: order, Trade });
  }

  #bust(desk: Desk): WireEvent | undefined {
    const fill = this.#random.pickAny(desk.fills);
    if (fill === undefined) return undefined;
    const Trade: WireTrade = { TradeID: fill.trade.TradeID, Type: "OrderTradeType_Cancel" };
    return action({ Type: "ExternalActionType_Trade", Order: fill.order, Trade });
  }

  #cash(desk: Desk): WireEvent {
    const random = this.#random;
    return this.#transfer(desk, {
      Type: "ExternalActionType_CashTransfer",
      Transaction: this.#transaction(desk),
      CashTransfer: {
        Currency: random.pick(CURRENCIES),
        Value: random.pick([1000, 0.01, -250.5, 37]),
        // Booked is what none means.
        ...(random.percent(70) && { Settlement: random.pick(SETTLEMENTS) }),
        ...(random.percent(20) && { AdditionalFunds: { Fee: random.pick([5, -0.5]) } }),
        ...(random.percent(15) && { Pool: random.pick(["Margin", "Collateral"]) }),
      },
    });
  }

  #asset(desk: Desk): WireEvent {
    const random = this.#random;
    return this.#transfer(desk, {
      Type: "ExternalActionType_AssetTransfer",
      Transaction: {
        ...this.#transaction(desk),
        ...(random.percent(60) && { Values: { Price: random.pick(PRICES) } }),
      },
      AssetTransfer: {
        Code: random.pick(CODES),
        Exchange: random.pick(["ASX", "XLON"]),
        Value: random.pick([10, -5, 2.5]),
      },
    });
  }

  #transaction(desk: Desk) {
    return {
      TransactionID: this.#id("C"),
      Account: { AccountID: this.#random.pick(desk.accounts), OwnerID: desk.owner },
    };
  }

  #transfer(desk: Desk, transfer: WireAction): WireEvent {
    desk.transfers.push(transfer);
    if (desk.transfers.length > 30) desk.transfers.shift();
    return action(transfer);
  }

  #transferAgain(desk: Desk): WireEvent | undefined {
    const known = this.#random.pickAny(desk.transfers);
    if (known?.CashTransfer === undefined) return known && action(known);
    const { Value } = known.CashTransfer;
    return action({
      ...known,
      CashTransfer: { ...known.CashTransfer, Value: this.#random.percent(60) ? Value : 12345 },
    });
  }

  #account(desk: Desk): WireEvent {
    return defined(desk.owner, this.#random.pick(desk.accounts), this.#random.pick(["AUD", "USD"]));
  }
}

function action(content: WireAction): WireEvent {
  return { Type: "UpdateEventType_Action", Action: content };
}

function frameOf({ Action, Operation }: WireEvent): object {
  return Action === undefined ? { Type: "Operation", Operation } : { Type: "Action", Action };
}

function defined(OwnerID: string, AccountID: string, DefaultCurrency: string): WireEvent {
  const AccountDetails = { Account: { AccountID, OwnerID }, DefaultCurrency };
  return { Type: "UpdateEventType_Operation", Operation: { Type: "OperationType_DefineAccount", AccountDetails } };
}

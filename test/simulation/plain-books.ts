/**
 * The accounting rules once more, plainly: books that go on from each accepted update, and judge the next. They share no
 * arithmetic with what they check; from time to time they are held against the oracle, which works everything out anew.
 */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { EPOCH, fromMicroseconds } from "../../src/protocol/timestamp.ts";
import { atLeastZero, fixed, sumOf, times, type Written } from "./fixed.ts";
import { PlainHolding } from "./plain-holding.ts";
import { contentText, figuresText, holdingTextOf, nameOf, type WireAction, type WireOrder } from "./plain-texts.ts";

type WireTrade = NonNullable<WireAction["Trade"]>;

/** What becomes of an update; a refusal is the code that it is refused with. */
export type Verdict = "applied" | "repeated" | { readonly refusal: string };

/** A trade as it is booked now. */
interface Booked {
  readonly at: number;
  readonly original: string;
  readonly content: WireTrade;
  readonly order: WireOrder;
  readonly isCancelled: boolean;
}

/** What an open order holds back: in which figure of what. */
interface Reserved {
  readonly name: string;
  readonly amount: bigint;
}

interface Live {
  readonly order: WireOrder;
  readonly reserved: Reserved | undefined;
}

export class PlainBooks {
  /** The currency of each account that is defined; empty when it has none. */
  readonly accounts = new Map<string, string>();
  readonly #orders = new Map<string, Live>();
  readonly #trades = new Map<string, Booked>();
  readonly #transfers = new Map<string, string>();
  readonly #cash = new Map<string, Map<string, bigint>>();
  readonly #holdings = new Map<string, PlainHolding>();
  #touched = new Set<string>();

  /** The text of each record of the state that exists, by name. */
  readonly shown = new Map<string, string>();

  order(id: string): WireOrder | undefined {
    return this.#orders.get(id)?.order;
  }

  /** When orders are to be removed, in milliseconds since 1970. */
  get timers(): ReadonlyMap<string, number> {
    const timers = new Map<string, number>();
    for (const [id, { order }] of this.#orders) {
      const due = removalOf(order);
      if (due !== undefined) timers.set(id, due);
    }
    return timers;
  }

  judge({ Action: action, Operation: operation }: WireEvent): Verdict {
    if (operation?.AccountDetails !== undefined) {
      const { Account, DefaultCurrency = "" } = operation.AccountDetails;
      return this.accounts.get(Account?.AccountID ?? "") === DefaultCurrency ? "repeated" : "applied";
    }
    if (action?.CashTransfer !== undefined || action?.AssetTransfer !== undefined) return this.#judgeTransfer(action);
    return action?.Order === undefined ? "applied" : this.#judgeOrder(action, action.Order);
  }

  #judgeOrder({ Trade: trade }: WireAction, order: WireOrder): Verdict {
    if (order.Side === undefined) return { refusal: "Side" };
    if (this.#currencyOf(order) === "") return { refusal: "Field.Missing" };
    if (trade === undefined) return "applied";
    const known = this.#trades.get(tradeName(order, trade));
    if (trade.Type !== "OrderTradeType_Cancel" && fixed(trade.Quantity) <= 0n) return { refusal: "Field.Invalid" };
    if (trade.Type === "OrderTradeType_Trade") {
      if (known === undefined) return "applied";
      const isSame = [known.original, tradeText(known.content)].includes(tradeText(trade));
      return isSame ? "repeated" : { refusal: "Trade.Duplicate" };
    }
    if (known === undefined) return { refusal: "Trade.Unknown" };
    if (!known.isCancelled) return "applied";
    return trade.Type === "OrderTradeType_Cancel" ? "repeated" : { refusal: "Trade.Cancelled" };
  }

  #judgeTransfer(action: WireAction): Verdict {
    const known = this.#transfers.get(transferName(action));
    if (known !== undefined) return known === transferText(action) ? "repeated" : { refusal: "Transaction.Conflict" };
    const { Pool = "", Settlement } = action.CashTransfer ?? {};
    const settles = Settlement === "SettlementStatus_Settle" || Settlement === "SettlementStatus_Reverse";
    return settles && Pool !== "" ? { refusal: "Settlement" } : "applied";
  }

  /** Applies what was judged so. Gives the records of the state that have another text since, by name. */
  apply(at: number, { Action: action, Operation: operation }: WireEvent): ReadonlyMap<string, string> {
    this.#touched = new Set();
    if (operation?.AccountDetails !== undefined) {
      const { Account, DefaultCurrency = "" } = operation.AccountDetails;
      this.accounts.set(Account?.AccountID ?? "", DefaultCurrency);
    }
    if (action?.CashTransfer !== undefined) this.#transferCash(action);
    else if (action?.AssetTransfer !== undefined) this.#transferAsset(at, action);
    else if (action?.Order !== undefined) {
      const order = this.#completed(at, action.Order);
      this.#place(order);
      if (action.Trade !== undefined) this.#book(at, order, action.Trade);
    }
    return this.#changed();
  }

  /** Rules O1 and O8: what the server fills in. */
  #completed(at: number, order: WireOrder): WireOrder {
    const before = this.order(order.OrderID ?? "");
    const Created = order.Created ?? before?.Created ?? fromMicroseconds(at);
    return { ...order, Currency: this.#currencyOf(order), Created };
  }

  #currencyOf({ Currency, Account }: WireOrder): string {
    return Currency ?? this.accounts.get(Account?.AccountID ?? "") ?? "";
  }

  /** Rules O1 to O6. */
  #place(order: WireOrder): void {
    const id = order.OrderID ?? "";
    const before = this.#orders.get(id);
    if (before !== undefined) this.#touchOrder(before);
    const after = { order, reserved: reservedBy(order) };
    this.#touchOrder(after);
    if (order.RemoveAfter === EPOCH) this.#orders.delete(id);
    else this.#orders.set(id, after);
  }

  #touchOrder({ order, reserved }: Live): void {
    this.#touched.add(nameOf.order(order.Account?.AccountID ?? "", order.OrderID ?? ""));
    if (reserved !== undefined) this.#touched.add(reserved.name);
  }

  /** Rules T1, T4 and T5. */
  #book(at: number, order: WireOrder, content: WireTrade): void {
    const name = tradeName(order, content);
    const known = this.#trades.get(name);
    if (known !== undefined) this.#count(known, -1n);
    const trade: Booked =
      known === undefined
        ? { at, original: tradeText(content), content, order, isCancelled: false }
        : content.Type === "OrderTradeType_Cancel"
          ? { ...known, isCancelled: true }
          : { ...known, content, order };
    this.#trades.set(name, trade);
    if (!trade.isCancelled) this.#count(trade, 1n);
  }

  #count({ at, order, content }: Booked, factor: 1n | -1n): void {
    const direction = directionOf(order);
    if (direction === 0n) return;
    const quantity = fixed(content.Quantity);
    const cash =
      -direction * times(fixed(content.Price), quantity) - sumOf(Object.values(content.AdditionalFunds ?? {}));
    this.#addCash(nameOf.balance(order.Account?.AccountID ?? "", order.Currency ?? ""), {
      UnbookedTransactions: factor * cash,
    });
    const holding = nameOf.holding(order.Account?.AccountID ?? "", order.Exchange ?? "", order.Code ?? "");
    if (factor < 0n) this.#holding(holding).remove(at);
    else {
      const [price, currency] = [fixed(content.Price), order.Currency];
      this.#holding(holding).put({ at, quantity: direction * quantity, price, currency });
    }
  }

  /** Rules C1 and C2. */
  #transferCash(action: WireAction): void {
    this.#transfers.set(transferName(action), transferText(action));
    const { Currency = "", Value, AdditionalFunds = {}, Pool = "", Settlement } = action.CashTransfer ?? {};
    const value = fixed(Value);
    const effect = value - sumOf(Object.values(AdditionalFunds));
    const name = nameOf.balance(action.Transaction?.Account?.AccountID ?? "", Currency);
    if (Pool !== "") this.#addCash(name, { [Pool === "Margin" ? "Margin" : `Values.${Pool}`]: effect });
    else if (Settlement === "SettlementStatus_Unbooked") this.#addCash(name, { UnbookedTransactions: effect });
    else if (Settlement === "SettlementStatus_Settle")
      this.#addCash(name, { UnbookedTransactions: -value, Balance: effect });
    else if (Settlement === "SettlementStatus_Reverse")
      this.#addCash(name, { UnbookedTransactions: value, Balance: -effect });
    else this.#addCash(name, { Balance: effect });
  }

  /** Rule H2. */
  #transferAsset(at: number, action: WireAction): void {
    this.#transfers.set(transferName(action), transferText(action));
    const {
      Transaction: { Account, Values, Properties } = {},
      AssetTransfer: { Exchange = "", Code = "", Value } = {},
    } = action;
    const account = Account?.AccountID ?? "";
    const price = Values?.Price;
    const byDefault = this.accounts.get(account) ?? "";
    const currency =
      price === undefined ? undefined : (Properties?.Currency ?? (byDefault === "" ? undefined : byDefault));
    const movement = { at, quantity: fixed(Value), price: price === undefined ? undefined : fixed(price), currency };
    this.#holding(nameOf.holding(account, Exchange, Code)).put(movement);
  }

  #addCash(name: string, amounts: Readonly<Record<string, bigint>>): void {
    this.#touched.add(name);
    const figures = this.#cash.get(name) ?? new Map<string, bigint>();
    this.#cash.set(name, figures);
    for (const [figure, amount] of Object.entries(amounts)) figures.set(figure, (figures.get(figure) ?? 0n) + amount);
  }

  #holding(name: string): PlainHolding {
    this.#touched.add(name);
    const holding = this.#holdings.get(name) ?? new PlainHolding();
    this.#holdings.set(name, holding);
    return holding;
  }

  #changed(): ReadonlyMap<string, string> {
    const changed = new Map<string, string>();
    for (const name of this.#touched) {
      const text = this.#textOf(name);
      if (text === (this.shown.get(name) ?? "")) continue;
      changed.set(name, text);
      if (text === "") this.shown.delete(name);
      else this.shown.set(name, text);
    }
    return changed;
  }

  /** Empty when there is no such record: a position whose every figure is zero is none (rule H4). */
  #textOf(name: string): string {
    const [kind = "", account = "", id = ""] = name.split(" ");
    if (kind === "order") {
      const order = this.order(id);
      return order?.Account?.AccountID === account ? contentText(order) : "";
    }
    const reserved = this.#reservedIn(name);
    if (kind === "holding") return holdingTextOf(this.#holdings.get(name)?.text ?? "", reserved);
    return figuresText([...(this.#cash.get(name) ?? []), ["UnfilledBuys", reserved]]);
  }

  /** Rule O4: afresh, over all open orders. */
  #reservedIn(name: string): bigint {
    let sum = 0n;
    for (const { reserved } of this.#orders.values()) if (reserved?.name === name) sum += reserved.amount;
    return sum;
  }
}

function directionOf({ Side }: WireOrder): bigint {
  switch (Side) {
    case "SIDE_BUY":
      return 1n;
    case "SIDE_SELL":
    case "SIDE_SHORTSELL":
    case "SIDE_SHORTSELL_EXEMPT":
      return -1n;
    default:
      return 0n;
  }
}

/** Rule O3. */
function reservedBy(order: WireOrder): Reserved | undefined {
  const leaves = atLeastZero(fixed(order.Quantity) - fixed(order.ExecutedQuantity));
  const direction = directionOf(order);
  if (order.IsCompleted === true || leaves === 0n || direction === 0n) return undefined;
  const account = order.Account?.AccountID ?? "";
  if (direction < 0n) {
    return { name: nameOf.holding(account, order.Exchange ?? "", order.Code ?? ""), amount: leaves };
  }
  let amount = atLeastZero(times(leaves, fixed(order.Price)));
  for (const [fund, value] of Object.entries(order.AdditionalFunds ?? {})) {
    amount += atLeastZero(fixed(value) - atLeastZero(fixed(order.ExecutedAdditionalFunds?.[fund])));
  }
  return { name: nameOf.balance(account, order.Currency ?? ""), amount };
}

/** Rule O6: timers count whole milliseconds and are never early. */
function removalOf({ RemoveAfter }: WireOrder): number | undefined {
  if (RemoveAfter === undefined || RemoveAfter === EPOCH) return undefined;
  const seconds = Date.parse(`${RemoveAfter.slice(0, 19)}Z`);
  return seconds + Math.ceil(Number(RemoveAfter.slice(20, 26)) / 1000);
}

function tradeName({ OrderID = "" }: WireOrder, { TradeID = "" }: WireTrade): string {
  return `${OrderID} ${TradeID}`;
}

/** A trade's content, whether it came as a Trade or as its Correction. */
function tradeText(trade: WireTrade): string {
  return contentText({ ...trade, Type: undefined });
}

/** What a transfer is known by (rule C3). */
function transferName({ Transaction, CashTransfer: cash, AssetTransfer: asset }: WireAction): string {
  const what = cash === undefined ? [asset?.Exchange, asset?.Code] : [cash.Currency, cash.Pool ?? ""];
  return [Transaction?.Account?.AccountID, Transaction?.TransactionID, ...what].join(" ");
}

/** A transfer's content, without what it is known by and when (rule C3). */
function transferText({ Transaction, CashTransfer, AssetTransfer }: WireAction): string {
  return contentText([{ ...Transaction, Timestamp: undefined, Authorities: undefined }, CashTransfer, AssetTransfer]);
}

export type { Written };

/** What all accepted updates together say, gathered one after another from the first, whenever it is asked. */
import type {
  AccountDetails,
  ExchangeDetails,
  ExternalAction,
  FeedDetails,
  Operation,
  OrderState,
  OrderTrade,
  Transform,
  UpdateEvent,
} from "../../../src/protocol/messages/index.ts";
import { EPOCH, fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import type { BookedTrade, Facts, Transfer } from "./oracle-books.ts";
import { hadAny } from "./oracle-holdings.ts";
import { type Asset, Names, type Renaming, symbol } from "./oracle-names.ts";

export interface Fact {
  readonly at: number;
  readonly update: UpdateEvent;
}

export function gathered(accepted: readonly Fact[]): Facts {
  const facts = new Gathering();
  for (const { at, update } of accepted) facts.add(at, update);
  return facts;
}

class Gathering implements Facts {
  readonly accounts = new Map<string, AccountDetails>();
  readonly feeds = new Map<string, FeedDetails>();
  readonly exchanges = new Map<string, ExchangeDetails>();
  readonly orders = new Map<string, OrderState>();
  readonly ordersMade = new Map<string, number>();
  readonly trades = new Map<string, BookedTrade>();
  transfers: readonly Transfer[] = [];
  readonly transforms = new Map<string, string>();
  readonly renamings: Renaming[] = [];

  add(at: number, { Status, UpdateAction, Operation: operation, Action: action }: UpdateEvent): void {
    if (Status !== undefined) {
      const name = Status.FeedID ?? "";
      if (UpdateAction === "UpdateAction_Remove") this.feeds.delete(name);
      else this.feeds.set(name, dated(Status, at));
    }
    if (operation !== undefined) this.#operate(at, operation);
    if (action?.CashTransfer !== undefined || action?.AssetTransfer !== undefined) this.#transfer(at, action);
    else if (action?.Order !== undefined) {
      const order = this.#completed(at, action.Order);
      this.#placeOrder(at, order);
      if (action.Trade !== undefined) this.#book(at, order, action.Trade);
    }
  }

  #operate(at: number, operation: Operation): void {
    const { AccountDetails: account, ExchangeDetails: exchange, Transform: transform } = operation;
    if (account !== undefined) {
      const id = account.Account?.AccountID ?? "";
      if (operation.Type === "OperationType_DefineAccount") this.accounts.set(id, account);
      else this.accounts.delete(id);
    }
    if (exchange !== undefined) {
      if (operation.Type === "OperationType_DefineExchange") this.exchanges.set(exchange.Exchange ?? "", exchange);
      else this.exchanges.delete(exchange.Exchange ?? "");
    }
    const id = (transform ?? operation.AccountTransform)?.TransformID;
    if (id !== undefined) this.transforms.set(id, transformContent(operation));
    const renaming = renamingOf(at, operation);
    if (renaming !== undefined) this.#rename(renaming);
    else if (transform !== undefined) this.#transformOrders(at, transform);
  }

  // Orders.

  /** Rules O1 and O8: what the server fills in. */
  #completed(at: number, order: OrderState): OrderState {
    const before = this.orders.get(order.OrderID ?? "");
    const Currency = order.Currency ?? this.accounts.get(order.Account?.AccountID ?? "")?.DefaultCurrency;
    return { ...order, Currency, Created: order.Created ?? before?.Created ?? fromMicroseconds(at) };
  }

  #placeOrder(at: number, order: OrderState): void {
    const id = order.OrderID ?? "";
    const before = this.orders.get(id);
    if (order.RemoveAfter === EPOCH) this.orders.delete(id);
    else this.orders.set(id, order);
    if (contentOf(before) !== contentOf(order)) this.ordersMade.set(id, at);
  }

  /** Rule X1. */
  #transformOrders(at: number, transform: Transform): void {
    const { OrderStatus, RemoveAfter, Parameters, NotAfter } = transform;
    const isRemoval = transform.TransformType === "TRANSFORMTYPE_REMOVE";
    for (const [id, order] of [...this.orders]) {
      const made = order.Timestamp ?? fromMicroseconds(this.ordersMade.get(id) ?? 0);
      const wanted = isRemoval ? OrderStatus : Parameters?.FromStatus || undefined;
      const hasStatus = wanted === undefined ? isRemoval || order.IsCompleted !== true : order.Status === wanted;
      const isWanted = (["Exchange", "Group", "Code"] as const).every(
        (field) => transform[field] === undefined || transform[field] === order[field],
      );
      if (!isWanted || !hasStatus || (NotAfter !== undefined && made > NotAfter)) continue;
      if (isRemoval) {
        this.orders.delete(id);
        continue;
      }
      const statuses = this.exchanges.get(order.Exchange ?? "")?.OrderStatuses;
      const status = statuses?.find(({ Code }) => Code === OrderStatus);
      this.#placeOrder(at, {
        ...order,
        Status: OrderStatus,
        IsCompleted: status === undefined ? order.IsCompleted : status.IsCompleted,
        RemoveAfter: RemoveAfter ?? order.RemoveAfter,
      });
    }
  }

  // Trades and transfers.

  /** Rules T2, T4 and T5. What is refused or repeated is not among the accepted. */
  #book(at: number, order: OrderState, content: OrderTrade): void {
    const key = tradeKey(order, content);
    const known = this.trades.get(key);
    const names = new Names(this.renamings);
    if (known === undefined) {
      const line = names.line(assetOf(order), at);
      const currency = { name: order.Currency ?? "", at };
      this.trades.set(key, { at, original: content, content, order, cancelled: false, line, currency });
      return;
    }
    if (content.Type === "OrderTradeType_Cancel") {
      this.trades.set(key, { ...known, cancelled: true });
      return;
    }
    const [before, after] = [JSON.stringify(assetOf(known.order)), JSON.stringify(assetOf(order))];
    const line =
      before === after
        ? known.line
        : names.placed(assetOf(order), known.at, at, (other, when) => hadAny(this, other, when));
    const isSameCurrency = known.order.Currency === order.Currency && movesSomething(known);
    const currency = isSameCurrency ? known.currency : { name: order.Currency ?? "", at };
    this.trades.set(key, { ...known, content, order, line, currency });
  }

  #transfer(at: number, action: ExternalAction): void {
    const byDefault = this.accounts.get(action.Transaction?.Account?.AccountID ?? "")?.DefaultCurrency;
    const pricedIn = action.Transaction?.Properties?.Currency ?? byDefault;
    const knownAs = new Set([transferKey(action)]);
    this.transfers = [...this.transfers, { at, action, original: action, pricedIn, knownAs }];
  }

  // Renames.

  #rename(renaming: Renaming): void {
    const { what, from, to, at } = renaming;
    this.renamings.push(renaming);
    for (const order of [...this.orders.values()]) {
      const renamed = renamedOrder(order, renaming);
      if (renamed !== order) this.#placeOrder(at, renamed);
    }
    for (const [key, trade] of [...this.trades]) {
      this.trades.set(key, { ...trade, order: renamedOrder(trade.order, renaming) });
    }
    this.transfers = this.transfers.map((transfer) => {
      const action = renamedTransfer(transfer.action, renaming);
      return { ...transfer, action, knownAs: new Set([...transfer.knownAs, transferKey(action)]) };
    });
    if (what === "currency") {
      for (const [id, details] of [...this.accounts]) {
        if (details.DefaultCurrency === from) this.accounts.set(id, { ...details, DefaultCurrency: to });
      }
    }
    const details = what === "account" ? this.accounts.get(from) : undefined;
    if (details === undefined) return;
    this.accounts.delete(from);
    const Account = { ...details.Account, AccountID: to };
    if (!this.accounts.has(to)) this.accounts.set(to, { ...details, Account });
  }
}

/** A cancelled trade says nothing any more; one of a side that moves nothing never did. */
function movesSomething({ order: { Side } }: BookedTrade): boolean {
  return Side !== "SIDE_AS_DEFINED" && Side !== "SIDE_OPPOSITE";
}

/** What a state says, whatever the order in which it does. */
function contentOf(order: OrderState | undefined): string {
  return JSON.stringify(
    Object.entries(order ?? {})
      .filter(([, value]) => value !== undefined)
      .sort(),
  );
}

function assetOf({ Account, Exchange = "", Code = "" }: OrderState): Asset {
  return { account: Account?.AccountID ?? "", exchange: Exchange, code: Code };
}

/** What an operation renames, if it is such a one. */
export function renamingOf(
  at: number,
  { Transform: transform, AccountTransform: account }: Operation,
): Renaming | undefined {
  if (account !== undefined) {
    return { at, what: "account", from: account.Account?.AccountID ?? "", to: account.Parameters?.newAccount ?? "" };
  }
  const [from, to] = [transform?.Code ?? "", transform?.Parameters?.newCode ?? ""];
  switch (transform?.TransformType) {
    case "TRANSFORMTYPE_RENAME_SYMBOL":
      return { at, what: "symbol", from: symbol(transform.Exchange, from), to: symbol(transform.Exchange, to) };
    case "TRANSFORMTYPE_RENAME_CURRENCY":
      return { at, what: "currency", from, to };
    default:
      return undefined;
  }
}

/** An order under the names that there are after a rename; the same one when it carries none of them. */
function renamedOrder(order: OrderState, { what, from, to }: Renaming): OrderState {
  switch (what) {
    case "account":
      return order.Account?.AccountID === from ? { ...order, Account: { ...order.Account, AccountID: to } } : order;
    case "symbol":
      return symbol(order.Exchange, order.Code) === from ? { ...order, Code: JSON.parse(to)[1] } : order;
    case "currency":
      return order.Currency === from ? { ...order, Currency: to } : order;
  }
}

/** A transfer under the names that there are after a rename. */
export function renamedTransfer(action: ExternalAction, { what, from, to }: Renaming): ExternalAction {
  const { Transaction: transaction, CashTransfer: cash, AssetTransfer: asset } = action;
  if (what === "account" && transaction?.Account?.AccountID === from) {
    return { ...action, Transaction: { ...transaction, Account: { ...transaction.Account, AccountID: to } } };
  }
  if (what === "currency" && cash?.Currency === from) return { ...action, CashTransfer: { ...cash, Currency: to } };
  if (what === "symbol" && asset !== undefined && symbol(asset.Exchange, asset.Code) === from) {
    return { ...action, AssetTransfer: { ...asset, Code: JSON.parse(to)[1] } };
  }
  return action;
}

/** When a status was given, unless it says so itself. */
export function dated(status: FeedDetails, at: number): FeedDetails {
  return { ...status, Timestamp: status.Timestamp ?? fromMicroseconds(at) };
}

/** What a trade is known by. */
export function tradeKey({ OrderID = "" }: OrderState, { TradeID = "" }: OrderTrade): string {
  return JSON.stringify([OrderID, TradeID]);
}

/** What a transfer is known by (rule C3). */
export function transferKey({ Transaction, CashTransfer: cash, AssetTransfer: asset }: ExternalAction): string {
  const what = cash === undefined ? ["asset", asset?.Exchange, asset?.Code] : ["cash", cash.Currency, cash.Pool ?? ""];
  return JSON.stringify([Transaction?.Account?.AccountID, Transaction?.TransactionID, ...what]);
}

/** What must be the same when a transform comes again under its id. */
export function transformContent({ Type, Transform: transform, AccountTransform: account }: Operation): string {
  return JSON.stringify([Type, { ...(transform ?? account), TransformID: undefined, Timestamp: undefined }]);
}

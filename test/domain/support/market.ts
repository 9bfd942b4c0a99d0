/**
 * A market at random: clients ask, operators decide, an adapter answers, orders trade, are corrected, busted, moved and
 * end; feeds come and go. After every step the oracle must agree on what is held, and on every verdict before it. In a
 * **fair** market nothing takes more than was vetted: there the reservations never exceed what there is.
 */
import { expect } from "vitest";
import { heldOf } from "../../../src/domain/requests/holds.ts";
import { submissionOf, waitingFor } from "../../../src/domain/requests/outstanding.ts";
import { requestKey } from "../../../src/domain/requests/request-states.ts";
import type { ClientRequest, ClientRequestState, OrderState } from "../../../src/protocol/messages/index.ts";
import { accountOnTheWire, type OrderFields } from "./adapter.ts";
import type { Book } from "./book.ts";
import { type Asker, Desk, EXCHANGE, type Reply } from "./desk.ts";
import { expectEqual } from "./equal.ts";
import {
  ACCOUNTS,
  CODES,
  CURRENCIES,
  DECISIONS,
  freeFee,
  leavesOf,
  orderIdOf,
  potOf,
  queue,
  replacing,
  type Step,
  type StepOf,
  symbolOf,
} from "./market-terms.ts";
import { orZero, Rational } from "./rational.ts";
import { figure } from "./sums.ts";
import { VettingOracle } from "./vetting-oracle.ts";

const POTS = [...CURRENCIES, ...CODES.map((code) => `${EXCHANGE}:${code}`)];
const EVERYTHING = { "Vetting.Funds": "true", "Vetting.Holdings": "true" };

/** What an adapter remembers of a fill. */
interface Fill {
  readonly orderId: string;
  readonly account: string;
  readonly quantity: Rational;
  readonly price: Rational;
  readonly isAtLimit: boolean;
  isBusted: boolean;
}

interface Asked {
  readonly request: object;
  readonly asker: Asker;
  readonly account: string;
  readonly id: string;
}

export class Market {
  readonly desk: Desk;
  readonly #oracle: VettingOracle;
  readonly #isFair: boolean;
  readonly #asked: Asked[] = [];
  readonly #fills: (readonly [tradeId: string, Fill])[] = [];
  /** The last trade of each asset in each currency. */
  readonly #lastFills = new Map<string, string>();
  readonly #sent = new Map<string, number>();
  #ids = 0;
  #wasBusted = false;

  constructor(book: Book, isFair: boolean) {
    this.desk = new Desk(book);
    this.#isFair = isFair;
    this.#oracle = new VettingOracle(book);
    for (const account of ACCOUNTS) {
      this.desk.account(EVERYTHING, account);
      for (const currency of CURRENCIES) this.desk.deposit(500, account, currency);
      this.desk.asset(40, account);
    }
  }

  perform(step: Step): void {
    this.#take(step);
    this.#expectHeld();
    if (this.#isFair) this.#expectAffordable();
  }

  #take(step: Step): void {
    switch (step.step) {
      case "new":
        this.#askNew(step);
        return;
      case "amend":
        this.#askAmend(step);
        return;
      case "cancel":
        this.#withOrder(step.pick, ({ OrderID, Account }) =>
          this.#ask("Cancel", Account?.AccountID ?? "", { Cancel: { OrderID }, ...queue(step) }),
        );
        return;
      case "move":
        this.#withOrder(step.pick, ({ OrderID }) => this.#ask("Move", step.to, { Move: { OrderID }, ...queue(step) }));
        return;
      case "transfer":
        this.#ask("CashTransfer", step.account, {
          CashTransfer: { Currency: "AUD", Value: step.value, ExDestination: undefined },
          ...queue(step),
        });
        return;
      case "queue":
        this.#minding(step);
        return;
      case "answer":
        this.#answer(step);
        return;
      case "fill":
        this.#fill(step);
        return;
      case "correct":
        this.#correct(step);
        return;
      case "bust":
        this.#bust(step);
        return;
      case "end":
        this.#withOrder(step.pick, ({ OrderID }) =>
          this.#order({ OrderID, IsCompleted: true, ...(step.removed && { RemoveAfter: {} }) }),
        );
        return;
      case "deposit":
        if (!this.#isFair || Rational.of(step.value).sign > 0) this.desk.deposit(step.value, step.account);
        return;
      case "supply":
        this.#supply(step.isSupplied);
        return;
      case "timer": {
        const timers = [...this.desk.book.timers.values()].filter(({ kind }) => kind === "request");
        const timer = timers[step.pick % Math.max(timers.length, 1)];
        if (timer !== undefined) this.desk.heed(timer);
        return;
      }
      case "again":
        this.#again(step.pick);
        return;
      case "policy":
        if (!this.#isFair) this.desk.account(step.attributes, step.account);
        return;
    }
  }

  #askNew({ account, side, code, currency, price, reserve, quantity, fee, queued }: StepOf<"new">): void {
    const Side = this.#isFair && side === "SHORTSELL" ? "SELL" : side;
    const New = {
      ...{ Code: code, Exchange: EXCHANGE, Side, Quantity: quantity, Lifetime: "DAY" },
      ...(price === undefined ? { OrderType: "MARKET" } : { OrderType: "LIMIT", Price: price }),
    };
    const Values = { ...(fee !== undefined && { Fee: fee }), ...(reserve !== undefined && { ReservePrice: reserve }) };
    const Properties = currency === undefined ? {} : { Currency: currency };
    this.#ask("New", account, { New, Values, Properties, ...queue({ queued }) });
  }

  #askAmend({ pick, price, quantity, fee, queued }: StepOf<"amend">): void {
    this.#withOrder(pick, ({ OrderID, Account }) => {
      const Amend = { OrderID, OrderType: "LIMIT", Price: price, Quantity: quantity, Lifetime: "DAY" };
      const Values = fee === undefined ? {} : { Fee: fee };
      this.#ask("Amend", Account?.AccountID ?? "", { Amend, Values, ...queue({ queued }) });
    });
  }

  /** Asks, and compares what is said with what the oracle would say of it. */
  #ask(Type: string, account: string, content: object, asker: Asker = {}): void {
    const id = `R${++this.#ids}`;
    const request = { Type, RequestID: id, Account: accountOnTheWire(account), ...content };
    const expected = this.#expected(request);
    const reply = this.desk.ask(request, asker);
    expect(reply.Errors, `the verdict on ${JSON.stringify(request)}`).toEqual(expected);
    this.#asked.push({ request, asker, account, id });
    this.#count(reply);
  }

  /** What the oracle says of a request that a feed is to carry out; its order is there, or it is a new one. */
  #expected(json: object): readonly string[] {
    const request = this.desk.read(json);
    const { Amend, Cancel, Move, Account } = request;
    const operation = Amend ?? Cancel ?? Move;
    const order = operation && this.#orderOf(operation.OrderID ?? "");
    const isElsewhere = Move === undefined && order?.Account?.AccountID !== Account?.AccountID;
    if (operation !== undefined && (order === undefined || isElsewhere)) return [`Order ${operation.OrderID}`];
    if (order?.IsCompleted === true) return ["Order.Status"];
    return this.#oracle.verdict(request);
  }

  /** An operator or the client itself sees to a request that waits in a queue. */
  #minding({ pick, does, price, quantity }: StepOf<"queue">): void {
    const waiting = this.#requests(({ Status }) => Status === "Queued");
    const state = waiting[pick % Math.max(waiting.length, 1)];
    if (state?.Request === undefined) return;
    const { Request } = state;
    const account = Request.Account?.AccountID ?? "";
    const PrevRequestID = Request.RequestID;
    const terms = { OrderType: "LIMIT", Price: price, Quantity: quantity, Lifetime: "DAY" };
    const before = JSON.stringify(state);
    let reply: Reply;
    switch (does) {
      case "cancel":
        reply = this.#askAs(account, { Type: "Cancel", Cancel: { PrevRequestID } });
        break;
      case "amend":
        reply = this.#askAs(account, { Type: "Amend", Amend: { PrevRequestID, ...terms } });
        break;
      case "replace":
        reply = this.#update(
          account,
          { Type: "Replace", Update: { RequestID: PrevRequestID } },
          replacing(Request, terms),
        );
        break;
      default:
        reply = this.#update(account, { Type: "Update", Update: { RequestID: PrevRequestID, ...DECISIONS[does] } });
    }
    this.#count(reply);
    const now = this.desk.open(PrevRequestID ?? "", account);
    if (reply.Status === "Rejected") expectEqual(JSON.stringify(now), before, "what was not permitted changed nothing");
    // What is let through, or left waiting with other terms, is what the oracle would let through now.
    const isVetted = does === "release" || does === "amend" || does === "replace";
    if (isVetted && reply.Status === "Completed" && now?.Request !== undefined) {
      expectEqual(this.#oracle.verdict(now.Request, `${account}/${PrevRequestID}`), [], "what was vetted again");
    }
    if (does === "release" && reply.Status === "Rejected")
      expectEqual(this.#stillRight(Request), reply.Errors, "why not");
  }

  #stillRight(request: ClientRequest): readonly string[] {
    const { Amend, Cancel, Move, Account } = request;
    const id = (Amend ?? Cancel ?? Move)?.OrderID;
    const order = id === undefined ? undefined : this.#orderOf(id);
    const isElsewhere = Move === undefined && order?.Account?.AccountID !== Account?.AccountID;
    if (id !== undefined && (order === undefined || isElsewhere)) return [`Order ${id}`];
    if (Move !== undefined && order?.Account?.AccountID !== Move.PrevAccount?.AccountID) {
      const moved = [`Account XS/${Move.PrevAccount?.AccountID}`];
      return order?.IsCompleted === true ? ["Order.Status", ...moved] : moved;
    }
    if (order?.IsCompleted === true) return ["Order.Status"];
    return this.#oracle.verdict(request, `${Account?.AccountID}/${request.RequestID}`);
  }

  #askAs(account: string, content: object, asker: Asker = {}): Reply {
    const id = `R${++this.#ids}`;
    const request = { RequestID: id, Account: accountOnTheWire(account), ...content };
    const reply = this.desk.ask(request, asker);
    this.#asked.push({ request, asker, account, id });
    return reply;
  }

  #update(account: string, Update: object, content: object = {}): Reply {
    return this.#askAs(account, { Type: "Update", Update, ...content }, { features: ["Operator"] });
  }

  /** The adapter deals with a request that it was sent. */
  #answer({ pick, says, completes }: StepOf<"answer">): void {
    const sent = this.#requests(({ Status }) => Status === "Submitted" || Status === "Working");
    const state = sent[pick % Math.max(sent.length, 1)];
    if (state?.Request === undefined) return;
    switch (says) {
      case "reject":
        this.#tell(state, { Errors: ["Symbol"] });
        return;
      case "work":
        this.#tell(state, { Status: "Working" });
        return;
      case "forget":
        this.#tell(state, { Errors: ["Request.Unknown"] });
        return;
      case "promise":
        if (state.Request.New === undefined) return;
        this.#tell(state, { Status: "Working", OrderID: orderIdOf(state.Request) });
        return;
      case "confirm":
        this.#confirm(state, state.Request, completes);
        return;
    }
  }

  #confirm(state: ClientRequestState, request: ClientRequest, completes: boolean): void {
    const { New, Amend, Cancel, Move, CashTransfer, RequestID, Account } = request;
    const account = Account?.AccountID ?? "";
    const operation = Amend ?? Cancel ?? Move;
    const order = operation && this.#orderOf(operation.OrderID ?? "");
    const isDone = operation !== undefined && (order === undefined || order.IsCompleted === true);
    const isElsewhere = (Amend ?? Cancel) !== undefined && order?.Account?.AccountID !== account;
    const isThere = Move !== undefined && order?.Account?.AccountID === account;
    const collides = this.#isFair && Amend !== undefined && this.#pending(Amend.OrderID, "Move").length > 0;
    if (isDone || isElsewhere || isThere || collides) {
      this.#tell(state, { Errors: ["Order.Status"] });
      return;
    }
    if (New !== undefined) this.#placed(request, state);
    if (Amend !== undefined) {
      const { ReservePrice, Fee } = request.Values ?? {};
      const Price = (Amend.Price ?? ReservePrice)?.toString();
      const funds = Fee === undefined ? {} : { AdditionalFunds: Fee.toString() };
      this.#order({ OrderID: Amend.OrderID, Price, Quantity: Amend.Quantity?.toString(), ...funds, RequestID });
    }
    if (Cancel !== undefined) this.#order({ OrderID: Cancel.OrderID, IsCompleted: true, RequestID });
    if (Move !== undefined) this.#order({ OrderID: Move.OrderID, Account: account, RequestID });
    // Nothing links a transfer with what it was asked by: it is done when the request is.
    if (completes || CashTransfer !== undefined) this.#tell(state, { Status: "Completed" });
    if (CashTransfer !== undefined) this.desk.deposit(CashTransfer.Value?.toString() ?? "0", account);
  }

  /** A new order: named by its request, unless the adapter has said what it would be called. */
  #placed(request: ClientRequest, state: ClientRequestState): void {
    const { New, Values = {}, Properties, RequestID, Account } = request;
    const OrderID = orderIdOf(request);
    if (this.#orderOf(OrderID) !== undefined || New === undefined) return;
    const { Fee, ReservePrice } = Values;
    const promised = state.OrderID !== undefined;
    this.#order({
      OrderID,
      Account: Account?.AccountID,
      Code: New.Code,
      Side: New.Side,
      Price: (New.Price ?? ReservePrice)?.toString(),
      Quantity: New.Quantity?.toString(),
      AdditionalFunds: Fee?.toString(),
      Currency: Properties?.Currency,
      ...(!promised && { RequestID }),
    });
  }

  #fill({ pick, share, below, fee }: StepOf<"fill">): void {
    const open = this.#orders().filter((order) => order.IsCompleted !== true && leavesOf(order).sign > 0);
    const order = open[pick % Math.max(open.length, 1)];
    if (order?.OrderID === undefined) return;
    const isBuy = order.Side === "SIDE_BUY";
    const limit = figure(order.Price);
    // A buyer pays no more than the limit, a seller gets no less.
    const price = isBuy ? orZero(limit.minus(Rational.of(below))) : limit.plus(Rational.of(below));
    const quantity = share >= 1 ? leavesOf(order) : leavesOf(order).times(Rational.of("0.5"));
    const amends = this.#pending(order.OrderID, "Amend");
    const isCheaper = amends.some(({ Request }) => figure(Request?.Amend?.Price).compare(limit) < 0);
    // What is filled at once at a higher price than is asked for was vetted at the lower one.
    if (this.#isFair && isCheaper) return;
    const isFree = this.#isFair && (!isBuy || amends.length > 0 || Rational.of(fee).compare(freeFee(order)) > 0);
    const tradeId = `T${++this.#ids}`;
    const told = { Price: price.toString(), Quantity: quantity.toString(), AdditionalFunds: isFree ? "0" : fee };
    this.desk.trade(tradeId, told, { OrderID: order.OrderID });
    this.#oracle.sawOrder(this.#orderOf(order.OrderID) ?? {});
    this.#oracle.sawPrice(order, price);
    const account = order.Account?.AccountID ?? "";
    const isAtLimit = price.compare(limit) === 0;
    this.#fills.push([tradeId, { orderId: order.OrderID, account, quantity, price, isAtLimit, isBusted: false }]);
    this.#lastFills.set(symbolOf(order), tradeId);
  }

  #correct({ pick, price }: StepOf<"correct">): void {
    const found = this.#fills[pick % Math.max(this.#fills.length, 1)];
    const order = found && this.#orderOf(found[1].orderId);
    if (found === undefined || order === undefined || found[1].isBusted) return;
    const [tradeId, fill] = found;
    const isBetter = Rational.of(price).compare(fill.price) * (order.Side === "SIDE_BUY" ? -1 : 1) >= 0;
    if (this.#isFair && (!isBetter || order.Account?.AccountID !== fill.account)) return;
    this.desk.correction(tradeId, { Price: price, Quantity: fill.quantity.toString() }, { OrderID: fill.orderId });
    const corrected = { ...fill, price: Rational.of(price), isAtLimit: false, account: order.Account?.AccountID ?? "" };
    this.#fills[this.#fills.indexOf(found)] = [tradeId, corrected];
    if (tradeId === this.#lastFills.get(symbolOf(order))) this.#oracle.sawPrice(order, Rational.of(price));
  }

  #bust({ pick }: StepOf<"bust">): void {
    const found = this.#fills[pick % Math.max(this.#fills.length, 1)];
    const order = found && this.#orderOf(found[1].orderId);
    if (found === undefined || order === undefined || found[1].isBusted) return;
    const [tradeId, fill] = found;
    // Proceeds may have been spent, and what was bought sold; what is left to buy must be reserved anew at the limit.
    const isHarmless = order.Side === "SIDE_BUY" && fill.isAtLimit && order.Account?.AccountID === fill.account;
    if (this.#isFair && (!isHarmless || figure(order.Price).compare(fill.price) !== 0)) return;
    if (this.#isFair && this.#pending(fill.orderId, "Amend").length + this.#pending(fill.orderId, "Move").length > 0)
      return;
    this.desk.bust(tradeId, { OrderID: fill.orderId });
    fill.isBusted = true;
    this.#wasBusted = true;
    if (tradeId === this.#lastFills.get(symbolOf(order))) this.#oracle.forgetPrice(order);
  }

  #supply(isSupplied: boolean): void {
    if (!isSupplied) {
      this.desk.supplied.clear();
      return;
    }
    for (const feed of [EXCHANGE, "XS"]) {
      this.desk.supplied.add(feed);
      for (const state of waitingFor(this.desk.book, feed)) {
        this.desk.submit(JSON.parse(JSON.stringify(submissionOf(state))), { teller: "oms" });
        this.#countDeliveries();
      }
    }
  }

  /** The same request again: it is told what has become of it, and changes nothing. */
  #again(pick: number): void {
    const asked = this.#asked[pick % Math.max(this.#asked.length, 1)];
    if (asked === undefined) return;
    const reply = this.desk.ask(asked.request, asked.asker);
    expectEqual(reply.isRecorded, false, "a repetition is not recorded");
    expectEqual(reply.Status, this.desk.statusOf(asked.id, asked.account), "a repetition is told the outcome");
    expectEqual(this.desk.deliveries(), [], "a repetition is not sent");
  }

  #tell(state: ClientRequestState, content: object): void {
    const { RequestID = "", Account } = state.Request ?? {};
    const feed = state.Route ?? "";
    expectEqual(this.desk.tell(RequestID, { Account, ...content }, { feed }), undefined, "an answer is taken");
    this.#oracle.sawUpdate();
    this.#countDeliveries();
  }

  #order(fields: OrderFields & { readonly RequestID?: string | undefined }): void {
    this.desk.order(fields);
    const { Order } = this.desk.recorded().Action ?? {};
    this.#oracle.sawOrder(Order ?? {});
  }

  #count({ refused }: Reply): void {
    if (refused === undefined) this.#countDeliveries();
  }

  /** No request is ever sent a third time. */
  #countDeliveries(): void {
    for (const { request } of this.desk.deliveries()) {
      const key = requestKey(request.Account?.AccountID ?? "", request.RequestID ?? "");
      const times = (this.#sent.get(key) ?? 0) + 1;
      this.#sent.set(key, times);
      expect(times, `times that ${key} was sent`).toBeLessThanOrEqual(2);
      expectEqual(this.desk.book.known("request", key)?.Deliveries, times, "how often it is said to have been sent");
    }
  }

  #expectHeld(): void {
    for (const account of ACCOUNTS) {
      const held = this.#oracle.held(account);
      for (const pot of POTS) {
        const { total } = heldOf(this.desk.book, account, potOf(pot));
        expectEqual(total.toString(), (held.get(pot) ?? Rational.ZERO).toString(), `what ${account} holds of ${pot}`);
      }
    }
  }

  /** What is reserved and held together is there. */
  #expectAffordable(): void {
    const pots = this.#wasBusted ? CURRENCIES : POTS;
    for (const account of ACCOUNTS) {
      const held = this.#oracle.held(account);
      for (const pot of pots) {
        const needed = this.#oracle.reserved(account, pot).plus(held.get(pot) ?? Rational.ZERO);
        const total = this.#oracle.total(account, pot);
        if (needed.compare(total) > 0) throw new Error(`${account} needs ${needed} of ${pot} and has ${total}`);
      }
    }
  }

  #withOrder(pick: number, act: (order: OrderState) => void): void {
    const orders = this.#orders();
    const order = orders[pick % Math.max(orders.length, 1)];
    if (order !== undefined) act(order);
  }

  #orders(): readonly OrderState[] {
    return [...this.desk.book.all("order").values()];
  }

  #orderOf(orderId: string): OrderState | undefined {
    return this.#orders().find(({ OrderID }) => OrderID === orderId);
  }

  #requests(isMeant: (state: ClientRequestState) => boolean): readonly ClientRequestState[] {
    return [...this.desk.book.all("request").values()].filter(isMeant);
  }

  /** The open requests of a type about an order. */
  #pending(orderId: string | undefined, type: "Amend" | "Move"): readonly ClientRequestState[] {
    return this.#requests(({ Request }) => Request?.[type] !== undefined && Request[type].OrderID === orderId);
  }
}

/**
 * A second, slow and obvious opinion on what requests hold and what an account can afford, made from the text of the
 * rules (§8, O3, O4) and from what everybody can see: the open requests, orders, balances and holdings. It remembers
 * only which requests the orders have told of, and the last prices. It shares no arithmetic with what it checks.
 */
import type { ClientRequest, ClientRequestState, OrderState } from "../../../src/protocol/messages/index.ts";
import type { Book } from "./book.ts";
import { orZero, Rational } from "./rational.ts";
import { figure } from "./sums.ts";

/** What is taken from: `AUD`, or `ASX:BHP`. */
export type Pot = string;

/** What one request needs of a pot. Of those about one order the largest counts. */
interface Need {
  readonly pot: Pot;
  readonly amount: Rational;
  readonly about: string;
}

/** An order's terms, whether it exists or is only asked for. */
type Terms = Pick<
  OrderState,
  | "Side"
  | "Exchange"
  | "Code"
  | "Currency"
  | "Price"
  | "Quantity"
  | "AdditionalFunds"
  | "ExecutedQuantity"
  | "ExecutedAdditionalFunds"
  | "IsCompleted"
>;

const DEFAULT_CURRENCY = "AUD";

export class VettingOracle {
  readonly #book: Book;
  /** The requests, as `account/id`, that an order's state has told of. */
  readonly #booked = new Set<string>();
  readonly #lastPrices = new Map<string, Rational>();

  constructor(book: Book) {
    this.#book = book;
  }

  /** An order's state has come in: it tells of the request that it names, and of the new one that became it. */
  sawOrder({ Account, OrderID, RequestID }: OrderState): void {
    for (const { Request = {}, OrderID: told } of this.#open(Account?.AccountID ?? "")) {
      const isNamed = RequestID !== undefined && Request.RequestID === RequestID;
      if (isNamed || (Request.New !== undefined && told === OrderID)) this.#booked.add(nameOf(Request));
    }
  }

  /** Something was told of a request: it may be of an order that is there already. */
  sawUpdate(): void {
    for (const { Request = {}, OrderID } of this.#allOpen()) {
      const order = OrderID === undefined ? undefined : this.#order(OrderID);
      const isOfAccount = order?.Account?.AccountID === Request.Account?.AccountID;
      if (Request.New !== undefined && order !== undefined && isOfAccount) this.#booked.add(nameOf(Request));
    }
  }

  sawPrice({ Exchange, Code, Currency }: OrderState, price: Rational): void {
    this.#lastPrices.set(`${Exchange} ${Code} ${Currency}`, price);
  }

  forgetPrice({ Exchange, Code, Currency }: OrderState): void {
    this.#lastPrices.delete(`${Exchange} ${Code} ${Currency}`);
  }

  /** What is held of each pot of an account, as plain decimals; pots of which nothing is held are left out. */
  held(account: string, except?: string): ReadonlyMap<Pot, Rational> {
    const largest = new Map<string, Need>();
    for (const { Request = {} } of this.#open(account)) {
      if (nameOf(Request) === except || this.#booked.has(nameOf(Request))) continue;
      const need = this.#need(Request);
      if (need === undefined) continue;
      const name = `${need.pot} ${need.about}`;
      const before = largest.get(name);
      if (before === undefined || before.amount.compare(need.amount) < 0) largest.set(name, need);
    }
    const held = new Map<Pot, Rational>();
    for (const { pot, amount } of largest.values()) held.set(pot, (held.get(pot) ?? Rational.ZERO).plus(amount));
    return held;
  }

  /** What there is in a pot: cash (rule O4) or a quantity, less what orders reserve of it. */
  available(account: string, pot: Pot): Rational {
    return this.total(account, pot).minus(this.reserved(account, pot));
  }

  /** What there is in a pot, reserved or not. */
  total(account: string, pot: Pot): Rational {
    const { cash, asset } = this.#positions(account, pot);
    return Rational.sum([cash?.Balance, cash?.UnbookedTransactions, cash?.Margin, asset?.Quantity].map(figure));
  }

  /** What orders reserve of a pot. */
  reserved(account: string, pot: Pot): Rational {
    const { cash, asset } = this.#positions(account, pot);
    return figure(cash?.UnfilledBuys).plus(figure(asset?.UnfilledSells));
  }

  /** Why a request, right in itself, would be rejected; `name` is what it is known by if it is open already. */
  verdict(request: ClientRequest, name?: string): readonly string[] {
    const account = request.Account?.AccountID ?? "";
    const { Attributes = {} } =
      [...this.#book.all("account").values()].find((each) => each.Account?.AccountID === account) ?? {};
    if (request.Cancel !== undefined) return [];
    return [
      ...(request.New !== undefined || request.Amend !== undefined ? this.#limits(request, Attributes) : []),
      ...this.#shortage(request, account, Attributes, name),
    ];
  }

  #shortage(
    request: ClientRequest,
    account: string,
    attributes: Readonly<Record<string, string>>,
    name: string | undefined,
  ): readonly string[] {
    const need = this.#need(request);
    if (need === undefined) return [];
    const isCash = !need.pot.includes(":");
    const isSale = this.#asked(request)?.Side === "SIDE_SELL";
    const isVetted = isCash
      ? attributes["Vetting.Funds"] === "true"
      : attributes["Vetting.Holdings"] === "true" && isSale;
    if (!isVetted) return [];
    const others = this.held(account, name);
    const free = this.available(account, need.pot).minus(others.get(need.pot) ?? Rational.ZERO);
    const more = this.#heldWith(account, need, name).minus(others.get(need.pot) ?? Rational.ZERO);
    if (more.sign <= 0 || more.compare(free) <= 0) return [];
    return [`${isCash ? "TotalValue.Balance" : "TotalQuantity.Holdings"} ${free}`];
  }

  /** What would be held of the pot of a need with it. */
  #heldWith(account: string, need: Need, except: string | undefined): Rational {
    const about = [...this.#open(account)].flatMap(({ Request = {} }) => {
      const other = this.#need(Request);
      const counts = nameOf(Request) !== except && !this.#booked.has(nameOf(Request));
      return counts && other?.pot === need.pot && other.about === need.about ? [other.amount] : [];
    });
    const largest = about.reduce((most, amount) => (amount.compare(most) > 0 ? amount : most), Rational.ZERO);
    const held = this.held(account, except).get(need.pot) ?? Rational.ZERO;
    return held.plus(orZero(need.amount.minus(largest)));
  }

  #limits(request: ClientRequest, attributes: Readonly<Record<string, string>>): readonly string[] {
    const asked = this.#asked(request);
    if (asked === undefined) return [];
    const { Price, Quantity, Side, Exchange, Code, Currency } = asked;
    const errors: string[] = [];
    const isUnpriced = Price === undefined || figure(Price).sign <= 0;
    if (attributes["Vetting.Funds"] === "true" && Side === "SIDE_BUY" && isUnpriced) errors.push("LimitPrice.Missing");
    const most = attributes["Vetting.MaxOrderQuantity"];
    if (most !== undefined && figure(Quantity).compare(Rational.of(most)) > 0) {
      errors.push(`TotalQuantity.Maximum ${Rational.of(most)}`);
    }
    const value = attributes["Vetting.MaxOrderValue"];
    const isDear =
      value !== undefined &&
      Price !== undefined &&
      figure(Quantity).times(figure(Price)).compare(Rational.of(value)) > 0;
    if (isDear) errors.push(`TotalValue.Maximum ${Rational.of(value)}`);
    const band = attributes["Vetting.PriceBand"];
    const last = this.#lastPrices.get(`${Exchange} ${Code} ${Currency}`);
    const limit = (request.New ?? request.Amend)?.Price;
    if (band === undefined || last === undefined || limit === undefined || last.sign <= 0) return errors;
    const [low, high] = [Rational.of(1).minus(Rational.of(band)), Rational.of(1).plus(Rational.of(band))];
    const isInside = figure(limit).compare(last.times(low)) >= 0 && figure(limit).compare(last.times(high)) <= 0;
    return isInside ? errors : [...errors, `LimitPrice.Distance ${last}`];
  }

  #need(request: ClientRequest): Need | undefined {
    if (request.CashTransfer !== undefined) {
      const amount = figure(request.CashTransfer.Value).negated();
      return amount.sign <= 0
        ? undefined
        : { pot: request.CashTransfer.Currency ?? "", amount, about: nameOf(request) };
    }
    const asked = this.#asked(request);
    if (asked === undefined) return undefined;
    const present = request.Amend === undefined ? undefined : this.#order(request.Amend.OrderID ?? "");
    const amount = reserveOf(asked).minus(present === undefined ? Rational.ZERO : reserveOf(present));
    if (amount.sign <= 0) return undefined;
    const pot = asked.Side === "SIDE_BUY" ? (asked.Currency ?? "") : `${asked.Exchange}:${asked.Code}`;
    const about = request.Amend?.OrderID ?? request.Move?.OrderID;
    return { pot, amount, about: about === undefined ? nameOf(request) : `order ${about}` };
  }

  /** The order that a request asks for, as it would be; undefined when there is nothing to make it of. */
  #asked(request: ClientRequest): Terms | undefined {
    const { New, Amend, Move, Values = {}, Properties = {}, Account } = request;
    const { ReservePrice, ...funds } = Values;
    const AdditionalFunds = Object.keys(funds).length === 0 ? undefined : funds;
    if (New !== undefined) {
      const { Currency = DEFAULT_CURRENCY } = Properties;
      return { ...New, Price: New.Price ?? ReservePrice, Currency, AdditionalFunds };
    }
    const order = this.#order(Amend?.OrderID ?? Move?.OrderID ?? "");
    const isHere = order?.Account?.AccountID === Account?.AccountID;
    if (Amend !== undefined) {
      if (order === undefined || !isHere) return undefined;
      const { Quantity } = Amend;
      const Price = Amend.Price ?? ReservePrice;
      return {
        ...order,
        IsCompleted: false,
        Price,
        Quantity,
        AdditionalFunds: AdditionalFunds ?? order.AdditionalFunds,
      };
    }
    return isHere ? undefined : order;
  }

  #order(orderId: string): OrderState | undefined {
    return [...this.#book.all("order").values()].find(({ OrderID }) => OrderID === orderId);
  }

  #allOpen(): readonly ClientRequestState[] {
    return [...this.#book.all("request").values()];
  }

  #open(account: string): readonly ClientRequestState[] {
    return this.#allOpen().filter(({ Request }) => Request?.Account?.AccountID === account);
  }

  #positions(account: string, pot: Pot) {
    const cash = [...this.#book.all("balance").values()].find(
      (each) => each.Account?.AccountID === account && each.Currency === pot,
    );
    const asset = [...this.#book.all("holding").values()].find(
      (each) => each.Account?.AccountID === account && `${each.Exchange}:${each.Code}` === pot,
    );
    return { cash, asset };
  }
}

/** Rule O3. */
function reserveOf(terms: Terms): Rational {
  const leaves = orZero(figure(terms.Quantity).minus(figure(terms.ExecutedQuantity)));
  if (terms.IsCompleted === true || leaves.isZero) return Rational.ZERO;
  if (terms.Side !== "SIDE_BUY") return leaves;
  const funds = Object.entries(terms.AdditionalFunds ?? {}).map(([name, amount]) =>
    orZero(figure(amount).minus(orZero(figure(terms.ExecutedAdditionalFunds?.[name])))),
  );
  return Rational.sum([orZero(leaves.times(figure(terms.Price))), ...funds]);
}

function nameOf({ Account, RequestID }: ClientRequest): string {
  return `${Account?.AccountID}/${RequestID}`;
}

/**
 * What open requests will need, and so hold back: computed from the requests and orders that are there, never stored. A
 * request holds from when it is taken until the first state of its order tells of it, or until it is completed.
 */
import { atLeastZero, Decimal } from "../../protocol/decimal.ts";
import type { ClientRequest, OrderAmend, OrderMove, OrderNew, OrderState } from "../../protocol/messages/index.ts";
import { findOrder } from "../orders.ts";
import { accountPrefix, type Key, keyOf } from "../records.ts";
import { reservationOf } from "../reservation.ts";
import type { State } from "../state.ts";
import { presentRequestKey } from "./request-names.ts";
import { orderOf, subjectOf } from "./subjects.ts";

/** What a hold is taken from: an account's cash in a currency, or its holding of an asset. */
export type Pot =
  | { readonly of: "cash"; readonly currency: string }
  | { readonly of: "asset"; readonly exchange: string; readonly code: string };

/** What one request holds. Those that are about the same order take turns: only the largest of them counts. */
export interface Hold {
  readonly pot: Pot;
  readonly amount: Decimal;
  readonly turns?: string;
}

/** The order that a request would make of what is there already. */
export interface Prospect {
  readonly asked: OrderState;
  readonly present?: OrderState;
  /** What other requests may be about, too. */
  readonly about?: string;
}

/** What open requests hold of one pot. */
export interface Held {
  /** All of it together. */
  readonly total: Decimal;
  /** What would be held beyond that with one more. */
  readonly beyond: (hold: Hold) => Decimal;
}

/** The name by which a request says what an unpriced buy reserves at; all other Values are funds. */
const RESERVE_PRICE = "ReservePrice";

/** What a request holds, or would hold; undefined when that is nothing. */
export function holdOf(state: State, request: ClientRequest): Hold | undefined {
  const { CashTransfer } = request;
  if (CashTransfer !== undefined) {
    const { Currency = "", Value = Decimal.ZERO } = CashTransfer;
    return positive({ pot: { of: "cash", currency: Currency }, amount: Value.negated() });
  }
  const prospect = prospectOf(state, request);
  if (prospect === undefined) return undefined;
  const { asked, present, about } = prospect;
  const after = reservationOf(asked);
  const before = reservationOf(present ?? {});
  const { Currency = "", Exchange = "", Code = "" } = asked;
  const turns = about === undefined ? {} : { turns: about };
  return (
    positive({
      pot: { of: "cash", currency: Currency },
      amount: after.unfilledBuys.minus(before.unfilledBuys),
      ...turns,
    }) ??
    positive({
      pot: { of: "asset", exchange: Exchange, code: Code },
      amount: after.unfilledSells.minus(before.unfilledSells),
      ...turns,
    })
  );
}

/** What the open requests of an account hold of a pot, one of them left out. */
export function heldOf(state: State, accountId: string, pot: Pot, except?: Key<"request">): Held {
  let separately = Decimal.ZERO;
  const inTurns = new Map<string, Decimal>();
  for (const key of [...state.keys("request", { prefix: accountPrefix(accountId) })]) {
    if (key === except || state.known("request", key)?.IsBooked === true) continue;
    const hold = holdOf(state, state.record("request", key)?.Request ?? {});
    if (hold === undefined || !isSamePot(hold.pot, pot)) continue;
    if (hold.turns === undefined) separately = separately.plus(hold.amount);
    else inTurns.set(hold.turns, larger(inTurns.get(hold.turns), hold.amount));
  }
  const total = [...inTurns.values()].reduce((sum, amount) => sum.plus(amount), separately);
  const beyond = ({ amount, turns }: Hold) =>
    turns === undefined ? amount : atLeastZero(amount.minus(inTurns.get(turns) ?? Decimal.ZERO));
  return { total, beyond };
}

/** The order that a request would make; undefined for one that makes none, or is about something that is gone. */
export function prospectOf(state: State, request: ClientRequest): Prospect | undefined {
  if (request.New !== undefined) return { asked: newOrder(state, request, request.New) };
  if (request.Amend !== undefined) return amendedOrder(state, request, request.Amend);
  if (request.Move !== undefined) return movedOrder(state, request, request.Move);
  return undefined;
}

/** The currency that a request about a new order is in: the one that it names, or its account's. */
function currencyOf(state: State, { Properties, Account }: ClientRequest): string | undefined {
  return Properties?.Currency ?? state.record("account", keyOf.account(Account?.AccountID ?? ""))?.DefaultCurrency;
}

function newOrder(state: State, request: ClientRequest, { Exchange, Code, Side, ...terms }: OrderNew): OrderState {
  return { Exchange, Code, Side, Currency: currencyOf(state, request), ...askedTerms(request, terms) };
}

/** The amended terms with the present execution. Funds that are not named anew stay. */
function amendedOrder(state: State, request: ClientRequest, amend: OrderAmend): Prospect | undefined {
  const amended = amendedBy(state, request, amend);
  if (amended === undefined) return undefined;
  const { present, about } = amended;
  const { AdditionalFunds = present.AdditionalFunds, ...terms } = askedTerms(request, amend);
  const asked = { ...present, ...terms, AdditionalFunds, IsCompleted: false };
  return { asked, present, about };
}

/** What an amend starts from, and the name by which all amends of it take turns. */
interface Amended {
  readonly present: OrderState;
  readonly about: string;
}

/** What an amend starts from: the order, or what an open request that has not become one yet asks for. */
function amendedBy(state: State, { Account }: ClientRequest, amend: OrderAmend): Amended | undefined {
  const accountId = Account?.AccountID ?? "";
  const orderId = amend.OrderID ?? orderIdToldOf(state, accountId, amend.PrevRequestID);
  const order = orderId === undefined ? undefined : orderOf(state, accountId, orderId);
  if (orderId !== undefined && order !== undefined) return { present: order, about: orderId };
  const subject = subjectOf(state, accountId, amend);
  if (subject.is !== "request") return undefined;
  const { Request = {} } = subject.request;
  return Request.New && { present: newOrder(state, Request, Request.New), about: `request ${amend.PrevRequestID}` };
}

/** The order that a request has become or is about, as it was told: of one that is completed, too. */
function orderIdToldOf(state: State, accountId: string, requestId: string | undefined): string | undefined {
  if (requestId === undefined) return undefined;
  return state.known("request", presentRequestKey(state, accountId, requestId))?.Response?.OrderID;
}

/** A move takes the order's whole reservation along, unless the order is there already. */
function movedOrder(state: State, { Account }: ClientRequest, { OrderID = "" }: OrderMove): Prospect | undefined {
  const order = findOrder(state, OrderID);
  const isThere = order?.Account?.AccountID === Account?.AccountID;
  return order === undefined || isThere ? undefined : { asked: order, about: OrderID };
}

function askedTerms({ Values = {} }: ClientRequest, { Price, Quantity }: Pick<OrderNew, "Price" | "Quantity">) {
  const { [RESERVE_PRICE]: reservePrice, ...funds } = Values;
  return {
    Price: Price ?? reservePrice,
    Quantity,
    ...(Object.keys(funds).length > 0 && { AdditionalFunds: funds }),
  };
}

function positive(hold: Hold): Hold | undefined {
  return hold.amount.sign > 0 ? hold : undefined;
}

function larger(left: Decimal | undefined, right: Decimal): Decimal {
  return left !== undefined && left.compare(right) > 0 ? left : right;
}

function isSamePot(left: Pot, right: Pot): boolean {
  if (left.of === "cash") return right.of === "cash" && left.currency === right.currency;
  return right.of === "asset" && left.exchange === right.exchange && left.code === right.code;
}

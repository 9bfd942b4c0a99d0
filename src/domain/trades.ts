/** Trades, their corrections and cancels: cash, holdings, averages and transactions (rules T1-T6, E1). */
import { sameContent } from "../protocol/codec.ts";
import { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import { type OrderState, OrderTrade, type Side, type TransactionDetails } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import type { Changes } from "./changes.ts";
import { addMovement, movementAt, setMovement, takeMovement } from "./holdings.ts";
import { knownLine, type Line, lineAt, lineIn, lineOf, sameLine } from "./lines.ts";
import type { PlacedOrder } from "./orders.ts";
import { type At, KEY_SEPARATOR } from "./records.ts";
import { nameAsOf, symbolName, symbolOf } from "./renames.ts";
import { required, requiredId, requiredPositive } from "./requirements.ts";
import { directionOf, sumOf } from "./reservation.ts";
import type { KnownRecords, KnownTrade, NamedCurrency, State, Step } from "./state.ts";

/** What a trade is, or is to be, booked under, by the names that there are now. */
export interface Booking {
  readonly accountId: string;
  readonly currency: string;
  readonly exchange: string;
  readonly code: string;
  readonly side: Side;
  readonly trade: OrderTrade;
}

/** What a booking does to cash and to the holding; nothing for a side that moves nothing. */
interface Effect {
  readonly cash: Decimal;
  readonly quantity: Decimal;
}

const NO_EFFECT: Effect = { cash: Decimal.ZERO, quantity: Decimal.ZERO };

/** What an incoming trade means, given what is known of it. `repeated`: it changes nothing, its order included. */
export type TradeStep =
  | { readonly step: "repeated" }
  | { readonly step: "trade"; readonly trade: OrderTrade }
  | { readonly step: "correction"; readonly trade: OrderTrade; readonly known: KnownRecords["trade"] }
  | { readonly step: "cancel"; readonly known: KnownRecords["trade"] };

/** The id under which a trade is known for ever (rule T2). */
export function tradeKey(orderId: string, tradeId: string): string {
  return orderId + KEY_SEPARATOR + tradeId;
}

/** Decides what an incoming trade is (rules T3-T5, O8). Throws Refusal. */
export function readTrade(given: OrderTrade | undefined, known: KnownRecords["trade"] | undefined): TradeStep {
  const trade = required(given, "Action.Trade");
  const tradeId = requiredId(trade.TradeID, "Action.Trade.TradeID");
  switch (required(trade.Type, "Action.Trade.Type")) {
    case "OrderTradeType_Trade":
      requirePriceAndQuantity(trade);
      if (known === undefined) return { step: "trade", trade };
      if (sameContent(trade, known.Original ?? known.Trade) || sameContent(trade, known.Trade))
        return { step: "repeated" };
      throw new Refusal("Trade.Duplicate", tradeId);
    case "OrderTradeType_Correction":
      requirePriceAndQuantity(trade);
      if (known === undefined) throw new Refusal("Trade.Unknown", tradeId);
      if (known.Cancelled === true) throw new Refusal("Trade.Cancelled", tradeId);
      return { step: "correction", trade: ordered(OrderTrade, { ...trade, Type: "OrderTradeType_Trade" }), known };
    case "OrderTradeType_Cancel":
      if (known === undefined) throw new Refusal("Trade.Unknown", tradeId);
      return known.Cancelled === true ? { step: "repeated" } : { step: "cancel", known };
    case "OrderTradeType_Unknown":
      throw new Refusal("Field.Invalid", "Action.Trade.Type");
  }
}

function requirePriceAndQuantity(trade: OrderTrade): void {
  required(trade.Price, "Action.Trade.Price");
  requiredPositive(trade.Quantity, "Action.Trade.Quantity");
}

/** Books, re-books or takes back a trade; its order's state has been replaced already. */
export function bookTrade(changes: Changes, order: PlacedOrder, step: TradeStep): void {
  switch (step.step) {
    case "repeated":
      return;
    case "trade": {
      const booking = bookingOf(order, step.trade);
      book(changes, booking);
      know(changes, order.orderId, { ...knownBooking(booking), At: changes.context.at });
      raiseTrade(changes, order.state, booking);
      return;
    }
    case "correction": {
      const { known } = step;
      const before = presentBooking(changes, known);
      const after = bookingOf(order, step.trade);
      const line = rebook(changes, { ...before, line: lineOfKnown(changes.draft, known) }, after, known.At);
      know(changes, order.orderId, {
        ...knownBooking(after),
        At: known.At,
        Original: known.Original ?? known.Trade,
        ...placeOf(changes, after, known.At, line),
      });
      raiseAdjustments(changes, order.state, "Correction", before, after);
      return;
    }
    case "cancel": {
      const { known } = step;
      const before = presentBooking(changes, known);
      unbook(changes, { ...before, line: lineOfKnown(changes.draft, known) }, known.At);
      know(changes, order.orderId, { ...known, Cancelled: true });
      raiseAdjustments(changes, order.state, "Cancel", before, undefined);
      return;
    }
  }
}

function bookingOf({ accountId, currency, exchange, code, side }: PlacedOrder, trade: OrderTrade): Booking {
  return { accountId, currency, exchange, code, side, trade };
}

/** What a known trade is booked under, by the names that there are now. */
export function presentBooking({ draft, context }: Changes, known: KnownRecords["trade"]): Booking {
  const { AccountID = "", Currency = "", Exchange = "", Code = "", Side = "SIDE_UNKNOWN", Trade = {} } = known;
  const written = namedAt(known);
  const symbol = nameAsOf(draft, "symbol", symbolName(Exchange, Code), written, context.at);
  return {
    accountId: nameAsOf(draft, "account", AccountID, written, context.at),
    currency: nameAsOf(draft, "currency", Currency, written, context.at),
    ...symbolOf(symbol),
    side: Side,
    trade: Trade,
  };
}

/** Where the movement of a known trade is. */
function lineOfKnown(state: State, known: KnownRecords["trade"]): Line {
  const { AccountID = "", Exchange = "", Code = "", Line } = known;
  if (Line !== undefined) return lineIn(Line);
  return lineOf(state, { accountId: AccountID, exchange: Exchange, code: Code }, namedAt(known));
}

/** As of when a known trade's names are. */
function namedAt({ At: at, Named = at }: KnownRecords["trade"]): At {
  // It was an At when it was made known.
  return Named as At;
}

function knownBooking({ accountId, currency, exchange, code, side, trade }: Booking): KnownTrade {
  return { AccountID: accountId, Currency: currency, Exchange: exchange, Code: code, Side: side, Trade: trade };
}

function know(changes: Changes, orderId: string, known: KnownRecords["trade"]): void {
  changes.draft.know("trade", tradeKey(orderId, known.Trade?.TradeID ?? ""), known);
}

/** As of when the names of a corrected trade are, and where its movement is, unless they always meant just that. */
function placeOf(changes: Changes, booking: Booking, at: At, line: Line): Pick<KnownTrade, "Named" | "Line"> {
  const { draft, context } = changes;
  const asBefore = { ...knownBooking(booking), At: at };
  const isPlain =
    sameLine(lineOfKnown(draft, asBefore), line) &&
    isSameAsset(presentBooking(changes, asBefore), booking) &&
    presentBooking(changes, asBefore).currency === booking.currency;
  return isPlain ? {} : { Named: context.at, Line: knownLine(line) };
}

/** Rule T1. */
function effectOf({ side, trade }: Booking): Effect {
  const quantity = trade.Quantity ?? Decimal.ZERO;
  const consideration = (trade.Price ?? Decimal.ZERO).times(quantity);
  const funds = sumOf(trade.AdditionalFunds);
  switch (directionOf(side)) {
    case "buy":
      return { cash: consideration.plus(funds).negated(), quantity };
    case "sell":
      return { cash: consideration.minus(funds), quantity: quantity.negated() };
    case "none":
      return NO_EFFECT;
  }
}

function book(changes: Changes, booking: Booking): void {
  const effect = effectOf(booking);
  addCash(changes, booking, effect.cash);
  if (effect.quantity.isZero) return;
  addMovement(changes, booking, movementOf(booking, { name: booking.currency, at: changes.context.at }));
}

/** A booking, and the line in which its movement is. */
interface Booked extends Booking {
  readonly line: Line;
}

function unbook(changes: Changes, booked: Booked, at: At): void {
  const effect = effectOf(booked);
  addCash(changes, booked, effect.cash.negated());
  if (!effect.quantity.isZero) takeMovement(changes, booked.line, at);
}

/**
 * Reverses a booking where it was and applies another, at the same place in the sequence (rule T4). Gives the line that
 * it is in then.
 */
function rebook(changes: Changes, before: Booked, after: Booking, at: At): Line {
  const { draft, context } = changes;
  const line = isSameAsset(before, after) ? before.line : lineAt(draft, after, at, context.at);
  const old = movementAt(draft, before.line, at);
  // The new movement takes the old one's place, so that the holding is folded once, and no further than it differs.
  const isReplaced = sameLine(line, before.line) && !effectOf(after).quantity.isZero;
  if (isReplaced) addCash(changes, before, effectOf(before).cash.negated());
  else unbook(changes, before, at);
  addCash(changes, after, effectOf(after).cash);
  if (effectOf(after).quantity.isZero) return line;
  setMovement(changes, line, at, movementOf(after, correctedCurrency(changes, after.currency, old?.currency)));
  return line;
}

function movementOf(booking: Booking, currency: NamedCurrency): Step {
  const { Price } = booking.trade;
  return { quantity: effectOf(booking).quantity, ...(Price !== undefined && { price: Price }), currency };
}

/** The currency of a correction, by the name that it had where the trade was booked if it is the same one still. */
function correctedCurrency({ draft, context }: Changes, name: string, old: NamedCurrency | undefined): NamedCurrency {
  const isStillSo = old !== undefined && nameAsOf(draft, "currency", old.name, old.at, context.at) === name;
  return isStillSo ? old : { name, at: context.at };
}

function isSameAsset(left: Booking, right: Booking): boolean {
  return left.accountId === right.accountId && left.exchange === right.exchange && left.code === right.code;
}

function addCash(changes: Changes, { accountId, currency }: Booking, cash: Decimal): void {
  if (cash.isZero) return;
  const { UnbookedTransactions } = changes.balance(accountId, currency);
  changes.setBalance(accountId, currency, { UnbookedTransactions: UnbookedTransactions.plus(cash) });
}

/** Rule E1: the consideration signed, the funds as given. */
function raiseTrade(changes: Changes, order: OrderState, booking: Booking): void {
  const { currency, exchange, code, trade } = booking;
  const effect = effectOf(booking);
  if (directionOf(booking.side) === "none") return;
  const funds = trade.AdditionalFunds;
  changes.transaction({
    Type: "ClientTransactionType_Trade",
    Details: details(changes, order, booking, trade.Price && { Price: trade.Price }),
    CashTransfer: {
      Currency: currency,
      ...(funds !== undefined && { AdditionalFunds: funds }),
      Value: effect.cash.plus(sumOf(funds)),
      Settlement: "SettlementStatus_Unbooked",
    },
    AssetTransfer: {
      ...(order.OrderID !== undefined && { OrderID: order.OrderID }),
      ...(code !== "" && { Code: code }),
      ...(exchange !== "" && { Exchange: exchange }),
      Value: effect.quantity,
      ...(trade.ExDestination !== undefined && { ExDestination: trade.ExDestination }),
    },
  });
}

interface Difference {
  readonly booking: Booking;
  readonly cash: Decimal;
  readonly quantity: Decimal;
}

/** Rule E1: what a correction or cancel changed, one adjustment for each account (and each currency or asset in it). */
function raiseAdjustments(
  changes: Changes,
  order: OrderState,
  kind: "Correction" | "Cancel",
  before: Booking,
  after: Booking | undefined,
): void {
  const Reason = `${kind} of ${before.trade.TradeID}`;
  for (const { booking, cash, quantity } of differences(before, after)) {
    const CashAdjustment = {
      Currency: booking.currency,
      Value: cash,
      Reason,
      Settlement: "SettlementStatus_Unbooked",
    } as const;
    const AssetAdjustment = {
      ...(booking.code !== "" && { Code: booking.code }),
      ...(booking.exchange !== "" && { Exchange: booking.exchange }),
      Value: quantity,
      Reason,
    };
    const Details = details(changes, order, booking, undefined);
    if (!cash.isZero && !quantity.isZero) {
      changes.transaction({ Type: "ClientTransactionType_Adjustment", Details, AssetAdjustment, CashAdjustment });
    } else if (!cash.isZero) {
      changes.transaction({ Type: "ClientTransactionType_CashAdjustment", Details, CashAdjustment });
    } else if (!quantity.isZero) {
      changes.transaction({ Type: "ClientTransactionType_AssetAdjustment", Details, AssetAdjustment });
    }
  }
}

function differences(before: Booking, after: Booking | undefined): readonly Difference[] {
  const old = effectOf(before);
  const taken: Difference = { booking: before, cash: old.cash.negated(), quantity: old.quantity.negated() };
  if (after === undefined) return [taken];
  const given: Difference = { booking: after, ...effectOf(after) };
  if (before.accountId !== after.accountId) return [taken, given];
  const sameCash = before.currency === after.currency;
  const sameAsset = isSameAsset(before, after);
  if (sameCash && sameAsset) {
    return [{ booking: after, cash: taken.cash.plus(given.cash), quantity: taken.quantity.plus(given.quantity) }];
  }
  if (sameCash)
    return [
      { ...taken, cash: Decimal.ZERO },
      { ...given, cash: taken.cash.plus(given.cash) },
    ];
  if (sameAsset)
    return [
      { ...taken, quantity: Decimal.ZERO },
      { ...given, quantity: taken.quantity.plus(given.quantity) },
    ];
  return [taken, given];
}

function details(
  changes: Changes,
  order: OrderState,
  { accountId, trade }: Booking,
  Values: TransactionDetails["Values"],
): TransactionDetails {
  return {
    ...(trade.TradeID !== undefined && { TransactionID: trade.TradeID }),
    Account: { AccountID: accountId, OwnerID: changes.context.ownerId },
    ...(Values !== undefined && { Values }),
    Timestamp: order.Timestamp ?? fromMicroseconds(changes.context.at),
  };
}

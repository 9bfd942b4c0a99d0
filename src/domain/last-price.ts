/** The price of the last trade that an Owner saw of an asset in a currency: what a price band is measured from. */
import type { Decimal } from "../protocol/decimal.ts";
import type { Draft } from "./draft.ts";
import type { PlacedOrder } from "./orders.ts";
import { KEY_SEPARATOR } from "./records.ts";
import type { KnownTrade, State } from "./state.ts";
import type { TradeStep } from "./trades.ts";

/** An asset in a currency. */
type Priced = Pick<PlacedOrder, "exchange" | "code" | "currency">;

/** The price of the last trade; undefined when none was seen, or when the last one was cancelled. */
export function lastPrice(state: State, priced: Priced): Decimal | undefined {
  return state.known("price", priceKey(priced))?.Price;
}

/** Notes what a trade that is being booked says of the price; a correction says it only of the very last trade. */
export function notePrice(draft: Draft, placed: PlacedOrder, step: TradeStep): void {
  switch (step.step) {
    case "repeated":
      return;
    case "trade":
      know(draft, placed, placed.orderId, step.trade);
      return;
    case "correction":
      if (forget(draft, placed.orderId, step.known)) know(draft, placed, placed.orderId, step.trade);
      return;
    case "cancel":
      forget(draft, placed.orderId, step.known);
      return;
  }
}

function know(
  draft: Draft,
  priced: Priced,
  OrderID: string,
  { TradeID, Price }: NonNullable<KnownTrade["Trade"]>,
): void {
  draft.know("price", priceKey(priced), {
    ...(Price !== undefined && { Price }),
    OrderID,
    ...(TradeID !== undefined && { TradeID }),
  });
}

/** Forgets the price of a trade; false when it was not the last one. */
function forget(draft: Draft, orderId: string, { Exchange, Code, Currency, Trade }: KnownTrade): boolean {
  const key = priceKey({ exchange: Exchange ?? "", code: Code ?? "", currency: Currency ?? "" });
  const known = draft.known("price", key);
  if (known?.OrderID !== orderId || known.TradeID !== Trade?.TradeID) return false;
  draft.know("price", key, undefined);
  return true;
}

function priceKey({ exchange, code, currency }: Priced): string {
  return [exchange, code, currency].join(KEY_SEPARATOR);
}

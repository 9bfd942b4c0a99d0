/** The price of the last trade that an Owner saw of an asset in a currency: what a price band is measured from. */
import type { Decimal } from "../protocol/decimal.ts";
import type { Changes } from "./changes.ts";
import type { Draft } from "./draft.ts";
import type { PlacedOrder } from "./orders.ts";
import type { Pass } from "./passes.ts";
import { KEY_SEPARATOR } from "./records.ts";
import type { KnownRecords, KnownTrade, State } from "./state.ts";
import { presentBooking, type TradeStep } from "./trades.ts";

/** An asset in a currency. */
type Priced = Pick<PlacedOrder, "exchange" | "code" | "currency">;

/** The price of the last trade; undefined when none was seen, or when the last one was cancelled. */
export function lastPrice(state: State, priced: Priced): Decimal | undefined {
  return state.known("price", priceKey(priced))?.Price;
}

/** Notes what a trade that is being booked says of the price; a correction says it only of the very last trade. */
export function notePrice(changes: Changes, placed: PlacedOrder, step: TradeStep): void {
  const { draft } = changes;
  switch (step.step) {
    case "repeated":
      return;
    case "trade":
      know(draft, placed, placed.orderId, step.trade);
      return;
    case "correction":
      if (forget(changes, placed.orderId, step.known)) know(draft, placed, placed.orderId, step.trade);
      return;
    case "cancel":
      forget(changes, placed.orderId, step.known);
      return;
  }
}

/** Renames last prices (rule X2). What is known already by the new name stays: it is that of the last trade there. */
export function lastPrices(renamed: (priced: Priced) => Priced | undefined): Pass {
  return {
    after: (state, last) => state.knownIds("price", { after: last }),
    visit({ draft }, id) {
      const [exchange = "", code = "", currency = ""] = id.split(KEY_SEPARATOR);
      const target = renamed({ exchange, code, currency });
      const price = draft.known("price", id);
      if (target === undefined || price === undefined) return 0;
      draft.know("price", id, undefined);
      if (draft.known("price", priceKey(target)) === undefined) draft.know("price", priceKey(target), price);
      return id.length;
    },
  };
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
function forget(changes: Changes, orderId: string, trade: KnownRecords["trade"]): boolean {
  const { draft } = changes;
  const key = priceKey(presentBooking(changes, trade));
  const known = draft.known("price", key);
  if (known?.OrderID !== orderId || known.TradeID !== trade.Trade?.TradeID) return false;
  draft.know("price", key, undefined);
  return true;
}

function priceKey({ exchange, code, currency }: Priced): string {
  return [exchange, code, currency].join(KEY_SEPARATOR);
}

/** The plain books go on from update to update; the oracle works everything out anew, from all that was ever accepted. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { decodeText, encode } from "../../src/protocol/codec.ts";
import { OrderState, UpdateEvent } from "../../src/protocol/messages/index.ts";
import { Oracle } from "../domain/oracle.ts";
import { fixed } from "./fixed.ts";
import type { PlainBooks } from "./plain-books.ts";
import { contentText, figuresText, holdingTextOf, nameOf } from "./plain-texts.ts";
import { mustEqualMaps } from "./violation.ts";

export interface Accepted {
  readonly at: number;
  readonly update: WireEvent;
}

/** Holds the books against what the oracle makes of the same updates. */
export function mustAgree(books: PlainBooks, accepted: readonly Accepted[], owner: string): void {
  const oracle = new Oracle();
  for (const { at, update } of accepted) oracle.accept(at, decodeText(UpdateEvent, JSON.stringify(update)), undefined);
  const { balances, holdings, orders, timers } = oracle.books();
  const expected = new Map<string, string>();
  for (const [key, figures] of Object.entries(balances)) {
    expected.set(`balance ${key}`, figuresText(Object.entries(figures).map(([name, value]) => [name, fixed(value)])));
  }
  for (const [key, { Quantity = "0", UnfilledSells = "0", AveragePrice, Currency }] of Object.entries(holdings)) {
    const average = AveragePrice === undefined ? "unknown" : `${AveragePrice} ${Currency ?? "of no currency"}`;
    expected.set(
      `holding ${key}`,
      holdingTextOf(Quantity === "0" ? "" : `${Quantity}@${average}`, fixed(UnfilledSells)),
    );
  }
  for (const order of Object.values(orders)) {
    const text = contentText(JSON.parse(encode(OrderState, order)));
    expected.set(nameOf.order(order.Account?.AccountID ?? "", order.OrderID ?? ""), text);
  }
  mustEqualMaps(books.shown, expected, `the books of ${owner}`);
  const due = [...books.timers].map(([id, when]) => `order ${id} ${new Date(when).toISOString()}`);
  mustEqualMaps(
    new Map(due.map((timer) => [timer, ""])),
    new Map(timers.map((timer) => [timer, ""])),
    `the timers in the books of ${owner}`,
  );
}

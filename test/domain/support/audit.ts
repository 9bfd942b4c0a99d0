/**
 * What must hold after every step of every scenario, whatever it is about: the events alone make a replica of the
 * state, in the order of rule E2 and without a needless one; reservations are those of the open orders (O4); positions
 * show every figure and none is left at zero (H4).
 */
import { expect } from "vitest";
import { type Kind, keyOf } from "../../../src/domain/records.ts";
import type { Decimal } from "../../../src/protocol/decimal.ts";
import type { Account, AssetPosition, CashPosition, OrderState, UpdateEvent } from "../../../src/protocol/messages/index.ts";
import type { Book } from "./book.ts";
import { orZero, Rational } from "./rational.ts";

type ReplicatedKind = Exclude<Kind, "configuration">;
type Change = { readonly kind: ReplicatedKind; readonly key: string; readonly content: string | undefined };

/** A client that knows nothing of accounting: it replaces by key. */
export class Replica {
  readonly #records = new Map<string, string>();

  /** Takes over the events of one record. An event that changes nothing should not have been raised (rule E2). */
  fold(events: readonly UpdateEvent[]): void {
    for (const event of events) {
      const change = changeOf(event);
      if (change === undefined) continue;
      const name = `${change.kind} ${change.key}`;
      if (change.content === undefined) {
        // An order that came and went in one record is only shown as it went (rule O6).
        if (change.kind !== "order") expect(this.#records.has(name), `${name} existed before it was removed`).toBe(true);
        this.#records.delete(name);
      } else {
        expect(change.content, `${name} changed, since it raised an event`).not.toBe(this.#records.get(name));
        this.#records.set(name, change.content);
      }
    }
  }

  /** What was folded is the state, no more and no less. */
  expectToEqual(book: Book): void {
    const state = new Map<string, string>();
    for (const kind of REPLICATED) {
      for (const [key, value] of book.all(kind)) state.set(`${kind} ${key}`, JSON.stringify(value));
    }
    expect(sorted(this.#records)).toEqual(sorted(state));
  }
}

const REPLICATED: readonly ReplicatedKind[] = ["account", "balance", "holding", "order", "feed"];

/** Rule E2: Updates, Orders (Remove before Update), Balances and Holdings by key, Transactions, Metadata, Status. */
export function expectOrderOfEvents(events: readonly UpdateEvent[]): void {
  const places = events.map(placeOf);
  expect(places).toEqual([...places].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)));
}

export function expectSoundBooks(book: Book): void {
  const orders = [...book.all("order").values()];
  const balances = book.all("balance");
  const holdings = book.all("holding");
  expect(figures(balances, "UnfilledBuys"), "rule O4: UnfilledBuys").toEqual(reservedBuys(orders));
  expect(figures(holdings, "UnfilledSells"), "rule O4: UnfilledSells").toEqual(reservedSells(orders));
  for (const position of balances.values()) expectShown(position, ["Margin", "Balance", "UnbookedTransactions", "UnfilledBuys"]);
  for (const position of holdings.values()) expectShown(position, ["Quantity", "UnfilledSells"]);
}

/** Rule O3, written once more. */
function reservedBuys(orders: readonly OrderState[]): Readonly<Record<string, string>> {
  return summed(
    orders
      .filter((order) => order.Side === "SIDE_BUY" && isOpen(order))
      .map((order) => [keyOf.balance(accountId(order), order.Currency ?? ""), consideration(order).plus(funds(order))]),
  );
}

function reservedSells(orders: readonly OrderState[]): Readonly<Record<string, string>> {
  const sells = new Set(["SIDE_SELL", "SIDE_SHORTSELL", "SIDE_SHORTSELL_EXEMPT"]);
  return summed(
    orders
      .filter((order) => sells.has(order.Side ?? "") && isOpen(order))
      .map((order) => [keyOf.holding(accountId(order), order.Exchange ?? "", order.Code ?? ""), leaves(order)]),
  );
}

function leaves({ Quantity, ExecutedQuantity }: OrderState): Rational {
  return orZero(rational(Quantity).minus(rational(ExecutedQuantity)));
}

function isOpen(order: OrderState): boolean {
  return order.IsCompleted !== true && leaves(order).sign > 0;
}

function consideration(order: OrderState): Rational {
  return orZero(leaves(order).times(rational(order.Price)));
}

function funds({ AdditionalFunds = {}, ExecutedAdditionalFunds = {} }: OrderState): Rational {
  return Rational.sum(
    Object.entries(AdditionalFunds).map(([name, value]) =>
      orZero(rational(value).minus(orZero(rational(ExecutedAdditionalFunds[name])))),
    ),
  );
}

function rational(value: Decimal | undefined): Rational {
  return value === undefined ? Rational.ZERO : Rational.of(value.toString());
}

function summed(terms: readonly (readonly [string, Rational])[]): Readonly<Record<string, string>> {
  const totals = new Map<string, Rational>();
  for (const [key, term] of terms) totals.set(key, (totals.get(key) ?? Rational.ZERO).plus(term));
  return sorted([...totals].filter(([, total]) => !total.isZero).map(([key, total]) => [key, total.toString()]));
}

function figures<Name extends string>(
  positions: ReadonlyMap<string, { readonly [N in Name]?: Decimal | undefined }>,
  name: Name,
): Readonly<Record<string, string>> {
  return summed([...positions].map(([key, position]) => [key, rational(position[name])]));
}

function expectShown<Name extends string>(
  position: { readonly [N in Name]?: Decimal | undefined } & (AssetPosition | CashPosition),
  names: readonly Name[],
): void {
  for (const name of names) expect(position[name], `${name} is shown`).toBeDefined();
  const all = [...names.map((name) => position[name]), ...Object.values(position.Values ?? {})];
  expect(all.some((figure) => figure !== undefined && !figure.isZero), "rule H4: some figure is not zero").toBe(true);
  for (const [pool, value] of Object.entries(position.Values ?? {})) {
    expect(value.isZero, `rule C2: pool ${pool} is not at zero`).toBe(false);
  }
}

function accountId({ Account }: { readonly Account?: Account | undefined }): string {
  return Account?.AccountID ?? "";
}

function changeOf(event: UpdateEvent): Change | undefined {
  const change = (kind: ReplicatedKind, key: string, record: unknown): Change => ({
    kind,
    key,
    content: event.UpdateAction === "UpdateAction_Remove" ? undefined : JSON.stringify(record),
  });
  const { Type, Balance, Holding, Order, Status, Operation } = event;
  switch (Type) {
    case "UpdateEventType_Balance":
      return change("balance", keyOf.balance(accountId(Balance ?? {}), Balance?.Currency ?? ""), Balance);
    case "UpdateEventType_Holding":
      return change("holding", keyOf.holding(accountId(Holding ?? {}), Holding?.Exchange ?? "", Holding?.Code ?? ""), Holding);
    case "UpdateEventType_Order":
      return change("order", keyOf.order(accountId(Order ?? {}), Order?.OrderID ?? ""), Order);
    case "UpdateEventType_Status":
      return change("feed", keyOf.feed(Status?.FeedID ?? ""), Status);
    case "UpdateEventType_Operation": {
      const details = Operation?.AccountDetails;
      const content = Operation?.Type === "OperationType_DefineAccount" ? JSON.stringify(details) : undefined;
      return { kind: "account", key: keyOf.account(accountId(details ?? {})), content };
    }
    default:
      return undefined;
  }
}

/** Where an event belongs among those of its record, as a text that sorts. */
function placeOf(event: UpdateEvent): string {
  switch (event.Type) {
    case "UpdateEventType_Action":
      return "1 Updates";
    case "UpdateEventType_Order":
      return event.UpdateAction === "UpdateAction_Remove" ? "2 Orders: Remove" : "3 Orders: Update";
    case "UpdateEventType_Balance":
      return `4 Balances: ${changeOf(event)?.key}`;
    case "UpdateEventType_Holding":
      return `5 Holdings: ${changeOf(event)?.key}`;
    case "UpdateEventType_Transaction":
      return "6 Transactions";
    case "UpdateEventType_Request":
      return "7 Requests";
    case "UpdateEventType_Operation":
      return "8 Metadata";
    case "UpdateEventType_Status":
      return "9 Status";
    default:
      throw new Error(`not an event: ${event.Type}`);
  }
}

function sorted(entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));
}

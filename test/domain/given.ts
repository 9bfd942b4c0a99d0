/**
 * Scenarios of the accounting rules, given-when-then. What was given and done is told by an adapter's steps; what must
 * be then, by `now`, in the notation of `support/notation.ts` (an object with a `then` would pass for a promise):
 *
 *     scenario("O3: a buy reserves its consideration", ({ order, now }) => {
 *       order({ Side: "BUY", Quantity: 100, Price: 10 });
 *       now({ AUD: "R 1000" });
 *     });
 *
 * Every scenario runs warm, and woken: with all state written out as text and read back between any two steps.
 * Both must raise the same events. After each step `support/auditor.ts` checks what must always hold.
 */
import { describe, expect, test } from "vitest";
import type { Conditions } from "../../src/domain/apply.ts";
import type { Records } from "../../src/domain/records.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { ErrorText } from "../../src/protocol/errors.ts";
import type { UpdateEvent } from "../../src/protocol/messages/index.ts";
import {
  type AccountFields,
  type AccountName,
  Adapter,
  type AssetFields,
  type CashFields,
  type Figure,
  type OrderFields,
  type Submission,
  type TradeFields,
  type UpdateFields,
} from "./support/adapter.ts";
import { Auditor } from "./support/auditor.ts";
import { type Book, WarmBook, WrittenBook } from "./support/book.ts";
import {
  DEFAULTS,
  type Notation,
  nameOfBalance,
  nameOfHolding,
  nameOfOrder,
  normalised,
  notationOf,
  timersInShort,
} from "./support/notation.ts";
import {
  accountRename,
  currencyRename,
  exchangeDefinition,
  type OperationOnTheWire,
  symbolRename,
  transform,
} from "./support/operations.ts";
import { type Answer, Owner } from "./support/owner.ts";

/** Runs a scenario warm and woken. */
export function scenario(title: string, body: (given: Given) => void): void {
  describe(title, () => {
    test("warm", () => {
      body(new Given(new WarmBook()));
    });
    test("woken after every step", () => {
      const warm = new Given(new WarmBook());
      const woken = new Given(new WrittenBook());
      body(warm);
      body(woken);
      expect(woken.history).toEqual(warm.history);
    });
  });
}

interface Sent {
  readonly submission: Submission;
  readonly conditions: Conditions | undefined;
}

type Accepted = Extract<Answer, { readonly repeated: boolean }>;

export class Given {
  /** Every answer so far, as text. */
  readonly history: string[] = [];
  readonly #book: Book;
  readonly #owner: Owner;
  readonly #adapter = new Adapter();
  readonly #auditor: Auditor;
  #last: readonly Answer[] = [];
  #mayBeRefused = false;
  readonly #sent: Sent[] = [];
  #collecting: Sent[] | undefined;

  constructor(book: Book) {
    this.#book = book;
    this.#owner = new Owner(book);
    this.#auditor = new Auditor(book);
  }

  /** A new state of an order; what is not named stays as the adapter last said. */
  order = (fields: OrderFields, update?: UpdateFields): void => this.#submit(this.#adapter.order(fields, update));

  /** A fill. The adapter adds it to what the order's state says was executed; `order` changes that state further. */
  trade = (tradeId: string, trade: TradeFields, order: OrderFields = {}): void =>
    this.#submit(this.#adapter.trade("Trade", tradeId, trade, order));

  /** The complete new content of a trade. */
  correction = (tradeId: string, trade: TradeFields, order: OrderFields = {}): void =>
    this.#submit(this.#adapter.trade("Correction", tradeId, trade, order));

  /** A trade is cancelled, which FIX calls a bust. */
  cancel = (tradeId: string, order: OrderFields = {}, trade: TradeFields = {}): void =>
    this.#submit(this.#adapter.trade("Cancel", tradeId, trade, order));

  /** A booked cash transfer. */
  deposit = (Value: Figure, fields: CashFields = {}): void => this.#submit(this.#adapter.cash({ Value, ...fields }));

  /** A cash transfer. */
  cash = (fields: CashFields, conditions?: Conditions): void => this.#submit(this.#adapter.cash(fields), conditions);

  /** A cash transfer that settles what was unbooked. */
  settle = (Value: Figure, fields: CashFields = {}, expectedBalance?: Figure): void =>
    this.cash(
      { Value, Settlement: "Settle", ...fields },
      expectedBalance === undefined ? undefined : { expectedBalance: Decimal.of(expectedBalance) },
    );

  /** An asset transfer; without a Price it is unpriced. */
  asset = (Value: Figure, fields: AssetFields = {}): void => this.#submit(this.#adapter.asset({ Value, ...fields }));

  defineAccount = (fields: AccountFields): void => this.#submit(this.#adapter.defineAccount(fields));

  undefineAccount = (account: string = DEFAULTS.Account, conditions?: Conditions): void =>
    this.#submit(this.#adapter.undefineAccount(account), conditions);

  /** A transform of orders, or a rename of a symbol or a currency; its fields as on the wire. */
  transform = (fields: object): void => this.operate(transform(fields));

  /** A symbol gets another code. */
  renameSymbol = (code: string, newCode: string, exchange?: string): void =>
    this.operate(symbolRename(code, newCode, { ...(exchange !== undefined && { Exchange: exchange }) }));

  renameCurrency = (code: string, newCode: string): void => this.operate(currencyRename(code, newCode));

  renameAccount = (account: AccountName, newAccount: string, fields: object = {}): void =>
    this.operate(accountRename(account, newAccount, fields));

  /** One of the Owner's own exchanges, with what its statuses mean. */
  defineExchange = (exchange: string, statuses: readonly object[]): void =>
    this.operate(exchangeDefinition(exchange, statuses));

  operate = (operation: OperationOnTheWire): void => this.update({ Type: "Operation", Operation: operation });

  feedStatus = (Status: object): void => this.update({ Type: "Status", Status });

  /** Any other update, as JSON on the wire. */
  update = (json: object, conditions?: Conditions): void => this.#submit(this.#adapter.other(json), conditions);

  /** The steps are items of one call: all are applied, or none. */
  batch = (steps: () => void): void => {
    this.#collecting = [];
    steps();
    const collected = this.#collecting;
    this.#collecting = undefined;
    this.#apply(collected);
  };

  /** The step may be refused; the oracle says whether it should be. */
  attempt = (step: () => void): void => {
    this.#mayBeRefused = true;
    step();
    this.#mayBeRefused = false;
  };

  /** Sends the update once more that was sent so many updates ago, as it was; 0 is the last one. */
  again = (updatesAgo = 0): void => {
    const earlier = this.#sent.at(-1 - updatesAgo);
    if (earlier !== undefined)
      this.#submit({ update: earlier.submission.update, accepted: () => {} }, earlier.conditions);
  };

  /** The step is refused with this text and changes nothing. */
  refuses = (text: ErrorText, step: () => void): void => {
    const before = this.state();
    this.attempt(step);
    expect(this.#last.at(-1)?.refused, "refused").toBe(text);
    expect(this.state(), "nothing changed").toEqual(before);
  };

  /** The step was known already: it succeeds, raises nothing and changes nothing. */
  repeats = (step: () => void): void => {
    const before = this.state();
    step();
    expect(
      this.#last.map((answer) => answer.refused ?? answer.repeated),
      "repeated",
    ).toEqual(this.#last.map(() => true));
    expect(this.events(), "nothing raised").toEqual([]);
    expect(this.state(), "nothing changed").toEqual(before);
  };

  /** What the Owner now holds, all of it; orders are compared when one of them is named. */
  now = (expected: Notation): void => {
    const listing = {
      balance: this.#book.all("balance"),
      holding: this.#book.all("holding"),
      order: this.#book.all("order"),
    };
    const names = [...listing.order.values()].map(nameOfOrder);
    const mentioned = Object.keys(expected).some((name) => names.includes(name) || /(?:^|\/)O\d+$/.test(name));
    expect(notationOf(listing, mentioned)).toEqual(normalised(expected));
  };

  /** Every update that was sent, also those that were refused. */
  updates = (): readonly UpdateEvent[] => this.#sent.map(({ submission }) => submission.update);

  /** The events of the last step in short: view, what happened, to what. */
  events = (): readonly string[] => this.raised().map(eventInShort);

  /** The events of the last step. */
  raised = (): readonly UpdateEvent[] => this.#accepted().flatMap(({ events }) => events);

  /** The transactions that the last step showed to clients, as their JSON says. */
  transactions = (): readonly object[] =>
    this.raised().flatMap(({ Transaction }) =>
      Transaction === undefined ? [] : [JSON.parse(JSON.stringify(Transaction))],
    );

  /** The last step's update, completed by what the server fills in. */
  recorded = (): UpdateEvent => {
    const [answer] = this.#accepted();
    if (answer === undefined) throw new Error("nothing was accepted");
    return answer.update;
  };

  /** The At of the last step's record. */
  at = (): number => {
    const [answer] = this.#accepted();
    if (answer === undefined) throw new Error("nothing was accepted");
    return answer.at;
  };

  /** All balances, or all holdings. */
  positions = <K extends "balance" | "holding">(kind: K): readonly Records[K][] => [...this.#book.all(kind).values()];

  /** The live order of an id. */
  orderState = (orderId = "O1"): Records["order"] | undefined =>
    [...this.#book.all("order").values()].find(({ OrderID }) => OrderID === orderId);

  /** Whether it is still known where an order lives. */
  isOrderKnown = (orderId: string): boolean => this.#book.known("order", orderId) !== undefined;

  /** The details of an account, if it is defined. */
  account = (accountId: string = DEFAULTS.Account): Records["account"] | undefined =>
    this.#book.all("account").get(accountId);

  /** The status of a feed. */
  feed = (name: string): Records["feed"] | undefined => this.#book.all("feed").get(name);

  /** What each set timer is for and when it is due, in ISO 8601. */
  timers = (): readonly string[] => timersInShort(this.#book.timers);

  /** All records and timers, to compare. */
  state = (): object => {
    const kinds = ["account", "balance", "holding", "order", "feed"] as const;
    const records = kinds.map((kind) =>
      [...this.#book.all(kind)].map(([key, value]) => `${key} ${JSON.stringify(value)}`).sort(),
    );
    return { records, timers: this.timers() };
  };

  #submit(submission: Submission, conditions?: Conditions): void {
    if (this.#collecting !== undefined) this.#collecting.push({ submission, conditions });
    else this.#apply([{ submission, conditions }]);
  }

  #apply(items: readonly Sent[]): void {
    this.#sent.push(...items);
    const instructions = items.map(({ submission, conditions }) => ({ update: submission.update, conditions }));
    this.#last = this.#owner.apply(instructions);
    this.history.push(JSON.stringify(this.#last));
    this.#auditor.check(instructions, this.#last);
    const refused = this.#last.at(-1)?.refused;
    if (refused === undefined) for (const { submission } of items) submission.accepted();
    else if (!this.#mayBeRefused) throw new Error(`refused: ${refused}`);
  }

  #accepted(): readonly Accepted[] {
    const accepted = this.#last.flatMap((answer): readonly Accepted[] =>
      answer.refused === undefined ? [answer] : [],
    );
    return accepted.length === this.#last.length ? accepted : [];
  }
}

function eventInShort(event: UpdateEvent): string {
  const { Type, Action, Order, Balance, Holding, Transaction, Operation, Status } = event;
  const removed = event.UpdateAction === "UpdateAction_Remove" ? " removed" : "";
  switch (Type) {
    case "UpdateEventType_Action":
      return `Updates ${short(Action?.Type)}`;
    case "UpdateEventType_Order":
      return `Orders ${nameOfOrder(Order ?? {})}${removed}`;
    case "UpdateEventType_Balance":
      return `Balances ${nameOfBalance(Balance ?? {})}${removed}`;
    case "UpdateEventType_Holding":
      return `Holdings ${nameOfHolding(Holding ?? {})}${removed}`;
    case "UpdateEventType_Transaction":
      return `Transactions ${short(Transaction?.Type)} ${Transaction?.Details?.TransactionID}`;
    case "UpdateEventType_Operation":
      return `Metadata ${short(Operation?.Type)} ${Operation?.AccountDetails?.Account?.AccountID}`;
    case "UpdateEventType_Status":
      return `Status ${Status?.FeedID} ${short(Status?.Status ?? "_DISCONNECTED")}${removed}`;
    default:
      throw new Error(`not an event of these rules: ${Type}`);
  }
}

function short(name: string | undefined): string {
  return name?.slice(name.indexOf("_") + 1) ?? "?";
}

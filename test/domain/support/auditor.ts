/**
 * What must hold after every step of every scenario, whatever it is about: the oracle agrees on every figure and every
 * refusal; the events alone make a replica of the state, in the order of rule E2 and without a needless one; the
 * transactions alone add up to the cash and the quantities (E1); positions show every figure, and none is left at
 * zero (H4).
 */
import { expect } from "vitest";
import type { Decimal } from "../../../src/protocol/decimal.ts";
import { codeOf } from "../../../src/protocol/errors.ts";
import type { AssetPosition, CashPosition, UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { Oracle } from "../oracle.ts";
import type { Book } from "./book.ts";
import { expectEqual } from "./equal.ts";
import { LoggedState } from "./logged-state.ts";
import { timersInShort } from "./notation.ts";
import { renamingOf } from "./oracle-facts.ts";
import { symbol } from "./oracle-names.ts";
import type { Answer, Instruction } from "./owner.ts";
import { expectOrderOfEvents, Replica } from "./replica.ts";
import { add, addCash, type Figures, figure, positionKey, type Sums, withoutZeros } from "./sums.ts";

const CASH = ["Balance", "UnbookedTransactions", "Margin", "UnfilledBuys"] as const;
const ASSETS = ["Quantity", "UnfilledSells"] as const;

export class Auditor {
  readonly #book: Book;
  readonly #replica = new Replica();
  readonly #log = new LoggedState();
  readonly #transacted: { readonly cash: Sums; readonly assets: Sums } = { cash: new Map(), assets: new Map() };
  #oracle = new Oracle();

  constructor(book: Book) {
    this.#book = book;
  }

  /** Checks what became of the items of one call; the book is as they left it. */
  check(instructions: readonly Instruction[], answers: readonly Answer[]): void {
    this.#expectVerdicts(instructions, answers);
    const isRefused = answers.at(-1)?.refused !== undefined;
    for (const answer of isRefused ? [] : answers) {
      if (answer.refused !== undefined) continue;
      if (answer.repeated) expectEqual(answer.events, [], "what was known already raises nothing");
      expectOrderOfEvents(answer.events);
      this.#log.fold(answer);
      this.#replica.fold(answer.events);
      this.#transact(answer.events);
      if (!answer.repeated) this.#rename(answer);
    }
    this.#replica.expectToEqual(this.#book);
    this.#log.expectToEqual(this.#book);
    this.#expectTransacted();
    this.#expectOracleToAgree();
    for (const position of this.#book.all("balance").values()) expectShown(position, CASH);
    for (const position of this.#book.all("holding").values()) expectShown(position, ASSETS);
  }

  /** The oracle applies the items in turn; when one is refused, it forgets them all, as the Owner does. */
  #expectVerdicts(instructions: readonly Instruction[], answers: readonly Answer[]): void {
    const oracle = this.#oracle.fork();
    for (const [index, answer] of answers.entries()) {
      const instruction = instructions[index];
      if (instruction === undefined) throw new Error("more answers than items");
      const verdict = oracle.judge(answer.at, instruction.update, instruction.conditions);
      if (answer.refused !== undefined) {
        const allowed = typeof verdict === "object" ? verdict.refusedForAnyOf : [verdict];
        expect(allowed, "reasons the oracle would refuse it for").toContain(codeOf(answer.refused));
        return;
      }
      expectEqual(answer.repeated ? "repeated" : "applied", verdict, "the oracle's verdict");
      const generatedId = answer.update.Action?.Transaction?.TransactionID;
      if (!answer.repeated) oracle.accept(answer.at, instruction.update, generatedId);
    }
    this.#oracle = oracle;
  }

  #expectOracleToAgree(): void {
    const { balances, holdings, orders, accounts, feeds, timers } = this.#oracle.books();
    expectEqual(cashFigures(this.#book, CASH), balances, "balances as the oracle has them");
    expectEqual(assetFigures(this.#book, ASSETS, true), holdings, "holdings as the oracle has them");
    expectEqual(
      named(this.#book.all("order"), ({ OrderID }) => OrderID),
      plain(orders),
      "orders",
    );
    expectEqual(
      named(this.#book.all("account"), ({ Account }) => Account?.AccountID),
      plain(accounts),
      "accounts",
    );
    expectEqual(
      named(this.#book.all("feed"), ({ FeedID }) => FeedID),
      plain(feeds),
      "feeds",
    );
    expectEqual(timersInShort(this.#book.timers), timers, "timers");
  }

  #transact(events: readonly UpdateEvent[]): void {
    for (const { Transaction } of events) {
      if (Transaction === undefined) continue;
      const { Details, CashTransfer, CashAdjustment, AssetTransfer, AssetAdjustment } = Transaction;
      const account = Details?.Account?.AccountID;
      for (const cash of [CashTransfer, CashAdjustment]) {
        if (cash !== undefined) addCash(this.#transacted.cash, positionKey([account, cash.Currency]), cash);
      }
      for (const asset of [AssetTransfer, AssetAdjustment]) {
        if (asset === undefined) continue;
        add(
          this.#transacted.assets,
          positionKey([account, asset.Exchange, asset.Code]),
          "Quantity",
          figure(asset.Value),
        );
      }
    }
  }

  /** A rename raises no transactions: what came about under one name goes on under the other (rule X2). */
  #rename({ at, update }: { readonly at: number; readonly update: UpdateEvent }): void {
    const renaming = update.Operation && renamingOf(at, update.Operation);
    if (renaming === undefined) return;
    const { what, from, to } = renaming;
    const { cash, assets } = this.#transacted;
    moveSums(cash, ([account = "", currency = ""]) => [
      what === "account" && account === from ? to : account,
      what === "currency" && currency === from ? to : currency,
    ]);
    moveSums(assets, ([account = "", exchange = "", code = ""]) => [
      what === "account" && account === from ? to : account,
      exchange,
      what === "symbol" && symbol(exchange, code) === from ? JSON.parse(to)[1] : code,
    ]);
  }

  #expectTransacted(): void {
    const { cash, assets } = this.#transacted;
    const booked = ["Balance", "UnbookedTransactions", "Margin"] as const;
    expectEqual(cashFigures(this.#book, booked), withoutZeros(cash), "rule E1: the transactions add up to the cash");
    expectEqual(assetFigures(this.#book, ["Quantity"], false), withoutZeros(assets), "rule E1: and to the quantities");
  }
}

/** Moves what was added up for a position to where it belongs now. */
function moveSums(sums: Sums, renamed: (parts: readonly string[]) => readonly string[]): void {
  for (const [key, figures] of [...sums]) {
    const target = positionKey(renamed(key.split(" ")));
    if (target === key) continue;
    sums.delete(key);
    for (const [name, value] of figures) add(sums, target, name, value);
  }
}

function cashFigures(book: Book, names: readonly (typeof CASH)[number][]): Figures {
  const sums: Sums = new Map();
  for (const position of book.all("balance").values()) {
    const key = positionKey([position.Account?.AccountID, position.Currency]);
    for (const name of names) add(sums, key, name, figure(position[name]));
    for (const [pool, value] of Object.entries(position.Values ?? {})) add(sums, key, `Values.${pool}`, figure(value));
  }
  return withoutZeros(sums);
}

function assetFigures(book: Book, names: readonly (typeof ASSETS)[number][], withAverage: boolean): Figures {
  const sums: Sums = new Map();
  const averages: Record<string, Readonly<Record<string, string>>> = {};
  for (const position of book.all("holding").values()) {
    const { Account, Exchange, Code, AveragePrice, Currency } = position;
    const key = positionKey([Account?.AccountID, Exchange, Code]);
    for (const name of names) add(sums, key, name, figure(position[name]));
    averages[key] = {
      ...(AveragePrice !== undefined && { AveragePrice: AveragePrice.toString() }),
      ...(Currency !== undefined && { Currency }),
    };
  }
  const figures = Object.entries(withoutZeros(sums));
  return Object.fromEntries(figures.map(([key, shown]) => [key, withAverage ? { ...shown, ...averages[key] } : shown]));
}

function expectShown<Name extends string>(
  position: { readonly [N in Name]?: Decimal | undefined } & (AssetPosition | CashPosition),
  names: readonly Name[],
): void {
  const missing = names.filter((name) => position[name] === undefined);
  expectEqual(missing, [], "figures that are not shown");
  const pools = Object.values(position.Values ?? {});
  const isNothing = [...names.map((name) => position[name]), ...pools].every((value) => value?.isZero ?? true);
  expectEqual(isNothing, false, "rule H4: a position is left though all of it is zero");
  expectEqual(
    pools.filter((value) => value.isZero),
    [],
    "rule C2: pools at zero",
  );
}

function named<Content>(
  records: ReadonlyMap<string, Content>,
  nameOf: (record: Content) => string | undefined,
): unknown {
  return plain(Object.fromEntries([...records.values()].map((record) => [nameOf(record), record])));
}

/** A message as its JSON says it, so that two can be compared field by field. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

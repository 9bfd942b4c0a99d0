/** What is too much for one record goes on in others (design §5), and comes to the same in the end. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyUpdate, type Context, continueTransform, type Outcome } from "../../src/domain/apply.ts";
import { Draft } from "../../src/domain/draft.ts";
import type { Budget, Place, Progress } from "../../src/domain/progress.ts";
import { KINDS } from "../../src/domain/records.ts";
import { decodeText } from "../../src/protocol/codec.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { UpdateEvent } from "../../src/protocol/messages/index.ts";
import { Given } from "./given.ts";
import { anyRunWithTransforms, perform } from "./support/arbitraries.ts";
import { atOf, type Book, WarmBook, WrittenBook } from "./support/book.ts";
import { LoggedState } from "./support/logged-state.ts";
import { timersInShort } from "./support/notation.ts";
import { expectOrderOfEvents, Replica } from "./support/replica.ts";
import { anyRename } from "./support/transform-arbitraries.ts";

const SEED = Number(process.env.RULES_SEED ?? 20260105);
const RUNS = Number(process.env.RULES_RUNS ?? 60);
const NO_TIMEOUT = 0;

/** Applies one update in as many records as it takes; what it was refused for, or the outcome of each record. */
class Steps {
  readonly outcomes: Outcome[] = [];
  refused: string | undefined;
  readonly #book: Book;
  readonly #budget: Budget | undefined;
  #at = Date.UTC(2027, 0) * 1000;

  constructor(book: Book, budget?: Budget) {
    this.#book = book;
    this.#budget = budget;
  }

  apply(update: UpdateEvent, common = false): void {
    let lookedInto: Place | undefined;
    for (;;) {
      const outcome = this.#once((draft, context) =>
        applyUpdate(draft, update, context, { common, ...(lookedInto !== undefined && { lookedInto }) }),
      );
      lookedInto = outcome?.lookedInto;
      if (lookedInto !== undefined) continue;
      if (outcome !== undefined) this.#goOn(outcome);
      return;
    }
  }

  #goOn(first: Outcome): void {
    this.outcomes.push(first);
    for (let { rest } = first; rest !== undefined; ) {
      const progress: Progress = JSON.parse(JSON.stringify(rest));
      const outcome = this.#once((draft, context) => continueTransform(draft, first.update, progress, context));
      if (outcome === undefined) throw new Error("what was begun cannot be refused");
      if (!outcome.repeated) this.outcomes.push(outcome);
      ({ rest } = outcome);
    }
  }

  #once(apply: (draft: Draft, context: Context) => Outcome): Outcome | undefined {
    const draft = new Draft(this.#book);
    const at = atOf(this.#at);
    const digest = (text: string) => createHash("sha256").update(text).digest("hex");
    const budget = this.#budget;
    try {
      const context = { ownerId: "XS", at, digest, newId: () => "generated", ...(budget && { budget }) };
      const outcome = apply(draft, context);
      if (outcome.lookedInto !== undefined) return outcome;
      this.#book.absorb(draft);
      this.#at++;
      return outcome;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused = error.text;
      return undefined;
    }
  }
}

/** Everything that is kept. */
function kept(book: Book, others: readonly string[]): object {
  const records = KINDS.map((kind) => [...book.all(kind)].map(([key, value]) => [key, JSON.stringify(value)]).sort());
  const known = (["order", "trade", "transfer", "transform", "renames", "price", "request"] as const).map((kind) =>
    [...book.knownIds(kind, {})].map((id) => [id, plain(book.known(kind, id))]),
  );
  const movements = others.map((line) => plain([...book.movementsFrom(line as never, atOf(0))]));
  return { records, known, movements, timers: timersInShort(book.timers) };
}

/** As JSON says it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

const LINES = ["A1", "A2", "A3"].flatMap((account) =>
  ["ASX", "XLON"].flatMap((exchange) => ["BHP", "RIO", "VOD"].map((code) => [account, exchange, code].join("\u001f"))),
);

const anyBudget: fc.Arbitrary<Budget> = fc.record({
  changed: fc.integer({ min: 1, max: 4 }),
  characters: fc.constantFrom(1, 300, 1_000_000),
  lookedAt: fc.integer({ min: 1, max: 6 }),
});

function updateOf(json: object): UpdateEvent {
  return decodeText(UpdateEvent, JSON.stringify({ Type: "Operation", Operation: json }));
}

const anyOperation: fc.Arbitrary<{ readonly update: UpdateEvent; readonly common: boolean }> = fc.oneof(
  { weight: 8, arbitrary: anyRename.map(operationOf) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<object[]>(
        { TransformType: "REMOVE", Exchange: "ASX" },
        { OrderStatus: "Parked" },
        { OrderStatus: "Parked", RemoveAfter: {}, Code: "BHP" },
      )
      .map((Transform) => ({ update: updateOf({ Type: "Transform", Transform }), common: false })),
  },
  {
    weight: 2,
    arbitrary: fc.constant({
      update: updateOf({ Type: "TransformOwner", OwnerTransform: { OwnerID: "XS", Parameters: { newOwner: "YT" } } }),
      common: true,
    }),
  },
);

function operationOf(step: Parameters<typeof anyRename.map>[0] extends (value: infer Step) => unknown ? Step : never) {
  const TransformID = "R9";
  switch (step.step) {
    case "account": {
      const Account = { OwnerID: "XS", AccountID: step.from };
      const AccountTransform = { TransformID, Type: "Rename", Account, Parameters: { newAccount: step.to } };
      return { update: updateOf({ Type: "TransformAccount", AccountTransform }), common: false };
    }
    case "currency": {
      const Transform = {
        TransformID,
        TransformType: "RENAME_CURRENCY",
        Code: step.from,
        Parameters: { newCode: step.to },
      };
      return { update: updateOf({ Type: "Transform", Transform }), common: false };
    }
    case "symbol": {
      const Parameters = { newCode: step.to };
      const Transform = {
        TransformID,
        TransformType: "RENAME_SYMBOL",
        Exchange: step.exchange,
        Code: step.from,
        Parameters,
      };
      return { update: updateOf({ Type: "Transform", Transform }), common: false };
    }
    default:
      throw new Error("not a rename");
  }
}

describe("a transform of many steps", () => {
  test(`leaves what one of a single record does, and each record's events say what it did [seed ${SEED}, ${RUNS} runs]`, {
    timeout: NO_TIMEOUT,
  }, () => {
    const check = fc.property(anyRunWithTransforms, anyOperation, anyBudget, (calls, { update, common }, budget) => {
      const books = [new WarmBook(), new WrittenBook()] as const;
      for (const book of books) {
        const given = new Given(book);
        given.update({
          Type: "Operation",
          Operation: {
            Type: "DefineAccount",
            AccountDetails: { Account: { OwnerID: "XS", AccountID: "A1" }, DefaultCurrency: "AUD" },
          },
        });
        for (const call of calls) perform(given, call);
        new Steps(book).apply(updateOf({ Type: "DefineOwner", OwnerDetails: { OwnerID: "XS" } }), true);
      }
      const [one, many] = books;
      const single = new Steps(one);
      const replica = new Replica();
      const log = new LoggedState();
      replica.begin(many);
      log.begin(many);
      const stepwise = new Steps(many, budget);
      single.apply(update, common);
      stepwise.apply(update, common);
      expect(stepwise.refused).toBe(single.refused);
      expect(single.outcomes.length).toBeLessThan(2);
      expect(kept(many, LINES)).toEqual(kept(one, LINES));
      for (const [index, { update: told, events }] of stepwise.outcomes.entries()) {
        expectOrderOfEvents(events);
        replica.fold(events);
        log.fold({ at: index + 1, update: told, events });
        const { Transform, AccountTransform, OwnerTransform } = told.Operation ?? {};
        const step = (Transform ?? AccountTransform ?? OwnerTransform)?.Parameters?.step;
        expect(step).toBe(index === 0 ? undefined : `${index + 1}`);
      }
      replica.expectToEqual(many);
      log.expectToEqual(many);
    });
    return fc.assert(check, { seed: SEED, numRuns: RUNS });
  });

  test("makes as many records as its budget asks for, and each names it", () => {
    const book = new WarmBook();
    const given = new Given(book);
    for (let order = 0; order < 10; order++) given.order({ OrderID: `O${order}`, Side: "BUY", Quantity: 1, Price: 1 });
    const records = (budget: Partial<Budget>) => {
      const steps = new Steps(book, { changed: 1e9, characters: 1e9, lookedAt: 1e9, ...budget });
      steps.apply(
        updateOf({
          Type: "Transform",
          Transform: { TransformID: JSON.stringify(budget), OrderStatus: JSON.stringify(budget) },
        }),
      );
      return steps.outcomes.map(({ events, update }) => [events.length, update.Operation?.Transform?.Parameters]);
    };
    const step = (number: number) => ({ step: `${number}` });
    expect(records({})).toEqual([[10, undefined]]);
    expect(records({ changed: 10 })).toEqual([[10, undefined]]);
    expect(records({ changed: 9 })).toEqual([
      [9, undefined],
      [1, step(2)],
    ]);
    expect(records({ changed: 4 })).toEqual([
      [4, undefined],
      [4, step(2)],
      [2, step(3)],
    ]);
    expect(records({ characters: 1 })).toHaveLength(10);
    expect(records({ lookedAt: 5 })).toHaveLength(2);
  });
});

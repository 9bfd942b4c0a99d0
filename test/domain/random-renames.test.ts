/**
 * Laws of renames that need no oracle (rules T6, X2): a rename onto nothing is as if the new name had been there always,
 * and a trade that is put right after renames is as if it had been right at first.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeText } from "../../src/protocol/codec.ts";
import { codeOf } from "../../src/protocol/errors.ts";
import { UpdateEvent } from "../../src/protocol/messages/index.ts";
import { Given } from "./given.ts";
import { anyRunOfSteps, perform } from "./support/arbitraries.ts";
import { type Book, WarmBook } from "./support/book.ts";
import { Owner } from "./support/owner.ts";

const SEED = Number(process.env.RULES_SEED ?? 20260105);
const RUNS = Number(process.env.RULES_RUNS ?? 60);
const NO_TIMEOUT = 0;

type What = "Code" | "Currency" | "Account";

interface Rename {
  readonly what: What;
  readonly from: string;
  readonly to: string;
}

function updateOf(json: object): UpdateEvent {
  return decodeText(UpdateEvent, JSON.stringify(json));
}

/** The operations of a rename: a code on every exchange that there is. */
function renaming({ what, from, to }: Rename, id: string): readonly UpdateEvent[] {
  const operation = (Type: string, content: object) => updateOf({ Type: "Operation", Operation: { Type, ...content } });
  switch (what) {
    case "Code":
      return ["ASX", "XLON"].map((Exchange) => {
        const TransformID = `${id} ${Exchange}`;
        const Transform = {
          TransformID,
          TransformType: "RENAME_SYMBOL",
          Exchange,
          Code: from,
          Parameters: { newCode: to },
        };
        return operation("Transform", { Transform });
      });
    case "Currency": {
      const Parameters = { newCode: to };
      return [
        operation("Transform", {
          Transform: { TransformID: id, TransformType: "RENAME_CURRENCY", Code: from, Parameters },
        }),
      ];
    }
    case "Account": {
      const Account = { OwnerID: "XS", AccountID: from };
      const AccountTransform = { TransformID: id, Type: "Rename", Account, Parameters: { newAccount: to } };
      return [operation("TransformAccount", { AccountTransform })];
    }
  }
}

/** Something that is recorded and changes nothing that is compared: what follows has the same place in the log. */
function nothing(index: number): UpdateEvent {
  return updateOf({ Type: "Status", Status: { FeedID: "asx", Timestamp: { Seconds: index + 1 } } });
}

function contentsOf(book: Book): object {
  const kinds = ["account", "balance", "holding", "order"] as const;
  return kinds.map((kind) => [...book.all(kind)].map(([key, value]) => [key, JSON.stringify(value)]).sort());
}

/** The same update with a name instead of another wherever it names something. */
function withName(update: UpdateEvent, { what, from, to }: Rename): UpdateEvent {
  const fields = { Code: ["Code"], Currency: ["Currency", "DefaultCurrency"], Account: ["AccountID"] }[what];
  const text = fields.reduce(
    (json, field) => json.replaceAll(`"${field}":"${from}"`, `"${field}":"${to}"`),
    JSON.stringify(update),
  );
  return decodeText(UpdateEvent, text);
}

const pure: fc.Arbitrary<Rename> = fc.constantFrom<Rename[]>(
  { what: "Code", from: "BHP", to: "BHP2" },
  { what: "Currency", from: "AUD", to: "AUD2" },
  { what: "Account", from: "A1", to: "B1" },
);

test(`A rename onto nothing is as if the new name had been there always [seed ${SEED}, ${RUNS} runs]`, {
  timeout: NO_TIMEOUT,
}, () => {
  const renames = fc.uniqueArray(fc.tuple(pure, fc.nat({ max: 55 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([{ what }]) => what,
  });
  const check = fc.property(anyRunOfSteps, renames, (steps, chosen) => {
    const given = new Given(new WarmBook());
    for (const step of steps) perform(given, step);
    const updates = given.updates();
    const run = (isRenamed: boolean) => {
      const owner = new Owner(new WarmBook());
      const verdicts: (string | boolean)[] = [];
      for (let index = 0; index < 60; index++) {
        for (const [order, [rename, at]] of chosen.entries()) {
          if (at !== index) continue;
          const operations = renaming(rename, `R${order}`);
          for (const [part, operation] of operations.entries()) {
            const [answer] = owner.apply([{ update: isRenamed ? operation : nothing(3 * index + part) }]);
            expect(answer?.refused).toBeUndefined();
          }
        }
        const update = updates[index];
        if (update === undefined) continue;
        const inForce = chosen.filter(([, at]) => !isRenamed || at <= index);
        const named = inForce.reduce((before, [rename]) => withName(before, rename), update);
        const [answer] = owner.apply([{ update: named }]);
        // What a refusal names may be named differently.
        verdicts.push(answer?.refused === undefined ? answer?.repeated === true : codeOf(answer.refused));
      }
      return { verdicts, contents: contentsOf(owner.book) };
    };
    expect(run(true)).toEqual(run(false));
  });
  return fc.assert(check, { seed: SEED, numRuns: RUNS });
});

/** A trade of its own order, wrong at first or not, and when it is put right. */
interface Told {
  readonly Account: string;
  readonly Code: string;
  readonly Currency: string;
  readonly Side: string;
  readonly right: Content;
  readonly wrong: Content | undefined;
  readonly putRightAfter: number;
}

interface Content {
  readonly Price: number;
  readonly Quantity: number;
}

type Happening = { readonly rename: Rename } | { readonly told: Told };

const content = fc.record({ Price: fc.constantFrom(1, 2, 5, 7), Quantity: fc.constantFrom(1, 2, 3, 5) });
const names = {
  Account: fc.constantFrom("A1", "A1", "A2"),
  Code: fc.constantFrom("BHP", "BHP", "RIO", "VOD"),
  Currency: fc.constantFrom("AUD", "AUD", "AUD", "USD"),
};
const anyRename = fc
  .constantFrom<What[]>("Code", "Code", "Currency", "Account")
  .chain((what) =>
    fc
      .uniqueArray(names[what], { minLength: 2, maxLength: 2 })
      .map(([from = "", to = ""]): Happening => ({ rename: { what, from, to } })),
  );
const anyTold: fc.Arbitrary<Happening> = fc
  .record({
    ...names,
    Side: fc.constantFrom("BUY", "BUY", "SELL"),
    right: content,
    wrong: fc.option(content, { nil: undefined }),
    putRightAfter: fc.nat({ max: 12 }),
  })
  .map((told) => ({ told }));

test(`A trade that is put right after renames is as if it had been right at first [seed ${SEED}, ${10 * RUNS} runs]`, {
  timeout: NO_TIMEOUT,
}, () => {
  const happenings = fc.array(fc.oneof({ weight: 3, arbitrary: anyTold }, { weight: 1, arbitrary: anyRename }), {
    minLength: 4,
    maxLength: 16,
    size: "max",
  });
  const check = fc.property(happenings, (happened) => {
    expect(outcome(happened, true)).toEqual(outcome(happened, false));
  });
  return fc.assert(check, { seed: SEED, numRuns: 10 * RUNS });
});

/** What comes of it all when trades are told wrong at first, or when they are not. */
function outcome(happened: readonly Happening[], isWrongAtFirst: boolean): object {
  const owner = new Owner(new WarmBook());
  const apply = (update: UpdateEvent) => {
    const [answer] = owner.apply([{ update }]);
    expect(answer?.refused).toBeUndefined();
  };
  for (const [index, happening] of [...happened, ...Array.from({ length: 13 }, () => undefined)].entries()) {
    if (happening !== undefined && "rename" in happening) renaming(happening.rename, `R${index}`).forEach(apply);
    if (happening !== undefined && "told" in happening) {
      const { right, wrong } = happening.told;
      apply(tradeOf(index, happening.told, "Trade", isWrongAtFirst ? (wrong ?? right) : right));
    }
    for (const [place, earlier] of happened.slice(0, index + 1).entries()) {
      if (!("told" in earlier) || earlier.told.wrong === undefined) continue;
      if (place + earlier.told.putRightAfter !== index) continue;
      const since = happened.slice(place + 1, index + 1).flatMap((each) => ("rename" in each ? [each.rename] : []));
      const present = since.reduce<Told>(renamedTrade, earlier.told);
      apply(isWrongAtFirst ? tradeOf(place, present, "Correction", present.right) : nothing(index * 100 + place));
    }
  }
  return ["balance" as const, "holding" as const].map((kind) =>
    [...owner.book.all(kind)].map(([key, value]) => [key, JSON.stringify(value)]).sort(),
  );
}

function renamedTrade(told: Told, { what, from, to }: Rename): Told {
  return told[what] === from ? { ...told, [what]: to } : told;
}

function tradeOf(
  index: number,
  { Account, right: _, wrong: __, putRightAfter: ___, ...order }: Told,
  Type: string,
  trade: Content,
) {
  const Order = {
    ...order,
    OrderID: `O${index}`,
    Account: { OwnerID: "XS", AccountID: Account },
    Exchange: "ASX",
    IsCompleted: true,
  };
  return updateOf({
    Type: "Action",
    Action: { Type: "Trade", Order, Trade: { TradeID: "T1", Type, ...trade } },
  });
}

/** Layers of changes over a state: reading sees through them, merging keeps them, dropping leaves nothing. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FLAT } from "../../src/domain/average.ts";
import { Draft } from "../../src/domain/draft.ts";
import { type At, keyOf } from "../../src/domain/records.ts";
import type { Movement, State, Timer } from "../../src/domain/state.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { atOf, NOTHING } from "./support/book.ts";

const SEED = 20260105;
const ACCOUNTS = ["A1", "A11", "A2"];
const HOLDING = keyOf.holding("A1", "ASX", "BHP");
const PLACES = [1, 2, 3, 4, 5, 6].map(atOf);
const TIMER: Timer = { due: 1000, kind: "order", key: "O1" };

/** What a state says, in full: the model of a layer is a whole copy. */
interface Contents {
  readonly names: ReadonlyMap<string, string | undefined>;
  readonly homes: ReadonlyMap<string, string | undefined>;
  readonly movements: ReadonlyMap<At, string | undefined>;
}

const NO_CONTENTS: Contents = { names: new Map(), homes: new Map(), movements: new Map() };

type Change =
  | { readonly change: "put" | "know"; readonly key: string; readonly value: string | undefined }
  | { readonly change: "move"; readonly at: At; readonly quantity: string | undefined }
  | { readonly change: "layer" | "merge" | "drop" };

const text = fc.constantFrom("1", "2", "3", undefined, undefined);
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ change: fc.constantFrom("put", "know"), key: fc.constantFrom(...ACCOUNTS), value: text }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ change: fc.constant("move"), at: fc.constantFrom(...PLACES), quantity: text }),
  },
  { weight: 3, arbitrary: fc.record({ change: fc.constantFrom("layer", "layer", "merge", "drop") }) },
);

function changed(contents: Contents, change: Change): Contents {
  switch (change.change) {
    case "put":
      return { ...contents, names: new Map(contents.names).set(change.key, change.value) };
    case "know":
      return { ...contents, homes: new Map(contents.homes).set(change.key, change.value) };
    case "move":
      return { ...contents, movements: new Map(contents.movements).set(change.at, change.quantity) };
    default:
      return contents;
  }
}

function apply(draft: Draft, change: Change): void {
  if (change.change === "put") {
    draft.put("account", keyOf.account(change.key), change.value === undefined ? undefined : { Name: change.value });
  } else if (change.change === "know") {
    draft.know("order", change.key, change.value === undefined ? undefined : { AccountID: change.value });
  } else if (change.change === "move") {
    draft.move(HOLDING, change.at, change.quantity === undefined ? undefined : movement(change.at, change.quantity));
  }
}

function movement(at: At, quantity: string): Movement {
  return { at, quantity: Decimal.of(quantity), after: FLAT };
}

function expectToSay(state: State, { names, homes, movements }: Contents): void {
  for (const account of ACCOUNTS) {
    expect(state.record("account", keyOf.account(account))?.Name).toBe(names.get(account));
    expect(state.known("order", account)?.AccountID).toBe(homes.get(account));
  }
  const named = ACCOUNTS.filter((account) => names.get(account) !== undefined);
  expect([...state.keys("account")]).toEqual(named);
  expect([...state.keys("account", { after: "A1" })]).toEqual(named.filter((account) => account > "A1"));
  expect([...state.keys("account", { prefix: "A1" })]).toEqual(named.filter((account) => account.startsWith("A1")));
  const homed = ACCOUNTS.filter((account) => homes.get(account) !== undefined);
  expect([...state.knownIds("order", {})]).toEqual(homed);
  const left = PLACES.filter((at) => movements.get(at) !== undefined);
  const said = (found: Movement | undefined): string | undefined => found && `${found.at}: ${found.quantity}`;
  const expected = (at: At | undefined): string | undefined =>
    at === undefined ? undefined : `${at}: ${movements.get(at)}`;
  for (const place of PLACES) {
    expect(said(state.movementBefore(HOLDING, place))).toBe(expected(left.findLast((at) => at < place)));
    const from = left.filter((at) => at >= place);
    expect([...state.movementsFrom(HOLDING, place)].map(said)).toEqual(from.map(expected));
  }
}

test(`A stack of drafts says what the changes in it say, and forgets those that were dropped [seed ${SEED}]`, () => {
  const check = fc.property(fc.array(anyChange, { maxLength: 30, size: "max" }), (changes) => {
    const layers: { readonly draft: Draft; contents: Contents }[] = [
      { draft: new Draft(NOTHING), contents: NO_CONTENTS },
    ];
    for (const change of changes) {
      const top = layers.at(-1);
      const below = layers.at(-2);
      if (top === undefined) throw new Error("the lowest layer stays");
      if (change.change === "layer") layers.push({ draft: new Draft(top.draft), contents: top.contents });
      else if (change.change === "merge" && below !== undefined) {
        top.draft.mergeInto(below.draft);
        below.contents = top.contents;
        layers.pop();
      } else if (change.change === "drop" && below !== undefined) layers.pop();
      else {
        apply(top.draft, change);
        top.contents = changed(top.contents, change);
      }
      for (const layer of layers.slice(-2)) expectToSay(layer.draft, layer.contents);
    }
  });
  return fc.assert(check, { seed: SEED, numRuns: 200 });
});

test("A timer's last word counts, also when layers are merged", () => {
  const lower = new Draft(NOTHING);
  lower.setTimer(TIMER);
  const upper = new Draft(lower);
  upper.cancelTimer(TIMER);
  expect([...lower.timers.values()]).toEqual([{ timer: TIMER, set: true }]);
  upper.mergeInto(lower);
  expect([...lower.timers.values()]).toEqual([{ timer: TIMER, set: false }]);
  lower.setTimer(TIMER);
  expect([...lower.timers.values()]).toEqual([{ timer: TIMER, set: true }]);
});

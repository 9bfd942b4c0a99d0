/** What may happen to client requests, drawn at random: everything that clients, adapters, the clock and the platform do. */
import fc from "fast-check";
import { newOrder } from "./asking.ts";
import type { Word } from "./plain-requests.ts";

export type Step =
  | { readonly do: "ask"; readonly client: number; readonly id: string; readonly content: string }
  | { readonly do: "call"; readonly id: string; readonly content: string }
  | { readonly do: "open" | "close" | "lose"; readonly adapter: number }
  | { readonly do: "answer"; readonly id: string; readonly word: Word; readonly isResponse: boolean }
  | { readonly do: "hang up"; readonly client: number }
  | { readonly do: "pass"; readonly milliseconds: number }
  | { readonly do: "ring" | "wake" | "crash" };

const ids = fc.constantFrom("R1", "R2", "R3", "R4", "R5", "R6");
const contents = fc.constantFrom("first", "first", "first", "other", "wrong");
const adapters = fc.integer({ min: 0, max: 2 });
const clients = fc.integer({ min: 0, max: 1 });
const words = fc.constantFrom<Word>("Completed", "Rejected", "Working", "again", "again");
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("ask" as const), client: clients, id: ids, content: contents }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("call" as const), id: ids, content: contents }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("open" as const), adapter: adapters }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("close" as const, "lose" as const), adapter: adapters }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("answer" as const), id: ids, word: words, isResponse: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hang up" as const), client: clients }) },
  {
    weight: 4,
    // No sum of some of these is nearly the time that a request waits. The clock may go back, too.
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      milliseconds: fc.constantFrom(2_900, 7_300, 13_700, 31_100, -12_345),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("ring" as const, "wake" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
);

/** What an adapter says by a word. */
export const TOLD: Readonly<Record<Word, object>> = {
  Completed: { Status: "Completed" },
  Working: { Status: "Working" },
  Rejected: { Status: "Rejected", Errors: ["Symbol"] },
  again: { Errors: ["Request.Unknown"] },
};

/** The request that a step makes. */
export function requestOf({ id, content }: { readonly id: string; readonly content: string }): object {
  const quantities: Readonly<Record<string, number>> = { first: 100, other: 200, wrong: 0 };
  return newOrder(id, { Quantity: quantities[content] });
}

/** Which part of the log a caller means by a span, and how little of the log holds it. */
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import type { Head, Store } from "../storage/store.ts";
import { type ExistenceStore, requireSequence } from "./existence.ts";
import { BEGINNING, type MomentStore, placeAfterPosition, timeOf } from "./moments.ts";
import type { Bound, Span } from "./rpc.ts";

type SpanStore = ExistenceStore & Pick<Store, "placeAfter" | "placeThrough" | "positionsAt">;

/** A part of the log: the records after one place, up to and including another, but for those that it does not hold. */
export interface Stretch {
  readonly after: At;
  readonly upTo: At;
  holds(sequence: string, position: number): boolean;
  /** A place not before the given one, up to which it holds nothing that comes after that. */
  skippedTo(at: At): At;
}

/**
 * The part of the log that a span means while the log ends at `head`, and of it one sequence, if that is all that
 * counts. Reading it visits little more than what it holds, wherever in the log that is. Throws Refusal
 * `Feed <sequence>` for a sequence that the Owner does not have, `History.Archived` when records that it held are not
 * kept any more.
 */
export function stretchOf(store: SpanStore, head: Head, span: Span, sequence?: string): Stretch {
  const ends = endsOf(store, head, span);
  const isCounted = (name: string) => sequence === undefined || name === sequence;
  const holding = holdingIn(ends, head).filter(isCounted);
  const isByTime = sequence === undefined && ends.lower === undefined && ends.upper === undefined;
  const first = isByTime ? BEGINNING : firstPlace(store, ends, head, holding);
  const last = ends.upper === undefined ? head.at : lastPlace(store, ends, head, holding);
  const after = Math.max(timeIn(span.from) ?? BEGINNING, first) as At;
  const upTo = Math.min(timeIn(span.to) ?? head.at, last, head.at) as At;
  if (after < upTo && after < head.keptFrom) throw new Refusal("History.Archived");
  return {
    after,
    upTo,
    holds: (name, position) => isCounted(name) && position > above(ends, name) && position <= through(ends, name),
    skippedTo: (at) => Math.max(at, nextPlace(store, ends, head, holding, at)) as At,
  };
}

/**
 * The place where a span begins: as at that place, nothing of the span has happened yet. For a time it is that time; for
 * positions, the place before the first record after them. When the span can hold nothing, it is as at the positions.
 * Throws Refusal as `stretchOf`.
 */
export function beginningOf(store: SpanStore & MomentStore, head: Head, span: Span): At {
  const { from } = span;
  if (from === undefined || "at" in from) return timeOf(head, timeIn(from) ?? BEGINNING);
  const ends = endsOf(store, head, span);
  const holding = holdingIn(ends, head);
  const places = (holding.length > 0 ? holding : [...head.positions.keys()])
    .map((name) => ({ name, place: store.placeAfter(name, above(ends, name)) ?? BEGINNING }))
    .sort((left, right) => left.place - right.place);
  let beginning = head.at;
  for (const { name, place } of places) {
    // What is looked for of a sequence is after its place.
    if (place >= beginning) break;
    beginning = Math.min(beginning, placeAfterPosition(store, head, name, above(ends, name))) as At;
  }
  return beginning;
}

/** The positions between which a span lies, where it is by positions. Maps, because callers name the sequences. */
interface Ends {
  readonly lower: ReadonlyMap<string, number> | undefined;
  readonly upper: ReadonlyMap<string, number> | undefined;
}

function endsOf(store: SpanStore, head: Head, { from, to }: Span): Ends {
  const [lower, upper] = [positionsIn(from), positionsIn(to)];
  for (const name of new Set([...(lower?.keys() ?? []), ...(upper?.keys() ?? [])])) requireSequence(store, head, name);
  return { lower, upper };
}

function positionsIn(bound: Bound | undefined): ReadonlyMap<string, number> | undefined {
  return bound === undefined || "at" in bound ? undefined : new Map(Object.entries(bound.positions));
}

function timeIn(bound: Bound | undefined): number | undefined {
  return bound !== undefined && "at" in bound ? bound.at : undefined;
}

/** Up to here nothing of a sequence is held. */
function above({ lower }: Ends, sequence: string): number {
  return lower?.get(sequence) ?? 0;
}

/** Beyond here nothing of a sequence is held. */
function through({ upper }: Ends, sequence: string): number {
  return upper === undefined ? Number.POSITIVE_INFINITY : (upper.get(sequence) ?? 0);
}

/** The sequences of which a span can hold anything. */
function holdingIn(ends: Ends, { positions }: Head): readonly string[] {
  return [...positions.keys()].filter(
    (name) => above(ends, name) < Math.min(through(ends, name), positions.get(name) ?? 0),
  );
}

/** The place after which everything is that is held. What the log does not find any more was at its beginning. */
function firstPlace(store: SpanStore, ends: Ends, head: Head, holding: readonly string[]): number {
  return Math.min(head.at, ...holding.map((name) => store.placeAfter(name, above(ends, name)) ?? BEGINNING));
}

/** The place up to which everything is that is held: of a sequence that ended long ago, the end of that. */
function lastPlace(store: SpanStore, ends: Ends, { positions }: Head, holding: readonly string[]): number {
  const beforeLast = (name: string) => (positions.get(name) ?? 0) - 1;
  const places = holding.map((name) => store.placeThrough(name, Math.min(through(ends, name), beforeLast(name))));
  return Math.max(BEGINNING, ...places);
}

/** The place after which everything is that is held and comes after another place. */
function nextPlace(store: SpanStore, ends: Ends, head: Head, holding: readonly string[], at: At): number {
  const passed = store.positionsAt(at);
  const places = holding.flatMap((name) => {
    const known = Math.max(above(ends, name), passed.get(name) ?? 0);
    const last = Math.min(through(ends, name), head.positions.get(name) ?? 0);
    return known < last ? [store.placeAfter(name, known) ?? BEGINNING] : [];
  });
  return Math.min(head.at, ...places);
}

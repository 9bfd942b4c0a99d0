/** Random spans of a log, and what is told of them. */
import * as fc from "fast-check";
import type { At, LogRecord } from "../../../src/domain/records.ts";
import type { Bound, LogContent, LogQuestion } from "../../../src/owner/rpc.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import { type ToldLine, told } from "../told.ts";
import type { EmptyWorld } from "../world.ts";

/** An end of a span, in percent of the log: by time, or of each sequence's position, some left out. */
export interface Share {
  readonly by: "time" | "positions";
  readonly time: number;
  readonly positions: readonly (number | null)[];
}

/** A little more than all, so that what lies in the future is asked for too. */
const percent = fc.integer({ min: 0, max: 103 });
const anyShare: fc.Arbitrary<Share> = fc.record({
  by: fc.constantFrom("time", "positions"),
  time: percent,
  positions: fc.array(fc.option(percent, { freq: 8 }), { minLength: 5, maxLength: 5 }),
});

/** The two ends of a span. */
export const anyShares = fc.tuple(anyShare, anyShare);

/** The ends that two shares mean, the earlier one first where both are times, or both positions. */
export function boundsOf({ store }: EmptyWorld, [first, second]: readonly [Share, Share]) {
  const { at: head, positions } = store.head();
  const before = ([...store.records(0 as At, head)][0]?.at ?? 1) - 1;
  const atOf = ({ time }: Share) => Math.round(before + ((head - before) * time) / 100);
  const isSameKind = first.by === second.by;
  const ordered = ([left, right]: readonly [number, number]): readonly [number, number] =>
    isSameKind && left > right ? [right, left] : [left, right];
  const times = ordered([atOf(first), atOf(second)]);
  const places = [...positions].map(([sequence, last], index) => {
    const shareIn = (share: Share) => Math.round((last * (share.positions[index] ?? 0)) / 100);
    return { sequence, ends: ordered([shareIn(first), shareIn(second)]) };
  });
  // What is left out counts as 0.
  const positionsAt = (end: 0 | 1) =>
    Object.fromEntries(places.filter(({ ends }) => ends[end] > 0).map(({ sequence, ends }) => [sequence, ends[end]]));
  const bound = (share: Share, end: 0 | 1): Bound =>
    share.by === "time" ? { at: times[end] } : { positions: positionsAt(end) };
  return { from: bound(first, 0), to: bound(second, 1) };
}

/** Whether a record is at or before an end. */
export function isThrough(bound: Bound, { At: at, Sequence, Position }: LogRecord<unknown>): boolean {
  return "at" in bound ? at <= bound.at : Position <= (bound.positions[Sequence] ?? 0);
}

/** The log as clients are told it. */
export function toldOf({ engine }: EmptyWorld, question: LogQuestion) {
  return told(engine.past.log(question));
}

/** The same, each line as one text. */
export function textsOf(world: EmptyWorld, question: LogQuestion): readonly string[] {
  return toldOf(world, question).map(asText);
}

/** A line as it came. */
export function asText({ at, records, json }: ToldLine): string {
  return `${at} ${records} ${json}`;
}

/** Whether there is anything of which the content could tell: a feed that never was is refused. */
export function isThere({ store }: EmptyWorld, content: LogContent): boolean {
  return content.type !== "updates" || store.head().positions.has(content.feed);
}

/**
 * All pages of so many records, each going on from the last line's time, or from the last positions where the span began
 * by positions. Every page but the last is full.
 */
export function pagesOf(
  world: EmptyWorld,
  question: LogQuestion,
  count: number,
  what: string,
): readonly (readonly ToldLine[])[] {
  const pages: (readonly ToldLine[])[] = [];
  let { from } = question.span;
  for (;;) {
    const span = { ...question.span, ...(from !== undefined && { from }) };
    const page = toldOf(world, { ...question, span, count });
    if (page.length === 0) break;
    pages.push(page);
    for (const line of page) from = beyond(from, line);
  }
  const sizes = pages.map((page) => new Set(page.map(({ at }) => at)).size);
  const isFull = sizes.slice(0, -1).every((size) => size === count);
  expectEqual(isFull && (sizes.at(-1) ?? 0) <= count, true, `${what}: pages of ${sizes}`);
  return pages;
}

/** The end of a page that has a line as its last. */
function beyond(from: Bound | undefined, { at, message }: ToldLine): Bound {
  if (from === undefined || "at" in from) return { at };
  // Audit records and states have their place in fields of their own.
  const { Sequence, Position = message.ID } = message.Position?.Sequence === undefined ? message : message.Position;
  return { positions: { ...from.positions, [Sequence]: Position } };
}

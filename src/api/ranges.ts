/** Which part of the log a query means: `from` exclusive, `to` inclusive, each a time or a vector of positions. */
import type { Bound, Span } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { type Query, readTime } from "./parameters.ts";
import { type Concerned, type NamedPosition, ownerMeant, positionsIn } from "./sequences.ts";

type EndName = "from" | "to";

/** How one end is said. */
interface EndForm {
  readonly isTime: boolean;
  readonly isVector: boolean;
  readonly isRequired: boolean;
}

/** How both ends of a range are said. */
export type RangeForm = Readonly<Record<EndName, EndForm>>;

const REQUIRED_TIME: EndForm = { isTime: true, isVector: false, isRequired: true };
const REQUIRED_VECTOR: EndForm = { isTime: false, isVector: true, isRequired: true };
const EITHER: EndForm = { isTime: true, isVector: true, isRequired: false };

/** The forms of a range, by the last part of the path that is asked with it. */
export const RANGE_FORMS: Readonly<Record<string, RangeForm>> = {
  between: { from: REQUIRED_VECTOR, to: REQUIRED_VECTOR },
  fromdate: { from: REQUIRED_TIME, to: EITHER },
  fromposition: { from: REQUIRED_VECTOR, to: EITHER },
  toposition: { from: EITHER, to: REQUIRED_VECTOR },
};

/** A range of which neither end must be said. */
export const ANY_RANGE: RangeForm = { from: EITHER, to: EITHER };

/** One end, as the query says it: microseconds since 1970, or positions. */
type End = { readonly at: number } | { readonly positions: readonly NamedPosition[] };

/** A part of the logs of whichever Owners are concerned. */
export interface Range {
  readonly from?: End;
  readonly to?: End;
  /** At most so many records. */
  readonly count?: number;
}

/** The parameters of a range. */
export function rangeParameters(form: RangeForm): readonly string[] {
  return [...endParameters("from", form.from), ...endParameters("to", form.to), "count"];
}

function endParameters(name: EndName, { isTime, isVector }: EndForm): readonly string[] {
  return [...(isTime ? [name] : []), ...(isVector ? [`${name}[]`] : [])];
}

/**
 * The range that a query means. Throws Refusal `Field.Missing <end>`, and `Field.Invalid` with the parameter for what
 * cannot be read, an end that is said in both forms, and a `from` after `to`.
 */
export function readRange(query: Query, form: RangeForm): Range {
  const from = readEnd(query, "from", form.from);
  const to = readEnd(query, "to", form.to);
  const count = query.count();
  if (from !== undefined && to !== undefined && "at" in from && "at" in to && from.at > to.at) {
    throw new Refusal("Field.Invalid", "from");
  }
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(count !== undefined && { count }),
  };
}

function readEnd(query: Query, name: EndName, { isRequired }: EndForm): End | undefined {
  const time = query.one(name);
  const positions = positionsIn(query, name);
  if (time !== undefined && positions.length > 0) throw new Refusal("Field.Invalid", name);
  if (time !== undefined) return { at: readTime(time, name) };
  if (positions.length > 0) return { positions };
  if (isRequired) throw new Refusal("Field.Missing", name);
  return undefined;
}

/**
 * What a range means in the log of each Owner that is concerned. An Owner that a vector leaves out is before all of its
 * own records there. Throws Refusal `Field.Invalid` with the parameter for a bare name among several Owners, a sequence
 * that is named twice, and a `from` after `to`; `Owner.Unknown <owner>` for one that is not concerned.
 */
export function spansOf({ from, to }: Range, concerned: Concerned): (ownerId: string) => Span {
  const begin = from && boundsOf(from, concerned);
  const end = to && boundsOf(to, concerned);
  const spanOf = (ownerId: string): Span => ({
    ...(begin !== undefined && { from: begin(ownerId) }),
    ...(end !== undefined && { to: end(ownerId) }),
  });
  for (const ownerId of concerned.ownerIds) requireInOrder(spanOf(ownerId));
  return spanOf;
}

function boundsOf(end: End, concerned: Concerned): (ownerId: string) => Bound {
  if ("at" in end) return () => end;
  const byOwner = new Map<string, Map<string, number>>();
  for (const named of end.positions) {
    const ownerId = ownerMeant(named, concerned);
    const vector = byOwner.get(ownerId) ?? new Map<string, number>();
    if (vector.has(named.sequence)) throw new Refusal("Field.Invalid", named.parameter);
    byOwner.set(ownerId, vector.set(named.sequence, named.position));
  }
  return (ownerId) => ({ positions: Object.fromEntries(byOwner.get(ownerId) ?? []) });
}

function requireInOrder({ from, to }: Span): void {
  if (from === undefined || to === undefined || "at" in from || "at" in to) return;
  const isBeyond = ([sequence, position]: readonly [string, number]): boolean =>
    Object.hasOwn(to.positions, sequence) && position > (to.positions[sequence] ?? 0);
  if (Object.entries(from.positions).some(isBeyond)) throw new Refusal("Field.Invalid", "from");
}

/**
 * How a query names positions: `[asx]=7` of an Owner's sequence where one Owner is concerned, `[<owner>/asx]=7` where
 * several are, and right for one too.
 */
import { Refusal } from "../protocol/errors.ts";
import { isFeedName, isOwnerId } from "../protocol/names.ts";
import { type Query, readWholeNumber } from "./parameters.ts";

/** The Owners that a call concerns. */
export interface Concerned {
  /** In order. Some that the caller's permissions name may not exist. */
  readonly ownerIds: readonly string[];
  /** The one whose sequences go by their bare names, because no other is concerned. */
  readonly only?: string;
}

/** A position as a query names it. */
export interface NamedPosition {
  /** The parameter, which a refusal names: `from[asx]`. */
  readonly parameter: string;
  /** Absent when the sequence is named barely. */
  readonly ownerId?: string;
  readonly sequence: string;
  readonly position: number;
}

/** The positions that are given under a name. Throws Refusal `Field.Invalid` with the parameter. */
export function positionsIn(query: Query, name: string): readonly NamedPosition[] {
  return query.keyed(name).map(([key, content]) => {
    const parameter = `${name}[${key}]`;
    const slash = key.indexOf("/");
    const sequence = key.slice(slash + 1);
    const ownerId = key.slice(0, slash);
    if (!isFeedName(sequence) || (slash >= 0 && !isOwnerId(ownerId))) throw new Refusal("Field.Invalid", parameter);
    const position = readWholeNumber(content, parameter);
    return { parameter, sequence, position, ...(slash >= 0 && { ownerId }) };
  });
}

/**
 * The Owner whose sequence is meant. Throws Refusal `Field.Invalid` with the parameter when a bare name may be several
 * Owners', `Owner.Unknown <owner>` for one that the call does not concern.
 */
export function ownerMeant({ ownerId, parameter }: NamedPosition, { ownerIds, only }: Concerned): string {
  const meant = ownerId ?? only;
  if (meant === undefined) throw new Refusal("Field.Invalid", parameter);
  if (meant !== only && !ownerIds.includes(meant)) throw new Refusal("Owner.Unknown", meant);
  return meant;
}

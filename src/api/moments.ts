/** The moment that a read is as at: `asAt=` a time, or `asAt[<sequence>]=` the state after a position. */
import type { Moment } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { askNamed } from "./directory.ts";
import type { Call } from "./environment.ts";
import { type Query, readTime } from "./parameters.ts";
import { type Concerned, type NamedPosition, ownerMeant, positionsIn } from "./sequences.ts";

/** The parameters of a read that may be as at a moment. */
export const AS_AT = ["asAt", "asAt[]"] as const;

/** As a part of a question. */
export interface AsAt<M extends Moment = Moment> {
  readonly asAt?: M;
}

/** The moment for a read of one Owner. Throws Refusal `Field.Invalid`, or `Owner.Unknown` for a position of another's. */
export function asAtOf(query: Query, ownerId: string): AsAt {
  return asAtOne(query, { ownerIds: [ownerId], only: ownerId });
}

/** The moment for a read of what is common: positions are those of the System. Throws Refusal `Field.Invalid`. */
export function commonAsAt(query: Query): AsAt {
  const named = namedIn(query);
  if (named === undefined || "at" in named) return asAt(named);
  if (named.ownerId !== undefined) throw new Refusal("Field.Invalid", named.parameter);
  return asAt(placeOf(named));
}

/**
 * The moment for a read that may span several Owners: then a position is one Owner's, which is asked when that was, and
 * all of them are read as at that time. Throws what `ownerMeant` and `locate` throw.
 */
export async function asAtOver(call: Call, query: Query, concerned: Concerned): Promise<AsAt> {
  if (concerned.only !== undefined) return asAtOne(query, concerned);
  const named = namedIn(query);
  if (named === undefined || "at" in named) return asAt(named);
  const place = placeOf(named);
  const at = await askNamed(call, ownerMeant(named, concerned), (object, address) => object.locate(address, place));
  return asAt({ at });
}

function asAtOne(query: Query, concerned: Concerned): AsAt {
  const named = namedIn(query);
  if (named === undefined || "at" in named) return asAt(named);
  ownerMeant(named, concerned);
  return asAt(placeOf(named));
}

/** What `asAt` says: a time in microseconds since 1970, or a position. */
function namedIn(query: Query): { readonly at: number } | NamedPosition | undefined {
  const time = query.one("asAt");
  const [position, ...more] = positionsIn(query, "asAt");
  if (more.length > 0 || (time !== undefined && position !== undefined)) throw new Refusal("Field.Invalid", "asAt");
  return time === undefined ? position : { at: readTime(time, "asAt") };
}

function placeOf({ sequence, position }: NamedPosition): Moment {
  return { sequence, position };
}

function asAt(moment: Moment | undefined): AsAt {
  return moment === undefined ? {} : { asAt: moment };
}

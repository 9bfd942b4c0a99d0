/** Where names lead: which object is an Owner's, under which names it was known, and since when. */
import type { KnownOwner } from "../domain/state.ts";
import type { OwnerDetails } from "../protocol/messages/index.ts";
import type { DirectoryEntry } from "./rpc.ts";

/**
 * A new Owner, defined at a position of the sequence `system`. Its object is named by that too, so that no object ever
 * serves two: `@` is part of no OwnerID.
 */
export function newOwner({ OwnerID = "", Metadata = {} }: OwnerDetails, position: number): KnownOwner {
  const { Jurisdiction, LocationHint } = Metadata;
  return {
    Object: `${OwnerID}@${position}`,
    Generation: position,
    Names: [{ OwnerID, From: position }],
    ...(Jurisdiction !== undefined && { Jurisdiction }),
    ...(LocationHint !== undefined && { LocationHint }),
  };
}

/** The same object under another name. */
export function renamedOwner(known: KnownOwner, OwnerID: string, position: number): KnownOwner {
  return { ...known, Generation: position, Names: [...(known.Names ?? []), { OwnerID, From: position }] };
}

/** The name that an object had at a position; undefined before its first. */
export function nameAt({ Names = [] }: KnownOwner, position: number): string | undefined {
  return Names.findLast(({ From = 0 }) => From <= position)?.OwnerID;
}

/** Whether an object has borne a name that is not its own any more. */
export function hasLost({ Names = [] }: KnownOwner, name: string): boolean {
  return Names.slice(0, -1).some(({ OwnerID }) => OwnerID === name);
}

/** What others are told of a name. */
export function entryOf(ownerId: string, known: KnownOwner): DirectoryEntry {
  const { Object: object = "", Generation: generation = 0, Jurisdiction, LocationHint } = known;
  return {
    ownerId,
    object,
    generation,
    ...(Jurisdiction !== undefined && { jurisdiction: Jurisdiction }),
    ...(LocationHint !== undefined && { locationHint: LocationHint }),
  };
}

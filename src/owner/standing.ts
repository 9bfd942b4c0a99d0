/**
 * Who an object is. It learns that from the metadata that is handed down to it, keeps it beside its log, and answers
 * to nobody who means another.
 */
import { Refusal } from "../protocol/errors.ts";
import type { OwnerAddress } from "./rpc.ts";

/** An Owner as its object knows itself. */
export interface Standing extends OwnerAddress {
  /** It was undefined: its log is kept, and nothing is ever done for it again. */
  readonly isRetired: boolean;
}

/** Reads what `standingText` wrote; undefined for an object that nothing was handed down to yet. */
export function readStanding(text: string | undefined): Standing | undefined {
  if (text === undefined) return undefined;
  // Written by `standingText`.
  const { ownerId, generation, isRetired }: Standing = JSON.parse(text);
  return { ownerId, generation, isRetired };
}

/** The standing as a property of the store. */
export function standingText({ ownerId, generation, isRetired }: Standing): string {
  return JSON.stringify({ ownerId, generation, isRetired });
}

/** Whether an address means this very Owner, and it still is one. */
export function isMeant(standing: Standing | undefined, { ownerId, generation }: OwnerAddress): boolean {
  if (standing === undefined || standing.isRetired) return false;
  return standing.ownerId === ownerId && standing.generation === generation;
}

/** Throws Refusal `Owner.Unknown` when another Owner is meant, or one that is no more. */
export function requireAddress(standing: Standing | undefined, address: OwnerAddress): void {
  if (!isMeant(standing, address)) throw new Refusal("Owner.Unknown");
}

/** Movements of a holding: appended as they come, or set right at an earlier place and folded again (rules H1-H3, T6). */
import { FLAT, type Step, samePosition, step } from "./average.ts";
import type { Changes } from "./changes.ts";
import { type At, type Key, keyOf } from "./records.ts";
import type { Movement, Position, State } from "./state.ts";

/** Which holding. */
export interface Asset {
  readonly accountId: string;
  readonly exchange: string;
  readonly code: string;
}

const END = Number.MAX_SAFE_INTEGER as At;

/**
 * Moves a quantity at a place in the log: its end for something new, an earlier place for a corrected trade, instead of
 * what was moved there before.
 */
export function addMovement(changes: Changes, asset: Asset, at: At, movement: Step): void {
  const { draft } = changes;
  const key = keyOf.holding(asset.accountId, asset.exchange, asset.code);
  if (at === changes.context.at) {
    const after = step(currentPosition(changes, asset), movement);
    draft.move(key, at, { at, ...movement, after });
    showPosition(changes, asset, after);
    return;
  }
  draft.move(key, at, { at, ...movement, after: FLAT });
  foldAgain(changes, asset, key, at);
}

/** Takes a movement out of its place, as if it had never been. */
export function takeMovement(changes: Changes, asset: Asset, at: At): void {
  const key = keyOf.holding(asset.accountId, asset.exchange, asset.code);
  changes.draft.move(key, at, undefined);
  foldAgain(changes, asset, key, at);
}

/** The position that a holding's records show; what they cannot tell, its last movement does. */
function currentPosition(changes: Changes, asset: Asset): Position {
  const { Quantity, AveragePrice, Currency } = changes.holding(asset.accountId, asset.exchange, asset.code);
  if (Quantity.isZero) return FLAT;
  if (AveragePrice !== undefined) {
    return { quantity: Quantity, average: { basis: "priced", price: AveragePrice, currency: Currency } };
  }
  return lastPosition(changes.draft, keyOf.holding(asset.accountId, asset.exchange, asset.code), END);
}

function lastPosition(state: State, key: Key<"holding">, at: At): Position {
  return state.movementBefore(key, at)?.after ?? FLAT;
}

/** Folds the movements from a place on with the same step, and stops where nothing differs any more. */
function foldAgain(changes: Changes, asset: Asset, key: Key<"holding">, from: At): void {
  const { draft } = changes;
  let position = lastPosition(draft, key, from);
  for (const movement of draft.movementsFrom(key, from)) {
    position = step(position, movement);
    // From here on nothing differs, so neither does the position that is shown.
    if (movement.at !== from && samePosition(position, movement.after)) return;
    const folded: Movement = { ...movement, after: position };
    draft.move(key, movement.at, folded);
  }
  showPosition(changes, asset, position);
}

function showPosition(changes: Changes, { accountId, exchange, code }: Asset, { quantity, average }: Position): void {
  const priced = average.basis === "priced" ? average : undefined;
  changes.setHolding(accountId, exchange, code, {
    Quantity: quantity,
    AveragePrice: priced?.price,
    Currency: priced?.currency,
  });
}

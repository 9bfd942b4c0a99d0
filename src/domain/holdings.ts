/** Movements of a holding: appended as they come, or set right at an earlier place and folded again (rules H1-H3, T6). */
import { FLAT, joining, samePosition, step } from "./average.ts";
import type { Changes } from "./changes.ts";
import { type Asset, endOf, type Line, lineKey, lineOf } from "./lines.ts";
import type { At } from "./records.ts";
import { commonCurrency, currencyAsOf } from "./renames.ts";
import type { Movement, Position, State, Step } from "./state.ts";

const END = Number.MAX_SAFE_INTEGER as At;

/** Moves a quantity of a holding, at the end of the log. */
export function addMovement(changes: Changes, asset: Asset, movement: Step): void {
  const { at } = changes.context;
  append(changes, asset, at, movement);
}

/** Sets what was moved at an earlier place of a line, instead of what was moved there before. */
export function setMovement(changes: Changes, line: Line, at: At, movement: Step): void {
  changes.draft.move(lineKey(line), at, { at, ...movement, after: FLAT });
  foldAgain(changes, line, at);
}

/** Takes a movement out of its place, as if it had never been. */
export function takeMovement(changes: Changes, line: Line, at: At): void {
  changes.draft.move(lineKey(line), at, undefined);
  foldAgain(changes, line, at);
}

/** What was moved at a place of a line, if anything was. */
export function movementAt(state: State, line: Line, at: At): Movement | undefined {
  const movement = state.movementBefore(lineKey(line), (at + 1) as At);
  return movement?.at === at ? movement : undefined;
}

/** Gives a holding another name, as of a moment: its position joins what has that name, as one movement (rule X2). */
export function joinHolding(changes: Changes, from: Asset, to: Asset, at: At): void {
  const movement = joining(currentPosition(changes, from, at));
  if (movement === undefined) return;
  showPosition(changes, from, FLAT);
  append(changes, to, at, movement);
}

function append(changes: Changes, asset: Asset, at: At, movement: Step): void {
  const after = stepped(changes.draft, currentPosition(changes, asset, at), { at, ...movement });
  changes.draft.move(lineKey(lineOf(changes.draft, asset, at)), at, { at, ...movement, after });
  showPosition(changes, asset, after);
}

/** The position that a holding's records show just before a moment; what they cannot tell, its last movement does. */
function currentPosition(changes: Changes, asset: Asset, before: At): Position {
  const { Quantity, AveragePrice, Currency } = changes.holding(asset.accountId, asset.exchange, asset.code);
  if (Quantity.isZero) return FLAT;
  if (AveragePrice !== undefined) {
    const currency = Currency === undefined ? undefined : { name: Currency, at: before };
    return { quantity: Quantity, average: { basis: "priced", price: AveragePrice, currency } };
  }
  return lastPosition(changes.draft, lineOf(changes.draft, asset, before), END);
}

function lastPosition(state: State, line: Line, before: At): Position {
  return state.movementBefore(lineKey(line), before)?.after ?? FLAT;
}

/** The position after a movement, as of its place. */
function stepped(state: State, position: Position, movement: Step & { readonly at: At }): Position {
  const after = step(position, movement, (left, right) => commonCurrency(state, left, right));
  return positionAsOf(state, after, movement.at);
}

/** A position, its currency by the name that it had at a place. */
function positionAsOf(state: State, position: Position, at: At): Position {
  const { quantity, average } = position;
  if (average.basis !== "priced" || average.currency === undefined) return position;
  return { quantity, average: { ...average, currency: currencyAsOf(state, average.currency, at) } };
}

/**
 * Folds the movements of a line from a place on with the same step, and on from where it joined another; stops where
 * nothing differs any more.
 */
function foldAgain(changes: Changes, line: Line, from: At): void {
  const { draft } = changes;
  const key = lineKey(line);
  let position = lastPosition(draft, line, from);
  for (const movement of draft.movementsFrom(key, from)) {
    position = stepped(draft, position, movement);
    // From here on nothing differs, so neither does the position that is shown.
    if (movement.at !== from && samePosition(position, movement.after)) return;
    const folded: Movement = { ...movement, after: position };
    draft.move(key, movement.at, folded);
  }
  const end = endOf(draft, line);
  if (end === undefined) {
    showPosition(changes, line, position);
    return;
  }
  const joined = joining(positionAsOf(draft, position, end.at));
  if (joined === undefined) takeMovement(changes, end.line, end.at);
  else setMovement(changes, end.line, end.at, joined);
}

function showPosition(changes: Changes, { accountId, exchange, code }: Asset, { quantity, average }: Position): void {
  const priced = average.basis === "priced" ? average : undefined;
  const currency = priced?.currency && currencyAsOf(changes.draft, priced.currency, changes.context.at);
  changes.setHolding(accountId, exchange, code, {
    Quantity: quantity,
    AveragePrice: priced?.price,
    Currency: currency?.name,
  });
}

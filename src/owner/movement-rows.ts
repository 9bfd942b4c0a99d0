/** How a movement is kept. Its position, and what is out of the ordinary about its currency, are one JSON text. */
import type { At, Key } from "../domain/records.ts";
import type { Average, Movement, NamedCurrency, Position } from "../domain/state.ts";
import { Decimal } from "../protocol/decimal.ts";
import type { MovementRow } from "../storage/store.ts";

/** What is only said when it is out of the ordinary. */
interface Particulars {
  /** As of when the position's currency has its name, if not as of the movement. */
  readonly named?: number;
  /** As of when the movement's currency has its name, if not as of the movement. */
  readonly movedNamed?: number;
  readonly isMixed?: true;
}

/** A movement as the store keeps it. */
export function movementRow(line: Key<"holding">, movement: Movement): MovementRow {
  const { at, quantity, price, currency } = movement;
  return {
    holding: line,
    at,
    quantity: quantity.toString(),
    price: price?.toString() ?? null,
    currency: currency?.name ?? null,
    after: JSON.stringify([...positionParts(movement.after), ...particularsOf(movement)]),
  };
}

/** Reads what `movementRow` gave. */
export function readMovement({ at, quantity, price, currency, after }: MovementRow): Movement {
  // It was written by `movementRow`.
  const parts: readonly (string | Particulars)[] = JSON.parse(after);
  const [{ named = at, movedNamed = at, isMixed } = {}] = parts.filter((part) => typeof part === "object");
  return {
    at,
    quantity: Decimal.stored(quantity),
    ...(price !== null && { price: Decimal.stored(price) }),
    ...(currency !== null && { currency: { name: currency, at: movedNamed as At } }),
    ...(isMixed === true && { isMixed }),
    after: readPosition(
      parts.filter((part) => typeof part === "string"),
      named as At,
    ),
  };
}

/** `["12.5","priced","45.1","AUD"]`: quantity, basis, price and currency. */
function positionParts({ quantity, average }: Position): readonly string[] {
  const parts = [quantity.toString(), average.basis];
  if (average.basis !== "priced") return parts;
  const { price, currency } = average;
  return [...parts, price.toString(), ...(currency === undefined ? [] : [currency.name])];
}

function particularsOf({ at, currency, isMixed, after: { average } }: Movement): readonly Particulars[] {
  const isOther = (named: NamedCurrency | undefined): named is NamedCurrency => named !== undefined && named.at !== at;
  const held = average.basis === "priced" ? average.currency : undefined;
  const particulars: Particulars = {
    ...(isOther(held) && { named: held.at }),
    ...(isOther(currency) && { movedNamed: currency.at }),
    ...(isMixed === true && { isMixed }),
  };
  return Object.keys(particulars).length === 0 ? [] : [particulars];
}

function readPosition([quantity = "0", basis, price = "0", currency]: readonly string[], named: At): Position {
  const held = currency === undefined ? undefined : { name: currency, at: named };
  return { quantity: Decimal.stored(quantity), average: readAverage(basis, price, held) };
}

function readAverage(basis: string | undefined, price: string, currency: NamedCurrency | undefined): Average {
  switch (basis) {
    case "flat":
    case "unpriced":
    case "mixed":
      return { basis };
    case "priced":
      return { basis, price: Decimal.stored(price), currency };
    default:
      throw new Error(`not the basis of an average: ${basis}`);
  }
}

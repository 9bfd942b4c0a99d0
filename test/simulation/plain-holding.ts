/** One holding of the plain books: its movements in order, and the position after each (rules H1-H3, T6). */
import { quotient, signOf, times, written } from "./fixed.ts";

/** What moved, at the place of the record that first told of it. */
export interface Movement {
  readonly at: number;
  readonly quantity: bigint;
  readonly price: bigint | undefined;
  readonly currency: string | undefined;
}

interface Priced {
  readonly price: bigint;
  readonly currency: string | undefined;
}

/** Undefined: there is no position. The texts are the two ways in which an average is unknown (rules H2, H3). */
type Average = Priced | "unpriced" | "mixed" | undefined;

interface Position {
  readonly quantity: bigint;
  readonly average: Average;
}

const FLAT: Position = { quantity: 0n, average: undefined };

export class PlainHolding {
  readonly #movements: Movement[] = [];
  readonly #after: Position[] = [];

  /** Takes in a movement at its place; what is at that place already goes. */
  put(movement: Movement): void {
    if (movement.quantity === 0n) {
      this.remove(movement.at);
      return;
    }
    const place = this.#placeOf(movement.at);
    const isThere = this.#movements[place]?.at === movement.at;
    this.#movements.splice(place, isThere ? 1 : 0, movement);
    this.#fold(place);
  }

  /** Takes out the movement at a place, if there is one. */
  remove(at: number): void {
    const place = this.#placeOf(at);
    if (this.#movements[place]?.at !== at) return;
    this.#movements.splice(place, 1);
    this.#fold(place);
  }

  /** `quantity@average`; empty when there is none. */
  get text(): string {
    const { quantity, average } = this.#after.at(-1) ?? FLAT;
    if (quantity === 0n) return "";
    if (typeof average !== "object") return `${written(quantity)}@unknown`;
    return `${written(quantity)}@${written(average.price)} ${average.currency ?? "of no currency"}`;
  }

  /** Where a movement is, or would be. Most are at the end. */
  #placeOf(at: number): number {
    let place = this.#movements.length;
    while (place > 0 && (this.#movements[place - 1]?.at ?? 0) >= at) place--;
    return place;
  }

  #fold(from: number): void {
    this.#after.length = from;
    for (const movement of this.#movements.slice(from)) this.#after.push(after(this.#after.at(-1) ?? FLAT, movement));
  }
}

/** Rule H1. */
function after(before: Position, movement: Movement): Position {
  const quantity = before.quantity + movement.quantity;
  if (quantity === 0n) return FLAT;
  if (before.quantity === 0n || signOf(before.quantity) !== signOf(quantity))
    return { quantity, average: opened(movement) };
  if (signOf(before.quantity) !== signOf(movement.quantity)) return { quantity, average: before.average };
  return { quantity, average: increased(before, movement, quantity) };
}

function opened({ price, currency }: Movement): Average {
  return price === undefined ? "unpriced" : { price, currency };
}

/** Rules H1 to H3. */
function increased(before: Position, movement: Movement, quantity: bigint): Average {
  const { average } = before;
  if (average === "mixed") return "mixed";
  if (average === "unpriced" || average === undefined) return opened(movement);
  if (movement.price === undefined) return average;
  const [ours, theirs] = [average.currency, movement.currency];
  if (ours !== undefined && theirs !== undefined && ours !== theirs) return "mixed";
  const value = times(before.quantity, average.price) + times(movement.quantity, movement.price);
  return { price: quotient(value, quantity), currency: ours ?? theirs };
}

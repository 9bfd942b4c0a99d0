/** A small market that trades by itself: prices that wander, a few prints a second. */
import { setTimeout as wait } from "node:timers/promises";
import type { Print } from "../tape/tape.ts";

/** A share that is traded, and where its price begins. */
export interface Listed {
  readonly symbol: string;
  readonly cents: number;
}

export interface TradingOptions {
  /** From when times count, in milliseconds since 1970. */
  readonly midnight: number;
  /** For how long; for ever unless said. */
  readonly seconds?: number;
  readonly printsPerSecond?: number;
  readonly listed?: readonly Listed[];
}

const LISTED: readonly Listed[] = [
  { symbol: "BHP", cents: 4512 },
  { symbol: "CBA", cents: 13870 },
];
const VENUES = ["A", "C"];
const PRINTS_PER_SECOND = 12;
/** No price falls below a dollar. */
const LEAST_CENTS = 100;

/** Prints as they happen. */
export async function* trading(options: TradingOptions): AsyncGenerator<Print> {
  const {
    midnight,
    seconds = Number.POSITIVE_INFINITY,
    printsPerSecond = PRINTS_PER_SECOND,
    listed = LISTED,
  } = options;
  const prices = listed.map(({ cents }) => cents);
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await wait((1000 / printsPerSecond) * (0.5 + Math.random()));
    const index = Math.floor(Math.random() * listed.length);
    const cents = Math.max(LEAST_CENTS, (prices[index] ?? 0) + Math.floor(Math.random() * 7) - 3);
    prices[index] = cents;
    yield {
      time: Date.now() - midnight,
      symbol: listed[index]?.symbol ?? "",
      price: (cents / 100).toFixed(2),
      size: String(10 * (1 + Math.floor(Math.random() * 20))),
      venue: VENUES[Math.floor(Math.random() * VENUES.length)] ?? "",
    };
  }
}

/** A small market that trades by itself: prices that wander, a few prints a second. */
import { setTimeout as wait } from "node:timers/promises";
import type { Print } from "../tape/tape.ts";

const LISTED = [
  { symbol: "BHP", cents: 4512 },
  { symbol: "CBA", cents: 13870 },
];
const VENUES = ["A", "C"];
const PRINTS_PER_SECOND = 12;

/** Prints as they happen, for a while. Times count from `midnight`. */
export async function* trading(seconds: number, midnight: number): AsyncGenerator<Print> {
  const prices = LISTED.map(({ cents }) => cents);
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await wait((1000 / PRINTS_PER_SECOND) * (0.5 + Math.random()));
    const index = Math.floor(Math.random() * LISTED.length);
    const cents = (prices[index] ?? 0) + Math.floor(Math.random() * 7) - 3;
    prices[index] = cents;
    yield {
      time: Date.now() - midnight,
      symbol: LISTED[index]?.symbol ?? "",
      price: (cents / 100).toFixed(2),
      size: String(10 * (1 + Math.floor(Math.random() * 20))),
      venue: VENUES[Math.floor(Math.random() * VENUES.length)] ?? "",
    };
  }
}

/** Chance that is the same in every run of the benchmark. */
import { scrambled } from "./updates.ts";

/** Gives numbers from 0 to less than 1, always the same for the same seed. */
export function randomOf(seed: number): () => number {
  let drawn = 0;
  return () => scrambled(Math.imul(seed, 0x9e3779b1) + ++drawn) / 2 ** 32;
}

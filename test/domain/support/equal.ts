/** Equality that is asked for thousands of times in a run: the test framework is only called when it does not hold. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/** Fails, with the difference, unless the two are equal. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, what).toEqual(expected);
}

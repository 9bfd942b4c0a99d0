/** A rule does not hold. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export function violated(what: string): never {
  throw new Violation(what);
}

export function mustBe(isSo: boolean, what: () => string): void {
  if (!isSo) violated(what());
}

export function mustEqual(actual: string, expected: string, what: () => string): void {
  if (actual !== expected) violated(`${what()}\n  is        ${actual}\n  should be ${expected}`);
}

export function mustEqualMaps(
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
  what: string,
): void {
  for (const name of new Set([...actual.keys(), ...expected.keys()])) {
    mustEqual(actual.get(name) ?? "(nothing)", expected.get(name) ?? "(nothing)", () => `${what}: ${name}`);
  }
}

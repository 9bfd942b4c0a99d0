/** Counts what happens often, and says now and then how often: so that a flood of refusals is no flood of lines. */

/** Milliseconds between two lines about the same thing. */
export const TALLY_MS = 60_000;

export class Tally<Name extends string> {
  readonly #told = new Map<Name, { at: number; untold: number }>();
  readonly #tell: (name: Name, count: number) => void;

  /** `tell` is told how often something has happened since it was told last. */
  constructor(tell: (name: Name, count: number) => void) {
    this.#tell = tell;
  }

  /** It happened, now (milliseconds since 1970). The first time is told at once, then at most once in TALLY_MS. */
  add(name: Name, now: number): void {
    const known = this.#told.get(name) ?? { at: Number.NEGATIVE_INFINITY, untold: 0 };
    this.#told.set(name, known);
    known.untold++;
    // A clock that went back must not silence it.
    if (Math.abs(now - known.at) < TALLY_MS) return;
    this.#tell(name, known.untold);
    known.at = now;
    known.untold = 0;
  }
}

/** Time that passes when the test says so, and chance that is what the test says. */
import type { Clock } from "../../../../src/client/index.ts";

export class FakeClock implements Clock {
  chance = 0.5;
  #now = 1_795_000_000_000;
  readonly #timers = new Set<{ readonly due: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { due: this.#now + milliseconds, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  random(): number {
    return this.chance;
  }

  /** How many wait for their time. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Time passes; what is due is done in its turn, at its time. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((left, right) => left.due - right.due);
      if (next === undefined) break;
      this.#now = next.due;
      this.#timers.delete(next);
      next.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Everything that follows without time passing has been done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

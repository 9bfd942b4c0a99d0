/** How long to wait before the next attempt: doubling, with a little chance so that many clients do not come at once. */
import { setTimeout as wait } from "node:timers/promises";

const FIRST_MS = 20;
const LONGEST_MS = 2_000;

export class Backoff {
  #attempts = 0;
  #since = Date.now();

  /** Waits. Throws the reason when attempts have failed for longer than the patience. */
  async wait(patienceMs: number, reason: unknown): Promise<void> {
    if (Date.now() - this.#since > patienceMs) throw reason;
    const span = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts++);
    await wait(span * (0.5 + Math.random() / 2));
  }

  /** An attempt succeeded. */
  reset(): void {
    this.#attempts = 0;
    this.#since = Date.now();
  }
}

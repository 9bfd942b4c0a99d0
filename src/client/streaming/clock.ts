/** Time and chance, and how long to wait between attempts. */

/** Where time and chance come from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds, unless what is given back is called before. */
  after(milliseconds: number, action: () => void): () => void;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** How long to wait between attempts, in milliseconds. */
export interface BackoffOptions {
  /** The most that is waited the first time; twice as many each time after that. */
  readonly first?: number;
  /** The most that is waited at all. */
  readonly most?: number;
}

const DEFAULT_FIRST_MS = 250;
const DEFAULT_MOST_MS = 30_000;
/** Beyond this the doubled span is larger than any that is waited. */
const MOST_DOUBLINGS = 30;

/** Exponential, with full jitter: many clients that lost the same server do not come back at once. */
export class Backoff {
  readonly #clock: Clock;
  readonly #first: number;
  readonly #most: number;
  #attempts = 0;

  constructor(clock: Clock, { first = DEFAULT_FIRST_MS, most = DEFAULT_MOST_MS }: BackoffOptions = {}) {
    this.#clock = clock;
    this.#first = first;
    this.#most = most;
  }

  /** Attempts since the last that lasted. */
  get attempts(): number {
    return this.#attempts;
  }

  /** An attempt failed: how many milliseconds to wait before the next. */
  failed(): number {
    const span = Math.min(this.#most, this.#first * 2 ** Math.min(this.#attempts++, MOST_DOUBLINGS));
    return Math.floor(this.#clock.random() * span);
  }

  /** An attempt lasted. */
  reset(): void {
    this.#attempts = 0;
  }
}

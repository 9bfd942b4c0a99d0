/** How much of the stream the consumers have taken, and when the server is told: flow control by windows. */

/** A frame of the stream, until everything that it told has been taken. */
export interface CountedFrame {
  /** Somebody has yet to take what it told. */
  hold(): () => void;
  /** Nobody more will hold it. */
  release(): void;
}

export class Acknowledgements {
  readonly #acknowledge: (received: number) => void;
  /** Which frames, counted from the first, have not been taken; how often each is held. */
  readonly #held = new Map<number, number>();
  #received = 0;
  #acknowledged = 0;
  #window = Number.POSITIVE_INFINITY;
  #isCounting = false;

  constructor(acknowledge: (received: number) => void) {
    this.#acknowledge = acknowledge;
  }

  /** The server has agreed to a window: it counts frames from now on, or did so before. */
  agreed(window: number): void {
    this.#isCounting = true;
    this.#window = Math.min(this.#window, window);
  }

  /** A frame of the stream has come. */
  came(): CountedFrame {
    if (!this.#isCounting) return UNCOUNTED;
    const number = ++this.#received;
    this.#held.set(number, 1);
    const release = once(() => this.#release(number));
    return {
      hold: () => {
        this.#held.set(number, (this.#held.get(number) ?? 0) + 1);
        return once(() => this.#release(number));
      },
      release,
    };
  }

  #release(number: number): void {
    const holds = (this.#held.get(number) ?? 1) - 1;
    if (holds > 0) {
      this.#held.set(number, holds);
      return;
    }
    this.#held.delete(number);
    const [oldest = this.#received + 1] = this.#held.keys();
    const taken = oldest - 1;
    // Each half window, so that the server need not wait while the consumer keeps up.
    if (taken - this.#acknowledged < Math.max(1, Math.floor(this.#window / 2))) return;
    this.#acknowledged = taken;
    this.#acknowledge(taken);
  }
}

const UNCOUNTED: CountedFrame = { hold: () => () => undefined, release: () => undefined };

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}

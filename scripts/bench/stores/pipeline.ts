/** Messages that are sent one after another, so many of them unanswered. */
import type { StoreFailed } from "./store.ts";

export class Pipeline {
  readonly #count: number;
  readonly #window: number;
  readonly #send: (first: number, last: number) => void;
  readonly #ended = Promise.withResolvers<void>();
  #sent = 0;
  #answered = 0;

  /** `send` sends the messages from one index up to another, which is not sent yet. */
  constructor(count: number, window: number, send: (from: number, to: number) => void) {
    this.#count = count;
    this.#window = window;
    this.#send = send;
  }

  /** Milliseconds from the first message to the last answer. */
  async run(): Promise<number> {
    const begun = performance.now();
    this.#pump();
    await this.#ended.promise;
    return performance.now() - begun;
  }

  answered(count: number): void {
    this.#answered += count;
    if (this.#answered >= this.#count) this.#ended.resolve();
    else this.#pump();
  }

  failed(error: StoreFailed): void {
    this.#ended.reject(error);
  }

  #pump(): void {
    const to = Math.min(this.#count, this.#answered + this.#window);
    if (to <= this.#sent) return;
    const from = this.#sent;
    this.#sent = to;
    this.#send(from, to);
  }
}

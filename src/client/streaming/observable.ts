/** A state that changes, and those who want to know. */
import type { Observed } from "./states.ts";

/** Calls a listener of the application. What it throws is the application's: it surfaces as an uncaught error. */
export function told<Given>(listener: (given: Given) => void, given: Given): void {
  try {
    listener(given);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Those who listen. One that leaves, or comes, while they are told is heeded the next time. */
export class Listeners<Given> {
  #listeners: readonly ((given: Given) => void)[] = [];

  get isEmpty(): boolean {
    return this.#listeners.length === 0;
  }

  /** Adds one; gives what removes it. */
  add(listener: (given: Given) => void): () => void {
    const own = (given: Given) => listener(given);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own);
    };
  }

  tell(given: Given): void {
    for (const listener of this.#listeners) told(listener, given);
  }
}

export class Observable<State extends { readonly name: string }> implements Observed<State> {
  #current: State;
  readonly #listeners = new Listeners<State>();

  constructor(initial: State) {
    this.#current = initial;
  }

  get current(): State {
    return this.#current;
  }

  /** After "closed" nothing changes any more. */
  set(state: State): void {
    if (this.#current.name === "closed") return;
    this.#current = state;
    this.#listeners.tell(state);
  }

  onChange(listener: (state: State) => void): () => void {
    return this.#listeners.add(listener);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<State, void> {
    let changed = Promise.withResolvers<void>();
    const stop = this.onChange(() => changed.resolve());
    try {
      for (let shown: State | undefined; ; ) {
        const state = this.#current;
        if (state !== shown) yield state;
        if (state.name === "closed") return;
        shown = state;
        if (this.#current !== shown) continue;
        await changed.promise;
        changed = Promise.withResolvers();
      }
    } finally {
      stop();
    }
  }
}

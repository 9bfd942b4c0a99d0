/** A state that is replaced, never changed, and tells those who show it. */
import { useLayoutEffect, useReducer } from "preact/hooks";

export class Store<State> {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  set(state: State): void {
    if (Object.is(state, this.#state)) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Replaces some of a state's parts. */
  update(change: Partial<State>): void {
    this.set({ ...this.#state, ...change });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** What a store holds; whoever asks is drawn anew when it changes. */
export function useStore<State>(store: Store<State>): State {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useLayoutEffect(() => {
    // What changed between the drawing and now would otherwise be missed.
    redraw();
    return store.subscribe(() => redraw());
  }, [store]);
  return store.state;
}

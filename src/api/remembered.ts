/** What an isolate remembers of what others keep: a bounded number of things, each for a bounded time. */
export class Remembered<Content> {
  readonly #kept = new Map<string, { readonly content: Content; readonly until: number }>();
  readonly #most: number;
  readonly #milliseconds: number;

  /** At most so many things, each for so many milliseconds. */
  constructor(most: number, milliseconds = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#milliseconds = milliseconds;
  }

  /** What is remembered under a name, unless it is too old. `now` is in milliseconds since 1970. */
  get(name: string, now: number): Content | undefined {
    const found = this.#kept.get(name);
    return found !== undefined && now < found.until ? found.content : undefined;
  }

  set(name: string, content: Content, now: number): void {
    this.#kept.delete(name);
    this.#kept.set(name, { content, until: now + this.#milliseconds });
    // The first is the one that was set longest ago.
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
  }

  delete(name: string): void {
    this.#kept.delete(name);
  }
}

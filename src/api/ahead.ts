/** Asynchronous work over many items, in order, a bounded number ahead of who takes the results. */
import { LIMITS } from "../protocol/limits.ts";

export class Ahead<Item, Result> {
  readonly #rest: Iterator<Item>;
  readonly #work: (item: Item) => Promise<Result>;
  readonly #letGo: (result: Result) => Promise<void>;
  readonly #underWay: Promise<Result>[] = [];
  #isCancelled = false;

  private constructor(
    items: Iterable<Item>,
    work: (item: Item) => Promise<Result>,
    letGo: (result: Result) => Promise<void>,
  ) {
    this.#rest = items[Symbol.iterator]();
    this.#work = work;
    this.#letGo = letGo;
  }

  /**
   * Starts on the first items and waits for all of these, so that what fails at once fails before anything is
   * answered. `letGo` disposes of a result that nobody will take.
   */
  static async start<Item, Result>(
    items: Iterable<Item>,
    work: (item: Item) => Promise<Result>,
    letGo: (result: Result) => Promise<void> = async () => undefined,
  ): Promise<Ahead<Item, Result>> {
    const ahead = new Ahead(items, work, letGo);
    for (let count = 0; count < LIMITS.QUESTIONS_AT_ONCE; count++) ahead.#startNext();
    const outcomes = await Promise.allSettled(ahead.#underWay);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed === undefined) return ahead;
    await ahead.cancel();
    throw failed.reason;
  }

  /** The results, in the order of the items. Throws what the work on an item threw, when its turn comes. */
  async *results(): AsyncGenerator<Result> {
    for (let next = this.#underWay.shift(); next !== undefined; next = this.#underWay.shift()) {
      const result = await next;
      if (this.#isCancelled) return await this.#letGo(result);
      this.#startNext();
      yield result;
    }
  }

  /** Starts nothing more, and lets go of what has not been taken, also of what is waited for. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    const abandoned = this.#underWay.splice(0);
    for (const outcome of await Promise.allSettled(abandoned)) {
      if (outcome.status === "fulfilled") await this.#letGo(outcome.value);
    }
  }

  #startNext(): void {
    const { value, done } = this.#rest.next();
    if (done === true) return;
    const result = this.#work(value);
    // Whoever takes it is told; until then its failure must not count as unhandled.
    result.catch(() => undefined);
    this.#underWay.push(result);
  }
}

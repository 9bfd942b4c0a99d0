/** The changes that wait for a consumer: bounded, in order, each as it was while there is room. */
import type { Change } from "./subscription.ts";
import type { ViewName } from "./views.ts";

/** Changes of one frame, of one snapshot, or of the difference between two. */
export interface ChangeBatch<Name extends ViewName> {
  readonly changes: readonly Change<Name>[];
  /** Called when the consumer has taken the last of them. */
  readonly taken?: () => void;
}

interface Waiting<Name extends ViewName> {
  change: Change<Name>;
  readonly taken?: () => void;
}

type Result<Name extends ViewName> = IteratorResult<Change<Name>, undefined>;

export interface ChangeQueueOptions {
  /** Changes that wait before they are joined or dropped; undefined: none ever is, because the sender waits. */
  readonly limit: number | undefined;
  /** Changes of one key may be joined; otherwise the oldest is dropped. */
  readonly hasKeys: boolean;
}

export class ChangeQueue<Name extends ViewName> implements AsyncIterator<Change<Name>, undefined> {
  readonly #limit: number;
  readonly #hasKeys: boolean;
  #waiting: Waiting<Name>[] = [];
  /** Where `#waiting` begins: what is before it has been taken. */
  #first = 0;
  /** How long `#waiting` may become before it is joined. */
  #joinAt: number;
  #missed = 0;
  #given: Waiting<Name> | undefined;
  #asked: { readonly resolve: (result: Result<Name>) => void; readonly reject: (error: unknown) => void } | undefined;
  #ended: { readonly error?: Error } | undefined;
  readonly #returned: () => void;

  /** `returned` is called when the consumer wants no more. */
  constructor({ limit = Number.POSITIVE_INFINITY, hasKeys }: ChangeQueueOptions, returned: () => void) {
    this.#limit = limit;
    this.#joinAt = limit;
    this.#hasKeys = hasKeys;
    this.#returned = returned;
  }

  push({ changes, taken }: ChangeBatch<Name>): void {
    if (this.#ended !== undefined || changes.length === 0) {
      taken?.();
      return;
    }
    const last = changes.length - 1;
    for (const [index, change] of changes.entries()) {
      this.#waiting.push({ change, ...(index === last && taken !== undefined && { taken }) });
    }
    if (this.#length > this.#joinAt) {
      if (this.#hasKeys) this.#join();
      else this.#drop();
    }
    this.#give();
  }

  /** What waits is still given; then the iteration ends, or throws. */
  end(error?: Error): void {
    this.#ended ??= error === undefined ? {} : { error };
    this.#give();
  }

  next(): Promise<Result<Name>> {
    // Who asks for the next one is done with the last.
    this.#given?.taken?.();
    this.#given = undefined;
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      this.#give();
    });
  }

  return(): Promise<Result<Name>> {
    this.#given?.taken?.();
    this.#given = undefined;
    for (const { taken } of this.#waiting.splice(0).slice(this.#first)) taken?.();
    this.#first = 0;
    this.#ended = {};
    this.#returned();
    return Promise.resolve({ done: true, value: undefined });
  }

  get #length(): number {
    return this.#waiting.length - this.#first;
  }

  #give(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    const next = this.#waiting[this.#first];
    if (next !== undefined) {
      this.#asked = undefined;
      this.#given = next;
      this.#advance();
      asked.resolve({ done: false, value: this.#marked(next.change) });
      return;
    }
    if (this.#ended === undefined) return;
    this.#asked = undefined;
    const { error } = this.#ended;
    this.#ended = {};
    if (error === undefined) asked.resolve({ done: true, value: undefined });
    else asked.reject(error);
  }

  #advance(): void {
    this.#first++;
    // Taking the first of a long array one by one would copy it each time.
    if (this.#first < 1000 && this.#first < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
    this.#joinAt = Math.max(this.#limit, Math.min(this.#joinAt, 2 * this.#waiting.length));
  }

  #marked(change: Change<Name>): Change<Name> {
    if (this.#missed === 0) return change;
    const missed = change.missed + this.#missed;
    this.#missed = 0;
    return { ...change, missed };
  }

  /** Joins the changes of each key into its newest, in the order in which the newest came. */
  #join(): void {
    const newest = new Map<string, Waiting<Name>>();
    for (const waiting of this.#waiting.slice(this.#first)) {
      const { key } = waiting.change;
      const known = newest.get(key);
      newest.delete(key);
      const change = known === undefined ? waiting.change : joined(known.change, waiting.change);
      known?.taken?.();
      newest.set(key, { ...waiting, change });
    }
    // What came and went in the meantime is nothing to the consumer.
    this.#waiting = [...newest.values()].filter(({ change, taken }) => {
      const isNothing = change.before === undefined && change.after === undefined;
      if (isNothing) taken?.();
      return !isNothing;
    });
    this.#first = 0;
    this.#joinAt = Math.max(this.#limit, 2 * this.#waiting.length);
  }

  #drop(): void {
    const dropped = this.#waiting.slice(this.#first, this.#waiting.length - this.#limit);
    for (const { change, taken } of dropped) {
      this.#missed += 1 + change.missed;
      taken?.();
    }
    this.#waiting = this.#waiting.slice(this.#waiting.length - this.#limit);
    this.#first = 0;
  }
}

function joined<Name extends ViewName>(first: Change<Name>, second: Change<Name>): Change<Name> {
  const { before: _, ...rest } = second;
  return {
    ...rest,
    ...(first.before !== undefined && { before: first.before }),
    joined: (first.joined || 1) + (second.joined || 1),
    isSnapshot: first.isSnapshot && second.isSnapshot,
  };
}

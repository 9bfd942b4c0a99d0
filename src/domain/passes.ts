/** What is done to many records at once: a pass over each kind of them, as far as a budget reaches. */
import type { Changes } from "./changes.ts";
import type { Budget, Place } from "./progress.ts";
import type { Key, Kind, Records } from "./records.ts";
import type { State } from "./state.ts";

/** One pass over keys or ids. */
export interface Pass {
  /** What there is to look at after what was looked at last, in a settled order. */
  after(state: State, last: string | undefined): Iterable<string>;
  /** Looks at one, and gives how many characters the state had that it changed; 0 = it changed nothing. */
  visit(changes: Changes, key: string): number;
}

/** A pass over the records of a kind whose keys begin with a prefix. `change` says whether it changed the record. */
export function passOver<K extends Kind>(
  kind: K,
  prefix: string,
  change: (changes: Changes, record: Records[K], key: Key<K>) => boolean,
): Pass {
  return {
    after: (state, last) => state.keys(kind, { prefix, after: last }),
    visit(changes, name) {
      // The keys that this pass is given are those of its kind.
      const key = name as Key<K>;
      const record = changes.draft.record(kind, key);
      if (record === undefined || !change(changes, record, key)) return 0;
      return JSON.stringify(record).length;
    },
  };
}

/** Keys that are read ahead: what is changed meanwhile must not disturb the reading. */
const KEYS_AHEAD = 256;

/** How far a record has brought passes. */
export interface Reached {
  /** Where they go on; absent when all is done. */
  readonly place?: Place;
  /** Whether anything was changed. */
  readonly isChanged: boolean;
}

/** Goes on with passes as far as the budget reaches. */
export function goThrough(passes: readonly Pass[], from: Place, changes: Changes): Reached {
  const left = new Left(changes.context.budget);
  let { after } = from;
  for (const [index, pass] of passes.entries()) {
    if (index < from.pass) continue;
    for (let keys = ahead(pass, changes, after); keys.length > 0; keys = ahead(pass, changes, after)) {
      for (const key of keys) {
        if (left.isNothing) return reached(left, { pass: index, ...(after !== undefined && { after }) });
        left.take(pass.visit(changes, key));
        after = key;
      }
      if (keys.length < KEYS_AHEAD) break;
    }
    after = undefined;
  }
  return reached(left);
}

function reached({ isChanged }: Left, place?: Place): Reached {
  return { isChanged, ...(place !== undefined && { place }) };
}

function ahead(pass: Pass, { draft }: Changes, after: string | undefined): readonly string[] {
  const keys: string[] = [];
  for (const key of pass.after(draft, after)) if (keys.push(key) === KEYS_AHEAD) break;
  return keys;
}

/** What is left of a budget. */
class Left {
  #changed: number;
  #characters: number;
  #lookedAt: number;
  isChanged = false;

  constructor({ changed, characters, lookedAt }: Budget = UNLIMITED) {
    this.#changed = changed;
    this.#characters = characters;
    this.#lookedAt = lookedAt;
  }

  get isNothing(): boolean {
    return this.#changed <= 0 || this.#characters <= 0 || this.#lookedAt <= 0;
  }

  take(characters: number): void {
    this.#lookedAt--;
    if (characters === 0) return;
    this.isChanged = true;
    this.#changed--;
    this.#characters -= characters;
  }
}

const UNLIMITED: Budget = {
  changed: Number.POSITIVE_INFINITY,
  characters: Number.POSITIVE_INFINITY,
  lookedAt: Number.POSITIVE_INFINITY,
};

/**
 * The order of keys. SQLite compares texts by their UTF-8 bytes, which is the order of their code points; JavaScript
 * compares UTF-16 units, which differs above U+FFFF.
 */

/** Which keys to visit, in their order. */
export interface KeyRange {
  /** Only keys that begin with this. */
  readonly prefix?: string;
  /** Only keys after this one: where the last page ended. */
  readonly after?: string | undefined;
}

/** Compares two keys as SQLite does: negative, zero or positive. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [mine, theirs] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (mine !== theirs) return inCodePointOrder(mine) - inCodePointOrder(theirs);
  }
  return left.length - right.length;
}

/** Moves the surrogates, which stand for all above U+FFFF, behind the rest of the units. */
function inCodePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Whether a key is in a range. */
export function isInRange(key: string, { prefix = "", after }: KeyRange): boolean {
  return key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
}

/** The keys of two lists in key order, as one. */
export function* mergedKeys<Name extends string>(left: Iterable<Name>, right: readonly Name[]): Iterable<Name> {
  let next = 0;
  for (const key of left) {
    for (let other = right[next]; other !== undefined && compareKeys(other, key) < 0; other = right[++next])
      yield other;
    yield key;
  }
  yield* right.slice(next);
}

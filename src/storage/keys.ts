/**
 * The order of keys. SQLite compares texts by their UTF-8 bytes, which is the order of their code points; JavaScript
 * compares UTF-16 units, which differs above U+FFFF.
 */
import type { KeyRange } from "./store.ts";

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

/** The least key of a range: that one is in it. */
export function firstOf({ prefix = "", after }: KeyRange): string {
  if (after === undefined) return prefix;
  const next = successorOf(after);
  return compareKeys(next, prefix) > 0 ? next : prefix;
}

/** The least text that comes after a text. */
export function successorOf(key: string): string {
  return `${key}\0`;
}

/** The least text that comes after all that begin with a prefix; undefined when nothing does. */
export function endOf(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point < 0x10ffff) return points.join("") + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}

/** Whether a key is in a range. */
export function isInRange(key: string, { prefix = "", after }: KeyRange): boolean {
  return key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
}

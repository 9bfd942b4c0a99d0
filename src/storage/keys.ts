/** Where ranges of keys begin and end. */
import { compareKeys, type KeyRange } from "../domain/keys.ts";

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

/** SQLite sorts every blob after every text. */
const AFTER_ALL_TEXTS = new ArrayBuffer(0);

/** What comes after all keys of a range, to compare with in SQL. */
export function boundOf({ prefix = "" }: KeyRange): string | ArrayBuffer {
  return endOf(prefix) ?? AFTER_ALL_TEXTS;
}

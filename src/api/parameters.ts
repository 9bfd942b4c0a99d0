/** What a call says in its URL. Every part is decoded exactly once, and what is not understood is refused. */
import { Refusal } from "../protocol/errors.ts";
import { isReadableText } from "../protocol/fields.ts";
import { readTimestamp, toMicroseconds } from "../protocol/timestamp.ts";
import type { Call } from "./environment.ts";

/** The path as it was sent, so that an escaped `/` or `%` inside a parameter is still told from a real one. */
export function rawPath(request: Request): string {
  return new URL(request.url).pathname;
}

/** A parameter of the path, decoded. Throws Refusal `Message.Unreadable path` or `Field.Invalid <name>`. */
export function pathParameter(call: Call, name: string): string {
  // The router decodes what it can and leaves the rest; what it leaves must be refused, not taken literally.
  if (unescaped(call.req.path) === undefined) throw new Refusal("Message.Unreadable", "path");
  const content = call.req.param(name);
  if (content === undefined || content === "" || !isReadableText(content)) throw new Refusal("Field.Invalid", name);
  return content;
}

/** The query of a call: for each parameter that it may have, what was given, in order. */
export class Query {
  readonly #given = new Map<string, string[]>();

  /**
   * A name that ends in `[]` stands for all with a key in the brackets. Throws Refusal `Field.Unknown <name>` for a
   * parameter that is not one of `names`, `Field.Invalid` for a bad escape.
   */
  constructor(call: Call, ...names: readonly string[]) {
    const search = new URL(call.req.url).search.slice(1);
    for (const pair of search.split("&").filter((given) => given !== "")) {
      const equals = pair.indexOf("=");
      const name = queryText(equals < 0 ? pair : pair.slice(0, equals)) ?? pair;
      if (!isOneOf(names, name)) throw new Refusal("Field.Unknown", name);
      const content = queryText(equals < 0 ? "" : pair.slice(equals + 1));
      if (content === undefined || !isReadableText(content)) throw new Refusal("Field.Invalid", name);
      this.#given.set(name, [...(this.#given.get(name) ?? []), content]);
    }
  }

  all(name: string): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  /** What is given under a name with keys: `from[asx]=7` is `["asx", "7"]`. Throws as `one` for a key given twice. */
  keyed(name: string): readonly (readonly [key: string, content: string])[] {
    return [...this.#given.keys()].flatMap((given) => {
      const [, base, key] = KEYED.exec(given) ?? [];
      const content = base === name ? this.one(given) : undefined;
      return content === undefined || key === undefined ? [] : [[key, content] as const];
    });
  }

  /** A parameter that may be given once. Throws Refusal `Field.Invalid <name>` when it is given twice or empty. */
  one(name: string): string | undefined {
    const [content, ...more] = this.all(name);
    if (more.length > 0 || content === "") throw new Refusal("Field.Invalid", name);
    return content;
  }

  /** A whole number from 0; undefined when it is not given. Throws Refusal `Field.Invalid <name>`. */
  wholeNumber(name: string): number | undefined {
    const content = this.one(name);
    return content === undefined ? undefined : readWholeNumber(content, name);
  }

  /** How many at most: from 1; undefined when it is not given. Throws Refusal `Field.Invalid <name>`. */
  count(name = "count"): number | undefined {
    const number = this.wholeNumber(name);
    if (number === 0) throw new Refusal("Field.Invalid", name);
    return number;
  }

  /** `true` or `false`; false when it is not given. */
  flag(name: string): boolean {
    return readFlag(this.one(name), name);
  }
}

/** `from[asx]`: a name and, in the brackets, a key. */
const KEYED = /^([^[\]]+)\[(.+)\]$/s;

/** Whether a parameter is one of those, or has a key where one of those may have any. */
function isOneOf(names: readonly string[], given: string): boolean {
  if (KEYED.test(given)) return names.includes(given.replace(KEYED, "$1[]"));
  return names.includes(given) && !given.endsWith("[]");
}

/** For a call that has no query. Throws Refusal `Field.Unknown <name>` for anything in it. */
export function refuseQuery(call: Call): void {
  new Query(call);
}

/** Reads `true` or `false`, absent meaning false. Throws Refusal `Field.Invalid <name>`. */
export function readFlag(content: string | undefined, name: string): boolean {
  switch (content?.toLowerCase()) {
    case "true":
      return true;
    case "false":
    case undefined:
      return false;
    default:
      throw new Refusal("Field.Invalid", name);
  }
}

/** Reads a time, as microseconds since 1970. Throws Refusal `Field.Invalid <name>`. */
export function readTime(content: string, name: string): number {
  const timestamp = readTimestamp(content);
  if (timestamp === undefined) throw new Refusal("Field.Invalid", name);
  return toMicroseconds(timestamp);
}

/** Reads a whole number from 0. Throws Refusal `Field.Invalid <name>`. */
export function readWholeNumber(content: string, name: string): number {
  const number = /^\d+$/.test(content) ? Number(content) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new Refusal("Field.Invalid", name);
  return number;
}

function queryText(escaped: string): string | undefined {
  return unescaped(escaped.replaceAll("+", " "));
}

/** The text that was escaped; undefined when an escape is malformed or not UTF-8. */
function unescaped(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}

/** Readers of answers that are no messages. Each throws TypeError for what is not so. */

/** Reads a JSON value as what it should be. */
export type Reader<Content> = (value: unknown) => Content;

export function textIn(value: unknown): string {
  return typeof value === "string" ? value : unlike("a text");
}

export function numberIn(value: unknown): number {
  return typeof value === "number" ? value : unlike("a number");
}

export function arrayIn<Item>(item: Reader<Item>): Reader<Item[]> {
  return (value) => (Array.isArray(value) ? value.map((each: unknown) => item(each)) : unlike("a list"));
}

export function mapIn<Item>(item: Reader<Item>): Reader<Record<string, Item>> {
  return (value) => Object.fromEntries(Object.entries(objectIn(value)).map(([key, content]) => [key, item(content)]));
}

export function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : unlike("an object");
}

/** One of some texts. */
export function oneOf<Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  return (value) => choices.find((choice) => choice === value) ?? unlike(choices.join(" or "));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unlike(expected: string): never {
  throw new TypeError(`it is not ${expected}`);
}

/** What tenants and feeds may be called: their names are parts of URLs, of `owner/account` and of `owner/sequence`. */
import { LIMITS } from "./limits.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_IN_A_NAME = /[\u0000-\u001f\u007f-\u009f/@]/;

/** Whether a text may be the id of an Owner. */
export function isOwnerId(text: string): boolean {
  return isName(text, LIMITS.OWNER_ID_CHARACTERS);
}

/** Whether a text may be the name of a feed. */
export function isFeedName(text: string): boolean {
  return isName(text, LIMITS.FEED_NAME_CHARACTERS);
}

function isName(text: string, mostCharacters: number): boolean {
  if (text.length === 0 || text.length > mostCharacters || !text.isWellFormed()) return false;
  // A URL takes these two for steps in its path, however they are escaped.
  return text !== "." && text !== ".." && !NOT_IN_A_NAME.test(text);
}

/** Texts that come from elsewhere, made fit for a terminal. */

/** What moves the cursor, turns the direction of writing or breaks a line; terminals obey some of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNRULY = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text on one line that a terminal shows and does not obey: what is unruly in it is written as an escape. */
export function plainText(text: string): string {
  return text.replace(UNRULY, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Characters that a terminal shows in two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{M}\u200b-\u200f]/u;

/** How many columns of a terminal a text takes, as terminals commonly count. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

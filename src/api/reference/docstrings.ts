/**
 * What the sources say of the messages and enumerations that they declare. It is read from their text, so that the
 * reference says the same as the code, and nothing is written down twice.
 */

const DECLARED = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const \w+ = (?:message|enumeration)\("(\w+)"/g;
/** The rules of accounting are numbered for whoever works on them. */
const RULES = / \(rules? [^)]*\)/g;

/** The docstrings of what is declared in a source, by name, each as one line. */
export function docstringsIn(source: string): ReadonlyMap<string, string> {
  return new Map([...source.matchAll(DECLARED)].map(([, comment = "", name = ""]) => [name, lineOf(comment)]));
}

function lineOf(comment: string): string {
  const words = comment.replace(/^\s*\*? ?/gm, "").replace(/\s+/g, " ");
  // A word that was broken at a hyphen is put together again.
  return words
    .replace(/(\w)- (\w)/g, "$1-$2")
    .replace(RULES, "")
    .trim();
}

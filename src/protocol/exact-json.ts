/**
 * JSON whose numbers keep every digit. JSON.parse rounds a literal of more than 15 significant digits, and turns a very
 * small one into zero; such a literal comes back as a NumberLiteral that carries its text. Any other number is the
 * double whose shortest notation has the same digits. Texts without such literals take the native path alone.
 */

/** A JSON number that a double might not carry, as it was written. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A run of so many digits and points may hold more digits than every double carries. */
const LONG = 16;
const LONG_OR_TINY = /[\d.]{16}|[eE]-\d{3}/;
/** A literal that may be too small for a double, with what ends a number: names such as `trade-123` are none. */
const TINY = /\d[eE]-\d{3,}(?:[\s,\]}]|$)/;
const NUMBER_END = /[\s,\]}eE]/;

/** Parses JSON without losing digits. Throws SyntaxError, or RangeError when it is nested beyond the stack. */
export function parseExactly(text: string): unknown {
  return holdsLongNumber(text) || TINY.test(text) ? JSON.parse(text, keepingDigits) : JSON.parse(text);
}

function keepingDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  return typeof value === "number" && source !== undefined && LONG_OR_TINY.test(source)
    ? new NumberLiteral(source)
    : value;
}

/** Whether a long run of digits stands where a number ends. It may say yes to one within a text, never no to a number. */
function holdsLongNumber(text: string): boolean {
  // A run of LONG characters covers one of any LONG consecutive places: every LONGth is enough to find them all.
  for (let place = LONG - 1; place < text.length; place += LONG) {
    if (!isNumeric(text.charCodeAt(place))) continue;
    let start = place;
    while (isNumeric(text.charCodeAt(start - 1))) start--;
    let end = place + 1;
    while (isNumeric(text.charCodeAt(end))) end++;
    if (end - start >= LONG && (end === text.length || NUMBER_END.test(text.charAt(end)))) return true;
    place = end;
  }
  return false;
}

/** A digit or a point. Beyond either end of a text there is NaN, which is neither. */
function isNumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/**
 * JSON whose numbers keep every digit. JSON.parse rounds a literal of more than 15 significant digits; such a literal
 * comes back as a NumberLiteral that carries its text. Plain texts take the native path alone.
 */

/** A JSON number that a double might not carry, as it was written. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Some number in the text is long, or has an exponent: what might follow a bracket, colon, comma or space. */
const LONG_NUMBER = /(?:^|[:,[\s])-?(?:[\d.]{16,}|[\d.]+[eE])/;
const SHORT_LITERAL = 15;

/** Parses JSON without losing digits. Throws SyntaxError, or RangeError when it is nested beyond the stack. */
export function parseExactly(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepingDigits) : JSON.parse(text);
}

function keepingDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context.source === undefined) return value;
  const { source } = context;
  return source.length > SHORT_LITERAL || /[eE]/.test(source) ? new NumberLiteral(source) : value;
}

/** Options that name something: `--values Price=12.50`. */
import { UsageError } from "../usage.ts";

/** `NAME=VALUE` pairs, by name. Throws UsageError. */
export function pairs(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new UsageError(`'${text}' is not NAME=VALUE.`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

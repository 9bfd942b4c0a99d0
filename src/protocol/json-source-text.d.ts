/** The third argument of a reviver (ECMAScript "JSON.parse source text access"), which the library types lack. */
interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}

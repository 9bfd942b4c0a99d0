/** ECMAScript "JSON.parse source text access", which the library types lack: a literal's text, read and written. */
interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  /** Stands for a JSON text of one number, text or other scalar, to be written as it is. */
  rawJSON(text: string): object;
}

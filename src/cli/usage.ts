/** The command line asks for something that cannot be; the message says what, for its user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The bearer token: given, or asked for when it is needed. */
import { OmsError } from "./errors.ts";

/** A bearer token, or where one is had: asked when none is known, and again when the server has refused it. */
export type Token = string | (() => string | Promise<string>);

/** The token that is used now. Callers at the same time share one question for it. */
export class TokenHolder {
  readonly #token: Token;
  #asked: Promise<string> | undefined;

  constructor(token: Token) {
    this.#token = token;
  }

  /** Throws OmsError of kind `token` when the function fails. */
  current(): Promise<string> {
    if (typeof this.#token === "string") return Promise.resolve(this.#token);
    this.#asked ??= this.#ask(this.#token);
    return this.#asked;
  }

  /** Another token than one that was refused; undefined when there is no other. Throws as `current`. */
  async insteadOf(refused: string): Promise<string | undefined> {
    if (typeof this.#token === "string") return undefined;
    const asked = this.#asked;
    // Somebody else may have been refused too, and have asked already.
    if ((await asked) === refused && this.#asked === asked) this.#asked = undefined;
    const another = await this.current();
    return another === refused ? undefined : another;
  }

  async #ask(token: () => string | Promise<string>): Promise<string> {
    try {
      const given: unknown = await token();
      if (typeof given !== "string" || given === "") throw new TypeError("it gave no token");
      return given;
    } catch (cause) {
      this.#asked = undefined;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OmsError({ kind: "token", what: "The token function failed", reason, cause });
    }
  }
}

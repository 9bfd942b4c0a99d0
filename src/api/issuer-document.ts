/**
 * What an issuer publishes about itself, as this isolate has read it: seldom, within bounds, and from nowhere else than
 * the address that was given.
 */

import { isTrustworthy } from "../domain/identity-sources.ts";
import { errorFields, tell } from "../operations/log.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";

/** Lets work go on to its end although the client that caused it hangs up. */
export type KeepGoing = (work: Promise<unknown>) => void;

/** Milliseconds between two looks at whether what another call is reading has come. */
const LOOK_MS = 20;

/**
 * One document of an issuer. It is asked for when it is needed, and then at most once in LIMITS.KEYS_COOLDOWN_MS,
 * whether the issuer answered or not. Calls that come meanwhile wait for the one reading. They look for it by
 * their own timers: what one request waits for may end with that request.
 */
export class IssuerDocument<Content> {
  readonly #address: string;
  readonly #understand: (json: unknown) => Content;
  #content: Content | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When what is known was asked for. */
  #knownAt = Number.NEGATIVE_INFINITY;
  #state: "asking" | "answered" | "failed" = "failed";

  /** `understand` reads the document's JSON, and throws when it is not as it must be. */
  constructor(address: string, understand: (json: unknown) => Content) {
    this.#address = address;
    this.#understand = understand;
  }

  /** What it says, not older than LIMITS.KEYS_REMEMBERED_MS. Throws Refusal `Retry` when it cannot be had. */
  async current(keepGoing: KeepGoing): Promise<Content> {
    const isFresh = Date.now() < this.#knownAt + LIMITS.KEYS_REMEMBERED_MS;
    return isFresh && this.#content !== undefined ? this.#content : this.renewed(keepGoing);
  }

  /** What it says now, as far as it may be asked for again. Throws Refusal `Retry` when the last reading failed. */
  async renewed(keepGoing: KeepGoing): Promise<Content> {
    if (Date.now() >= this.#askedAt + LIMITS.KEYS_COOLDOWN_MS) {
      const asking = this.#ask();
      keepGoing(asking);
      await asking;
    } else {
      await this.#settled();
    }
    if (this.#state !== "answered" || this.#content === undefined) throw new Refusal("Retry");
    return this.#content;
  }

  async #ask(): Promise<void> {
    const askedAt = Date.now();
    this.#askedAt = askedAt;
    this.#state = "asking";
    try {
      const content = this.#understand(await readPublished(this.#address));
      if (this.#askedAt !== askedAt) return;
      this.#content = content;
      this.#knownAt = askedAt;
      this.#state = "answered";
    } catch (error) {
      tell("warn", "issuer.unreachable", { address: this.#address, ...errorFields(error) });
      // What was asked for later counts, whichever answer comes last.
      if (this.#askedAt === askedAt) this.#state = "failed";
    }
  }

  /** Waits for the reading of another call, but not for longer than it may take. */
  async #settled(): Promise<void> {
    while (this.#state === "asking" && Date.now() < this.#askedAt + LIMITS.ISSUER_TIMEOUT_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Reads a JSON document. Redirects are not followed: they would lead to who is not the issuer. */
async function readPublished(address: string): Promise<unknown> {
  if (!isTrustworthy(address)) throw new Error("not an address of https");
  const signal = AbortSignal.timeout(LIMITS.ISSUER_TIMEOUT_MS);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return JSON.parse(await Promise.race([late, fetchText(address, signal)]));
}

async function fetchText(address: string, signal: AbortSignal): Promise<string> {
  const headers = { Accept: "application/json, application/jwk-set+json" };
  const response = await fetch(address, { redirect: "manual", signal, headers });
  if (response.status === 200 && response.body !== null) return readBounded(response.body);
  await response.body?.cancel();
  throw new Error(`answered with status ${response.status}`);
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let length = 0;
  // Leaving the loop lets go of what has not been read.
  for await (const piece of body) {
    length += piece.length;
    if (length > LIMITS.ISSUER_BYTES) throw new Error(`longer than ${LIMITS.ISSUER_BYTES} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

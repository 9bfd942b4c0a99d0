/** One call over HTTP: with its token, tried again where that does no harm, and refused as an OmsError. */
import { OmsError } from "../errors.ts";
import { DEFAULT_RETRY, delayAfter, type RetryOptions, retryAfter, wait } from "../retry.ts";
import { type Token, TokenHolder } from "../token.ts";
import { address, isPath, type Parameters } from "./address.ts";

/** What `fetch` is here; the platform's own, unless another is given. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a client finds its server, and shows who it is. */
export interface ClientOptions {
  /** Where the OMS is: `https://oms.example.com`. It may have a path, below which everything is. */
  readonly url: string | URL;
  /** The bearer token, or a function that gives one. Without it only what is open to all can be asked. */
  readonly token?: Token;
  readonly fetch?: Fetch;
  /** How calls are tried again that can be without harm, after 429, 502, 503, 504 or a failure of the network. */
  readonly retry?: RetryOptions;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A body, with what it is. */
export interface Body {
  readonly type: "application/json" | "application/octet-stream";
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** A call as it is made. */
export interface Call {
  readonly method: Method;
  /** Escaped. */
  readonly path: string;
  readonly query: Parameters;
  readonly body?: Body;
  readonly signal?: AbortSignal | undefined;
  /** Done twice it is as if done once. What only reads always is. */
  readonly isRepeatable: boolean;
  /** Open to all: no token is asked for. */
  readonly isOpen?: boolean;
  /** Whether what is no success is an answer all the same, and no refusal. */
  readonly isAnswer?: (response: Response) => boolean;
}

const TRIED_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export class Http {
  readonly #origin: string;
  readonly #tokens: TokenHolder | undefined;
  readonly #fetch: Fetch;
  readonly #retry: Required<RetryOptions>;

  constructor({ url, token, fetch: given, retry }: ClientOptions) {
    this.#origin = originOf(url);
    this.#tokens = token === undefined ? undefined : new TokenHolder(token);
    // Called as it is, and not as a method: browsers insist.
    this.#fetch = given ?? ((...call) => fetch(...call));
    this.#retry = { ...DEFAULT_RETRY, ...retry };
  }

  /** Makes a call. Throws OmsError, or the signal's reason. */
  async call(call: Call): Promise<Response> {
    if (!isPath(call.path)) {
      throw new OmsError({ kind: "refused", what: nameOf(call), reason: "a name in it can be in no path" });
    }
    for (let failed = 0; ; ) {
      const outcome = await this.#attempt(call);
      if (outcome instanceof Response && isAnswer(call, outcome, failed)) return outcome;
      failed++;
      const delay = call.isRepeatable ? this.#delayAfter(failed, outcome) : undefined;
      if (delay === undefined) throw await errorOf(call, outcome);
      if (outcome instanceof Response) await discard(outcome);
      await wait(delay, call.signal);
    }
  }

  /** Milliseconds until the next attempt; undefined when there is to be none. */
  #delayAfter(failed: number, outcome: Response | OmsError): number | undefined {
    if (outcome instanceof OmsError) return delayAfter(failed, this.#retry);
    if (!TRIED_AGAIN.has(outcome.status)) return undefined;
    return delayAfter(failed, this.#retry, retryAfter(outcome.headers.get("Retry-After"), Date.now()));
  }

  /** The answer to one attempt; an OmsError when there is none. */
  async #attempt(call: Call): Promise<Response | OmsError> {
    const token = call.isOpen === true ? undefined : await this.#tokens?.current();
    const outcome = await this.#send(call, token);
    if (token === undefined || !(outcome instanceof Response) || outcome.status !== 401) return outcome;
    // It was refused for its token: nothing has been done yet.
    const another = await this.#tokens?.insteadOf(token);
    if (another === undefined) return outcome;
    await discard(outcome);
    return await this.#send(call, another);
  }

  async #send({ method, path, query, body, signal }: Call, token: string | undefined): Promise<Response | OmsError> {
    signal?.throwIfAborted();
    const headers: Record<string, string> = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": body.type }),
    };
    try {
      return await this.#fetch(this.#origin + address(path, query), {
        method,
        headers,
        ...(body !== undefined && { body: body.content }),
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      return unreachable(nameOf({ method, path }), cause);
    }
  }
}

/** Gives up an answer that nobody reads. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** What a call is called in errors. */
export function nameOf({ method, path }: Pick<Call, "method" | "path">): string {
  return `${method} ${path}`;
}

/** The server could not be reached, or the transfer broke off. */
export function unreachable(what: string, cause: unknown): OmsError {
  const reason = `no answer: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new OmsError({ kind: "unreachable", what, reason, cause });
}

function originOf(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, "");
}

function isAnswer(call: Call, response: Response, failed: number): boolean {
  if (response.ok || call.isAnswer?.(response) === true) return true;
  // What a repeated DELETE does not find any more was taken away by the attempt that seemed to fail.
  return call.method === "DELETE" && response.status === 404 && failed > 0;
}

async function errorOf(call: Call, outcome: Response | OmsError): Promise<OmsError> {
  if (outcome instanceof OmsError) return outcome;
  const what = nameOf(call);
  const { status, statusText } = outcome;
  const text = await outcome.text().catch(() => "");
  const codes = codesIn(text);
  // What stands before the OMS answers in its own words.
  const reason = codes === undefined ? statusText || "no refusal of the OMS" : undefined;
  return new OmsError({
    kind: "refused",
    what,
    status,
    ...(codes && { codes }),
    ...(reason !== undefined && { reason }),
  });
}

function codesIn(text: string): readonly string[] | undefined {
  try {
    const codes: unknown = JSON.parse(text);
    return Array.isArray(codes) && codes.every((code) => typeof code === "string") ? codes : undefined;
  } catch {
    return undefined;
  }
}

/** One call over HTTP: with its token, tried again where that does no harm, and refused as an OmsError. */
import { isTransient, OmsError } from "../errors.ts";
import { DEFAULT_RETRY, delayAfter, type RetryOptions, retryAfterIn, unlessAborted, wait } from "../retry.ts";
import { type Token, TokenHolder } from "../token.ts";
import { address, isPath, type Parameters } from "./address.ts";
import type { Body, EncodingName } from "./encodings.ts";

/** What `fetch` is here; the platform's own, unless another is given. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a client finds its server, and shows who it is. */
export interface ClientOptions {
  /** Where the OMS is: `https://oms.example.com`. It may have a path, below which everything is. */
  readonly url: string | URL;
  /** The bearer token, or a function that gives one. Without it only what is open to all can be asked. */
  readonly token?: Token;
  readonly fetch?: Fetch;
  /** How messages travel: `json` (unless it is said) or `binary`, which is shorter. What is told is the same. */
  readonly encoding?: EncodingName;
  /** How calls are tried again that can be without harm, after 429, 502, 503, 504 or a failure of the network. */
  readonly retry?: RetryOptions;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A call as it is made. */
export interface Call {
  readonly method: Method;
  /** Escaped. */
  readonly path: string;
  readonly query: Parameters;
  readonly body?: Body;
  /** The media type that is asked for. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Done twice it is as if done once. What only reads always is. */
  readonly isRepeatable: boolean;
  /** Open to all: no token is asked for. */
  readonly isOpen?: boolean;
  /** Whether what is no success is an answer all the same, and no refusal. */
  readonly isAnswer?: (response: Response) => boolean;
}

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

  /**
   * Makes a call, and reads its answer as told: an answer that breaks off while it is read counts as none. Throws OmsError,
   * or the signal's reason.
   */
  async call<Content>(call: Call, read: (response: Response) => Promise<Content>): Promise<Content> {
    requirePath(call);
    for (let failed = 0; ; ) {
      try {
        const response = await this.#attempt(call);
        if (isAnswer(call, response, failed)) return await read(response);
        throw await refusalOf(call, response);
      } catch (error) {
        failed++;
        const delay = call.isRepeatable ? this.#delayAfter(failed, error) : undefined;
        if (delay === undefined) throw error;
        await wait(delay, call.signal);
      }
    }
  }

  /** Milliseconds until the next attempt; undefined when there is to be none. */
  #delayAfter(failed: number, error: unknown): number | undefined {
    const mayPass = error instanceof OmsError && (error.kind === "unreachable" || isTransient(error.status));
    return mayPass ? delayAfter(failed, this.#retry, error.retryAfter) : undefined;
  }

  /** The answer to one attempt. */
  async #attempt(call: Call): Promise<Response> {
    const { signal, isOpen } = call;
    const token = isOpen === true ? undefined : await unlessAborted(signal, this.#tokens?.current());
    const response = await this.#send(call, token);
    if (token === undefined || response.status !== 401) return response;
    // It was refused for its token: nothing has been done yet.
    const another = await unlessAborted(signal, this.#tokens?.insteadOf(token));
    if (another === undefined) return response;
    await response.body?.cancel().catch(() => undefined);
    return await this.#send(call, another);
  }

  async #send({ method, path, query, body, accept, signal }: Call, token: string | undefined): Promise<Response> {
    signal?.throwIfAborted();
    const headers: Record<string, string> = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": body.type }),
      ...(accept !== undefined && { Accept: accept }),
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
      throw unreachable(nameOf({ method, path }), "no answer", cause);
    }
  }
}

/** What a call is called in errors. */
export function nameOf({ method, path }: Pick<Call, "method" | "path">): string {
  return `${method} ${path}`;
}

/** The server could not be reached, or the transfer broke off. */
export function unreachable(what: string, how: "no answer" | "the answer broke off", cause?: unknown): OmsError {
  const why = reasonOf(cause);
  return new OmsError({ kind: "unreachable", what, reason: why === "" ? how : `${how} (${why})`, cause });
}

/** What an error says, and what it says of its own cause: platforms say there alone what happened. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return error === undefined ? "" : String(error);
  const cause = reasonOf(error.cause);
  return cause === "" ? error.message : `${error.message}: ${cause}`;
}

function requirePath(call: Call): void {
  if (isPath(call.path)) return;
  throw new OmsError({ kind: "refused", what: nameOf(call), reason: "a name that can be in no path" });
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

async function refusalOf(call: Call, response: Response): Promise<OmsError> {
  const { status, statusText, headers } = response;
  const codes = codesIn(await response.text().catch(() => ""));
  const retryAfter = retryAfterIn(headers.get("Retry-After"), Date.now());
  const refusal = { kind: "refused", what: nameOf(call), status, retryAfter } as const;
  // What stands before the OMS answers in its own words.
  if (codes === undefined) return new OmsError({ ...refusal, reason: statusText || "refused, but not by an OMS" });
  return new OmsError({ ...refusal, codes });
}

function codesIn(text: string): readonly string[] | undefined {
  try {
    const codes: unknown = JSON.parse(text);
    return Array.isArray(codes) && codes.every((code) => typeof code === "string") ? codes : undefined;
  } catch {
    return undefined;
  }
}

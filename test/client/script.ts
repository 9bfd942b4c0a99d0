/** A server that answers as it is told, call by call: for faults that a real one does not have on demand. */
import type { Fetch } from "../../src/client/index.ts";

export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

/** What happens to one call: an answer, or an error of the network. */
export type Happening = (signal: AbortSignal | null | undefined) => Response | Promise<Response>;

export class Script {
  readonly calls: SeenCall[] = [];
  readonly #happenings: Happening[];

  constructor(...happenings: readonly Happening[]) {
    this.#happenings = [...happenings];
  }

  readonly fetch: Fetch = async (url, { method = "GET", headers, body, signal }) => {
    this.calls.push({ method, url, token: new Headers(headers).get("Authorization") ?? undefined, body });
    const happening = this.#happenings.shift();
    if (happening === undefined) throw new Error("the script has ended");
    return await happening(signal);
  };
}

export const answers =
  (body: string, headers: Readonly<Record<string, string>> = {}): Happening =>
  () =>
    new Response(body, { headers });

export const done: Happening = () => new Response(null, { status: 204 });

export const refuses =
  (status: number, codes: readonly string[], headers: Readonly<Record<string, string>> = {}): Happening =>
  () =>
    new Response(JSON.stringify(codes), { status, headers });

/** As `fetch` says it in Node. */
export const fails: Happening = () => {
  throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:8787") });
};

/** An answer whose transfer breaks off after these pieces. */
export const breaksOff =
  (...pieces: readonly string[]): Happening =>
  () =>
    new Response(streamOf(pieces, (controller) => controller.error(new TypeError("terminated"))));

/** An answer that ends after these pieces. */
export const tells =
  (...pieces: readonly string[]): Happening =>
  () =>
    new Response(streamOf(pieces, (controller) => controller.close()));

function streamOf(
  pieces: readonly string[],
  end: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
): ReadableStream<Uint8Array> {
  const left = [...pieces];
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece === undefined) end(controller);
        else controller.enqueue(encoder.encode(piece));
      },
    },
    { highWaterMark: 0 },
  );
}

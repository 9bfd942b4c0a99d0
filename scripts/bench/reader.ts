/** Who asks by REST, and with a clock in hand. */

export interface TimedAnswer {
  /** From the question to the last byte. */
  readonly milliseconds: number;
  readonly body: string;
  /** What it was read at, if it says so. */
  readonly at: string | undefined;
}

export class Reader {
  readonly #url: URL;
  readonly #token: string;

  constructor(url: URL, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** A whole answer. Throws Error when it is not a success. */
  async get(path: string): Promise<TimedAnswer> {
    const begun = performance.now();
    const answer = await this.#fetch(path);
    const body = await answer.text();
    const milliseconds = performance.now() - begun;
    return { milliseconds, body, at: answer.headers.get("X-OMS-At") ?? undefined };
  }

  /** The pieces of an answer of any length, as they come. Throws Error when it is not a success. */
  async *pieces(path: string): AsyncGenerator<Uint8Array, void> {
    const { body } = await this.#fetch(path);
    const reader = body?.getReader();
    for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) yield read.value;
  }

  async #fetch(path: string): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.#token}` };
    const answer = await fetch(new URL(path, this.#url), { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

/** The lines of a LogAnswer, read as they come. */
import type { At } from "../domain/records.ts";
import type { LogLine } from "../owner/rpc.ts";

export class LogLines {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #text = "";
  #position = 0;
  #line: LogLine | undefined;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** The line that has been come to; undefined before the first, and after the last. */
  get line(): LogLine | undefined {
    return this.#line;
  }

  /** Goes on to the next line, if that has come. When it gives false, `read` must be waited for. */
  advance(): boolean {
    const end = this.#text.indexOf("\n", this.#position);
    if (end < 0) return false;
    this.#line = lineOf(this.#text, this.#position, end);
    this.#position = end + 1;
    return true;
  }

  /** Goes on to the next line, reading as much as that takes; past the last when there is none. */
  async read(): Promise<void> {
    this.#line = undefined;
    while (!this.advance()) {
      const { value, done } = await this.#reader.read();
      const rest = this.#text.slice(this.#position);
      this.#position = 0;
      this.#text = rest + this.#decoder.decode(value, { stream: !done });
      if (!done) continue;
      if (this.#text !== "") throw new Error("a log was cut short");
      return;
    }
  }

  /** Ends the work at the other end. */
  async cancel(): Promise<void> {
    // One that has failed has nothing to be cancelled.
    await this.#reader.cancel().catch(() => undefined);
  }
}

function lineOf(text: string, begin: number, end: number): LogLine {
  const first = text.indexOf(" ", begin);
  const second = text.indexOf(" ", first + 1);
  const at = Number(text.slice(begin, first));
  const records = text.slice(first + 1, second);
  if (first < 0 || second < 0 || second > end || !Number.isSafeInteger(at) || (records !== "0" && records !== "1")) {
    throw new Error("a log is not told in lines");
  }
  // What an Owner says is one of its records' At.
  return { at: at as At, records: records === "1" ? 1 : 0, json: text.slice(second + 1, end) };
}

/** The lines of a LogAnswer, read as they come: of a line that waits for its turn no more than its head is needed. */
import type { At } from "../domain/records.ts";
import type { LogLine } from "../owner/rpc.ts";
import { ByteReader } from "./byte-reader.ts";

/** What a line begins with. */
export type LineHead = Pick<LogLine, "at" | "records">;

/** Characters of a line's head at most: a number, a digit, and a space after each. */
const HEAD_CHARACTERS = 24;

export class LogLines {
  readonly #reader: ByteReader;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** What has come and is not taken begins at the position. */
  #text = "";
  #position = 0;
  #head: LineHead | undefined;

  /** Takes so many bytes at a time. */
  constructor(body: ReadableStream<Uint8Array>, pieceBytes: number) {
    this.#reader = new ByteReader(body, pieceBytes);
  }

  /** The head of the line that has been come to; undefined before the first, and after the last. */
  get head(): LineHead | undefined {
    return this.#head;
  }

  /**
   * Takes what has come of the line's JSON. When `isWhole` that was all of it, and the next line is to be gone on to;
   * else `readOn` must be waited for.
   */
  take(): { readonly json: string; readonly isWhole: boolean } {
    const end = this.#text.indexOf("\n", this.#position);
    const isWhole = end >= 0;
    const json = this.#text.slice(this.#position, isWhole ? end : undefined);
    this.#position = isWhole ? end + 1 : this.#text.length;
    return { json, isWhole };
  }

  /** Reads more of the line. */
  async readOn(): Promise<void> {
    if (!(await this.#fill())) throw new Error("a log was cut short");
  }

  /** Goes on to the next line, if its head has come. When it gives false, `read` must be waited for. */
  advance(): boolean {
    // An empty line says nothing.
    while (this.#text.startsWith("\n", this.#position)) this.#position++;
    const first = this.#text.indexOf(" ", this.#position);
    const second = first < 0 ? -1 : this.#text.indexOf(" ", first + 1);
    if (second < 0 && this.#text.length - this.#position < HEAD_CHARACTERS) return false;
    this.#head = headOf(this.#text.slice(this.#position, first), this.#text.slice(first + 1, second));
    this.#position = second + 1;
    return true;
  }

  /** Goes on to the next line, reading as much as that takes; past the last when there is none. */
  async read(): Promise<void> {
    this.#head = undefined;
    while (!this.advance()) {
      if (await this.#fill()) continue;
      if (this.#text !== "") throw new Error("a log was cut short");
      return;
    }
  }

  /** Ends the work at the other end. */
  async cancel(): Promise<void> {
    // One that has failed has nothing to be cancelled.
    await this.#reader.cancel().catch(() => undefined);
  }

  /** Gives whether there was more. */
  async #fill(): Promise<boolean> {
    const bytes = await this.#reader.read();
    const rest = this.#text.slice(this.#position);
    this.#position = 0;
    this.#text = rest + this.#decoder.decode(bytes, { stream: bytes !== undefined });
    return bytes !== undefined;
  }
}

function headOf(at: string, records: string): LineHead {
  if (!/^\d+$/.test(at) || (records !== "0" && records !== "1")) throw new Error("a log is not told in lines");
  // What an Owner says is one of its records' At.
  return { at: Number(at) as At, records: records === "1" ? 1 : 0 };
}

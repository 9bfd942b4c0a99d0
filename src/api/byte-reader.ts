/** Reading what objects stream. The platform's ordinary readers are given 4 KiB at a time, whatever was sent. */
import { LIMITS } from "../protocol/limits.ts";

export class ByteReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer: ArrayBufferLike;

  /** Takes so many bytes at a time at most, and holds as many. */
  constructor(stream: ReadableStream<Uint8Array>, size: number = LIMITS.ANSWER_PIECE_BYTES) {
    this.#reader = stream.getReader({ mode: "byob" });
    this.#buffer = new ArrayBuffer(size);
  }

  /** What comes next, which is good until the next reading; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#reader.read(new Uint8Array(this.#buffer));
    if (value !== undefined) this.#buffer = value.buffer;
    return done ? undefined : value;
  }

  /** Ends the work at the other end. */
  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

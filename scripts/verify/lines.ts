/** A stream of bytes, line by line, however the bytes come. */

const LINE_END = 0x0a;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without the line end. */
  readonly bytes: Uint8Array;
  /** False for what stands after the last line end. */
  readonly isEnded: boolean;
}

/** A line is longer than anybody could want: it is not kept to find its end. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
  readonly number: number;

  constructor(number: number, most: number) {
    super(`line ${number} is longer than ${most} bytes`);
    this.number = number;
  }
}

/** Keeps no more than one line and one chunk. Throws LineTooLong. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Line, void> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let length = 0;
  const keep = (bytes: Uint8Array): void => {
    length += bytes.length;
    if (length > most) throw new LineTooLong(number, most);
    begun.push(bytes);
  };
  const joined = (isEnded: boolean): Line => {
    const line = { number: number++, bytes: Buffer.concat(begun), isEnded };
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      keep(chunk.subarray(start, end));
      yield joined(true);
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield joined(false);
}

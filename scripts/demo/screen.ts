/** A few lines that are drawn again and again in place; plain lines, less often, where nobody watches a terminal. */
const REDRAW_MS = 200;
const PLAIN_MS = 5_000;

export class Screen {
  readonly #inPlace = process.stdout.isTTY === true;
  #drawn = 0;
  #last = 0;

  /** Shows the lines, unless they were shown a moment ago. In plain output, the first line alone. */
  show(lines: () => readonly string[]): void {
    const now = Date.now();
    if (now - this.#last < (this.#inPlace ? REDRAW_MS : PLAIN_MS)) return;
    this.#last = now;
    this.finish(lines());
  }

  /** Shows the lines now. */
  finish(lines: readonly string[]): void {
    if (!this.#inPlace) {
      console.log(lines.join("\n"));
      return;
    }
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : "";
    // A line that wraps would be drawn twice.
    const width = process.stdout.columns;
    process.stdout.write(`${up}${lines.map((line) => `\u001b[2K${line.slice(0, width)}\n`).join("")}`);
    this.#drawn = lines.length;
  }
}

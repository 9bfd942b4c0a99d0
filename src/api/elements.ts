/** The elements of a JSON array that comes in pieces: objects, each given as soon as it is whole. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The array's own depth: an element begins one deeper. */
const ARRAY_DEPTH = 1;

export class Elements {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** What has come of the element that is not whole. */
  #held: Uint8Array[] = [];
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** The texts of the elements that end in a piece. */
  push(piece: Uint8Array): readonly string[] {
    const texts: string[] = [];
    let start = 0;
    for (let place = 0; place < piece.length; place++) {
      const change = this.#depthChange(piece[place] ?? 0);
      if (change === 0) continue;
      this.#depth += change;
      if (change > 0 && this.#depth === ARRAY_DEPTH + 1) start = place;
      if (change > 0 || this.#depth !== ARRAY_DEPTH) continue;
      this.#held.push(piece.subarray(start, place + 1));
      texts.push(this.#takeHeld());
    }
    // The piece's bytes are good only until the next one is read.
    if (this.#depth > ARRAY_DEPTH) this.#held.push(piece.slice(start));
    return texts;
  }

  /** How much deeper or less deep it is after a byte. Bytes of characters beyond ASCII are none of these. */
  #depthChange(byte: number): -1 | 0 | 1 {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInText = false;
      return 0;
    }
    switch (byte) {
      case QUOTE:
        this.#isInText = true;
        return 0;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        return 1;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        return -1;
      default:
        return 0;
    }
  }

  #takeHeld(): string {
    const texts = this.#held.map((bytes) => this.#decoder.decode(bytes, { stream: true }));
    this.#held = [];
    return texts.join("") + this.#decoder.decode();
  }
}

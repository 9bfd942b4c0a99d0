/** The elements of a JSON array as they come, in memory that holds one of them. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Finds where the elements of an array begin and end. Whether they are JSON is for whoever parses them to say. */
export class ArrayElements {
  #text = "";
  /** Where the element that is gone through begins. */
  #start = 0;
  /** What stands before it has been looked at. */
  #place = 0;
  #state: "before" | "first" | "element" | "next" | "after" = "before";
  /** Brackets and braces that are open within the element. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Takes what has come next, and gives the texts of the elements that it ends. Throws SyntaxError when it is no array. */
  take(text: string): readonly string[] {
    this.#text = this.#state === "element" ? this.#text.slice(this.#start) + text : text;
    this.#place = this.#state === "element" ? this.#place - this.#start : 0;
    this.#start = 0;
    const elements: string[] = [];
    while (this.#place < this.#text.length) {
      if (this.#state !== "element") this.#seekElement();
      else if (this.#seekEnd()) elements.push(this.#text.slice(this.#start, this.#place++));
    }
    return elements;
  }

  /** Whether the array has ended. */
  get isWhole(): boolean {
    return this.#state === "after";
  }

  /** Looks at one character outside an element. */
  #seekElement(): void {
    const code = this.#text.charCodeAt(this.#place);
    if (isSpace(code)) this.#place++;
    else if (this.#state === "before" && code === OPENING) this.#goOn("first");
    else if (this.#state === "before") throw new SyntaxError("it is not a list");
    else if (this.#state === "first" && code === CLOSING) this.#goOn("after");
    else if (this.#state === "after") throw new SyntaxError("it goes on after its end");
    else {
      this.#start = this.#place;
      this.#state = "element";
    }
  }

  #goOn(state: "first" | "after"): void {
    this.#state = state;
    this.#place++;
  }

  /** Goes to the comma or bracket after the element, and gives whether it has come. */
  #seekEnd(): boolean {
    for (; this.#place < this.#text.length; this.#place++) {
      const code = this.#text.charCodeAt(this.#place);
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#isInString = false;
      } else if (code === QUOTE) {
        this.#isInString = true;
      } else if (code === OPENING_BRACE || code === OPENING) {
        this.#depth++;
      } else if (this.#depth > 0) {
        if (code === CLOSING_BRACE || code === CLOSING) this.#depth--;
      } else if (code === COMMA || code === CLOSING) {
        this.#state = code === COMMA ? "next" : "after";
        return true;
      }
    }
    return false;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

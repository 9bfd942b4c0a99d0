/** What an adapter has submitted and the server has not made durable: kept, in order, to be sent again. */
import type { OmsError } from "../errors.ts";
import type { Frame } from "./encoding.ts";

/** An update that is under way. */
export interface Entry {
  readonly position: number;
  /** The frame that carries it. */
  readonly frame: Frame;
  readonly durable: Promise<void>;
  /** What was wrong with it when it was sent last. Once it is durable, that is what became of it. */
  refusal: OmsError | undefined;
  readonly settle: (error?: OmsError) => void;
}

export class Journal {
  #entries: Entry[] = [];
  /** What was under way when the server asked for what comes before it. */
  #laterEntries: Entry[] = [];
  #first = 0;
  /** Which entry is sent next. */
  #next = 0;
  #length = 0;

  get size(): number {
    return this.#entries.length - this.#first + this.#laterEntries.length;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds an update; one that is under way already keeps its place and its promise. */
  add(position: number, frame: Frame): Entry {
    this.#takeBackBefore(position);
    const [later] = this.#laterEntries;
    if (later?.position === position) {
      this.#laterEntries.shift();
      this.#entries.push(later);
      return later;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error?: OmsError) => (error === undefined ? resolve() : reject(error));
    const entry: Entry = { position, frame, durable: promise, refusal: undefined, settle };
    this.#length += frame.length;
    this.#entries.push(entry);
    return entry;
  }

  /** The updates that have not been sent on this supply, each given once. */
  *unsent(): Generator<Entry, void> {
    for (;;) {
      const entry = this.#entries[this.#next];
      if (entry === undefined) return;
      this.#next++;
      entry.refusal = undefined;
      yield entry;
    }
  }

  /** Everything up to a position is durable. */
  forget(position: number): void {
    for (;;) {
      const entry = this.#entries[this.#first];
      if (entry === undefined || entry.position > position) break;
      this.#first++;
      this.#length -= entry.frame.length;
      entry.settle(entry.refusal);
    }
    this.#next = Math.max(this.#next, this.#first);
    if (this.#first < 1000 && this.#first < this.#entries.length) return;
    this.#entries.splice(0, this.#first);
    this.#next -= this.#first;
    this.#first = 0;
  }

  /** An update was refused: recorded so, or not taken, and then it is sent again. */
  refuse(position: number, error: OmsError): void {
    const entry = this.#find(position);
    if (entry !== undefined) entry.refusal = error;
  }

  /** Everything has to be sent again. */
  resend(): void {
    this.#next = this.#first;
  }

  /** The server asks for what was forgotten: that is submitted again first, and what is under way comes after it. */
  rewind(): void {
    this.#laterEntries = [...this.#entries.slice(this.#first), ...this.#laterEntries];
    this.#entries = [];
    this.#first = 0;
    this.#next = 0;
  }

  /** What was under way when it was rewound goes on after what has been submitted since. */
  goOn(): void {
    this.#takeBackBefore(Number.POSITIVE_INFINITY);
  }

  /** The last position that is under way; undefined when none is. */
  get last(): number | undefined {
    return (this.#laterEntries.at(-1) ?? this.#entries.slice(this.#first).at(-1))?.position;
  }

  /** Nothing more is sent. */
  end(why: OmsError): void {
    for (const entry of [...this.#entries.slice(this.#first), ...this.#laterEntries]) entry.settle(why);
    this.#entries = [];
    this.#laterEntries = [];
    this.#first = 0;
    this.#next = 0;
    this.#length = 0;
  }

  #takeBackBefore(position: number): void {
    const end = this.#laterEntries.findIndex((entry) => entry.position >= position);
    this.#entries.push(...this.#laterEntries.splice(0, end < 0 ? this.#laterEntries.length : end));
  }

  #find(position: number): Entry | undefined {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry === undefined || entry.position >= position) high = middle;
      else low = middle + 1;
    }
    const entry = this.#entries[low];
    return entry?.position === position ? entry : undefined;
  }
}

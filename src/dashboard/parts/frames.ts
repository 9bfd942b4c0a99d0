/** Work that is put off to the next picture: however much comes in between, it is done once. */
export class NextFrame {
  readonly #work: () => void;
  #request: number | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** A page that nobody sees draws no pictures, and then costs nothing. */
  ask(): void {
    this.#request ??= requestAnimationFrame(() => {
      this.#request = undefined;
      this.#work();
    });
  }

  cancel(): void {
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#request = undefined;
  }
}

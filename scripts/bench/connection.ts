/**
 * The benchmark's end of a streaming socket. It reads no more of a frame than it must: the client shares the machine
 * with the server that is measured.
 */

import { headText, inProtobuf } from "./binary-frames.ts";

/** The server refused, closed the socket, or fell silent. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Nothing that is waited for here takes this long unless it has failed. */
const PATIENCE_MS = 30_000;

export class Connection {
  readonly #socket: WebSocket;
  readonly #isBinary: boolean;
  #bytes = 0;
  #frames = 0;
  #onFrame: (text: string) => void = () => undefined;
  #failure: Error | undefined;
  #fail: (error: Error) => void = () => undefined;

  private constructor(socket: WebSocket, isBinary: boolean) {
    this.#socket = socket;
    this.#isBinary = isBinary;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#received(data));
    socket.addEventListener("close", ({ code, reason }) => this.#broken(new Broken(`closed: ${code} ${reason}`)));
  }

  /** Opens a socket to an Owner, that speaks JSON or protobuf. Throws Broken. */
  static open(url: URL, owner: string, token: string, isBinary = false): Promise<Connection> {
    const address = new URL(`/streaming?owner=${owner}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Connection(socket, isBinary)));
      socket.addEventListener("error", () => reject(new Broken(`no socket at ${address.origin}`)));
    });
  }

  /** Sends a message: JSON is turned into what the socket speaks. */
  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(typeof message === "string" && this.#isBinary ? inProtobuf(message) : message);
  }

  /** Bytes received. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Frames received. */
  get frames(): number {
    return this.#frames;
  }

  /**
   * Hands the JSON of every frame (of a binary one of events: its head) to `onFrame` until it calls `done`. Throws Broken when the socket closes, the server refuses
   * something, or nothing has come for half a minute.
   */
  listen<Result>(onFrame: (text: string, done: (result: Result) => void) => void): Promise<Result> {
    const result = this.#listen(onFrame);
    // Some callers send first and await later: a failure meanwhile waits for them instead of ending the process.
    result.catch(() => undefined);
    return result;
  }

  async #listen<Result>(onFrame: (text: string, done: (result: Result) => void) => void): Promise<Result> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const silence = setTimeout(() => reject(new Broken("no answer for half a minute")), PATIENCE_MS);
    this.#fail = reject;
    this.#onFrame = (text) => {
      silence.refresh();
      if (text.includes('"Errors":')) reject(new Broken(text.slice(0, 500)));
      else onFrame(text, resolve);
    };
    try {
      return await promise;
    } finally {
      clearTimeout(silence);
      this.#fail = () => undefined;
    }
  }

  close(): void {
    this.#failure ??= new Broken("closed by the benchmark");
    this.#socket.close(1000);
  }

  #received(data: unknown): void {
    const isBinary = data instanceof ArrayBuffer;
    const text = isBinary ? headText(new Uint8Array(data)) : String(data);
    this.#frames++;
    this.#bytes += isBinary ? data.byteLength : text.length;
    this.#onFrame(text);
  }

  #broken(error: Error): void {
    this.#failure ??= error;
    this.#fail(error);
  }
}

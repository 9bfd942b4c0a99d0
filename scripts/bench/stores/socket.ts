/** A connection to a store on loopback. */
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { StoreFailed } from "./store.ts";

const HOST = "127.0.0.1";
/** Nothing that is waited for here takes this long unless it has failed. */
const PATIENCE_MS = 30_000;
const EVERY_MS = 50;

export interface Listener {
  onBytes(bytes: Buffer): void;
  onFailure(error: StoreFailed): void;
}

export class StoreSocket {
  readonly #socket: Socket;
  #listener: Listener | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#listener?.onBytes(bytes));
    socket.on("error", ({ message }) => this.#fail(message));
    socket.on("close", () => this.#fail("the connection was closed"));
    socket.setTimeout(PATIENCE_MS, () => this.#fail("no answer for half a minute"));
  }

  /** Connects as soon as the store listens. Throws StoreFailed. */
  static async open(port: number): Promise<StoreSocket> {
    for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS; await wait(EVERY_MS)) {
      const socket = await connected(port);
      if (socket !== undefined) return new StoreSocket(socket);
    }
    throw new StoreFailed(`nobody listens on port ${port}`);
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  send(content: string | Buffer): void {
    this.#socket.write(content);
  }

  close(): void {
    this.#listener = undefined;
    this.#socket.destroy();
  }

  #fail(why: string): void {
    this.#listener?.onFailure(new StoreFailed(why));
  }
}

function connected(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

/** Cuts what comes into lines, which end with CR and LF. */
export function linesOf(onLine: (line: string) => void): (bytes: Buffer) => void {
  let rest = "";
  return (bytes) => {
    const lines = (rest + bytes.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
}

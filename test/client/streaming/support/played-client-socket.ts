/** The client's end of a socket, whose other end is played by the test. */
import type { SocketLike } from "../../../../src/client/index.ts";

interface Listeners {
  open: () => void;
  error: () => void;
  message: (event: { readonly data: unknown }) => void;
  close: (event: { readonly code: number; readonly reason: string }) => void;
}

export class PlayedClientSocket implements SocketLike {
  binaryType = "blob";
  readonly url: string;
  readonly protocols: readonly string[];
  /** Everything that the client sent, in order. */
  readonly sent: string[] = [];
  /** How the client closed it. */
  closedByClient: { readonly code: number | undefined; readonly reason: string | undefined } | undefined;
  isOver = false;
  onSend: (text: string) => void = () => {};
  onOver: () => void = () => {};
  readonly #listeners: { readonly [Type in keyof Listeners]: Listeners[Type][] } = {
    open: [],
    error: [],
    message: [],
    close: [],
  };

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener<Type extends keyof Listeners>(type: Type, listener: Listeners[Type]): void {
    const listeners: Listeners[Type][] = this.#listeners[type];
    listeners.push(listener);
  }

  send(data: string | Uint8Array): void {
    if (typeof data !== "string") throw new Error("nobody asked for binary frames");
    if (this.isOver) return;
    this.sent.push(data);
    this.onSend(data);
  }

  close(code?: number, reason?: string): void {
    this.closedByClient ??= { code, reason };
    this.#end();
  }

  open(): void {
    for (const listener of this.#listeners.open) listener();
  }

  /** The server cannot be reached, or does not let the client in. */
  fail(): void {
    for (const listener of this.#listeners.error) listener();
    this.lose(1006);
  }

  /** A frame comes. */
  receive(text: string): void {
    if (!this.isOver) for (const listener of this.#listeners.message) listener({ data: text });
  }

  /** It is closed by the server, or lost on the way. */
  lose(code: number, reason = ""): void {
    this.#end();
    for (const listener of this.#listeners.close) listener({ code, reason });
  }

  #end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onOver();
  }
}

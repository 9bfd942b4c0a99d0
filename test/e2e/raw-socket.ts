/** A socket whose frames are kept as they came, for tests that judge the frames themselves. */
import { eventually } from "./support.ts";

export class RawSocket {
  /** Every text that came, in order. */
  readonly frames: string[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Opens a socket as a browser does. Rejects when it is not let in. */
  static async open(url: URL, owner: string, token: string): Promise<RawSocket> {
    const address = new URL(`/streaming?owner=${owner}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
    const raw = new RawSocket(socket);
    socket.addEventListener("message", ({ data }) => raw.frames.push(String(data)));
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", reject, { once: true });
    });
    return raw;
  }

  send(message: object | string): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Waits until a frame has come that holds a text. Throws when none comes. */
  async until(text: string): Promise<string> {
    const found = () => this.frames.find((frame) => frame.includes(text));
    await eventually(() => found() !== undefined);
    const frame = found();
    if (frame === undefined) throw new Error(`no frame holds ${text}: ${this.frames.join("\n")}`);
    return frame;
  }

  close(): void {
    this.#socket.close();
  }
}

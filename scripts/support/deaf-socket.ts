/**
 * A socket that sends and does not read: what it is sent stays with the server, once the buffers on the way are full.
 * Without the handshake it is a connection that was begun and left.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** The size of a frame that may be told in two bytes more. */
const SHORT_BYTES = 126;
const LONG_BYTES = 65_536;
const FINAL_TEXT = 0x81;
const MASKED = 0x80;

export class DeafSocket {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Whoever is deaf does not hear of an end either.
    socket.on("error", () => undefined);
  }

  /** Connects, and says no more than a part of what it would take. */
  static async halfOpen(url: URL, said = "GET /streaming HTTP/1.1\r\nHost: oms\r\nUpgr"): Promise<DeafSocket> {
    const deaf = await DeafSocket.#connect(url);
    deaf.#socket.write(said);
    return deaf;
  }

  /** Opens a streaming socket to an Owner, and reads nothing but that it was let in. Throws when it was not. */
  static async open(url: URL, owner: string, token: string): Promise<DeafSocket> {
    const deaf = await DeafSocket.#connect(url);
    const lines = [
      `GET /streaming?owner=${encodeURIComponent(owner)} HTTP/1.1`,
      `Host: ${url.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      `Authorization: Bearer ${token}`,
    ];
    deaf.#socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    await deaf.#letIn();
    return deaf;
  }

  static async #connect(url: URL): Promise<DeafSocket> {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new DeafSocket(socket);
  }

  async #letIn(): Promise<void> {
    const socket = this.#socket;
    const head = await new Promise<string>((resolve, reject) => {
      socket.once("data", (data) => resolve(data.toString("latin1")));
      socket.once("close", () => reject(new Error("closed before it was let in")));
    });
    socket.pause();
    if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`not let in: ${head.slice(0, 200)}`);
  }

  /** Sends a text. */
  send(text: string): void {
    const payload = Buffer.from(text);
    const mask = randomBytes(4);
    for (let index = 0; index < payload.length; index++)
      payload[index] = (payload[index] ?? 0) ^ (mask[index % mask.length] ?? 0);
    this.#socket.write(Buffer.concat([headOf(payload.length), mask, payload]));
  }

  /** Sends bytes as they are, frames or not. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Ends without a word. */
  destroy(): void {
    this.#socket.destroy();
  }
}

function headOf(length: number): Buffer {
  if (length < SHORT_BYTES) return Buffer.from([FINAL_TEXT, MASKED | length]);
  if (length >= LONG_BYTES) throw new RangeError("a deaf socket sends short frames");
  return Buffer.from([FINAL_TEXT, MASKED | SHORT_BYTES, length >> 8, length & 0xff]);
}

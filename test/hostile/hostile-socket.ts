/** A socket that sends whatever it is given, and gives what was answered to it. */
import { decodeBinaryStored } from "../../src/protocol/binary/codec.ts";
import { decodeStored } from "../../src/protocol/codec.ts";
import { EventMessage } from "../../src/protocol/messages/index.ts";
import { binaryRequest } from "./requests.ts";

export type Sent = string | Uint8Array<ArrayBuffer>;

/** Nothing is answered as late as this unless it is stuck. */
const STUCK_MS = 20_000;

export class HostileSocket {
  /** Everything that came, in order. */
  readonly received: EventMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #socket: WebSocket;
  /** It was sent what no message is. */
  #failure: unknown;
  #arrival = Promise.withResolvers<void>();
  #synchronised = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      try {
        this.received.push(
          data instanceof ArrayBuffer
            ? decodeBinaryStored(EventMessage, new Uint8Array(data))
            : decodeStored(EventMessage, String(data)),
        );
      } catch (error) {
        this.#failure = error;
      }
      this.#wake();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
  }

  /** Throws when it is not let in. */
  static open(url: URL, owner: string, token: string): Promise<HostileSocket> {
    const address = new URL(`/streaming?owner=${encodeURIComponent(owner)}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new HostileSocket(socket)));
      socket.addEventListener("error", () => reject(new Error(`no socket to ${owner}`)));
    });
  }

  send(frame: Sent): void {
    this.#socket.send(frame);
  }

  /**
   * Sends a frame, and gives everything that came until all that it caused had come. Throws when the socket is closed
   * or nothing comes for long.
   */
  async told(frame: Sent): Promise<readonly EventMessage[]> {
    const from = this.received.length;
    this.send(frame);
    const RequestID = `synchronised ${++this.#synchronised}`;
    const synchronise = { Type: "Synchronise", RequestID };
    this.send(typeof frame === "string" ? JSON.stringify(synchronise) : binaryRequest(synchronise));
    await this.until(({ Request }) => Request?.RequestID === RequestID, from);
    return this.received.slice(from, -1);
  }

  /** The first message from an index on that is wanted; waits for it. */
  async until(isWanted: (message: EventMessage) => boolean, from = 0): Promise<EventMessage> {
    for (let next = from; ; next++) {
      while (next >= this.received.length) {
        if (this.#failure !== undefined) throw this.#failure;
        if (this.closed !== undefined) throw new Error(`closed: ${this.closed.code} ${this.closed.reason}`);
        await this.#next();
      }
      const message = this.received[next];
      if (message !== undefined && isWanted(message)) return message;
    }
  }

  /** Opens a feed, and gives the position to resume at. */
  async openFeed(feed: string): Promise<number> {
    const Feed = { Type: "Open", Position: { Sequence: feed } };
    const told = await this.told(JSON.stringify({ Type: "FeedRequest", Feed }));
    const resume = told.find((message) => message.Feed?.Type === "FeedEventType_Resume");
    if (resume === undefined) throw new Error(`it does not supply ${feed}: ${JSON.stringify(told)}`);
    return resume.Feed?.Position?.Position ?? 0;
  }

  /** Waits until the server has closed it. */
  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === undefined) await this.#next();
    return this.closed;
  }

  close(): void {
    this.#socket.close();
  }

  async #next(): Promise<void> {
    const stuck = Promise.withResolvers<never>();
    const timer = setTimeout(() => stuck.reject(new Error("stuck: no answer came")), STUCK_MS);
    try {
      await Promise.race([this.#arrival.promise, stuck.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }
}

/** An adapter that speaks protobuf, keeps what is not bookmarked, and goes on from where it is told to. */
import { setTimeout as wait } from "node:timers/promises";
import { Backoff } from "../../scripts/support/backoff.ts";
import { decodeBinaryStored, encodeBinary } from "../../src/protocol/binary/codec.ts";
import { EventMessage, type FeedRequest, RequestMessage } from "../../src/protocol/messages/index.ts";

export interface BinaryAdapterOptions {
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
  readonly feed: string;
  /** The updates in order; the first has position 1. */
  readonly updates: readonly Omit<FeedRequest, "Position">[];
}

/** Updates that may be under way unacknowledged. */
const WINDOW = 32;
const REOPEN_AFTER_MS = 100;
const PATIENCE_MS = 30_000;

export class BinaryAdapter {
  readonly #options: BinaryAdapterOptions;
  readonly refusals: string[] = [];
  #durable = 0;
  #sent = 0;
  #connections = 0;

  constructor(options: BinaryAdapterOptions) {
    this.#options = options;
  }

  /** How often the connection was lost. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** Supplies everything. Throws when the server has forgotten what it bookmarked, or does not come back. */
  async run(): Promise<void> {
    const backoff = new Backoff();
    while (this.#durable < this.#options.updates.length) {
      const durable = this.#durable;
      await this.#supply();
      if (this.#durable > durable) backoff.reset();
      await backoff.wait(PATIENCE_MS, new Error("the server did not come back"));
    }
  }

  /** One connection, until it is lost or all is durable. */
  #supply(): Promise<void> {
    const { url, owner, token } = this.#options;
    const address = new URL(`/streaming?owner=${owner}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
    socket.binaryType = "arraybuffer";
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => {
        this.#connections++;
        this.#open(socket);
      });
      socket.addEventListener("message", ({ data }) => {
        try {
          this.#hear(socket, decodeBinaryStored(EventMessage, new Uint8Array(data)));
          if (this.#durable === this.#options.updates.length) socket.close();
        } catch (error) {
          reject(error);
          socket.close();
        }
      });
      socket.addEventListener("error", () => resolve());
      socket.addEventListener("close", () => resolve());
    });
  }

  #hear(socket: WebSocket, { Feed, Request }: EventMessage): void {
    this.refusals.push(...(Request?.Errors ?? []));
    const position = Feed?.Position?.Position ?? 0;
    switch (Feed?.Type) {
      case "FeedEventType_Resume":
        if (position < this.#durable) throw new Error(`resumed at ${position}, but ${this.#durable} was bookmarked`);
        this.#sent = position;
        this.#durable = position;
        break;
      case "FeedEventType_Bookmark":
        this.#durable = Math.max(this.#durable, position);
        break;
      case "FeedEventType_Suspend":
        // While a long change is under way nothing is taken: what was sent comes again from where it resumes.
        this.#sent = Number.POSITIVE_INFINITY;
        void wait(REOPEN_AFTER_MS).then(() => this.#open(socket));
        return;
      default:
        return;
    }
    while (this.#sent < Math.min(this.#options.updates.length, this.#durable + WINDOW)) {
      this.#sent++;
      this.#send(socket, { ...this.#options.updates[this.#sent - 1], Position: this.#place(this.#sent) });
    }
  }

  #open(socket: WebSocket): void {
    this.#send(socket, { Type: "FeedRequestType_Open", Position: this.#place(), Configuration: { Agent: "binary" } });
  }

  #place(position?: number) {
    return { Sequence: this.#options.feed, ...(position !== undefined && { Position: position }) };
  }

  #send(socket: WebSocket, Feed: FeedRequest): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const message = encodeBinary(RequestMessage, { Type: "RequestMessageType_FeedRequest", Feed });
    socket.send(Uint8Array.from(message));
  }
}

/** A client of an Owner's object inside workerd: an adapter or a subscriber, with everything it was sent. */
import { SOCKET_HEADERS } from "../../src/owner/rpc.ts";
import { decodeText } from "../../src/protocol/codec.ts";
import { EventMessage, type FeedEventType, type Permissions } from "../../src/protocol/messages/index.ts";
import { addressOf, defined, objectOf } from "./object.ts";

/** Who connects. The token's work is the API's: here the object is told. */
export interface Caller {
  readonly feeds?: readonly string[];
  readonly identity?: string;
  readonly compact?: boolean;
}

/** A message as it is sent: enums short, whatever it holds. */
export type Outgoing = { readonly Type: string; readonly [field: string]: unknown };

export class Client {
  /** Everything that came, in order. */
  readonly received: EventMessage[] = [];
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #socket: WebSocket;
  #arrived: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      this.texts.push(text);
      if (text !== "pong") this.received.push(decodeText(EventMessage, text));
      this.#wakeUp();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wakeUp();
    });
  }

  static async connect(ownerId: string, caller: Caller = {}): Promise<Client> {
    const permissions: Permissions = {
      Source: "test",
      Identity: `User:${caller.identity ?? "someone"}`,
      Owners: [ownerId],
      ...(caller.feeds !== undefined && { Feeds: [...caller.feeds] }),
    };
    await defined(ownerId);
    const { generation } = addressOf(ownerId);
    const answer = await objectOf(ownerId).fetch("https://owner/streaming", {
      headers: {
        Upgrade: "websocket",
        [SOCKET_HEADERS.owner]: encodeURIComponent(ownerId),
        [SOCKET_HEADERS.generation]: String(generation),
        [SOCKET_HEADERS.permissions]: inAscii(JSON.stringify(permissions)),
        [SOCKET_HEADERS.compact]: String(caller.compact === true),
      },
    });
    if (answer.webSocket === null) throw new Error(`refused: ${answer.status} ${await answer.text()}`);
    return new Client(answer.webSocket);
  }

  send(message: Outgoing | readonly Outgoing[]): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  close(code = 1000): void {
    this.#socket.close(code, "");
  }

  /** Sends a feed's frame. */
  feed(sequence: string, type: string, position?: number, content: object = {}): void {
    const Position = { Sequence: sequence, ...(position !== undefined && { Position: position }) };
    this.send({ Type: "FeedRequest", Feed: { Type: type, Position, ...content } });
  }

  /** Opens a feed and waits until it is told to resume (its position) or to stand by (undefined). */
  async open(sequence: string, configuration: object = {}): Promise<number | undefined> {
    const from = this.received.length;
    this.feed(sequence, "Open", undefined, { Configuration: configuration });
    const answer = await this.until(({ Feed }) => isFeed(Feed, "Resume") || isFeed(Feed, "Suspend"), from);
    return isFeed(answer.Feed, "Resume") ? (answer.Feed?.Position?.Position ?? 0) : undefined;
  }

  /** Waits until everything that was sent before is durable, and everything that followed from it has arrived. */
  async synchronise(): Promise<void> {
    const RequestID = crypto.randomUUID();
    this.send({ Type: "Synchronise", RequestID });
    await this.until(({ Request }) => Request?.RequestID === RequestID);
  }

  /** The first message from an index on that is wanted; waits for it. */
  async until(isWanted: (message: EventMessage) => boolean, from = 0): Promise<EventMessage> {
    for (let next = from; ; ) {
      for (; next < this.received.length; next++) {
        const message = this.received[next];
        if (message !== undefined && isWanted(message)) return message;
      }
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code} ${this.closed.reason}`);
      await this.#arrival();
    }
  }

  /** Waits until the server has closed the socket. */
  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === undefined) await this.#arrival();
    return this.closed;
  }

  /** The feed events of one type, in order. */
  feedEvents(type: string) {
    return this.received.flatMap(({ Feed }) => (Feed !== undefined && isFeed(Feed, type) ? [Feed] : []));
  }

  /** The errors of every answer, in order. */
  get errors(): readonly string[] {
    return this.received.flatMap(({ Request }) => Request?.Errors ?? []);
  }

  /** Every event that was received, snapshots included. */
  get events() {
    return this.received.flatMap(({ Updates = [] }) => Updates);
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => this.#arrived.push(resolve));
  }

  #wakeUp(): void {
    const waiting = this.#arrived;
    this.#arrived = [];
    for (const resolve of waiting) resolve();
  }
}

/** JSON for a header, which holds ASCII only. */
function inAscii(json: string): string {
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function isFeed(feed: EventMessage["Feed"], type: string): boolean {
  const full: FeedEventType | undefined = feed?.Type;
  return full === `FeedEventType_${type}`;
}

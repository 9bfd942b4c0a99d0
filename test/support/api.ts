/** Calls to the Worker as clients make them, over HTTP and sockets, inside workerd. */
import { exports } from "cloudflare:workers";
import { type Claims, tokenFor } from "./token.ts";

const ORIGIN = "http://oms.test";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, or its text when it is not JSON; undefined when there is none. */
  readonly body: unknown;
}

export interface Asked {
  /** What the caller's token says; without it there is no token. */
  readonly claims?: Claims;
  /** Sent as it is. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the Worker. A body goes as JSON unless the headers say otherwise. */
export async function ask(method: string, path: string, { claims, body, headers }: Asked = {}): Promise<Answer> {
  const response = await fetchWorker(
    method,
    path,
    {
      ...(claims !== undefined && { Authorization: `Bearer ${await tokenFor(claims)}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    body,
  );
  if (response.webSocket !== null) response.webSocket.accept();
  response.webSocket?.close();
  const text = response.status === 101 ? "" : await response.text();
  const isJson = response.headers.get("Content-Type") === "application/json" && text !== "";
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text === "" ? undefined : text,
  };
}

function fetchWorker(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, { method, headers, ...(body !== undefined && { body }) }));
}

/** A frame of the server, as its JSON says. */
export interface Frame {
  readonly Type: string;
  readonly [field: string]: unknown;
}

/** A client's socket. */
export class Client {
  readonly protocol: string | null;
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(socket: WebSocket, protocol: string | null) {
    this.#socket = socket;
    this.protocol = protocol;
    socket.addEventListener("message", ({ data }) => {
      this.#frames.push(JSON.parse(String(data)));
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
    socket.accept();
  }

  /** Opens a socket. Throws when the Worker does not let the caller in. */
  static async open(path: string, { claims, headers }: Omit<Asked, "body">): Promise<Client> {
    const response = await fetchWorker("GET", path, {
      Upgrade: "websocket",
      ...(claims !== undefined && { Authorization: `Bearer ${await tokenFor(claims)}` }),
      ...headers,
    });
    const { webSocket } = response;
    if (webSocket === null) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    return new Client(webSocket, response.headers.get("Sec-WebSocket-Protocol"));
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The next frame that is as wanted; those before it are dropped. */
  async next(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const { promise } = this.#arrived;
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        if (isWanted(frame)) return frame;
      }
      await promise;
    }
  }

  /** The frames up to the next one that is as wanted, with it. */
  async until(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    await this.next((frame) => {
      frames.push(frame);
      return isWanted(frame);
    });
    return frames;
  }

  close(): void {
    this.#socket.close();
  }
}

/** The type of what a frame tells a feed's supplier. */
function feedEventType(frame: Frame): unknown {
  return frame.Type === "EventMessageType_Feed" && isObject(frame.Feed) ? frame.Feed.Type : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Supplies a feed with actions, at positions from 1 on, until all of them are durable. The feed stays open. */
export async function supply(ownerId: string, feed: string, actions: readonly object[]): Promise<Client> {
  const claims = { sub: `adapter of ${feed}`, owners: [ownerId], feeds: [feed] };
  const client = await Client.open("/streaming", { claims });
  const send = (Feed: object) => client.send({ Type: "RequestMessageType_FeedRequest", Feed });
  send({ Type: "FeedRequestType_Open", Position: { Sequence: feed } });
  await client.next((frame) => feedEventType(frame) === "FeedEventType_Resume");
  for (const [index, Action] of actions.entries()) {
    send({ Type: "FeedRequestType_Action", Position: { Sequence: feed, Position: index + 1 }, Action });
  }
  if (actions.length > 0) {
    await client.next((frame) => {
      const { Position } = isObject(frame.Feed) ? frame.Feed : {};
      return (
        feedEventType(frame) === "FeedEventType_Bookmark" && isObject(Position) && Position.Position === actions.length
      );
    });
  }
  return client;
}

/**
 * The ceiling: a Durable Object that does nothing but what any durable socket must do here. It parses each frame, and
 * writes what has arrived meanwhile as one row and one commit, with one acknowledgement. It applies nothing, keeps no
 * state and tells nobody.
 */
import { DurableObject } from "cloudflare:workers";
import type { RequestMessage } from "../../src/protocol/messages/index.ts";

// The configuration names it; nobody asks it anything.
export { System } from "../../src/system/system.ts";

interface Waiting {
  readonly socket: WebSocket;
  readonly text: string;
  readonly messages: readonly RequestMessage[];
}

/** Bound under the name of the real one, so that both run under the same configuration. */
export class Owner extends DurableObject<Env> {
  #waiting: Waiting[] = [];

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { "Sec-WebSocket-Protocol": "oms.v1" },
    });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const text = typeof message === "string" ? message : new TextDecoder().decode(message);
    const value = JSON.parse(text) as RequestMessage | RequestMessage[];
    if (this.#waiting.length === 0) setTimeout(() => this.#drain(), 0);
    this.#waiting.push({ socket, text, messages: Array.isArray(value) ? value : [value] });
  }

  #drain(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      storage.sql.exec("INSERT INTO log (body) VALUES (?)", group.map(({ text }) => text).join("\n"));
    });
    const last = group.at(-1);
    const Position = last?.messages.at(-1)?.Feed?.Position;
    last?.socket.send(
      JSON.stringify({ Type: "EventMessageType_Feed", Feed: { Type: "FeedEventType_Bookmark", Position } }),
    );
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const owner = new URL(request.url).searchParams.get("owner") ?? "";
    return env.OWNERS.getByName(owner).fetch(request);
  },
};

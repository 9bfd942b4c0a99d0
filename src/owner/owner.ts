/**
 * The Durable Object of an Owner: accepts sockets and calls, hands them to its engine, and is the engine's world.
 * Everything that decides anything is elsewhere.
 */
import { DurableObject } from "cloudflare:workers";
import { decodeText } from "../protocol/codec.ts";
import { ERRORS, Refusal } from "../protocol/errors.ts";
import { Permissions } from "../protocol/messages/index.ts";
import { digestOf } from "../storage/digest.ts";
import { SqliteStore } from "../storage/sqlite-store.ts";
import { Engine, type SurvivingSocket } from "./engine.ts";
import { streamOf } from "./reading.ts";
import {
  type Health,
  type Instruction,
  type ListQuestion,
  type OwnerRpc,
  type RecordQuestion,
  SOCKET_HEADERS,
  type Submitted,
} from "./rpc.ts";
import type { SessionState } from "./session.ts";
import { CLOSE, type Socket } from "./socket.ts";

/** The platform takes no alarm for the epoch, nor for after 2189; one that rings too early finds nothing due. */
const FIRST_ALARM = 1;
const LAST_ALARM = Date.UTC(2189, 0);

export class Owner extends DurableObject<Env> implements OwnerRpc {
  #engine: Engine | undefined;
  readonly #sessionIds = new WeakMap<WebSocket, string>();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    // Answered without waking the object; the time of the last one tells that a supplier is alive.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Opens a socket for a caller whom the Worker has let in. */
  override async fetch(request: Request): Promise<Response> {
    const engine = this.#engineOf(decodeURIComponent(request.headers.get(SOCKET_HEADERS.owner) ?? ""));
    const permissions = decodeText(Permissions, request.headers.get(SOCKET_HEADERS.permissions) ?? "{}");
    const compact = request.headers.get(SOCKET_HEADERS.compact) === "true";
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    try {
      this.#sessionIds.set(server, engine.connect(this.#socketOf(server), permissions, compact));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      server.close(CLOSE.policy, error.text);
      return Response.json([error.text], { status: ERRORS[error.code].status });
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(webSocket: WebSocket, message: string | ArrayBuffer): void {
    const engine = this.#awake();
    const sessionId = this.#sessionIdOf(webSocket);
    if (sessionId !== undefined) engine.receive(sessionId, message);
  }

  override webSocketClose(webSocket: WebSocket, code: number): void {
    this.#lose(webSocket);
    // Completes the closing handshake; codes that a frame may not carry are answered with the ordinary one.
    webSocket.close(code === 1005 || code === 1006 || code === 1015 ? 1000 : code);
  }

  override webSocketError(webSocket: WebSocket): void {
    this.#lose(webSocket);
  }

  override async alarm(): Promise<void> {
    await this.#awake().alarm();
  }

  async list(ownerId: string, question: ListQuestion) {
    const { at, pieces } = this.#engineOf(ownerId).list(question);
    return { at, body: streamOf(pieces) };
  }

  async record(ownerId: string, question: RecordQuestion) {
    return this.#engineOf(ownerId).record(question);
  }

  async submit(ownerId: string, instructions: readonly Instruction[]): Promise<Submitted> {
    return await this.#engineOf(ownerId).submit("rest", instructions);
  }

  async health(ownerId: string): Promise<Health> {
    return this.#engineOf(ownerId).health();
  }

  /** The engine, for a call that names the Owner: the object holds it to its own. */
  #engineOf(ownerId: string): Engine {
    if (ownerId !== this.#ownerId) throw new Error(`this is the object of another Owner than ${ownerId}`);
    return this.#awake();
  }

  get #ownerId(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error("an Owner's object is known by its name");
    return name;
  }

  #awake(): Engine {
    if (this.#engine !== undefined) return this.#engine;
    const { storage } = this.ctx;
    const engine = new Engine(new SqliteStore(storage), {
      ownerId: this.#ownerId,
      now: () => Date.now(),
      digest: digestOf,
      newId: () => crypto.randomUUID(),
      later: (milliseconds, action) => void setTimeout(action, milliseconds),
      setAlarm: (due) => void storage.setAlarm(Math.min(Math.max(due, FIRST_ALARM), LAST_ALARM)),
      abort: (reason) => this.ctx.abort(reason),
      report: (error) => console.error(error),
    });
    this.#engine = engine;
    engine.wake(this.#hibernated());
    return engine;
  }

  *#hibernated(): Iterable<SurvivingSocket> {
    for (const webSocket of this.ctx.getWebSockets()) {
      const state = attachmentOf(webSocket);
      if (state === null) continue;
      this.#sessionIds.set(webSocket, state.id);
      yield { socket: this.#socketOf(webSocket), state, isOpen: webSocket.readyState === WebSocket.OPEN };
    }
  }

  #socketOf(webSocket: WebSocket): Socket {
    return {
      send: (frame) => {
        if (webSocket.readyState === WebSocket.OPEN) webSocket.send(frame);
      },
      close: (code, reason) => webSocket.close(code, reason),
      keep: (state) => webSocket.serializeAttachment(state),
      lastPing: () => this.ctx.getWebSocketAutoResponseTimestamp(webSocket)?.getTime(),
    };
  }

  #lose(webSocket: WebSocket): void {
    const engine = this.#awake();
    const sessionId = this.#sessionIdOf(webSocket);
    if (sessionId !== undefined) engine.lose(sessionId);
  }

  #sessionIdOf(webSocket: WebSocket): string | undefined {
    return this.#sessionIds.get(webSocket) ?? attachmentOf(webSocket)?.id;
  }
}

function attachmentOf(webSocket: WebSocket): SessionState | null {
  // Written by `keep` of this very class.
  return webSocket.deserializeAttachment() as SessionState | null;
}

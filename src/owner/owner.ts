/**
 * The Durable Object of an Owner: accepts sockets and calls, hands them to its engine, and is the engine's world.
 * Everything that decides anything is elsewhere.
 */
import { DurableObject } from "cloudflare:workers";
import type { At } from "../domain/records.ts";
import { setLevelBy } from "../operations/log.ts";
import { decodeText } from "../protocol/codec.ts";
import { ERRORS, Refusal } from "../protocol/errors.ts";
import { Permissions } from "../protocol/messages/index.ts";
import { SqliteStore } from "../storage/sqlite-store.ts";
import { Engine, type SurvivingSocket } from "./engine.ts";
import { hostOf, nextTurn } from "./host.ts";
import { streamOf } from "./reading.ts";
import {
  type ChainPlace,
  type ChainStretch,
  type ChannelQuestion,
  type Delivery,
  type FeedAnswer,
  type FeedQuestion,
  type Health,
  type Instruction,
  type ListQuestion,
  type LogQuestion,
  type Moment,
  type OwnerAddress,
  type OwnerMetrics,
  type OwnerRpc,
  type RecordQuestion,
  type RequestCall,
  type RequestOutcome,
  type Retirement,
  SOCKET_HEADERS,
  type Submitted,
} from "./rpc.ts";
import type { SessionState, SocketCaller } from "./session.ts";
import type { Socket } from "./socket.ts";

export class Owner extends DurableObject<Env> implements OwnerRpc {
  #engine: Engine | undefined;
  #store: SqliteStore | undefined;
  readonly #sessionIds = new WeakMap<WebSocket, string>();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    setLevelBy(env);
    // Answered without waking the object; the time of the last one tells that a supplier is alive.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Opens a socket for a caller whom the Worker has let in. */
  override async fetch(request: Request): Promise<Response> {
    const address = {
      ownerId: decodeURIComponent(request.headers.get(SOCKET_HEADERS.owner) ?? ""),
      generation: Number(request.headers.get(SOCKET_HEADERS.generation)),
    };
    const caller = callerOf(request.headers);
    try {
      const engine = this.#engineOf(address);
      const { 0: client, 1: server } = new WebSocketPair();
      const sessionId = engine.connect(caller, () => this.#accept(server));
      this.#sessionIds.set(server, sessionId);
      return new Response(null, { status: 101, webSocket: client });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return Response.json([error.text], { status: ERRORS[error.code].status });
    }
  }

  override webSocketMessage(webSocket: WebSocket, message: string | ArrayBuffer): void {
    const engine = this.#awake();
    const sessionId = this.#sessionIdOf(webSocket);
    if (sessionId !== undefined) engine.receive(sessionId, message);
  }

  override webSocketClose(webSocket: WebSocket, code: number): void {
    this.#lose(webSocket, code);
    // Completes the closing handshake; codes that a frame may not carry are answered with the ordinary one.
    webSocket.close(code === 1005 || code === 1006 || code === 1015 ? 1000 : code);
  }

  override webSocketError(webSocket: WebSocket): void {
    this.#lose(webSocket);
  }

  override async alarm(): Promise<void> {
    await this.#awake().alarm();
  }

  async list(address: OwnerAddress, question: ListQuestion) {
    const { at, pieces } = this.#engineOf(address).list(question);
    return { at, body: streamOf(pieces, nextTurn) };
  }

  async record(address: OwnerAddress, question: RecordQuestion) {
    return this.#engineOf(address).record(question);
  }

  async submit(address: OwnerAddress, instructions: readonly Instruction[]): Promise<Submitted> {
    return await this.#engineOf(address).submit(address, instructions);
  }

  async request(address: OwnerAddress, call: RequestCall): Promise<RequestOutcome> {
    return await this.#engineOf(address).request(address, call);
  }

  async query(address: OwnerAddress, question: FeedQuestion): Promise<FeedAnswer> {
    return await this.#engineOf(address).query(address, question);
  }

  async forgetQuery(address: OwnerAddress, id: string): Promise<void> {
    this.#engineOf(address).queries.forget(id);
  }

  async receive(delivery: Delivery): Promise<number> {
    return await this.#awake().handDown(delivery);
  }

  async retire(address: OwnerAddress, force: boolean): Promise<Retirement> {
    return await this.#awake().retire(address, force);
  }

  async health(address: OwnerAddress): Promise<Health> {
    return this.#engineOf(address).figures.health();
  }

  async metrics(address: OwnerAddress): Promise<OwnerMetrics> {
    return { ...this.#engineOf(address).figures.metrics(), rowsWritten: this.#store?.rowsWritten ?? 0 };
  }

  async locate(address: OwnerAddress, moment: Moment): Promise<At> {
    return this.#engineOf(address).past.locate(moment);
  }

  async log(address: OwnerAddress, question: LogQuestion) {
    const engine = this.#engineOf(address);
    const { at, pieces } = engine.past.log(question);
    return { at, settled: engine.settle(), body: streamOf(pieces, nextTurn) };
  }

  async channel(address: OwnerAddress, question: ChannelQuestion) {
    const { at, pieces } = this.#engineOf(address).past.channel(question);
    return { at, body: streamOf(pieces, nextTurn) };
  }

  async verify(address: OwnerAddress, after?: ChainPlace): Promise<ChainStretch> {
    return this.#engineOf(address).past.verify(after);
  }

  async exportLog(address: OwnerAddress, after: number, count?: number) {
    return streamOf(this.#engineOf(address).past.exportLog(after, count), nextTurn);
  }

  /** The engine, for a call that names the Owner: the object holds it to its own. Throws Refusal `Owner.Unknown`. */
  #engineOf(address: OwnerAddress): Engine {
    const engine = this.#awake();
    engine.requireAddress(address);
    return engine;
  }

  #awake(): Engine {
    if (this.#engine !== undefined) return this.#engine;
    this.#store = new SqliteStore(this.ctx.storage);
    const engine = new Engine(this.#store, hostOf(this.ctx));
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

  #accept(webSocket: WebSocket): Socket {
    this.ctx.acceptWebSocket(webSocket);
    return this.#socketOf(webSocket);
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

  #lose(webSocket: WebSocket, code?: number): void {
    const engine = this.#awake();
    const sessionId = this.#sessionIdOf(webSocket);
    if (sessionId !== undefined) engine.lose(sessionId, code);
  }

  #sessionIdOf(webSocket: WebSocket): string | undefined {
    return this.#sessionIds.get(webSocket) ?? attachmentOf(webSocket)?.id;
  }
}

/** Who opens a socket, as the Worker says. */
function callerOf(headers: Headers): SocketCaller {
  const expires = headers.get(SOCKET_HEADERS.expires);
  return {
    permissions: decodeText(Permissions, headers.get(SOCKET_HEADERS.permissions) ?? "{}"),
    compact: headers.get(SOCKET_HEADERS.compact) === "true",
    ...(expires !== null && { expires: Number(expires) * 1000 }),
  };
}

function attachmentOf(webSocket: WebSocket): SessionState | null {
  // Written by `keep` of this very class.
  return webSocket.deserializeAttachment() as SessionState | null;
}

/** A streaming socket to one Owner: typed frames in JSON, answers by RequestID, and a pulse that notices a dead peer. */
import { decodeStored, encode } from "../../src/protocol/codec.ts";
import { EventMessage, RequestMessage } from "../../src/protocol/messages/index.ts";

export interface SessionOptions {
  /** Where the server listens: `http://localhost:8787`. */
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
  /** Every event, answers included, in the order in which they came. */
  readonly onEvent?: (event: EventMessage) => void;
  /** How often to ask whether the server is there; the session ends when it has not answered by the second time. */
  readonly pingEveryMs?: number;
}

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The session ended, or never came to be. */
export class SessionClosed extends Error {
  override readonly name = "SessionClosed";
}

/** The server refused a request. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join(", "));
    this.errors = errors;
  }
}

const DEFAULT_PING_MS = 5_000;
/** The close code of a connection that ended without a word. */
const ABNORMAL = 1006;

interface Waiting {
  readonly resolve: (event: EventMessage) => void;
  readonly reject: (error: Error) => void;
}

export class Session {
  /** Resolves when the session has ended, whoever ended it. */
  readonly closed: Promise<Closing>;
  readonly #socket: WebSocket;
  readonly #onEvent: SessionOptions["onEvent"];
  readonly #waiting = new Map<string, Waiting>();
  readonly #end: (closing: Closing) => void;
  #nextRequest = 1;
  #ended = false;
  #pulse: NodeJS.Timeout | undefined;
  #answered = true;

  private constructor(socket: WebSocket, { onEvent, pingEveryMs = DEFAULT_PING_MS }: SessionOptions) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    const { promise, resolve } = Promise.withResolvers<Closing>();
    this.closed = promise;
    this.#end = resolve;
    socket.addEventListener("message", ({ data }) => this.#received(String(data)));
    socket.addEventListener("close", ({ code, reason }) => this.#finish({ code, reason }));
    this.#pulse = setInterval(() => this.#beat(), pingEveryMs);
  }

  /** Opens a session. Throws SessionClosed when the server is not there, or does not let the caller in. */
  static open(options: SessionOptions): Promise<Session> {
    const address = new URL(`/streaming?owner=${encodeURIComponent(options.owner)}`, options.url);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${options.token}`]);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Session(socket, options)));
      socket.addEventListener("error", () => reject(new SessionClosed(`no session at ${address.origin}`)));
    });
  }

  /** Sends messages in one frame, without waiting for an answer. What is sent after the end is lost. */
  send(...messages: readonly RequestMessage[]): void {
    if (this.#ended || messages.length === 0) return;
    const texts = messages.map((message) => encode(RequestMessage, message));
    this.#socket.send(texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(",")}]`);
  }

  /** Sends a message and waits for its Response. Throws RequestRefused, or SessionClosed if none will come. */
  request(message: Omit<RequestMessage, "RequestID">): Promise<EventMessage> {
    if (this.#ended) return Promise.reject(new SessionClosed("the session has ended"));
    const RequestID = String(this.#nextRequest++);
    return new Promise((resolve, reject) => {
      this.#waiting.set(RequestID, { resolve, reject });
      this.send({ ...message, RequestID });
    });
  }

  /** Hangs: says nothing more by itself, as a program does that is stuck, and leaves the socket open. */
  stopPinging(): void {
    clearInterval(this.#pulse);
  }

  /** Ends the session. */
  close(code = 1000, reason = ""): void {
    this.#socket.close(code, reason);
    this.#finish({ code, reason });
  }

  #received(text: string): void {
    if (this.#ended) return;
    this.#answered = true;
    if (text === "pong") return;
    const event = decodeStored(EventMessage, text);
    this.#onEvent?.(event);
    if (event.Type === "EventMessageType_Response") this.#answer(event);
  }

  #answer(event: EventMessage): void {
    const { RequestID = "", Errors } = event.Request ?? {};
    const waiting = this.#waiting.get(RequestID);
    if (waiting === undefined) return;
    this.#waiting.delete(RequestID);
    if (Errors === undefined) waiting.resolve(event);
    else waiting.reject(new RequestRefused(Errors));
  }

  #beat(): void {
    if (!this.#answered) {
      this.close(4000, "no answer to a ping");
      return;
    }
    this.#answered = false;
    this.#socket.send("ping");
  }

  #finish(closing: Closing): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#pulse);
    const why = closing.code === ABNORMAL ? "the connection was lost" : `${closing.code} ${closing.reason}`;
    for (const { reject } of this.#waiting.values()) reject(new SessionClosed(why));
    this.#waiting.clear();
    this.#end(closing);
  }
}

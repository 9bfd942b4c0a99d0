/** One socket: typed frames, answers by RequestID, and a pulse that notices a dead peer. It does not come back. */
import type { EventMessage, RequestMessage } from "../../protocol/messages/index.ts";
import type { OmsError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Encoding, Frame } from "./encoding.ts";
import { failedError } from "./errors.ts";

/** What a session needs of a WebSocket. */
export interface SocketLike {
  binaryType: string;
  send(data: Frame): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** How a connection ended. */
export interface Ending {
  /** Whether it had been open. */
  readonly wasOpen: boolean;
  readonly code: number;
  readonly reason: string;
  /** What came could not be read, or its handling found the protocol broken: trying again would not mend it. */
  readonly broken?: OmsError;
}

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly encoding: Encoding;
  /** Milliseconds between two signs of life that are asked for. */
  readonly pulse: number;
  /** Milliseconds within which it must be open. */
  readonly openWithin: number;
  readonly onOpen: () => void;
  /** Told of each event, after who waited for it as an answer. */
  readonly onEvent: (event: EventMessage) => void;
  /** Called once, whoever ended it; never in the middle of `send`. */
  readonly onEnd: (ending: Ending) => void;
}

/** Told what was wrong with a request; nothing when it was granted. */
type Answered = (errors: readonly string[]) => void;

/** A connection that ended without a word. */
const ABNORMAL = 1006;
/** What the other side is told when it is given up: the codes from 4000 on are the application's. */
const GIVEN_UP = 4000;

export class Connection {
  readonly #socket: SocketLike;
  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<string, Answered>();
  #nextRequest = 1;
  #isOpen = false;
  #isEnded = false;
  #hasShownLife = true;
  #stopTimer: () => void;

  constructor(socket: SocketLike, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }) => this.#received(data));
    socket.addEventListener("close", ({ code, reason }) => this.#end({ code, reason }));
    socket.addEventListener("error", () => {
      // Where there was no connection, some platforms say nothing else.
      if (!this.#isOpen) this.#end({ code: ABNORMAL, reason: "" });
    });
    this.#stopTimer = options.clock.after(options.openWithin, () => this.drop("it did not open in time"));
  }

  /** Whether somebody waits for an answer. */
  get isAsking(): boolean {
    return this.#waiting.size > 0;
  }

  /** Sends a message. What is sent after the end is lost. */
  send(message: RequestMessage): void {
    this.sendFrame(this.#options.encoding.write(message));
  }

  /** Sends a message that has been written before. */
  sendFrame(frame: Frame): void {
    if (this.#isOpen && !this.#isEnded) this.#socket.send(frame);
  }

  /** Sends a message and calls back with its answer; never, if the connection ends before it comes. */
  ask(message: Omit<RequestMessage, "RequestID">, answered: Answered): string {
    const RequestID = String(this.#nextRequest++);
    this.#waiting.set(RequestID, answered);
    this.send({ ...message, RequestID });
    return RequestID;
  }

  /** Gives the connection up. */
  drop(reason: string, code = GIVEN_UP): void {
    this.#close(code, reason);
    this.#end({ code, reason });
  }

  /** Gives it up for good: what came breaks the protocol. */
  break(broken: OmsError): void {
    this.#close(GIVEN_UP, "the protocol is broken");
    this.#end({ code: GIVEN_UP, reason: broken.message, broken });
  }

  #close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason);
    } catch {
      // It is closed already, or was never open: both are what is wanted.
    }
  }

  #opened(): void {
    if (this.#isEnded) return;
    this.#isOpen = true;
    this.#beatLater();
    this.#options.onOpen();
  }

  #received(data: unknown): void {
    if (this.#isEnded) return;
    this.#hasShownLife = true;
    if (data === "pong") return;
    let event: EventMessage;
    try {
      event = this.#options.encoding.read(data);
    } catch (error) {
      this.break(failedError("unreadable", "A frame", error));
      return;
    }
    if (event.Type === "EventMessageType_Response") this.#answer(event);
    this.#options.onEvent(event);
  }

  #answer({ Request: { RequestID = "", Errors = [] } = {} }: EventMessage): void {
    const answered = this.#waiting.get(RequestID);
    this.#waiting.delete(RequestID);
    answered?.(Errors);
  }

  #beatLater(): void {
    this.#stopTimer();
    this.#stopTimer = this.#options.clock.after(this.#options.pulse, () => this.#beat());
  }

  #beat(): void {
    if (!this.#hasShownLife) {
      this.drop("no sign of life");
      return;
    }
    this.#hasShownLife = false;
    this.#socket.send("ping");
    this.#beatLater();
  }

  #end(ending: Omit<Ending, "wasOpen">): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopTimer();
    this.#waiting.clear();
    this.#options.onEnd({ ...ending, wasOpen: this.#isOpen });
  }
}

/** An Owner's engine on Node: a store in memory, sockets played by the test, and turns taken one by one. */

import { Engine, type SurvivingSocket } from "../../src/owner/engine.ts";
import type { Frame } from "../../src/owner/frame-form.ts";
import type { Submitted } from "../../src/owner/rpc.ts";
import type { SessionState } from "../../src/owner/session.ts";
import type { Socket } from "../../src/owner/socket.ts";
import { decodeBinaryStored, encodeBinary } from "../../src/protocol/binary/codec.ts";
import { decode, decodeText, encode } from "../../src/protocol/codec.ts";
import { EventMessage, type Permissions, RequestMessage, UpdateEvent } from "../../src/protocol/messages/index.ts";
import { digestOf } from "../../src/storage/digest.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { define, GENERATION, type Handed } from "./defined.ts";

export const OWNER = "XS";

/** A message to the server as protobuf. */
export function inBinary(message: object): ArrayBuffer {
  const bytes = encodeBinary(RequestMessage, decode(RequestMessage, JSON.parse(JSON.stringify(message))));
  return Uint8Array.from(bytes).buffer;
}

function textOf(frame: Uint8Array): string {
  return encode(EventMessage, decodeBinaryStored(EventMessage, frame));
}

/** A socket whose other end is played by the test: what it was sent, and what it keeps through hibernation. */
export class PlayedSocket implements Socket {
  readonly frames: string[] = [];
  /** Which of them were binary: what they say in JSON is among `frames`. */
  readonly areBinary: boolean[] = [];
  /** Whether what its client sends is binary. */
  speaksBinary = false;
  kept: SessionState | null = null;
  closed: number | undefined;
  isBroken = false;
  id = "";

  send(frame: Frame): void {
    if (this.isBroken) throw new Error("the socket is broken");
    this.frames.push(typeof frame === "string" ? frame : textOf(frame));
    this.areBinary.push(typeof frame !== "string");
  }

  close(code: number): void {
    this.closed = code;
  }

  keep(state: object | null): void {
    // Only sessions are kept.
    this.kept = state === null ? null : (structuredClone(state) as SessionState);
  }

  lastPing(): undefined {
    return undefined;
  }

  get messages() {
    return this.frames.map((frame) => JSON.parse(frame));
  }

  /** The types of what it was sent, in short. */
  types(): readonly string[] {
    return this.messages.map(({ Type }) => Type.slice("EventMessageType_".length));
  }

  /** Every event that was received, snapshots included. */
  get events() {
    return this.messages.flatMap(({ Updates = [] }) => Updates);
  }

  /** The last thing that it was told of a feed. */
  get lastFeedEvent() {
    return this.messages.findLast(({ Feed }) => Feed?.Type !== undefined)?.Feed;
  }

  get errors(): readonly string[] {
    return this.messages.flatMap(({ Request }) => Request?.Errors ?? []);
  }
}

export interface PlayedCaller {
  readonly identity?: string;
  readonly source?: string;
  readonly feeds?: readonly string[];
  readonly expires?: number;
}

/** An object that nothing was handed down to yet. */
export class EmptyWorld {
  readonly data = new MemoryData();
  readonly sockets: PlayedSocket[] = [];
  readonly reported: unknown[] = [];
  /** The lines of the log. */
  readonly told: { readonly level: string; readonly event: string; readonly fields: object }[] = [];
  now = Date.now();
  newId: () => string = () => crypto.randomUUID();
  /** When the single alarm goes off; undefined once it has. */
  alarmAt: number | undefined;
  /** Every time that it was set to. */
  readonly alarms: number[] = [];
  engine: Engine;
  #turns: (() => void)[] = [];
  /** What waits for its time, and holds the object awake. */
  readonly timeouts = new Set<{ readonly due: number; readonly action: () => void }>();
  readonly #openStore: () => Store;

  /** `openStore` opens what is kept on another disk than `data`. */
  constructor(openStore?: () => Store) {
    this.#openStore = openStore ?? (() => new MemoryStore(this.data));
    this.engine = this.wake();
  }

  get store(): Store {
    return this.#openStore();
  }

  /** Whether something is left to be done in a turn to come. */
  get isBusy(): boolean {
    return this.#turns.length > 0;
  }

  /** Whether a job of steps is under way, as it is kept. */
  get hasJob(): boolean {
    return (this.store.property("job") ?? "") !== "";
  }

  /** The object has lost its memory; its sockets, with what they keep, its store and its alarm have not. */
  wake(): Engine {
    this.#turns = [];
    this.timeouts.clear();
    this.engine = new Engine(this.store, {
      now: () => this.now,
      digest: digestOf,
      newId: () => this.newId(),
      later: (_, action) => void this.#turns.push(action),
      timeout: (milliseconds, action) => {
        const timeout = { due: this.now + milliseconds, action };
        this.timeouts.add(timeout);
        return () => void this.timeouts.delete(timeout);
      },
      setAlarm: (due) => {
        this.alarmAt = due;
        this.alarms.push(due);
      },
      abort: (reason) => {
        throw new Error(reason);
      },
      report: (error) => void this.reported.push(error),
      tell: (level, event, fields) => void this.told.push({ level, event, fields }),
    });
    this.engine.wake(
      this.sockets.flatMap((socket): SurvivingSocket[] =>
        socket.kept === null ? [] : [{ socket, state: socket.kept, isOpen: socket.closed === undefined }],
      ),
    );
    return this.engine;
  }

  /** The alarm goes off, whether it is time or not. */
  async ring(): Promise<void> {
    this.alarmAt = undefined;
    const done = this.engine.alarm();
    this.settle();
    await done;
    this.settle();
  }

  /** Time passes, and what waited for it is done. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const timeout of this.timeouts) {
      if (timeout.due <= this.now && this.timeouts.delete(timeout)) timeout.action();
    }
    this.settle();
  }

  connect({ identity = "User:x", source = "test", feeds = [], expires }: PlayedCaller = {}): PlayedSocket {
    const permissions: Permissions = { Source: source, Identity: identity, Owners: [OWNER], Feeds: [...feeds] };
    return this.connectWith(permissions, expires);
  }

  connectWith(permissions: Permissions, expires?: number, compact = false): PlayedSocket {
    const socket = new PlayedSocket();
    const caller = { permissions, compact, ...(expires !== undefined && { expires }) };
    socket.id = this.engine.connect(caller, () => socket);
    this.sockets.push(socket);
    return socket;
  }

  send(socket: PlayedSocket, message: object): void {
    this.engine.receive(socket.id, socket.speaksBinary ? inBinary(message) : JSON.stringify(message));
  }

  feed(socket: PlayedSocket, type: string, position?: number, content: object = {}): void {
    const Position = { Sequence: "asx", ...(position !== undefined && { Position: position }) };
    this.send(socket, { Type: "FeedRequest", Feed: { Type: type, Position, ...content } });
  }

  /** Opens the feed `asx` and waits for what follows. */
  open(socket: PlayedSocket): void {
    this.feed(socket, "Open");
    this.settle();
  }

  /** A call over REST. It is answered once it has been settled. */
  submit(...updates: readonly object[]): Promise<Submitted> {
    const instructions = updates.map((update) => ({ update: encode(UpdateEvent, read(update)) }));
    return this.engine.submit({ ownerId: this.engine.ownerId, generation: GENERATION }, instructions);
  }

  subscribe(socket: PlayedSocket, Type: string, options: object = {}): void {
    this.send(socket, { Type: "Subscribe", Subscription: { Type, ...options } });
    this.settle();
  }

  turn(): boolean {
    const action = this.#turns.shift();
    action?.();
    return action !== undefined;
  }

  settle(): void {
    while (this.turn());
  }
}

function read(json: object): UpdateEvent {
  return decodeText(UpdateEvent, JSON.stringify(json));
}

/** An object that knows who it is, and what else was handed down to it. */
export class World extends EmptyWorld {
  constructor(...handed: readonly Handed[]) {
    super();
    define(this.store, OWNER, ...handed);
    this.wake();
  }
}

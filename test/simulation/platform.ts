/**
 * The platform as a simulated Owner's object has it: turns, sockets whose frames take their time, one alarm, a disk, and
 * restarts. A turn is whole or not at all: what is written in it becomes durable at its end, and before that nothing
 * that was sent leaves the object. So an object dies between two turns, with what waited in its inbox, and what was
 * under way on its sockets is lost.
 */

import type { Wire } from "../../src/domain/log-record.ts";
import { Engine, type Host } from "../../src/owner/engine.ts";
import type { Frame } from "../../src/owner/frame-form.ts";
import type { SessionState } from "../../src/owner/session.ts";
import type { Socket } from "../../src/owner/socket.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import type { EventMessage, Permissions } from "../../src/protocol/messages/index.ts";
import { digestOf } from "../../src/storage/digest.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import type { Commit, Store } from "../../src/storage/store.ts";

/** What a client is sent. */
export type Message = Wire<EventMessage>;

/** Where a bug can be planted, without a word of it in what is simulated. */
export interface Seams {
  /** What the engine is given for its store; `life` counts how often it was begun anew. */
  readonly store?: (store: Store, life: number) => Store;
  readonly host?: (host: Host) => Host;
  /** What goes out on a connection for a frame. */
  readonly sent?: (frame: string, connection: Connection, all: readonly Connection[]) => readonly string[];
  /** What the engine is given for a frame. */
  readonly received?: (frame: string) => readonly string[];
  /** What a crash does to the disk. */
  readonly crashed?: (data: MemoryData) => void;
}

/** The other end of a connection. */
export interface Peer {
  heard(message: Message): void;
  /** The connection is gone; what was under way on it is lost. */
  lost(): void;
}

/** The connection's loss, at the end of what was under way to the server. */
const LOST = Symbol("lost");

export class Connection implements Socket {
  id = "";
  kept: SessionState | null = null;
  /** Which accounts may be told of here; undefined = all of the Owner's. */
  accounts: ReadonlySet<string> | undefined;
  isOver = false;
  readonly isAdapter: boolean;
  readonly ownerId: string;
  readonly toServer: (string | typeof LOST)[] = [];
  readonly toClient: (Message | typeof LOST)[] = [];
  readonly #peer: Peer;
  readonly #outgoing: (frame: string, connection: Connection) => readonly Message[];

  constructor(
    ownerId: string,
    peer: Peer,
    isAdapter: boolean,
    outgoing: (frame: string, connection: Connection) => readonly Message[],
  ) {
    this.ownerId = ownerId;
    this.isAdapter = isAdapter;
    this.#peer = peer;
    this.#outgoing = outgoing;
  }

  send(frame: Frame): void {
    if (typeof frame !== "string") throw new Error("simulated clients speak JSON");
    const messages = this.#outgoing(frame, this);
    if (!this.isOver) this.toClient.push(...messages);
  }

  close(): void {
    if (!this.isOver) this.toClient.push(LOST);
  }

  keep(state: object | null): void {
    // Only sessions are kept.
    this.kept = state === null ? null : (structuredClone(state) as SessionState);
  }

  lastPing(): undefined {
    return undefined;
  }

  /** A frame of the client. */
  say(message: object): void {
    if (!this.isOver) this.toServer.push(JSON.stringify(message));
  }

  /** The client is shown the next thing that was sent. */
  deliver(): void {
    const next = this.toClient.shift();
    if (next === LOST) this.#end();
    else if (next !== undefined) this.#peer.heard(next);
  }

  /** The line breaks: the client knows at once, the server when it has come to the end of what arrived. */
  cut(arrived: number): void {
    if (this.isOver) return;
    this.toServer.length = Math.min(this.toServer.length, arrived);
    this.#end();
  }

  #end(): void {
    this.isOver = true;
    this.toClient.length = 0;
    this.toServer.push(LOST);
    this.#peer.lost();
  }
}

/** A disk that can fail. */
class Disk extends MemoryStore {
  readonly #failure: () => Error | undefined;

  constructor(data: MemoryData, failure: () => Error | undefined) {
    super(data);
    this.#failure = failure;
  }

  override commit(commit: Commit): void {
    const failure = this.#failure();
    if (failure !== undefined) throw failure;
    super.commit(commit);
  }
}

export interface Clock {
  now: number;
}

export class Platform {
  readonly ownerId: string;
  readonly data = new MemoryData();
  readonly connections: Connection[] = [];
  readonly reported: unknown[] = [];
  engine: Engine;
  alarmAt: number | undefined;
  /** What the clock showed when the alarm last went off: what was due then may be dealt with later. */
  rungAt = 0;
  /** Commits that are yet to fail, and how many have. */
  failing = 0;
  failed = 0;
  isFull = false;
  /** The disk has failed, or was full, since this was last looked at. */
  hasFailed = false;
  /** Adapters have gone, and the object may not have dealt with that: what it sends them is lost on the way. */
  hasLostAdapters = false;
  /** Looks at what is sent, when it is sent. */
  onSent: (message: Message, connection: Connection) => void = () => undefined;
  readonly #clock: Clock;
  readonly #seams: Seams;
  #turns: (() => void)[] = [];
  #ringing: number | undefined;
  #isAborted = false;
  #ids = 0;
  #life = 0;

  constructor(ownerId: string, clock: Clock, seams: Seams = {}) {
    this.ownerId = ownerId;
    this.#clock = clock;
    this.#seams = seams;
    this.engine = this.#begin([]);
  }

  get hasTurn(): boolean {
    return this.#turns.length > 0;
  }

  get isRinging(): boolean {
    return this.#ringing !== undefined;
  }

  connect(peer: Peer, permissions: Permissions, accounts?: ReadonlySet<string>): Connection | undefined {
    const isAdapter = (permissions.Feeds ?? []).length > 0;
    const connection = new Connection(this.ownerId, peer, isAdapter, (frame, to) => this.#outgoing(frame, to));
    connection.accounts = accounts;
    try {
      connection.id = this.engine.connect({ permissions, compact: false }, () => connection);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
    this.connections.push(connection);
    return connection;
  }

  /** The server is given the next thing that arrived on a connection. */
  arrive(connection: Connection): void {
    const next = connection.toServer.shift();
    if (next === undefined) return;
    if (next === LOST) {
      this.connections.splice(this.connections.indexOf(connection), 1);
      this.hasLostAdapters ||= connection.isAdapter;
      this.engine.lose(connection.id);
      return;
    }
    for (const frame of this.#seams.received?.(next) ?? [next]) this.engine.receive(connection.id, frame);
  }

  /** Takes one turn, if there is one to be taken. */
  turn(): void {
    const action = this.#turns.shift();
    try {
      action?.();
    } catch (error) {
      if (!this.#isAborted) throw error;
    }
    if (this.#isAborted) this.crash();
  }

  /** The alarm goes off, due or not. If the object dies over it, it will again. */
  ring(): void {
    if (this.#ringing !== undefined || this.alarmAt === undefined) return;
    const life = this.#life;
    this.#ringing = this.alarmAt;
    this.rungAt = this.#clock.now;
    this.alarmAt = undefined;
    this.engine.alarm().then(
      () => {
        if (life === this.#life) this.#ringing = undefined;
      },
      (error: unknown) => {
        this.reported.push(error);
        if (life === this.#life) this.#retryAlarm();
      },
    );
  }

  /** The object is put out of memory while nothing is going on. False when something is. */
  evict(): boolean {
    if (this.hasTurn || this.isRinging) return false;
    this.#begin(this.connections);
    return true;
  }

  /** The object's process dies, and its sockets with it. */
  crash(): void {
    const connections = this.connections.splice(0);
    for (const connection of connections) connection.cut(0);
    this.#retryAlarm();
    this.#seams.crashed?.(this.data);
    this.#begin([]);
  }

  #retryAlarm(): void {
    if (this.#ringing !== undefined) this.alarmAt = Math.min(this.#ringing, this.alarmAt ?? this.#ringing);
    this.#ringing = undefined;
  }

  #begin(surviving: readonly Connection[]): Engine {
    this.#turns = [];
    this.hasLostAdapters = false;
    this.#isAborted = false;
    this.#life++;
    const disk = new Disk(this.data, () => this.#failure());
    const host = this.#host(this.#life);
    this.engine = new Engine(this.#seams.store?.(disk, this.#life) ?? disk, this.#seams.host?.(host) ?? host);
    this.engine.wake(
      surviving.flatMap((socket) => (socket.kept === null ? [] : [{ socket, state: socket.kept, isOpen: true }])),
    );
    return this.engine;
  }

  #host(life: number): Host {
    return {
      now: () => this.#clock.now,
      digest: digestOf,
      newId: () => `${this.ownerId}-id${++this.#ids}`,
      later: (_, action) => {
        if (life === this.#life) this.#turns.push(action);
      },
      timeout: () => () => undefined,
      setAlarm: (due) => {
        if (life === this.#life) this.alarmAt = due;
      },
      abort: (reason) => {
        this.#isAborted = true;
        throw new Error(reason);
      },
      report: (error) => this.reported.push(error),
    };
  }

  #failure(): Error | undefined {
    if (!this.isFull && this.failing === 0) return undefined;
    this.hasFailed = true;
    if (this.isFull) return new Refusal("Storage.Full");
    this.failing--;
    this.failed++;
    return new Error("SQLITE_IOERR: disk I/O error");
  }

  #outgoing(frame: string, connection: Connection): readonly Message[] {
    const frames = this.#seams.sent?.(frame, connection, this.connections) ?? [frame];
    return frames.map((text) => {
      const message: Message = JSON.parse(text);
      this.onSent(message, connection);
      return message;
    });
  }
}

/** One connection: who it is, what it supplies, what it subscribes to, and how far it has been served. */
import type { At } from "../domain/records.ts";
import type { Subscription } from "../domain/views.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Permissions, SnapshotPosition, SubscriptionDetails } from "../protocol/messages/index.ts";
import type { StreamPlace } from "./events.ts";
import { type Flow, roomOf, UNCOUNTED, withReceived, withSent } from "./flow.ts";
import { type Frame, type FrameForm, formOf } from "./frame-form.ts";
import type { Occupant, Role } from "./seats.ts";
import type { Socket } from "./socket.ts";

/** What a session is to a feed, and in which order it stands by. */
export interface FeedRole extends Omit<Occupant, "sessionId"> {
  readonly role: Exclude<Role, "none">;
  readonly order: number;
}

/** What is still to be sent before a socket is live. Tasks are done in turn, each beginning at the head of the log. */
export type Task =
  | { readonly type: "snapshot"; readonly subscription: number; readonly requestId: string | undefined }
  | {
      readonly type: "replay";
      readonly subscription: number;
      readonly requestId: string | undefined;
      readonly from: At;
      readonly positions: SnapshotPosition["Positions"];
    }
  | { readonly type: "bookmark"; readonly requestId: string | undefined };

/** A task that has begun: how far it has come. */
export type Progress =
  | {
      readonly type: "snapshot";
      readonly task: Extract<Task, { type: "snapshot" }>;
      /** How many parts of it have been sent, and the last key that was sent of the next. */
      readonly step: number;
      readonly after: string;
    }
  | {
      readonly type: "replay";
      readonly task: Extract<Task, { type: "replay" }>;
      readonly served: StreamPlace;
    };

/** A subscription of a session: when it begins to receive the stream. */
export interface ActiveSubscription extends Subscription {
  readonly id: number;
  /** False until its own snapshot or replay begins. */
  readonly isActive: boolean;
  /** What its client had already when it resumed; dropped once the socket is live. */
  readonly positions: SnapshotPosition["Positions"];
  /** How many frames of the stream may be under way unacknowledged; undefined = as many as there are. */
  readonly window: number | undefined;
}

/** Who opens a socket. */
export interface SocketCaller {
  readonly permissions: Permissions;
  /** Enums are to be written short. */
  readonly compact: boolean;
  /** When its token expires, in milliseconds since 1970; absent when it never does. */
  readonly expires?: number;
}

/** What survives hibernation, in the socket's attachment. */
export interface SessionState extends SocketCaller {
  readonly id: string;
  readonly feeds: Readonly<Record<string, FeedRole>>;
  readonly stream: StreamState;
  /** Its client's last frame was binary, and so are the answers; absent when it was text, or there was none. */
  readonly isBinary?: boolean;
  /** The last time a frame of a supplier came while another stood by, in milliseconds since 1970. */
  readonly lastHeard: number;
}

export interface StreamState {
  readonly subscriptions: readonly ActiveSubscription[];
  /** A live socket has been served up to the head of the log, whatever `cursor` says. */
  readonly isLive: boolean;
  /** The At up to which it has been served; undefined until it first subscribes. */
  readonly cursor: At | undefined;
  /** How many events of the record after the cursor it has been served too: its window ended in the middle of it. */
  readonly part: number;
  /** The frames of the stream that are counted; undefined until a subscription first has a window. */
  readonly flow: Flow | undefined;
  readonly tasks: readonly Task[];
  readonly progress: Progress | undefined;
  readonly nextId: number;
}

const FRESH: StreamState = {
  subscriptions: [],
  isLive: true,
  cursor: undefined,
  part: 0,
  flow: undefined,
  tasks: [],
  progress: undefined,
  nextId: 1,
};

export class Session {
  readonly id: string;
  readonly compact: boolean;
  /** When its token expires, in milliseconds since 1970; undefined when it never does. */
  readonly expires: number | undefined;
  readonly socket: Socket;
  permissions: Permissions;
  feeds: Readonly<Record<string, FeedRole>>;
  stream: StreamState;
  lastHeard: number;
  /** The form of what it is sent. */
  form: FrameForm;
  /** Unreadable frames in a row. */
  badFrames = 0;
  /** A frame of it found no room in the inbox, and it has yet to be told. */
  isOverflowing = false;
  /** Records that its filter left out since its client last learned where the log is. */
  recordsSkipped = 0;
  /** When `lastHeard` was last written to the attachment. */
  heardKept = 0;
  /** The server has closed it, or knows it lost: nothing is sent to it, and nothing it sends from now on counts. */
  isGone = false;
  /** Its caller may no longer do what it did, or what it asked for is no more: what it sent before counts no more either. */
  isRevoked = false;
  /** How far its window goes, or what its client speaks, has changed since the attachment was written. */
  #isUnkept = false;

  constructor(socket: Socket, state: SessionState) {
    this.socket = socket;
    this.id = state.id;
    this.permissions = state.permissions;
    this.compact = state.compact;
    this.expires = state.expires;
    this.feeds = state.feeds;
    this.stream = state.stream;
    this.lastHeard = state.lastHeard;
    this.form = formOf({ isBinary: state.isBinary === true, compact: state.compact });
  }

  /** The state of a socket that is about to be accepted. Throws Refusal when its permissions alone are too large. */
  static opened(id: string, caller: SocketCaller, now: number): SessionState {
    const state: SessionState = { ...caller, id, feeds: {}, stream: FRESH, lastHeard: now };
    requireRoom(state);
    return state;
  }

  /** A frame of its client came: it is answered in kind. */
  hear(isBinary: boolean): void {
    if (isBinary === (this.form.name === "binary")) return;
    this.form = formOf({ isBinary, compact: this.compact });
    this.#isUnkept = true;
  }

  /** Source and identity: two sockets with the same are the same caller. */
  get identity(): string {
    return `${this.permissions.Source ?? ""}/${this.permissions.Identity ?? ""}`;
  }

  /** Whether its token has expired. */
  isExpired(now: number): boolean {
    return this.expires !== undefined && this.expires <= now;
  }

  /** Replaces the stream's state. Throws Refusal `Subscription.TooLarge` when it would not survive hibernation. */
  setStream(stream: StreamState): void {
    requireRoom({ ...this.#state(), stream });
    this.stream = stream;
  }

  /** Throws Refusal `Subscription.TooLarge` when roles of these feeds too would not survive hibernation. */
  requireRoomFor(occupied: Iterable<readonly [feed: string, Occupant]>): void {
    const roles = [...occupied].map(([feed, { identity, agent, gapless }]): [string, FeedRole] => [
      feed,
      { role: "standby", order: 0, identity, agent, gapless },
    ]);
    requireRoom({ ...this.#state(), feeds: { ...this.feeds, ...Object.fromEntries(roles) } });
  }

  /** Replaces what its caller may do. Throws Refusal `Subscription.TooLarge` when it would not survive hibernation. */
  setPermissions(permissions: Permissions): void {
    requireRoom({ ...this.#state(), permissions });
    this.permissions = permissions;
  }

  /** Replaces the stream's state by one that is further along, and not larger by more than a key. */
  advance(change: Partial<StreamState>): void {
    this.stream = { ...this.stream, ...change };
  }

  /** How many frames of the stream it may be sent now. */
  get room(): number {
    return roomOf(this.stream);
  }

  /** Sends a frame of the stream: one that its subscriptions are the cause of, and that its window is about. */
  sendStream(frame: Frame): void {
    this.socket.send(frame);
    if (this.stream.flow !== undefined) this.#setFlow(withSent(this.stream.flow));
  }

  /** Its client has received so many frames of the stream in all. Throws Refusal `Field.Invalid` when that cannot be. */
  acknowledge(received: number | undefined): void {
    const { flow = UNCOUNTED } = this.stream;
    const after = withReceived(flow, received);
    if (after.received !== flow.received) this.#setFlow(after);
  }

  /** It was live, and has been served up to a place: what comes after it has to wait for room. */
  fallBehind({ upTo, part }: StreamPlace): void {
    this.advance({ isLive: false, cursor: upTo, part });
    this.#isUnkept = true;
  }

  #setFlow(flow: Flow): void {
    this.advance({ flow });
    this.#isUnkept = true;
  }

  /** Writes the attachment if that has become necessary: to be called before a turn ends. */
  keepIfNecessary(): void {
    if (this.#isUnkept) this.keep();
  }

  /** Writes the attachment. */
  keep(): void {
    if (!this.isGone) this.socket.keep(this.#state());
    this.#isUnkept = false;
  }

  close(code: number, reason: string): void {
    this.isGone = true;
    this.socket.close(code, reason);
  }

  #state(): SessionState {
    const { id, permissions, compact, expires, feeds, form, stream, lastHeard } = this;
    const optional = { ...(expires !== undefined && { expires }), ...(form.name === "binary" && { isBinary: true }) };
    return { id, permissions, compact, ...optional, feeds, stream, lastHeard };
  }
}

/** The position of a sequence that a client told; 0 for one that it left out. */
export function positionIn(positions: SnapshotPosition["Positions"], sequence: string): number {
  // A feed may be called what every object has a member of.
  const position = positions !== undefined && Object.hasOwn(positions, sequence) ? positions[sequence] : undefined;
  return position ?? 0;
}

/** The targets and type of a subscription as its client sent them. */
export function detailsOf({ type, targets }: Subscription): SubscriptionDetails {
  return { Type: type, ...(targets.length > 0 && { Targets: [...targets] }) };
}

function requireRoom({ stream, ...state }: SessionState): void {
  const { tasks } = stream;
  // The task that is being done is kept once more, with its progress.
  const progress = Math.max(0, ...tasks.map(keptBytes));
  const bytes = keptBytes({ ...state, stream: { ...stream, progress: undefined } }) + progress;
  if (bytes > LIMITS.ATTACHMENT_BYTES) throw new Refusal("Subscription.TooLarge");
}

const encoder = new TextEncoder();
const TEXT = /"(?:[^"\\]|\\.)*"/g;
const WIDE = /[\u0100-\uffff]/;

/** What the platform keeps of it at most: a text with one character beyond Latin 1 takes two bytes for each of all. */
function keptBytes(value: object): number {
  const json = JSON.stringify(value);
  let bytes = encoder.encode(json).byteLength;
  for (const [text] of json.matchAll(TEXT)) if (WIDE.test(text)) bytes += text.length;
  return bytes;
}

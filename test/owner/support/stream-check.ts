/** Holds what a subscriber was sent against what the log tells of the same spans for the same subscriptions. */
import type { Bound, LogContent, Span } from "../../../src/owner/rpc.ts";
import type { Subscription } from "../../../src/owner/subscriptions.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import type { EmptyWorld } from "../world.ts";
import type { FoldedLog } from "./folded-log.ts";
import type { Reader } from "./player.ts";
import { toldOf } from "./spans.ts";

/** What a subscriber is sent, as far as it is looked at. */
interface Message {
  readonly Type: string;
  readonly Request?: { readonly RequestID?: string; readonly Errors?: readonly string[] };
  readonly Position?: { readonly Sequence?: string; readonly Position?: number; readonly ExecutedAt?: string };
  readonly Snapshot?: { readonly Positions: Readonly<Record<string, number>> };
  readonly Subscription?: object;
  readonly Updates?: readonly object[];
}

/** A subscription that was asked for, and where it resumes, if it does. */
interface Wanted {
  readonly subscription: Subscription;
  readonly from: Readonly<Record<string, number>> | undefined;
}

export class StreamCheck {
  readonly #world: EmptyWorld;
  readonly #reader: Reader;
  /** When a record was made, by its sequence and position. */
  readonly #ats: ReadonlyMap<string, number>;
  #active: readonly Subscription[] = [];
  /** Where the present stretch of the stream began; undefined before the first. */
  #since: Bound | undefined;
  #stretch: Message[] = [];
  #replayed: Message[] = [];
  /** What was sent since a snapshot began, and what began it. */
  #snapshot: readonly Message[] | undefined;
  /** How often something was compared. */
  compared = 0;

  constructor(world: EmptyWorld, reader: Reader, { records }: FoldedLog) {
    this.#world = world;
    this.#reader = reader;
    this.#ats = new Map(records.map(({ At: at, Sequence, Position }) => [`${Sequence} ${Position}`, at]));
  }

  /** Goes through all that it was sent. */
  check(): this {
    const { left, socket } = this.#reader;
    for (const message of socket.messages) this.#take(message);
    if (left === undefined && socket.closed !== undefined) this.#endSomewhere();
    else this.#end({ at: left ?? this.#world.store.head().at });
    return this;
  }

  #take(message: Message): void {
    // A compact socket is told types without what they begin with.
    switch (message.Type.replace("EventMessageType_", "")) {
      case "Response":
        this.#takeResponse(message);
        return;
      case "SnapshotStart":
        this.#end(boundOf(message));
        this.#snapshot = [message];
        return;
      case "SnapshotFinish":
        this.#takeSnapshot(message);
        return;
      case "Bookmark":
        this.#takeBookmark(message);
        return;
      case "Update":
        this.#takeEvents(message);
        return;
      default:
        throw new Error(`not what a subscriber is sent: ${message.Type}`);
    }
  }

  #takeResponse({ Request }: Message): void {
    const asked = this.#reader.asked.get(Request?.RequestID ?? "");
    if (asked === undefined || Request?.Errors !== undefined || !("ended" in asked)) return;
    this.#end({ at: asked.at });
    const { type, targets } = asked.ended;
    const ended = JSON.stringify([type, targets]);
    this.#active = this.#active.filter((each) => JSON.stringify([each.type, each.targets]) !== ended);
  }

  #takeEvents(message: Message): void {
    if (this.#snapshot !== undefined) this.#snapshot = [...this.#snapshot, message];
    else if (message.Position?.Sequence === undefined) this.#replayed.push(message);
    else this.#stretch.push(message);
  }

  /** The Event API shows the same snapshot as at the positions where it stands. */
  #takeSnapshot(finish: Message): void {
    const { subscription } = this.#wanted(finish);
    const [start, ...frames] = this.#snapshot ?? [];
    if (start === undefined) throw new Error("a snapshot ends that never began");
    const at = boundOf(start);
    const content: LogContent = { type: "events", subscriptions: [subscription], snapshot: true };
    const lines = this.#told(content, { from: at, to: at });
    const what = `the snapshot of ${JSON.stringify(subscription)}`;
    expectEqual(eventsOf(frames), eventsOf(lines.map(({ message }) => message)), what);
    expectEqual(lines.map(({ records }) => records).includes(1), false, `${what} and nothing else`);
    const [begin, end] = [lines[0]?.message, lines.at(-1)?.message];
    const ends = [start, finish].map(({ Type, Subscription }) => ({ Type, Subscription }));
    expectEqual(
      ends,
      [begin, end].map(({ Type, Subscription }) => ({ Type, Subscription })),
      `the ends of ${what}`,
    );
    // Where a sequence was only bookmarked further, either position will do.
    const between = { from: boundOf(begin), to: at };
    expectEqual(this.#told({ type: "audit" }, between), [], `the place of ${what}`);
    expectEqual(this.#told({ type: "audit" }, { from: at, to: between.from }), [], `the place of ${what}`);
    this.compared++;
    this.#snapshot = undefined;
    this.#active = [...this.#active, subscription];
  }

  /** What was missed has been told: all of it on a fresh socket, that of one subscription on another. */
  #takeBookmark(message: Message): void {
    const { subscription, from = {} } = this.#wanted(message);
    const { "@at": at, ...positions } = from;
    const since: Bound = at === undefined ? { positions } : { at };
    if (this.#since === undefined) {
      this.#active = [subscription];
      this.#since = since;
      this.#end(boundOf(message));
      return;
    }
    this.#end(boundOf(message));
    this.#compare(this.#replayed, [subscription], { from: since, to: boundOf(message) });
    this.#replayed = [];
    this.#active = [...this.#active, subscription];
  }

  /** A stretch of the stream ends, and another begins. */
  #end(at: Bound): void {
    if (this.#since === undefined) expectEqual(this.#stretch, [], "nothing is sent before it is asked for");
    else this.#compare(this.#stretch, this.#active, { from: this.#since, to: at });
    this.#stretch = [];
    this.#since = at;
  }

  /** The server closed the socket: what was sent until then is a beginning of what there was to send. */
  #endSomewhere(): void {
    if (this.#since === undefined) return;
    const last = this.#stretch.at(-1);
    if (last !== undefined) this.#end({ at: this.#atOf(last) });
  }

  #compare(frames: readonly Message[], subscriptions: readonly Subscription[], span: Span): void {
    const lines = subscriptions.length === 0 ? [] : this.#told({ type: "events", subscriptions }, span);
    const what = `${JSON.stringify(subscriptions)} in ${JSON.stringify(span)}`;
    expectEqual(eventsOf(frames), eventsOf(lines.map(({ message }) => message)), what);
    let received = 0;
    for (const frame of frames) {
      received += frame.Updates?.length ?? 0;
      // A replay's frames name no sequence: a client does not go on from there.
      if (frame.Position?.Sequence === undefined) continue;
      const at = this.#atOf(frame);
      const through = eventsOf(lines.filter((line) => line.at <= at).map(({ message }) => message));
      expectEqual(received, through.length, `${what}: all up to ${JSON.stringify(frame.Position)}`);
      expectEqual(frame.Position.ExecutedAt, fromMicroseconds(at), "when it was");
    }
    this.compared++;
  }

  /** The At of the record up to which a frame goes. */
  #atOf({ Position }: Message): number {
    const at = this.#ats.get(`${Position?.Sequence} ${Position?.Position}`);
    if (at === undefined) throw new Error(`no record is at ${JSON.stringify(Position)}`);
    return at;
  }

  #told(content: LogContent, span: Span) {
    return toldOf(this.#world, { content, span, compact: this.#reader.compact });
  }

  #wanted({ Request }: Message): Wanted {
    const asked = this.#reader.asked.get(Request?.RequestID ?? "");
    if (asked === undefined || "ended" in asked) throw new Error(`nobody asked for ${Request?.RequestID}`);
    return asked;
  }
}

/** Where a message says that the log was. */
function boundOf({ Snapshot }: Message): Bound {
  return { positions: Snapshot?.Positions ?? {} };
}

function eventsOf(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ Updates = [] }) => Updates.map((event) => JSON.stringify(event)));
}

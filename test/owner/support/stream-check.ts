/** Holds what a subscriber was sent against what the log tells of the same spans for the same subscriptions. */

import type { Subscription } from "../../../src/domain/views.ts";
import type { Bound, LogContent, Span } from "../../../src/owner/rpc.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import type { EmptyWorld } from "../world.ts";
import type { FoldedLog } from "./folded-log.ts";
import type { Reader } from "./readers.ts";
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
  /** Frames of a record of which the rest is yet to come. */
  #parts: Message[] = [];
  /** What was sent since a snapshot began, and what began it. */
  #snapshot: readonly Message[] | undefined;
  /** Subscriptions that were granted and have not begun: they do so in turn. */
  #pending: readonly Wanted[] = [];
  /** How often something was compared. */
  compared = 0;

  constructor(world: EmptyWorld, reader: Reader, { records }: FoldedLog) {
    this.#world = world;
    this.#reader = reader;
    this.#ats = new Map(records.map(({ At: at, Sequence, Position }) => [`${Sequence} ${Position}`, at]));
  }

  /** Goes through all that it was sent. */
  check(): this {
    const { socket } = this.#reader;
    for (const message of socket.messages) this.#take(message);
    if (socket.closed === undefined) this.#end({ at: this.#world.store.head().at });
    else this.#endSomewhere();
    return this;
  }

  #take(message: Message): void {
    // A compact socket is told types without what they begin with.
    switch (message.Type.replace("EventMessageType_", "")) {
      case "Response":
        this.#takeResponse(message);
        return;
      case "SnapshotStart":
        if (this.#since === undefined) this.#begin(message);
        else this.#end(boundOf(message));
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
    if (asked === undefined || Request?.Errors !== undefined) return;
    if (!("ended" in asked)) {
      this.#pending = [...this.#pending, asked];
      return;
    }
    this.#end({ at: asked.at });
    const { type, targets } = asked.ended;
    const ended = JSON.stringify([type, targets]);
    this.#active = this.#active.filter((each) => JSON.stringify([each.type, each.targets]) !== ended);
  }

  #takeEvents(message: Message): void {
    if (this.#snapshot !== undefined) {
      this.#snapshot = [...this.#snapshot, message];
      return;
    }
    this.#parts.push(message);
    if (message.Position === undefined) return;
    // A replay's frames name no sequence: a client does not go on from there.
    const frames = message.Position.Sequence === undefined ? this.#replayed : this.#stretch;
    frames.push(...this.#parts);
    this.#parts = [];
  }

  /** The Event API shows the same snapshot as at the positions where it stands. */
  #takeSnapshot(finish: Message): void {
    const { subscription } = this.#begun(finish);
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

  /**
   * Where the log is: all up to there has been sent. One that answers a subscription says that what it missed has been
   * told: all of it on a fresh socket, that of one subscription on another.
   */
  #takeBookmark(message: Message): void {
    const bound = boundOf(message);
    if (message.Request === undefined) {
      this.#end(bound);
      return;
    }
    const wanted = this.#begun(message);
    const { subscription } = wanted;
    const since = sinceOf(wanted);
    if (this.#since === undefined) {
      this.#active = [subscription];
      this.#since = since;
      this.#end(bound);
      return;
    }
    this.#endWithReplay(subscription, since, bound);
    this.#active = [...this.#active, subscription];
  }

  /**
   * What came while a subscription was replayed was sent after the replay, and with its events: where that begins is
   * not told, so that any place will do from which everything agrees.
   */
  #endWithReplay(subscription: Subscription, from: Bound, to: Bound, isWhole = true): void {
    const stretch = eventsOf(this.#stretch);
    const replayed = eventsOf(this.#replayed);
    const agrees = (turn: Bound) => {
      const before = this.#events(this.#active, { from: this.#since ?? from, to: turn });
      const after = this.#events([...this.#active, subscription], { from: turn, to });
      const missed = this.#events([subscription], { from, to: turn });
      return (
        isSame([...before, ...after], stretch) && isSame(isWhole ? missed : missed.slice(0, replayed.length), replayed)
      );
    };
    const turns = [to, ...[...this.#ats.values()].reverse().map((at) => ({ at }))];
    const what = `the replay of ${JSON.stringify(subscription)} in ${JSON.stringify({ from, to })}`;
    expectEqual(turns.some(agrees), true, what);
    this.compared++;
    this.#stretch = [];
    this.#replayed = [];
    this.#since = to;
  }

  /**
   * A view that has no live records to show says where the log is when it is its turn to; what happened since it was
   * asked for has been sent by then.
   */
  #begin(start: Message): void {
    const { subscription } = this.#wanted(start);
    const to = boundOf(start);
    const sent = eventsOf(this.#stretch);
    const before = sent.length === 0 ? [] : this.#events([subscription], { to }).slice(-sent.length);
    expectEqual(sent, before, `what precedes the snapshot of ${JSON.stringify(subscription)}`);
    this.#stretch = [];
    this.#since = to;
  }

  /** A stretch of the stream ends, and another begins. */
  #end(at: Bound): void {
    if (this.#since === undefined) expectEqual(eventsOf(this.#stretch), [], "nothing is sent that was not asked for");
    else this.#compare(this.#stretch, this.#active, { from: this.#since, to: at });
    this.#stretch = [];
    this.#since = at;
  }

  /** The socket was closed: what was sent until then is a beginning of what there was to send. */
  #endSomewhere(): void {
    if (this.#since === undefined) return;
    const last = this.#stretch.findLast(({ Position }) => Position !== undefined);
    if (last === undefined) return;
    const to = { at: this.#atOf(last) };
    const [next] = this.#pending;
    // It may have been replayed, and be among what was sent, without being told yet that it has begun.
    if (next?.from === undefined) this.#end(to);
    else this.#endWithReplay(next.subscription, sinceOf(next), to, false);
  }

  #compare(frames: readonly Message[], subscriptions: readonly Subscription[], span: Span): void {
    const lines = this.#linesOf(subscriptions, span);
    const what = `${JSON.stringify(subscriptions)} in ${JSON.stringify(span)}`;
    expectEqual(eventsOf(frames), eventsOf(lines.map(({ message }) => message)), what);
    let received = 0;
    for (const frame of frames) {
      received += frame.Updates?.length ?? 0;
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

  #events(subscriptions: readonly Subscription[], span: Span): readonly string[] {
    return eventsOf(this.#linesOf(subscriptions, span).map(({ message }) => message));
  }

  #linesOf(subscriptions: readonly Subscription[], span: Span) {
    return subscriptions.length === 0 ? [] : this.#told({ type: "events", subscriptions }, span);
  }

  #told(content: LogContent, span: Span) {
    return toldOf(this.#world, { content, span, compact: this.#reader.compact });
  }

  /** What was wanted that has begun now. */
  #begun(message: Message): Wanted {
    const wanted = this.#wanted(message);
    this.#pending = this.#pending.filter((each) => each !== wanted);
    return wanted;
  }

  #wanted({ Request }: Message): Wanted {
    const asked = this.#reader.asked.get(Request?.RequestID ?? "");
    if (asked === undefined || "ended" in asked) throw new Error(`nobody asked for ${Request?.RequestID}`);
    return asked;
  }
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}

/** Where a subscription resumes. */
function sinceOf({ from = {} }: Wanted): Bound {
  const { "@at": at, ...positions } = from;
  return at === undefined ? { positions } : { at };
}

/** Where a message says that the log was. */
function boundOf({ Snapshot }: Message): Bound {
  return { positions: Snapshot?.Positions ?? {} };
}

function eventsOf(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ Updates = [] }) => Updates.map((event) => JSON.stringify(event)));
}

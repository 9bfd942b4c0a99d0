/** The state of some views as at a place in the log, in the messages by which a socket is shown it. */
import type { At } from "../domain/records.ts";
import type { Subscription } from "../domain/views.ts";
import { EventMessage } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { shown, snapshotFrame } from "./events.ts";
import { asAtOf } from "./reading.ts";
import { type LineStyle, written } from "./record-lines.ts";
import { detailsOf } from "./session.ts";
import { type SnapshotPart, snapshotParts, snapshotPiece } from "./snapshots.ts";
import { NOTHING, type Step } from "./telling.ts";

/** What shows every record that a snapshot can show, each once. */
export const WHOLE_STATE: readonly Subscription[] = [
  { type: "SubscriptionType_Orders", targets: [] },
  { type: "SubscriptionType_Balances", targets: [] },
  { type: "SubscriptionType_Holdings", targets: [] },
  { type: "SubscriptionType_Requests", targets: [] },
  { type: "SubscriptionType_Metadata", targets: [] },
  { type: "SubscriptionType_Status", targets: [] },
];

/** How a snapshot is told. */
export interface SnapshotStyle extends LineStyle {
  /** Characters of one message, roughly; absent: as on a socket. */
  readonly frameBytes?: number | undefined;
}

/** For each subscription: where its snapshot stands, its live records as they were there, and its end. */
export function* snapshotSteps(
  store: Store,
  at: At,
  subscriptions: readonly Subscription[],
  style: SnapshotStyle,
): Generator<Step, void> {
  const message = (content: EventMessage): Step => telling(at, written(EventMessage, content, style));
  const Snapshot = { Positions: positionsAt(store, at, style.nameOf) };
  for (const subscription of subscriptions) {
    const Subscription = detailsOf(subscription);
    yield message({ Type: "EventMessageType_SnapshotStart", Subscription, Snapshot });
    for (const part of snapshotParts(subscription)) yield* partSteps(store, at, subscription, part, style);
    yield message({ Type: "EventMessageType_SnapshotFinish", Subscription });
  }
}

/** The position of every sequence as at a place, by the names that the reader knows, in key order as a message has them. */
export function positionsAt(
  store: Pick<Store, "positionsAt">,
  at: At,
  nameOf: LineStyle["nameOf"],
): Readonly<Record<string, number>> {
  const named = new Map([...store.positionsAt(at)].map(([sequence, position]) => [nameOf(sequence), position]));
  return Object.fromEntries([...named.keys()].sort().map((name) => [name, named.get(name) ?? 0]));
}

function* partSteps(
  store: Store,
  at: At,
  subscription: Subscription,
  part: SnapshotPart,
  { compact, frameBytes }: SnapshotStyle,
): Generator<Step, void> {
  let after = "";
  for (let isDone = false; !isDone; ) {
    const piece = snapshotPiece(store, subscription, { part, after }, asAtOf(store, at), frameBytes);
    const events = piece.events.map(({ text }) => shown(text, compact));
    yield telling(at, events.length > 0 ? snapshotFrame(events, compact) : undefined, piece.read);
    ({ after, isDone } = piece);
  }
}

function telling(at: At, message: string | undefined, read = 0): Step {
  return { at, records: 0, messages: message === undefined ? NOTHING : [message], read };
}

/** Subscribe and Unsubscribe: what a socket receives, and from where. */
import type { At } from "../domain/records.ts";
import type { Subscription } from "../domain/views.ts";
import { sameContent } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import type { RequestMessage, SnapshotPosition, SubscriptionDetails } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { readWindow, UNCOUNTED } from "./flow.ts";
import type { Session, StreamState, Task } from "./session.ts";
import { detailsOf, positionIn } from "./session.ts";
import { hasSnapshot } from "./snapshots.ts";
import { readSubscription } from "./subscriptions.ts";

/** The reserved key of a From that carries an At instead of a position. */
const AT_KEY = "@at";

/**
 * Adds a subscription to a session that has been served up to the head, or is being served. Throws Refusal; then
 * nothing has changed.
 */
export function subscribe(session: Session, store: Store, ownerId: string, message: RequestMessage): void {
  const subscription = {
    ...readSubscription(message.Subscription, ownerId),
    window: readWindow(message.Subscription),
  };
  const from = message.Subscription?.From;
  const start = from === undefined ? undefined : placeOf(store, from);
  session.setStream(start === undefined ? withSnapshot(session, store, subscription, message) : resumed(start));

  function resumed(at: At): StreamState {
    const positions = from?.Positions ?? {};
    const { stream } = session;
    const isFresh = stream.cursor === undefined;
    const id = stream.nextId;
    const task: Task = isFresh
      ? { type: "bookmark", requestId: message.RequestID }
      : { type: "replay", subscription: id, requestId: message.RequestID, from: at, positions };
    return {
      ...added(
        behind(stream, store),
        { ...subscription, isActive: isFresh, positions: isFresh ? positions : undefined },
        task,
      ),
      ...(isFresh && { cursor: at }),
    };
  }
}

/** Ends every subscription of the session with that view and those targets. Throws Refusal when there is none. */
export function unsubscribe(session: Session, details: SubscriptionDetails | undefined): void {
  const { From: _, Window: __, ...wanted } = details ?? {};
  const { stream } = session;
  const ended = stream.subscriptions.filter((each) => sameContent(detailsOf(each), wanted));
  if (ended.length === 0) throw new Refusal("Subscription.Unknown");
  session.setStream({ ...stream, subscriptions: stream.subscriptions.filter((each) => !ended.includes(each)) });
}

function withSnapshot(
  session: Session,
  store: Store,
  subscription: Subscription & { readonly window: number | undefined },
  message: RequestMessage,
): StreamState {
  const { stream } = session;
  // A view without live records still says where its stream begins.
  const isActive = !hasSnapshot(subscription.type) && stream.cursor === undefined;
  const task: Task = { type: "snapshot", subscription: stream.nextId, requestId: message.RequestID };
  const state = added(behind(stream, store), { ...subscription, isActive, positions: undefined }, task);
  return stream.cursor === undefined ? { ...state, cursor: store.head().at } : state;
}

/** The stream as that of a session that has something to be sent first. */
function behind(stream: StreamState, store: Store): StreamState {
  // A live session has been served up to the head; its stored cursor was not kept up to date.
  return {
    ...stream,
    isLive: false,
    cursor: stream.isLive && stream.cursor !== undefined ? store.head().at : stream.cursor,
  };
}

function added(
  stream: StreamState,
  subscription: Omit<StreamState["subscriptions"][number], "id">,
  task: Task,
): StreamState {
  return {
    ...stream,
    flow: stream.flow ?? (subscription.window === undefined ? undefined : UNCOUNTED),
    subscriptions: [...stream.subscriptions, { ...subscription, id: stream.nextId }],
    tasks: [...stream.tasks, task],
    nextId: stream.nextId + 1,
  };
}

/**
 * The place in the log from which a client that has these positions misses nothing: undefined when the log does not
 * know them (they lie in the future, or before what is kept), and the client must be given a snapshot instead.
 */
function placeOf(store: Store, { Positions: positions = {} }: SnapshotPosition): At | undefined {
  const head = store.head();
  const { [AT_KEY]: at, ...bySequence } = positions;
  if (at !== undefined && at > head.at) return undefined;
  for (const [sequence, position] of Object.entries(bySequence)) {
    if (position > (head.positions.get(sequence) ?? 0)) return undefined;
  }
  if (at !== undefined) return at < head.keptFrom ? undefined : (at as At);
  let place = head.at;
  for (const [sequence, last] of head.positions) {
    const known = positionIn(bySequence, sequence);
    if (known >= last) continue;
    const missed = store.placeAfter(sequence, known);
    // Something was missed: when the log does not say where, it has been archived.
    if (missed === undefined) return undefined;
    if (missed < place) place = missed;
  }
  return place;
}

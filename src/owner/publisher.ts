/** Live publication: each commit's records to every socket that has been served up to it, encoded once per filter and form. */
import { matcherOf, type OrderRouter } from "../domain/views.ts";
import { LIMITS } from "../protocol/limits.ts";
import { framesOf, placeBefore, type RecordFilter, type StreamFrame, type StreamRecord } from "./events.ts";
import type { Outbox } from "./outbox.ts";
import type { ActiveSubscription, Session } from "./session.ts";
import { detailsOf, positionIn } from "./session.ts";

/** Filters that are kept compiled; beyond this they are compiled anew. */
const COMPILED_FILTERS = 1000;

export class Publisher {
  readonly #outbox: Outbox;
  readonly #routeOf: OrderRouter;
  readonly #failed: (session: Session, error: unknown) => void;
  readonly #filters = new Map<string, RecordFilter>();

  /** `failed` is told of a session that could not be sent its events: it has a gap, and must not go on. */
  constructor(outbox: Outbox, routeOf: OrderRouter, failed: (session: Session, error: unknown) => void) {
    this.#outbox = outbox;
    this.#routeOf = routeOf;
    this.#failed = failed;
  }

  /** Sends the records of one commit to the live sessions among those given. */
  publish(sessions: Iterable<Session>, records: readonly StreamRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    const encoded = new Map<string, readonly StreamFrame[]>();
    for (const session of sessions) {
      const { isLive, subscriptions } = session.stream;
      if (session.isGone || !isLive || subscriptions.length === 0) continue;
      try {
        const name = `${session.form.name} ${filterName(subscriptions)}`;
        let frames = encoded.get(name);
        if (frames === undefined) {
          frames = [...framesOf(records, this.filterOf(subscriptions), { form: session.form })];
          encoded.set(name, frames);
        }
        this.#send(session, frames, first);
        this.countSkipped(session, frames.length > 0 ? 0 : records.length);
        session.keepIfNecessary();
      } catch (error) {
        this.#failed(session, error);
      }
    }
  }

  /** As much as its window has room for; one that has no more falls behind, and goes on when that is acknowledged. */
  #send(session: Session, frames: readonly StreamFrame[], first: StreamRecord): void {
    const { room } = session;
    const sent = frames.length <= room ? frames : frames.slice(0, room);
    for (const { frame } of sent) session.sendStream(frame);
    if (sent.length === frames.length) return;
    session.fallBehind(sent.at(-1)?.place ?? placeBefore(first));
  }

  /** What a session with these subscriptions receives: their union, each event once. */
  filterOf(subscriptions: readonly ActiveSubscription[]): RecordFilter {
    const name = filterName(subscriptions);
    let filter = this.#filters.get(name);
    if (filter === undefined) {
      if (this.#filters.size >= COMPILED_FILTERS) this.#filters.clear();
      filter = unionOf(subscriptions, this.#routeOf);
      this.#filters.set(name, filter);
    }
    return filter;
  }

  /** Tells a subscriber where the log is when its filter has left out many records; 0 = it was just told. */
  countSkipped(session: Session, records: number): void {
    session.recordsSkipped = records === 0 ? 0 : session.recordsSkipped + records;
    this.bookmarkIfDue(session);
  }

  /** As soon as its window has room for that. To be called for one that has been served up to the head. */
  bookmarkIfDue(session: Session): void {
    if (session.recordsSkipped < LIMITS.BOOKMARK_RECORDS || session.room < 1) return;
    session.recordsSkipped = 0;
    this.#outbox.bookmark(session);
  }
}

function unionOf(subscriptions: readonly ActiveSubscription[], routeOf: OrderRouter): RecordFilter {
  const matchers = subscriptions
    .filter(({ isActive }) => isActive)
    .map((subscription) => ({ matches: matcherOf(subscription, routeOf), positions: subscription.positions }));
  return (event, { sequence, position }) =>
    matchers.some(({ matches, positions }) => position > positionIn(positions, sequence) && matches(event, sequence));
}

const names = new WeakMap<readonly ActiveSubscription[], string>();

/** Sessions with the same subscriptions share their filter and, in one form, their encoded frames, whoever they are. */
function filterName(subscriptions: readonly ActiveSubscription[]): string {
  let name = names.get(subscriptions);
  if (name === undefined) {
    const active = subscriptions.filter(({ isActive }) => isActive);
    name = JSON.stringify(active.map((each) => [detailsOf(each), each.positions]));
    names.set(subscriptions, name);
  }
  return name;
}

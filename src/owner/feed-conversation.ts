/**
 * The conversation with an adapter: opening, standing by, resuming, updates with positions, closing. Positions are the
 * adapter's; what is not above the last one is a duplicate and changes nothing.
 */
import { oversizedField } from "../domain/feed-queries.ts";
import { keyOf, OMS_SEQUENCE, SYSTEM_SEQUENCE } from "../domain/records.ts";
import { required } from "../domain/requirements.ts";
import { type ErrorText, Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type {
  ConnectionStatus,
  FeedRequest,
  OperationType,
  RequestMessage,
  UpdateEvent,
} from "../protocol/messages/index.ts";
import { isFeedName } from "../protocol/names.ts";
import type { Outbox } from "./outbox.ts";
import type { Queries } from "./queries.ts";
import type { Requests } from "./requests.ts";
import { leave, type Occupant, occupantOf, open, promoted, roleOf, type Seat, supersededBy } from "./seats.ts";
import type { Session } from "./session.ts";
import { CLOSE } from "./socket.ts";
import type { Work } from "./work.ts";

/** The operations that a feed may submit. */
const FEED_OPERATIONS: ReadonlySet<OperationType> = new Set([
  "OperationType_Transform",
  "OperationType_TransformAccount",
  "OperationType_DefineAccount",
  "OperationType_UndefineAccount",
  "OperationType_DefineExchange",
  "OperationType_UndefineExchange",
]);

/** A frame of a feed, with what every such frame names. */
interface FeedFrame {
  readonly session: Session;
  readonly message: RequestMessage;
  readonly feed: FeedRequest;
  readonly sequence: string;
}

/** Where a frame stands that names a position. */
interface Positioned extends FeedFrame {
  readonly position: number;
}

export class FeedConversation {
  readonly #outbox: Outbox;
  readonly #queries: Queries;
  readonly #requests: Requests;

  constructor(outbox: Outbox, queries: Queries, requests: Requests) {
    this.#outbox = outbox;
    this.#queries = queries;
    this.#requests = requests;
  }

  /** Performs one frame. Throws Refusal when it is refused without touching its feed. */
  perform(work: Work, session: Session, message: RequestMessage): void {
    const feed = required(message.Feed, "Feed");
    const sequence = required(feed.Position?.Sequence, "Feed.Position.Sequence");
    requireMaySupply(session, sequence);
    const frame: FeedFrame = { session, message, feed, sequence };
    if (feed.Type === "FeedRequestType_Open") {
      this.#open(work, frame);
      return;
    }
    const role = roleOf(work.seat(sequence), session.id);
    if (role === "ended") return;
    if (role !== "supplier") throw new Refusal("Feed.Suspended", sequence);
    session.lastHeard = work.now;
    this.#performSupplied(work, frame);
  }

  /** A frame that could not be read, of a feed that may or may not be told. Records it when its position can be read. */
  performUnreadable(
    work: Work,
    session: Session,
    frame: { readonly sequence: string; readonly position: number | undefined; readonly text: string },
    error: ErrorText,
  ): void {
    const { sequence, position, text } = frame;
    if (roleOf(work.seat(sequence), session.id) !== "supplier") return;
    if (position === undefined || position < 1) {
      this.endSupply(work, session, sequence);
      return;
    }
    if (isGap(work, sequence, position)) {
      this.endSupply(work, session, sequence);
      return;
    }
    work.acknowledged.add(sequence);
    if (position > work.position(sequence)) work.record(sequence, position, { Unreadable: text, Errors: [error] });
  }

  /**
   * A frame was not taken: this socket's later frames of the feed are ignored until it opens it again and is told
   * where to resume, so that the lost one can never be passed over.
   */
  endSupply(work: Work, session: Session, sequence: string): void {
    if (roleOf(work.seat(sequence), session.id) !== "supplier") return;
    this.#changeSeat(work, sequence, leave(work.seat(sequence), session.id, true), "CONNECTIONSTATUS_DISCONNECTED");
    work.effects.push(() =>
      this.#outbox.feed(session, { Type: "FeedEventType_Suspend", Position: { Sequence: sequence } }),
    );
  }

  /** As `endSupply`, without recording the feed's status: when nothing can be recorded. */
  suspendUnrecorded(work: Work, session: Session, sequence: string): void {
    const seat = work.seat(sequence);
    if (roleOf(seat, session.id) !== "supplier") return;
    this.#setSeat(work, sequence, { ...seat, supplier: undefined, ended: [...seat.ended, session.id] });
    work.effects.push(() =>
      this.#outbox.feed(session, { Type: "FeedEventType_Suspend", Position: { Sequence: sequence } }),
    );
  }

  /**
   * A frame could not be recorded. What went wrong takes its place among the feed's positions; one that has no place ends
   * the supply, so that it cannot be passed over either.
   */
  recordFailed(work: Work, session: Session, sequence: string, position: number | undefined, refusal: Refusal): void {
    if (roleOf(work.seat(sequence), session.id) !== "supplier") return;
    if (position === undefined || position < 1 || isGap(work, sequence, position)) {
      this.suspendUnrecorded(work, session, sequence);
      return;
    }
    work.acknowledged.add(sequence);
    if (position > work.position(sequence)) work.record(sequence, position, { Errors: [refusal.text] });
  }

  /** The session's socket is gone: whoever stands by takes over, else the feed counts as disconnected. */
  lose(work: Work, session: Session): void {
    for (const sequence of feedsOf(work, session)) {
      this.#changeSeat(work, sequence, leave(work.seat(sequence), session.id), "CONNECTIONSTATUS_DISCONNECTED");
    }
  }

  /** As `lose`, without recording the feeds' status: when nothing can be recorded. */
  loseUnrecorded(work: Work, session: Session): void {
    for (const sequence of feedsOf(work, session)) {
      const before = work.seat(sequence);
      const after = leave(before, session.id);
      this.#setSeat(work, sequence, after);
      const { supplier } = after;
      if (supplier === undefined || supplier === before.supplier) continue;
      const Configuration = configurationOf(work, sequence);
      work.effects.push(() => this.#outbox.resumeFeed(supplier.sessionId, sequence, Configuration));
    }
  }

  /** A feed is online in the records while nobody supplies it: what a restart, or a loss in hibernation, leaves behind. */
  recordLost(work: Work, sequence: string): void {
    const seat = work.seat(sequence);
    if (seat.supplier !== undefined) return;
    recordStatus(work, sequence, "CONNECTIONSTATUS_DISCONNECTED");
    this.#changeSeat(work, sequence, promoted(seat), "CONNECTIONSTATUS_DISCONNECTED");
  }

  #open(work: Work, { session, feed, sequence, message }: FeedFrame): void {
    const before = work.seat(sequence);
    const settings = feed.Configuration?.Settings ?? configurationOf(work, sequence)?.Settings;
    const newcomer: Occupant = {
      sessionId: session.id,
      identity: session.identity,
      agent: feed.Configuration?.Agent ?? "",
      gapless: settings?.Gapless === "true",
    };
    session.requireRoomFor([...occupiedIn(work, session), [sequence, newcomer]]);
    for (const sessionId of supersededBy(before, newcomer)) {
      work.effects.push(() => this.#outbox.close(sessionId, CLOSE.superseded, "superseded"));
    }
    const after = open(before, newcomer);
    this.#changeSeat(work, sequence, after, "CONNECTIONSTATUS_DISCONNECTED", feed.RequestID);
    if (after.supplier?.sessionId === session.id) return;
    session.lastHeard = work.now;
    watchForSilence(work, sequence);
    const { RequestID } = message.Feed ?? {};
    work.effects.push(() =>
      this.#outbox.feed(session, {
        Type: "FeedEventType_Suspend",
        ...(RequestID !== undefined && { RequestID }),
        Position: { Sequence: sequence },
      }),
    );
  }

  #performSupplied(work: Work, frame: FeedFrame): void {
    const { feed, session, sequence } = frame;
    switch (feed.Type) {
      case "FeedRequestType_Close":
        this.#close(work, frame);
        return;
      case "FeedRequestType_QueryResponse":
        this.#answerQuery(work, frame);
        return;
      case "FeedRequestType_RequestResponse":
        // As an answer to a query, it has no place among the feed's positions.
        this.#requests.answeredByAdapter(work, sequence, feed.RequestResponse);
        return;
      default:
    }
    const position = feed.Position?.Position;
    if (position === undefined || position < 1) {
      this.#notTaken(work, frame, new Refusal("Field.Invalid", "Feed.Position.Position"));
      return;
    }
    work.acknowledged.add(sequence);
    const last = work.position(sequence);
    if (position <= last) return;
    if (isGap(work, sequence, position)) {
      this.#notTaken(work, frame, new Refusal("Feed.Gap", `${sequence} ${last + 1}`));
      return;
    }
    if (feed.Type === "FeedRequestType_Bookmark") {
      work.positions.set(sequence, position);
      return;
    }
    this.#record(work, { ...frame, session, position });
  }

  #record(work: Work, frame: Positioned): void {
    const { session, message, feed, sequence, position } = frame;
    let update: UpdateEvent | undefined;
    try {
      if (feed.Type === "FeedRequestType_Configure") {
        const Configuration = required(feed.Configuration, "Feed.Configuration");
        work.state.put("configuration", keyOf.configuration(sequence), Configuration);
        work.record(sequence, position, { Configuration });
        return;
      }
      update = updateOf(feed, sequence);
      const attempt = work.layer();
      const isOfRequest = feed.Type === "FeedRequestType_Request" || feed.Type === "FeedRequestType_Update";
      const conditions = isOfRequest ? this.#requests.conditionsOf(attempt, session, message) : undefined;
      const outcome = attempt.apply(permitted(update, session), conditions);
      attempt.record(sequence, position, { Update: outcome.update, Events: outcome.events });
      this.#requests.follow(attempt, outcome);
      this.#requests.answerAsker(attempt, outcome, session, message);
      attempt.mergeInto(work);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      work.record(sequence, position, { ...(update !== undefined && { Update: update }), Errors: [error.text] });
      this.#tell(work, frame, error);
    }
  }

  /**
   * An answer has no place among the feed's positions: it acknowledges nothing, and one that is refused ends nothing.
   * Then the question stays open, and may be answered again.
   */
  #answerQuery(work: Work, frame: FeedFrame): void {
    const { session, feed, sequence } = frame;
    const requestId = required(feed.RequestID, "Feed.RequestID");
    const response = required(feed.QueryResponse, "Feed.QueryResponse");
    const oversized = oversizedField(response);
    if (oversized !== undefined) throw new Refusal("Message.TooLarge", `Feed.QueryResponse.${oversized}`);
    work.effects.push(() => {
      try {
        this.#queries.answer(session.id, sequence, requestId, response);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#respond(frame, error);
      }
    });
  }

  #notTaken(work: Work, frame: FeedFrame, refusal: Refusal): void {
    this.#tell(work, frame, refusal);
    this.endSupply(work, frame.session, frame.sequence);
  }

  #tell(work: Work, frame: FeedFrame, refusal: Refusal): void {
    work.effects.push(() => this.#respond(frame, refusal));
  }

  #respond({ session, message, feed }: FeedFrame, refusal: Refusal): void {
    this.#outbox.respond(session, message, [refusal.text], feed);
  }

  #close(work: Work, { session, feed, sequence }: FeedFrame): void {
    const RequestID = feed.RequestID;
    work.effects.push(() => {
      this.#outbox.bookmarkFeed(session, sequence);
      this.#outbox.feed(session, {
        Type: "FeedEventType_Close",
        ...(RequestID !== undefined && { RequestID }),
        Position: { Sequence: sequence },
      });
    });
    this.#changeSeat(work, sequence, leave(work.seat(sequence), session.id), "CONNECTIONSTATUS_CLOSED");
  }

  #changeSeat(work: Work, sequence: string, after: Seat, statusOfNobody: ConnectionStatus, requestId?: number): void {
    const before = work.seat(sequence);
    this.#setSeat(work, sequence, after);
    const { supplier } = after;
    if (supplier === undefined) {
      if (before.supplier !== undefined) recordStatus(work, sequence, statusOfNobody);
      return;
    }
    // The same socket that opens again is told where to resume once more.
    if (before.supplier?.sessionId === supplier.sessionId && before.supplier === supplier) return;
    if (after.standby.length > 0) watchForSilence(work, sequence);
    recordStatus(work, sequence, "CONNECTIONSTATUS_ONLINE");
    const Configuration = configurationOf(work, sequence);
    work.effects.push(() => this.#outbox.resumeFeed(supplier.sessionId, sequence, Configuration, requestId));
  }

  #setSeat(work: Work, sequence: string, after: Seat): void {
    const { supplier } = work.seat(sequence);
    work.seats.set(sequence, after);
    if (supplier?.sessionId === after.supplier?.sessionId) return;
    if (supplier !== undefined) work.effects.push(() => this.#queries.lose(supplier.sessionId, sequence));
    if (after.supplier !== undefined) work.effects.push(() => this.#requests.sendWaiting(sequence));
  }
}

/** Whether frames of that type stand among the feed's positions. */
export function takesPosition(type: FeedRequest["Type"]): boolean {
  switch (type) {
    case "FeedRequestType_Open":
    case "FeedRequestType_Close":
    case "FeedRequestType_QueryResponse":
    case "FeedRequestType_RequestResponse":
      return false;
    default:
      return true;
  }
}

/** Whether a position passes others over, on a feed that is set Gapless. */
function isGap(work: Work, sequence: string, position: number): boolean {
  return work.seat(sequence).supplier?.gapless === true && position > work.position(sequence) + 1;
}

function requireMaySupply({ permissions }: Session, sequence: string): void {
  if (sequence === OMS_SEQUENCE || sequence === SYSTEM_SEQUENCE) throw new Refusal("Feed", sequence);
  if (!isFeedName(sequence)) throw new Refusal("Field.Invalid", "Feed.Position.Sequence");
  if (permissions.Feeds?.includes(sequence) !== true) throw new Refusal("Authority", sequence);
}

function configurationOf(work: Work, sequence: string) {
  return work.state.record("configuration", keyOf.configuration(sequence));
}

function recordStatus(work: Work, sequence: string, Status: ConnectionStatus): void {
  work.recordOwn({
    Type: "UpdateEventType_Status",
    Status: { FeedID: sequence, ...(Status !== "CONNECTIONSTATUS_DISCONNECTED" && { Status }) },
  });
}

/** Someone stands by: the supplier's silence is noticed so long after its last sign of life. */
export function watchForSilence(work: Work, sequence: string, lastSign: number = work.now): void {
  if (work.hasTimer("silence", sequence)) return;
  work.state.setTimer({ due: lastSign + LIMITS.SUPPLIER_SILENCE_MS, kind: "silence", key: sequence });
}

/** The update that a frame carries. Throws Refusal when it names none, or one that a feed may not submit. */
function updateOf(feed: FeedRequest, sequence: string): UpdateEvent {
  switch (feed.Type) {
    case "FeedRequestType_Action":
      return { Type: "UpdateEventType_Action", Action: required(feed.Action, "Feed.Action") };
    case "FeedRequestType_Operation":
      return { Type: "UpdateEventType_Operation", Operation: required(feed.Operation, "Feed.Operation") };
    case "FeedRequestType_Status": {
      const status = required(feed.Status, "Feed.Status");
      if (status.FeedID !== undefined && status.FeedID !== sequence)
        throw new Refusal("Field.Invalid", "Feed.Status.FeedID");
      return { Type: "UpdateEventType_Status", Status: { FeedID: sequence, ...status } };
    }
    case "FeedRequestType_Request":
      return { Type: "UpdateEventType_ClientRequest", ClientRequest: required(feed.Request, "Feed.Request") };
    case "FeedRequestType_Update":
      return { Type: "UpdateEventType_ClientRequestUpdate", ClientRequestUpdate: required(feed.Update, "Feed.Update") };
    default:
      throw new Refusal("Field.Invalid", "Feed.Type");
  }
}

/** Throws Refusal for an operation that no feed may submit, or one on an exchange that is not this identity's. */
function permitted(update: UpdateEvent, { permissions }: Session): UpdateEvent {
  const { Operation } = update;
  if (Operation === undefined) return update;
  const type = Operation.Type ?? "OperationType_Unknown";
  if (!FEED_OPERATIONS.has(type)) throw new Refusal("Operation", type);
  if (type === "OperationType_DefineExchange" || type === "OperationType_UndefineExchange") {
    const details = required(Operation.ExchangeDetails, "Operation.ExchangeDetails");
    const exchange = required(details.Exchange, "Operation.ExchangeDetails.Exchange");
    if (permissions.Exchanges?.includes(exchange) !== true) throw new Refusal("Authority", exchange);
  }
  return update;
}

/** The places that a session has taken in a commit that is still in the making. */
function* occupiedIn(work: Work, session: Session): Iterable<readonly [feed: string, Occupant]> {
  for (const [feed, seat] of work.seats) {
    const occupant = occupantOf(seat, session.id);
    if (occupant !== undefined) yield [feed, occupant];
  }
}

function feedsOf(work: Work, session: Session): readonly string[] {
  const touched = [...work.seats.keys(), ...Object.keys(session.feeds)];
  return [...new Set(touched)].filter((sequence) => roleOf(work.seat(sequence), session.id) !== "none");
}

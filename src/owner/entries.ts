/** What enters the inbox: frames, lost sockets, timers and calls, each knowing how it is applied. */
import type { Conditions } from "../domain/apply.ts";
import { expiryOf, expiryTimer } from "../domain/metadata.ts";
import { findOrder, removalOf, removalTimer } from "../domain/orders.ts";
import { keyOf, OMS_SEQUENCE } from "../domain/records.ts";
import { requestKey } from "../domain/requests/request-states.ts";
import type { Timer } from "../domain/state.ts";
import { tradeKey } from "../domain/trades.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type FeedRequest, type RequestMessage, UpdateEvent } from "../protocol/messages/index.ts";
import { type FeedConversation, takesPosition, watchForSilence } from "./feed-conversation.ts";
import type { FeedHint, Incoming } from "./frames.ts";
import type { Entry, Foreseen } from "./inbox.ts";
import { maySweep } from "./job.ts";
import type { Outbox } from "./outbox.ts";
import type { Requests } from "./requests.ts";
import type { Instruction, OwnerAddress, Submitted } from "./rpc.ts";
import { roleOf } from "./seats.ts";
import type { Session } from "./session.ts";
import { CLOSE } from "./socket.ts";
import { isMeant } from "./standing.ts";
import { eventText } from "./texts.ts";
import type { Work } from "./work.ts";

/** The most records that a change of supply makes beside its own. */
const SUPPLY_RECORDS = 2;

/** What entries need of the engine. */
export interface EntryContext {
  readonly conversation: FeedConversation;
  readonly outbox: Outbox;
  readonly requests: Requests;
  /** Adds or ends a subscription, once everything before it is durable. Throws Refusal. */
  changeSubscriptions(session: Session, message: RequestMessage): void;
}

type Unreadable = Extract<Incoming, { isReadable: false }>;

/** A message that could be read. */
export function messageEntry(context: EntryContext, session: Session, message: RequestMessage, bytes: number): Entry {
  const { conversation, outbox } = context;
  const sequence = message.Type === "RequestMessageType_FeedRequest" ? message.Feed?.Position?.Sequence : undefined;
  return {
    source: session.id,
    bytes,
    records: recordsOf(message),
    foreseen: foreseenOf(message),
    ...duringJob(message),
    apply(work) {
      if (isVoid(work, session)) return;
      // What was sent before the socket closed counts, its Close among it; but nothing is opened for nobody.
      if (session.isGone && message.Feed?.Type === "FeedRequestType_Open") return;
      try {
        performMessage(context, work, session, message);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        work.effects.push(() => outbox.respond(session, message, [error.text], message.Feed));
      }
    },
    refuse(work, refusal) {
      // Whose supply has ended has been told so, and is ignored until it opens the feed again.
      if (sequence !== undefined && roleOf(work.seat(sequence), session.id) === "ended") return;
      work.effects.push(() => outbox.respond(session, message, [refusal.text], message.Feed));
      if (sequence !== undefined) conversation.suspendUnrecorded(work, session, sequence);
    },
    fail(work, refusal) {
      if (sequence !== undefined && takesPosition(message.Feed?.Type)) {
        conversation.recordFailed(work, session, sequence, message.Feed?.Position?.Position, refusal);
      }
      work.effects.push(() => outbox.respond(session, message, [refusal.text], message.Feed));
    },
  };
}

/** Whether what a session sent counts no more: also when that comes of the very commit that is being made. */
function isVoid(work: Work, session: Session): boolean {
  return session.isRevoked || work.became !== undefined;
}

/** What records nothing goes on beside a job of steps; a change of supply, or an answer to a request, waits for its end. */
function duringJob({ Type, Feed }: RequestMessage): Pick<Entry, "duringJob"> {
  switch (Type) {
    case "RequestMessageType_Subscribe":
    case "RequestMessageType_Unsubscribe":
    case "RequestMessageType_Synchronise":
      return { duringJob: "applied" };
    case "RequestMessageType_FeedRequest":
      break;
    default:
      return {};
  }
  switch (Feed?.Type) {
    case "FeedRequestType_QueryResponse":
      return { duringJob: "applied" };
    case "FeedRequestType_Open":
    case "FeedRequestType_Close":
    case "FeedRequestType_RequestResponse":
      return { duringJob: "waits" };
    default:
      return {};
  }
}

/** It is alone in its commit: a job may begin there. */
const ALONE = LIMITS.COMMIT_RECORDS;

/** An update makes one record. Should it end its feed's supply instead, the frames behind it make none. */
function recordsOf({ Feed }: RequestMessage): number {
  const { Type } = Feed?.Operation ?? {};
  if (Type === "OperationType_Transform" || Type === "OperationType_TransformAccount") return ALONE;
  const changesSupply = Feed?.Type === "FeedRequestType_Open" || Feed?.Type === "FeedRequestType_Close";
  return changesSupply ? SUPPLY_RECORDS : 1;
}

function foreseenOf({ Feed, Request }: RequestMessage): Foreseen {
  const { RequestID, Account } = Request ?? {};
  if (RequestID !== undefined) return { request: [requestKey(Account?.AccountID ?? "", RequestID)] };
  const orderId = Feed?.Action?.Order?.OrderID;
  const tradeId = Feed?.Action?.Trade?.TradeID;
  if (orderId === undefined) return {};
  return { order: [orderId], ...(tradeId !== undefined && { trade: [tradeKey(orderId, tradeId)] }) };
}

function performMessage(context: EntryContext, work: Work, session: Session, message: RequestMessage): void {
  switch (message.Type) {
    case "RequestMessageType_FeedRequest":
      context.conversation.perform(work, session, message);
      return;
    case "RequestMessageType_ClientRequest":
      context.requests.askBySocket(work, session, message);
      return;
    case "RequestMessageType_Subscribe":
    case "RequestMessageType_Unsubscribe":
      work.effects.push(() => context.changeSubscriptions(session, message));
      return;
    case "RequestMessageType_Synchronise":
      work.answers.push(() => context.outbox.respond(session, message, []));
      return;
    default:
      throw new Refusal("Operation", message.Type ?? "RequestMessageType_Unknown");
  }
}

/**
 * A frame that could not be read: answered, and its feed suspended unless its position tells what was lost.
 * `answered` is called after the answer was sent.
 */
export function unreadableEntry(
  { conversation, outbox }: EntryContext,
  session: Session,
  frame: Unreadable,
  answered?: () => void,
): Entry {
  const answer = () => {
    const Type = frame.feed.of === "none" ? undefined : ("RequestMessageType_FeedRequest" as const);
    outbox.respond(session, { Type, RequestID: frame.requestId }, [frame.error], echoOf(frame.feed));
    answered?.();
  };
  return {
    source: session.id,
    bytes: frame.text.length,
    records: 1 + SUPPLY_RECORDS,
    ...((frame.feed.of === "none" || frame.feed.of === "answer") && { duringJob: "applied" as const }),
    apply(work) {
      work.effects.push(answer);
      if (isVoid(work, session)) return;
      const { feed, text } = frame;
      if (feed.of === "feed") conversation.performUnreadable(work, session, { ...feed, text }, frame.error);
      if (feed.of === "any")
        for (const sequence of suppliedBy(work, session)) conversation.endSupply(work, session, sequence);
    },
    refuse(work) {
      work.effects.push(answer);
      for (const sequence of suppliedBy(work, session)) conversation.suspendUnrecorded(work, session, sequence);
    },
    fail(work, refusal) {
      work.effects.push(answer);
      const { feed } = frame;
      if (feed.of === "feed") conversation.recordFailed(work, session, feed.sequence, feed.position, refusal);
      if (feed.of === "any")
        for (const sequence of suppliedBy(work, session)) conversation.suspendUnrecorded(work, session, sequence);
    },
  };
}

/** What of an unreadable frame's feed can be said back to its sender. */
function echoOf(feed: FeedHint): FeedRequest | undefined {
  switch (feed.of) {
    case "none":
    case "any":
      return undefined;
    case "answer": {
      const { sequence, requestId } = feed;
      return {
        ...(requestId !== undefined && { RequestID: requestId }),
        ...(sequence !== undefined && { Position: { Sequence: sequence } }),
      };
    }
    case "feed": {
      const { sequence, position } = feed;
      return { Position: { Sequence: sequence, ...(position !== undefined && { Position: position }) } };
    }
  }
}

/** A frame that the inbox had no room for: whatever it was, the feeds of its socket must resume. */
export function overflowEntry(context: EntryContext, session: Session): Entry {
  const error = new Refusal("Retry").text;
  const frame: Unreadable = { isReadable: false, error, requestId: undefined, feed: { of: "any" }, text: "", bytes: 0 };
  return unreadableEntry(context, session, frame, () => {
    session.isOverflowing = false;
  });
}

/** A socket that is gone. */
export function lostEntry({ conversation }: EntryContext, session: Session): Entry {
  return {
    source: session.id,
    bytes: 0,
    records: SUPPLY_RECORDS * Math.max(1, Object.keys(session.feeds).length),
    duringJob: "waits",
    apply: (work) => conversation.lose(work, session),
    refuse: (work) => conversation.loseUnrecorded(work, session),
    fail: (work) => conversation.loseUnrecorded(work, session),
  };
}

/** A feed that is online in the records although nobody supplies it: found on waking. */
export function abandonedEntry({ conversation }: EntryContext, sequence: string): Entry {
  return {
    source: OMS_SEQUENCE,
    bytes: 0,
    records: SUPPLY_RECORDS,
    duringJob: "waits",
    apply: (work) => conversation.recordLost(work, sequence),
    refuse: () => undefined,
    fail: () => undefined,
  };
}

/** Where calls over REST queue up: together, as one source among the sockets. */
const REST = "rest";

/** A call over REST: all of its instructions or none. */
export function submissionEntry(
  address: OwnerAddress,
  instructions: readonly Instruction[],
  answer: (submitted: Submitted) => void,
): Entry {
  const refuse = (work: Work, refusal: Refusal, item = 0) => {
    work.effects.push(() => answer({ errors: [refusal.text], item }));
  };
  return {
    source: REST,
    bytes: instructions.reduce((sum, { update }) => sum + update.length, 0),
    records: instructions.some(({ update }) => maySweep(update)) ? ALONE : instructions.length,
    apply(work) {
      // What was true when the call came in need not be true any more.
      if (!isMeant(work.standing, address)) {
        refuse(work, new Refusal("Owner.Unknown"));
        return;
      }
      const layer = work.layer();
      const updates: string[] = [];
      for (const [item, instruction] of instructions.entries()) {
        try {
          const update = decodeStored(UpdateEvent, instruction.update);
          updates.push(eventText(layer.recordOwn(update, conditionsOf(instruction)).update));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(work, error, item);
          return;
        }
      }
      layer.mergeInto(work);
      work.whenDone((at) => answer({ at, updates }));
    },
    refuse: (work, refusal) => refuse(work, refusal),
    fail(work, refusal) {
      work.record(OMS_SEQUENCE, work.position(OMS_SEQUENCE) + 1, { Errors: [refusal.text] });
      refuse(work, refusal);
    },
  };
}

function conditionsOf({ expectedBalance, mustExist }: Instruction): Conditions {
  return {
    ...(expectedBalance !== undefined && { expectedBalance: Decimal.stored(expectedBalance) }),
    ...(mustExist !== undefined && { mustExist }),
  };
}

/**
 * A timer that is due. `lastSign` says when a session last gave a sign of life, if it pings; `settled` is called when
 * the timer has been dealt with, or could not be for now.
 */
export function timerEntry(
  { outbox, requests }: EntryContext,
  timer: Timer,
  lastSign: (sessionId: string) => number | undefined,
  settled: () => void,
): Entry {
  const notNow = (_: Work, refusal: Refusal) => {
    if (timer.kind === "request") requests.timerFailed(timer, refusal);
    settled();
  };
  return {
    source: OMS_SEQUENCE,
    bytes: 0,
    records: 1,
    apply(work) {
      work.state.cancelTimer(timer);
      work.effects.push(settled);
      // Nothing is done any more for an Owner that was undefined.
      if (work.standing?.isRetired === true) return;
      switch (timer.kind) {
        case "order":
          removeOrder(work, timer);
          return;
        case "feed":
          expireFeed(work, timer);
          return;
        case "request":
          requests.heedTimer(work, timer);
          return;
        case "silence":
          noticeSilence(work, timer, lastSign, outbox);
          return;
        case "job":
          // The engine heeds it by itself. It has been done.
          return;
        case "delivery":
        case "retirement":
          throw new Error(`an Owner has no timer of kind ${timer.kind}`);
      }
    },
    // It stays due: the alarm comes back to it.
    refuse: notNow,
    fail: notNow,
  };
}

function removeOrder(work: Work, timer: Timer): void {
  const order = findOrder(work.state, timer.key);
  // The order may have been replaced since, with another time or none.
  if (order !== undefined && removalTimer(timer.key, order)?.due === timer.due) work.recordOwn(removalOf(order));
}

function expireFeed(work: Work, timer: Timer): void {
  const details = work.state.record("feed", keyOf.feed(timer.key));
  if (details !== undefined && expiryTimer(timer.key, details)?.due === timer.due) work.recordOwn(expiryOf(details));
}

function noticeSilence(
  work: Work,
  timer: Timer,
  lastSign: (sessionId: string) => number | undefined,
  outbox: Outbox,
): void {
  const { supplier, standby } = work.seat(timer.key);
  if (supplier === undefined || standby.length === 0) return;
  const sign = lastSign(supplier.sessionId);
  if (sign === undefined || work.now - sign < LIMITS.SUPPLIER_SILENCE_MS) {
    watchForSilence(work, timer.key, sign);
    return;
  }
  work.effects.push(() => outbox.close(supplier.sessionId, CLOSE.silent, "silent while another stands by"));
}

function suppliedBy(work: Work, session: Session): readonly string[] {
  const feeds = new Set([...work.seats.keys(), ...Object.keys(session.feeds)]);
  return [...feeds].filter((sequence) => roleOf(work.seat(sequence), session.id) === "supplier");
}

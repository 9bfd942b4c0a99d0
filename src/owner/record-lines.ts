/** What is told of a record of the log: in the audit, as events, as trades. */
import { expand, parseStoredRecord, type WireEvent } from "../domain/log-record.ts";
import { type Matcher, matcherOf, type OrderRouter, type Subscription } from "../domain/views.ts";
import { shortened } from "../protocol/codec.ts";
import type { MessageSchema } from "../protocol/fields.ts";
import {
  AuditRecord,
  type ExternalActionType,
  RecordedAction,
  type SubscriptionTarget,
} from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import { auditRecord } from "./audit-record.ts";
import { recordFrame, shown } from "./events.ts";
import { NOTHING, type Teller } from "./telling.ts";

/** How messages are written. */
export interface LineStyle {
  /** Enums in their short spelling. */
  readonly compact: boolean;
  /** The name by which the reader knows a sequence. */
  readonly nameOf: (sequence: string) => string;
}

/** The JSON of a message as it was recorded. */
export function written(schema: MessageSchema, message: object, { compact }: LineStyle): string {
  const text = JSON.stringify(message);
  return compact ? shortened(schema, text) : text;
}

/** Every record. */
export function auditTeller(style: LineStyle): Teller {
  return ({ text }) => {
    const record = parseStoredRecord(text);
    return [written(AuditRecord, auditRecord(record, style.nameOf(record.Sequence)), style)];
  };
}

/** The events of each record that one of the subscriptions receives; every event when there are none given. */
export function eventTeller(
  subscriptions: readonly Subscription[] | undefined,
  routeOf: OrderRouter,
  style: LineStyle,
): Teller {
  const matchers = subscriptions?.map((subscription) => matcherOf(subscription, routeOf));
  const isWanted: Matcher =
    matchers === undefined ? () => true : (event, sequence) => matchers.some((matches) => matches(event, sequence));
  return ({ text }) => {
    const { At: at, Sequence, Position: position, Events } = expand(parseStoredRecord(text));
    const wanted = Events.filter((event) => isWanted(event, Sequence));
    if (wanted.length === 0) return NOTHING;
    const texts = wanted.map((event) => shown(JSON.stringify(event), style.compact));
    return [recordFrame(texts, { at, sequence: style.nameOf(Sequence), position }, style.compact)];
  };
}

const TRADE: ExternalActionType = "ExternalActionType_Trade";
/** A line that does not hold this tells of no trade. */
const TRADE_MARK = JSON.stringify(TRADE);

/** The trades, corrections and cancels that were applied, of those accounts, exchanges and feeds. */
export function tradeTeller(targets: readonly SubscriptionTarget[], routeOf: OrderRouter, style: LineStyle): Teller {
  const matches = matcherOf({ type: "SubscriptionType_Updates", targets }, routeOf);
  return ({ text }) => {
    if (!text.includes(TRADE_MARK)) return NOTHING;
    const { At, Sequence, Position, Events } = expand(parseStoredRecord(text));
    const place = { Sequence: style.nameOf(Sequence), Position, ExecutedAt: fromMicroseconds(At) };
    return Events.filter((event) => isTrade(event) && matches(event, Sequence)).map(({ Action }) =>
      written(RecordedAction, { ...Action, Position: place }, style),
    );
  };
}

function isTrade({ Type, Action }: WireEvent): boolean {
  return Type === "UpdateEventType_Action" && Action?.Type === TRADE;
}

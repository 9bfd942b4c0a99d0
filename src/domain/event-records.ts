/**
 * What a record of the log does to the state: events carry the whole new state of one record, or remove it, so the
 * state inside a commit is the state before it with these laid over. No rule is applied again. Only of exchanges do
 * events tell less than the state: what is in effect, not what lies under it.
 */
import { folded } from "./fold.ts";
import { expand, type StoredRecord, type WireEvent } from "./log-record.ts";
import { type Key, type Kind, keyOf, SYSTEM_SEQUENCE } from "./records.ts";

/** What one record is after an event. `state` is wire-ready JSON; null = removed. */
export interface RecordChange {
  readonly kind: Kind;
  readonly key: Key;
  readonly state: string | null;
}

/** What a line of the log did to the state, in order. */
export function* changesOf(record: StoredRecord): Iterable<RecordChange> {
  if (record.Configuration !== undefined) {
    const { Configuration } = record;
    yield {
      kind: "configuration",
      key: keyOf.configuration(record.Sequence),
      state: JSON.stringify(Configuration),
    };
  }
  for (const event of expand(record).Events) {
    const change = changeOf(event);
    if (change !== undefined) yield change;
  }
  const exchange = exchangeChange(record);
  if (exchange !== undefined) yield exchange;
}

/**
 * The record that an event tells of; undefined for one that is no state (an update, a transaction), or is not enough
 * to say it (an exchange).
 */
export function changeOf(event: WireEvent): RecordChange | undefined {
  const change = folded(event);
  if (change === undefined || change.kind === "exchange") return undefined;
  const { kind, key, state } = change;
  return { kind, key, state: state === undefined ? null : JSON.stringify(state) };
}

/** What a record did to an exchange: its update says it, and its sequence whether it was handed down. */
function exchangeChange({ Sequence, Update, Errors }: StoredRecord): RecordChange | undefined {
  const type = Update?.Operation?.Type;
  const isDefined = type === "OperationType_DefineExchange";
  if (Errors !== undefined || (!isDefined && type !== "OperationType_UndefineExchange")) return undefined;
  const details = carried(Update?.Operation?.ExchangeDetails);
  const exchange = details.Exchange ?? "";
  return Sequence === SYSTEM_SEQUENCE
    ? change("exchange", keyOf.exchange(exchange), !isDefined, details)
    : change("ownExchange", keyOf.ownExchange(exchange), !isDefined, details);
}

function change(kind: Kind, key: Key, removed: boolean, state: unknown): RecordChange {
  return { kind, key, state: removed ? null : JSON.stringify(state) };
}

function carried<State>(state: State | undefined): State {
  if (state === undefined) throw new Error("an event does not carry what its type says");
  return state;
}
